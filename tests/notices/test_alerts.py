import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.enums import Lane, WorkState
from notices.enums import AlertPurpose
from notices.models import (
    BadAddress,
    ChannelPreference,
    Delivery,
    LineAccount,
    Notice,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    OutgoingSms,
)
from notices.services import alerts
from notices.services.alerts.outcomes import record_not_told, record_told
from notices.services.push import end_subscription
from residents.enums import ConsentKind
from residents.services.consents import withdraw
from tests.notices.channelkit import add_browser, add_line, add_number
from tests.notices.peoplekit import make_campaign, put_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def everywhere(consenting, push_service, line, text_provider):
    """The resident, with two browsers, LINE and a number."""
    add_browser(consenting.user, push_service.url, "phone")
    add_browser(consenting.user, push_service.url, "computer")
    add_line(consenting.user)
    add_number(consenting.user)
    return consenting


def told(notice):
    return sorted(notice.deliveries.values_list("channel", flat=True))


def prefer(resident, channels, category="other"):
    ChannelPreference.objects.create(resident=resident, inbox_category=category, channels=channels)


def test_arrival_goes_over_every_way_and_says_nothing_of_the_notice(available, everywhere):
    notice = available(everywhere)
    assert told(notice) == ["email", "line", "push", "sms"]
    assert OutgoingPush.objects.count() == 2
    texts = [
        *OutgoingMail.objects.values_list("subject", "body"),
        *OutgoingPush.objects.values_list("title", "body", "url"),
        *OutgoingLine.objects.values_list("text"),
        *OutgoingSms.objects.values_list("text"),
    ]
    said = "\n".join("\n".join(text) for text in texts)
    assert "お知らせが届いています" in said
    for secret in (notice.title, notice.number, notice.public_id, notice.recipient_name, "児童手当"):
        assert secret not in said
    # a department may tell what it is about, to whoever sees the screen
    beside_mail = "\n".join("\n".join(text) for text in texts[1:])
    assert notice.department.name not in beside_mail


def test_kind_and_choice_narrow_the_ways(available, everywhere, notice_type):
    notice_type.alert_channels = ["email", "push"]
    notice_type.save()
    assert told(available(everywhere, key="1")) == ["email", "push"]
    prefer(everywhere, ["push", "line"])
    assert told(available(everywhere, key="2")) == ["push"]
    prefer(everywhere, ["email"], category="tax")
    assert told(available(everywhere, key="3")) == ["push"]


def test_choice_that_leads_nowhere_any_more_counts_no_longer(available, everywhere):
    prefer(everywhere, ["line"])
    assert told(available(everywhere, key="1")) == ["line"]
    LineAccount.objects.update(blocked_at=timezone.now())
    assert told(available(everywhere, key="2")) == ["email", "push", "sms"]


def test_address_that_mail_came_back_from_and_ended_ways_are_left_out(available, everywhere):
    BadAddress.objects.create(email="resident@example.jp", reason="bounced")
    for browser in everywhere.user.push_subscriptions.all():
        end_subscription(browser, reason="test")
    everywhere.user.sms_number.ended_at = timezone.now()
    everywhere.user.sms_number.save()
    assert told(available(everywhere)) == ["line"]


def test_who_has_no_account_is_told_nothing(available, consenting):
    consenting.user = None
    consenting.save()
    notice = available(consenting)
    assert (told(notice), notice.paper_required) == ([], True)


def test_who_can_be_told_by_no_way_does_not_wait_for_the_paper(available, consenting):
    BadAddress.objects.create(email="resident@example.jp", reason="bounced")
    notice = available(consenting)
    assert told(notice) == []
    assert notice.paper_due_at == notice.available_at


def test_telling_twice_is_refused_by_the_database(available, consenting):
    notice = available(consenting)
    with pytest.raises(IntegrityError), transaction.atomic():
        alerts.tell_of_arrival(notice, moment=timezone.now())
    assert OutgoingMail.objects.count() == 1


def test_reminders_to_file_are_numbered(available, consenting):
    notice = available(consenting)
    for number in (1, 2):
        alerts.remind(notice, purpose=AlertPurpose.FILING, moment=timezone.now(), number=number)
    assert list(Delivery.objects.order_by("id").values_list("purpose", "number")) == [
        ("arrival", 1),
        ("filing", 1),
        ("filing", 2),
    ]


