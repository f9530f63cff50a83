import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationRevision, CorrectionRequest, Procedure
from applications.services import drafts
from applications.services.states import move
from applications.services.submission import Incomplete, submit
from applications.services.withdrawal import withdraw
from cityhall.days import add_business_days
from cityhall.models import AuditEvent
from cityhall.references import format_number, is_valid_number
from notices.models import OutgoingMail
from residents.models import Resident
from tests.applications import sample

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
ANSWERS = {
    "name": "高橋　さくら",
    "kana": "タカハシ　サクラ",
    "birth": "1990-04-12",
    "address": {
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "緑野市",
        "town": "緑町",
        "street": "3-30-8",
        "building": "",
    },
    "phone": "090-1234-5678",
    "email": "sakura@example.jp",
    "income": "1234567",
    "kind": "new",
    "reasons": ["work", "care"],
    "single": "no",
    "consent": {"given": True, "version": "2026-04"},
    "total": "1234567",
}


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(department=department)


@pytest.fixture
def draft(procedure, resident):
    return sample.fill(sample.start(procedure, resident), resident.user)


def _send(draft, resident, **arguments):
    return submit(application=draft, by=resident.user, **arguments)


def _return(application, handler, comments=None):
    """What a handler does: take the case and ask for a correction."""
    taken = move(application, to=ApplicationState.IN_REVIEW, event=EventKind.TAKEN, by=handler, handler=handler)
    returned = move(taken, to=ApplicationState.RETURNED, event=EventKind.RETURNED, by=handler)
    CorrectionRequest.objects.create(
        application=returned,
        message="収入をご確認ください。",
        comments=comments or {"income": "源泉徴収票の額と違います。"},
        asked_by=handler,
    )
    return returned


# --- services ---------------------------------------------------------------------------------


def test_submit_stores_the_answers_and_gives_a_number(draft, resident):
    sent = _send(draft, resident, now=NOON)
    revision = ApplicationRevision.objects.get()
    file_id = draft.attachments.get().public_id
    # read from the record, whatever the page sends
    registered = {part: getattr(resident, part) for part in ANSWERS["address"]}
    codes = {"municipality_code": "", "town_code": ""}
    assert revision.answers == ANSWERS | {"proof": [file_id], "registered": registered | codes}
    assert (revision.application, revision.number, revision.submitted_by) == (sent, 1, resident.user)
    sent.refresh_from_db()
    assert is_valid_number(sent.number)
    assert (sent.state, sent.submitted_at) == (ApplicationState.SUBMITTED, NOON)
    # ten business days after 20 November 2026, counted by the calendar itself
    assert sent.due_on == add_business_days(dt.date(2026, 11, 20), 10) == dt.date(2026, 12, 7)
    assert (sent.applicant_name, sent.applicant_kana) == ("高橋 さくら", "タカハシ サクラ")
    assert sent.applicant_search == "高橋さくら"


def test_submit_writes_history_and_audit(draft, resident):
    sent = _send(draft, resident)
    assert [event.kind for event in sent.events.all()] == [EventKind.SUBMITTED]
    event = AuditEvent.objects.get(action="state")
    assert (event.target_id, event.target_label, event.detail) == (draft.public_id, sent.number, "submit")


def test_submit_mails_the_number_and_nothing_of_the_content(draft, resident):
    sent = _send(draft, resident)
    mail = OutgoingMail.objects.get()
    assert mail.to == "resident@example.jp"
    assert mail.subject == "【緑野市】申請を受け付けました"
    assert format_number(sent.number) in mail.body
    assert draft.procedure.name in mail.body
    for answer in ("高橋", "さくら", "1234567", "1990", "緑町"):
        assert answer not in mail.body


def test_submit_twice_changes_nothing(draft, resident):
    sent = _send(draft, resident)
    again = _send(draft, resident)
    assert (again.pk, again.number) == (sent.pk, sent.number)
    assert ApplicationRevision.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
    assert sent.events.count() == 1


def test_submit_checks_everything_again(draft, resident):
    draft.draft_answers |= {"income": "たくさん", "kind": "gone"}
    del draft.draft_answers["name"]
    draft.save(update_fields=["draft_answers"])
    with pytest.raises(Incomplete) as caught:
        _send(draft, resident)
    assert [(problem.page_number, problem.key, problem.message) for problem in caught.value.problems] == [
        (1, "name", "入力してください。"),
        (2, "income", "数字で入力してください。"),
        (2, "kind", "選択肢から選んでください。"),
    ]
    draft.refresh_from_db()
    assert (draft.state, draft.number) == (ApplicationState.DRAFT, None)
    assert not ApplicationRevision.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_submit_refuses_what_the_person_did_not_see(draft, resident):
    with pytest.raises(drafts.DraftConflict):
        _send(draft, resident, draft_revision=draft.draft_revision - 1)
    assert _send(draft, resident, draft_revision=draft.draft_revision).number


