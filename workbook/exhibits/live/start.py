"""Where a client stands, at a glance: who it is, phases and gates, files, what is missing, who decides next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from workbook.engagement.check import agreement_faults, check_client
from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.folders import client_folder, find_parameters
from workbook.engagement.load import MODELS, Engagement, load_engagement
from workbook.engagement.schema_client import GateDecision
from workbook.engagement.status import PHASES, status_of
from workbook.engagement.yaml_reader import read_yaml
from workbook.exhibits import screen
from workbook.exhibits.theme import palette
from workbook.exhibits.writer import Writer
from workbook.framework import load_framework

FAULTS_SHOWN = 20
_FONT = f"{screen.FONT};font-size:14px;line-height:1.5"


@dataclass(frozen=True)
class Stand:
    """What can be said of a client on a day; `engagement` is None where its files cannot be used because of faults.

    `files` says in words what each file of parameters holds.
    """

    client: str
    engagement: Engagement | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def phase(self) -> str | None:
        """The phase the client is in."""
        return status_of(self.engagement).phase if self.engagement else None

    @property
    def phase_name(self) -> str:
        """The name of the phase as readers know it."""
        return load_framework().text(f"phases.{self.phase}.name") if self.phase else "not known"


def stand_of(client: str, as_of: str = "", parameters_dir: str = "", *, with_data: bool = True) -> Stand:
    """Return where a client stands; faults become part of it. Without `with_data`, no data file is opened."""
    files: Mapping[str, str] = {}
    try:
        parameters = find_parameters(parameters_dir or None)
        files = _files_of(client_folder(client, parameters))
        engagement = load_engagement(client, parameters, as_of or None)
    except FaultsError as error:
        return Stand(client, None, error.faults, files=files)
    files = {f"{name}.yaml": file_state(engagement, name) for name in MODELS}
    try:
        if with_data:
            return Stand(client, engagement, notes=check_client(client, parameters, as_of or None).notes, files=files)
        written = load_engagement(client, parameters) if as_of else engagement
        found = tuple(agreement_faults(engagement, written))
    except FaultsError as error:
        return Stand(client, engagement, error.faults, files=files)
    faults = tuple(fault for fault in found if not fault.is_note)
    return Stand(client, engagement, faults, tuple(note for note in found if note.is_note), files)


def _files_of(folder: Path) -> dict[str, str]:
    """Return the state of each file where they cannot be used together."""
    return {f"{name}.yaml": _state_of(folder / f"{name}.yaml") for name in MODELS}


def _state_of(path: Path) -> str:
    try:
        return "begun" if _says_something(read_yaml(path.read_bytes(), path.name).data) else "skeleton only"
    except FileNotFoundError:
        return "not there yet"
    except (FaultsError, OSError):
        return "there, but cannot be read"


def _says_something(data: object) -> bool:
    """Tell whether there is a value anywhere below the keys."""
    if isinstance(data, Mapping):
        return any(map(_says_something, data.values()))
    return any(map(_says_something, data)) if isinstance(data, list | tuple) else data is not None


@dataclass(frozen=True, repr=False)
class Start:
    """The view of a client that the start page shows; links lead to the notebooks beside it."""

    stand: Stand

    def __repr__(self) -> str:
        return f"<start page of {self.stand.client}>"

    def _repr_html_(self) -> str:
        stand = self.stand
        known = _known(stand.engagement, stand.notes) if stand.engagement else ()
        return screen.card("".join([_faults(stand), *known, _files(stand), _notebooks()]), _FONT)


def start(client: str, as_of: str = "", parameters_dir: str = "") -> Start:
    """Return where a client stands, to be displayed; faults of its files are named in place."""
    return Start(stand_of(client, as_of, parameters_dir))


def _known(engagement: Engagement, notes: Sequence[Fault]) -> Iterator[str]:
    yield _who(engagement)
    yield _next(engagement, notes)
    yield _phases(engagement)


def _faults(stand: Stand) -> str:
    if not stand.faults:
        return ""
    count = len(stand.faults)
    counted = "One fault" if count == 1 else f"{count} faults"
    found = [escape(str(fault)) for fault in stand.faults[:FAULTS_SHOWN]]
    found += [f"and {count - FAULTS_SHOWN} more"] if count > FAULTS_SHOWN else []
    return (
        f'<div role="alert" style="border:2px solid {palette().bad};padding:4px 12px 8px;overflow-wrap:anywhere">'
        f"{_heading(f'■ {counted} to put right first: {stand.client}')}{_list(found)}No report can be made before. "
        f"Correct the files, then run this cell again; in a terminal: {_code(f'workbook check {stand.client}')}</div>"
    )


def _who(engagement: Engagement) -> str:
    client, write = engagement.client, Writer(engagement, load_framework())
    about = f"<p style='margin:4px 0'>{escape(client.about)}</p>" if client.about else ""
    facts = {
        "As of": write.formats.date(engagement.as_of),
        "Sector": f"{client.sector}, {client.country}",
        "Sponsor": _sponsor(engagement),
        "Report": f"version {client.document.version}, {client.document.status}; by {client.document.author}, "
        f"{client.document.firm}",
    }
    rows = "".join(_row(name, [escape(text)]) for name, text in facts.items())
    return f"{_heading(client.name)}{about}{_table('About the client', (), rows)}"


def _sponsor(engagement: Engagement) -> str:
    sponsor = engagement.client.sponsor
    return _person(engagement, sponsor.person) if sponsor else "not named yet"


def _person(engagement: Engagement, id: str) -> str:
    person = next(person for person in engagement.client.people if person.id == id)
    return f"{person.name}, {person.role}"


def _next(engagement: Engagement, notes: Sequence[Fault]) -> str:
    status, framework = status_of(engagement), load_framework()
    name, gate = (framework.text(f"phases.{status.phase}.{key}") for key in ("name", "gate"))
    sponsor = engagement.client.sponsor
    by = f"{_person(engagement, sponsor.person)}, as sponsor" if sponsor else "nobody yet: no sponsor is named"
    said = f"{_heading('To be noted')}{_list([escape(str(note)) for note in notes])}" if notes else ""
    return (
        f"{_heading('The next decision')}<p style='margin:4px 0'><b>The gate of {escape(name)}.</b> {escape(gate)} "
        f"Who decides: {escape(by)}.</p>{_heading('What is missing next')}{_list(_steps(engagement))}{said}"
    )


def _steps(engagement: Engagement) -> Iterator[str]:
    """Yield what is to be done next, as HTML."""
    status = status_of(engagement)
    for phase in PHASES:
        held = getattr(engagement.client.gates, phase)
        if held and held.decision == "approved" and phase in MODELS and not _is_frozen(engagement, phase, held):
            gate = escape(_phase_name(phase))
            yield f"The gate of {gate} is approved but not frozen: {_code(f'workbook approve {engagement.id} {phase}')}"
    phase, file = escape(_phase_name(status.phase)), _code(f"{status.phase}.yaml")
    if status.has_begun is None:
        yield f"{phase} has no notebook in this version: its gate is recorded in {_code('client.yaml')}."
    elif not status.has_begun:
        yield f"{phase} has not begun: fill in {file} ({escape(file_state(engagement, status.phase))})."
    else:
        yield (
            f"{phase} is under way: go through {_link(status.phase)}, then record the decision of its gate under "
            f"{_code('gates')} in {_code('client.yaml')}."
        )
    if engagement.client.sponsor is None:
        yield f"Name the {_code('sponsor')} in {_code('client.yaml')}, who decides at the gates."


def _is_frozen(engagement: Engagement, phase: str, gate: GateDecision) -> bool:
    return f"approved/{phase}_{gate.date}.json" in engagement.data_files


def _phases(engagement: Engagement) -> str:
    status = status_of(engagement)
    rows = "".join(
        _row(
            f"{number}. {_phase_name(phase)}{' (now)' if phase == status.phase else ''}",
            [
                escape(load_framework().text(f"phases.{phase}.deliverable")),
                escape(_gate_state(engagement, getattr(engagement.client.gates, phase))),
            ],
            strong=phase == status.phase,
        )
        for number, phase in enumerate(PHASES, 1)
    )
    return f"{_heading('Phases and gates')}{_table('Phases and gates', ('Phase', 'Report', 'Gate'), rows)}"


def _gate_state(engagement: Engagement, gate: GateDecision | None) -> str:
    if gate is None:
        return "not held yet"
    write = Writer(engagement, load_framework())
    parts = [
        load_framework().text(f"terms.decision.{gate.decision}"),
        f"on {write.formats.date(gate.date)}" if gate.date else "",
        f"by {write.person(gate.by)}" if gate.by else "",
    ]
    use_cases = {each.id: each.name for each in engagement.assess.use_cases} if engagement.assess else {}
    selected = f": {'; '.join(use_cases.get(id, id) for id in gate.selected)}" if gate.selected else ""
    return " ".join(filter(None, parts)) + selected


def _files(stand: Stand) -> str:
    if not stand.files:
        return ""
    rows = "".join(_row(name, [escape(state)]) for name, state in stand.files.items())
    return f"{_heading('Files of the client')}{_table('Files of the client', ('File', 'State'), rows)}"


def file_state(engagement: Engagement, name: str) -> str:
    """Return in words what a file of parameters, such as "pilot", holds on the day of the engagement."""
    if name not in engagement.documents:
        return "not there yet"
    if name in engagement.parts:
        return "filled in"
    return "nothing known by then" if engagement.documents[name].data else "skeleton only"


def _notebooks() -> str:
    words = {phase: escape(load_framework().text(f"phases.{phase}.objective")) for phase in PHASES if phase in MODELS}
    return f"{_heading('Notebooks')}{_list(f'{_link(phase)}: {text}' for phase, text in words.items())}"


def _link(phase: str) -> str:
    notebook = load_framework().phases[phase].notebook
    style = f"color:{palette().accent};text-decoration:underline"
    return f'<a href="{escape(notebook)}.ipynb" style="{style}">{escape(notebook)}</a>'


def _phase_name(phase: str) -> str:
    return load_framework().text(f"phases.{phase}.name")


# --- pieces of HTML --------------------------------------------------------------------------------------------------


def _heading(text: str) -> str:
    return f'<h3 style="margin:14px 0 4px;font-size:16px;font-weight:600">{escape(text)}</h3>'


def _code(text: str) -> str:
    return f'<code style="background:none;color:inherit;padding:0">{escape(text)}</code>'


def _list(items: Iterable[str]) -> str:
    """Return a list; `items` are HTML."""
    rows = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul style="margin:4px 0;padding-left:20px;overflow-wrap:anywhere">{rows}</ul>'


def _table(label: str, heads: Iterable[str], rows: str) -> str:
    cells = "".join(f'<th scope="col" style="{_cell()};font-weight:600">{escape(head)}</th>' for head in heads)
    head = f"<thead><tr>{cells}</tr></thead>" if cells else ""
    style = f"border-collapse:collapse;font-size:14px;color:{palette().ink}"
    return f'<table aria-label="{escape(label)}" style="{style}">{head}<tbody>{rows}</tbody></table>'


def _row(name: str, cells: Iterable[str], *, strong: bool = False) -> str:
    """Return a row; `cells` are HTML."""
    weight = 600 if strong else 400
    head = f'<th scope="row" style="{_cell()};font-weight:{weight};white-space:nowrap">{escape(name)}</th>'
    rest = "".join(f'<td style="{_cell()};font-weight:{weight}">{cell}</td>' for cell in cells)
    # JupyterLab gives tables the colours of its theme, which do not go with those of the card.
    return f'<tr style="background:{palette().paper}">{head}{rest}</tr>'


def _cell() -> str:
    return f"text-align:left;vertical-align:top;padding:3px 14px 3px 0;border-bottom:1px solid {palette().line}"
