"""The method pages print thresholds, outside figures, constants and measured tables as framework and code have them."""

import importlib
import re
import runpy
from collections.abc import Mapping
from pathlib import Path

import pytest

from workbook.methods import cashflows, chance_of_go, looks, sample_sizes, verdict
from workbook.methods.pilot_plan import PilotPlan, ProportionMetric
from workbook.methods.proportion_differences import newcombe, score_interval
from workbook.phases.pilot.looks import DEFAULT_ALPHA
from workbook.phases.prioritize.sample import RULES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "method.md"
PAGES = {name: (ROOT / "docs" / f"method-{name}.md").read_text(encoding="utf-8") for name in ("prioritize", "pilot")}
UNITS = {"share": "{:.0%}", "level": "{:g} (level)", "ratio": "{:g}"}
LARGEST_ENUMERATED = 300
"""Cases in both arms up to which a printed coverage is enumerated again; more take too long for a test."""

SUPPORT = {"none": "no public evidence", "direction": "direction only", "unchecked": "not checked"}


def row_of(framework, rule):
    sources = [framework.sources[id] for id in rule.source if id != "house-judgement"]
    authority = "; ".join([*(f"{source.publisher}, {source.title}" for source in sources), "house rule"])
    reason = framework.text(f"rules.{rule.id}.rationale")
    value = UNITS[rule.unit].format(rule.value).replace("%", " %")
    return f"| `{rule.id}` | {value} | {reason} | {authority} |"


def test_the_method_page_lists_each_threshold_as_the_framework_has_it(framework):
    section = PAGE.read_text(encoding="utf-8").split("## 12 Thresholds", 1)[1].split("\n## ", 1)[0]
    printed = re.findall(r"^\| `.*$", section, re.MULTILINE)
    assert printed == [row_of(framework, rule) for rule in framework.rules.values()]


def test_every_threshold_names_the_house_where_nothing_else_carries_its_number(framework):
    assert all("house-judgement" in rule.source for rule in framework.rules.values())


# --- the pages of Prioritize and Pilot -------------------------------------------------------------------------------


def rows(page, heading):
    """Return the cells of each row of the tables under a heading, without the heads of the tables."""
    section = re.split(rf"^#+ .*{heading}$", PAGES[page], maxsplit=1, flags=re.MULTILINE)[1]
    lines = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    tables = [line for line in lines if line.startswith("|")]
    heads = [place for place, line in enumerate(tables) if line.startswith("|---")]
    kept = [line for place, line in enumerate(tables) if place not in heads and place + 1 not in heads]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def says(page, words):
    """Return whether a page says this, wherever its lines break."""
    return words in " ".join(PAGES[page].split())


def found(framework, path):
    """Return a figure of the framework by its path, with the nearest entry above it that names sources."""
    here, sourced = framework, None
    for part in path.split("."):
        here = here[part] if isinstance(here, Mapping) else getattr(here, part)
        sourced = here if hasattr(here, "source") else sourced
    return here, sourced


def in_words(figure):
    if isinstance(figure, int):
        return str(figure)
    ends = [figure.value] if figure.value is not None else [figure.low, figure.high]
    if figure.unit == "share":
        return " to ".join(f"{100 * end:.4g}" for end in ends) + " %"
    numbers = " to ".join(f"{end:g}" for end in ends)
    return f"{numbers} ({figure.unit})" if figure.unit in ("ratio", "score") else f"{numbers} {figure.unit}"


def standing(framework, figure, entry):
    words = []
    for source in (framework.sources[id] for id in entry.source):
        if source.id == "house-judgement":
            words.append("house rule")
            continue
        year = f", {source.year}" if source.year else ""
        words.append(f"{source.publisher}, {source.title}{year}")
        words += ["second-hand"] * (source.read == "second-hand") + ["paid by a seller"] * bool(source.vendor_paid)
    support = getattr(figure, "support", None) or getattr(entry, "support", None)
    return "; ".join([*words, *([SUPPORT[support]] if support else [])])


@pytest.mark.parametrize(("page", "least"), [("prioritize", 17), ("pilot", 5)])
def test_each_figure_of_the_framework_is_printed_as_it_stands_there(framework, page, least):
    printed = rows(page, "Figures of the framework")
    assert len(printed) >= least
    for path, value, how_sure in printed:
        figure, entry = found(framework, path.strip("`"))
        assert (path, value, how_sure) == (path, in_words(figure), standing(framework, figure, entry))


