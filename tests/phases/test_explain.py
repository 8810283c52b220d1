import pytest
from assess_clients import almost_empty

from workbook.phases.explain import explain_figure, result_of


def test_a_figure_is_explained_down_to_file_and_line(tiny):
    text = explain_figure(tiny.engagement(), "process.post.yearly_cost")
    lines = (tiny.folder / "assess.yaml").read_text().splitlines()
    volume = next(n for n, line in enumerate(lines, 1) if line.strip() == "volume:")
    cost = next(n for n, line in enumerate(lines, 1) if line.strip() == "cost_per_transaction:")
    assert text.splitlines() == [
        "process.post.yearly_cost: 50000 EUR/year (estimate) = volume x cost",
        f"  process.post.volume: 1000 transactions/year (measured) <- assess.yaml:{volume} (post book 2026-09-01)",
        "  process.post.cost_per_transaction: 50 EUR/transaction (estimate)"
        " = measured where there is a log with cost, else declared",
        f"    process.post.declared_cost_per_transaction: 50 EUR/transaction (estimate) <- assess.yaml:{cost}",
    ]


def test_a_measured_figure_leads_to_the_file_it_was_measured_on(tiny):
    text = explain_figure(tiny.engagement(), "use_case.post-sorting.data_readiness")
    assert "<- assess.yaml:" in text and "(data/records.csv, Records)" in text


def test_every_input_of_every_figure_says_where_it_stands(result):
    inputs = [figure for figure in result.figures if not figure.derived_from and figure.is_known]
    assert inputs and all(figure.source for figure in inputs)
    assert all(f"{name}.yaml:" in figure.source for figure in inputs for name in [figure.source.split(".")[0]])


def test_a_figure_that_several_rest_on_is_explained_once(tiny):
    text = explain_figure(tiny.engagement(), "processes.concentrated_share")
    assert text.count("process.post.declared_cost_per_transaction:") == 1
    assert "process.post.yearly_cost: 50000 EUR/year (estimate) = volume x cost (see above)" in text


def test_a_missing_figure_is_explained_by_its_reason_and_its_open_end(tiny):
    del tiny.use_case("post-sorting")["effect"]
    text = explain_figure(tiny.engagement(), "use_case.post-sorting.yearly_impact")
    assert text.startswith("use_case.post-sorting.yearly_impact: not_provided (evidence not stated)")


def test_weights_stand_among_what_a_value_rests_on(tiny):
    text = explain_figure(tiny.engagement(), "use_case.post-sorting.value")
    assert "  weight.integration: 0.125 share (interview) = direct <- assess.yaml:" in text


def test_an_unknown_figure_names_the_nearest(tiny):
    with pytest.raises(
        KeyError, match=r"no figure process\.post\.yearly_costs; the nearest are process\.post\.yearly_"
    ):
        explain_figure(tiny.engagement(), "process.post.yearly_costs")


def test_an_unknown_phase_names_those_there_are(tmp_path):
    with pytest.raises(KeyError, match="choose from assess"):
        result_of(almost_empty(tmp_path / "new").engagement(), "asess")
