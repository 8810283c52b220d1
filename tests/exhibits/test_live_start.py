"""Where a client stands, as the start page says it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import TINY, rewrite
from lxml import html as parser

from workbook.engagement.skeleton import new_client
from workbook.exhibits.live import start
from workbook.framework import load_framework

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script> & <b>bold</b>"


@pytest.fixture
def parameters(tmp_path: Path) -> Path:
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path


def page_of(parameters: Path, client: str = "tiny", as_of: str = "") -> parser.HtmlElement:
    return parser.document_fromstring(start(client, as_of, str(parameters))._repr_html_())


def words(element: parser.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def table(page: parser.HtmlElement, name: str) -> dict[str, list[str]]:
    (found,) = page.xpath("//table[@aria-label=$name]", name=name)
    return {words(row[0]): [words(cell) for cell in row[1:]] for row in found.xpath(".//tbody/tr")}


def test_it_says_who_the_client_is_and_what_each_gate_decided(parameters: Path) -> None:
    page = page_of(parameters)
    assert [words(heading) for heading in page.findall(".//h3")][:3] == [
        "Tiny Works", "The next decision", "What is missing next",
    ]  # fmt: skip
    phases = table(page, "Phases and gates")
    assert phases["1. Assess"] == ["AI Opportunity Assessment", "approved on 20 September 2026 by Ann: Post sorting"]
    assert phases["2. Prioritize (now)"] == ["Pilot Charter", "not held yet"]
    assert len(phases) == 5


def test_on_an_earlier_day_the_gate_has_not_been_held(parameters: Path) -> None:
    assert table(page_of(parameters, as_of="2026-09-19"), "Phases and gates")["1. Assess (now)"][1] == "not held yet"


def test_the_next_decision_names_the_gate_and_who_decides(parameters: Path) -> None:
    gate = load_framework().text("phases.prioritize.gate")
    assert f"The gate of Prioritize. {gate} Who decides: nobody yet: no sponsor is named." in words(page_of(parameters))
    rewrite(parameters, "gates:", "sponsor: {person: ann, function: business, owns_outcome: yes}\ngates:")
    assert "Who decides: Ann, COO, as sponsor." in words(page_of(parameters))


def test_what_is_missing_next_is_said_in_the_order_in_which_it_is_done(parameters: Path) -> None:
    (steps,) = page_of(parameters).xpath("//h3[.='What is missing next']/following-sibling::ul[1]")
    assert [words(step) for step in steps] == [
        "The gate of Assess is approved but not frozen: workbook approve tiny assess",
        "Prioritize has not begun: fill in prioritize.yaml (not there yet).",
        "Name the sponsor in client.yaml, who decides at the gates.",
    ]
    (parameters / "tiny" / "approved").mkdir()
    (parameters / "tiny" / "approved" / "assess_2026-09-20.json").write_text(json.dumps({}))
    assert "not frozen" not in words(page_of(parameters))


def test_files_are_told_apart_that_are_filled_in_a_skeleton_or_not_there(parameters: Path) -> None:
    (parameters / "tiny" / "prioritize.yaml").write_text("# nothing: yet\n")
    files = table(page_of(parameters), "Files of the client")
    assert [files[f"{name}.yaml"] for name in ("assess", "prioritize", "pilot")] == [
        ["filled in"], ["skeleton only"], ["not there yet"],
    ]  # fmt: skip


def test_faults_are_named_in_place_and_a_new_client_has_only_skeletons(parameters: Path) -> None:
    new_client("alder", parameters)
    page = page_of(parameters, "alder")
    (alert,) = page.xpath("//*[@role='alert']")
    assert "faults to put right first: alder" in words(alert) and "client.yaml:8 name: found nothing" in words(alert)
    assert {state for (state,) in table(page, "Files of the client").values()} == {"skeleton only"}
    rewrite(parameters, "gates:", "nonsense: 1\ngates:")
    page = page_of(parameters)
    assert "unknown key nonsense" in words(page.xpath("//*[@role='alert']")[0])
    assert table(page, "Files of the client")["client.yaml"] == ["begun"]


def test_faults_of_data_are_named_beside_what_is_known(parameters: Path) -> None:
    (parameters / "tiny" / "data" / "log.csv").write_text("nothing,here\n1,2\n")
    page = page_of(parameters)
    assert page.xpath("//*[@role='alert']") and "Tiny Works" in words(page)


def test_of_many_faults_the_first_are_shown_and_the_rest_counted(parameters: Path) -> None:
    rewrite(parameters, "gates:", "".join(f"nonsense{n}: 1\n" for n in range(30)) + "gates:")
    faults = page_of(parameters).xpath("//*[@role='alert']//li")
    assert len(faults) == 21 and words(faults[-1]) == "and 10 more"


@pytest.mark.parametrize(("client", "as_of"), [("tinny", ""), ("tiny", "31.5.2026"), ("../tiny", ""), ("", "")])
def test_what_cannot_be_found_or_read_is_a_fault_in_place(parameters: Path, client: str, as_of: str) -> None:
    assert len(page_of(parameters, client, as_of).xpath("//*[@role='alert']")) == 1


def test_links_lead_to_the_notebooks_beside_it_in_their_order(parameters: Path) -> None:
    (links,) = page_of(parameters).xpath("//h3[.='Notebooks']/following-sibling::ul[1]")
    found = links.xpath(".//a/@href")
    assert found == sorted(path.name for path in (ROOT / "notebooks").glob("0[1-9]_*.ipynb"))
    assert all(len(words(item)) > 40 for item in links)


def test_text_of_a_client_is_never_markup(parameters: Path) -> None:
    rewrite(parameters, "name: Tiny Works", f"name: '{HOSTILE}'\nabout: '{HOSTILE}'")
    page = page_of(parameters)
    assert not page.xpath("//script | //b[.='bold']") and words(page).count("<script>alert(1)</script>") == 2


@pytest.mark.parametrize("client", ["norrhaven", "brauer-logistik"])
def test_the_demo_clients_have_no_fault(client: str) -> None:
    assert not page_of(ROOT / "parameters", client).xpath("//*[@role='alert']")