def test_submit_after_closing_is_refused(draft, resident):
    Procedure.objects.update(closes_at=NOON)
    draft.procedure.refresh_from_db()
    with pytest.raises(drafts.NotOpen):
        _send(draft, resident, now=NOON)
    assert _send(draft, resident, now=NOON - dt.timedelta(seconds=1)).number


def test_submit_uses_the_form_version_the_draft_began_with(draft, resident, procedure):
    document = sample.all_types()
    document["pages"][0]["fields"][0]["label"] = "新しい氏名"
    newer = procedure.versions.create(number=2, definition=document, sha256="f" * 64)
    Procedure.objects.update(current_version=newer)
    assert _send(draft, resident).form_version.number == 1


def test_submit_of_a_procedure_without_a_period_has_no_due_date(draft, resident):
    Procedure.objects.update(standard_days=None)
    draft.procedure.refresh_from_db()
    assert _send(draft, resident).due_on is None


def test_submit_without_any_address_sends_no_mail(draft, resident):
    Resident.objects.update(contact_email="")
    resident.refresh_from_db()
    resident.user.email = None
    resident.user.email_verified_at = None
    resident.user.save(update_fields=["email", "email_verified_at"])
    Procedure.objects.update(identity_level="none")
    draft.procedure.refresh_from_db()
    assert _send(draft, resident).number
    assert not OutgoingMail.objects.exists()


def test_submit_after_withdrawal_is_refused(draft, resident):
    withdraw(application=draft, by=resident.user)
    with pytest.raises(drafts.NotEditable):
        _send(draft, resident)


def test_one_application_a_person_where_the_procedure_says_so(municipality, department, resident):
    procedure = sample.make_procedure(department=department, once_per_applicant=True)
    first = sample.fill(sample.start(procedure, resident, "1"), resident.user)
    second = sample.fill(sample.start(procedure, resident, "2"), resident.user)
    _send(first, resident)
    with pytest.raises(drafts.AlreadyFiled):
        _send(second, resident)
    withdraw(application=Application.objects.get(pk=first.pk), by=resident.user)
    assert _send(second, resident).number


def test_a_correction_is_a_new_revision_and_goes_back_to_review(draft, resident, handler):
    sent = _send(draft, resident, now=NOON)
    number = sent.number
    returned = _return(sent, handler)
    page = sample.form().pages[1]
    values = {"income": "2000000", "kind": "new", "single": "yes"}
    drafts.save_page(application=returned, page=page, values=values, expected_revision=None)
    corrected = _send(returned, resident, now=NOON + dt.timedelta(days=1))
    assert (corrected.state, corrected.number, corrected.submitted_at) == (ApplicationState.IN_REVIEW, number, NOON)
    assert corrected.handler == handler
    assert [(row.number, row.answers["income"]) for row in corrected.revisions.order_by("number")] == [
        (1, "1234567"),
        (2, "2000000"),
    ]
    assert CorrectionRequest.objects.get().answered_at == NOON + dt.timedelta(days=1)
    assert corrected.events.last().kind == EventKind.RESUBMITTED
    assert OutgoingMail.objects.last().subject == "【緑野市】補正した内容を受け付けました"
    assert _send(returned, resident).revisions.count() == 2


def test_a_correction_is_taken_after_the_procedure_closed(draft, resident, handler):
    returned = _return(_send(draft, resident), handler)
    Procedure.objects.update(closes_at=timezone.now())
    assert _send(returned, resident).state == ApplicationState.IN_REVIEW


def test_a_correction_of_what_staff_typed_in_starts_from_the_last_answers(draft, resident, handler, login):
    returned = _return(_send(draft, resident), handler)
    Application.objects.update(draft_answers={})
    response = login(resident).get(reverse("applications:draft_page", args=[returned.public_id, 2]))
    assert 'value="1234567"' in response.text
    returned.refresh_from_db()
    corrected = _send(returned, resident)
    first, second = corrected.revisions.order_by("number")
    assert first.answers == second.answers


# --- two at the same moment ---------------------------------------------------------------------


