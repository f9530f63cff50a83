"""Conditions and calculations between JSON, rows of drop-downs, and words."""

import json
from pathlib import Path

import pytest
from django.http import QueryDict

from applications import conditions
from applications.definition import parse
from applications.designer import calculation_form, condition_form
from applications.designer.labels import Labels
from applications.designer.rules import Plan, Rule, condition_of, operators, plan_of
from applications.designer.sentences import condition_sentence, value_sentence
from applications.designer.subjects import subjects
from tests.applications.designkit import small_form

VECTORS = Path(__file__).with_name("condition_vectors.json")

SAYABLE = {
    "choice": ({"eq": [{"answer": "kind"}, "new"]}, "「区分」が「新規」"),
    "not_choice": ({"ne": [{"answer": "kind"}, "new"]}, "「区分」が「新規」ではない"),
    "one_of": ({"in": [{"answer": "kind"}, ["new", "change"]]}, "「区分」が「新規」・「変更」のどれか"),
    "none_of": ({"not": {"in": [{"answer": "kind"}, ["new", "change"]]}}, "「区分」が「新規」・「変更」のどれでもない"),
    "filled": ({"filled": {"answer": "note"}}, "「備考」に回答がある"),
    "blank": ({"not": {"filled": {"answer": "note"}}}, "「備考」に回答がない"),
    "chosen": ({"contains": [{"answer": "news"}, "mail"]}, "「お知らせ」に「メール」が含まれる"),
    "not_chosen": (
        {"not": {"contains": [{"answer": "news"}, "mail"]}},
        "「お知らせ」に「メール」が含まれない",
    ),
    "number": ({"gte": [{"answer": "adults"}, 2]}, "「大人の人数」が2以上"),
    "decimal": ({"lt": [{"answer": "adults"}, {"number": "1.5"}]}, "「大人の人数」が1.5未満"),
    "date": ({"lte": [{"answer": "birth"}, {"date": "2026-04-01"}]}, "「生年月日」が令和8年4月1日以前"),
    "age": (
        {"lt": [{"age_on": [{"answer": "birth"}, {"today": True}]}, 18]},
        "「生年月日」から数えた今の年齢が18未満",
    ),
    "age_on_a_day": (
        {"gte": [{"age_on": [{"answer": "birth"}, {"date": "2026-04-01"}]}, 65]},
        "「生年月日」から数えた令和8年4月1日の年齢が65以上",
    ),
    "deadline": (
        {"lte": [{"today": True}, {"add_days": [{"answer": "birth"}, 14]}]},
        "申請する日が「生年月日」の14日後まで",
    ),
    "late": (
        {"gt": [{"today": True}, {"add_days": [{"answer": "birth"}, 15]}]},
        "申請する日が「生年月日」の15日後を過ぎている",
    ),
    "from_today": (
        {"gte": [{"answer": "birth"}, {"add_days": [{"today": True}, 3]}]},
        "「生年月日」が申請する日の3日後以後",
    ),
    "rows": ({"gt": [{"count": {"rows": "child"}}, 2]}, "「お子さま」の行数が2より大きい"),
    "some_row": (
        {"some": {"rows": "child", "where": {"gte": [{"row": "cost"}, 1000]}}},
        "「お子さま」のどれかの行で、「費用」が1,000以上",
    ),
    "age_in_some_row": (
        {"some": {"rows": "child", "where": {"lt": [{"age_on": [{"row": "birth"}, {"today": True}]}, 3]}}},
        "「お子さま」のどれかの行で、「生年月日」から数えた今の年齢が3未満",
    ),
    "every_row": (
        {"every": {"rows": "child", "where": {"filled": {"row": "name"}}}},
        "「お子さま」のすべての行で、「氏名」に回答がある",
    ),
    "all": (
        {"all": [{"eq": [{"answer": "kind"}, "new"]}, {"filled": {"answer": "note"}}]},
        "「区分」が「新規」、かつ 「備考」に回答がある",
    ),
    "not_any": (
        {"not": {"any": [{"eq": [{"answer": "kind"}, "new"]}, {"filled": {"answer": "note"}}]}},
        "（「区分」が「新規」、または 「備考」に回答がある）ではない",
    ),
}


@pytest.mark.parametrize("name", SAYABLE)
def test_rows_say_the_condition_and_words_tell_it(name):
    condition, words = SAYABLE[name]
    form = small_form()
    plan = plan_of(condition, subjects(form, path="adults2"))
    assert plan is not None
    assert condition_of(plan) == condition
    assert condition_sentence(condition, Labels.of(form)) == words


