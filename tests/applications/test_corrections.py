import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import definition
from applications.corrections import Lock
from applications.enums import ApplicationState, EventKind
from applications.models import Application, Attachment, CorrectionRequest
from applications.services import casework, drafts, uploads
from applications.services.drafts import NotEditable
from applications.services.submission import Incomplete
from cityhall.days import add_business_days, local_date
from tests.applications import sample
from tests.applications.filing import url
from tests.applications.sendkit import DOCUMENT, make_draft, make_procedure, seen, send

pytestmark = pytest.mark.django_db

S = ApplicationState
FORM = definition.parse(DOCUMENT)
SENT = {"name": "高橋 さくら", "child": "no", "note": "よろしく"}


@pytest.fixture
def sent(municipality, department, resident):
    return send(make_draft(make_procedure(department), resident), resident)


def ask(application, handler, **comments):
    """A handler takes the case and asks for corrections."""
    case = casework.take(application=seen(application), by=handler)
    casework.return_for_correction(application=case, message="", comments=comments, by=handler)
    return seen(application)


def save(application, number, **values):
    page = FORM.pages[number - 1]
    drafts.save_page(application=application, page=page, values=values, expected_revision=None)


# --- what is open -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked", "now", "locked"),
    [
        ({"note"}, SENT, {"name", "child", "paper"}),
        ({"child"}, SENT, {"name", "note", "paper"}),
        # the corrected answer brings up a question that was hidden
        ({"child"}, SENT | {"child": "yes"}, {"name", "note", "paper"}),
        # what is locked brings up nothing
        ({"note"}, SENT | {"child": "yes"}, {"name", "child", "paper"}),
    ],
)
def test_what_was_asked_and_not_marked_is_locked(marked, now, locked):
    assert Lock(SENT, frozenset(marked)).locked_keys(FORM, now) == locked


def test_settled_answers_keep_what_is_locked():
    lock = Lock(SENT, frozenset({"child"}))
    tampered = {"name": "別人", "child": "yes", "child_name": "高橋 みなみ", "note": "書き換え"}
    answers, locked = lock.settle(FORM, tampered)
    assert answers == SENT | {"child": "yes", "child_name": "高橋 みなみ"}
    assert "child_name" not in locked


def test_an_answer_that_is_hidden_by_the_correction_goes():
    lock = Lock(SENT | {"child": "yes", "child_name": "高橋 みなみ"}, frozenset({"child"}))
    assert lock.settle(FORM, {"child": "no"})[0] == SENT


# --- services -----------------------------------------------------------------------------------


def test_only_the_marked_answer_changes_whatever_was_sent(sent, resident, handler):
    returned = ask(sent, handler, note="くわしく書いてください。")
    save(returned, 1, name="別人", child="yes", child_name="だれか")
    save(returned, 2, note="くわしく書きました。")
    again = send(returned, resident)
    assert again.revisions.last().answers == {
        "name": "高橋 さくら",
        "child": "no",
        "note": "くわしく書きました。",
    }
    assert (again.state, again.events.last().kind) == (S.IN_REVIEW, EventKind.RESUBMITTED)


def test_a_question_brought_up_must_be_answered(sent, resident, handler):
    returned = ask(sent, handler, child="ご確認ください。")
    save(returned, 1, child="yes")
    with pytest.raises(Incomplete) as caught:
        send(returned, resident)
    assert [problem.key for problem in caught.value.problems] == ["child_name"]
    save(returned, 1, child="yes", child_name="高橋 みなみ")
    assert send(returned, resident).revisions.last().answers["child_name"] == "高橋 みなみ"


def test_without_marks_everything_is_open(sent, resident, handler):
    case = casework.take(application=seen(sent), by=handler)
    casework.return_for_correction(application=case, message="ご確認ください。", comments={}, by=handler)
    save(seen(sent), 1, name="高橋 桜", child="no")
    assert send(sent, resident).revisions.last().answers["name"] == "高橋 桜"


