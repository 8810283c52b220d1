"""Figures that the consultant's commentary quotes, checked before a notebook runs."""

from __future__ import annotations

from workbook.engagement.faults import Fault
from workbook.engagement.load import Engagement
from workbook.phases.explain import PHASES


def quoted_figure_faults(engagement: Engagement) -> list[Fault]:
    """Return the faults for quoted figures that their phase does not have.

    Only the phases whose commentary quotes a figure are computed.
    """
    return [
        fault
        for name, commentary in engagement.commentary.items()
        if name in PHASES and commentary.quotes_figures
        for fault in commentary.check_figures(PHASES[name](engagement).figures.figures)
    ]
