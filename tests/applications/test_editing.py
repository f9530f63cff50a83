import pytest
from django.db import connection

from applications import definition
from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationRevision
from applications.services import casework, drafts, uploads
from applications.services.drafts import NotEditable, TakenMeanwhile
from applications.services.editing import start_editing, stop_editing
from applications.services.withdrawal import withdraw
from cityhall.errors import StaleState
from notices.models import OutgoingMail
from tests.applications import sample
from tests.applications.filing import url
from tests.applications.sendkit import make_draft, make_procedure, seen, send
from tests.applications.test_races import at_once

pytestmark = pytest.mark.django_db

S = ApplicationState


@pytest.fixture
def sent(municipality, department, resident):
    return send(make_draft(make_procedure(department), resident), resident)


def save(application, number=2, **values):
    form = definition.form_of(application.form_version)
    page = form.pages[number - 1]
    return drafts.save_page(application=application, page=page, values=values, expected_revision=None)


def test_editing_begins_with_what_was_sent_and_leaves_the_case_as_it_stands(sent, resident):
    open_now = start_editing(application=sent)
    assert open_now.is_editable
    assert open_now.draft_answers == {"name": "高橋 さくら", "child": "no", "note": "よろしくお願いします。"}
    save(sent, note="変えました。")
    row = seen(sent)
    assert (row.state, row.revision, row.revisions.count()) == (S.SUBMITTED, sent.revision, 1)
    assert row.revisions.get().answers["note"] == "よろしくお願いします。"


def test_sending_again_adds_a_revision_an_event_and_a_mail(sent, resident):
    start_editing(application=sent)
    save(sent, note="変えました。")
    again = send(sent, resident)
    assert (again.state, again.editing_since, again.number) == (S.SUBMITTED, None, sent.number)
    assert [revision.answers["note"] for revision in again.revisions.order_by("number")] == [
        "よろしくお願いします。",
        "変えました。",
    ]
    assert again.events.last().kind == EventKind.EDITED
    assert OutgoingMail.objects.last().subject == "【緑野市】変更した内容を受け付けました"
    assert again.revision == sent.revision + 1


def test_sending_twice_changes_nothing_more(sent, resident):
    start_editing(application=sent)
    save(sent, note="変えました。")
    for _click in range(2):
        assert send(sent, resident).number == sent.number
    assert sent.revisions.count() == 2
    assert OutgoingMail.objects.count() == 2


def test_sending_without_a_change_ends_the_editing(sent, resident):
    start_editing(application=sent)
    assert send(sent, resident).revisions.count() == 1
    assert seen(sent).editing_since is None
    assert OutgoingMail.objects.count() == 1


def test_beginning_twice_keeps_what_was_typed(sent):
    start_editing(application=sent)
    save(sent, note="変えました。")
    assert start_editing(application=sent).draft_answers["note"] == "変えました。"


def test_a_sent_application_is_closed_until_editing_begins(sent):
    with pytest.raises(NotEditable) as caught:
        save(sent, note="変えました。")
    assert type(caught.value) is NotEditable
    assert seen(sent).draft_answers["note"] == "よろしくお願いします。"


def test_giving_up_brings_answers_and_files_back(sent, resident):
    question = definition.form_of(sent.form_version).by_key["paper"]
    start_editing(application=sent)
    first = uploads.attach(application=sent, field=question, upload=sample.png("red"), by=resident.user)
    again = send(sent, resident)
    start_editing(application=again)
    uploads.detach(application=again, public_id=first.public_id)
    second = uploads.attach(application=again, field=question, upload=sample.png("blue"), by=resident.user)
    save(again, note="変えました。")
    for _click in range(2):
        stopped = stop_editing(application=again)
    assert (stopped.editing_since, stopped.draft_answers["note"]) == (None, "よろしくお願いします。")
    kept = dict(sent.attachments.values_list("public_id", "removed_at"))
    assert kept[first.public_id] is None
    assert kept[second.public_id] is not None


@pytest.mark.parametrize("state", sorted(set(S) - {S.SUBMITTED, S.DRAFT, S.RETURNED}))
def test_nothing_is_edited_once_somebody_works_on_it(sent, handler, state):
    Application.objects.filter(pk=sent.pk).update(
        state=state, decision="approve", decided_at=sent.submitted_at, handler=handler
    )
    with pytest.raises(NotEditable):
        start_editing(application=seen(sent))


def test_an_assigned_case_is_not_edited_though_its_review_has_not_begun(sent, handler):
    Application.objects.filter(pk=sent.pk).update(handler=handler)
    with pytest.raises(NotEditable):
        start_editing(application=seen(sent))


