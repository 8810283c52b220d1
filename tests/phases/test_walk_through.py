"""The walk-through holds: its files make a client without a fault, and its numbers are those that client gets."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from workbook.engagement import load_engagement
from workbook.phases.assess import assess
from workbook.phases.explain import explain_figure

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "walk-through.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- (\S+?)(, appended)? -->\n```\w+\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engagement(tmp_path_factory):
    """The client of the walk-through with all its files, on the day of its gate."""
    folder = tmp_path_factory.mktemp("clients") / "alder-foods"
    for name, appended, text in BLOCK.findall(PAGE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        earlier = (folder / name).read_text(encoding="utf-8") if appended else ""
        (folder / name).write_text(earlier + text, encoding="utf-8")
    (folder / "data").mkdir()
    for source, target in re.findall(r"^cp (\S+) ~/clients/alder-foods/(\S+)$", PAGE, re.MULTILINE):
        shutil.copy(ROOT / source, folder / target)
    return load_engagement("alder-foods", folder.parent, "2025-04-02")


@pytest.fixture(scope="module")
def result(engagement):
    return assess(engagement)


def says(words):
    """Return whether the page says this, wherever its lines break."""
    return words in " ".join(PAGE.split())


def test_the_baseline_is_the_one_the_page_quotes(result):
    post = result.performance_of("invoice-handling")
    days = [
        f"{hours / 24:.3g}" for hours in (post.lead_time_p50.value, post.lead_time_p50.low, post.lead_time_p50.high)
    ]
    assert says("a median lead time of {} days, with the interval {} to {}".format(*days))
    assert says(f"{post.baseline.open} of {post.baseline.cases:,} invoices were open")
    assert says(f"An invoice costs €{post.measured_cost.value:.3g} by the log")


def test_the_ranking_is_the_one_the_page_quotes(result):
    leader = result.ranking.ranked[0]
    assert leader.candidate.id == "invoice-coding" and leader.first_share.value > 0.99
    assert says(f"leads with {leader.value.value:.0f} points and comes first in more than 99 %")
    customers = list(result.ranking.weights.values).index("customer_impact")
    point = result.ranking.flip_points[customers]
    assert says(f"customer impact weighs {point.up.weight:.0%} instead of {point.weight:.0%}".replace("%", " %"))
    readiness = result.candidate_data["invoice-coding"]
    assert says(f"are {100 * readiness.readiness.value:.3g} % ready, held back by {readiness.bottleneck.dimension}")


def test_the_shortlist_is_put_forward_and_selected_as_the_page_says(result, engagement):
    assert result.open_reasons == ()
    assert {row.candidate.id for row in result.put_forward} == set(engagement.client.gates.assess.selected)


def test_a_figure_is_explained_in_the_words_of_the_page(engagement):
    assert explain_figure(engagement, "process.invoice-handling.yearly_cost") in PAGE
