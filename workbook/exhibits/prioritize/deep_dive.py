"""The deep dive into each candidate side by side, and what it brings that has no price."""

from __future__ import annotations

from collections.abc import Callable

from workbook.exhibits.exhibit import Cell, Exhibit, cell
from workbook.exhibits.prioritize.candidates import (
    bare,
    entry,
    names_of,
    ordered,
    said,
    side_by_side,
    systems_of,
)
from workbook.exhibits.prioritize.common import table_of, use_case_name, writer_of
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.assess.performance import Performance
from workbook.phases.assess.processes import MappedProcess
from workbook.phases.prioritize.cases import Effect
from workbook.phases.prioritize.result import PrioritizeResult

Teller = Callable[[PrioritizeResult, str, Writer], Entry]


def table_deep_dive(result: PrioritizeResult) -> Exhibit:
    """Return what was looked into, aspects as rows and candidates as columns."""
    write, ids = writer_of(result), ordered(result)
    columns, orientation = side_by_side(result, "deep_dive", write, align="left", head=0.7)
    aspects: dict[str, Teller] = {
        "process": _process,
        "outcome": _outcome,
        "volume": lambda result, id, write: bare(_mapped(result, id).volume, write),
        "lead_time": lambda result, id, write: write.cell(_performance(result, id).lead_time_p50),
        "touch_time": lambda result, id, write: write.cell(_performance(result, id).touch_time),
        "errors": lambda result, id, write: write.cell(_performance(result, id).error_rate),
        "cost": lambda result, id, write: write.cell(_mapped(result, id).cost_per_transaction),
        "kind": _kind,
        "data": _data,
        "systems": _systems,
        "complexity": lambda result, id, write: bare(result.axes[id].parts["model_complexity"], write),
        "benefits": _benefits,
        "adoption": _adoption,
        "note": lambda result, id, write: result.cases[id].case.note or missing_cell(write.not_provided),
    }
    rows: list[list[Entry]] = [
        [write.text(f"deep_dive.rows.{key}"), *(tell(result, id, write) for id in ids)] for key, tell in aspects.items()
    ]
    return table_of(
        write, "deep-dive", _title(result, write), columns, rows if ids else [], write.from_parameters,
        notes=_uncovered(result, write), orientation=orientation,
    )  # fmt: skip


def _title(result: PrioritizeResult, write: Writer) -> str:
    """Return which part of feasibility holds each candidate back, the hardest first."""
    if not result.cases:
        return write.text("deep_dive.title_none")
    known = [id for id in ordered(result) if result.axes[id].bottleneck]
    if not known:
        return write.text("deep_dive.title_unknown", n=len(result.cases))
    parts = {id: result.axes[id].bottleneck or "" for id in known}
    names = {part: write.framework.text(f"criteria.{part}.name").lower() for part in parts.values()}
    missing = len(result.cases) - len(known)
    end = write.text("deep_dive.title_partial", n=missing) if missing else ""
    if len(names) == 1:
        (part,) = names.values()
        key = "title_same" if len(known) > 1 else "title_one"
        return write.text(f"deep_dive.{key}", part=part, name=use_case_name(result, known[0])) + end
    hardest = min(known, key=lambda id: result.axes[id].feasibility.value or 0.0)
    score = write.formats.fixed(result.axes[hardest].feasibility.value, 0)
    name = use_case_name(result, hardest)
    return write.text("deep_dive.title", name=name, part=names[parts[hardest]], score=score) + end


def _uncovered(result: PrioritizeResult, write: Writer) -> list[str]:
    """Name use cases that were selected and not looked into, and those looked into without being selected."""
    found = {"not_covered": result.not_covered, "not_selected": result.not_selected}
    return [
        write.text(f"deep_dive.{key}", n=len(ids), names=names_of(result, ids, write))
        for key, ids in found.items()
        if ids
    ]


def _mapped(result: PrioritizeResult, id: str) -> MappedProcess:
    return result.assessment.process_map[result.cases[id].use_case.process]


def _performance(result: PrioritizeResult, id: str) -> Performance:
    return result.assessment.performance_of(result.cases[id].use_case.process)


def _process(result: PrioritizeResult, id: str, write: Writer) -> str:
    process = _mapped(result, id).process
    return write.text("deep_dive.process", process=process.name, department=process.department)


def _outcome(result: PrioritizeResult, id: str, write: Writer) -> Entry:
    return result.cases[id].use_case.outcome or missing_cell(write.not_provided)


