"""Checking clients before anything is made of them: parameters, data, commentary, and the place for what is made."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from workbook.engagement.check import check_client
from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement
from workbook.publish.orders import Checked
from workbook.publish.progress import shown


def checked(
    clients: Iterable[str], folder: Path, as_of: dt.date | None = None, output: Path | None = None
) -> tuple[list[Engagement], list[Fault]]:
    """Return the clients without a fault, and the faults of the others; with `output`, it must take what is made."""
    engagements: list[Engagement] = []
    faults: list[Fault] = []
    for client in clients:
        try:
            engagement = _check(client, folder, as_of)
            if output is not None:
                _check_output(output / engagement.id / engagement.as_of.isoformat())
            engagements.append(engagement)
        except FaultsError as error:
            faults += error.faults
        except Exception as error:
            # A fault that nobody has foreseen must not stop the other clients.
            found, allowed = f"an error ({type(error).__name__}: {error})", "a client that can be checked"
            faults.append(Fault(client, None, "", found, allowed, "report it with the files of the client"))
    return engagements, faults


def _check(client: str, folder: Path, as_of: dt.date | None) -> Engagement:
    """Return a client without a fault. Raises FaultsError."""
    engagement = check_client(client, folder, as_of)
    if any(commentary.quotes_figures for commentary in engagement.commentary.values()):
        # Imported here because it loads what measures data.
        from workbook.phases.quoted import quoted_figure_faults

        if faults := quoted_figure_faults(engagement):
            raise FaultsError(faults)
    return engagement


def check_for_run(client: str, parameters_dir: Path, asked: str, output: Path) -> Checked | tuple[str, ...]:
    """Return a client that can be run on the day asked for, or its faults in words; called in a worker."""
    engagements, faults = checked([client], parameters_dir, dt.date.fromisoformat(asked) if asked else None, output)
    if not engagements:
        return tuple(map(str, faults))
    engagement = engagements[0]
    about, databases = engagement.client, [source.database for source in engagement.data_sources if source.database]
    addresses = [os.environ.get(database.url_env, "") for database in databases]
    return Checked(
        client=engagement.id,
        as_of=engagement.as_of.isoformat(),
        name=about.name,
        firm=about.document.firm,
        confidentiality=about.document.confidentiality,
        language=about.language,
        inputs=engagement.inputs,
        reads_database=bool(addresses),
        is_own_day=engagement.as_of == about.as_of,
        secrets=tuple(filter(None, addresses)),
        notes=tuple(map(str, engagement.notes)),
    )


def _check_output(folder: Path) -> None:
    """Create the folder of a client's deliverables. Raises FaultsError where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found, remedy = f"a place that cannot be written ({error.strerror})", "name another folder with --output"
        allowed = "a folder in which this account may write"
        raise FaultsError([Fault(shown(folder), None, "--output", found, allowed, remedy)]) from None
