"""How the words read: British, without jargon of the trade, with the values the rules have."""

import hashlib
import re
from string import Formatter

import pytest

from workbook.framework.load import FOLDER

FILES = sorted([*FOLDER.rglob("*.yaml"), *FOLDER.rglob("*.py")])

AMERICAN = re.compile(
    r"\b(\w*(?:ganiz|tiliz|nalyz|timiz|oritiz|ecogniz|ealiz|ummariz|inimiz|aximiz|tandardiz|ustomiz|enaliz)\w*"
    r"|(?:col|behavi|lab|fav|hon|endeav|rum)or(?:s|ed|ing|al|able)?|cent(?:er|ers|ered)|programs?|licenses|defense"
    r"|fulfill?|enroll|modeling|modeled|labeled|labeling|canceled|catalog|gray|skeptical|learned)\b",
    re.IGNORECASE,
)
PROPER_NAMES = ("Prioritize", "prioritize.yaml", "Optimize", "optimize.yaml", "Quarterly AI Program Review")

AGGREGATORS = re.compile(
    "scribd|coursehero|medium[.]com|studylib|docslib|slideshare|passeidireto|agentmodeai|briefly[.]co|airevolution"
    "|aierxifang|mllabs|outsourceaccelerator|remote-native|pages[.]dev|leaphl|opag[.]io|meta-intelligence|wikipedia"
    "|ufcontent|threatstack|move78|itteam|licentium|huggingface"
)

# SHA-256 of a name that must not appear; the name itself does not stand here either.
UNNAMED = "9f778ac08bb56c9ccd7688dde6a9f560e9a2cb4663406b52e29eacc53aae71b9"


def placeholders(words):
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_the_spelling_is_british(framework):
    for key, words in framework.texts.items():
        for name in PROPER_NAMES:
            words = words.replace(name, "")
        found = AMERICAN.findall(words)
        assert not found, (key, found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_aggregator_is_cited(path):
    text = path.read_text(encoding="utf-8").lower()
    assert not AGGREGATORS.findall(text)


def test_addresses_stand_in_sources_only():
    with_address = [path.name for path in FOLDER.rglob("*.yaml") if "://" in path.read_text(encoding="utf-8")]
    assert with_address == ["sources.yaml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_publisher_of_the_guide_is_not_named(path):
    words = set(re.findall(r"[a-z]+", path.read_text(encoding="utf-8").lower()))
    assert UNNAMED not in {hashlib.sha256(word.encode()).hexdigest() for word in words}


@pytest.mark.parametrize("section", ["pitfalls", "failure_patterns"])
def test_a_rule_takes_its_numbers_from_its_parameters(framework, section):
    for id, pattern in getattr(framework, section).items():
        rule = framework.texts[f"{section}.{id}.rule"]
        assert placeholders(rule) <= set(pattern.parameters)
        assert all(colour in rule for colour in ("Red:", "Amber:", "Green:"))
        assert not re.search(r"\d", rule), "a number belongs to the structure file"


def test_the_words_on_integration_and_platforms_take_their_numbers_from_parameters(framework):
    assert placeholders(framework.texts["integration.effort"]) == set(framework.integration.parameters)
    claim = framework.technology.claims["platform_first"]
    assert placeholders(framework.texts["technology.claims.platform_first.statement"]) == set(claim.parameters)


def test_a_sentence_ends_in_a_full_stop_and_a_name_does_not(framework):
    sentences = ("ask", "why", "reason", "definition", "remedy", "trap", "rule", "level_1", "anchor_0", "measures")
    for key, words in framework.texts.items():
        if key.startswith(("findings.", "exhibits.", "labels.")):
            continue
        last = key.rpartition(".")[2]
        if last in sentences:
            assert words.endswith((".", "?")), key
        if last == "name":
            assert not words.endswith("."), key


def test_a_question_asks(framework):
    for key, words in framework.texts.items():
        if key.startswith(("screening.", "readiness.")) and key.endswith(".ask"):
            assert words.endswith("?"), key


def test_words_have_no_stray_spaces_or_doubled_marks(framework):
    for key, words in framework.texts.items():
        assert words == words.strip() and not re.search(r"  |\.\.|,,| [,.;?]", words), key
