"""Every exhibit of the notebook's charter half, for a charter that is whole, has gaps, lacks, or has harmful names."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from prioritize_results import known, piloting, rows_of

from workbook.engagement import load_engagement
from workbook.engagement.approve import approve
from workbook.engagement.faults import FaultsError
from workbook.exhibits import prioritize as show
from workbook.exhibits.charts_lines import chart_lines, draw_lines
from workbook.exhibits.exhibit import Exhibit
from workbook.exhibits.page import page_of
from workbook.exhibits.prioritize.sample import chances
from workbook.exhibits.prioritize.signing import ROOM
from workbook.exhibits.svg import svg_of
from workbook.phases.prioritize import charter_content, prioritize

ROOT = Path(__file__).parents[2]
NO_WORD = re.compile(r"\b(nan|NaN|None|inf|Infinity|null|NaT)\b")
HOSTILE = (
    "<script>alert(1)</script>", "#let x = 1", "$x$", "=1+1", "*bold* _it_ `code`", "{name}", "Rechnungs" * 40,
    "\\frac{1}{2}",
)  # fmt: skip


def calls():
    """Return what the notebook shows: the name of each function and what it is given besides the result."""
    notebook = json.loads((ROOT / "notebooks" / "02_prioritize.ipynb").read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    return [
        (name, *filter(None, [section])) for name, section in re.findall(r'show\.(\w+)\(result(?:, "([^"]+)")?\)', code)
    ]


def exhibits(result):
    """Return every exhibit of the notebook that there is for a result, by its id."""
    made = [getattr(show, name)(result, *more) for name, *more in calls()]
    found = [each for each in made if isinstance(each, Exhibit)]
    assert len({each.id for each in found}) == len(found)
    return {each.id: each for each in found}


def hostile(client):
    """Give everything in the charter that has a name one that would do harm if it were not escaped."""
    names = iter(HOSTILE * 20)
    client.tiny.client["name"] = "<b>&\"' {name}"
    for person in client.tiny.client["people"]:
        person.update(name=next(names), role=next(names))
    for entity in (*client.tiny.assess["processes"], *client.tiny.assess["use_cases"]):
        entity["name"] = next(names)
    charter = client.charter
    charter.update(metric=next(names), population=next(names), scope_in=[next(names)], scope_out=[next(names)])
    charter.update(stop_rules=[next(names), next(names)], weeks=8, shortened=next(names))
    for each in (*charter["criteria"], *charter["milestones"], *charter["budget"]):
        each["name"] = next(names)
    for each in charter["criteria"]:
        each["method"] = next(names)
    for each in charter["team"]:
        each["role"] = next(names)
    charter["raci"][0]["activity"] = charter["adoption"]["definition"] = next(names)
    charter["design"]["clusters"] = {"name": next(names), "size": known(20), "icc": known(0.01)}


def gappy(client):
    """Leave out a little of everything."""
    charter = client.charter
    for key in ("metric", "population", "start", "weeks", "milestones", "raci", "signatories"):
        del charter[key]
    del charter["criteria"][0]["worthwhile"], charter["criteria"][1]["method"]
    del charter["design"]["sample_per_arm"], charter["design"]["in_scope"]
    del client.tiny.client["sponsor"]


def nothing_but_the_use_case(client):
    """Keep nothing of the charter but what it is for."""
    client.prioritize["charter"] = {"use_case": "post-sorting"}


def no_charter(client):
    """Write no charter."""
    del client.prioritize["charter"]


def times(client):
    """Judge by a time, lower being better, on clustered cases before and after."""
    client.primary.update(
        kind="duration", better="lower", unit="minutes", baseline=known(20), planned=known(12), worthwhile=known(16),
        p90=known(45),
    )  # fmt: skip
    client.charter["design"].update(
        kind="before_after", clusters={"name": "team", "size": known(5), "icc": known(0.02)}
    )
    client.charter["criteria"].append(
        {"id": "wait", "name": "Waiting", "role": "guardrail", "kind": "duration", "better": "lower", "unit": "pages"}
        | {"baseline": known(3), "margin": known(1), "p90": known(9), "method": "Count"}
    )


def overloaded(client):
    """Ask too much of people, and put a milestone after the end."""
    client.charter["team"][1]["share"] = known(0.9)
    client.charter["milestones"].append({"id": "late", "name": "Party", "week": 20})


CHANGES = {
    "complete": lambda client: None,
    "hostile": hostile,
    "gappy": gappy,
    "use case only": nothing_but_the_use_case,
    "no charter": no_charter,
    "times": times,
    "overloaded": overloaded,
}


@pytest.fixture(scope="module", params=CHANGES)
def made(request, tmp_path_factory):
    """All exhibits of one tiny client."""
    client = piloting(tmp_path_factory.mktemp("parameters") / "tiny")
    CHANGES[request.param](client)
    return exhibits(client.result())


@pytest.fixture
def client(tmp_path):
    return piloting(tmp_path / "tiny")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return piloting(tmp_path_factory.mktemp("parameters") / "tiny").result()


def texts(data):
    """Yield every text in an exhibit's bundle."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for part in data.values():
            yield from texts(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from texts(part)


def test_every_exhibit_can_be_made_and_shows_no_computed_nothing(made):
    for id, exhibit in made.items():
        for text in texts(exhibit.bundle()):
            assert not NO_WORD.search(text), (id, text)
            text = text.removesuffix(ROOM)
            assert text == text.strip() or exhibit.kind == "prose", (id, text)
        view = exhibit._repr_mimebundle_()
        if exhibit.svg:
            ElementTree.fromstring(view["image/svg+xml"])
            assert "<script" not in exhibit.svg
        else:
            assert "<script>" not in view["text/html"]


def test_every_cell_says_something_except_where_people_write(made):
    for id, exhibit in made.items():
        if exhibit.kind != "table" or id == "charter-signatures":
            continue
        for row in exhibit.data["rows"]:
            assert all((cell if isinstance(cell, str) else cell["text"]).strip() for cell in row), id


def test_a_number_carries_the_mark_of_its_evidence_unless_it_was_decided(made):
    for id in ("charter-criteria", "charter-budget", "case-inputs", "charter-team"):
        rows = made[id].data["rows"] if id in made and made[id].kind == "table" else []
        for row in rows:
            assert all(cell.get("mark") for cell in row if isinstance(cell, dict) and "value" in cell), id


def test_the_notebook_shows_every_exhibit_there_is():
    helpers = {"existing", "update_chart_chance_of_go"}
    assert {name for name, *_ in calls()} == set(show.__all__) - helpers


@pytest.mark.slow
@pytest.mark.parametrize("id", ["norrhaven", "brauer-logistik"])
def test_every_exhibit_of_the_committed_clients_can_be_made(id):
    for exhibit in exhibits(prioritize(load_engagement(id, ROOT / "parameters"))).values():
        assert not any(NO_WORD.search(text) for text in texts(exhibit.bundle())), exhibit.id


def test_the_same_result_gives_the_same_bytes(result):
    one, other = ({id: each._repr_mimebundle_() for id, each in exhibits(result).items()} for _ in range(2))
    assert one == other


def test_names_are_kept_as_they_are_for_whoever_sets_the_page(client):
    hostile(client)
    made = exhibits(client.result())
    names = [each["name"] for each in client.charter["criteria"]]
    assert [row[0] for row in made["charter-criteria"].data["rows"]] == names
    assert rows_of(made["pilot-charter"])["The one metric"] == [client.charter["metric"]]


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


def test_the_chance_of_go_is_drawn_through_the_three_effects_of_the_sample(result):
    (line,) = chances(result).lines
    sample = result.charter.sample
    assert [x for x, _ in line.marks] == pytest.approx([0.0, 0.15, 0.30])
    assert [y for _, y in line.marks] == [sample.at_zero.value, sample.at_worthwhile.value, sample.at_planned.value]
    assert line.points[0] == (0.0, sample.at_zero.value)
    assert [figure["text"] for figure in line.figures] == ["200", "<1%", "48%", "90%"]


def test_a_moved_chart_of_the_chance_of_go_equals_one_drawn_afresh(result):
    page, artists = page_of(draw_lines, chances(result))
    show.update_chart_chance_of_go(artists, result, 60)
    words = dict.fromkeys(("title", "alt", "caption", "source"), "x")
    fresh = chart_lines(chances(result, 60), id="live", **words).svg
    assert svg_of(page.figure, "live") == fresh


def test_a_larger_sample_makes_the_chance_steeper(result):
    small, large = (chances(result, n).lines[0].marks for n in (60, 2000))
    assert large[0][1] < small[0][1] and large[2][1] > small[2][1]


def test_a_time_that_should_fall_is_shown_as_an_improvement_in_its_own_unit(client):
    times(client)
    result = client.result()
    lines = chances(result)
    columns = [column.replace("\N{NO-BREAK SPACE}", " ") for column in lines.columns]
    assert columns[1:] == ["No effect (20 min)", "Just worthwhile (16 min)", "As planned (12 min)"]
    assert lines.x.show(8.0).replace("\N{NO-BREAK SPACE}", " ") == "8 min" and lines.x.show(0.0) == "0"


# --- signature -------------------------------------------------------------------------------------------------------


def test_signatories_stand_by_name_and_role_with_room_to_sign(result):
    (row,) = show.table_signatures(result).data["rows"]
    ann = result.engagement.client.people[0]
    assert row == [ann.name, f"{ann.role}{ROOM}", None, None]
    columns = {column["key"]: column for column in show.table_signatures(result).data["columns"]}
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


def test_the_usual_sample_sizes_stand_beside_the_required_one(result):
    rows = {row[0]: row[1]["value"] for row in show.table_sample(result).data["rows"] if isinstance(row[1], dict)}
    usual = rows["Usual formula, deciding criterion"]
    assert usual == result.figures["charter.sample_per_arm.usual"].value <= rows["Cases needed per arm"]
