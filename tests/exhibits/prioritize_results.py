"""What the tests of the exhibits about the candidates share: tiny clients of the phase, and all these exhibits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.prioritize.axes import chart_axes
from workbook.exhibits.prioritize.business_case import table_business_case
from workbook.exhibits.prioritize.choice import table_choice
from workbook.exhibits.prioritize.comparison import table_candidates
from workbook.exhibits.prioritize.deep_dive import table_deep_dive, table_non_financial
from workbook.exhibits.prioritize.flows import chart_cash_flows, table_cash_flows
from workbook.exhibits.prioritize.integration import table_integration
from workbook.exhibits.prioritize.risks import chart_risk_map, table_risks
from workbook.exhibits.prioritize.sensitivity import chart_tornado, table_overrun
from workbook.exhibits.prioritize.sourcing import table_sourcing
from workbook.exhibits.prioritize.uncertainty import chart_s_curve
from workbook.phases.prioritize import PrioritizeResult

sys.path.append(str(Path(__file__).parents[1] / "phases"))

from prioritize_clients import PilotingClient, estimate, known, piloting

__all__ = ["EXHIBITS", "PilotingClient", "estimate", "exhibits", "known", "piloting", "rows_of", "texts_of"]

EXHIBITS = (
    table_candidates, chart_axes, table_deep_dive, table_business_case, chart_cash_flows, table_cash_flows,
    chart_s_curve, chart_tornado, table_overrun, table_non_financial, table_integration, chart_risk_map, table_risks,
    table_sourcing, table_choice,
)  # fmt: skip


def exhibits(result: PrioritizeResult) -> Iterator[Exhibit]:
    """Yield every exhibit about the candidates."""
    for make in EXHIBITS:
        yield make(result)


def texts_of(row: list[object]) -> list[str]:
    """Return what the cells of a row say."""
    return [cell if isinstance(cell, str) else cell["text"] if isinstance(cell, dict) else "" for cell in row]


def rows_of(exhibit: Exhibit) -> dict[str, list[str]]:
    """Return what the cells of a table say, by the head of each row."""
    return {row[0]: row[1:] for row in map(texts_of, exhibit.data["rows"])}