def test_alert_speaks_the_persons_language_and_keeps_the_lane_of_a_single_notice(available, everywhere):
    notice = available(everywhere)
    lanes = {model: set(model.objects.values_list("lane", flat=True)) for model in (OutgoingMail, OutgoingPush)}
    assert lanes == {OutgoingMail: {Lane.SINGLE}, OutgoingPush: {Lane.SINGLE}}
    assert OutgoingPush.objects.first().url == "/my/notices/"
    assert notice.deliveries.get(channel="email").mail == OutgoingMail.objects.get()


def test_one_event_for_a_channel_however_many_browsers(available, everywhere):
    notice = available(everywhere)
    first, second = OutgoingPush.objects.order_by("id")
    now = timezone.now()
    for push in (first, second):
        OutgoingPush.objects.filter(pk=push.pk).update(state=WorkState.DONE, finished_at=now)
        record_told(push, moment=now)
    events = notice.receipts.filter(kind="notified")
    assert [(event.channel, event.sha256) for event in events] == [("push", notice.sha256)]


def test_letter_waits_while_one_way_may_have_reached(available, everywhere):
    notice = available(everywhere)
    now = timezone.now()
    for model in (OutgoingMail, OutgoingLine, OutgoingSms):
        model.objects.update(state=WorkState.GIVEN_UP, finished_at=now)
        record_not_told(model.objects.get(), moment=now)
    phone, computer = OutgoingPush.objects.order_by("id")
    OutgoingPush.objects.filter(pk=phone.pk).update(state=WorkState.GIVEN_UP, finished_at=now)
    record_not_told(phone, moment=now)
    notice.refresh_from_db()
    assert notice.paper_due_at > now + dt.timedelta(hours=70)
    assert sorted(notice.receipts.filter(kind="notify_failed").values_list("channel", flat=True)) == [
        "email",
        "line",
        "sms",
    ]
    OutgoingPush.objects.filter(pk=computer.pk).update(state=WorkState.GIVEN_UP, finished_at=now)
    record_not_told(computer, moment=now)
    assert Notice.objects.get(pk=notice.pk).paper_due_at == now
    assert notice.receipts.filter(kind="notify_failed").count() == 4


def test_mail_says_which_department_posted_and_whom_to_call(available, everywhere, department):
    department.phone = "03-1234-5678"
    department.save()
    available(everywhere)
    mail = OutgoingMail.objects.get()
    # what a locked telephone shows names nobody
    assert department.name not in mail.subject
    assert f"緑野市 {department.name}からのお知らせが届いています。" in mail.body
    assert f"お問い合わせ：緑野市 {department.name}　電話 03-1234-5678" in mail.body


def test_department_without_a_telephone_is_called_at_the_citys(available, everywhere, municipality):
    municipality.phone = "03-0000-1111"
    municipality.save()
    notice = available(everywhere)
    notice.department.phone = ""
    notice.department.save()
    alerts.remind(Notice.objects.get(pk=notice.pk), moment=timezone.now())
    assert "電話 03-0000-1111" in OutgoingMail.objects.latest("id").body


def test_answer_to_one_person_does_not_wait_behind_the_campaign(
    available, everywhere, notice_type, department, handler, approver
):
    notice = available(everywhere)
    put_into(make_campaign(notice_type, department, by=handler, approved_by=approver), notice, 2)
    lanes = {}
    for purpose in (AlertPurpose.REMINDER, AlertPurpose.ANSWER):
        alerts.remind(notice, purpose=purpose, moment=timezone.now())
        lanes[purpose] = OutgoingMail.objects.latest("id").lane
    assert lanes == {AlertPurpose.REMINDER: Lane.BULK, AlertPurpose.ANSWER: Lane.SINGLE}


def test_consent_taken_back_by_who_has_no_account_is_paper_from_the_start(available, consenting):
    withdraw(resident=consenting, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-04", by=consenting.user)
    consenting.user = None
    consenting.save()
    notice = available(consenting)
    assert (notice.paper_required, notice.paper_state, told(notice)) == (True, "due", [])
