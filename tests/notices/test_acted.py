"""From the notice to the filing or the booking, and reminding those who did neither."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.definition import form_of
from applications.enums import FieldType
from applications.models import Application
from applications.services.submission import submit
from applications.services.withdrawal import withdraw as withdraw_application
from cityhall.days import TOKYO
from cityhall.services.work import claim_due
from notices.enums import AlertPurpose
from notices.models import Delivery, FilingReminder, Notice
from notices.services.acted import (
    LostClaim,
    NobodyToRemind,
    ReminderRunning,
    order_reminder,
    record_acted,
    remind_slice,
)
from notices.services.alerts import remind
from notices.services.receipts import withdraw
from notices.tasks import remind_to_file
from reservations.services.bookings import cancel
from tests.applications import sample
from tests.notices.kit import drain
from tests.notices.peoplekit import make_campaign, put_into
from tests.reservations import kit as bookings_kit

pytestmark = pytest.mark.django_db


def asking_for(notice, kind, target):
    Notice.objects.filter(pk=notice.pk).update(action_kind=kind, action_target=target, action_label="申し込む")
    notice.refresh_from_db()
    return notice


def acted(notice):
    notice.refresh_from_db()
    return notice.acted_at is not None


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(department=department)


def start_from(client, procedure, notice):
    path = reverse("applications:application_start", args=[procedure.key])
    answer = client.post(f"{path}?notice={notice.public_id}", {"request_key": "k1"})
    assert answer.status_code == 302
    return Application.objects.get(procedure=procedure)


def send(draft, resident):
    sample.fill(draft, resident.user)
    return submit(application=Application.objects.get(pk=draft.pk), by=resident.user)


def test_button_filing_and_event_belong_together(login, available, consenting, procedure):
    notice = asking_for(available(consenting), "procedure", procedure.key)
    client = login(consenting)
    client.post(reverse("notices:notice_open", args=[notice.public_id]))
    page = client.get(reverse("notices:notice_detail", args=[notice.public_id])).content.decode()
    assert f"/procedures/{procedure.key}/?notice={notice.public_id}" in page
    draft = start_from(client, procedure, notice)
    assert draft.notice == notice
    assert not acted(notice)
    sent = send(draft, consenting)
    assert acted(notice)
    event = notice.receipts.get(kind="acted")
    assert event.actor == consenting.user
    assert event.detail.startswith(procedure.name)
    assert Application.objects.get(pk=sent.pk).notice == notice


def test_values_come_from_the_notice_and_only_for_its_recipient(
    login, available, consenting, another_resident, procedure
):
    hidden = next(field.key for field in form_of(procedure.current_version).fields if field.type == FieldType.HIDDEN)
    notice = asking_for(available(consenting), "procedure", procedure.key)
    Notice.objects.filter(pk=notice.pk).update(action_values={hidden: "高橋 一葉"})
    stranger = start_from(login(another_resident), procedure, notice)
    assert stranger.link_values == {}
    stranger.delete()
    assert start_from(login(consenting), procedure, notice).link_values == {hidden: "高橋 一葉"}


def test_notice_of_somebody_else_or_for_something_else_is_not_followed(
    login, available, consenting, another_resident, procedure
):
    notice = asking_for(available(consenting), "procedure", "something-else")
    assert start_from(login(consenting), procedure, notice).notice is None
    Application.objects.all().delete()
    asking_for(notice, "procedure", procedure.key)
    assert start_from(login(another_resident), procedure, notice).notice is None


def test_only_notice_that_asks_is_followed_without_the_button(available, consenting, procedure):
    notice = asking_for(available(consenting), "procedure", procedure.key)
    send(sample.start(procedure, consenting), consenting)
    assert acted(notice)


def test_of_two_children_nobody_can_say_which(available, consenting, procedure):
    notices = [asking_for(available(consenting, key=str(number)), "procedure", procedure.key) for number in range(2)]
    send(sample.start(procedure, consenting), consenting)
    assert [acted(notice) for notice in notices] == [False, False]


def test_booking_follows_the_notice(available, consenting):
    service = bookings_kit.make_service()
    slot = bookings_kit.make_slot(service.group, bookings_kit.make_place(), capacity=2)
    notice = asking_for(available(consenting), "reservation", service.key)
    held = bookings_kit.hold(service, [slot])
    contact = bookings_kit.make_contact(resident=consenting)
    booked = bookings_kit.confirm(held, contact, by=consenting.user, notice_id=notice.public_id)
    booked.refresh_from_db()
    assert booked.notice == notice
    assert acted(notice)
    assert service.name in notice.receipts.get(kind="acted").detail


def test_second_filing_keeps_the_first_time(available, consenting):
    notice = available(consenting)
    first, second = notice.available_at, notice.available_at + dt.timedelta(days=30)
    record_acted(notice, by=consenting.user, moment=first)
    record_acted(notice, by=consenting.user, moment=second)
    notice.refresh_from_db()
    assert notice.acted_at == first
    assert notice.receipts.filter(kind="acted").count() == 2


@pytest.fixture
def daytime(monkeypatch):
    """No hour of the day is a quiet one."""
    monkeypatch.setattr("notices.services.alerts.hours.FIRST_HOUR", 0)
    monkeypatch.setattr("notices.services.alerts.hours.LAST_HOUR", 24)


@pytest.fixture
def sent_campaign(available, consenting, another_resident, notice_type, department, handler, approver):
    """Two people asked to file; the first consented to digital notices, both can be told."""
    campaign = make_campaign(notice_type, department, by=handler, approved_by=approver)
    made = [available(person, key=person.public_id) for person in (consenting, another_resident)]
    notices = [asking_for(notice, "procedure", "jido") for notice in made]
    for position, notice in enumerate(notices, 2):
        put_into(campaign, notice, position)
    return campaign, notices


def test_who_has_not_filed_is_reminded_once_a_round(daytime, sent_campaign, handler, consenting):
    campaign, (filed, waiting) = sent_campaign
    record_acted(filed, by=consenting.user, moment=filed.available_at)
    order = order_reminder(campaign, by=handler)
    with pytest.raises(ReminderRunning):
        order_reminder(campaign, by=handler)
    drain(remind_to_file)
    order.refresh_from_db()
    assert (order.number, order.state, order.told_count, order.unreached_count) == (1, "done", 1, 0)
    told = Delivery.objects.filter(purpose=AlertPurpose.FILING)
    assert [(one.notice, one.number) for one in told] == [(waiting, 1)]
    assert order_reminder(campaign, by=handler).number == 2


def test_withdrawn_and_filed_leave_nobody_to_remind(sent_campaign, handler, approver, consenting):
    campaign, (filed, waiting) = sent_campaign
    record_acted(filed, by=consenting.user, moment=filed.available_at)
    withdraw(waiting, by=approver, reason="誤り")
    with pytest.raises(NobodyToRemind):
        order_reminder(campaign, by=handler)


def test_round_goes_on_in_slices_and_killed_twice_tells_once(daytime, sent_campaign, handler, monkeypatch):
    campaign, notices = sent_campaign
    monkeypatch.setattr("notices.services.acted.SLICE", 1)
    order = order_reminder(campaign, by=handler)
    stale = FilingReminder.objects.get(pk=order.pk)
    # a worker without the claim changes nothing
    with pytest.raises(LostClaim):
        remind_slice(stale)
    assert not Delivery.objects.filter(purpose=AlertPurpose.FILING).exists()
    drain(remind_to_file)
    assert Delivery.objects.filter(purpose=AlertPurpose.FILING).count() == len(notices)


def test_nobody_is_reminded_at_night(sent_campaign, handler):
    campaign, _notices = sent_campaign
    night = dt.datetime(2026, 11, 24, 2, 0, tzinfo=TOKYO)
    order = order_reminder(campaign, by=handler, now=night)
    morning = dt.datetime(2026, 11, 24, 8, 0, tzinfo=TOKYO)
    assert order.due_at == morning
    # a round that comes into the night goes on in the morning
    evening = dt.datetime(2026, 11, 24, 21, 0, tzinfo=TOKYO)
    (claimed,) = claim_due(FilingReminder, now=evening)
    remind_slice(claimed, now=evening)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.due_at) == ("queued", morning + dt.timedelta(days=1))
    assert not Delivery.objects.filter(purpose=AlertPurpose.FILING).exists()
    (claimed,) = claim_due(FilingReminder, now=claimed.due_at)
    remind_slice(claimed, now=claimed.due_at)
    assert Delivery.objects.filter(purpose=AlertPurpose.FILING).count() == 2


def test_the_dead_are_not_reminded(daytime, sent_campaign, handler, consenting):
    campaign, (about_the_dead, waiting) = sent_campaign
    consenting.died_on = dt.date(2026, 11, 1)
    consenting.save()
    order_reminder(campaign, by=handler)
    drain(remind_to_file)
    told = Delivery.objects.filter(purpose=AlertPurpose.FILING)
    assert [one.notice for one in told] == [waiting]
    order = FilingReminder.objects.get()
    assert (order.told_count, order.unreached_count) == (1, 0)
    # nor is anybody of their account told of anything else
    assert remind(Notice.objects.get(pk=about_the_dead.pk), moment=timezone.now()) == []


@pytest.fixture
def booked(available, consenting):
    """A notice that asks for a booking, and the booking."""
    service = bookings_kit.make_service()
    slot = bookings_kit.make_slot(service.group, bookings_kit.make_place(), capacity=2)
    notice = asking_for(available(consenting), "reservation", service.key)
    contact = bookings_kit.make_contact(resident=consenting)

    def book():
        held = bookings_kit.hold(service, [slot])
        return bookings_kit.confirm(held, contact, by=consenting.user, notice_id=notice.public_id)

    return notice, book


def test_cancelled_booking_takes_the_filing_back(booked, consenting, login, approver):
    notice, book = booked
    first = book()
    cancel(reservation=first, by=consenting.user)
    assert not acted(notice)
    assert [event.kind for event in notice.receipts.filter(kind__startswith="act")] == ["acted", "act_undone"]
    page = login(approver).get(reverse("notices:staff_detail", args=[notice.public_id])).content.decode()
    assert "この通知からの手続" not in page
    # the notice waits again, and is followed again
    second = book()
    assert acted(notice)
    second.refresh_from_db()
    assert second.notice == notice
    # cancelling the first one again changes nothing
    cancel(reservation=first, by=consenting.user)
    assert acted(notice)


def test_one_of_two_bookings_that_stands_is_a_filing(booked, consenting):
    notice, book = booked
    first, _second = book(), book()
    cancel(reservation=first, by=consenting.user)
    assert acted(notice)


def test_application_that_is_taken_back_is_no_filing(login, available, consenting, procedure):
    notice = asking_for(available(consenting), "procedure", procedure.key)
    sent = send(start_from(login(consenting), procedure, notice), consenting)
    assert acted(notice)
    withdraw_application(application=Application.objects.get(pk=sent.pk), by=consenting.user)
    assert not acted(notice)
    # a draft that was never sent is none either
    draft = sample.start(procedure, consenting)
    Application.objects.filter(pk=draft.pk).update(notice=notice)
    withdraw_application(application=Application.objects.get(pk=draft.pk), by=consenting.user)
    assert notice.receipts.filter(kind="act_undone").count() == 1


def test_procedure_and_draft_name_the_notice_that_led_there(login, available, consenting, procedure):
    notice = asking_for(available(consenting), "procedure", procedure.key)
    client = login(consenting)
    page = client.get(
        f"{reverse('applications:procedure_detail', args=[procedure.key])}?notice={notice.public_id}"
    ).text
    assert f"お知らせ「{notice.title}」</a>から開いています。" in page
    draft = start_from(client, procedure, notice)
    for name, more in (("draft_page", [1]), ("draft_check", [])):
        text = client.get(reverse(f"applications:{name}", args=[draft.public_id, *more])).text
        assert f"お知らせ「{notice.title}」からの申請です。" in text


def test_procedure_names_no_notice_of_somebody_else(login, client, available, consenting, another_resident, procedure):
    notice = asking_for(available(consenting), "procedure", procedure.key)
    path = f"{reverse('applications:procedure_detail', args=[procedure.key])}?notice={notice.public_id}"
    assert notice.title not in client.get(path).text
    assert notice.title not in login(another_resident).get(path).text
