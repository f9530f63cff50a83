import datetime as dt
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationEvent, Message
from applications.queries.messages import REPLY_KEPT, may_reply
from applications.queries.worklist import WorkListFilter, work_list
from applications.services import casework
from applications.services.messages import (
    ConversationOver,
    MyNumberTyped,
    NothingSaid,
    TooManyMessageFiles,
    mark_read,
    send_from_applicant,
    send_from_city,
)
from applications.services.withdrawal import withdraw
from cityhall.days import today
from cityhall.enums import FileState
from cityhall.errors import DomainError
from cityhall.models import AuditEvent, StoredFile
from notices.models import OutgoingMail
from tests.applications import sample
from tests.applications.filing import url
from tests.applications.sendkit import make_draft, make_guest_draft, make_procedure, seen, send
from tests.applications.test_races import at_once

pytestmark = pytest.mark.django_db

S = ApplicationState


@pytest.fixture
def sent(municipality, department, resident):
    return send(make_draft(make_procedure(department), resident), resident)


def ask(application, resident, body="いつごろ届きますか。", key="k1", **arguments):
    return send_from_applicant(application=seen(application), body=body, by=resident.user, request_key=key, **arguments)


def answer(application, handler, body="来週の予定です。", key="k1", **arguments):
    return send_from_city(application=seen(application), body=body, by=handler, request_key=key, **arguments)


# --- services -----------------------------------------------------------------------------------


def test_the_applicant_writes_and_nobody_is_mailed(sent, resident):
    mails = OutgoingMail.objects.count()
    message = ask(sent, resident, files=[sample.png()])
    assert (message.is_from_city, message.author, message.body) == (False, resident.user, "いつごろ届きますか。")
    assert message.files.get().file.name == "証明書.png"
    assert OutgoingMail.objects.count() == mails
    event = AuditEvent.objects.get(action="create", target_type="application")
    assert (event.target_id, event.detail) == (sent.public_id, "message from applicant")


def test_the_city_writes_and_the_mail_says_nothing_of_it(sent, handler):
    answer(sent, handler)
    mail = OutgoingMail.objects.last()
    assert (mail.to, mail.subject) == ("resident@example.jp", "【緑野市】申請についてメッセージがあります")
    assert sent.procedure.name in mail.body
    assert "来週" not in mail.body + mail.subject


def test_the_same_key_is_the_same_message(sent, resident, handler):
    first = ask(sent, resident, files=[sample.png()])
    again = ask(sent, resident, body="別の文", files=[sample.png("blue")])
    assert (again.pk, Message.objects.count(), StoredFile.objects.count()) == (first.pk, 1, 1)
    # the other side has keys of its own
    assert answer(sent, handler).pk != first.pk


