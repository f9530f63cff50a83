"""What nobody is asked stands folded at the end of its page, for those who want to add it."""

import pytest
from django.template.loader import render_to_string

from applications.definition import parse
from counter.adding import with_addable
from counter.combined import Part, asked, combine, is_on_request
from counter.form_pages import Filling, page_context
from tests.counter.combinedkit import outcome_of_typed

NAME = {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"}
MAIL = {"key": "mail", "type": "email", "label": "メール", "concept": "applicant.email"}
PHONE = {"key": "phone", "type": "phone", "label": "電話", "concept": "applicant.phone"}
FIRST = 1


def filling(*forms, **values):
    parts = [
        Part(
            f"form{number}",
            parse({"schema": 1, "pages": [{"key": "one", "title": "質問", "fields": list(fields)}]}),
            "届",
        )
        for number, fields in enumerate(forms, start=1)
    ]
    return Filling(combine(parts), values)


def page_of(one, **given):
    return page_context(one, FIRST, one.page_form(FIRST, **given))


def paths(blocks):
    return [block.path for block in blocks]


def test_question_that_every_form_does_without_is_folded():
    found = page_of(filling([NAME, MAIL, PHONE], [NAME, MAIL]))
    assert paths(found["asked"]) == ["applicant_name", "applicant_phone"]
    assert paths(found["addable"].blocks) == ["applicant_email"]
    assert not found["addable"].is_open


@pytest.mark.parametrize("needed", [{"required": True}, {"required_when": {"filled": {"answer": "phone"}}}])
def test_question_that_one_form_needs_is_asked(needed):
    one = filling([NAME, PHONE, MAIL | needed], [NAME, MAIL])
    assert not is_on_request(one.form.by_key["applicant_email"])
    assert page_of(one)["addable"] is None


def test_optional_question_of_another_kind_is_asked():
    assert page_of(filling([NAME, PHONE]))["addable"] is None


@pytest.mark.parametrize(
    ("values", "data"),
    [({"applicant_email": "a@example.jp"}, None), ({}, {"q-applicant_email": "half", "action": "next"})],
)
def test_fold_is_open_where_something_is_said_or_wrong(values, data):
    one = filling([NAME, MAIL], **values)
    assert page_of(one, data=data)["addable"].is_open


def test_question_out_of_sight_stands_among_the_others():
    """An answer of the page brings it up, where it is looked for."""
    hidden = MAIL | {"visible_when": {"eq": [{"answer": "asks"}, "yes"]}}
    one = filling([{"key": "asks", "type": "yes_no", "label": "希望"}, hidden])
    form = one.page_form(one.form.page_of("applicant_email"))
    found = with_addable(form, one.values)
    assert found["addable"] is None
    assert "applicant_email" in paths(found["asked"])


def test_page_names_what_may_be_added():
    found = page_of(filling([NAME, MAIL]))
    html = render_to_string("counter/_questions.html", found)
    assert '<details class="disclosure"><summary>書き足す（書かなくてもかまいません）：「メール」</summary>' in html
    assert html.index("q-applicant_email") > html.index("<details")


def test_what_is_folded_is_put_to_nobody():
    one = filling([NAME, MAIL, PHONE])
    found = outcome_of_typed(one.form, {})
    assert asked(one.combined, found) == 2