def test_files_that_were_not_marked_stay(sent, resident, handler):
    question = FORM.by_key["paper"]
    Application.objects.filter(pk=sent.pk).update(editing_since=timezone.now())
    paper = uploads.attach(application=sent, field=question, upload=sample.png(), by=resident.user)
    send(sent, resident)
    returned = ask(sent, handler, note="くわしく書いてください。")
    with pytest.raises(NotEditable):
        uploads.detach(application=returned, public_id=paper.public_id)
    with pytest.raises(NotEditable):
        uploads.attach(application=returned, field=question, upload=sample.png("blue"), by=resident.user)
    assert Attachment.objects.get(application=sent).removed_at is None


def test_what_was_typed_and_not_sent_is_no_part_of_the_correction(sent, resident, handler):
    Application.objects.filter(pk=sent.pk).update(editing_since=timezone.now())
    save(seen(sent), 2, note="送らなかった文")
    returned = ask(sent, handler, note="くわしく書いてください。")
    assert (returned.editing_since, returned.draft_answers["note"]) == (None, "よろしくお願いします。")


def test_the_days_of_a_correction_are_no_part_of_the_period(sent, resident, handler):
    due = sent.due_on
    returned = ask(sent, handler, note="くわしく書いてください。")
    asked = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
    CorrectionRequest.objects.update(asked_at=asked)
    # Friday to the Thursday after, with a holiday on the Monday between
    again = send(returned, resident, now=dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC))
    assert local_date(asked) == dt.date(2026, 11, 20)
    assert again.due_on == add_business_days(due, 3)


# --- pages --------------------------------------------------------------------------------------


def test_every_way_leads_straight_to_the_marked_question(login, sent, resident, handler):
    returned = ask(sent, handler, note="くわしく書いてください。")
    address = url("draft_page", returned, 2) + "?check=1#question-note"
    browser = login(resident)
    for page in (url("application_detail", returned), reverse("portal:my_page")):
        assert f'href="{address}"' in browser.get(page).text
    page = browser.get(address).text
    assert 'id="question-note"' in page
    assert "くわしく書いてください。" in page


def test_pages_show_what_is_locked_and_ask_for_the_rest_only(login, sent, resident, handler):
    returned = ask(sent, handler, child="ご確認ください。")
    page = login(resident).get(url("draft_page", returned, 1)).text
    assert 'name="q-name"' not in page
    assert "高橋 さくら" in page
    assert "変更できません" in page
    assert 'name="q-child"' in page
    other = login(resident).get(url("draft_page", returned, 2)).text
    assert 'name="q-note"' not in other


def test_pages_that_were_sent_are_not_called_empty(login, sent, resident, handler):
    returned = ask(sent, handler, note="くわしく書いてください。")
    for number in (1, 2):
        assert (
            "（未入力）"
            not in login(resident)
            .get(url("draft_page", returned, number))
            .text.replace("内容の確認", "")
            .split("steps__item--todo")[0]
        )


def test_tampered_page_changes_no_locked_answer(login, sent, resident, handler):
    returned = ask(sent, handler, note="くわしく書いてください。")
    browser = login(resident)
    browser.post(url("draft_page", returned, 1), {"q-name": "別人", "q-child": "no", "action": "next"})
    browser.post(url("draft_page", returned, 2), {"q-note": "くわしく書きました。", "action": "next"})
    check = browser.get(url("draft_check", returned)).text
    assert "別人" not in check
    browser.post(url("application_submit", returned))
    assert sent.revisions.last().answers == {
        "name": "高橋 さくら",
        "child": "no",
        "note": "くわしく書きました。",
    }


def test_handler_sees_the_difference(login, sent, resident, handler):
    returned = ask(sent, handler, note="くわしく書いてください。")
    save(returned, 2, note="くわしく書きました。")
    send(returned, resident)
    page = login(handler).get(url("case_detail", sent)).text
    assert "前回からの変更" in page
    assert "よろしくお願いします。" in page
    assert "くわしく書きました。" in page
