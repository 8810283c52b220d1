"""What every deliverable has: cover, findings, the consultant's own view, gate, next phase and provenance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import workbook
from workbook.engagement.commentary import Commentary
from workbook.engagement.faults import FaultsError
from workbook.engagement.schema_client import GateDecision
from workbook.exhibits import exhibit as make
from workbook.exhibits.exhibit import Exhibit, FiguresBundle
from workbook.exhibits.parts import DASH, Finding, PhaseResult, table_of, writer_of
from workbook.exhibits.writer import Writer
from workbook.phases.assess.ranking import SEED

SUMMARY = "summary"
"""Section of the commentary that stands instead of the findings."""

PRECEDING = {"assess": "assess", "prioritize": "assess", "pilot": "prioritize"}
"""The gate whose approval a deliverable needs not to be a draft: the one before its phase, of the first its own."""


def cover_of(result: PhaseResult, phase: str, subtitle: str, *, draft: str | None = None) -> Exhibit:
    """Return the cover of a phase's deliverable with document control.

    It is stamped DRAFT for the reason given in `draft`, or else while the gate in `PRECEDING` is not approved.
    """
    write, client = writer_of(result), result.engagement.client
    document, sponsor = client.document, client.sponsor
    control = {
        "prepared_for": client.legal_name or client.name,
        "sponsor": write.person(sponsor.person) if sponsor else write.not_provided,
        "firm": document.firm,
        "partner": document.partner,
        "author": document.author,
        "reviewer": document.reviewer or write.not_provided,
        "version": document.version,
        "status": document.status,
        "distribution": "; ".join(document.distribution) or write.not_provided,
    }
    return make.cover(
        title=write.framework.text(f"phases.{phase}.deliverable"),
        subtitle=subtitle,
        client=client.name,
        firm=document.firm,
        confidentiality=document.confidentiality,
        as_of=result.engagement.as_of,
        as_of_text=write.as_of,
        control=[(write.text(f"cover.{key}"), value) for key, value in control.items()],
        draft=draft or draft_reason(result, write, phase),
        language=client.language,
    )


def draft_reason(result: PhaseResult, write: Writer, phase: str) -> str | None:
    """Return why the deliverable of a phase is a draft, None where it is none."""
    client, preceding = result.engagement.client, PRECEDING[phase]
    gate, status = getattr(client.gates, preceding), client.document.status
    which = "gate" if phase == preceding else "previous_gate"
    name = write.framework.text(f"phases.{preceding}.name")
    if gate is None:
        return write.text(f"cover.draft_{which}_missing", phase=name)
    if gate.decision != "approved":
        return write.text(f"cover.draft_{which}", phase=name, decision=decision_in_words(write, gate))
    return write.text("cover.draft_status", status=status) if status == "draft" else None


def decision_in_words(write: Writer, gate: GateDecision) -> str:
    """Return the decision of a gate, such as "not yet decided"."""
    return write.framework.text(f"terms.decision.{gate.decision}")


# --- the consultant's text -------------------------------------------------------------------------------------------


def summary_of(result: PhaseResult, phase: str, heading: str, findings: Sequence[Finding], lead: str) -> Exhibit:
    """Return the findings; the consultant's text stands instead where the commentary replaces the summary."""
    commentary = _commentary(result, phase)
    if commentary and SUMMARY in commentary.replaces:
        paragraphs = commentary.section(SUMMARY, figures_in_words(result))
        return make.prose("summary", paragraphs, "view", writer_of(result).text("view.title"))
    return make.summary("summary", heading, findings, lead)


def view_of(result: PhaseResult, phase: str, section: str) -> Exhibit | None:
    """Return the consultant's own paragraphs for a section, None where there are none."""
    commentary = _commentary(result, phase)
    paragraphs = commentary.section(section, figures_in_words(result)) if commentary else ()
    title = writer_of(result).text("view.title")
    return make.prose(f"view-{section}", paragraphs, "view", title) if paragraphs else None


def _commentary(result: PhaseResult, phase: str) -> Commentary | None:
    """Return the consultant's paragraphs; FaultsError for a figure that this notebook does not have."""
    commentary = result.engagement.commentary.get(phase)
    faults = commentary.check_figures(result.figures.figures) if commentary else ()
    if faults:
        raise FaultsError(faults)
    return commentary


