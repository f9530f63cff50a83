"""The job that makes slots, and what editors do to the supply."""

import datetime as dt

import pytest
from django.db import IntegrityError

from cityhall.db import violated
from cityhall.errors import StaleState
from cityhall.models import ClosedDay
from notices.models import OutgoingMail
from reservations.enums import ExceptionKind, Release, ReservationState, RuleKind, SupplyAction
from reservations.errors import HoldOver, NotOpenYet, SlotGone
from reservations.models import OpeningException, OpeningRule, Reservation, Slot, SlotSeries, SupplyEvent
from reservations.queries.displaced import displaced_in
from reservations.services import bookings, supply
from reservations.services.supply import rebuilding
from reservations.services.supply.rebuilding import Rebuilt
from reservations.services.supply.releasing import Wave
from reservations.supply.errors import DayIsClosed, HoursOverlap, WavesMissing
from tests.reservations import kit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipality")]

# Thursday; the following Monday is 勤労感謝の日
NOW = kit.at(dt.date(2026, 11, 19), 8)
MONDAY = dt.date(2026, 11, 30)


@pytest.fixture
def group():
    return kit.make_group(horizon_days=21, cooling_minutes=0)


@pytest.fixture
def place():
    return kit.make_place()


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


def make_rule(group, place, **fields):
    values = {
        "group": group,
        "place": place,
        "weekdays": [0],
        "from_time": dt.time(9),
        "until_time": dt.time(10),
        "valid_from": dt.date(2026, 1, 5),
        "slot_minutes": 20,
        "capacity": 3,
        "public_capacity": 2,
    }
    return OpeningRule(**values | fields)


def save_rule(group, place, by=None, now=NOW, **fields):
    rule = make_rule(group, place, **fields)
    supply.save_rule(rule=rule, by=by, now=now)
    return rule


def change_rule(rule, now=NOW, **fields):
    rule = OpeningRule.objects.get(pk=rule.pk)
    for name, value in fields.items():
        setattr(rule, name, value)
    return supply.save_rule(rule=rule, by=None, now=now)


def slot_at(hour, minute=0, day=MONDAY):
    return Slot.objects.get(starts_at=kit.at(day, hour, minute))


def open_days():
    days = Slot.objects.filter(closed_at__isnull=True).order_by("business_day")
    return [f"{day:%m-%d}" for day in days.values_list("business_day", flat=True).distinct()]


def columns():
    """Every slot as it stands, but for its id."""
    names = [field.attname for field in Slot._meta.concrete_fields if field.attname != "id"]
    return list(Slot.objects.order_by("starts_at").values_list(*names))


def booked(service, slot, now=NOW, **fields):
    return kit.make_reservation(service, slot, now=now, is_public=fields.pop("is_public", False), **fields)


# --- the job


def test_rebuild_makes_slots_until_some_days_behind_the_horizon(group, place):
    save_rule(group, place)
    # 21 days ahead and a week more; 23 November is a holiday
    assert open_days() == ["11-30", "12-07", "12-14"]
    slot = slot_at(9, 20)
    assert (slot.capacity, slot.public_capacity, slot.released, slot.taken) == (3, 2, 2, 0)
    assert slot.opens_at == kit.at(MONDAY - dt.timedelta(days=21), 0)
    assert slot.ends_at == kit.at(MONDAY, 9, 40)


def test_rebuild_again_changes_nothing(group, place):
    save_rule(group, place)
    before = columns()
    assert supply.rebuild(now=NOW) == Rebuilt(kept=9)
    assert columns() == before


def test_rebuild_goes_on_where_it_was_killed(group, place, monkeypatch):
    """After each week the state is one that the next round completes to the same end."""
    make_rule(group, place).save()
    create, left = Slot.objects.bulk_create, [1]

    def create_once(*args, **options):
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return create(*args, **options)

    monkeypatch.setattr(type(Slot.objects), "bulk_create", lambda self, *args, **options: create_once(*args, **options))
    with pytest.raises(KeyboardInterrupt):
        supply.rebuild(now=NOW)
    assert open_days() == ["11-30"]
    monkeypatch.undo()
    assert supply.rebuild(now=NOW) == Rebuilt(made=6, kept=3)
    killed = columns()
    Slot.objects.all().delete()
    supply.rebuild(now=NOW)
    assert columns() == killed