def _kind(result: PrioritizeResult, id: str, write: Writer) -> str:
    kind = f"technology.solution_kinds.{result.cases[id].use_case.kind}"
    name, watch = write.framework.text(f"{kind}.name"), write.framework.text(f"{kind}.watch")
    return write.text("deep_dive.kind", name=name, watch=watch)


def _data(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    """Return the measured readiness of the data with what holds it back."""
    data = result.assessment.candidate_data[id]
    if data.readiness.value is None or data.bottleneck is None:
        return missing_cell(write.missing(data.readiness))
    if data.readiness.value >= 1:
        return entry(data.readiness, write)
    text = write.text(
        "deep_dive.data",
        readiness=write.value(data.readiness),
        dimension=write.framework.text(f"quality.{data.bottleneck.dimension}.name").lower(),
        source=result.assessment.sources[data.bottleneck.source].source.name,
    )
    return cell(text, value=data.readiness.value, mark=write.mark(data.readiness.evidence))


def _systems(result: PrioritizeResult, id: str, write: Writer) -> Entry:
    """Return each system to be joined with the pattern planned, and those that have no plan yet."""
    review = result.integration[id]
    joined = [
        write.text("deep_dive.system", system=row.system.name, pattern=pattern_name(row.work.pattern, write))
        for row in review.systems
    ]
    names = systems_of(result)
    joined += [write.text("deep_dive.unplanned", system=names[system].name) for system in review.unplanned]
    return "; ".join(joined) or missing_cell(write.not_provided)


def pattern_name(pattern: str, write: Writer) -> str:
    """Return the name of a way to join a system."""
    return write.framework.text(f"integration.patterns.{pattern}.name")


def _benefits(result: PrioritizeResult, id: str, write: Writer) -> Entry:
    benefits = result.cases[id].case.benefits
    told = (
        write.text("deep_dive.benefit", name=benefit.name, kind=write.text(f"deep_dive.kinds.{benefit.kind}"))
        for benefit in benefits
    )
    return "; ".join(told) or missing_cell(write.not_provided)


def _adoption(result: PrioritizeResult, id: str, write: Writer) -> Cell:
    """Return how use grows: from which month, how fast, and how far."""
    case = result.cases[id]
    plateau = case.inputs[f"{id}.adoption"].figure
    if case.case.adoption is None or plateau.value is None:
        return missing_cell(write.not_provided)
    months = case.inputs[f"{id}.months-to-plateau"].figure
    text = write.text(
        "deep_dive.adoption",
        share=said(plateau, write),
        month=case.case.adoption.start_month,
        months=said(months, write),
    )
    return cell(text, value=plateau.value, mark=write.mark(plateau.evidence))


# --- effects without a price -----------------------------------------------------------------------------------------


def table_non_financial(result: PrioritizeResult) -> Exhibit:
    """Return the benefits that are not money: what each does to a case, and how many it reaches in a year."""
    write = writer_of(result)
    effects = [(id, effect) for id in ordered(result) for effect in result.cases[id].effects if effect.line is None]
    names = list(dict.fromkeys(id for id, _ in effects))
    without = [id for id in result.cases if id not in names]
    key = "title_every" if len(names) == len(result.cases) > 1 else "title"
    return table_of(
        write,
        "non-financial",
        write.text(f"non_financial.{key}", n=len(effects), names=names_of(result, names, write)),
        write.columns("non_financial", "benefit", "candidate", "effect", "eligible", "use", "arrives", "yearly",
                      right=("effect", "eligible", "use", "arrives", "yearly"),
                      widths=(2.4, 1.8, 1.3, 0.9, 0.9, 0.9, 1.5)),
        [_effect_row(result, id, effect, write) for id, effect in effects],
        write.from_computation,
        empty=write.text("common.none"),
        notes=[write.text("non_financial.without", names=names_of(result, without, write))] if without else [],
    )  # fmt: skip


def _effect_row(result: PrioritizeResult, id: str, effect: Effect, write: Writer) -> list[Entry]:
    case, key = result.cases[id], f"{id}.benefit.{effect.benefit.id}"
    parts = (f"{key}.effect", f"{key}.eligible", f"{id}.adoption", f"{key}.realisation")
    amount = effect.reached or effect.quantity
    assert amount is not None
    return [
        effect.benefit.name,
        use_case_name(result, id),
        *(entry(case.inputs[part].figure, write) for part in parts),
        entry(amount, write, strong=True),
    ]
