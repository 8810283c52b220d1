"""Which column of a table may play which part: proposals from names and from content, each with its reason.

Content has the last word. A column that cannot play a part is never proposed for it, whatever it is called; and what
content alone suggests is a guess. Where nothing fits nothing is proposed.

How the content of an event log tells its columns apart: the rows of a case repeat its id, and within a case the
activity and the time change from row to row while what describes the case stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from workbook.methods.column_facts import changes_within_cases, order_of_times
from workbook.methods.column_words import Role, role_strength
from workbook.methods.table_preview import ColumnPreview, TablePreview

TableKind = Literal["event_log", "case_table", "table"]
Grade = Literal["sure", "likely", "guess"]

ROLES: dict[TableKind, tuple[Role, ...]] = {
    "event_log": ("case", "activity", "timestamp", "start", "resource", "sequence", "cost", "outcome"),
    "case_table": ("case", "opened", "closed", "status", "resource", "cost", "outcome"),
    "table": (),
}
"""Parts that columns play in a kind of table, those that are needed first."""

NEEDED: dict[TableKind, tuple[Role, ...]] = {
    "event_log": ("case", "activity", "timestamp"),
    "case_table": ("case", "opened", "closed"),
    "table": (),
}
"""Parts without which nothing is measured."""

_FEW_ROWS = 10
"""Rows below which content says nothing for or against."""
_UNIQUE = 0.97
_IN_ORDER = 0.9
_CHANGES = 0.3
"""Share of the cases in which a column must change to describe events rather than cases."""
_NAMED = ("nothing", "a common word", "a part of a word", "a word of it", "the very word")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column for a part, how sure that is, and why in words."""

    role: Role
    column: str
    grade: Grade
    points: float
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The reasons as one phrase."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Proposals:
    """The kind of table, and by part the columns proposed, best first; `why` says what speaks for the kind."""

    kind: TableKind
    why: str
    by_role: Mapping[Role, tuple[Proposal, ...]]

    @property
    def columns(self) -> dict[Role, str]:
        """The first column of each part, no column in two; those of a guess only where the part is needed."""
        chosen: dict[Role, str] = {}
        for role in ROLES[self.kind]:
            left = (each for each in self.by_role.get(role, ()) if each.column not in chosen.values())
            best = next(left, None)
            if best is not None and (best.grade != "guess" or role in NEEDED[self.kind]):
                chosen[role] = best.column
        return chosen


def propose_roles(con: duckdb.DuckDBPyConnection, preview: TablePreview, kind: TableKind | None = None) -> Proposals:
    """Return which columns of a previewed table may play which part.

    `kind` is what somebody has chosen; without it the kind with the surer columns is taken, and no kind
    at all ("table") where a needed part has none that is at least likely.
    """
    kinds: tuple[TableKind, ...] = (kind,) if kind else ("event_log", "case_table")
    found = [_proposals(con, preview, each) for each in kinds]
    if kind is not None:
        return found[0]
    able = [each for each in found if _weakest(each) > 0]
    if not able:
        missing = "; ".join(f"{_KIND_WORDS[each.kind]}: {_lacking(each)}" for each in found)
        return Proposals("table", f"neither an event log nor a case table ({missing})", {})
    return max(able, key=_weakest)


_KIND_WORDS = {"event_log": "for an event log", "case_table": "for a case table"}
_ROLE_WORDS: dict[Role, str] = {
    "case": "case id", "activity": "activity", "timestamp": "time of completion", "opened": "opening time",
    "closed": "closing time",
}  # fmt: skip


def _weakest(proposals: Proposals) -> float:
    """Return the points of the weakest needed part; 0 where one is lacking or a guess."""
    chosen = proposals.columns
    best = [
        next((p for p in proposals.by_role[role] if p.column == chosen.get(role)), None)
        for role in NEEDED[proposals.kind]
    ]
    return 0 if any(p is None or p.grade == "guess" for p in best) else min(p.points for p in best if p)


def _lacking(proposals: Proposals) -> str:
    chosen = proposals.columns
    unsure = [
        _ROLE_WORDS[role]
        for role in NEEDED[proposals.kind]
        if not any(p.column == chosen.get(role) and p.grade != "guess" for p in proposals.by_role[role])
    ]
    return f"no {' and no '.join(unsure)}"


