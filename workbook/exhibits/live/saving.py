"""The panel under each control that saves its choice: who and when, what would change, then save."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ipywidgets import HTML, Button, DatePicker, Dropdown, HBox, Layout, VBox

from workbook.engagement.faults import Fault, FaultsError
from workbook.engagement.load import Engagement, load_engagement
from workbook.engagement.proposal import Edit, Proposal, propose
from workbook.exhibits.live.frame import WIDE, Message

_DESCRIPTION = {"description_width": "160px"}


@dataclass(frozen=True, slots=True)
class Who:
    """Who judged and when; `by` is the id of a person, None only where nobody is asked."""

    by: str | None
    date: dt.date


class Saving(VBox):
    """Shows what the edits of a control would change, and saves them once they have been seen.

    `edits` returns what the control holds at present; a ValueError of it is shown in place. After saving, `engagement`
    is the client as it is now, and `on_saved` is called with it. `on_faults` is called with the faults of each look,
    none included, so that a control can show them beside its fields.
    """

    def __init__(
        self,
        engagement: Engagement,
        edits: Callable[[Who], Iterable[Edit]],
        *,
        ask_who: bool = True,
        on_saved: Callable[[Engagement], Any] | None = None,
        on_faults: Callable[[Sequence[Fault]], Any] | None = None,
        next_step: Callable[[], str] | None = None,
    ) -> None:
        self.engagement = engagement
        self._edits, self._on_saved, self._on_faults = edits, on_saved, on_faults
        self._next_step = next_step
        self._proposal: Proposal | None = None
        self._asks = ask_who
        self.by = Dropdown(
            description="Judged by",
            index=0,
            options=[("choose a person", None), *((f"{p.name}, {p.role}", p.id) for p in engagement.client.people)],
            tooltip="Who answers for this judgement; people are listed in client.yaml",
            style=_DESCRIPTION,
            layout=Layout(width="560px", max_width="98%"),
        )
        self.date = DatePicker(
            description="On",
            value=engagement.as_of,
            tooltip=f"Day of the judgement, up to {engagement.as_of}, the day of which the report speaks",
            style=_DESCRIPTION,
            layout=Layout(width="560px", max_width="98%"),
        )
        self.look = Button(description="Show what would change", tooltip="Nothing is written yet", layout=_button())
        self.save = Button(description="Save", tooltip="Write the lines shown below", disabled=True, layout=_button())
        self.message, self.diff = Message(), HTML(layout=WIDE)
        self.look.on_click(lambda _: self._show())
        self.save.on_click(lambda _: self._save())
        asked = [self.by, self.date] if ask_who else []
        for widget in asked:
            widget.observe(lambda _: self.reset(), "value")
        super().__init__([*asked, HBox([self.look, self.save]), self.message, self.diff], layout=WIDE)

    @property
    def who(self) -> Who:
        """Who judges and when. Raises ValueError where that is not said, or said of a day that comes later."""
        if not self._asks:
            return Who(None, self.engagement.as_of)
        if self.by.value is None:
            people = "choose who made this judgement"
            raise ValueError(people if self.engagement.client.people else f"{people}: add the people to client.yaml")
        return Who(self.by.value, checked_day(self.date.value, self.engagement))

    def reset(self) -> None:
        """Take back what was shown: what the control holds has changed since."""
        if self._proposal is not None:
            self._proposal = None
            self.save.disabled = True
            self.diff.value = ""
            self.message.say("The choice has changed since: show again what would change.")

    def _show(self) -> None:
        self._proposal, self.save.disabled, self.diff.value = None, True, ""
        self.message.clear()
        proposal = self._tried(lambda: propose(self.engagement, self._edits(self.who)))
        if proposal is None:
            return
        if proposal.is_empty:
            self.message.say("Nothing would change: the files hold this already.")
            return
        self._proposal, self.save.disabled = proposal, False
        self.diff.value = diff_html(proposal)
        notes = "".join(f" To be noted: {note}." for note in proposal.notes if note.file in self._touched(proposal))
        self.message.say(f"{_counted(proposal)} Nothing is written before you press Save.{notes}")

    def _touched(self, proposal: Proposal) -> list[str]:
        return [f"{self.engagement.id}/{file}" for file in proposal.after]

    def _save(self) -> None:
        proposal = self._proposal
        if proposal is None:
            return
        self._proposal, self.save.disabled = None, True
        paths = self._tried(proposal.save)
        if paths is None:
            return
        files = ", ".join(path.relative_to(self.engagement.folder).as_posix() for path in paths)
        now = self._tried(self._reloaded)
        if now is None:
            check = f"see what is wrong: workbook check {self.engagement.id}"
            self.message.warn(f"Saved {files}, but another file cannot be loaded any more; {check}")
            return
        self.engagement = now
        step = self._next_step() if self._next_step else f"run again: workbook run {self.engagement.id}"
        self.message.say(f"Saved {files}. To bring the deliverable up to date, {step}")
        if self._on_saved:
            self._on_saved(self.engagement)

    def _reloaded(self) -> Engagement:
        return load_engagement(self.engagement.id, self.engagement.folder.parent, self.engagement.as_of)

    def _tried(self, step: Callable[[], Any]) -> Any:
        """Return what a step returns; None with a message in place where it is refused."""
        faults: Sequence[Fault] = ()
        try:
            return step()
        except FaultsError as error:
            faults = error.faults
            self.message.warn("\n".join(map(str, faults)))
        except ValueError as error:
            self.message.warn(str(error))
        except OSError as error:
            self.message.warn(f"The files cannot be read or written: {error.strerror}")
        finally:
            if self._on_faults:
                self._on_faults(faults)
        return None


def checked_day(day: dt.date | None, engagement: Engagement) -> dt.date:
    """Return a day that a control is to save. Raises ValueError for none, and for one that the report does not know."""
    if day is None:
        raise ValueError("give the day of the judgement")
    if day > engagement.as_of:
        raise ValueError(day_in_words(day, engagement))
    return day


def day_in_words(day: dt.date, engagement: Engagement) -> str:
    """Say why nothing is saved under a day that comes after the one of which the report speaks."""
    return (
        f"{day} comes after {engagement.as_of}, the day of which this report speaks: what is saved under it would not "
        "be seen here; choose an earlier day, or a later as_of"
    )


def diff_html(proposal: Proposal) -> str:
    """Return a diff for the screen, escaped; lines that go and come are told by their sign, not by colour alone."""
    lines = "".join(f"<span{_look(line)}>{escape(line)}</span>\n" for line in proposal.diff().split("\n"))
    look = "white-space:pre-wrap;overflow-wrap:anywhere;padding:8px;border:1px solid #8a8a8a;background:#fff;color:#111"
    return f'<pre role="region" tabindex="0" aria-label="What saving would change" style="{look}">{lines}</pre>'


def _look(line: str) -> str:
    if line.startswith(("---", "+++", "@@")):
        return ' style="font-weight:600"'
    return {"+": ' style="background:#e3f3e3"', "-": ' style="background:#fbe6e3"'}.get(line[:1], "")


def _counted(proposal: Proposal) -> str:
    lines = sum(map(len, proposal.changes.values()))
    files = ", ".join(proposal.after)
    return f"{lines} line{'' if lines == 1 else 's'} of {files} would change."


def _button() -> Layout:
    return Layout(width="220px")
