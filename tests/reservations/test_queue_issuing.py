"""Tickets: numbers, the same request twice, and when none are given."""

import datetime as dt

import pytest
from django.db import IntegrityError

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, ClosedDay
from reservations.enums import ExceptionKind, Priority, RuleKind, TicketEventKind, TicketSource, TicketState
from reservations.errors import ReasonMissing, ServiceClosed
from reservations.models import (
    Kiosk,
    OpeningException,
    OpeningRule,
    ServiceOffer,
    Ticket,
    TicketCounter,
    TicketEvent,
    TicketPeriod,
)
from reservations.queries import estimate
from reservations.services import queue
from tests.reservations.kit import make_offer, make_place, make_service
from tests.reservations.queuekit import NOW, after, again, make_checked_in, make_hall, make_ticket_group

pytestmark = pytest.mark.django_db
DAY = NOW.date()


@pytest.fixture
def hall():
    return make_hall()


def test_ticket_says_what_the_person_was_told(hall):
    hall.issue()
    told = estimate.forecast(place=hall.place, service=hall.service, now=after(3))
    ticket = hall.issue(3, people=2, language="en")
    assert (ticket.label, ticket.people, ticket.language) == (f"{hall.group.letter}2", 2, "en")
    assert (ticket.state, ticket.priority, ticket.order_at) == (TicketState.WAITING, Priority.NORMAL, after(3))
    assert (ticket.forecast_low, ticket.forecast_high) == (told.low, told.high)
    assert told.high > 0
    assert (ticket.business_day, ticket.source, ticket.is_practice) == (DAY, TicketSource.KIOSK, False)
    assert [(event.kind, event.at) for event in ticket.events.all()] == [(TicketEventKind.ISSUED, after(3))]


def test_numbers_count_per_letter_place_and_day(hall):
    other = make_service(make_ticket_group(hall.department), hall.place)
    branch = make_place()
    make_offer(hall.service, branch)
    first, second = hall.issue_many(2)
    tickets = [
        first,
        second,
        hall.issue(service=other),
        hall.issue(place=branch),
        hall.issue(24 * 60, now=after(24 * 60)),
    ]
    assert [ticket.sequence for ticket in tickets] == [1, 2, 1, 1, 1]


def test_day_is_that_of_tokyo(hall):
    """Half past eight in the morning is still yesterday in UTC."""
    assert hall.issue(-30).business_day == DAY


def test_same_request_is_the_same_ticket(hall):
    first = hall.issue(request_key="double tap")
    second = hall.issue(1, request_key="double tap")
    assert (second.pk, TicketCounter.objects.get().last) == (first.pk, 1)
    assert TicketEvent.objects.count() == TicketPeriod.objects.count() == 1


def test_number_of_who_was_sent_here_is_passed_over(hall):
    branch = make_place()
    make_offer(hall.service, branch)
    for ticket in hall.issue_many(4)[2:]:
        queue.transfer(ticket=ticket, place=branch, by=hall.clerks[0], now=after(5))
    here = [hall.issue(6 + number, place=branch).sequence for number in range(4)]
    assert here == [1, 2, 5, 6]
    assert hall.issue(10).sequence == 5
    assert TicketCounter.objects.get(place=branch).last == 6


def test_failed_ticket_leaves_no_gap(hall):
    with pytest.raises(IntegrityError):
        hall.issue(people=None)
    assert hall.issue().sequence == 1


def test_database_refuses_a_number_twice(hall):
    hall.issue_many(2)
    with pytest.raises(IntegrityError):
        Ticket.objects.filter(sequence=2).update(sequence=1)


def test_practice_place_gives_practice_tickets(hall):
    trial = make_place(is_practice=True)
    make_offer(hall.service, trial)
    assert hall.issue(place=trial).is_practice


# --- reservations


def test_reservation_counts_from_its_time(hall):
    ticket = hall.arrive(10, appointment=30, people=3, language="en")
    assert (ticket.priority, ticket.order_at, ticket.appointment_at) == (Priority.APPOINTMENT, after(30), after(30))
    assert (ticket.issued_at, ticket.people, ticket.language) == (after(10), 3, "en")


def test_reservation_has_one_ticket(hall):
    reservation = make_checked_in(hall.place, hall.service, after(30))
    made = [
        queue.issue_for_reservation(reservation=reservation, source=source, now=after(10)).pk
        for source in (TicketSource.RESERVATION, TicketSource.STAFF)
    ]
    assert made == [Ticket.objects.get().pk] * 2


def test_reservation_is_taken_in_outside_the_hours(hall):
    """Who has come to an appointment is not sent away because walk-ins are over."""
    close(hall)
    assert hall.arrive(10, appointment=30).state == TicketState.WAITING


