"""The command line: thin, so that each command can be had from Python as well.

Commands import what they need when they run: `workbook --help` and `workbook status` stay instant.
"""

from __future__ import annotations

import datetime as dt
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook.engagement.faults import Fault
    from workbook.engagement.load import Engagement
    from workbook.publish.cluster import ClusterCrew
    from workbook.publish.crew import Crew
    from workbook.publish.orders import Order
    from workbook.publish.summary import Summary

DONE, CLIENT_FAILED, WRONG_INPUT = 0, 1, 2

app = typer.Typer(
    help="From a client's parameters to deliverables a board can read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Boxes around help and errors are hard to read in a log.
    rich_markup_mode=None,
)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; allowed a date such as 2026-05-31; write year-month-day") from None


Clients = Annotated[list[str] | None, typer.Argument(metavar="CLIENT", help="folders in parameters/")]
Client = Annotated[str, typer.Argument(metavar="CLIENT", help="folder in parameters/")]
Gate = Annotated[str, typer.Argument(metavar="GATE", help="phase that the gate ends, such as assess")]
FigureId = Annotated[str, typer.Argument(metavar="FIGURE", help="id, such as processes.yearly_cost")]
Spreadsheet = Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="spreadsheet")]
Parameters = Annotated[Path | None, typer.Option("--parameters", metavar="DIR", help="folder that holds the clients")]
AsOf = Annotated[
    dt.date | None, typer.Option("--as-of", metavar="DATE", parser=_day, help="facts dated later do not exist")
]


@app.command()
def run(
    clients: Clients = None,
    every: Annotated[bool, typer.Option("--all", help="all clients")] = False,
    only: Annotated[str | None, typer.Option(metavar="NAMES", help="notebooks, such as assess,board")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="processes; one for each core if left out")] = None,
    as_of: AsOf = None,
    force: Annotated[bool, typer.Option(help="make everything again, changed or not")] = False,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="scheduler of a Dask cluster")] = None,
    time_limit: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="for each notebook")] = 900,
    quiet: Annotated[bool, typer.Option(help="say only what went wrong, and the result")] = False,
    output: Annotated[Path, typer.Option(metavar="DIR", help="where deliverables go")] = Path("outputs"),
    parameters: Parameters = None,
) -> None:
    """Make the deliverables of clients: only what has changed since the last run."""
    from workbook.engagement.folders import find_parameters
    from workbook.publish.orders import Order
    from workbook.publish.progress import shown
    from workbook.publish.summary import duration, write_summary

    folder = find_parameters(parameters)
    selected = tuple(_selected(clients, every, folder))
    asked = as_of.isoformat() if as_of else ""
    order = Order(selected, _notebooks(only), folder.resolve(), output.absolute(), asked, force, time_limit)
    started = time.monotonic()
    summary = _run(order, jobs, cluster, quiet)
    if len(summary.faulty) == len(selected):
        raise typer.Exit(WRONG_INPUT)
    seconds = time.monotonic() - started
    code, page = DONE if summary.is_clean else CLIENT_FAILED, shown(order.output / "run.html")
    try:
        write_summary(summary, order.output, seconds)
    except OSError as error:
        # What was made is made, and a program that started this run must not take it for wrong input.
        code, page = CLIENT_FAILED, f"{page} cannot be written ({error.strerror})"
    typer.echo(f"{summary.headline}, in {duration(seconds)}; {page}")
    raise typer.Exit(code)


@app.command()
def check(clients: Clients = None, parameters: Parameters = None) -> None:
    """Report every fault in the parameters and data of clients."""
    from workbook.checking import checked
    from workbook.engagement.folders import find_parameters

    folder = find_parameters(parameters)
    selected = _selected(clients, not clients, folder)
    engagements, faults = checked(selected, folder)
    _show_faults(faults)
    _show_notes(engagements)
    if faults:
        raise typer.Exit(WRONG_INPUT)
    typer.echo(f"{_count(len(selected), 'client')} without a fault")