def constant(path):
    """Return a constant of the package by the path of its module and its name."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"workbook.{module}"), name)


def shown(name, value):
    if name.endswith("SEED"):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


@pytest.mark.parametrize(("page", "least"), [("prioritize", 8), ("pilot", 19)])
def test_each_constant_is_printed_as_the_code_has_it(page, least):
    printed = rows(page, "Constants")
    assert len(printed) >= least
    for path, value, _ in printed:
        assert (path, value) == (path, shown(path.strip("`"), constant(path.strip("`"))))


def test_sentences_quote_the_figures_of_the_framework(framework):
    def share(path):
        return in_words(found(framework, path)[0])

    sample = framework.sources["flyvbjerg-2023"].n
    overruns = [share(f"benchmarks.it_cost_overruns.figures.{id}") for id in ("projects", "overrun", "mean_overrun")]
    words = "Of {:,} IT projects in one database, {} overran their cost by more than {}, and these by {} on average"
    assert says("prioritize", words.format(sample, *overruns))
    assert says("prioritize", "net present value less {1}, and less {2}, of the present value".format(*overruns))
    assert says("prioritize", f"guide's {share('integration.parameters.effort_share')}, and marked under")
    assert says("prioritize", f"marked under {share('integration.parameters.flag_below')}: something")
    assert says("prioritize", f"beside the guide's {share('technology.sourcing.buy.parameters.share')}, of which")
    weeks = found(framework, "phases.pilot.parameters.weeks_minimum")[0]
    assert says("prioritize", f"under the guide's {weeks.value:g} weeks a sentence on what is cut")
    assert says("pilot", f"alarm line of {share('pitfalls.change_neglected.parameters.utilisation')} is shown")
    assert says("pilot", f"guide's {share('pitfalls.demo_cliff.parameters.failure_rate')} for the cliff")
    average = found(framework, "benchmarks.usability_average.figures.score")[0]
    assert says("pilot", f"published average is {average.value:g} [23], read second-hand")
    assert all(says(page, f"framework data of {framework.data_version}") for page in PAGES)


def test_sentences_quote_the_constants_of_the_code():
    quoted = [
        ("prioritize", "{:,} draws. An input", "phases.prioritize.uncertainty.DRAWS"),
        ("prioritize", "up to {:g} times its largest stated level", "phases.prioritize.uncertainty.SEARCHED"),
        ("prioritize", "at {:,} points", "methods.sensitivity._SEARCH_POINTS"),
        ("prioritize", "outlay back in less than {:g} year", "methods.cashflows.SMALL_OUTLAY_YEARS"),
        ("prioritize", "at most {:g} of the range", "methods.distributions.PERT_MAXIMUM_ERROR"),
        ("prioritize", "It stops at {:,}", "methods.chance_of_go.LARGEST_SAMPLE"),
        ("prioritize", "yearly volume / {:d} ", "phases.prioritize.sample.WEEKS_OF_YEAR"),
        ("pilot", "at least {:.0%} of the pilot's cases", "phases.pilot.design.CONCURRENT"),
        ("pilot", "within {:d} days of it", "phases.pilot.looks.TOLERANCE_DAYS"),
        ("pilot", "a placebo start {:d} periods earlier", "phases.pilot.panel.EARLIER"),
        ("pilot", "at most {:g} times the shortest", "phases.pilot.panel.SPACING"),
        ("pilot", "a p-value under {:g} on any of them", "phases.pilot.panel.SUSPICIOUS"),
        ("pilot", "up to {:d} statements left out", "phases.pilot.usability.MOST_MISSING"),
        ("pilot", "every expected count is at least {:g}", "phases.pilot.experiments.SMALLEST_EXPECTED"),
        ("pilot", "{:,} resamples with a fixed seed", "methods.duration_differences.RESAMPLES"),
        ("pilot", "under {:d} in an arm the interval is approximate", "methods.clustering.FEW_CLUSTERS"),
        ("pilot", "Under {:d} there is none for shares and ranks", "methods.clustering.SMALLEST_CLUSTERS"),
        ("pilot", "under {:d} none for percentiles", "methods.duration_differences.SMALLEST_CLUSTERS"),
        ("pilot", "At least {:d} cases in each arm", "methods.rank_effects.SMALLEST_ARM"),
        ("pilot", "(under {:d}, in all or on one side)", "methods.panels.FEW_CLUSTERS"),
        ("pilot", "At least {:d} points on each side", "methods.interrupted.FEWEST_POINTS"),
        ("pilot", "Below p = {:g} the allocation is suspect", "methods.allocation.THRESHOLD"),
    ]
    for page, words, path in quoted:
        assert says(page, words.format(constant(path)).replace("90%", "90 %")), path
    uneven = constant("phases.pilot.design.UNEVEN")
    assert says("pilot", f"by over {100 * uneven:g} points, among cases that fell back")


def test_the_axes_weigh_what_the_criteria_of_the_house_weigh(framework):
    points = {axis: 0.0 for axis in framework.axes}
    for criterion in framework.criteria.values():
        points[criterion.axis] += criterion.swing_points
    printed = {row[0].strip("`"): row[3] for row in rows("prioritize", "8 Axes and choice")}
    assert printed == {axis: f"{100 * own / sum(points.values()):.0f} %" for axis, own in points.items()}


def test_the_steps_of_the_verdict_stand_in_their_order():
    printed = [row for row in rows("pilot", "9.1 The rule") if row[0].startswith("`")]
    assert [(step.strip("`"), decision.lower()) for step, decision in printed] == list(verdict.PRECEDENCE)


def test_the_boundaries_are_those_that_are_computed():
    printed = rows("pilot", "7 Looks")
    assert [row[0].strip("`") for row in printed] == [name for name in RULES if name]
    for name, *cells in printed:
        for count, cell in enumerate(cells, 2):
            steps = [(k + 1) / count for k in range(count)]
            found = looks.looks(steps, RULES[name.strip("`")], DEFAULT_ALPHA).critical_values
            assert cell == ", ".join(f"{value:.3f}" for value in found)


def test_the_coverage_of_newcombes_interval_is_what_enumeration_gives():
    bench = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "coverage_table.py"))
    table = rows("pilot", "4 Shares")
    sizes = [(int(row[0]), int(row[1])) for row in table]
    assert sizes == [*bench["SIZES"], *bench["SMALLER"], *bench["SIZES"]]
    extremes = range(len(table) - len(bench["SIZES"]), len(table))
    for place, row in enumerate(table):
        if int(row[0]) + int(row[1]) <= LARGEST_ENUMERATED:
            of = bench["coverage"](int(row[0]), int(row[1]), bench["EXTREMES" if place in extremes else "SHARES"])
            assert row[2:] == [f"{100 * value:.2f} %" for value in (of.mean(), of.min(), of.max())]


def test_the_chances_of_go_are_those_that_are_computed():
    plans = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "verdict_rates.py"))["PLANS"]
    table = rows("prioritize", "10.4 How well it holds")
    assert [row[0] for row in table] == [name.strip() for name in plans]
    for (_, n, *cells), plan in zip(table, plans.values(), strict=True):
        chances = chance_of_go.chances_of_go(plan, int(n))
        assert chance_of_go.required_sample(plan).n == int(n)
        at = (chances.at_zero, chances.at_worthwhile, chances.at_planned)
        assert [cell.split()[0] for cell in cells] == [f"{chance:.4f}" for chance in at]


def test_the_worked_examples_of_prioritize_are_computed():
    costs, benefits = [53_150, 666_715, 636_772, 647_783], [0, 1_606_511, 3_061_331, 4_229_760]
    values = [float(cashflows.present_value(flows, 0.10)) for flows in (costs, benefits)]
    net = [gain - cost for gain, cost in zip(benefits, costs, strict=True)]
    assert says("prioritize", f"Present values {values[0]:,.2f} and {values[1]:,.2f}, net {values[1] - values[0]:,.2f}")
    assert says("prioritize", f"return {100 * float(cashflows.roi(values[1], values[0])):.1f} %")
    rate, years = cashflows.irr(net), cashflows.payback(net).years
    assert says("prioritize", f"after {years:.4f} years on net flows and has a rate of {100 * rate.value:,.0f} %")
    own = float(cashflows.present_value([-8000, 3000, 7000, 7000], 0.10))
    assert says("prioritize", f"= EUR {own:,.2f}. After year 1")
    overruns = own - 4000, 4.47 * 8000 - own
    assert says("prioritize", "EUR {:,.2f} at 50 % more, EUR \N{MINUS SIGN}{:,.2f} at 447 % more".format(*overruns))
    for levels, n in (((0.45, 0.75), 41), ((0.45, 0.55), 392), ((0.85, 0.90), 686)):
        effect = levels[1] - levels[0]
        chance = chance_of_go.chance_of_go(PilotPlan(ProportionMetric(levels[0], effect, effect)), n)
        assert sample_sizes.two_proportions(*levels).pilot == n and says("prioritize", f"{chance:.3f} from")


def test_the_worked_examples_of_pilot_are_computed():
    for name, interval in (("Newcombe", newcombe), ("score", score_interval)):
        found = interval(56, 70, 48, 80)
        assert says("pilot", f"{found.low:.4f} to {found.high:.4f} ({name})")
    errors = [100 * looks.naive_error(count) for count in (2, 3, 5)]
    assert says("pilot", "{:.1f} % with two, {:.1f} % with three, {:.1f} % with five".format(*errors))
    halves = [error / 2 for error in errors[:2]]
    assert says("pilot", "{:.1f} % with two looks and {:.1f} % with three, instead of 2.5 %".format(*halves))


@pytest.mark.parametrize("page", ["method.md", "method-prioritize.md", "method-pilot.md"])
def test_every_link_of_a_page_leads_somewhere(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([\w.-]*)#?([\w-]*)\)", text):
        there = (ROOT / "docs" / (target or page)).read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.*)$", there, re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not anchor or anchor in slugs, f"{target}#{anchor}"
