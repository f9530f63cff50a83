"""Who sits where, breaks, and the panic button."""

import pytest
from django.db import IntegrityError, transaction

from cityhall.enums import DeviceKind, Role
from cityhall.models import Device
from reservations.errors import DeskBusy, DeskTaken, NotAtDesk
from reservations.models import DeskAlarm, DeskSession
from reservations.queries.desks import DeskPage, desks_for, open_alarms, seat_of, version
from reservations.services import desks, queue
from tests import factories
from tests.reservations.kit import make_desk, make_place, make_service
from tests.reservations.queuekit import after, make_hall, make_ticket_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall(2)


def open_seats():
    return set(DeskSession.objects.filter(ended_at=None).values_list("desk__number", "user__name"))


def test_signing_on_twice_is_one_session(hall):
    again = desks.sign_on(**hall.seat(), now=after(1))
    assert again.started_at == after(0)
    assert open_seats() == {("1", "窓口 1"), ("2", "窓口 2")}


def test_clerk_who_changes_desks_leaves_the_earlier_one(hall):
    third = make_desk(hall.place, "3", [hall.service])
    desks.sign_on(desk=third, by=hall.clerks[0], now=after(5))
    assert open_seats() == {("3", "窓口 1"), ("2", "窓口 2")}
    assert DeskSession.objects.get(desk=hall.desks[0]).ended_at == after(5)


def test_taken_desk_says_who_sits_there(hall):
    with pytest.raises(DeskTaken) as told:
        desks.sign_on(desk=hall.desks[1], by=hall.clerks[0], now=after(1))
    assert str(told.value) == "窓口 2 は、窓口 2 さんが使っています。"
    # and they still have the desk they came from
    assert ("1", "窓口 1") in open_seats()


def test_colleague_who_forgot_to_sign_off_is_replaced(hall):
    desks.sign_on(desk=hall.desks[1], by=hall.clerks[0], replaces=True, now=after(1))
    assert open_seats() == {("2", "窓口 1")}


def test_person_of_who_was_replaced_is_taken_over(hall):
    hall.issue()
    ticket = hall.call(1, 1)
    desks.sign_on(desk=hall.desks[1], by=hall.clerks[0], replaces=True, now=after(2))
    taken = queue.take_over(ticket=ticket, desk=hall.desks[1], by=hall.clerks[0], now=after(3))
    assert (taken.desk_id, taken.clerk_id) == (hall.desks[1].pk, hall.clerks[0].pk)


@pytest.mark.parametrize("leave", ["sign_off", "start_break", "sign_on"])
def test_nobody_leaves_a_desk_with_somebody_at_it(hall, leave):
    hall.issue()
    hall.call(1)
    session = hall.clerks[0].desk_sessions.get()
    steps = {
        "sign_off": lambda: desks.sign_off(session=session),
        "start_break": lambda: desks.start_break(session=session),
        "sign_on": lambda: desks.sign_on(desk=make_desk(hall.place, "3"), by=hall.clerks[0], now=after(2)),
    }
    with pytest.raises(DeskBusy):
        steps[leave]()
    session.refresh_from_db()
    assert (session.ended_at, session.break_since) == (None, None)


def test_break_begins_and_ends_once(hall):
    session = hall.clerks[0].desk_sessions.get()
    for minute in (1, 2):
        desks.start_break(session=session, now=after(minute))
    session.refresh_from_db()
    assert session.break_since == after(1)
    for _time in (1, 2):
        desks.end_break(session=session)
    session.refresh_from_db()
    assert session.break_since is None


def test_who_signed_off_has_no_break(hall):
    session = hall.clerks[0].desk_sessions.get()
    for minute in (1, 2):
        desks.sign_off(session=session, now=after(minute))
    session.refresh_from_db()
    assert session.ended_at == after(1)
    for step in (desks.start_break, desks.end_break):
        with pytest.raises(NotAtDesk):
            step(session=session)


def test_database_itself_keeps_one_clerk_to_one_desk(hall):
    for desk, user in ((hall.desks[0], hall.clerks[1]), (make_desk(hall.place, "3"), hall.clerks[0])):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeskSession.objects.create(desk=desk, user=user)


def test_seat_of_yesterday_is_no_seat_and_is_in_nobodys_way(hall):
    tomorrow = after(24 * 60)
    assert seat_of(hall.clerks[0], after(1)).desk == hall.desks[0]
    assert seat_of(hall.clerks[0], tomorrow) is None
    desks.sign_on(desk=hall.desks[0], by=hall.clerks[1], now=tomorrow)
    assert open_seats() == {("1", "窓口 2")}


# --- whose desks


def test_staff_sit_at_desks_of_their_services(hall):
    stranger = factories.make_staff(role=Role.CLERK, department=factories.make_department())
    assert list(desks_for(hall.clerks[0])) == hall.desks
    assert list(desks_for(stranger)) == []


def test_paired_tablet_of_a_branch_lets_its_staff_sit_there(hall):
    """A branch serves for the departments of the hall; the tablet is the branch's."""
    branch = factories.make_department()
    device = Device.objects.create(kind=DeviceKind.DESK, name="支所の窓口", department=branch)
    there = make_desk(make_place(), "1", [hall.service], device=device)
    assert list(desks_for(factories.make_staff(role=Role.CLERK, department=branch))) == [there]