@app.command()
def new(client: Client, parameters: Parameters = None) -> None:
    """Create the commented skeleton of a new client."""
    from workbook.engagement.folders import find_parameters
    from workbook.engagement.skeleton import new_client

    made = new_client(client, find_parameters(parameters))
    typer.echo(f"{made} is ready to be filled in; then: workbook check {client}")


@app.command()
def status(clients: Clients = None, as_of: AsOf = None, parameters: Parameters = None) -> None:
    """Show the phase of each client and the decision at its last gate."""
    from workbook.engagement.faults import FaultsError
    from workbook.engagement.folders import find_parameters
    from workbook.engagement.load import load_engagement
    from workbook.engagement.status import PHASES, status_of

    folder = find_parameters(parameters)
    selected = _selected(clients, not clients, folder)
    width = max(map(len, selected))
    faults: list[Fault] = []
    for client in selected:
        try:
            now = status_of(load_engagement(client, folder, as_of))
        except FaultsError as error:
            faults += error.faults
            continue
        # The first phase begins with the client; of a later one it is news.
        phase = f"{now.phase}, begun" if now.has_begun and now.phase != PHASES[0] else now.phase
        typer.echo(f"{client:{width}}  {now.as_of}  {phase:17}  {now.last_gate}")
    _show_faults(faults)
    if faults:
        raise typer.Exit(WRONG_INPUT)


@app.command()
def approve(client: Client, gate: Gate, as_of: AsOf = None, parameters: Parameters = None) -> None:
    """Freeze what a gate decided, with its SHA-256.

    The figures are those known on the day of the decision.
    """
    from workbook.engagement.approve import approve as freeze
    from workbook.engagement.approve import decision_of
    from workbook.engagement.check import check_client
    from workbook.engagement.folders import find_parameters
    from workbook.engagement.load import load_engagement
    from workbook.phases.explain import content_to_freeze

    folder = find_parameters(parameters)
    decided = decision_of(load_engagement(client, folder, as_of), gate).date
    engagement = check_client(client, folder, decided)
    try:
        frozen = freeze(engagement, gate, content_to_freeze(engagement, gate))
    except KeyError as error:
        raise _wrong(error.args[0]) from None
    typer.echo(f"{frozen.path}\nsha256 {frozen.sha256}")
    _show_notes([engagement])


@app.command()
def explain(client: Client, figure: FigureId, as_of: AsOf = None, parameters: Parameters = None) -> None:
    """Walk from a figure to its inputs, with file and line."""
    from workbook.engagement.check import check_client
    from workbook.engagement.folders import find_parameters
    from workbook.phases.explain import explain_figure

    try:
        typer.echo(explain_figure(check_client(client, find_parameters(parameters), as_of), figure))
    except KeyError as error:
        raise _wrong(error.args[0]) from None


@app.command()
def lab(
    client: Client,
    jupyter: Annotated[list[str] | None, typer.Argument(metavar="[-- ARGUMENTS]", help="handed to jupyter lab")] = None,
    folder: Annotated[Path | None, typer.Option(metavar="DIR", help="for the copies, else lab/CLIENT")] = None,
    parameters: Parameters = None,
) -> None:
    """Open JupyterLab at the phase a client is in, with copies of the notebooks that are set to it."""
    from workbook.engagement.folders import find_parameters
    from workbook.publish.lab import prepare, run_until_it_ends
    from workbook.publish.progress import shown

    bench = prepare(client, find_parameters(parameters), folder or Path("lab") / client)
    for name in bench.kept:
        typer.echo(f"{shown(bench.folder / name)}: kept with your changes; delete it to have the original again")
    why = f" ({bench.why})" if bench.why else ""
    typer.echo(f"JupyterLab opens {shown(bench.folder / bench.opens)}{why}; Ctrl-C ends it")
    raise typer.Exit(run_until_it_ends(bench.command(jupyter or ()), bench.folder))


