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
from workbook.exhibits.charts_course import Course, CoursePoint, chart_course, draw_course
from workbook.exhibits.charts_forest import Forest, ForestRow, chart_forest, draw_forest
from workbook.exhibits.charts_grids import Graded, Grids, chart_grids, draw_grids
from workbook.exhibits.charts_lines import Line, Lines, chart_lines, draw_lines
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
from workbook.exhibits.charts_timeline import (
    RowKind,
    Timeline,
    TimelineRow,
    chart_timeline,
    draw_timeline,
)  # fmt: skip
from workbook.exhibits.charts_tornado import Swing, Swings, chart_swings, draw_swings
from workbook.exhibits.exhibit import Exhibit, cell
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


def _lines(names: tuple[str, ...]) -> Lines:
    lines = [
        Line(
            name,
            tuple((x / 4, 1e5 * (x - 5) * (place + 1)) for x in range(13)),
            ((1.25, 0.0),),
            (cell(f"€{place}m"), cell("1.3 years"), cell("only in the table")),
        )
        for place, name in enumerate(names[:-1])
    ]
    unknown = Line(names[-1], (), missing="not estimable")
    years = Measure("Years after the start", FORMATS.number)
    columns = ("Deepest point", "Payback", "Year 3")
    return Lines("Candidate", (*lines, unknown), years, MONEY, columns, 2, ((2e5, "P50"),))


def _swings(names: tuple[str, ...]) -> Swings:
    swings = [
        Swing(name, 4e5 - 1e5 * place, 4e5 + 2e4 * place, f"{place} to {2 * place} hours a case", "at no level")
        for place, name in enumerate(names)
    ]
    value = Measure("Net present value", FORMATS.money)
    return Swings("Input", tuple(swings), 4e5, value, "at P10", "at P90", "P10 to P90", "Zero at", "likeliest", "none")


def _grids(names: tuple[str, ...]) -> Grids:
    things = [
        Graded(name, (1 + place % 5, 1 + place % 3), None if place == 2 else (1 + place % 2, 1))
        for place, name in enumerate(names)
    ]
    grade = Measure("grade", FORMATS.number)
    return Grids("Risk", tuple(things), "Impact", "Probability", "Before", "After", "Number", "not graded", grade)


def _timeline(names: tuple[str, ...]) -> Timeline:
    kinds: tuple[RowKind, ...] = ("bar", "reference", "milestone", "gate")
    rows = [
        TimelineRow(name, kinds[place % 4], 1.0 + place, place / 2, "30 September 2026", names[-1 - place])
        for place, name in enumerate(names)
    ]
    weeks = Measure("Week", FORMATS.number, (0.0, 5.0, 10.0, 15.0, 20.0))
    words = {kind: f"A {kind}" for kind in kinds}
    return Timeline("Milestone", tuple(rows), weeks, "Kind", words, "By", "Owner", "not provided", limit=12.0)


def _forest(names: tuple[str, ...]) -> Forest:
    """Effects in unlike units: shown, open, worse, without an interval, and not known."""
    known = [(0.2, 0.1, 0.3), (0.5, -4.0, 5.0), (-30.0, -50.0, -10.0), (0.1, None, None), (None, None, None)]
    borders = [("worthwhile", 0.15), ("margin", -2.0), ("planned", 20.0), (None, None), ("margin", -0.1)]
    tones = ("good", "warn", "bad", "none", "none")
    rows = []
    for number, name in enumerate(names):
        (value, low, high), (kind, border) = known[number % 5], borders[number % 5]
        rows.append(
            ForestRow(
                name, value, low, high, "" if value is None else f"{value:+g} points", "worthwhile effect shown",
                tones[number % 5], border, kind, "" if border is None else f"{border:+g} points",
                None if low is None else (f"{low:g}", f"{high:g}"), missing="not estimable (too few cases)",
            )
        )  # fmt: skip
    words = ("Effect", "worse", "better", {"worthwhile": "Worthwhile", "margin": "Margin", "planned": "Planned"})
    columns = ("Effect, 95 % interval", "Effect", "Low", "High", "Asked", "Result")
    return Forest("Criterion", tuple(rows), *words, *columns)


def _course(names: tuple[str, ...]) -> Course:
    points = tuple(
        CoursePoint(
            name, float(number), None if number == 1 else 0.2, 0.1 - number / 50, 0.3, "+0.2 [0.1 to 0.3]", "40"
        )
        for number, name in enumerate(names)
    )
    return Course(
        heading="Up to",
        points=points[:-1],
        looks=points[-1:],
        x=Measure("Weeks since the start", FORMATS.number),
        y=Measure("Effect on the criterion that decides", lambda value: FORMATS.signed(round(value, 6), "number")),
        levels=((0.15, "worthwhile +15 points"), (0.16, "planned, in words that are rather long +16 points")),
        point="all cases so far",
        look="look",
        estimate="Effect",
        count="Cases",
        missing="not estimable",
        start=0.5,
    )


EXAMPLES: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[[tuple[str, ...]], Any]]] = {
    "pareto": (chart_pareto, draw_pareto, _pareto),
    "ranked": (chart_ranked_bars, draw_ranked_bars, _ranked),
    "intervals": (chart_intervals, draw_intervals, _intervals),
    "dumbbell": (chart_dumbbell, draw_dumbbell, _pairs),
    "ranges": (chart_ranges, draw_ranges, _ranges),
    "heatmap": (chart_heatmap, draw_heatmap, _heatmap),
    "acceptability": (chart_acceptability, draw_acceptability, _acceptability),
    "bubbles": (chart_bubbles, draw_bubbles, _bubbles),
    "lines": (chart_lines, draw_lines, _lines),
    "timeline": (chart_timeline, draw_timeline, _timeline),
    "swings": (chart_swings, draw_swings, _swings),
    "grids": (chart_grids, draw_grids, _grids),
    "forest": (chart_forest, draw_forest, _forest),
    "course": (chart_course, draw_course, _course),
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