def test_rebuild_leaves_what_has_begun(group, place):
    save_rule(group, place)
    at_half_past = kit.at(MONDAY, 9, 30)
    OpeningRule.objects.all().delete()
    assert supply.rebuild(now=at_half_past, until_day=MONDAY) == Rebuilt(closed=1)
    assert [slot.closed_at is None for slot in (slot_at(9), slot_at(9, 20), slot_at(9, 40))] == [True, True, False]


def test_rebuild_opens_again_what_is_planned_again(group, place, service):
    rule = save_rule(group, place)
    reservation = booked(service, slot_at(9))
    change_rule(rule, from_time=dt.time(9, 20))
    slot = slot_at(9)
    assert (slot.closed_at, slot.taken) == (NOW, 1)
    assert displaced_in([slot.pk], now=NOW) == [reservation]
    change_rule(rule, from_time=dt.time(9))
    assert slot_at(9).closed_at is None
    assert displaced_in([slot.pk], now=NOW) == []


def test_rebuild_never_deletes_a_slot(group, place):
    rule = save_rule(group, place)
    ids = set(Slot.objects.values_list("pk", flat=True))
    assert supply.end_rule(rule=rule, last_day=dt.date(2025, 1, 1), by=None, now=NOW) == Rebuilt(closed=9)
    assert not OpeningRule.objects.exists()
    assert set(Slot.objects.values_list("pk", flat=True)) == ids


def test_rebuild_leaves_groups_and_places_that_are_switched_off(group, place):
    save_rule(group, place)
    OpeningRule.objects.all().delete()
    for row, name in ((group, "is_active"), (group, "is_bookable"), (place, "is_active")):
        type(row).objects.filter(pk=row.pk).update(**{name: False})
        assert supply.rebuild(now=NOW) == Rebuilt()
        type(row).objects.filter(pk=row.pk).update(**{name: True})


def test_the_job_looks_at_no_slot_of_the_past(group, place):
    kit.make_slot(group, place, kit.at(dt.date(2026, 11, 2), 9))
    assert list(rebuilding._pairs(None, None, NOW.date())) == []
    kit.make_slot(group, place, kit.at(MONDAY, 9))
    kit.make_slot(kit.make_group(is_bookable=False), place, kit.at(MONDAY, 9))
    assert list(rebuilding._pairs(None, None, NOW.date())) == [(group, place)]
    assert list(rebuilding._pairs(kit.make_group(), None, NOW.date())) == []


def test_rebuild_keeps_series_out(group, place):
    series = SlotSeries.objects.create(group=group, place=place, title="スマートフォン教室")
    kit.make_slot(group, place, kit.at(MONDAY, 9), minutes=90, capacity=12, series=series)
    before = columns()
    make_rule(group, place).save()
    supply.rebuild(now=NOW, until_day=MONDAY)
    # the session at the same time stays what it is, and nothing is made over it
    assert [row for row in columns() if row[3] == kit.at(MONDAY, 9)] == before


def test_holidays_added_after_bookings_close_slots_and_list_people(group, place, service):
    save_rule(group, place)
    reservation = booked(service, slot_at(9))
    ClosedDay.objects.create(date=MONDAY, name="夏季休業")
    assert supply.rebuild(now=NOW) == Rebuilt(closed=3, kept=6)
    assert displaced_in([slot_at(9).pk], now=NOW) == [reservation]
    # the job tells nobody: a person looks at the list first
    reservation.refresh_from_db()
    assert reservation.must_move_since is None
    assert open_days() == ["12-07", "12-14"]


def test_closed_days_stay_open_only_for_rules_that_say_so(group, place):
    ClosedDay.objects.create(date=MONDAY, name="年末休業")
    save_rule(group, place, works_on_closed_days=True)
    assert open_days() == ["11-23", "11-30", "12-07", "12-14"]


def test_year_end_is_no_border(group, place):
    now = kit.at(dt.date(2026, 12, 25), 8)
    save_rule(group, place, now=now, weekdays=[2, 3, 4], every_weeks=2, valid_from=dt.date(2026, 12, 16))
    # 1 January is a holiday, 13 to 15 January the next of every two weeks
    assert open_days() == ["12-30", "12-31", "01-13", "01-14", "01-15"]


