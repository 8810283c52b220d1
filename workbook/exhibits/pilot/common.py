"""What all exhibits of Pilot need besides the common parts: effects in words, evidence, and reasons."""

from __future__ import annotations

from workbook.exhibits.exhibit import Cell, Tone, cell
from workbook.exhibits.formats import Kind
from workbook.exhibits.parts import DASH, Finding, table_of, writer_of
from workbook.exhibits.prioritize.charter import level_cell, level_of
from workbook.exhibits.tables import missing_cell
from workbook.exhibits.writer import Writer
from workbook.methods.estimates import Estimate
from workbook.phases.figures import Figure
from workbook.phases.pilot.observed import SMALLEST_GROUP
from workbook.phases.pilot.operations import Against
from workbook.phases.pilot.result import PilotResult
from workbook.phases.prioritize.criteria import HOURS

__all__ = [
    "DASH", "LINE_TONES", "LONGEST", "PHASE", "TONES", "Finding", "answer_cell", "count_cell", "effect_cell",
    "effect_in_words",
    "effect_of", "interval_of",
    "level_cell", "level_of", "open_reasons_in_words", "share_of", "shortened", "table_of", "use_case_name",
    "writer_of",
]  # fmt: skip

PHASE = "pilot"

LONGEST = 90
"""Letters of a text of the client that stands inside a sentence."""

TONES: dict[str, Tone] = {
    "worthwhile_shown": "good", "better": "good", "non_inferior": "good", "better_below_worthwhile": "warn",
    "undecided": "warn", "not_estimable": "none", "out_of_reach": "bad", "worse": "bad", "inferior": "bad",
}  # fmt: skip
"""How good it is what can be concluded of a criterion."""

LINE_TONES: dict[Against, Tone | None] = {"above": "good", "below": "bad", "undecided": "warn", "unknown": None}
"""How good it is to lie there, against a line that should be reached."""

ANSWERS: dict[str, Tone] = {"yes": "good", "no": "bad", "unknown": "warn"}


def use_case_name(result: PilotResult) -> str:
    """Return the name of the use case that is piloted, or that there is no charter which names one."""
    charter = result.charter.charter
    if charter is None:
        return writer_of(result).text("pilot_words.the_pilot")
    return result.prioritized.assessment.use_case(charter.use_case).name


def open_reasons_in_words(result: PilotResult, write: Writer) -> str:
    """Return what is still open, as a phrase."""
    return "; ".join(write.finding(f"pilot_glance.reason_{reason}") for reason in result.open_reasons)


# --- effects ---------------------------------------------------------------------------------------------------------


def effect_of(value: float, unit: str, write: Writer, *, signed: bool = True) -> str:
    """Return an effect with its sign in the unit of a criterion: "+5.69 min", "+1.2 points"; plus is better."""
    formats, is_time = write.formats, unit in HOURS
    scaled = value * (HOURS[unit] if is_time else 100 if unit == "share" else 1)
    kind: Kind = "hours" if is_time else "number"
    words = formats.signed(scaled, kind, "measured") if signed else formats.amount(abs(scaled), kind, "measured")
    return words if is_time else _with_unit(words, unit, write)


def _with_unit(words: str, unit: str, write: Writer) -> str:
    return write.text("pilot_words.points", n=words) if unit == "share" else f"{words} {unit}"


def interval_of(low: float | None, high: float | None, unit: str, write: Writer) -> str:
    """Return the interval of an effect with its signs; empty where an end is not known."""
    if low is None or high is None:
        return ""
    if unit in HOURS:
        return write.formats.interval(low * HOURS[unit], high * HOURS[unit], "hours", "measured")
    scale = 100 if unit == "share" else 1
    return _with_unit(write.formats.interval(scale * low, scale * high, "number", "measured"), unit, write)


def effect_in_words(value: float, low: float | None, high: float | None, unit: str, write: Writer) -> str:
    """Return an effect with its interval in brackets; the unit of a share stands once, after both."""
    if low is None or high is None:
        return effect_of(value, unit, write)
    if unit != "share":
        return f"{effect_of(value, unit, write)} [{interval_of(low, high, unit, write)}]"
    ends = write.formats.interval(100 * low, 100 * high, "number", "measured")
    return _with_unit(f"{write.formats.signed(100 * value, 'number', 'measured')} [{ends}]", unit, write)


def effect_cell(effect: Figure | Estimate, unit: str, write: Writer) -> Cell:
    """Return a cell with a measured effect and its interval, or why there is none."""
    if effect.value is None:
        return missing_cell(write.reason(effect.reason or "not_provided", effect.n))
    evidence = effect.evidence if isinstance(effect, Figure) else "measured"
    words = effect_in_words(effect.value, effect.low, effect.high, unit, write)
    return cell(words, effect.value, write.mark(evidence))


# --- cells -----------------------------------------------------------------------------------------------------------


def share_of(estimate: Estimate, write: Writer) -> Cell:
    """Return a cell with a measured share and its interval, or why there is none."""
    if estimate.value is None:
        return missing_cell(write.reason(estimate.reason or "not_provided", estimate.n))
    text = write.formats.share(estimate.value, "measured")
    if estimate.low is not None and estimate.high is not None:
        text += f" [{write.formats.interval(estimate.low, estimate.high, 'share', 'measured')}]"
    return cell(text, estimate.value, write.mark("measured"))


def count_cell(figure: Figure, write: Writer, *, small: bool = False) -> Cell:
    """Return a cell with a count; with `small`, one between nought and the smallest group is not told."""
    if figure.value is None:
        return missing_cell(write.missing(figure))
    count = round(figure.value)
    if small and 0 < count < SMALLEST_GROUP:
        return missing_cell(write.text("pilot_words.fewer", n=SMALLEST_GROUP))
    return cell(write.formats.count(count), figure.value, write.mark(figure.evidence))


def answer_cell(answer: str, write: Writer) -> Cell:
    """Return a cell with yes, no or unknown."""
    return cell(write.text(f"common.{answer}"), tone=ANSWERS[answer])


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text without its full stop, cut at a word where it is longer than a sentence bears."""
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0][:longest]}…"
