"""Ways to a person that become somebody else's: the older owner is told there no longer, and learns so."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import WorkState
from notices import tasks
from notices.models import AccountAlert, LineAccount, OutgoingMail, OutgoingPush, OutgoingSms, SmsNumber
from notices.services import line as line_services
from notices.services.channels import prove_number, start_number
from notices.services.push import subscribe
from tests.notices.channelkit import LINE_ID, add_browser, add_line, add_number
from tests.notices.kit import drain

pytestmark = pytest.mark.django_db


def prove(user):
    start_number(user, phone="090-1234-5678")
    said = decrypt(OutgoingSms.objects.filter(sms_number__user=user).latest("id").text)
    return prove_number(user, code=said.split("確認番号は ")[1][:6])


def test_number_proven_by_another_account_ends_with_the_older_one(
    municipality, resident, another_resident, text_provider, push_service
):
    add_browser(resident.user, push_service.url)
    prove(resident.user)
    OutgoingMail.objects.all().delete()
    prove(another_resident.user)
    older = SmsNumber.objects.get(user=resident.user)
    assert (older.number, older.verified_at, bool(older.ended_at)) == ("", None, True)
    assert SmsNumber.objects.get(user=another_resident.user).number == "+819012345678"
    mail = OutgoingMail.objects.get()
    assert (mail.to, "SMS" in mail.body, "090" in mail.body) == ("resident@example.jp", True, False)
    alert = AccountAlert.objects.get()
    assert (alert.user, alert.channel, alert.mail) == (resident.user, "sms", mail)
    push = OutgoingPush.objects.get()
    assert (push.account_alert, push.url) == (alert, "/my/channels/")


def test_proving_ones_own_number_again_tells_nobody(municipality, resident, text_provider):
    for _time in range(2):
        prove(resident.user)
    assert not AccountAlert.objects.exists()


def test_text_to_a_number_that_is_not_proven_any_more_is_not_sent(
    available, consenting, notice_type, text_provider, municipality
):
    add_number(consenting.user)
    notice_type.alert_channels = ["sms"]
    notice_type.save()
    notice = available(consenting)
    # another number was typed meanwhile, perhaps a wrong one
    SmsNumber.objects.update(number="+818099999999", verified_at=None)
    drain(tasks.send_texts)
    assert (text_provider.texts, OutgoingSms.objects.get().state) == ([], WorkState.GIVEN_UP)
    assert notice.receipts.filter(kind="notify_failed", channel="sms").exists()


def test_browser_of_another_account_gets_nothing_of_the_older_one(
    available, consenting, another_resident, notice_type, push_service
):
    notice_type.alert_channels = ["push"]
    notice_type.save()
    browser, _row = add_browser(consenting.user, push_service.url)
    notice = available(consenting)
    subscribe(**browser.subscription, device_name="Chrome", user=another_resident.user)
    mail = OutgoingMail.objects.get()
    assert (mail.to, "プッシュ通知" in mail.body) == ("resident@example.jp", True)
    drain(tasks.send_pushes)
    assert push_service.requests == []
    assert OutgoingPush.objects.get().state == WorkState.GIVEN_UP
    # nothing reached the recipient: the letter does not wait
    notice.refresh_from_db()
    assert notice.paper_due_at <= timezone.now()


def test_browser_renewed_by_its_owner_or_for_topics_tells_nobody(resident, municipality, push_service):
    browser, _row = add_browser(resident.user, push_service.url)
    for user in (resident.user, None):
        subscribe(**browser.subscription, device_name="Chrome", user=user)
    assert not AccountAlert.objects.exists()


def test_line_of_another_account_gets_nothing_of_the_older_one(
    available, consenting, another_resident, notice_type, line_service
):
    notice_type.alert_channels = ["line"]
    notice_type.save()
    add_line(consenting.user)
    available(consenting)
    nonce = line_services.issue_nonce(another_resident.user)
    assert line_services.link(line_user_id=LINE_ID, nonce=nonce)
    assert LineAccount.objects.get().user == another_resident.user
    assert [alert.channel for alert in AccountAlert.objects.filter(user=consenting.user)] == ["line"]
    drain(tasks.send_lines)
    assert line_service.requests == []


@pytest.fixture
def line_service(line):
    return line


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only")
@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_prove_a_number_at_once_leave_one(municipality, resident, another_resident, text_provider):
    people = (resident.user, another_resident.user)
    codes = {}
    for user in people:
        start_number(user, phone="090-1234-5678")
        said = decrypt(OutgoingSms.objects.filter(sms_number__user=user).latest("id").text)
        codes[user] = said.split("確認番号は ")[1][:6]
    barrier = threading.Barrier(2)
    problems = []

    def run(user):
        try:
            barrier.wait(timeout=60)
            prove_number(user, code=codes[user])
        except Exception as error:  # noqa: BLE001 - looked at below
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert problems == []
    assert SmsNumber.objects.filter(verified_at__isnull=False, ended_at__isnull=True).count() == 1
    assert AccountAlert.objects.count() == 1