def test_taken_meanwhile_nothing_is_half_sent_and_the_text_stays(sent, resident, handler):
    start_editing(application=sent)
    save(sent, note="変えました。")
    casework.take(application=seen(sent), by=handler)
    with pytest.raises(TakenMeanwhile):
        send(sent, resident)
    with pytest.raises(TakenMeanwhile):
        save(sent, note="もっと変えました。")
    row = seen(sent)
    assert row.revisions.get().answers["note"] == "よろしくお願いします。"
    assert row.draft_answers["note"] == "もっと変えました。"
    assert [event.kind for event in row.events.all()] == [EventKind.SUBMITTED, EventKind.TAKEN]


def test_the_handler_who_saw_the_old_answers_is_told(sent, resident, handler):
    page = seen(sent)
    start_editing(application=sent)
    save(sent, note="変えました。")
    send(sent, resident)
    with pytest.raises(StaleState):
        casework.take(application=page, by=handler)


def test_withdrawing_ends_the_editing(sent, resident):
    start_editing(application=sent)
    assert withdraw(application=seen(sent), by=resident.user).editing_since is None
    assert not seen(sent).is_editable


# --- pages --------------------------------------------------------------------------------------


def test_pages_from_the_button_to_the_receipt(login, sent, resident):
    browser = login(resident)
    assert "内容を変更する" in browser.get(url("application_detail", sent)).text
    check = browser.post(url("application_edit", sent), follow=True)
    assert check.redirect_chain[-1][0] == url("draft_check", sent)
    assert "変更した内容を送信する" in check.text
    data = {"q-note": "変えました。", "action": "next", "seen": "note paper"}
    browser.post(url("draft_page", sent, 2) + "?check=1", data)
    done = browser.post(url("application_submit", sent), follow=True)
    assert "変更した内容を受け付けました" in done.text
    assert sent.revisions.last().answers["note"] == "変えました。"


def test_page_of_somebody_who_was_overtaken_shows_the_text(login, sent, resident, handler):
    browser = login(resident)
    browser.post(url("application_edit", sent))
    casework.take(application=seen(sent), by=handler)
    page = browser.post(url("draft_page", sent, 2), {"q-note": "変えました。", "action": "next"}, follow=True)
    assert str(TakenMeanwhile.message) in page.text
    assert "送信されていない変更があります" in page.text
    assert "変えました。" in page.text
    assert "内容を変更する" not in page.text
    browser.post(url("application_edit_stop", sent))
    assert "送信されていない変更があります" not in browser.get(url("application_detail", sent)).text


def test_the_case_page_says_that_something_is_being_changed_and_shows_the_difference(login, sent, resident, handler):
    start_editing(application=sent)
    page = login(handler).get(url("case_detail", sent)).text
    assert "申請者が内容を変更している途中です。" in page
    save(sent, note="変えました。")
    send(sent, resident)
    response = login(handler).get(url("case_detail", sent))
    (change,) = response.context["file"].changes
    assert (change.label, change.before.text, change.after.text) == ("備考", "よろしくお願いします。", "変えました。")
    first = login(handler).get(url("case_revision", sent, 1)).text
    assert "よろしくお願いします。" in first
    assert "変えました。" not in first
    assert login(handler).get(url("case_revision", sent, 3)).status_code == 404


@pytest.mark.parametrize("name", ["application_edit", "application_edit_stop"])
def test_editing_is_nobody_elses(login, client, sent, another_resident, handler, name):
    assert client.post(url(name, sent)).url.startswith("/accounts/login/")
    for person in (another_resident, handler):
        assert login(person).post(url(name, sent)).status_code == 404
    assert seen(sent).editing_since is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_taking_and_sending_at_once_exclude_each_other(municipality, department, resident, handler):
    for number in range(5):
        sent = send(make_draft(make_procedure(department), resident), resident)
        start_editing(application=sent)
        save(sent, note=f"変更{number}")
        page = seen(sent)
        results = at_once(
            lambda page=page: casework.take(application=page, by=handler), lambda sent=sent: send(sent, resident)
        )
        taken, again = results
        revisions = ApplicationRevision.objects.filter(application=sent).count()
        if isinstance(again, TakenMeanwhile):
            assert (seen(sent).state, revisions, taken.handler) == (S.IN_REVIEW, 1, handler)
        else:
            assert (type(taken), seen(sent).state, revisions) == (StaleState, S.SUBMITTED, 2)
