import pytest


def fields(tiny, *names, **case):
    """Let the first use case need these fields of the records."""
    tiny.use_case("post-sorting")["data"] = [{"source": "records", "fields": list(names)}]
    tiny.use_case("post-sorting").update(case)
    return tiny.result().candidate_data["post-sorting"]


def measures(data):
    return {row.dimension: row.figure.value for row in data.dimensions}


def test_a_dimension_is_measured_on_the_needed_fields_only(tiny):
    assert measures(fields(tiny, "number")) == {"completeness": 1, "validity": 1, "uniqueness": 1, "accuracy": None}
    # amount: 8 of 10 are filled, and 6 of these 8 are numbers of zero or more.
    found = measures(fields(tiny, "amount"))
    assert (found["completeness"], found["validity"]) == (0.8, 0.75)


def test_readiness_is_the_lowest_dimension_not_a_mean(tiny):
    data = fields(tiny, "amount")
    assert (data.readiness.value, data.bottleneck.dimension, data.bottleneck.source) == (0.75, "validity", "records")
    assert data.readiness.evidence == "measured"


def test_a_dimension_of_several_fields_is_weighted_by_how_critical_they_are(tiny):
    tiny.records["fields"][1]["weight"] = 3
    # (1 x 1.0 + 3 x 0.8) / 4 = 0.85 and (1 x 1.0 + 3 x 0.75) / 4 = 0.8125.
    found = measures(fields(tiny, "number", "amount"))
    assert (found["completeness"], found["validity"]) == (pytest.approx(0.85), 0.8125)


def test_all_declared_fields_are_needed_where_none_is_named(tiny):
    assert measures(fields(tiny)) == measures(fields(tiny, "number", "amount"))


def test_a_source_named_twice_is_needed_once(tiny):
    tiny.use_case("post-sorting")["data"] = [
        {"source": "records", "fields": ["number"]},
        {"source": "records", "fields": ["amount"]},
    ]
    assert measures(tiny.result().candidate_data["post-sorting"]) == measures(fields(tiny, "number", "amount"))


def test_gaps_are_the_needed_fields_below_the_threshold_of_the_house(tiny):
    data = fields(tiny, "number", "amount")
    found = {(gap.field, gap.dimension): (gap.measured, gap.threshold) for gap in data.gaps}
    assert found == {("amount", "completeness"): (0.8, 0.95), ("amount", "validity"): (0.75, 0.95)}
    assert data.is_complete and not data.meets_thresholds


@pytest.mark.parametrize("threshold, gaps", [(0.74, 0), (0.75, 0), (0.76, 1), (0.81, 2)])
def test_a_field_has_its_own_threshold_and_reaching_it_is_enough(tiny, threshold, gaps):
    tiny.records["fields"][1]["threshold"] = threshold
    assert len(fields(tiny, "amount").gaps) == gaps


def test_the_table_as_a_whole_falls_short_as_well(tiny):
    # Ten segments with one row each; none has three.
    tiny.records["coverage"] = {"segment": "number", "minimum_rows": 3}
    tiny.records["key"] = []
    data = fields(tiny, "number")
    assert [(gap.field, gap.dimension, gap.measured, gap.threshold) for gap in data.gaps] == [
        (None, "coverage", 0.0, 0.8)
    ]
    assert data.readiness.value == 0.0 and not data.meets_thresholds


def test_a_repeated_key_is_a_gap_of_the_table(tiny):
    tiny.files["data/records.csv"] += "N10,\n"
    found = {gap.dimension: gap.measured for gap in fields(tiny, "number").gaps}
    assert found == {"uniqueness": 10 / 11}


def test_there_is_no_readiness_while_a_source_has_not_arrived_however_good_the_others(tiny):
    tiny.assess["data_sources"].append({"id": "letters", "name": "Letters", "kind": "table"})
    tiny.use_case("post-sorting")["data"].append({"source": "letters"})
    data = tiny.result().candidate_data["post-sorting"]
    assert (data.readiness.value, data.readiness.reason) == (None, "not_provided")
    assert data.missing_sources == {"letters": "not_provided"} and not data.is_complete


def test_a_use_case_that_names_no_data_has_no_readiness(tiny):
    tiny.use_case("post-sorting")["data"] = []
    data = tiny.result().candidate_data["post-sorting"]
    assert (data.readiness.value, data.readiness.reason, data.is_complete) == (None, "not_provided", False)


def test_accuracy_without_a_sample_is_unknown_and_holds_nothing_up(tiny):
    data = fields(tiny, "number")
    assert [(row.dimension, row.figure.reason) for row in data.unknown] == [("accuracy", "not_measured")]
    assert data.is_complete and data.meets_thresholds


def test_accuracy_is_the_share_of_verified_values_that_agree(tiny):
    # Four amounts were verified; that of N04 is wrong.
    tiny.files["data/sample.csv"] = "number,amount\nN01,10\nN02,20\nN03,30\nN04,41\n"
    tiny.records["accuracy"] = {"file": "data/sample.csv", "key": "number"}
    data = fields(tiny, "amount")
    accuracy = next(row.figure for row in data.dimensions if row.dimension == "accuracy")
    assert (accuracy.value, accuracy.n) == (0.75, 4)


def test_a_dimension_without_any_value_is_unknown_and_holds_the_shortlist_up(tiny):
    tiny.files["data/records.csv"] = "number,amount\n" + "".join(f"N{n:02},\n" for n in range(1, 11))
    data = fields(tiny, "amount")
    assert {row.dimension: row.figure.reason for row in data.unknown}["validity"] == "no_values"
    assert data.readiness.value == 0 and not data.is_complete


def test_the_dimensions_of_a_source_are_those_of_all_its_declared_fields(result):
    found = {row.dimension: row.figure.value for row in result.source_dimensions}
    assert (found["completeness"], found["validity"], found["uniqueness"]) == (0.9, 0.875, 1.0)
    assert "timeliness" not in found and "coverage" not in found


def test_better_data_never_lower_readiness(tiny):
    before = fields(tiny, "amount").readiness.value
    tiny.files["data/records.csv"] = tiny.files["data/records.csv"].replace("N08,much", "N08,80")
    assert fields(tiny, "amount").readiness.value > before