# --- what the content says -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Content:
    """A table as the tests of content see it: `changes` by column within cases, `order` of pairs of times."""

    preview: TablePreview
    kind: TableKind
    case: str | None = None
    changes: Mapping[str, float] = field(default_factory=dict)
    order: Mapping[tuple[str, str], float] = field(default_factory=dict)
    opened: str | None = None

    @property
    def is_small(self) -> bool:
        return self.preview.rows < _FEW_ROWS


Fit = tuple[float, list[str]] | None
"""Points of a column's content for a part with what they are given for; None where it cannot play it."""


def _proposals(con: duckdb.DuckDBPyConnection, preview: TablePreview, kind: TableKind) -> Proposals:
    content = _Content(preview, kind)
    by_role: dict[Role, tuple[Proposal, ...]] = {}
    if kind == "table":
        return Proposals(kind, "a table without cases", by_role)
    by_role["case"] = _ranked("case", content, _case_fit)
    case = next((each.column for each in by_role["case"]), None)
    changes = changes_within_cases(con, preview, case) if case and kind == "event_log" else {}
    content = _Content(preview, kind, case, changes, order_of_times(con, preview))
    for role in ROLES[kind][1:]:
        if role == "closed":
            opened = next((each.column for each in by_role["opened"]), None)
            content = _Content(preview, kind, case, changes, content.order, opened)
        by_role[role] = _ranked(role, content, _FITS[role])
    what = "its ids repeat from row to row" if kind == "event_log" else "one row for each id"
    return Proposals(kind, f"looks like {'an event log' if kind == 'event_log' else 'a case table'}: {what}", by_role)


def _ranked(role: Role, content: _Content, fits: Callable[[ColumnPreview, _Content], Fit]) -> tuple[Proposal, ...]:
    found = []
    for position, column in enumerate(content.preview.columns):
        fit = fits(column, content) if column.filled and (role == "case" or column.name != content.case) else None
        strength = role_strength(column.name, role)
        if fit is None or not (strength or (fit[0] >= 2 and role in _WITHOUT_NAME)):
            continue
        points, reasons = fit
        named = [f"its name says so ({_NAMED[strength]})"] if strength else ["its name says nothing"]
        grade = _grade(strength, points)
        found.append((Proposal(role, column.name, grade, strength + points, (*named, *reasons)), column, position))
    # Among equals the finer column, then the one further left.
    found.sort(key=lambda each: (-each[0].points, -each[1].distinct if role == "case" else 0, each[2]))
    return tuple(proposal for proposal, _, _ in found)


_WITHOUT_NAME = ("case", "activity", "timestamp", "opened")
"""Parts that content alone may suggest, as a guess."""


def _grade(strength: int, points: float) -> Grade:
    if strength >= 3 and points >= 2:
        return "sure"
    return "likely" if strength >= 3 or (strength and points >= 2) else "guess"


def _case_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge a case id: a code or a text that is nearly always there; in a log it repeats a few times."""
    rows = content.preview.rows
    if column.kind not in ("text", "whole number") or column.filled < 0.5 * rows:
        return None
    reasons = [f"filled in {_share(column.filled, rows)} of the rows"]
    points = 0.5 if column.is_code else 0.0
    if column.is_code:
        reasons.append("looks like numbers or codes")
    per_id = column.filled / column.distinct
    if content.is_small:
        return points, reasons
    if content.kind == "case_table":
        if column.distinct < _UNIQUE * column.filled:
            return None
        return points + 2, [*reasons, f"a different one in {_share(column.distinct, column.filled)} of them"]
    if per_id < 1.2 or per_id > 1000 or column.distinct < 5:
        return None
    reasons.append(f"{column.distinct:,} different ones, {per_id:,.1f} rows each")
    return points + (1.5 if per_id <= 100 else 0.5) + (0.5 if column.filled == rows else 0), reasons


def _activity_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge an activity: one of few values, which change within a case."""
    if column.kind not in ("text", "whole number", "yes or no") or column.distinct > 1000:
        return None
    reasons = [f"{column.distinct:,} different values"]
    if content.is_small:
        return 0.5, reasons
    share = content.changes.get(column.name)
    is_few = 2 <= column.distinct <= max(column.filled / 5, 3)
    if not is_few or column.kind == "yes or no" or (share is not None and share < _CHANGES):
        return None
    if share is None:
        return 0.5, reasons
    bonus = 0.5 if column.kind == "text" else 0.0
    return (2 if column.kind == "text" else 1) * share + bonus, [*reasons, _changes_words(share)]


