"""Examples of every chart, to be drawn with names that are long, in other scripts or hostile."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from workbook.exhibits.charts_bars import (
    Pareto,
    ParetoItem,
    RankedBar,
    RankedBars,
    chart_pareto,
    chart_ranked_bars,
    draw_pareto,
    draw_ranked_bars,
)  # fmt: skip
from workbook.exhibits.charts_bubbles import Bubble, Bubbles, chart_bubbles, draw_bubbles
from workbook.exhibits.charts_maps import (
    Acceptability,
    HeatMap,
    chart_acceptability,
    chart_heatmap,
    draw_acceptability,
    draw_heatmap,
)  # fmt: skip
from workbook.exhibits.charts_rows import (
    IntervalRow,
    Intervals,
    PairRow,
    Pairs,
    RangeRow,
    Ranges,
    chart_dumbbell,
    chart_intervals,
    chart_ranges,
    draw_dumbbell,
    draw_intervals,
    draw_ranges,
)  # fmt: skip
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.formats import HOUR_TICKS, Formats
from workbook.exhibits.layout import Measure
from workbook.exhibits.page import Page
from workbook.methods.estimates import Estimate

WORDS = {"title": "A finding", "alt": "What it shows", "caption": "How to read it", "source": "Client parameters"}

SHORT = ("Invoices", "Claims", "Onboarding", "Dispatch", "Returns")
LONG = tuple(
    f"{number} Rechnungsprüfungsfreigabeverfahren and the handling of exceptions across all regions of the group"
    for number in range(20)
)
SCRIPTS = (
    "Επεξεργασία τιμολογίων προμηθευτών",
    "Обработка счетов поставщиков",
    "Zażółć gęślą jaźń",
    "Ødegård Æble Ñandú",
)
HOSTILE = ("$x_1$ & <b>bold</b>", "<script>alert(1)</script>", "100 % \\frac{1}{2} ^_{}", "--> ]]> &amp;", "a\nb\tc")

FORMATS = Formats("en_IE", "EUR")
MONEY = Measure("Yearly cost", FORMATS.money)
SCORE = Measure("Score (0 to 100)", FORMATS.number)
SHARE = Measure("Share of the total", FORMATS.share)


def _pareto(names: tuple[str, ...]) -> Pareto:
    items = [ParetoItem(name, 2e6 / (place + 1)) for place, name in enumerate(names[:-1])]
    return Pareto("Process", (*items, ParetoItem(names[-1], None)), MONEY, SHARE, "not provided")


def _ranked(names: tuple[str, ...]) -> RankedBars:
    bars = [
        RankedBar(name, (30.0 - place, 20.0, 8.0 + place % 3), 50.0 - place, 66.0 - place / 2)
        for place, name in enumerate(names[:-1])
    ]
    criteria = ("Business impact", "Data readiness", "Effort to integrate")
    alone = RankedBar(names[-1], (30.0, 0.0, 3.0))
    return RankedBars("Use case", (*bars, alone), criteria, SCORE, "Rank", "Score", "low", "high", top=100.0)


def _intervals(names: tuple[str, ...]) -> Intervals:
    rows = [
        IntervalRow(
            name,
            (
                Estimate(5.0 + place, 4.0 + place, 6.0 + place, 400),
                Estimate(30.0 + place * 9, 25.0 + place * 9, None, 400),
                Estimate.missing("too_few", 40),
            ),
        )
        for place, name in enumerate(names[:-1])
    ]
    unknown = IntervalRow(names[-1], (Estimate.missing("not_provided"),) * 3)
    hours = Measure("Lead time", FORMATS.hours, HOUR_TICKS, "logarithmic")
    reasons = {"too_few": "not estimable", "not_provided": "not provided"}
    return Intervals("Process", (*rows, unknown), ("P50", "P80", "P95"), hours, reasons, "low", "high", "Cases")


def _pairs(names: tuple[str, ...]) -> Pairs:
    rows = [PairRow(name, 1 + place % 5, 1 + place * 2 % 5) for place, name in enumerate(names[:-1])]
    level = Measure("Level, 1 to 5", FORMATS.number, (1.0, 2.0, 3.0, 4.0, 5.0))
    unasked = PairRow(names[-1], 2.5, None)
    return Pairs("Dimension", (*rows, unasked), "Process owners", "Frontline", level, "not asked")


def _ranges(names: tuple[str, ...]) -> Ranges:
    rows = [RangeRow(name, -2e5 + place * 1e5, 4e5, 9e5 * (place + 1)) for place, name in enumerate(names[:5])]
    missing = tuple(RangeRow(name, None, None, None) for name in names[5:])
    return Ranges("Use case", (*rows, *missing), MONEY, "Low", "Likely", "High", "no baseline")


def _heatmap(names: tuple[str, ...]) -> HeatMap:
    columns = ("Completeness", "Validity", "Consistency", "Timeliness", "Accuracy on a sample")
    values = tuple(
        tuple(None if (place + column) % 7 == 3 else (place * 37 + column * 29) % 100 / 100 for column in range(5))
        for place in range(len(names))
    )
    outlined = frozenset({(0, 1)})
    return HeatMap("Source", names, columns, values, SHARE, "not measured", outlined, "bottleneck")


def _acceptability(names: tuple[str, ...]) -> Acceptability:
    size = len(names)
    shares = tuple(tuple(0.6 if row == rank else 0.4 / (size - 1) for rank in range(size)) for row in range(size))
    whole = Measure("Share of weightings", lambda value: FORMATS.share(value, decimals=0))
    return Acceptability("Use case", names, shares, whole, "not ranked")


def _bubbles(names: tuple[str, ...]) -> Bubbles:
    tiers = ("Minimal", "Transparency", "High")
    bubbles = [
        Bubble(name, 10.0 * 3 ** (place % 6), 1 + place % 4, None if place == 1 else 9e5 / (place + 1), tier)
        for place, (name, tier) in enumerate(zip(names[:-1], (*tiers, None) * 9, strict=False))
    ]
    volume = Measure("Cases a year", FORMATS.number, log="logarithmic")
    impact = Measure("Customer impact, 1 to 5", FORMATS.number, (1.0, 2.0, 3.0, 4.0, 5.0))
    return Bubbles(
        "Process", (*bubbles, Bubble(names[-1], None, 3, 1e5, "High")), volume, impact, MONEY, "not provided",
        "Not on the map:", "Tier", tiers, "Tier unknown",
    )  # fmt: skip


EXAMPLES: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[[tuple[str, ...]], Any]]] = {
    "pareto": (chart_pareto, draw_pareto, _pareto),
    "ranked": (chart_ranked_bars, draw_ranked_bars, _ranked),
    "intervals": (chart_intervals, draw_intervals, _intervals),
    "dumbbell": (chart_dumbbell, draw_dumbbell, _pairs),
    "ranges": (chart_ranges, draw_ranges, _ranges),
    "heatmap": (chart_heatmap, draw_heatmap, _heatmap),
    "acceptability": (chart_acceptability, draw_acceptability, _acceptability),
    "bubbles": (chart_bubbles, draw_bubbles, _bubbles),
}


@cache
def made(kind: str, names: tuple[str, ...], id: str = "map") -> Exhibit:
    """Return a chart of a kind as an exhibit, drawn once for all tests that look at it."""
    chart, _, data = EXAMPLES[kind]
    return chart(data(names), id=id, **WORDS)


def texts_of(figure: Figure) -> list[Text]:
    """Return the texts of a figure that say something."""
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]  # type: ignore[union-attr]


def said(page: Page) -> list[str]:
    """Return what the texts on a page say, each in one line."""
    return [text.get_text().replace("\n", " ") for text in texts_of(page.figure)]