# --- clamping


def test_lowering_below_what_is_taken_clamps_closes_and_opens_by_itself_again(group, place, service):
    rule = save_rule(group, place)
    people = [booked(service, slot_at(9), now=NOW + dt.timedelta(minutes=number)) for number in range(3)]
    change_rule(rule, capacity=2, public_capacity=1)
    slot = slot_at(9)
    assert (slot.capacity, slot.wanted_capacity, slot.closed_at) == (3, 2, NOW)
    # who booked last is asked to move
    assert displaced_in([slot.pk], now=NOW) == [people[2]]
    assert slot_at(9, 20).capacity == 2
    before = columns()
    supply.rebuild(now=NOW)
    assert columns() == before

    bookings.cancel(reservation=people[0], now=NOW)
    supply.rebuild(now=NOW)
    slot = slot_at(9)
    assert (slot.capacity, slot.public_capacity, slot.taken) == (2, 1, 2)
    assert (slot.wanted_capacity, slot.wanted_public_capacity, slot.closed_at) == (None, None, None)


def test_lowering_what_the_public_may_book_keeps_the_slot_open(group, place, service):
    rule = save_rule(group, place)
    for _ in range(2):
        booked(service, slot_at(9), is_public=True)
    change_rule(rule, public_capacity=1)
    slot = slot_at(9)
    assert (slot.capacity, slot.public_capacity, slot.released, slot.closed_at) == (3, 2, 2, None)
    assert slot.wanted_public_capacity == 1
    assert displaced_in([slot.pk], now=NOW) == []


def test_the_database_refuses_less_than_is_taken(group, place, service):
    save_rule(group, place)
    booked(service, slot_at(9))
    with pytest.raises(IntegrityError) as refused:
        Slot.objects.filter(taken=1).update(capacity=0, public_capacity=0, released=0)
    assert violated(refused.value) == "slot_taken_within_capacity"


# --- single slots


def test_change_slot_holds_against_the_job(group, place, handler):
    rule = save_rule(group, place)
    changed = supply.change_slot(slot=slot_at(9), capacity=6, public_capacity=4, by=handler, now=NOW)
    assert (changed.slot.capacity, changed.slot.public_capacity, changed.slot.released) == (6, 4, 4)
    change_rule(rule, capacity=1, public_capacity=1)
    assert (slot_at(9).capacity, slot_at(9, 20).capacity) == (6, 1)
    event = SupplyEvent.objects.get(action=SupplyAction.SLOT_CHANGED)
    assert (event.actor, event.after) == (handler, {"capacity": 6, "public_capacity": 4})
    assert event.before == {"starts_at": slot_at(9).starts_at.isoformat(), "capacity": 3, "public_capacity": 2}


def test_change_slot_below_what_is_taken_lists_who_is_too_many(group, place, service):
    save_rule(group, place)
    people = [booked(service, slot_at(9), now=NOW + dt.timedelta(minutes=number)) for number in range(3)]
    changed = supply.change_slot(slot=slot_at(9), capacity=1, public_capacity=0, by=None, now=NOW)
    assert changed.must_move == [people[1], people[2]]
    assert (changed.slot.capacity, changed.slot.wanted_capacity, changed.slot.closed_at) == (3, 1, NOW)
    supply.rebuild(now=NOW)
    assert slot_at(9).closed_at == NOW


def test_an_edited_slot_closes_and_opens_with_its_day(group, place):
    save_rule(group, place)
    supply.change_slot(slot=slot_at(9), capacity=6, public_capacity=4, by=None, now=NOW)
    supply.close_day(place=place, group=group, day=MONDAY, reason="工事", by=None, now=NOW)
    assert slot_at(9).closed_at == NOW
    supply.reopen_day(place=place, group=group, day=MONDAY, by=None, now=NOW)
    slot = slot_at(9)
    assert (slot.closed_at, slot.capacity, slot.public_capacity) == (None, 6, 4)


# --- rules


