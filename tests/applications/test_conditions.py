"""The condition language in Python: every vector, what is refused, and that no answer makes it stumble."""

import datetime as dt

import pytest

from applications.conditions import evaluate, facts_of, outcome, parse_condition, parse_value, value_of
from tests.applications.condition_forms import FIELDS, VECTORS, encoded, encoded_outcome, form_of_pages


def _named(vectors):
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


def _today(vector):
    return dt.date.fromisoformat(vector.get("today", VECTORS["today"]))


@pytest.mark.parametrize("vector", _named(VECTORS["conditions"]))
def test_condition_vector(vector):
    condition = parse_condition(vector["condition"], "here")
    facts = facts_of(FIELDS, vector["answers"])
    assert evaluate(condition, facts, today=_today(vector)) is vector["expect"]


@pytest.mark.parametrize("vector", _named(VECTORS["values"]))
def test_value_vector(vector):
    facts = facts_of(FIELDS, vector["answers"])
    assert encoded(value_of(parse_value(vector["value"], "here"), facts, today=_today(vector))) == vector["expect"]


@pytest.mark.parametrize("vector", _named(VECTORS["outcomes"]))
def test_outcome_vector(vector):
    found = outcome(form_of_pages(vector["pages"]), vector["answers"], today=_today(vector))
    expect = vector["expect"]
    assert encoded_outcome(found) == {
        **expect,
        "visible": sorted(expect["visible"]),
        "required": sorted(expect["required"]),
    }


def test_there_are_many_vectors_and_no_two_alike():
    vectors = [*VECTORS["conditions"], *VECTORS["values"], *VECTORS["outcomes"]]
    assert len(vectors) >= 300
    assert len({vector["name"] for vector in vectors}) == len(vectors)
