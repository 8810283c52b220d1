"""What a candidate or the sample of the pilot would be with other inputs, by the code of the phase itself.

The changed values are put where they would stand in prioritize.yaml, what that file would then hold is validated, and
the steps of the phase run on it. So what is found here is what the phase finds once the changes are saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbook.engagement.faults import FaultsError
from workbook.engagement.faults import Path as KeyPath
from workbook.engagement.load import Engagement
from workbook.engagement.save import key_path
from workbook.engagement.schema_prioritize import Prioritize
from workbook.engagement.validate import validate
from workbook.engagement.yaml_edit import merged
from workbook.engagement.yaml_reader import Document
from workbook.phases.prioritize.cases import read_cases
from workbook.phases.prioritize.charter import draw_up
from workbook.phases.prioritize.context import FILE, Context
from workbook.phases.prioritize.result import PrioritizeResult
from workbook.phases.prioritize.uncertainty import Drawing, assess_uncertainty, simulate
from workbook.phases.prioritize.value import value_case

Changes = Mapping[KeyPath, Any]
"""New values by their place in prioritize.yaml; of a mapping only the keys it names are replaced, as in saving."""


def phase_with(engagement: Engagement, changes: Changes) -> Prioritize:
    """Return the phase as prioritize.yaml would give it with these values, on the day of the engagement.

    Raises FaultsError for values that the file must not hold, by their place in `document_of`.
    """
    document = document_of(engagement)
    data: Any = document.data
    for path, value in changes.items():
        data = _with(data, key_path(document, path), value)
    phase, faults = validate(Document(data, {}, document.file), Prioritize)
    if phase is None or faults:
        raise FaultsError(faults)
    return phase


def document_of(engagement: Engagement) -> Document:
    """Return prioritize.yaml as it is known on the day of the engagement, without lines and text."""
    phase = engagement.prioritize
    known = phase.model_dump(mode="json", exclude_none=True) if phase else {}
    return Document(known, {}, engagement.documents[FILE].file)


def _with(data: Any, path: KeyPath, value: Any) -> Any:
    """Return the data with a value merged in at a place; what lies beside the path is shared, not copied."""
    if not path:
        return merged(data, value)
    key: Any = path[0]
    if isinstance(data, list):
        return [_with(each, path[1:], value) if place == key else each for place, each in enumerate(data)]
    before = data or {}
    return {**before, key: _with(before.get(key), path[1:], value)}


class CaseWhatIf:
    """One candidate of a result under other inputs; draws that a change leaves alone are kept."""

    def __init__(self, result: PrioritizeResult, id: str) -> None:
        self._result = result
        self._id = id
        self._drawing = Drawing()

    def under(self, changes: Changes) -> PrioritizeResult:
        """Return the result with the candidate as it would be.

        What all candidates share, such as the discount rate, also moves the value and the simulation of the others.
        All else is left as it was, and the register holds the figures that were computed anew. Raises FaultsError as
        `phase_with` does.
        """
        result = self._result
        context = _context(result, phase_with(result.engagement, changes))
        cases = {case.id: case for case in read_cases(context)}
        draws = self._drawing.draw(list(cases.values()), context)
        values, uncertainty = dict(result.values), dict(result.uncertainty)
        for id in cases if context.phase.finance != result.finance else (self._id,):
            values[id] = value = value_case(cases[id], context)
            uncertainty[id] = (
                assess_uncertainty(cases[id], value, draws, context)
                if id == self._id
                else replace(uncertainty[id], simulated=simulate(cases[id], value, draws, context))
            )
        return replace(
            result, prioritize=context.phase, cases=cases, values=values, uncertainty=uncertainty,
            figures=context.register,
        )  # fmt: skip


def sample_under(result: PrioritizeResult, changes: Changes) -> PrioritizeResult:
    """Return the result with the charter drawn up anew from the changed file; all else is left as it was.

    Raises FaultsError as `phase_with` does, and for levels that no pilot can reach.
    """
    context = _context(result, phase_with(result.engagement, changes))
    charter = context.phase.charter
    if charter is None:
        return replace(result, prioritize=context.phase, charter=None)
    case = next((case for case in read_cases(context) if case.id == charter.use_case), None)
    value = value_case(case, context) if case else None
    drawn_up = draw_up(charter, case, value, context)
    return replace(result, prioritize=context.phase, charter=drawn_up, figures=context.register)


def _context(result: PrioritizeResult, phase: Prioritize) -> Context:
    return Context(result.engagement, result.framework, phase, result.assessment)