intake = typer.Typer(help="Fill in a client's data in a spreadsheet.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(intake, name="intake")


@intake.command("export")
def intake_export(client: Client, file: Spreadsheet, parameters: Parameters = None) -> None:
    """Write a client's data to a spreadsheet.

    For a client that does not exist yet, it is an empty one with examples.
    """
    from workbook.engagement.spreadsheet.intake import export_to

    made = export_to(client, file, parameters)
    typer.echo(f"{made} is ready to be filled in; then: workbook intake import {client} {made}")


@intake.command("import")
def intake_import(client: Client, file: Spreadsheet, parameters: Parameters = None) -> None:
    """Write a spreadsheet's data to a client's files.

    Only what differs is changed. A client that does not exist yet is created. With a fault, nothing is written.
    """
    from workbook.engagement.spreadsheet.intake import import_from

    imported = import_from(client, file, parameters)
    typer.echo(imported.summary())
    _show_notes([imported.proposal.engagement])


def main() -> None:
    """Run the command line; faults of input and of the disk become messages and exit code 2."""
    from workbook.engagement.faults import FaultsError
    from workbook.publish.progress import shown

    try:
        app()
    except FaultsError as error:
        _show_faults(error.faults)
        sys.exit(WRONG_INPUT)
    except OSError as error:
        if error.errno is None:
            # Not the system's word but a library's, so that no place would mend it.
            raise
        place = shown(Path(error.filename)) if error.filename else "the disk"
        remedy = "correct its rights, or name another folder"
        typer.echo(f"{place}: found a place that cannot be read or written ({error.strerror}); {remedy}", err=True)
        sys.exit(WRONG_INPUT)


def _selected(clients: Iterable[str] | None, every: bool, folder: Path) -> list[str]:
    """Return the clients named, or all of them."""
    from workbook.engagement.folders import list_clients
    from workbook.publish.progress import shown

    named = list(dict.fromkeys(clients or ()))
    if every == bool(named):
        raise _wrong("name the clients, or give --all")
    found = named or list_clients(folder)
    if not found:
        allowed, remedy = "a folder for each client", "create one with: workbook new CLIENT"
        raise _wrong(f"{shown(folder)}: found no client; allowed {allowed}; {remedy}")
    return found


def _notebooks(only: str | None) -> tuple[Path, ...]:
    """Return the notebooks to run."""
    from workbook.publish.orders import find_notebooks

    try:
        return find_notebooks(None if only is None else [name.strip() for name in only.split(",")])
    except ValueError as error:
        raise _wrong(str(error)) from None


def _run(order: Order, jobs: int | None, cluster: str | None, quiet: bool) -> Summary:
    """Do what is ordered, show how it goes, and return what became of it."""
    from workbook.checking import check_for_run
    from workbook.publish.batch import clear_up, run_clients
    from workbook.publish.progress import Progress
    from workbook.publish.summary import Summary

    summary = Summary()
    # A scheduler ends a job by SIGTERM; it is to stop as cleanly as by Ctrl-C, which a job in the background ignores.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Progress(quiet) as progress:
        try:
            with _workers(order, cluster, jobs) as workers:
                for event in run_clients(order, check_for_run, workers):
                    summary.add(event)
                    progress.show(event)
        except KeyboardInterrupt:
            for again in (signal.SIGINT, signal.SIGTERM):
                signal.signal(again, signal.SIG_IGN)
            clear_up(order)
            for event in summary.cancel(order):
                progress.show(event)
    return summary


def _workers(order: Order, cluster: str | None, jobs: int | None) -> Crew | ClusterCrew:
    """Return who does the work: processes of this machine, or a cluster."""
    from workbook.publish.crew import Crew

    if cluster is None:
        return Crew(jobs, order.notebooks, most=len(order.clients) * len(order.notebooks))
    try:
        from workbook.publish.cluster import ClusterCrew, ClusterError
    except ImportError:
        raise _wrong("--cluster needs the extra cluster: pip install 'workbook[cluster]'") from None
    try:
        return ClusterCrew(cluster)
    except ClusterError as error:
        raise _wrong(f"--cluster: {error}") from None


def _show_faults(faults: Iterable[Fault]) -> None:
    for fault in faults:
        typer.echo(str(fault), err=True)


def _show_notes(engagements: Iterable[Engagement]) -> None:
    for engagement in engagements:
        for note in engagement.notes:
            typer.echo(f"note: {note}", err=True)


def _wrong(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(WRONG_INPUT)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    main()