def test_save_rule_refuses_overlapping_hours(group, place):
    save_rule(group, place)
    with pytest.raises(HoursOverlap):
        save_rule(group, place, from_time=dt.time(9, 30), until_time=dt.time(11))
    save_rule(group, place, kind=RuleKind.BREAK, from_time=dt.time(9, 20), until_time=dt.time(9, 40))
    assert [
        f"{slot.starts_at.astimezone(NOW.tzinfo):%H:%M}"
        for slot in Slot.objects.filter(business_day=MONDAY, closed_at__isnull=True)
    ] == ["09:00", "09:40"]


def test_save_rule_tells_who_was_slower(group, place):
    rule = save_rule(group, place)
    slower = OpeningRule.objects.get(pk=rule.pk)
    change_rule(rule, capacity=5)
    slower.capacity = 1
    with pytest.raises(StaleState):
        supply.save_rule(rule=slower, by=None, now=NOW)
    with pytest.raises(StaleState):
        supply.end_rule(rule=slower, last_day=MONDAY, by=None, now=NOW)
    assert slot_at(9).capacity == 5


def test_save_rule_writes_only_what_changed_into_the_history(group, place, handler):
    rule = save_rule(group, place, by=handler)
    change_rule(rule)
    assert SupplyEvent.objects.count() == 1
    change_rule(rule, capacity=4, until_time=dt.time(11))
    event = SupplyEvent.objects.get(action=SupplyAction.RULE_CHANGED)
    assert event.after == {"until_time": "11:00", "capacity": 4}
    assert event.before == {"weekdays": [0], "from_time": "09:00", "until_time": "10:00", "capacity": 3}


def test_end_rule_lets_it_hold_until_its_last_day(group, place):
    rule = save_rule(group, place)
    supply.end_rule(rule=rule, last_day=MONDAY, by=None, now=NOW)
    assert open_days() == ["11-30"]


# --- release


def test_fixed_release_opens_at_its_moment(group, place, service):
    save_rule(group, place)
    group.release, group.fixed_weekday, group.fixed_time, group.fixed_days_ahead = Release.FIXED, 0, dt.time(9), 7
    supply.save_release(group=group, waves=[], by=None, now=NOW)
    assert slot_at(9).opens_at == kit.at(dt.date(2026, 11, 23), 9)
    before, after = kit.at(dt.date(2026, 11, 23), 8, 59), kit.at(dt.date(2026, 11, 23), 9)
    with pytest.raises(NotOpenYet):
        booked(service, slot_at(9), is_public=True, now=before)
    assert booked(service, slot_at(9), is_public=True, now=after).state == ReservationState.BOOKED


def test_waves_open_by_the_task_and_once(group, place):
    save_rule(group, place, capacity=6, public_capacity=4, valid_until=MONDAY)
    group.release = Release.WAVES
    waves = [Wave(14, dt.time(9), 50), Wave(3, dt.time(9), 100)]
    supply.save_release(group=group, waves=waves, by=None, now=NOW)
    slot = slot_at(9)
    assert (slot.released, slot.next_wave_at) == (2, kit.at(dt.date(2026, 11, 27), 9))
    assert supply.open_due_waves(now=kit.at(dt.date(2026, 11, 27), 8, 59)) == 0
    assert supply.open_due_waves(now=kit.at(dt.date(2026, 11, 27), 9), slot_ids=[slot.pk]) == 1
    assert supply.open_due_waves(now=kit.at(dt.date(2026, 11, 27), 9)) == 2
    assert supply.open_due_waves(now=kit.at(dt.date(2026, 11, 27), 9)) == 0
    slot = slot_at(9)
    assert (slot.released, slot.next_wave_at) == (4, None)


def test_release_in_waves_needs_a_wave(group):
    group.release = Release.WAVES
    with pytest.raises(WavesMissing):
        supply.save_release(group=group, waves=[], by=None, now=NOW)


def test_a_draw_keeps_what_whoever_drew_has_opened(group, place):
    save_rule(group, place)
    group.release = Release.DRAW
    Slot.objects.update(opens_at=None)
    supply.save_release(group=group, waves=[], by=None, now=NOW)
    assert slot_at(9).opens_at is None
    Slot.objects.filter(business_day=MONDAY).update(opens_at=NOW)
    supply.rebuild(now=NOW)
    assert slot_at(9).opens_at == NOW


