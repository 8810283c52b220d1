import pytest
from assess_clients import almost_empty
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def map_of(tmp_path_factory):
    """Return the process map of a client with nothing but processes, given as id, volume and cost."""
    folder = tmp_path_factory.mktemp("parameters") / "tiny"

    def map_of(*rows):
        tiny = almost_empty(folder)
        tiny.assess["processes"] = [process_of(*row) for row in rows]
        return tiny.result().process_map

    return map_of


def process_of(id, volume, cost):
    numbers = {"volume": volume, "cost_per_transaction": cost}
    given = {key: {"value": value, "evidence": "interview"} for key, value in numbers.items() if value is not None}
    return {"id": id, "name": id, "department": "Office"} | given


def test_yearly_cost_is_volume_times_cost(map_of):
    # 1,000 x 50 = 50,000; 2,000 x 15 = 30,000; 400 x 50 = 20,000; together 100,000.
    found = map_of(("post", 1000, 50), ("orders", 400, 50), ("claims", 2000, 15))
    assert [(row.process.id, row.yearly_cost.value) for row in found.processes] == [
        ("post", 50_000),
        ("claims", 30_000),
        ("orders", 20_000),
    ]
    assert found.total_cost.value == 100_000 and found.total_cost.unit == "EUR/year"


def test_two_processes_that_carry_exactly_four_fifths_are_the_concentration(map_of):
    # 50 % + 30 % = 80 %.
    found = map_of(("post", 1000, 50), ("orders", 400, 50), ("claims", 2000, 15))
    assert (found.concentration, found.concentrated_share.value) == (2, pytest.approx(0.8))


def test_a_third_process_is_needed_where_two_carry_a_little_less(map_of):
    # 49.9 % + 30 % = 79.9 %, and with the third 100 %.
    found = map_of(("post", 998, 50), ("claims", 2000, 15), ("orders", 402, 50))
    assert (found.concentration, found.concentrated_share.value) == (3, 1.0)


def test_a_process_without_volume_or_cost_has_no_yearly_cost_and_is_not_counted_as_free(map_of):
    found = map_of(("claims", None, 15), ("post", 1000, 50), ("orders", 400, None))
    assert [row.process.id for row in found.processes] == ["post", "claims", "orders"]
    assert [row.yearly_cost.reason for row in found.processes] == [None, "not_provided", "not_provided"]
    assert (found.total_cost.value, found.total_cost.n, found.concentration) == (50_000, 1, 1)


def test_a_volume_of_zero_costs_nothing_and_is_known(map_of):
    found = map_of(("post", 0, 50))
    assert (found.total_cost.value, found.concentration, found.concentrated_share.value) == (0, None, None)


def test_no_process_has_no_cost(map_of):
    found = map_of()
    assert (found.total_cost.value, found.total_cost.reason, found.concentration) == (None, "not_provided", None)


def test_the_evidence_of_a_yearly_cost_is_the_weaker_one(result):
    # Post: volume measured, cost estimated. Orders: both measured.
    assert result.process_map["post"].yearly_cost.evidence == "estimate"
    assert result.process_map["orders"].yearly_cost.evidence == "measured"
    assert result.process_map.total_cost.evidence == "estimate"


amounts = st.floats(0, 1e6).map(lambda value: round(value, 2))
files = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=6).map(
    lambda rows: [(f"p{number}", *row) for number, row in enumerate(rows)]
)


@settings(max_examples=15)
@given(files, st.floats(1.01, 10))
def test_a_higher_cost_per_transaction_never_lowers_the_yearly_cost(map_of, rows, factor):
    (id, volume, cost), *others = rows
    before, after = map_of(*rows), map_of((id, volume, cost * factor), *others)
    assert after[id].yearly_cost.value >= before[id].yearly_cost.value
    assert after.total_cost.value >= before.total_cost.value * (1 - 1e-12)


@settings(max_examples=15)
@given(files.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_file_changes_no_cost_and_no_concentration(map_of, orders):
    one, other = (map_of(*rows) for rows in orders)
    assert {row.process.id: row.yearly_cost.value for row in one.processes} == {
        row.process.id: row.yearly_cost.value for row in other.processes
    }
    assert one.concentration == other.concentration
