"""Trees and answers nobody thought of: nothing raises, and Python and the browser's modules agree."""

import contextlib
import datetime as dt
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.conditions import (
    Condition,
    ConditionError,
    check,
    evaluate,
    facts_of,
    logic_document,
    outcome,
    parse_condition,
    parse_value,
    value_of,
)
from tests.applications.condition_forms import FIELDS, VECTORS, encoded, encoded_outcome, form_of_pages, in_browser

TODAY = dt.date(2026, 11, 22)
SETTINGS = {"derandomize": True, "database": None, "deadline": None}
KEYS = ("text", "text2", "kind", "kind__other", "tags", "yes", "n", "m", "yen", "d", "e", "at", "clock", "agree")
PARTS = ("name", "name.family", "spot.latitude", "paper", "children", "items", "nobody")
CELLS = ("label", "birth", "age", "fee", "kind", "tags", "person.family", "price", "count")
FORM = form_of_pages([{"key": "page", "fields": VECTORS["fields"]}])

# --- answers ---------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.sampled_from(["a", "b", "other", "1", "𠮷", "𠮷野", "葛\U000e0100", "👨‍👩‍👧", "ｱ", "！", "yes", "no"]),
    # the databases hold no lone halves of characters, and neither does JSON that came in
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
NUMBERS = st.one_of(
    st.decimals(-1000, 1000, places=2).map(str), st.integers(-(10**30), 10**30).map(str), st.sampled_from(["0", "-0.0"])
)
DATES = st.one_of(
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(str),
    st.sampled_from(["2024-02-29", "2026-11-22", "2026-02-29", "9999-12-31", "0001-01-01"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
RIGHT = {
    "text": TEXTS,
    "text2": TEXTS,
    "kind": TEXTS,
    "kind__other": TEXTS,
    "tags": st.lists(TEXTS, max_size=3),
    "yes": st.sampled_from(["yes", "no"]),
    "n": NUMBERS,
    "m": NUMBERS,
    "yen": NUMBERS,
    "d": DATES,
    "e": DATES,
    "at": DATES.map(lambda day: f"{day}T09:05"),
    "clock": st.sampled_from(["09:05", "17:15"]),
    "agree": st.just({"given": True, "version": "1"}),
    "name": st.fixed_dictionaries({}, optional={"family": TEXTS, "given": TEXTS}),
    "spot": st.fixed_dictionaries({}, optional={"latitude": NUMBERS, "note": TEXTS}),
    "paper": st.lists(TEXTS, max_size=2),
}
CHILD = {"label": TEXTS, "birth": DATES, "age": NUMBERS, "fee": NUMBERS, "kind": TEXTS, "tags": RIGHT["tags"]}
ITEM = {"price": NUMBERS, "count": NUMBERS}


def rows(cells):
    """Rows of which a cell may be blank or wrong, and an id missing or there before."""
    wrong = {name: strategy | JSON for name, strategy in cells.items()}
    return st.lists(
        st.fixed_dictionaries({}, optional={"id": st.sampled_from(["r1", "r2", "r3"]), **wrong}), max_size=4
    )


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(strategy, strategy, JSON) for name, strategy in RIGHT.items()},
        "children": rows(CHILD) | JSON,
        "items": rows(ITEM) | JSON,
    },
)

# --- trees -----------------------------------------------------------------------------------


def op(name, *parts):
    return st.tuples(*parts).map(lambda found: {name: list(found)})


def of_rows(name, part, inside):
    return st.tuples(st.sampled_from(["children", "items", "text"]), inside).map(
        lambda found: {name: {"rows": found[0], part: found[1]}}
    )


LITERALS = st.one_of(
    TEXTS,
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.booleans(),
    NUMBERS.map(lambda text: {"number": text}),
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)).map(lambda day: {"date": str(day)}),
)


def values(leaves, conditions):
    def grow(inner):
        found = [
            op("age_on", inner, inner),
            op("add_days", inner, inner | st.integers(-800, 800)),
            op("times", inner, inner),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"sum": parts}),
            st.tuples(inner, st.dictionaries(TEXTS, inner, min_size=1, max_size=3), inner).map(
                lambda parts: {"lookup": {"of": parts[0], "in": parts[1], "else": parts[2]}}
            ),
        ]
        if conditions is not None:
            found += [of_rows("sum", "of", ROW_VALUES), of_rows("count", "where", ROW_CONDITIONS)]
        return st.one_of(found)

    return st.recursive(leaves, grow, max_leaves=5)


def conditions(values, quantified):
    compare = st.tuples(st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), values, values).map(
        lambda parts: {parts[0]: [parts[1], parts[2]]}
    )
    leaves = st.one_of(
        compare,
        op("contains", values, values),
        op("in", values, st.lists(LITERALS, min_size=1, max_size=3)),
        values.map(lambda value: {"filled": value}),
        *([of_rows("some", "where", ROW_CONDITIONS), of_rows("every", "where", ROW_CONDITIONS)] if quantified else []),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=4,
    )


