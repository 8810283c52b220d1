"""The method page prints the thresholds as the framework has them."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "method.md"
UNITS = {"share": "{:.0%}", "level": "{:g} (level)", "ratio": "{:g}"}


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