def figures_in_words(result: PhaseResult) -> dict[str, str]:
    """Return every figure as the deliverable writes it, for paragraphs that quote figures by id."""
    write = writer_of(result)
    return {figure.id: write.value(figure) for figure in result.figures}


def existing(*exhibits: Exhibit | None) -> tuple[Exhibit, ...]:
    """Return those of several exhibits that there are, for a cell that shows them together."""
    return tuple(exhibit for exhibit in exhibits if exhibit is not None)


# --- gate and next phase ---------------------------------------------------------------------------------------------


def gate_of(
    result: PhaseResult, gate: GateDecision | None, forward: Sequence[str], name: Callable[[str], str]
) -> Exhibit:
    """Return the human decision beside the use cases put forward here; `name` gives the name of one by its id."""
    write = writer_of(result)

    def names(ids: Sequence[str]) -> str:
        return "; ".join(map(name, ids)) or write.text("common.none")

    rows = [[write.text("gate.put_forward"), names(forward)]]
    if gate is not None:
        rows = [*_gate_rows(write, gate, names(gate.selected)), *rows] if gate.decision != "pending" else rows
        rows.append([write.text("gate.note"), gate.note or DASH])
    if gate is not None and gate.selected:
        rows.append([write.text("gate.difference"), _difference(write, gate.selected, forward, names)])
    title = (
        write.text("gate.title", decision=decision_in_words(write, gate)) if gate else write.text("gate.title_missing")
    )
    columns = write.columns("gate", "item", "value", widths=(1, 3.5))
    return table_of(write, "gate", title, columns, rows, write.from_parameters)


def _gate_rows(write: Writer, gate: GateDecision, selected: str) -> list[list[str]]:
    by = write.person(gate.by) + (f", {gate.role}" if gate.role else "")
    day = write.formats.date(gate.date) if gate.date else write.not_provided
    return [
        [write.text("gate.decision"), decision_in_words(write, gate)],
        [write.text("gate.by"), f"{by}; {day}"],
        [write.text("gate.selected"), selected],
    ]


def _difference(
    write: Writer, selected: Sequence[str], forward: Sequence[str], names: Callable[[Sequence[str]], str]
) -> str:
    sides = {
        "only_selected": [id for id in selected if id not in forward],
        "only_forward": [id for id in forward if id not in selected],
    }
    parts = [write.text(f"gate.{side}", names=names(ids)) for side, ids in sides.items() if ids]
    return "; ".join(parts) or write.text("gate.same")


def next_phase(result: PhaseResult, id: str) -> Exhibit:
    """Return what the next phase is for, its activities and what it hands over."""
    write = writer_of(result)
    phase = write.framework.phases[id]

    def words(key: str) -> str:
        return write.framework.text(f"phases.{id}.{key}")

    steps = " ".join(words(f"activities.{activity}") for activity in phase.activities)
    paragraph = write.text(
        "next_steps.paragraph",
        name=words("name"),
        first=phase.week_from,
        last=phase.week_to,
        objective=words("objective"),
        steps=steps,
        deliverable=words("deliverable"),
    )
    return make.prose("next-steps", [paragraph])


# --- provenance ------------------------------------------------------------------------------------------------------


def provenance(result: PhaseResult, *, seed: int = SEED) -> Exhibit:
    """Return what the deliverable was made from; `seed` is that of its draws."""
    write, engagement = writer_of(result), result.engagement
    letters = ", ".join(
        f"{entry.letter} {write.framework.text(f'evidence.{id}.name')}"
        for id, entry in write.framework.evidence.items()
    )
    rows = {
        "client": f"{engagement.id}, sha256 {engagement.fingerprint}",
        "as_of": engagement.as_of.isoformat(),
        "rules": write.framework.version,
        "package": f"workbook {workbook.__version__}",
        "seed": str(seed),
        "evidence": letters,
    }
    files = [(write.text("provenance.inputs"), f"{file}, sha256 {hash}") for file, hash in engagement.inputs.items()]
    title = write.text("provenance.title")
    return make.provenance(
        "provenance", title, [*((write.text(f"provenance.{key}"), value) for key, value in rows.items()), *files]
    )


def register(result: PhaseResult) -> FiguresBundle:
    """Return the figure register, from which the deliverable's JSON is written."""
    return make.figures_bundle(result.figures.as_dict()["figures"])