@pytest.mark.parametrize("name", SAYABLE)
def test_what_rows_say_may_be_published(name):
    form = small_form()
    form["pages"][1]["fields"][1]["visible_when"] = SAYABLE[name][0]
    problems = conditions.check(parse(form))
    # a field may not look at itself
    assert ([problem.message for problem in problems] == []) == ("note" not in json.dumps(SAYABLE[name][0]))


UNSAYABLE = [
    {"eq": [{"answer": "kind"}, {"answer": "note"}]},
    {
        "all": [
            {"any": [{"filled": {"answer": "note"}}, {"filled": {"answer": "kind"}}]},
            {"filled": {"answer": "note"}},
        ]
    },
    {"gt": [{"sum": [{"answer": "adults"}, 1]}, 3]},
    {"eq": [{"answer": "gone"}, "new"]},
    {"filled": {"answer": "note"}, "eq": [1, 1]},
    {"eq": [{"answer": "note"}, 5]},
    {"gte": [{"answer": "adults"}, "many"]},
    {"lte": [{"today": True}, {"add_days": [{"answer": "birth"}, True]}]},
    {"nonsense": 1},
    {},
    [],
    "text",
    7,
    None,
    {"all": []},
    {"not": {"not": {"filled": {"answer": "note"}}}},
]


@pytest.mark.parametrize("condition", UNSAYABLE, ids=str)
def test_what_rows_cannot_say_is_kept_and_told_in_words(condition):
    form = small_form()
    assert plan_of(condition, subjects(form)) is None
    assert condition_sentence(condition, Labels.of(form)) != ""


def test_every_vector_of_the_language_is_told_and_never_changed_by_reading():
    cases = json.loads(VECTORS.read_text(encoding="utf-8"))
    trees = list(_trees(cases))
    assert len(trees) > 200
    form = small_form()
    known = subjects(form)
    for tree in trees:
        assert condition_sentence(tree, Labels.of(form))
        assert value_sentence(tree, Labels.of(form))
        plan = plan_of(tree, known)
        assert plan is None or condition_of(plan) in (tree, *_only_member(tree))


def _trees(value):
    if isinstance(value, dict):
        if len(value) == 1:
            yield value
        for item in value.values():
            yield from _trees(item)
    elif isinstance(value, list):
        for item in value:
            yield from _trees(item)


def _only_member(tree):
    body = next(iter(tree.values()))
    return body if isinstance(body, list) and len(body) == 1 else []


def test_every_operator_of_every_subject_is_read_back():
    form = small_form()
    for path in ("", "child.cost"):
        known = subjects(form, path=path)
        for subject in known:
            for operator in operators(subject):
                value = subject.options[0][0] if subject.options else _sample(subject.kind.value)
                rule = Rule(subject, operator, _values(operator, value), _days(operator))
                condition = condition_of(Plan((rule,)))
                plan = plan_of(condition, known)
                assert plan is not None, (subject.name, operator)
                assert condition_of(plan) == condition


def _sample(kind):
    return {"number": "3", "date": "2026-04-01", "time": "09:00", "date_time": "2026-04-01T09:00"}.get(kind, "語")


def _values(operator, value):
    return () if operator in ("filled", "blank", "within", "past", "not_before", "not_after") else (value,)


def _days(operator):
    return "14" if operator in ("within", "past", "not_before", "not_after") else ""


def test_subjects_leave_out_the_field_itself_and_offer_the_own_row():
    names = [subject.name for subject in subjects(small_form(), path="child.cost")]
    assert "row:name" in names
    assert "rowage:birth" in names
    assert "answer:kind" in names
    assert not {"row:cost", "count:child", "some:child.name"} & set(names)
    assert "answer:kind" not in [subject.name for subject in subjects(small_form(), path="kind")]


# --- the pages' rows ----------------------------------------------------------------------------


def sent(**values):
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name.replace("_", "-"), value if isinstance(value, list) else [value])
    return data


def test_rows_sent_become_a_condition():
    data = sent(subject_0="answer:kind", operator_0="in", value_0=["new", "change"])
    data.update(sent(subject_1="age:birth", operator_1="lt", value_1="18", on_1="2026-04-01", joiner="any"))
    form = condition_form.form_sent(small_form(), "note", data).checked()
    assert not form.has_errors
    assert form.condition() == {
        "any": [
            {"in": [{"answer": "kind"}, ["new", "change"]]},
            {"lt": [{"age_on": [{"answer": "birth"}, {"date": "2026-04-01"}]}, 18]},
        ]
    }