def test_closed_desks_are_not_offered(hall):
    type(hall.desks[0]).objects.filter(pk=hall.desks[0].pk).update(is_active=False)
    assert list(desks_for(hall.clerks[0])) == [hall.desks[1]]


# --- the panic button


def test_alarm_is_seen_answered_and_closed(hall):
    alarm = desks.raise_alarm(**hall.seat(), now=after(1))
    assert desks.raise_alarm(**hall.seat(), now=after(2)) == alarm
    assert [(one.desk, one.raised_at) for one in open_alarms(hall.desks[1])] == [(hall.desks[0], after(1))]
    desks.answer_alarm(alarm=alarm, by=hall.clerks[1], now=after(2))
    desks.answer_alarm(alarm=alarm, by=hall.clerks[0], now=after(3))
    alarm.refresh_from_db()
    assert (alarm.answered_by, alarm.answered_at) == (hall.clerks[1], after(2))
    for minute in (4, 5):
        desks.close_alarm(alarm=alarm, now=after(minute))
    alarm.refresh_from_db()
    assert alarm.closed_at == after(4)
    assert open_alarms(hall.desks[1]) == []
    # next time it is another one
    assert desks.raise_alarm(**hall.seat(), now=after(6)) != alarm


def test_alarm_is_heard_at_its_place_only(hall):
    desks.raise_alarm(**hall.seat())
    assert open_alarms(make_desk(make_place(), "1")) == []


def test_closed_alarm_is_answered_by_nobody(hall):
    alarm = desks.raise_alarm(**hall.seat())
    desks.close_alarm(alarm=alarm)
    desks.answer_alarm(alarm=alarm, by=hall.clerks[1])
    assert DeskAlarm.objects.get().answered_by is None


# --- what the page asks for


def test_version_changes_with_everything_the_page_shows(hall):
    session = hall.clerks[0].desk_sessions.get()

    def version_at(minute):
        return version(session, open_alarms(session.desk), after(minute))

    seen = [version_at(1)]

    def note():
        seen.append(version_at(1))

    ticket = hall.issue()
    note()
    queue.be_away(ticket=ticket, minutes=20, now=after(1))
    note()
    queue.be_away(ticket=ticket, minutes=0, now=after(1))
    note()
    ticket = hall.call(1, 1)
    note()
    queue.start(ticket=ticket, by=hall.clerks[1], now=after(1))
    note()
    alarm = desks.raise_alarm(**hall.seat(1))
    note()
    desks.answer_alarm(alarm=alarm, by=hall.clerks[0])
    note()
    desks.close_alarm(alarm=alarm)
    desks.start_break(session=session)
    note()
    assert len(set(seen)) == len(seen)


def test_version_stays_while_nothing_happens(hall):
    session = hall.clerks[0].desk_sessions.get()
    hall.issue()
    moments = [after(1), after(1, 59), after(2)]
    first, same, next_minute = (version(session, [], moment) for moment in moments)
    assert first == same != next_minute


def test_page_sorts_people_by_what_can_be_done_with_them(hall):
    other_letter = make_service(make_ticket_group(hall.department), hall.place)
    stranger = hall.issue(service=other_letter)
    first, second, third, fourth, fifth = hall.issue_many(5)
    queue.be_away(ticket=first, minutes=30, now=after(6))
    queue.park(
        ticket=queue.start(ticket=queue.call(ticket=second, **hall.seat(1), now=after(6)), by=hall.clerks[1]),
        by=hall.clerks[1],
    )
    elsewhere = queue.call(ticket=third, **hall.seat(1), now=after(7))
    here = queue.call(ticket=fourth, **hall.seat(), now=after(7))
    page = DeskPage(hall.clerks[0].desk_sessions.get(), after(8))
    shown = {
        "here": [page.ticket.label],
        "queue": labels(page.queue),
        "later": labels(page.later),
        "parked": labels(page.parked),
        "missed": labels(page.missed),
        "elsewhere": labels(page.elsewhere),
    }
    assert shown == {
        "here": [here.label],
        "queue": [fifth.label],
        "later": [first.label],
        "parked": [second.label],
        "missed": [],
        "elsewhere": [elsewhere.label],
    }
    assert stranger.label not in {label for part in shown.values() for label in part}


def labels(rows):
    return [row.ticket.label for row in rows]


def test_page_counts_the_clerks_own_day(hall):
    hall.issue_many(3)
    for minute, length in ((5, 4), (20, 8)):
        ticket = queue.start(ticket=hall.call(minute), by=hall.clerks[0], now=after(minute))
        queue.finish(ticket=ticket, by=hall.clerks[0], now=after(minute + length))
    day = DeskPage(hall.clerks[0].desk_sessions.get(), after(30)).day
    assert (day.served, day.mean_minutes) == (2, 6)
    other = DeskPage(hall.clerks[1].desk_sessions.get(), after(30)).day
    assert (other.served, other.mean_minutes) == (0, None)
