"""Every exhibit of Prioritize, for clients that know everything, little or nothing, or have harmful names."""

import pytest
from exhibit_checks import ROOT, check_cells, check_exhibits, check_marks, plain, rows_of, shown_in
from prioritize_clients import known, piloting
from prioritize_results import CHANGES, NOTEBOOK, exhibits, hostile_cases, hostile_charter, no_charter, times

from workbook.engagement import load_engagement
from workbook.engagement.approve import approve
from workbook.engagement.faults import FaultsError
from workbook.exhibits import prioritize as show
from workbook.exhibits.charts_lines import chart_lines, draw_lines
from workbook.exhibits.page import page_of
from workbook.exhibits.prioritize.sample import chances
from workbook.exhibits.prioritize.signing import ROOM
from workbook.exhibits.svg import svg_of
from workbook.phases.prioritize import charter_content, prioritize

ABOUT_CANDIDATES = {
    "axes", "business-case", "candidates", "cash-flows", "choice", "deep-dive", "integration-effort", "non-financial",
    "overrun", "risk-map", "risks", "sourcing", "tornado", "yearly-flows",
}  # fmt: skip

SIGNATURES = "charter-signatures"
# What was decided rests on no evidence.
DECIDED = {"charter-sample", "charter-looks"}


@pytest.fixture(scope="module", params=CHANGES)
def made(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    client = piloting(tmp_path_factory.mktemp("parameters") / "tiny")
    CHANGES[request.param](client)
    return exhibits(client.result())


def test_every_exhibit_can_be_made_and_shows_no_computed_nothing(made):
    check_exhibits(made.values(), room={SIGNATURES: ROOM})


def test_every_cell_says_something_except_where_people_write(made):
    check_cells(exhibit for id, exhibit in made.items() if id != SIGNATURES)


def test_a_number_carries_the_mark_of_its_evidence_unless_it_was_decided(made):
    check_marks(exhibit for id, exhibit in made.items() if id not in DECIDED)


def test_the_candidates_are_shown_however_little_is_known(made):
    assert made.keys() >= ABOUT_CANDIDATES and len({"s-curve", "haircut"} & made.keys()) == 1


def test_the_notebook_shows_every_exhibit_there_is():
    helpers = {"existing", "update_chart_chance_of_go"}
    assert {name for name, *_ in shown_in(NOTEBOOK)} == set(show.__all__) - helpers


@pytest.mark.slow
@pytest.mark.parametrize("id", ["norrhaven", "brauer-logistik"])
def test_every_exhibit_of_the_committed_clients_can_be_made(id):
    check_exhibits(exhibits(prioritize(load_engagement(id, ROOT / "parameters"))).values(), room={SIGNATURES: ROOM})


def test_the_same_result_gives_the_same_bytes(prioritized):
    one, other = ({id: each._repr_mimebundle_() for id, each in exhibits(prioritized).items()} for _ in range(2))
    assert one == other


def test_names_of_candidates_are_kept_as_they_are_for_whoever_sets_the_page(client):
    hostile_cases(client)
    names = {case["name"] for case in client.tiny.assess["use_cases"][:2]}
    made = exhibits(client.result())
    assert {row[0]["text"] for row in made["cash-flows"].data["rows"]} == names
    assert {row[0] for row in made["overrun"].data["rows"]} == names


def test_names_in_the_charter_are_kept_as_they_are_for_whoever_sets_the_page(client):
    hostile_charter(client)
    made = exhibits(client.result())
    names = [each["name"] for each in client.charter["criteria"]]
    assert [row[0] for row in made["charter-criteria"].data["rows"]] == names
    assert rows_of(made["pilot-charter"])["The one metric"] == [client.charter["metric"]]


# --- candidates ------------------------------------------------------------------------------------------------------


def test_no_number_stands_for_a_case_that_cannot_be_valued(client):
    del client.claims["benefits"][0]["eligible"]
    made = exhibits(client.result())
    for id, rows in (("candidates", ("Net present value, likeliest", "Payback")), ("business-case", ("All costs",))):
        table = {row[0]: row[2] for row in made[id].data["rows"]}
        for name in rows:
            assert "value" not in table[name] and "not estimable" in table[name]["text"], name
    for id in ("cash-flows", "s-curve"):
        assert {cell["text"] for cell in made[id].data["rows"][1][1:]} == {"not estimable"}


def test_a_case_that_cannot_be_valued_says_what_it_lacks(client):
    del client.claims["benefits"][0]["eligible"], client.claims["costs"][1]["amount"]
    table = exhibits(client.result())["business-case"]
    assert (
        "Claim letters cannot be valued; not provided: Cases concerned by “Drafting time” and Cost of “Set-up”."
        in table.data["notes"]
    )


# --- no charter ------------------------------------------------------------------------------------------------------


def test_without_a_charter_no_table_pretends_to_one(client):
    no_charter(client)
    made = exhibits(client.result())
    charters = {id for id in made if id.startswith(("charter", "pilot-charter", "chance"))}
    assert charters == {"charter-state", "charter-criteria", "charter-sample", "charter-timeline", "charter-open"}
    notes = charters - {"charter-open", "charter-state"}
    assert all(made[id].kind == "prose" and made[id].data["paragraphs"][0].startswith("Not provided") for id in notes)
    assert made["charter-open"].title == "The charter itself is missing"


# --- chance of GO ----------------------------------------------------------------------------------------------------


def test_the_chance_of_go_is_drawn_through_the_three_effects_of_the_sample(prioritized):
    (line,) = chances(prioritized).lines
    sample = prioritized.charter.sample
    assert [x for x, _ in line.marks] == pytest.approx([0.0, 0.15, 0.30])
    assert [y for _, y in line.marks] == [sample.at_zero.value, sample.at_worthwhile.value, sample.at_planned.value]
    assert line.points[0] == (0.0, sample.at_zero.value)
    assert [figure["text"] for figure in line.figures] == ["200", "<1%", "48%", "90%"]


def test_a_moved_chart_of_the_chance_of_go_equals_one_drawn_afresh(prioritized):
    page, artists = page_of(draw_lines, chances(prioritized))
    show.update_chart_chance_of_go(artists, prioritized, 60)
    words = dict.fromkeys(("title", "alt", "caption", "source"), "x")
    fresh = chart_lines(chances(prioritized, 60), id="live", **words).svg
    assert svg_of(page.figure, "live") == fresh


def test_a_larger_sample_makes_the_chance_steeper(prioritized):
    small, large = (chances(prioritized, n).lines[0].marks for n in (60, 2000))
    assert large[0][1] < small[0][1] and large[2][1] > small[2][1]


def test_a_time_that_should_fall_is_shown_as_an_improvement_in_its_own_unit(client):
    times(client)
    result = client.result()
    lines = chances(result)
    columns = [plain(column) for column in lines.columns]
    assert columns[1:] == ["No effect (20 min)", "Just worthwhile (16 min)", "As planned (12 min)"]
    assert plain(lines.x.show(8.0)) == "8 min" and lines.x.show(0.0) == "0"


# --- signature -------------------------------------------------------------------------------------------------------


def test_signatories_stand_by_name_and_role_with_room_to_sign(prioritized):
    (row,) = show.table_signatures(prioritized).data["rows"]
    ann = prioritized.engagement.client.people[0]
    assert row == [ann.name, f"{ann.role}{ROOM}", None, None]
    columns = {column["key"]: column for column in show.table_signatures(prioritized).data["columns"]}
    assert columns["signature"]["empty"] and columns["date"]["empty"]


def approved_at_the_gate(client):
    gate = {"decision": "approved", "by": "ann", "date": "2026-10-01", "selected": ["post-sorting"]}
    client.tiny.client["gates"]["prioritize"] = gate
    client.tiny.client["as_of"] = "2026-10-05"
    return client.result()


def test_a_frozen_charter_shows_its_hash_and_one_changed_since_says_so(client):
    result = approved_at_the_gate(client)
    assert "Not frozen yet" in show.table_signatures(result).data["notes"][0]
    frozen = approve(result.engagement, "prioritize", charter_content(result))
    notes = show.table_signatures(client.result()).data["notes"]
    assert len(notes) == 1 and frozen.sha256 in notes[0]
    client.primary["planned"] = known(0.7)
    assert show.table_signatures(client.result()).data["notes"][1].startswith("The charter shown here differs")


def test_a_charter_that_lost_a_part_differs_from_the_one_approved(client):
    result = approved_at_the_gate(client)
    approve(result.engagement, "prioritize", charter_content(result))
    del client.charter["metric"]
    changed = client.result()
    with pytest.raises(FaultsError):
        charter_content(changed)
    assert show.table_signatures(changed).data["notes"][1].startswith("The charter shown here differs")


def test_the_usual_sample_sizes_stand_beside_the_required_one(prioritized):
    rows = {row[0]: row[1]["value"] for row in show.table_sample(prioritized).data["rows"] if isinstance(row[1], dict)}
    usual = rows["Usual formula, deciding criterion"]
    assert usual == prioritized.figures["charter.sample_per_arm.usual"].value <= rows["Cases needed per arm"]
