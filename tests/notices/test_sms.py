import datetime as dt

import pytest
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import WorkState
from cityhall.errors import StaleState
from cityhall.references import format_number
from cityhall.services.work import claim_due
from notices import tasks
from notices.failures import failures, retry_failure, settle_failure
from notices.models import OutgoingSms, SmsNumber
from notices.services.channels import CodeRefused, TooManyCodes, end_number, prove_number, start_number
from notices.services.sms import deliver_text
from residents.phones import PhoneInvalid
from tests.notices.channelkit import add_number
from tests.notices.kit import drain
from tests.notices.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def numbered(consenting, text_provider, notice_type):
    add_number(consenting.user)
    notice_type.alert_channels = ["sms"]
    notice_type.save()
    return consenting


def test_text_goes_out_once_and_says_nothing_of_the_notice(available, numbered, text_provider):
    notice = available(numbered)
    drain(tasks.send_texts)
    (text,) = text_provider.texts
    assert (text["To"], text["From"]) == ("+819012345678", "+815000000000")
    assert text["Body"] == (
        "緑野市からお知らせが届いています。マイページでご確認ください。http://localhost:8000/my/notices/"
    )
    message = OutgoingSms.objects.get()
    assert (message.state, message.provider_reference) == (WorkState.DONE, "SM1")
    assert [event.channel for event in notice.receipts.filter(kind="notified")] == ["sms"]


def test_provider_that_took_it_and_said_nothing_leaves_it_uncertain(available, numbered, text_provider):
    text_provider.answers = ["silent"]
    notice = available(numbered)
    drain(tasks.send_texts)
    assert len(text_provider.texts) == 1
    message = OutgoingSms.objects.get()
    assert message.state == WorkState.UNCERTAIN
    # nothing moves by itself: neither a second text nor the letter
    assert (drain(tasks.send_texts), len(text_provider.texts)) == (0, 1)
    notice.refresh_from_db()
    assert notice.paper_due_at > timezone.now()


def test_person_decides_that_an_uncertain_text_arrived(available, numbered, text_provider, administrator):
    text_provider.answers = ["silent"]
    notice = available(numbered)
    drain(tasks.send_texts)
    (failure,) = failures(administrator)
    assert (failure.kind, failure.may_be_settled, failure.title) == (
        "sms",
        True,
        f"通知 {format_number(notice.number)} のお知らせ",
    )
    settle_failure("sms", failure.id, by=administrator)
    assert OutgoingSms.objects.get().state == WorkState.DONE
    event = notice.receipts.get(kind="notified")
    assert (event.actor, event.detail) == (administrator, "職員が到達を確認")
    with pytest.raises(StaleState):
        settle_failure("sms", failure.id, by=administrator)


def test_person_decides_to_send_an_uncertain_text_again(available, numbered, text_provider, administrator):
    text_provider.answers = ["silent"]
    available(numbered)
    drain(tasks.send_texts)
    retry_failure("sms", OutgoingSms.objects.get().pk, by=administrator)
    drain(tasks.send_texts)
    assert (OutgoingSms.objects.get().state, len(text_provider.texts)) == (WorkState.DONE, 2)


def test_only_an_uncertain_row_can_be_settled(available, numbered, text_provider, administrator):
    text_provider.answers = [400]
    available(numbered)
    drain(tasks.send_texts)
    (failure,) = failures(administrator)
    assert (failure.state, failure.may_be_settled) == (WorkState.GIVEN_UP, False)
    with pytest.raises(StaleState):
        settle_failure("sms", failure.id, by=administrator)


@pytest.mark.parametrize(
    ("answer", "state"),
    [(400, WorkState.GIVEN_UP), (429, WorkState.FAILED), (503, WorkState.FAILED), (500, WorkState.UNCERTAIN)],
)
def test_what_an_answer_means(available, numbered, text_provider, answer, state):
    text_provider.answers = [answer]
    available(numbered)
    drain(tasks.send_texts)
    message = OutgoingSms.objects.get()
    assert message.state == state
    assert str(answer) in message.last_error
    assert "+81" not in message.last_error


def test_provider_that_is_not_there_has_certainly_taken_nothing(available, numbered, settings):
    settings.SMS_API_URL = f"http://127.0.0.1:{free_port()}"
    available(numbered)
    drain(tasks.send_texts)
    assert OutgoingSms.objects.get().state == WorkState.FAILED


def test_worker_that_died_while_sending_leaves_it_uncertain(available, numbered, text_provider):
    available(numbered)
    dead = claim_due(OutgoingSms)[0]
    deliver_text(claim_due(OutgoingSms, now=dead.lease_until)[0])
    assert (OutgoingSms.objects.get().state, text_provider.texts) == (WorkState.UNCERTAIN, [])


def test_number_is_proven_by_the_code_that_was_sent_to_it(resident, municipality, text_provider):
    start_number(resident.user, phone="０９０－１２３４－５６７８")
    waiting = OutgoingSms.objects.get()
    assert "確認番号" not in waiting.text
    assert "確認番号" in decrypt(waiting.text)
    drain(tasks.send_texts)
    (text,) = text_provider.texts
    code = text["Body"].split("確認番号は ")[1][:6]
    assert OutgoingSms.objects.get().text == ""
    with pytest.raises(CodeRefused):
        prove_number(resident.user, code=f"{(int(code) + 1) % 1_000_000:06}")
    row = prove_number(resident.user, code=code)
    assert (row.number, bool(row.verified_at), row.code_hash) == ("+819012345678", True, "")
    with pytest.raises(CodeRefused):
        prove_number(resident.user, code=code)
    assert end_number(resident.user)
    ended = SmsNumber.objects.get()
    assert (ended.verified_at, ended.number) == (None, "")


def test_code_is_over_after_five_tries_or_ten_minutes(resident, another_resident, municipality, text_provider):
    for person, phone in ((resident, "090-1234-5678"), (another_resident, "080-1234-5678")):
        start_number(person.user, phone=phone)
    drain(tasks.send_texts)
    first, second = (text["Body"].split("確認番号は ")[1][:6] for text in text_provider.texts)
    for _try in range(5):
        with pytest.raises(CodeRefused):
            prove_number(resident.user, code="wrong")
    with pytest.raises(CodeRefused):
        prove_number(resident.user, code=first)
    with pytest.raises(CodeRefused):
        prove_number(another_resident.user, code=second, now=timezone.now() + dt.timedelta(minutes=11))
    # a code of one person opens nothing for another
    with pytest.raises(CodeRefused):
        prove_number(another_resident.user, code=first)


def test_codes_for_one_number_are_few(resident, municipality, text_provider):
    for _try in range(3):
        start_number(resident.user, phone="090-1234-5678")
    with pytest.raises(TooManyCodes):
        start_number(resident.user, phone="090-1234-5678")
    with pytest.raises(PhoneInvalid):
        start_number(resident.user, phone="110")


def test_console_writes_files_where_the_demo_shows_them(resident, municipality, settings, tmp_path):
    settings.SMS_PROVIDER = "notices.sms.ConsoleProvider"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    start_number(resident.user, phone="090-1234-5678")
    drain(tasks.send_texts)
    from portal.demo_mail import newest_mails

    (shown,) = newest_mails(settings.EMAIL_FILE_PATH)
    assert (shown.subject, shown.to) == ("SMS", "+819012345678")
    assert "確認番号は" in shown.body
