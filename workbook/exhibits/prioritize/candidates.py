"""How the exhibits about the candidates name and write what they share: order, columns, quantities and inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from workbook.engagement.schema import System, Technology
from workbook.exhibits.exhibit import Align, Cell, Column, Orientation, cell
from workbook.exhibits.prioritize.common import use_case_name
from workbook.exhibits.tables import Entry, missing_cell
from workbook.exhibits.writer import Writer
from workbook.phases.figures import Figure, weakest_evidence
from workbook.phases.prioritize.cases import DAY_RATE, CaseLines
from workbook.phases.prioritize.result import PrioritizeResult

MOST_UPRIGHT = 3
"""Up to this many candidates fit as columns on an upright page."""

LONGEST_NAME = 48
"""Letters of the name of a benefit or cost in a title."""

_ELLIPSIS = "…"


def ordered(result: PrioritizeResult) -> tuple[str, ...]:
    """Return the ids of the candidates: the highest net present value first, then those without one."""
    by_npv = result.comparison.by_npv
    return (*by_npv, *(id for id in result.cases if id not in by_npv))


def focus(result: PrioritizeResult) -> str | None:
    """Return the candidate that exhibits on one candidate show: the one proposed, or the first while none is."""
    if result.chosen in result.cases:
        return result.chosen
    return next(iter(ordered(result)), None)


def level_on_axes(result: PrioritizeResult) -> list[str]:
    """Return the candidates within a point of the highest weighted score, the highest first."""
    comparison = result.comparison
    points = {id: comparison.values[id].value or 0.0 for id in comparison.order}
    order = sorted(points, key=lambda id: -points[id])
    return [id for id in order if points[order[0]] - points[id] < 1]


def names_of(result: PrioritizeResult, ids: Iterable[str], write: Writer, longest: int = 5) -> str:
    """Return the names of candidates as a list in a sentence."""
    return write.names([use_case_name(result, id) for id in ids], longest)


def side_by_side(
    result: PrioritizeResult, exhibit: str, write: Writer, align: Align = "right", head: float = 1.5
) -> tuple[list[Column], Orientation]:
    """Return the columns of a table with the candidates side by side, and how the page is turned for them.

    `head` is the width of the first column, relative to those of the candidates.
    """
    ids = ordered(result)
    aspect = Column("aspect", write.text(f"{exhibit}.columns.aspect"), width=head)
    columns = [aspect, *(Column(id, headed(result, id, write), align, 1) for id in ids)]
    if not ids:
        columns.append(Column("none", write.text("candidates.columns.none")))
    return columns, "portrait" if len(ids) <= MOST_UPRIGHT else "landscape"


def headed(result: PrioritizeResult, id: str, write: Writer) -> str:
    """Return the name of a candidate, marked where it is the one proposed."""
    name = use_case_name(result, id)
    return write.text("candidates.proposed", name=name) if id == result.chosen else name


def row_of(label: str, ids: Sequence[str], entry_of: Callable[[str], Entry]) -> list[Entry]:
    """Return a row with an entry for each candidate."""
    return [label, *(entry_of(id) for id in ids)]


# --- quantities ------------------------------------------------------------------------------------------------------


def said(figure: Figure, write: Writer) -> str:
    """Return a figure in words with its unit, or why there is none."""
    if figure.value is None:
        return why_not(figure, write)
    return in_unit(figure.value, figure, write)


def in_unit(value: float, figure: Figure, write: Writer) -> str:
    """Return a value in the unit and with the digits of a figure: "€1.5 a case", "0.17 hours a case", "40%"."""
    unit, _, per = figure.unit.partition("/")
    if unit == "share":
        return write.formats.share(value, figure.evidence)
    if unit in (write.formats.currency, "h"):
        amount = write.amount(value, unit, figure.evidence)
    else:
        amount = write.text(
            "quantities.amount", value=write.formats.number(value, figure.evidence), unit=_unit(unit, write)
        )
    return write.text(f"quantities.{_PER.get(per, 'per')}", amount=amount, per=_unit(per, write)) if per else amount


_PER = {"transaction": "per_case", "year": "per_year"}
_UNITS = ("days", "months", "years", "pilots", "hours")


def _unit(unit: str, write: Writer) -> str:
    """Return a unit of the workbook in words; any other is the client's own."""
    return write.text(f"quantities.units.{unit}") if unit in _UNITS else unit


def entry(figure: Figure, write: Writer, *, strong: bool = False, tone: str | None = None) -> Cell:
    """Return a cell with a figure in its unit and the mark of its evidence, or why there is none."""
    if figure.value is None:
        return missing_cell(why_not(figure, write))
    return cell(said(figure, write), value=figure.value, mark=write.mark(figure.evidence), strong=strong, tone=tone)