@pytest.mark.parametrize(
    "row",
    [
        {"operator_0": "in"},
        {"operator_0": "in", "value_0": "no such option"},
        {"operator_0": "nonsense", "value_0": "new"},
        {"operator_0": "gte", "value_0": "new"},
    ],
)
def test_incomplete_rows_are_told_and_kept(row):
    form = condition_form.form_sent(small_form(), "note", sent(subject_0="answer:kind", **row)).checked()
    assert form.has_errors
    assert form.rows[0].error


@pytest.mark.parametrize(
    ("subject", "operator", "value"),
    [
        ("answer:adults", "gte", "２人"),
        ("answer:adults", "gte", "NaN"),
        ("answer:birth", "lte", "2026-02-30"),
        ("answer:birth", "within", ""),
        ("age:birth", "gte", ""),
    ],
)
def test_values_of_another_kind_are_refused(subject, operator, value):
    data = sent(subject_0=subject, operator_0=operator, value_0=value)
    assert condition_form.form_sent(small_form(), "note", data).checked().has_errors


def test_rows_about_questions_that_are_gone_are_left_out():
    data = sent(subject_0="answer:gone", operator_0="filled")
    form = condition_form.form_sent(small_form(), "note", data)
    assert form.rows == ()
    assert form.checked().error


# --- calculations -------------------------------------------------------------------------------

CALCULATIONS = {
    "fixed": ({"sum": [300]}, "300"),
    "price": ({"times": [{"answer": "adults"}, 500]}, "「大人の人数」 × 500"),
    "sum": (
        {"sum": [{"times": [{"answer": "adults"}, 500]}, {"times": [{"count": {"rows": "child"}}, 200]}]},
        "「大人の人数」 × 500 ＋ 「お子さま」の行数 × 200",
    ),
    "rows": ({"sum": {"rows": "child", "of": {"row": "cost"}}}, "「お子さま」の各行の「費用」の合計"),
    "table": (
        {"lookup": {"of": {"answer": "kind"}, "in": {"new": 300, "change": {"number": "150.5"}}}},
        "「区分」ごとの値（「新規」→300、「変更」→150.5）",
    ),
    "two_questions": ({"times": [{"answer": "adults"}, {"answer": "adults"}]}, "「大人の人数」 × 「大人の人数」"),
}


@pytest.mark.parametrize("name", CALCULATIONS)
def test_lines_say_the_calculation_and_words_tell_it(name):
    expression, words = CALCULATIONS[name]
    form = small_form()
    lines = calculation_form.form_of(form, "total", expression)
    assert lines is not None
    assert lines.checked().error == ""
    assert lines.expression() == expression
    assert value_sentence(expression, Labels.of(form)) == words


@pytest.mark.parametrize(
    "expression",
    [
        {"add_days": [{"answer": "birth"}, 3]},
        {"sum": [{"answer": "gone"}]},
        {"times": [{"answer": "adults"}, {"times": [{"answer": "adults"}, 2]}]},
        {"lookup": {"of": {"answer": "kind"}, "in": {"new": "文字"}}},
        "text",
        True,
    ],
    ids=str,
)
def test_calculations_that_lines_cannot_say_are_kept(expression):
    assert calculation_form.form_of(small_form(), "total", expression) is None


def test_lines_sent_become_a_calculation():
    data = sent(
        quantity_0="answer:adults", factor_0="500", quantity_1="table:kind", result_1_0="300", quantity_2="fixed:"
    )
    data["factor-2"] = "1.5"
    form = calculation_form.form_sent(small_form(), "total", data).checked()
    assert not form.has_errors
    assert form.expression() == {
        "sum": [
            {"times": [{"answer": "adults"}, 500]},
            {"lookup": {"of": {"answer": "kind"}, "in": {"new": 300}}},
            {"number": "1.5"},
        ]
    }


@pytest.mark.parametrize(
    "row",
    [
        {"quantity_0": "fixed:"},
        {"quantity_0": "answer:adults", "factor_0": "五百"},
        {"quantity_0": "answer:adults", "factor_0": "5", "by_0": "answer:adults"},
        {"quantity_0": "answer:adults", "by_0": "answer:gone"},
        {"quantity_0": "table:kind"},
        {},
    ],
    ids=str,
)
def test_incomplete_lines_are_told(row):
    assert calculation_form.form_sent(small_form(), "total", sent(**row)).checked().has_errors
