"""What a worker does: make one notebook's deliverables, and finish a client. What that takes is imported only there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook.publish.changes import FORM, Plan, digest, look_at, look_at_outputs
from workbook.publish.failures import Kind, kind_of, told
from workbook.publish.orders import Checked, Job, Order, Outcome, deliverable_name, find_notebooks

if TYPE_CHECKING:
    from workbook.publish.package import Published


def run_job(job: Job) -> Outcome:
    """Make one notebook's deliverables; an error becomes an outcome."""
    from workbook.publish.execute import NotebookFailed
    from workbook.publish.package import publish_job

    started = time.monotonic()

    def outcome(kind: Kind | None = None, error: str | None = None, **more: Any) -> Outcome:
        return Outcome(job.client, job.name, job.plan, time.monotonic() - started, kind=kind, error=error, **more)

    try:
        return outcome(published=publish_job(job))
    except NotebookFailed as error:
        message = f"{error.error_name}: {error.message}"
        return outcome(error.kind, message, heading=error.heading, partial=error.partial_path)
    except OSError as error:
        return outcome(*told(error))
    except Exception as error:
        return outcome(kind_of(type(error).__name__, str(error)), f"{type(error).__name__}: {error}")


def finish_client(
    folder: Path,
    checked: Checked,
    order: Order,
    made: Mapping[str, Published],
    kept: Mapping[str, Any],
    ingredients: Mapping[str, Mapping[str, str]],
    faults: Sequence[str],
    begun: int,
) -> Outcome | None:
    """Write the index, the tables and the manifest of a client, as far as its deliverables are complete.

    Returns an outcome only where that fails.
    """
    from workbook.publish.atomic import sweep
    from workbook.publish.package import Published, write_index, write_manifest, write_tables

    sweep(folder)
    notebooks = {**kept, **{name: _record(folder, checked, made[name], ingredients[name]) for name in made}}
    if not notebooks:
        return None
    in_order = [deliverable_name(path) for path in find_notebooks(folder=order.notebooks[0].parent)]
    notebooks = {name: notebooks[name] for name in in_order if name in notebooks}
    run = {
        "form": FORM,
        "is_own_day": checked.is_own_day,
        "recorded": begun,
        "reads_database": checked.reads_database,
        "files": look_at(order.parameters_dir / checked.client, checked.inputs),
        "notebooks": notebooks,
    }
    all_published = [Published.from_record(each["published"]) for each in notebooks.values()]
    try:
        write_tables(folder, list(notebooks))
        write_index(
            folder, all_published, client=checked.name, as_of_text=checked.as_of, firm=checked.firm,
            confidentiality=checked.confidentiality, language=checked.language,
        )  # fmt: skip
        write_manifest(
            folder, all_published, client=checked.client, as_of=checked.as_of, inputs=checked.inputs, faults=faults,
            more={"run": run},
        )  # fmt: skip
    except OSError as error:
        kind, words = told(error)
        return Outcome(checked.client, "index", Plan("execute", "index"), kind=kind, error=words)
    return None


def _record(folder: Path, checked: Checked, made: Published, ingredients: Mapping[str, str]) -> dict[str, Any]:
    """Return what the manifest remembers of a notebook whose deliverables were made."""
    return {
        "inputs": digest(checked.inputs),
        "ingredients": ingredients,
        "outputs": look_at_outputs(folder, made.files),
        "published": made.as_record(),
    }
