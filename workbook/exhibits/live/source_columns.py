"""Which column of a data source plays which part: the proposals with their reasons, and what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb
from ipywidgets import HTML, Dropdown, VBox

from workbook.engagement.source_draft import Entry
from workbook.exhibits.live.frame import WIDE, Message, Quiet, note
from workbook.exhibits.live.source_fields import BESIDE, KIND_NAMES, ROLE_NAMES, dropdown
from workbook.methods.column_roles import NEEDED, ROLES, Proposals, TableKind, propose_roles
from workbook.methods.column_words import Role
from workbook.methods.table_preview import TablePreview

_TIMES: tuple[Role, ...] = ("timestamp", "start", "opened", "closed")


class ColumnChoice(VBox):
    """The kind of table and its columns; `on_change` is called after each choice."""

    def __init__(self, con: duckdb.DuckDBPyConnection, on_change: Callable[[], None]) -> None:
        self._con, self._on_change = con, on_change
        self.roles: dict[Role, Dropdown] = {}
        self._reasons: dict[Role, HTML] = {}
        self.proposals = Proposals("table", "", {})
        self.message = Message()
        self._quiet = Quiet(self.message)
        self.kind = dropdown(
            "One row is", [(words, kind) for kind, words in KIND_NAMES.items()], "Kind of table", "table"
        )
        self._why = HTML(layout=BESIDE)
        super().__init__(layout=WIDE)
        self._quiet.on(self.kind, lambda change: self._propose(change.new))

    def begin(self, preview: TablePreview, declared: Entry | None) -> None:
        """Propose the columns of a table; what is `declared` of it is chosen, whatever is proposed."""
        self._preview, self._declared = preview, declared or {}
        self._propose(self._declared.get("kind"))

    @property
    def chosen(self) -> dict[Role, str]:
        """The chosen column of each part."""
        return {role: widget.value for role, widget in self.roles.items() if widget.value}

    @property
    def times(self) -> list[str]:
        """The chosen columns that hold times."""
        return [name for role, name in self.chosen.items() if role in _TIMES]

    @property
    def people(self) -> list[str]:
        """The columns chosen or proposed as persons."""
        proposed = [each.column for each in self.proposals.by_role.get("resource", ()) if each.grade != "guess"]
        return [*proposed, *(name for role, name in self.chosen.items() if role == "resource")]

    @property
    def lacking(self) -> list[str]:
        """The needed parts for which no column is chosen, in words."""
        return [ROLE_NAMES[role] for role in NEEDED[self.proposals.kind] if role not in self.chosen]

    def check(self) -> None:
        """Raise ValueError for a column that is to play two parts that exclude each other."""
        seen: dict[str, Role] = {}
        for role, name in self.chosen.items():
            if role not in ("case", "activity", *_TIMES):
                continue
            if name in seen:
                both = f"{ROLE_NAMES[seen[name]]} and {ROLE_NAMES[role]}"
                raise ValueError(f"one column stands for {both}: choose another for one of them")
            seen[name] = role

    def _propose(self, kind: TableKind | None) -> None:
        """Show the proposals for a kind of table, or for the one that fits, and choose the first of each part."""
        self.proposals = propose_roles(self._con, self._preview, kind)
        self._quiet.set(self.kind, value=self.proposals.kind)
        self._why.value = note(f"{self.proposals.why[:1].upper()}{self.proposals.why[1:]}.")
        is_declared = self._declared.get("kind") == self.proposals.kind
        chosen: Mapping[Any, str] = self._declared.get("columns") or {} if is_declared else self.proposals.columns
        self.roles = {role: self._role(role, chosen.get(role, "")) for role in ROLES[self.proposals.kind]}
        self._reasons = {role: HTML(layout=BESIDE) for role in self.roles}
        for widget in self.roles.values():
            self._quiet.on(widget, lambda _: self._changed())
        pairs = (part for role in self.roles for part in (self.roles[role], self._reasons[role]))
        self.children = (self.kind, self._why, *pairs, self.message)
        self._changed()

    def _role(self, role: Role, chosen: str) -> Dropdown:
        """Return the choice of a column for a part: proposals first, then all others."""
        proposed = self.proposals.by_role.get(role, ())
        names = [each.column for each in proposed]
        options = [
            ("not in this table", ""),
            *((f"{each.column} ({each.grade})", each.column) for each in proposed),
            *((each.name, each.name) for each in self._preview.columns if each.name not in names),
        ]
        needed = ", needed" if role in NEEDED[self.proposals.kind] else ""
        tooltip = f"Column with the {ROLE_NAMES[role].lower()}"
        return dropdown(ROLE_NAMES[role] + needed, options, tooltip, chosen if chosen in self._preview else "")

    def _changed(self) -> None:
        for role, widget in self.roles.items():
            self._reasons[role].value = note(self._reason(role, widget.value))
        self._on_change()

    def _reason(self, role: Role, column: str) -> str:
        proposed = self.proposals.by_role.get(role, ())
        if not column:
            best = next(iter(proposed), None)
            return f"Not chosen; {best.column} may be one ({best.grade}: {best.reason})." if best else "No column fits."
        found = next((each for each in proposed if each.column == column), None)
        if found is None:
            return "Neither its name nor its content suggests it."
        others = ", ".join(f"{each.column} ({each.grade})" for each in proposed if each.column != column)
        return f"{found.grade.capitalize()}: {found.reason}.{f' Others: {others}.' if others else ''}"
