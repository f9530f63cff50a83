"""The pages of a combined form: what is kept of a sent page, and when it is shown again."""

import pytest
from django.http import QueryDict

from applications import typed
from applications.definition import parse
from counter.combined import Part, combine
from counter.form_pages import Filling, page_context, take
from tests.applications import sample

FORM = parse(
    {
        "schema": 1,
        "pages": [
            {
                "key": "main",
                "title": "申請",
                "fields": [
                    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
                    *sample.asked_on_yes("moves", "引っ越しましたか", "reason", "理由"),
                    {
                        "key": "pets",
                        "type": "rows",
                        "label": "犬",
                        "max_rows": 12,
                        "fields": [{"key": "call", "type": "text", "label": "名前", "required": True}],
                    },
                ],
            }
        ],
    }
)
NAME = {"q-applicant_name.family": "高橋", "q-applicant_name.given": "さくら"}


@pytest.fixture
def filling():
    return Filling(combine([Part("one", FORM, "届"), Part("two", FORM, "申請")]), {})


def _sent(**fields):
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _number_of(filling, key):
    return filling.form.page_of(key)


def test_a_page_keeps_what_was_typed_right_or_wrong_and_says_what_is_missing(filling):
    number = _number_of(filling, "applicant_name")
    taken = take(filling, number, _sent(**{"q-applicant_name.family": "高橋", "action": "next"}))
    assert taken.stays
    assert taken.filling.values["applicant_name"]["family"] == "高橋"
    assert {problem.key for problem in taken.form.problems()} == {"applicant_name"}


def test_going_back_keeps_a_page_without_complaints(filling):
    taken = take(filling, _number_of(filling, "applicant_name"), _sent(action="previous"))
    assert (taken.stays, taken.action) == (False, "previous")


def test_a_new_question_is_shown_before_going_on(filling):
    number = _number_of(filling, "p1_moves")
    taken = take(filling, number, _sent(**{"q-p1_moves": "yes", "seen": "", "action": "next"}))
    assert taken.stays
    assert taken.fresh == ("理由",)
    assert list(page_context(taken.filling, number, taken.form, fresh=taken.fresh)["problems"]) == []
    onward = take(
        taken.filling, number, _sent(**{"q-p1_moves": "yes", "q-p1_reason": "転勤", "seen": "p1_reason", **NAME})
    )
    assert not onward.stays
    assert onward.is_complete
    assert onward.filling.after(number) == _number_of(filling, "p2_moves")


def test_rows_come_and_go_without_complaints(filling):
    number = _number_of(filling, "p1_pets")
    added = take(filling, number, _sent(action="row-add:p1_pets"))
    (row,) = added.filling.values["p1_pets"]
    assert added.stays
    assert added.anchor == f"row-p1_pets-{row['id']}"
    gone = take(added.filling, number, _sent(**{"q-p1_pets": row["id"], "action": f"row-remove:p1_pets:{row['id']}"}))
    assert "p1_pets" not in gone.filling.values


def test_the_check_of_all_pages_names_the_page_of_each_problem(filling):
    assert {(one.page_number, one.key) for one in filling.checked.problems} == {
        (_number_of(filling, key), key) for key in ("applicant_name", "p1_moves", "p2_moves")
    }


def test_a_closed_row_keeps_what_it_had(filling):
    rows = [{"id": f"r{n}", "values": {"p1_call": f"犬{n}"}} for n in range(1, 13)]
    filling.values["p1_pets"] = rows
    number = _number_of(filling, "p1_pets")
    sent = _sent(**{"q-p1_pets": [row["id"] for row in rows], "q-p1_pets.open": ["r2"], "q-p1_pets.r2.p1_call": "太郎"})
    kept = take(filling, number, sent).filling.values["p1_pets"]
    assert [row["values"]["p1_call"] for row in kept][:3] == ["犬1", "太郎", "犬3"]


def test_a_page_can_be_shown_with_its_mistakes(filling):
    number = _number_of(filling, "applicant_name")
    assert list(filling.page_form(number).errors) == []
    assert list(filling.page_form(number, is_checked=True).errors) == ["applicant_name"]
    assert typed.as_data(filling.page(number).fields, {}) == {}


def test_the_first_row_of_a_group_shows_its_questions_before_anything_is_typed():
    group = {
        "key": "children",
        "type": "rows",
        "label": "子ども",
        "min_rows": 1,
        "fields": [
            {"key": "call", "type": "text", "label": "名前", "required": True},
            {
                "key": "school",
                "type": "text",
                "label": "学校",
                "visible_when": {"filled": {"row": "call"}},
            },
        ],
    }
    form = parse({"schema": 1, "pages": [{"key": "main", "title": "申請", "fields": [group]}]})
    filling = Filling(combine([Part("one", form, "届")]), {})
    number = _number_of(filling, "p1_children")
    page = filling.page_form(number)
    row = next(path for path in page.fields if path.endswith(".p1_call"))
    assert page.outcome is not None
    assert row in page.outcome.visible
