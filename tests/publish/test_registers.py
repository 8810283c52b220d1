"""The figure register is taken out of the notebook and written canonically."""

import json
import math

import pytest
from publish_notebooks import figures, notebook

from workbook.publish.bundle import ExhibitError
from workbook.publish.registers import canonical_json, read_register


def test_the_register_is_what_the_notebook_displayed():
    assert read_register(notebook(figures()))["figures"]["total-cost"]["unit"] == "EUR"


@pytest.mark.parametrize(("count", "words"), [(0, "no figure register"), (2, "2 figure registers")])
def test_there_is_exactly_one_register(count, words):
    with pytest.raises(ExhibitError, match=words):
        read_register(notebook(*(dict(figures(), id=f"register-{n}") for n in range(count))))


def test_order_of_keys_and_noise_of_addition_do_not_show():
    one = canonical_json({"figures": {"b": {"value": 0.1 + 0.2}, "a": {"value": 3.0, "from": ["z", "y"]}}})
    two = canonical_json({"figures": {"a": {"from": ["z", "y"], "value": 3}, "b": {"value": 0.3}}})
    assert one == two
    assert json.loads(one)["figures"] == {"a": {"from": ["z", "y"], "value": 3}, "b": {"value": 0.3}}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ExhibitError):
        canonical_json({"figures": {"a": {"value": value}}})