# --- when none are given


def close(hall, **fields):
    OpeningException.objects.create(place=hall.place, date=DAY, kind=ExceptionKind.CLOSED, **fields)


@pytest.mark.parametrize(
    "shut",
    [
        lambda hall: type(hall.group).objects.update(is_active=False),
        lambda hall: type(hall.group).objects.update(has_tickets=False),
        lambda hall: type(hall.service).objects.update(is_active=False),
        lambda hall: type(hall.place).objects.update(is_active=False),
        lambda hall: ServiceOffer.objects.update(is_active=False),
        lambda hall: ServiceOffer.objects.update(is_on_site=False, by_phone=True),
    ],
)
def test_service_that_gives_no_tickets_gives_none_to_staff_either(hall, shut):
    shut(hall)
    for row in (hall.place, hall.group, hall.service):
        row.refresh_from_db()
    hall.service.group = hall.group
    for by in (None, hall.clerks[0]):
        with pytest.raises(ServiceClosed):
            hall.issue(by=by)
    assert not TicketCounter.objects.exists()


@pytest.mark.parametrize(
    ("fields", "minute", "is_open"),
    [
        ({}, 0, False),
        ({"from_time": dt.time(12), "until_time": dt.time(13)}, 60, True),
        ({"from_time": dt.time(12), "until_time": dt.time(13)}, 180, False),
        ({"from_time": dt.time(12), "until_time": dt.time(13)}, 240, True),
    ],
)
def test_closed_place_gives_tickets_only_by_staff(hall, fields, minute, is_open):
    close(hall, **fields)
    assert gives(hall, minute) is is_open
    assert hall.issue(minute, by=hall.clerks[0]).pk


def gives(hall, minute=0, **fields):
    try:
        hall.issue(minute, **fields)
    except ServiceClosed:
        return False
    return True


def test_exception_of_another_group_closes_nothing_here(hall):
    close(hall, group=make_ticket_group(hall.department))
    assert gives(hall)


def test_closed_day_of_the_city_is_closed_unless_a_rule_opens_it(hall):
    """A Saturday, and a day the city itself closes."""
    saturday = 4 * 24 * 60
    assert not gives(hall, saturday)
    ClosedDay.objects.create(date=DAY, name="庁舎点検")
    assert not gives(hall)
    rule = {"from_time": dt.time(8, 30), "until_time": dt.time(12), "valid_from": DAY}
    OpeningRule.objects.create(group=hall.group, place=hall.place, weekdays=[1, 5], works_on_closed_days=True, **rule)
    assert (gives(hall), gives(hall, saturday), gives(hall, saturday + 24 * 60)) == (True, True, False)


@pytest.mark.parametrize("is_kiosk", [False, True])
def test_hours_of_the_group_count_for_phones_and_kiosks_and_not_for_staff(hall, is_kiosk):
    rule = {"group": hall.group, "place": hall.place, "weekdays": [0, 1, 2, 3, 4], "valid_from": DAY}
    OpeningRule.objects.create(from_time=dt.time(9), until_time=dt.time(17), **rule)
    OpeningRule.objects.create(kind=RuleKind.BREAK, from_time=dt.time(12), until_time=dt.time(13), **rule)
    kiosk = Kiosk.objects.create(place=hall.place, name="受付") if is_kiosk else None
    # two at night, a minute before nine, nine, in the break (nobody comes twice), after it, five, and on Saturday
    minutes = (-7 * 60, -1, 0, 200, 240, 480, 4 * 24 * 60)
    source = TicketSource.KIOSK if is_kiosk else TicketSource.PHONE
    given = [gives(hall, minute, kiosk=kiosk, source=source) for minute in minutes]
    assert given == [False, False, True, True, True, False, False]
    assert all(gives(hall, minute, by=hall.clerks[0], source=TicketSource.STAFF) for minute in minutes)


def test_hours_elsewhere_say_nothing_of_a_place_without_any(hall):
    rule = {"weekdays": [1], "valid_from": DAY, "from_time": dt.time(13), "until_time": dt.time(17)}
    OpeningRule.objects.create(group=hall.group, place=make_place(), **rule)
    OpeningRule.objects.create(group=make_ticket_group(hall.department), place=hall.place, **rule)
    assert gives(hall)


def test_evening_opened_by_an_exception_gives_tickets_on_top_of_the_hours(hall):
    rule = {"weekdays": [1], "valid_from": DAY, "from_time": dt.time(9), "until_time": dt.time(12)}
    OpeningRule.objects.create(group=hall.group, place=hall.place, **rule)
    OpeningException.objects.create(
        place=hall.place,
        group=hall.group,
        date=DAY,
        kind=ExceptionKind.OPEN,
        from_time=dt.time(18),
        until_time=dt.time(20),
        slot_minutes=20,
        capacity=2,
        public_capacity=1,
    )
    assert [gives(hall, minute) for minute in (0, 300, 9 * 60, 11 * 60)] == [True, False, True, False]