def _timestamp_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge the time of an event: in nearly every row, changing within a case; the later one is of completion."""
    fit = _time_fit(column, content)
    if fit is None:
        return None
    points, reasons = fit
    share = content.changes.get(column.name)
    if share is not None:
        if share < _CHANGES:
            return None
        points, reasons = points + 1.5 * share, [*reasons, _changes_words(share)]
    later = [
        before
        for (before, after), in_order in content.order.items()
        if after == column.name and in_order > 0.98 and content.changes.get(before, 0) >= _CHANGES
    ]
    return (points + 0.5, [*reasons, f"not before {later[0]}"]) if later else (points, reasons)


def _start_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge the time at which an event began: before another time, and changing within a case as that does."""
    fit = _timestamp_fit(column, content)
    after = [b for (a, b), share in content.order.items() if a == column.name and share >= _IN_ORDER]
    if fit is None or not (after or content.is_small) or role_strength(column.name, "start") == 0:
        return None
    return fit[0], [*fit[1], *(f"not after {each}" for each in after[:1])]


def _opened_fit(column: ColumnPreview, content: _Content) -> Fit:
    fit = _time_fit(column, content)
    after = [b for (a, b), share in content.order.items() if a == column.name and share >= _IN_ORDER]
    if fit is None or column.filled < _IN_ORDER * content.preview.rows:
        return None
    return (fit[0] + 1, [*fit[1], f"not after {after[0]} in nearly all rows"]) if after else fit


def _closed_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge the time of closing: not before that of opening, and empty while a case is open."""
    fit = _time_fit(column, content, may_be_empty=True)
    if fit is None or column.name == content.opened:
        return None
    points, reasons = fit
    in_order = content.order.get((content.opened or "", column.name))
    if in_order is not None and not content.is_small:
        if in_order < _IN_ORDER:
            return None
        points, reasons = points + 1, [*reasons, f"not before {content.opened} in {_share(in_order, 1)} of the rows"]
    empty = content.preview.rows - column.filled
    words = [f"empty in {_share(empty, content.preview.rows)} of the rows, as of open cases"] if empty else []
    return points + (0.5 if empty else 0), [*reasons, *words]


def _time_fit(column: ColumnPreview, content: _Content, may_be_empty: bool = False) -> Fit:
    """Judge a time: one with hours says more than a day."""
    rows = content.preview.rows
    if not column.is_time or (not may_be_empty and column.filled < 0.5 * rows):
        return None
    words = [f"{_share(column.read, column.filled)} of its cells read as a {column.kind}"]
    if column.is_ambiguous:
        words.append("days and months cannot be told apart")
    return (1.0 if column.kind == "time" else 0.5), words


def _resource_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge who did it: far fewer than rows, and in a log changing within a case."""
    if column.kind not in ("text", "whole number"):
        return None
    reasons = [f"{column.distinct:,} different ones"]
    if content.is_small:
        return 0.5, reasons
    if not 2 <= column.distinct <= max(column.filled / 2, 3):
        return None
    share = content.changes.get(column.name)
    if share is None:
        return 1, reasons
    return 2.5 * share, [*reasons, _changes_words(share)]


def _word_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge a status or an outcome: one of few values."""
    if column.kind not in ("text", "whole number", "yes or no") or column.distinct > 100:
        return None
    return (1 if column.distinct > 1 else 0), [f"{column.distinct:,} different values"]


def _cost_fit(column: ColumnPreview, content: _Content) -> Fit:
    if not column.is_number or (column.kind == "whole number" and column.distinct < 50):
        return None
    return 2, [f"{_share(column.read, column.filled)} of its cells read as a number"]


def _sequence_fit(column: ColumnPreview, content: _Content) -> Fit:
    """Judge a number that orders the events of a case: it changes in nearly all of them."""
    share = content.changes.get(column.name)
    if column.kind != "whole number" or share is None or share < _CHANGES:
        return None
    return 2 * share, ["whole numbers", _changes_words(share)]


_FITS: dict[Role, Callable[[ColumnPreview, _Content], Fit]] = {
    "activity": _activity_fit,
    "timestamp": _timestamp_fit,
    "start": _start_fit,
    "resource": _resource_fit,
    "opened": _opened_fit,
    "closed": _closed_fit,
    "status": _word_fit,
    "outcome": _word_fit,
    "cost": _cost_fit,
    "sequence": _sequence_fit,
}


def _changes_words(share: float) -> str:
    return f"changes within {share:.0%} of the cases with several rows"


def _share(part: float, whole: float) -> str:
    share = part / whole if whole else 0.0
    return f"{share:.1%}" if 0 < share < 0.9995 and share != 1 else f"{share:.0%}"