def _at_once(*calls):
    """Run the calls in threads that start together; results or the errors they ended with."""
    barrier = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(index, call):
        try:
            barrier.wait(10)
            results[index] = call()
        except Exception as error:  # noqa: BLE001
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_make_one_application(draft, resident):
    def send():
        return _send(Application.objects.select_related("procedure").get(pk=draft.pk), resident)

    results = _at_once(send, send, send)
    assert {application.pk for application in results} == {draft.pk}
    assert len({application.number for application in results}) == 1
    assert ApplicationRevision.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
    assert Application.objects.get().events.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_drafts_of_one_person_sent_at_once(municipality, department, resident, monkeypatch, is_guarded):
    """Once a person: one of two wins. The control shows that without the lock on the person both would."""
    procedure = sample.make_procedure(department=department, once_per_applicant=True)
    pair = [sample.fill(sample.start(procedure, resident, key), resident.user) for key in ("1", "2")]
    both_checked = threading.Barrier(2)
    check = drafts.refuse_second

    def check_and_wait(*args, **kwargs):
        check(*args, **kwargs)
        try:
            # both have looked before either writes, if nothing keeps the second one out
            both_checked.wait(2)
        except threading.BrokenBarrierError:
            return

    monkeypatch.setattr("applications.services.submission.refuse_second", check_and_wait)
    if not is_guarded:
        Procedure.objects.update(once_per_applicant=False)

    def sender(draft):
        def send():
            application = Application.objects.select_related("procedure").get(pk=draft.pk)
            return _send(application, resident)

        return send

    if is_guarded:
        results = _at_once(*map(sender, pair))
        assert sorted(type(result).__name__ for result in results) == ["AlreadyFiled", "Application"]
    else:
        results = _at_once(*map(sender, pair))
        assert [type(result).__name__ for result in results] == ["Application", "Application"]
    assert Application.objects.exclude(number=None).count() == (1 if is_guarded else 2)


# --- pages ------------------------------------------------------------------------------------


def _post(browser, draft, **data):
    return browser.post(reverse("applications:application_submit", args=[draft.public_id]), data)


def test_submit_page_shows_the_number_at_once(login, draft, resident):
    browser = login(resident)
    response = _post(browser, draft, draft_revision=draft.draft_revision)
    done = reverse("applications:application_done", args=[draft.public_id])
    assert response.url == done
    draft.refresh_from_db()
    page = browser.get(done).text
    assert format_number(draft.number) in page
    assert "申請を受け付けました" in page


def test_submit_page_twice_shows_the_same_number(login, draft, resident):
    browser = login(resident)
    first = _post(browser, draft, draft_revision=draft.draft_revision)
    second = _post(browser, draft, draft_revision=draft.draft_revision)
    assert first.url == second.url
    assert Application.objects.exclude(number=None).count() == 1


def test_submit_page_of_an_unfinished_draft_lists_what_is_missing(login, procedure, resident):
    draft = sample.start(procedure, resident)
    response = login(resident).post(reverse("applications:application_submit", args=[draft.public_id]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("applications:draft_check", args=[draft.public_id])
    assert "まだ送信できません。" in response.text


def test_submit_page_from_an_old_tab_shows_the_new_content_first(login, draft, resident):
    response = login(resident).post(
        reverse("applications:application_submit", args=[draft.public_id]), {"draft_revision": 0}, follow=True
    )
    assert "別の画面で入力内容が変更されました。" in response.text
    draft.refresh_from_db()
    assert draft.number is None


def test_submit_page_after_closing_says_so(login, draft, resident):
    Procedure.objects.update(closes_at=timezone.now())
    response = login(resident).post(reverse("applications:application_submit", args=[draft.public_id]), {}, follow=True)
    assert str(drafts.NotOpen.message) in response.text


def test_submit_address_opened_from_the_history_leads_to_the_check_page(login, draft, resident):
    response = login(resident).get(reverse("applications:application_submit", args=[draft.public_id]))
    assert response.url == reverse("applications:draft_check", args=[draft.public_id])


def test_done_page_of_a_draft_leads_back(login, draft, resident):
    response = login(resident).get(reverse("applications:application_done", args=[draft.public_id]))
    assert response.url == reverse("applications:draft_check", args=[draft.public_id])


def test_correction_pages_show_the_comments_at_the_fields(login, draft, resident, handler):
    returned = _return(_send(draft, resident), handler)
    browser = login(resident)
    page = browser.get(reverse("applications:draft_page", args=[returned.public_id, 2])).text
    assert "源泉徴収票の額と違います。" in page
    assert "収入をご確認ください。" in page
    assert 'value="１，２３４，５６７円"' in page
    other = browser.get(reverse("applications:draft_page", args=[returned.public_id, 1])).text
    assert "源泉徴収票の額と違います。" not in other
    check = browser.get(reverse("applications:draft_check", args=[returned.public_id])).text
    assert "補正した内容を送信する" in check
    response = _post(browser, returned)
    assert "補正した内容を受け付けました" in browser.get(response.url).text


@pytest.mark.parametrize(("method", "name"), [("post", "application_submit"), ("get", "application_done")])
def test_submission_is_nobody_elses(login, client, draft, another_resident, clerk, handler, method, name):
    url = reverse(f"applications:{name}", args=[draft.public_id])
    assert getattr(client, method)(url).url.startswith("/accounts/login/")
    for person in (another_resident, clerk, handler):
        assert getattr(login(person), method)(url).status_code == 404
    draft.refresh_from_db()
    assert draft.number is None
