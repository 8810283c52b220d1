import pytest

from workbook.framework import check_framework, load_framework


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_each_entry_has_its_words_and_each_word_its_entry(framework):
    assert check_framework(framework) == []


def test_an_entry_without_words_is_a_problem(files):
    change(files / "phases.yaml", "enhance, share_learnings", "enhance, celebrate, share_learnings")
    problems = check_framework(load_framework("en", files))
    assert problems == ["text/en.yaml: phases.optimize.activities.celebrate has no words"]


def test_words_without_an_entry_are_a_problem(files):
    change(files / "text/en.yaml", "\nterms:\n", "\nterms:\n  mood: {good: good}\n")
    problems = check_framework(load_framework("en", files))
    assert problems == ["text/en.yaml: terms.mood.good belongs to no entry"]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("evidence.yaml", "1, source: [house-judgement]", "1, source: [gossip]", "evidence.measured.source: 'gossip'"),
        ("criteria.yaml", "axis: alignment", "axis: fame", "criteria.strategic_alignment.axis: 'fame'"),
        ("criteria.yaml", "[change_capacity, skills]", "[mood]", "criteria.change_capacity.dimensions: 'mood'"),
        ("interviews.yaml", "theme: outcome", "theme: food", "interviews.owner.questions.purpose.theme: 'food'"),
        ("baseline.yaml", "[p50, p80, p95]", "[p50, p99]", "baseline.lead_time.percentiles: 'p99'"),
        ("baseline.yaml", "activity, resource]", "actor]", "baseline.automation_rate.needs: 'actor'"),
        ("metrics.yaml", "baseline: lead_time", "baseline: speed",
         "metrics.operational.metrics.processing_time.baseline: 'speed'"),
        ("pitfalls.yaml", "phases: [pilot]", "phases: [launch]", "pitfalls.demo_cliff.phases: 'launch'"),
        ("roles.yaml", "phase: scale", "phase: launch", "roles.ai_ml_specialist.phase: 'launch'"),
        ("benchmarks.yaml", "neighbours: [poc_not_scaled,", "neighbours: [nobody,",
         "benchmarks.pilots_not_in_production.neighbours: 'nobody'"),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_a_problem(files, file, old, new, problem):
    change(files / file, old, new)
    assert check_framework(load_framework("en", files)) == [f"{problem} does not exist"]