def bare(figure: Figure, write: Writer, **look: str | bool | None) -> Cell:
    """Return a cell with the number only, for a row whose heading gives the unit."""
    if figure.value is None:
        return missing_cell(why_not(figure, write))
    text = write.formats.number(figure.value, figure.evidence)
    return cell(text, value=figure.value, mark=write.mark(figure.evidence), **look)  # type: ignore[arg-type]


def why_not(figure: Figure, write: Writer) -> str:
    """Return why a figure has no value; one that is computed is not estimable where an input is not provided."""
    if figure.reason in (None, "not_provided") and figure.formula is not None:
        return write.text("candidates.not_estimable")
    return write.missing(figure)


def not_simulated(result: PrioritizeResult, id: str, write: Writer) -> str:
    """Return why nothing says how the value of a candidate spreads."""
    npv = result.values[id].npv
    return write.text("candidates.no_range") if npv.is_known else why_not(npv, write)


def yearly_of(result: PrioritizeResult, id: str, kind: str, write: Writer) -> Cell:
    """Return what the benefits of one kind amount to in a year at the plateau of use, or that there are none."""
    case = result.cases[id]
    lines = [line for line in case.lines if line.kind == kind]
    figures = [case.amounts[line.key] for line in lines]
    if not figures:
        return missing_cell(write.text("common.none") if case.case.benefits else write.not_provided)
    if any(figure.value is None for figure in figures):
        return missing_cell(write.text("candidates.not_estimable"))
    total = sum(figure.value or 0.0 for figure in figures)
    evidence = weakest_evidence(figures)
    return cell(write.formats.money(total, evidence), value=total, mark=write.mark(evidence))


# --- inputs ----------------------------------------------------------------------------------------------------------


_OF_BENEFIT = {
    "effect": "effect", "unit-value": "unit_value", "eligible": "of_eligible", "realisation": "realisation",
}  # fmt: skip


def input_name(name: str, case: CaseLines, result: PrioritizeResult, write: Writer, longest: int | None = None) -> str:
    """Return an input of a case in words; `longest` cuts the name of the benefit or cost it belongs to."""
    key = name.removeprefix(f"{case.id}.")
    what, _, of = key.partition(".")
    if name == DAY_RATE:
        return write.text("quantities.inputs.day_rate")
    if what == "process":
        process = result.assessment.process_map[of.removesuffix(".volume")].process.name
        return write.text("quantities.inputs.volume", name=shortened(process, longest))
    if what == "benefit":
        benefit, _, part = of.rpartition(".")
        kept = shortened(case.names[f"benefit.{benefit}"], longest)
        return write.text(f"quantities.inputs.{_OF_BENEFIT[part]}", name=kept)
    if what == "cost":
        return write.text("quantities.inputs.cost", name=shortened(case.names[key], longest))
    if what == "integration":
        return write.text("quantities.inputs.integration", name=shortened(systems_of(result)[of].name, longest))
    if what == "work":
        return write.text(f"quantities.inputs.work_{of}")
    return write.text(f"quantities.inputs.{key.replace('-', '_')}")


def missing_notes(result: PrioritizeResult, write: Writer) -> list[str]:
    """Return for each candidate that cannot be valued which inputs it lacks."""
    notes = []
    for id in ordered(result):
        case = result.cases[id]
        ids = dict.fromkeys(figure.id for lacking in case.missing.values() for figure in lacking)
        inputs = [name for name, each in case.inputs.items() if each.figure.id in ids]
        if inputs:
            names = write.names([input_name(name, case, result, write, LONGEST_NAME) for name in inputs])
            notes.append(write.text("candidates.note_missing", name=use_case_name(result, id), inputs=names))
        elif not case.lines:
            notes.append(write.text("candidates.note_empty", name=use_case_name(result, id)))
    return notes


def systems_of(result: PrioritizeResult) -> dict[str, System]:
    """Return the client's systems by their id."""
    technology = result.engagement.technology or Technology.model_validate({})
    return {system.id: system for system in technology.systems}


def shortened(text: str, longest: int | None) -> str:
    """Return a text cut at a word, with an ellipsis, where it has more than `longest` letters."""
    if longest is None or len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:')}{_ELLIPSIS}"


def conventions(result: PrioritizeResult, write: Writer) -> str:
    """Return by which conventions the candidates are valued, in a sentence."""
    finance = result.finance
    if finance is None:
        return write.text("candidates.no_finance")
    return write.text(
        "candidates.conventions",
        years=finance.years,
        rate=write.formats.share(finance.discount_rate.value, finance.discount_rate.evidence),
        prices=write.text(f"candidates.prices_{finance.price_base}"),
        flows=write.text(f"candidates.flows_{finance.flows}_{finance.timing}"),
    )