def test_save_release_writes_its_history_once(group, handler):
    group.horizon_days = 30
    supply.save_release(group=group, waves=[], by=handler, now=NOW)
    supply.save_release(group=group, waves=[], by=handler, now=NOW)
    event = SupplyEvent.objects.get()
    assert (event.action, event.before, event.after) == (
        SupplyAction.RELEASE_CHANGED,
        {"horizon_days": 21},
        {"horizon_days": 30},
    )


# --- exceptions and closed days


def exception(place, group=None, day=MONDAY, **fields):
    values = {"place": place, "group": group, "date": day, "kind": ExceptionKind.CLOSED}
    return OpeningException(**values | fields)


def hours(place, group, start, end, **fields):
    values = {"from_time": dt.time(start), "until_time": dt.time(end), "slot_minutes": 30, "capacity": 2}
    return exception(place, group, kind=ExceptionKind.OPEN, public_capacity=1, **values | fields)


def test_exceptions_open_and_close_hours_of_a_day(group, place):
    save_rule(group, place)
    opened = hours(place, group, 13, 14, day=dt.date(2026, 11, 23))
    supply.add_exception(exception=opened, by=None, now=NOW)
    assert open_days()[0] == "11-23"
    shut = exception(place, group, from_time=dt.time(9), until_time=dt.time(9, 30))
    assert supply.add_exception(exception=shut, by=None, now=NOW) == Rebuilt(closed=2, kept=1)
    supply.remove_exception(exception=opened, by=None, now=NOW)
    supply.remove_exception(exception=shut, by=None, now=NOW)
    assert open_days() == ["11-30", "12-07", "12-14"]
    assert [event.action for event in SupplyEvent.objects.order_by("id")][1:] == [
        SupplyAction.EXCEPTION_ADDED,
        SupplyAction.EXCEPTION_ADDED,
        SupplyAction.EXCEPTION_REMOVED,
        SupplyAction.EXCEPTION_REMOVED,
    ]


def test_no_hours_on_a_day_that_is_closed(group, place):
    save_rule(group, place)
    supply.close_day(place=place, day=MONDAY, reason="工事", by=None, now=NOW)
    with pytest.raises(DayIsClosed):
        supply.add_exception(exception=hours(place, group, 13, 14), by=None, now=NOW)


def test_close_day_tells_everybody_and_nobody_else_can_book(group, place, service, handler):
    save_rule(group, place)
    by_mail = booked(service, slot_at(9))
    by_phone = booked(service, slot_at(9, 20), contact=kit.make_contact(email=""))
    elsewhere = booked(service, slot_at(9, day=MONDAY + dt.timedelta(days=7)))
    OutgoingMail.objects.all().delete()

    closed = supply.close_day(place=place, group=group, day=MONDAY, reason="設備の点検", by=handler, now=NOW)

    assert (closed.slots, closed.must_move) == (3, [by_mail, by_phone])
    assert (closed.told.mailed, closed.told.by_phone) == ([by_mail], [by_phone])
    assert [mail.to for mail in OutgoingMail.objects.all()] == [by_mail.email]
    asked = Reservation.objects.filter(must_move_since=NOW).order_by("starts_at")
    assert list(asked) == [by_mail, by_phone]
    assert elsewhere not in asked
    with pytest.raises(SlotGone):
        booked(service, slot_at(9, 40))
    event = SupplyEvent.objects.get(action=SupplyAction.DAY_CLOSED)
    assert (event.actor, event.after) == (handler, {"date": "2026-11-30", "reason": "設備の点検"})


def test_close_day_twice_is_closed_once(group, place, service):
    save_rule(group, place)
    booked(service, slot_at(9))
    supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    mails = OutgoingMail.objects.count()
    again = supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    assert (again.slots, len(again.must_move), again.told.mailed) == (0, 1, [])
    assert OutgoingMail.objects.count() == mails
    assert SupplyEvent.objects.filter(action=SupplyAction.DAY_CLOSED).count() == 1


