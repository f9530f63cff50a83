"""体験: booking and arriving at a practice place, with a banner on every page, and gone after a day."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.references import format_number
from notices.models import OutgoingMail
from reservations import tasks
from reservations.enums import ReservationState, TicketSource
from reservations.models import (
    Reservation,
    ReservationEvent,
    ReservationSlot,
    Slot,
    Ticket,
    TicketEvent,
    TicketPeriod,
    WaitlistEntry,
)
from reservations.queries.figures import figures, span_of
from reservations.services import bookings, practice, queue, reminders
from tests import factories
from tests.reservations import kit
from tests.reservations.queuekit import make_ticket_group

pytestmark = pytest.mark.django_db

BANNER = "これは練習です。"
DAY = dt.timedelta(days=1)


@pytest.fixture
def trial(municipality):
    """A slot of today at a practice place that begins in a minute, whatever the hour."""
    place = kit.make_place("trial", is_practice=True)
    group = make_ticket_group(max_open_per_contact=9)
    service = kit.make_service(group, place)
    now = timezone.now()
    slot = kit.make_slot(group, place, now + DAY / 1440, capacity=3, business_day=timezone.localdate(now))
    kit.make_desk(place, services=[service])
    return slot, service


def book(trial, contact=None):
    slot, service = trial
    staff = factories.make_staff(role="handler", department=slot.group.department)
    return kit.make_reservation(service, slot, contact, by=staff)


def age(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)


def test_everything_of_a_trial_is_gone_a_day_later(trial):
    slot, service = trial
    reservation = book(trial)
    arrived = bookings.check_in(reservation=reservation, place=slot.place)
    ticket = queue.issue_for_reservation(reservation=arrived, source=TicketSource.PHONE)
    by = factories.make_staff(role="clerk", department=service.group.department)
    # staff give tickets on a Sunday too
    walked_in = queue.issue(place=slot.place, service=service, source=TicketSource.STAFF, request_key="walk in", by=by)
    kit.make_entry(service, slot.place)
    now = timezone.now()
    assert practice.sweep_practice(now=now) == 0
    # the entry, two tickets, the booking
    assert practice.sweep_practice(now=now + DAY) == 4
    for model in (Reservation, ReservationEvent, ReservationSlot, Ticket, TicketEvent, TicketPeriod, WaitlistEntry):
        assert model.objects.count() == 0, model
    assert (ticket.is_practice, walked_in.is_practice) == (True, True)
    assert Slot.objects.get().taken == 0
    assert practice.sweep_practice(now=now + DAY) == 0


def test_places_of_a_cancelled_trial_are_given_back_once(trial):
    staying, going = book(trial), book(trial)
    going = bookings.cancel_by_city(reservation=going, by=None)
    age(going, created_at=timezone.now() - DAY)
    practice.sweep_practice()
    assert Reservation.objects.get().pk == staying.pk
    kit.assert_counts_agree()


def test_real_bookings_and_tickets_stay(municipality):
    place = kit.make_place()
    service = kit.make_service(make_ticket_group(), place)
    kit.make_reservation(service, kit.make_slot(service.group, place))
    by = factories.make_staff(role="handler", department=service.group.department)
    queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="real", by=by)
    assert practice.sweep_practice(now=timezone.now() + 30 * DAY) == 0
    assert (Reservation.objects.count(), Ticket.objects.count()) == (1, 1)


def test_task_goes_on_while_a_batch_is_full(trial, monkeypatch):
    woken = []
    monkeypatch.setattr(practice, "BATCH", 1)
    monkeypatch.setattr(tasks.queue, "wake", woken.append)
    age(book(trial), created_at=timezone.now() - DAY)
    tasks.sweep_practice()
    assert woken == ["reservations.tasks.sweep_practice"]


def test_trial_mails_the_person_alone_says_what_it_is_and_reminds_nobody(trial):
    reservation = book(trial, kit.make_contact(email="me@example.jp"))
    [mail] = OutgoingMail.objects.all()
    assert mail.to == "me@example.jp"
    assert BANNER in decrypt(mail.body)
    age(reservation, booked_at=timezone.now() - 2 * DAY, business_day=timezone.localdate() + DAY)
    noon = timezone.localtime().replace(hour=12)
    assert reminders.remind_due(now=noon) == 0


def test_trial_is_never_counted(trial):
    slot, service = trial
    book(trial)
    leader = factories.make_staff(role="approver", department=service.group.department)
    counted = figures(span_of(leader, from_day=slot.business_day, until_day=slot.business_day), by="service")
    assert (counted.totals.reservations, counted.totals.offered, counted.lines) == (0, 0, [])


def test_pages_of_a_trial_say_so(client, trial):
    """From the service to the ticket, as somebody at home walks them."""
    slot, service = trial
    key, place = service.key, slot.place.key
    assert key in client.get(reverse("reservations:booking_start")).content.decode()
    paths = [reverse("reservations:booking_service", args=[key])]
    paths += [f"/reserve/{key}/at/{place}/?people=1&variant=on_site"]
    paths += [f"/reserve/{key}/at/{place}/{slot.business_day}/?people=1&variant=on_site"]
    paths += [reverse(f"reservations:phone_{name}", args=[place]) for name in ("home", "services", "check_in")]
    paths += [reverse("reservations:phone_service", args=[place, key])]
    for path in paths:
        page = client.get(path)
        assert (path, page.status_code, BANNER in page.content.decode()) == (path, 200, True)


def test_somebody_at_home_checks_in_for_a_trial_only(client, trial):
    slot, _service = trial
    reservation = book(trial)
    path = reverse("reservations:phone_check_in", args=[slot.place.key])
    page = client.post(path, {"code": format_number(reservation.number)}, follow=True)
    ticket = Ticket.objects.get()
    assert page.redirect_chain == [(reverse("reservations:ticket", args=[ticket.public_id]), 302)]
    assert BANNER in page.content.decode()
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.CHECKED_IN
    real = kit.make_place()
    assert client.get(reverse("reservations:phone_check_in", args=[real.key])).status_code == 404
