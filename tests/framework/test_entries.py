import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from workbook.framework.entries import Entries, Parameter

PARAMETERS = TypeAdapter(Entries[Parameter])


def parameters(**fields):
    return PARAMETERS.validate_python(fields)


def test_an_entry_knows_its_id_and_keeps_the_order_of_the_file():
    entries = parameters(weeks={"unit": "weeks", "value": 12}, share={"unit": "share", "low": 0.1, "high": 0.15})
    assert list(entries) == ["weeks", "share"]
    assert entries["share"].id == "share"


def test_an_unknown_entry_is_refused_with_the_nearest_id():
    with pytest.raises(KeyError, match="did you mean 'utilisation'"):
        parameters(utilisation={"unit": "share", "value": 0.3})["utilization"]


def test_entries_are_read_only():
    entries = parameters(weeks={"unit": "weeks", "value": 12})
    with pytest.raises(TypeError):
        entries["weeks"] = None
    with pytest.raises(ValidationError):
        entries["weeks"].value = 6


def test_entries_survive_pickling_and_copying():
    entries = parameters(weeks={"unit": "weeks", "value": 12})
    assert pickle.loads(pickle.dumps(entries)) == entries
    assert copy.deepcopy(entries) == entries


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_range_has_its_low_end_below_its_high_end(low, high):
    if low < high:
        assert parameters(x={"unit": "months", "low": low, "high": high})["x"].high == high
    else:
        with pytest.raises(ValidationError, match="low below high"):
            parameters(x={"unit": "months", "low": low, "high": high})


@pytest.mark.parametrize(
    "numbers",
    [{}, {"low": 1}, {"high": 1}, {"value": 1, "low": 0, "high": 2}, {"value": 1, "high": 2}, {"value": float("nan")}],
)
def test_a_parameter_is_either_one_value_or_a_whole_range(numbers):
    with pytest.raises(ValidationError):
        parameters(x={"unit": "months", **numbers})


@pytest.mark.parametrize("id", ["Weeks", "1st", "data-work", "data work", ""])
def test_an_id_of_another_form_is_refused(id):
    with pytest.raises(ValidationError, match="pattern"):
        parameters(**{id: {"unit": "weeks", "value": 12}})


@pytest.mark.parametrize("entry", [{"unit": "weeks", "value": "12"}, {"unit": "fortnights", "value": 1}, 12])
def test_a_value_of_another_type_is_refused_not_converted(entry):
    with pytest.raises(ValidationError):
        parameters(x=entry)