@pytest.mark.parametrize(
    ("body", "files", "error"),
    [
        ("  \n ", 0, NothingSaid),
        ("番号は 123456789018 です。", 0, MyNumberTyped),
        ("写真です。", 6, TooManyMessageFiles),
        ("\x00", 0, DomainError),
    ],
)
def test_what_cannot_be_sent_leaves_nothing(sent, resident, body, files, error):
    with pytest.raises(error):
        ask(sent, resident, body=body, files=[sample.png() for _number in range(files)])
    assert (Message.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_refused_file_takes_the_others_with_it(sent, resident):
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00 nothing of ours")
    with pytest.raises(DomainError):
        ask(sent, resident, files=[sample.png(), bad])
    assert Message.objects.count() == 0
    assert StoredFile.objects.filter(delete_after=None).count() == 0


@pytest.mark.parametrize("state", sorted(S))
def test_both_may_write_while_the_case_is_open(sent, resident, handler, state):
    fields = {"decision": "approve", "decided_at": timezone.now()}
    Application.objects.filter(pk=sent.pk).update(state=state, **fields)
    if state == S.DRAFT:
        Application.objects.filter(pk=sent.pk).update(submitted_at=None)
        with pytest.raises(ConversationOver):
            ask(sent, resident)
        with pytest.raises(casework.NotAllowed):
            answer(sent, handler)
        return
    assert ask(sent, resident).pk
    assert answer(sent, handler).pk


@pytest.mark.parametrize(("state", "kind"), [(S.COMPLETED, EventKind.COMPLETED), (S.WITHDRAWN, EventKind.WITHDRAWN)])
def test_the_applicant_writes_for_90_days_after_the_end_and_the_city_for_ever(sent, resident, handler, state, kind):
    end = timezone.now()
    Application.objects.filter(pk=sent.pk).update(state=state)
    ApplicationEvent.objects.create(application=sent, kind=kind, at=end)
    assert dt.timedelta(days=90) == REPLY_KEPT
    late = end + REPLY_KEPT
    assert may_reply(seen(sent), now=late - dt.timedelta(seconds=1))
    with pytest.raises(ConversationOver):
        ask(sent, resident, now=late)
    assert answer(sent, handler, now=late).sent_at == late


def test_staff_without_the_right_write_nothing(sent, clerk, auditor, administrator):
    for person in (clerk, auditor, administrator):
        with pytest.raises(casework.NotAllowed):
            answer(sent, person)


def test_a_guest_writes_and_is_answered_by_mail(municipality, department, handler):
    procedure = make_procedure(department, allows_guests=True, identity_level="none")
    sent = send(make_guest_draft(procedure, "guest@example.jp"), None)
    message = send_from_applicant(application=seen(sent), body="質問です。", by=None, request_key="g")
    assert message.author is None
    answer(sent, handler)
    mail = OutgoingMail.objects.last()
    assert (mail.to, mail.is_encrypted) == ("guest@example.jp", True)


def test_reading_counts_for_the_other_side_only(sent, resident, handler):
    ask(sent, resident)
    answer(sent, handler)
    assert mark_read(application=sent, by_city=True) == 1
    assert mark_read(application=sent, by_city=True) == 0
    assert Message.objects.get(is_from_city=True).read_at is None


def test_work_list_marks_and_finds_what_is_unread(sent, resident, handler):
    def rows(**wanted):
        return work_list(user=handler, wanted=WorkListFilter(**wanted), today=today()).rows

    assert [row.has_unread for row in rows()] == [False]
    ask(sent, resident)
    assert [row.has_unread for row in rows()] == [True]
    withdraw(application=seen(sent), by=resident.user)
    assert rows() == ()
    assert [row.pk for row in rows(unread=True)] == [sent.pk]
    mark_read(application=sent, by_city=True)
    assert rows(unread=True) == ()


# --- pages --------------------------------------------------------------------------------------


def test_conversation_from_both_sides(login, sent, resident, handler):
    browser = login(resident)
    page = browser.get(url("application_detail", sent))
    key = page.context["message_form"].initial["request_key"]
    data = {"body": "いつごろ届きますか。", "request_key": key, "attachments": sample.png()}
    for _click in range(2):
        after = browser.post(url("application_message", sent), data | {"attachments": sample.png()}, follow=True)
    assert "メッセージを送信しました。" in after.text
    assert Message.objects.count() == 1
    staff = login(handler)
    assert "未読メッセージ" in staff.get(reverse("applications:case_list")).text
    case = staff.get(url("case_detail", sent)).text
    assert "いつごろ届きますか。" in case
    assert "未読メッセージ" not in staff.get(reverse("applications:case_list")).text
    answer_data = {"body": "来週の予定です。", "request_key": "a1"}
    staff.post(url("case_message", sent), answer_data)
    assert "来週の予定です。" in login(resident).get(url("application_detail", sent)).text
    assert Message.objects.get(is_from_city=True).read_at is not None


def test_lists_of_the_applicant_mark_what_is_new(login, sent, resident, handler):
    browser = login(resident)
    lists = [reverse("applications:my_applications"), reverse("portal:my_page")]
    assert not any("新しいメッセージ" in browser.get(address).text for address in lists)
    answer(sent, handler)
    assert all("新しいメッセージ" in browser.get(address).text for address in lists)
    browser.get(url("application_detail", sent))
    assert not any("新しいメッセージ" in browser.get(address).text for address in lists)


def test_a_draft_has_no_conversation(login, municipality, department, resident):
    draft = make_draft(make_procedure(department), resident)
    response = login(resident).post(url("application_message", draft), {"body": "質問です。", "request_key": "k"})
    assert response.url == url("application_detail", draft)
    assert Message.objects.count() == 0


def test_reading_by_somebody_who_may_not_answer_leaves_it_unread(login, sent, resident, auditor):
    ask(sent, resident)
    login(auditor).get(url("case_detail", sent))
    assert Message.objects.get().read_at is None


@pytest.mark.parametrize("body", ["", "番号は 123456789018 です。", "あ" * 2001])
def test_text_stays_when_it_could_not_be_sent(login, sent, resident, body):
    page = login(resident).post(url("application_message", sent), {"body": body, "request_key": "k"})
    assert page.status_code == 200
    assert 'class="error-summary"' in page.text
    assert body[:50] in page.text
    assert Message.objects.count() == 0


def test_text_of_staff_stays_when_a_file_is_refused(login, sent, handler):
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00 nothing of ours")
    data = {"body": "こちらをご覧ください。", "request_key": "k", "attachments": bad}
    page = login(handler).post(url("case_message", sent), data)
    assert "こちらをご覧ください。" in page.text
    assert "このファイルは使えません。" in page.text
    assert Message.objects.count() == 0


def test_too_many_messages_from_one_address_wait(login, sent, resident, monkeypatch):
    monkeypatch.setattr("applications.views.messages.PER_HOUR", 1)
    browser = login(resident)
    for number in range(2):
        page = browser.post(
            url("application_message", sent), {"body": f"質問{number}", "request_key": f"k{number}"}, follow=True
        )
    assert "短い時間に多くのメッセージが送信されました。" in page.text
    assert Message.objects.count() == 1


def test_messages_are_nobody_elses(login, client, sent, another_resident, clerk, departments):
    data = {"body": "質問です。", "request_key": "k"}
    assert client.post(url("application_message", sent), data).url.startswith("/accounts/login/")
    assert login(another_resident).post(url("application_message", sent), data).status_code == 404
    for name in ("application_message", "case_message"):
        assert login(clerk).post(url(name, sent), data).status_code == 404
    assert Message.objects.count() == 0


def test_file_is_for_both_sides_and_nobody_else(login, client, sent, resident, another_resident, handler, departments):
    from cityhall.enums import Role
    from tests import factories

    stored = ask(sent, resident, files=[sample.png()]).files.get()
    address = reverse("applications:message_file", args=[stored.public_id])
    assert "確認しています" in login(resident).get(address).text
    StoredFile.objects.update(state=FileState.CLEAN)
    stranger = factories.make_staff("far@city.example.jp", role=Role.HANDLER, department=departments["kaigo"])
    for person, status in ((resident, 200), (handler, 200), (another_resident, 404), (stranger, 404)):
        response = login(person).get(address)
        assert response.status_code == status, person
        if response.streaming:
            assert b"".join(response.streaming_content)
    assert AuditEvent.objects.filter(action="download", actor=handler).count() == 1
    client.logout()
    assert client.get(address).url.startswith("/accounts/login/")


def test_conversation_costs_the_same_for_one_and_three(login, sent, resident, handler, django_assert_num_queries):
    browser = login(resident)
    for count in (1, 3):
        while Message.objects.count() < count:
            ask(sent, resident, key=f"k{Message.objects.count()}", files=[sample.png()])
        with django_assert_num_queries(18):
            browser.get(url("application_detail", sent))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_one_message_of_many_clicks(municipality, department, resident):
    sent = send(make_draft(make_procedure(department), resident), resident)
    results = at_once(*[lambda: ask(sent, resident, files=[sample.png()]) for _click in range(4)])
    assert {result.pk for result in results} == {Message.objects.get().pk}
    kept = StoredFile.objects.filter(delete_after=None)
    assert [file.message_file.message_id for file in kept] == [Message.objects.get().pk]
    assert threading.active_count() < 20
