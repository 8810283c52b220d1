"""The consultant's own paragraphs of a section, written beside their preview; figures are quoted by their id."""

from __future__ import annotations

import re

from ipywidgets import HTML, Button, Combobox, HBox, Layout, Textarea, VBox

from workbook.engagement.commentary import SECTIONS, Commentary, read_commentary, section_text, with_section
from workbook.engagement.faults import FaultsError, listed, shorten
from workbook.engagement.load import Engagement
from workbook.engagement.proposal import Edit
from workbook.engagement.yaml_text import decode
from workbook.exhibits import exhibit as make
from workbook.exhibits import screen
from workbook.exhibits.deliverable import figures_in_words
from workbook.exhibits.live.frame import WIDE, Message
from workbook.exhibits.live.gate import phase_of
from workbook.exhibits.live.saving import Saving, Who
from workbook.exhibits.parts import writer_of
from workbook.phases.explain import Result

_STYLE = {"description_width": "160px"}
_ID = re.compile(r"^\S+")


class View(VBox):
    """The text of one section, its preview as the deliverable shows it, and the figures it may quote."""

    def __init__(self, result: Result, section: str) -> None:
        self._phase, self._section = phase_of(result), section
        sections = SECTIONS[self._phase]
        if section not in (*sections.beside, *sections.instead):
            allowed = listed((*sections.beside, *sections.instead))
            raise ValueError(f"{self._phase} has no section {shorten(section)}; allowed are {allowed}")
        self._is_instead = section in sections.instead
        self._file = f"commentary/{self._phase}.md"
        self._figures, self._title = figures_in_words(result), writer_of(result).text("view.title")
        self.saving = Saving(result.engagement, self._edits, ask_who=False)
        self._build()
        self._preview()
        super().__init__(
            [self.text, HBox([self.figure, self.insert], layout=Layout(flex_flow="row wrap")), self.said, self.message,
             self.preview, self.saving],
            layout=WIDE,
        )  # fmt: skip

    def _build(self) -> None:
        wide = Layout(width="98%", max_width="900px")
        self.text = Textarea(
            value=section_text(_text_of(self.saving.engagement, self._file), self._section),
            description=f"Our view: {self._section}",
            tooltip="Paragraphs with an empty line between them; without any, the section is left out",
            placeholder="What you conclude, in your own words",
            rows=8,
            style=_STYLE,
            layout=wide,
        )
        self.figure = Combobox(
            options=[f"{id} = {shorten(value)}" for id, value in self._figures.items()],
            description="Quote a figure",
            tooltip="Type a part of its id; the deliverable shows the value that it has then",
            placeholder="type a part of its id",
            ensure_option=False,
            style=_STYLE,
            layout=Layout(width="640px", max_width="98%"),
        )
        self.insert = Button(description="Insert at the end", tooltip="Add the figure to the end of the text")
        self.said, self.message, self.preview = Message(), Message(), HTML(layout=WIDE)
        self.text.observe(lambda _: self._preview(), "value")
        self.insert.on_click(lambda _: self._insert())

    def _insert(self) -> None:
        chosen = _ID.match(self.figure.value.strip())
        if chosen is None or chosen[0] not in self._figures:
            self.said.warn(f"Choose a figure of this notebook: {shorten(self.figure.value) or 'none'} is none.")
            return
        self.said.clear()
        text = self.text.value
        self.text.value = f"{text}{'' if not text or text[-1].isspace() else ' '}{{figure:{chosen[0]}}}"
        self.figure.value = ""

    def _written(self) -> tuple[str, Commentary]:
        """Return the file as it would be. Raises FaultsError and ValueError for what the deliverable would refuse."""
        text = _text_of(self.saving.engagement, self._file)
        new = with_section(text, self._section, self.text.value, instead=self._is_instead)
        commentary = read_commentary(new.encode(), f"{self.saving.engagement.id}/{self._file}")
        faults = [*commentary.check_sections(SECTIONS[self._phase]), *commentary.check_figures(self._figures)]
        if faults:
            raise FaultsError(faults)
        return new, commentary

    def _preview(self) -> None:
        self.saving.reset()
        try:
            _, commentary = self._written()
        except FaultsError as error:
            self.message.warn("\n".join(map(str, error.faults)))
            return
        except ValueError as error:
            self.message.warn(f"{error}.")
            return
        except OSError as error:
            self.message.warn(f"{self._file} cannot be read: {error.strerror}.")
            return
        paragraphs = commentary.section(self._section, self._figures)
        if paragraphs:
            self.message.clear()
            shown = make.prose(f"view-{self._section}", paragraphs, "view", self._title)
            self.preview.value = screen.html(shown.bundle())
        else:
            self.message.say("Without paragraphs the section is left out.")
            self.preview.value = ""

    def _edits(self, _: Who) -> list[Edit]:
        return [Edit(self._file, (), self._written()[0])]


def view(result: Result, section: str) -> View:
    """Return the editor of the consultant's paragraphs for a section such as "at-a-glance".

    Raises ValueError for a section that the notebook does not show.
    """
    return View(result, section)


def _text_of(engagement: Engagement, file: str) -> str:
    path = engagement.folder / file
    return decode(path.read_bytes(), f"{engagement.id}/{file}") if path.exists() else ""