def test_phones_take_as_many_tickets_as_the_kiosks_give(hall):
    small, other = (Kiosk.objects.create(place=hall.place, name=name, daily_limit=2) for name in ("1階", "2階"))
    other.services.add(make_service(make_ticket_group(hall.department), hall.place))
    Kiosk.objects.filter(pk=other.pk).update(daily_limit=9)
    assert [gives(hall, minute, source=TicketSource.PHONE) for minute in range(3)] == [True, True, False]
    # the kiosk upstairs gives more of this too, then so do phones
    other.services.clear()
    assert gives(hall, 3, source=TicketSource.PHONE)
    Kiosk.objects.filter(pk=small.pk).update(daily_limit=0)
    Kiosk.objects.filter(pk=other.pk).update(daily_limit=1)
    assert gives(hall, 4, source=TicketSource.PHONE)


def test_sunday_opening_in_the_busy_season_gives_tickets(hall):
    sunday = 5 * 24 * 60
    OpeningException.objects.create(
        place=hall.place,
        group=hall.group,
        date=after(sunday).date(),
        kind=ExceptionKind.OPEN,
        from_time=dt.time(9),
        until_time=dt.time(12),
        slot_minutes=20,
        capacity=2,
        public_capacity=1,
    )
    assert gives(hall, sunday)


def test_kiosk_gives_tickets_in_its_hours_and_up_to_its_limit(hall):
    kiosk = Kiosk.objects.create(
        place=hall.place, name="受付", opens_at=dt.time(9), closes_at=dt.time(17), daily_limit=2
    )
    given = [gives(hall, minute, kiosk=kiosk) for minute in (-1, 0, 479, 480)]
    assert given == [False, True, True, False]
    assert not gives(hall, 30, kiosk=kiosk)
    # staff may still help
    assert gives(hall, 30, by=hall.clerks[0])


# --- priority


def test_priority_needs_a_reason(hall):
    with pytest.raises(ReasonMissing):
        hall.issue(priority=Priority.HIGH, note="  ", by=hall.clerks[0])
    assert hall.issue_high().note == "体調が悪い"


def test_priority_of_who_waits_is_written_down(hall):
    first, second = hall.issue_many(2)
    with pytest.raises(ReasonMissing):
        queue.prioritise(ticket=second, reason=" ", by=hall.clerks[0])
    queue.prioritise(ticket=second, reason="乳児と一緒", by=hall.clerks[0])
    assert (again(second).priority, again(second).note) == (Priority.HIGH, "乳児と一緒")
    event = AuditEvent.objects.get(action=AuditAction.CHANGE, target_type="reservations.ticket")
    assert (event.actor, event.changed_fields) == (hall.clerks[0], ["note", "priority"])
    assert [hall.serve(3), hall.serve(4)] == [second.label, first.label]


def test_old_screen_gives_no_priority(hall):
    ticket = hall.issue()
    hall.call(1)
    with pytest.raises(StaleState):
        queue.prioritise(ticket=ticket, reason="乳児と一緒", by=hall.clerks[0])
    assert again(ticket).priority == Priority.NORMAL


# --- the mix of a real day


def test_day_is_mixed_by_the_shares_of_the_group():
    hall = make_hall(1, appointment_share=50, priority_share=50)
    walk_ins = [hall.issue(minute) for minute in range(4)]
    booked = [hall.arrive(4, appointment=minute) for minute in (5, 6, 7)]
    unwell = hall.issue_high(8)
    called = [hall.serve(10 + number) for number in range(8)]
    expected = [unwell, booked[0], walk_ins[0], booked[1], walk_ins[1], booked[2], walk_ins[2], walk_ins[3]]
    assert called == [ticket.label for ticket in expected]
    among = list(Ticket.objects.order_by("called_at").values_list("called_among", flat=True))
    assert among == ["123", "23", "23", "23", "23", "23", "3", "3"]


def test_calls_nobody_competed_for_count_for_nothing():
    hall = make_hall(1, appointment_share=50)
    for minute in range(6):
        hall.issue(minute)
        hall.serve(minute)
    walk_ins = [hall.issue(20), hall.issue(21)]
    booked = [hall.arrive(22, appointment=22), hall.arrive(23, appointment=23)]
    called = [hall.serve(30 + number) for number in range(4)]
    assert called == [ticket.label for pair in zip(booked, walk_ins, strict=True) for ticket in pair]