LEAVES = LITERALS | st.sampled_from([{"answer": key} for key in KEYS + PARTS]) | st.just({"today": True})
ROW_VALUES = values(LEAVES | st.sampled_from([{"row": key} for key in CELLS]), None)
ROW_CONDITIONS = conditions(ROW_VALUES, quantified=False)


def reads(parse):
    """Whether an expression is neither too deep nor too large."""

    def is_read(document):
        with contextlib.suppress(ConditionError):
            return parse(document, "here") is not None
        return False

    return is_read


VALUES = values(LEAVES, ROW_CONDITIONS).filter(reads(parse_value))
CONDITIONS = conditions(values(LEAVES, ROW_CONDITIONS), quantified=True).filter(reads(parse_condition))


def collected(count, strategy):
    """So many examples, always the same ones."""
    found = []

    @settings(max_examples=count, **SETTINGS)
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


# --- tests -----------------------------------------------------------------------------------


@settings(max_examples=200, **SETTINGS)
@given(JSON)
def test_parsing_gives_a_tree_or_a_sentence(document):
    # anything but this one error would come through
    with contextlib.suppress(ConditionError):
        assert isinstance(parse_condition(document, "here"), Condition)


@settings(max_examples=200, **SETTINGS)
@given(CONDITIONS, st.one_of(ANSWERS, st.dictionaries(st.sampled_from(KEYS + PARTS), JSON)))
def test_no_answer_makes_a_condition_stumble(condition, answers):
    found = evaluate(parse_condition(condition, "here"), facts_of(FIELDS, answers), today=TODAY)
    assert found is True or found is False


@settings(max_examples=200, **SETTINGS)
@given(CONDITIONS)
def test_a_form_with_any_condition_can_be_checked(condition):
    pages = [{"key": "page", "fields": [*VECTORS["fields"], {"key": "q", "type": "text", "visible_when": condition}]}]
    assert {problem.where for problem in check(form_of_pages(pages))} <= {"q"}


@settings(max_examples=200, **SETTINGS)
@given(st.sampled_from(VECTORS["outcomes"]), st.data())
def test_no_answer_makes_a_form_stumble(vector, data):
    form = form_of_pages(vector["pages"])
    answers = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(form.by_key, JSON)))
    found = outcome(form, answers, today=TODAY)
    assert found.required <= found.visible


def test_python_and_the_browser_agree_on_conditions():
    cases = [
        {"condition": condition, "answers": answers, "fields": VECTORS["fields"], "today": str(TODAY)}
        for condition, answers in collected(300, st.tuples(CONDITIONS, ANSWERS))
    ]
    ours = [
        evaluate(parse_condition(case["condition"], "here"), facts_of(FIELDS, case["answers"]), today=TODAY)
        for case in cases
    ]
    assert_same(cases, ours)
    assert 0.1 < sum(ours) / len(ours) < 0.9


def test_python_and_the_browser_agree_on_values():
    cases = [
        {"value": value, "answers": answers, "fields": VECTORS["fields"], "today": str(TODAY)}
        for value, answers in collected(300, st.tuples(VALUES, ANSWERS))
    ]
    ours = [
        encoded(value_of(parse_value(case["value"], "here"), facts_of(FIELDS, case["answers"]), today=TODAY))
        for case in cases
    ]
    assert_same(cases, ours)


def test_python_and_the_browser_agree_on_forms():
    """Chains of random conditions: each question may look at those before it."""
    # one step deeper than it was drawn: what is too deep now is refused by one side and not sent by any
    linked = CONDITIONS.filter(reads(lambda condition, where: parse_condition(_linked(condition, 1), where)))
    chains = collected(100, st.tuples(st.lists(linked, min_size=1, max_size=4), ANSWERS))
    forms = [form_of_pages(_chain(conditions)) for conditions, _answers in chains]
    answers = [{**one, "q0": "x", "q1": "5", "q2": "y"} for _conditions, one in chains]
    cases = [
        {"form": logic_document(form), "answers": one, "today": str(TODAY)}
        for form, one in zip(forms, answers, strict=True)
    ]
    ours = [encoded_outcome(outcome(form, one, today=TODAY)) for form, one in zip(forms, answers, strict=True)]
    assert_same(cases, ours)


def _chain(conditions):
    fields = [*VECTORS["fields"]]
    for number, condition in enumerate(conditions):
        fields.append(
            {
                "key": f"q{number}",
                "type": "text",
                "visible_when": _linked(condition, number),
                "required_when": condition,
            }
        )
    return [{"key": "page", "fields": fields}]


def _linked(condition, number):
    """The condition, or that the question before has no answer."""
    before = {"filled": {"answer": f"q{number - 1}"}} if number else {"filled": "always"}
    return {"any": [condition, {"not": before}]}


def assert_same(cases, ours):
    theirs = in_browser(cases)
    differing = [
        (case, one, other)
        for case, one, other in zip(cases, json.loads(json.dumps(ours)), theirs, strict=True)
        if one != other
    ]
    assert differing[:3] == []