def test_close_day_killed_before_the_mails_is_finished_by_closing_again(group, place, service, monkeypatch):
    save_rule(group, place)
    people = [booked(service, slot_at(9)), booked(service, slot_at(9, 20))]
    told = []

    def die(reservation, *args, **options):
        if told:
            raise KeyboardInterrupt
        told.append(reservation)
        return True

    monkeypatch.setattr("reservations.services.supply.telling.tell", die)
    with pytest.raises(KeyboardInterrupt):
        supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    monkeypatch.undo()
    again = supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    assert (told, again.told.mailed) == ([people[0]], [people[1]])


def test_close_day_ends_holds(group, place, service):
    save_rule(group, place)
    held = kit.hold(service, slot_at(9), now=NOW, is_public=False)
    supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    with pytest.raises(HoldOver):
        kit.confirm(held, now=NOW)
    held.refresh_from_db()
    assert held.state != ReservationState.BOOKED


def test_close_day_of_the_place_closes_all_groups_and_series(group, place, service):
    other = kit.make_group(horizon_days=21)
    series = SlotSeries.objects.create(group=other, place=place, title="教室")
    session = kit.make_slot(other, place, kit.at(MONDAY, 13), series=series)
    elsewhere = kit.make_place(name="支所")
    save_rule(group, place)
    save_rule(other, place)
    save_rule(group, elsewhere)
    closed = supply.close_day(place=place, day=MONDAY, reason="停電", by=None, now=NOW)
    assert closed.slots == 7
    supply.rebuild(now=NOW)
    open_there = Slot.objects.filter(business_day=MONDAY, closed_at__isnull=True)
    assert {slot.place for slot in open_there} == {elsewhere}
    supply.reopen_day(place=place, day=MONDAY, by=None, now=NOW + dt.timedelta(hours=1))
    session.refresh_from_db()
    assert session.closed_at is None
    assert Slot.objects.filter(business_day=MONDAY, closed_at__isnull=True).count() == 10


def test_reopen_day_tells_people_that_their_time_holds(group, place, service, handler):
    save_rule(group, place)
    stays = booked(service, slot_at(9))
    moved = booked(service, slot_at(9, 20))
    supply.close_day(place=place, group=group, day=MONDAY, reason="点検", by=None, now=NOW)
    moved.refresh_from_db()
    bookings.cancel(reservation=moved, now=NOW)
    OutgoingMail.objects.all().delete()
    told = supply.reopen_day(place=place, group=group, day=MONDAY, by=handler, now=NOW)
    assert told.mailed == [stays]
    stays.refresh_from_db()
    assert (stays.must_move_since, slot_at(9).closed_at) == (None, None)
    assert [mail.to for mail in OutgoingMail.objects.all()] == [stays.email]
    assert supply.reopen_day(place=place, group=group, day=MONDAY, by=handler, now=NOW).mailed == []


def test_people_hear_when_a_holiday_is_taken_back(group, place, service):
    save_rule(group, place)
    back, still_gone = booked(service, slot_at(9)), booked(service, slot_at(9, day=MONDAY + dt.timedelta(days=7)))
    for day in (MONDAY, MONDAY + dt.timedelta(days=7)):
        ClosedDay.objects.create(date=day, name="夏季休業")
    supply.rebuild(now=NOW)
    supply.tell_affected(reservations=[back, still_gone], by=None, now=NOW)
    OutgoingMail.objects.all().delete()
    ClosedDay.objects.get(date=MONDAY).delete()
    supply.rebuild(now=NOW)
    assert supply.take_back_requests(now=NOW).mailed == [back]
    assert supply.take_back_requests(now=NOW).mailed == []
    assert [mail.to for mail in OutgoingMail.objects.all()] == [back.email]
    still_gone.refresh_from_db()
    assert still_gone.must_move_since == NOW


def test_reopen_day_leaves_closed_what_the_whole_place_closed(group, place, service):
    save_rule(group, place)
    booked(service, slot_at(9))
    supply.close_day(place=place, group=group, day=MONDAY, reason="研修", by=None, now=NOW)
    supply.close_day(place=place, day=MONDAY, reason="停電", by=None, now=NOW)
    assert supply.reopen_day(place=place, group=group, day=MONDAY, by=None, now=NOW).mailed == []
    assert slot_at(9).closed_at is not None
