"""Classes: made by staff, joined for all sessions or single ones, waited for, attended, called off."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import Role
from cityhall.models import AuditEvent
from notices.models import OutgoingMail
from reservations.enums import ReservationState, SupplyKind, WaitlistState
from reservations.errors import NotBookable, NotBooked, NotInSession, SessionClash, SessionOver, TooLate, WrongDay
from reservations.models import Attendance, Reservation, ReservationSlot, Slot, SlotSeries, SupplyEvent, WaitlistEntry
from reservations.queries.classes import roster, to_call
from reservations.services import bookings, classes, supply, waitlist
from reservations.services.classes import Planned
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, give_contact, press_book, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("center", name="市民センター")


@pytest.fixture
def group(department, place):
    group = kit.make_group(
        department, key="sumaho", name="スマートフォン教室", kind=SupplyKind.EVENT, counts_people=True, max_people=4
    )
    kit.make_service(group, place, key="sumaho", name="スマートフォン教室に参加する")
    return group


@pytest.fixture
def series(group, place, handler):
    return classes.save_series(
        series=SlotSeries(group=group, place=place, title="はじめてのスマホ", description="4回の講座です。"), by=handler
    )


def planned(days=7, hour=13, seats=5, public=None):
    return Planned(kit.next_week(days), dt.time(hour), dt.time(hour + 2), seats, seats if public is None else public)


@pytest.fixture
def course(series, handler):
    """Three weeks of a course, announced."""
    for days in (7, 14, 21):
        classes.add_session(series=series, planned=planned(days), by=handler)
    classes.publish(series=series, by=handler)
    return series


@pytest.fixture
def singles(course):
    course.takes_sessions = True
    course.save(update_fields=["takes_sessions"])
    return course


def slots_of(series):
    return list(Slot.objects.filter(series=series).order_by("starts_at"))


def seats(series, people=1, **fields):
    number = Reservation.objects.count()
    values = {"holder": f"holder{number}", "request_key": f"seat{number}"}
    return classes.hold_seats(series=series, people=people, **values | fields)


def join(series, people=1, contact=None, **fields):
    return kit.confirm(seats(series, people, **fields), contact)


def on_the_day(slot):
    return slot.starts_at + dt.timedelta(minutes=5)


# --- making -----------------------------------------------------------------------------------------


def test_sessions_stand_in_the_history_and_outlast_the_rebuild(course, group):
    before = [(slot.pk, slot.capacity, slot.opens_at, slot.is_edited) for slot in slots_of(course)]
    assert supply.rebuild(group=group).closed == 0
    assert [(slot.pk, slot.capacity, slot.opens_at, slot.is_edited) for slot in slots_of(course)] == before
    assert all(slot.is_edited and slot.released == 5 for slot in slots_of(course))
    assert SupplyEvent.objects.filter(group=group, after__capacity=5).count() == 3


def test_two_sessions_cannot_begin_at_once_and_none_in_the_past(series, handler):
    classes.add_session(series=series, planned=planned(), by=handler)
    with pytest.raises(SessionClash):
        classes.add_session(series=series, planned=planned(), by=handler)
    with pytest.raises(SessionOver):
        classes.add_session(series=series, planned=planned(days=-1), by=handler)
    assert Slot.objects.count() == 1


def test_what_is_not_announced_can_be_joined_by_nobody(series, handler):
    slot = classes.add_session(series=series, planned=planned(), by=handler)
    assert slot.opens_at is None
    with pytest.raises(NotBookable):
        seats(series)
    classes.publish(series=series, by=handler)
    assert seats(series).series == series
    classes.withdraw(series=series, by=handler)
    with pytest.raises(NotBookable):
        seats(series)


def test_a_class_of_a_counter_is_refused(place, handler):
    with pytest.raises(NotBookable):
        classes.save_series(series=SlotSeries(group=kit.make_group(), place=place, title="x"), by=handler)


def test_more_seats_are_open_at_once_and_fewer_never_under_what_is_taken(course, handler):
    first = slots_of(course)[0]
    join(course, people=4)
    changed = classes.change_seats(slot=first, seats=8, public_seats=8, by=handler).slot
    assert (changed.capacity, changed.released) == (8, 8)
    clamped = classes.change_seats(slot=first, seats=2, public_seats=2, by=handler)
    assert (clamped.slot.capacity, clamped.slot.wanted_capacity, len(clamped.must_move)) == (4, 2, 1)


# --- joining ----------------------------------------------------------------------------------------


def test_a_course_is_joined_as_a_whole_and_seats_are_counted(course):
    booked = join(course, people=3)
    assert booked.series == course
    assert [slot.taken for slot in slots_of(course)] == [3, 3, 3]
    assert (booked.starts_at, booked.ends_at) == (slots_of(course)[0].starts_at, slots_of(course)[2].ends_at)
    kit.assert_counts_agree()


def test_single_sessions_are_joined_one_by_one(singles):
    first, second, third = slots_of(singles)
    join(singles, slot_ids={first.pk, third.pk})
    assert [slot.taken for slot in slots_of(singles)] == [1, 0, 1]
    for wrong in ({second.pk, 10**6}, set()):
        with pytest.raises(NotBookable):
            seats(singles, slot_ids=wrong)


def test_a_course_that_has_begun_is_too_late_but_its_later_single_sessions_are_not(course):
    first, second, _third = slots_of(course)
    later = on_the_day(first)
    with pytest.raises(TooLate):
        seats(course, now=later)
    course.takes_sessions = True
    assert seats(course, slot_ids={second.pk}, now=later).starts_at == second.starts_at
    with pytest.raises(NotBookable):
        seats(course, slot_ids={first.pk}, now=later)


def test_whoever_waits_for_a_course_is_offered_the_whole_of_it(course):
    booked = join(course, people=4)
    join(course)
    entry = classes.join_waiting(series=course, people=2, contact=kit.make_contact(), request_key="w")
    bookings.cancel(reservation=booked)
    entry.refresh_from_db()
    assert entry.state == WaitlistState.OFFERED
    assert entry.offer.slots.count() == 3
    accepted = waitlist.accept(entry=entry).reservation
    assert (accepted.people, accepted.series) == (2, course)


def test_whoever_waits_for_a_session_is_offered_that_one(singles):
    first, second, _third = slots_of(singles)
    booked = join(singles, people=4, slot_ids={first.pk, second.pk})
    join(singles, slot_ids={first.pk})
    entry = classes.join_waiting(
        series=singles, slot_id=second.pk, people=3, contact=kit.make_contact(), request_key="w"
    )
    bookings.cancel(reservation=booked)
    entry.refresh_from_db()
    assert [one.slot_id for one in entry.offer.slots.all()] == [second.pk]


def test_nobody_moves_from_one_class_to_another(course, group, place, handler):
    booked = join(course)
    other = classes.save_series(series=SlotSeries(group=group, place=place, title="応用"), by=handler)
    slot = classes.add_session(series=other, planned=planned(28), by=handler)
    with pytest.raises(NotBookable):
        bookings.move(reservation=booked, slots=[slot])


# --- attendance -------------------------------------------------------------------------------------


def test_attendance_is_once_for_each_session_by_code_and_number(course, clerk):
    held = seats(course, people=2)
    booked = bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact())
    row = booked.reservation
    first, second, _third = slots_of(course)
    now = on_the_day(first)
    noted = classes.attend(slot=first, code=booked.checkin_code, by=clerk, now=now)
    again = classes.attend(slot=first, code=row.number, by=clerk, now=now)
    assert (noted, noted.people) == (again, 2)
    row.refresh_from_db()
    assert (row.state, row.checked_in_at) == (ReservationState.CHECKED_IN, now)
    classes.attend(slot=second, code=row.number, by=clerk, now=on_the_day(second))
    assert Attendance.objects.count() == 2
    assert row.events.filter(kind="checked_in").count() == 1


def test_attendance_refuses_what_does_not_fit(course, singles, clerk):
    first, second, _third = slots_of(singles)
    row = join(singles, slot_ids={first.pk})
    with pytest.raises(WrongDay):
        classes.attend(slot=first, code=row.number, by=clerk)
    with pytest.raises(NotInSession):
        classes.attend(slot=second, code=row.number, by=clerk, now=on_the_day(second))
    bookings.cancel(reservation=row)
    with pytest.raises(NotBooked):
        classes.attend(slot=first, code=row.number, by=clerk, now=on_the_day(first))
    assert not Attendance.objects.exists()


def test_the_database_keeps_one_note_a_session_and_never_changes_it(course, clerk):
    row = join(course)
    first = slots_of(course)[0]
    noted = classes.attend(slot=first, reservation=row, by=clerk, now=on_the_day(first))
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(reservation=row, slot=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.filter(pk=noted.pk).update(people=9)


# --- calling off ------------------------------------------------------------------------------------


def test_a_session_called_off_tells_everybody_and_keeps_the_rest(singles, handler):
    first, second, _third = slots_of(singles)
    only = join(singles, slot_ids={first.pk})
    both = join(singles, people=2, slot_ids={first.pk, second.pk})
    by_phone = join(singles, contact=kit.make_contact(email=""), slot_ids={first.pk})
    held = seats(singles, slot_ids={first.pk})
    OutgoingMail.objects.all().delete()
    told = classes.cancel_session(slot=first, reason="講師の都合のため", by=handler)
    assert {row.pk for row in told.mailed} == {only.pk, both.pk}
    assert [row.pk for row in told.by_phone] == [by_phone.pk]
    states = dict(Reservation.objects.values_list("pk", "state"))
    assert states[only.pk] == states[by_phone.pk] == ReservationState.CANCELLED
    assert (states[both.pk], states[held.pk]) == (ReservationState.BOOKED, ReservationState.EXPIRED)
    both.refresh_from_db()
    assert (both.starts_at, [one.slot_id for one in both.slots.all()]) == (second.starts_at, [second.pk])
    assert OutgoingMail.objects.count() == 2
    assert all("講師の都合のため" in decrypt(mail.body) for mail in OutgoingMail.objects.all())
    assert [row.pk for row in to_call(singles)] == [by_phone.pk]
    assert supply_is_quiet(first)
    kit.assert_counts_agree()


def test_who_came_to_an_earlier_session_hears_of_a_later_one(course, clerk, handler):
    first, second, _third = slots_of(course)
    row = join(course)
    classes.attend(slot=first, reservation=row, by=clerk, now=on_the_day(first))
    OutgoingMail.objects.all().delete()
    told = classes.cancel_session(slot=second, reason="", by=handler, now=on_the_day(first))
    assert [one.pk for one in told.mailed] == [row.pk]
    assert OutgoingMail.objects.count() == 1
    assert not ReservationSlot.objects.filter(reservation=row, slot=second).exists()
    kit.assert_counts_agree()


def test_a_place_is_given_back_once_however_often_the_session_is_called_off(course, handler):
    from reservations.services.classes import sessions

    first = slots_of(course)[0]
    row = join(course)
    others = {"slot": first, "reason": "", "by": handler, "now": timezone.now()}
    sessions._without(Reservation.objects.get(pk=row.pk), **others)
    sessions._without(Reservation.objects.get(pk=row.pk), **others)
    stale = join(course)
    seen = Reservation.objects.get(pk=stale.pk)
    bookings.cancel(reservation=stale)
    sessions._without(seen, **others)
    kit.assert_counts_agree()


def supply_is_quiet(slot):
    """Nobody is left in a session that does not take place."""
    return not ReservationSlot.objects.filter(slot=slot, reservation__state=ReservationState.BOOKED).exists()


def test_calling_off_again_tells_nobody_twice_and_goes_on_where_it_was_killed(course, handler, monkeypatch):
    first = slots_of(course)[0]
    rows = [join(course) for _person in range(3)]
    OutgoingMail.objects.all().delete()
    from reservations.services.classes import sessions

    whole, seen = sessions.tell, []

    def killed(*args, **fields):
        seen.append(args)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return whole(*args, **fields)

    monkeypatch.setattr(sessions, "tell", killed)
    with pytest.raises(KeyboardInterrupt):
        classes.cancel_session(slot=first, reason="x", by=handler)
    monkeypatch.setattr(sessions, "tell", whole)
    assert OutgoingMail.objects.count() == 1
    classes.cancel_session(slot=first, reason="x", by=handler)
    classes.cancel_session(slot=first, reason="x", by=handler)
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == sorted(row.email for row in rows)


def test_what_has_begun_is_not_called_off(course, handler):
    first = slots_of(course)[0]
    with pytest.raises(SessionOver):
        classes.cancel_session(slot=first, reason="x", by=handler, now=on_the_day(first))


# --- pages ------------------------------------------------------------------------------------------


def test_somebody_joins_without_an_account(client, course):
    assert course.title in client.get(url("class_list")).text
    page = url("class_detail", course.public_id)
    assert "空き5席" in client.get(page).text
    answer = client.post(page, {"people": "2", "request_key": "k"})
    row = Reservation.objects.get()
    assert answer.url == url("booking_contact", row.public_id)
    give_contact(client, row)
    press_book(client, row)
    own = client.get(url("reservation_detail", row.public_id)).text
    assert course.title in own
    assert own.count("13:00〜15:00") == 3
    assert "残り3席" in client.get(page).text
    assert client.get(url("reservation_move", row.public_id)).url == url("reservation_detail", row.public_id)


def test_somebody_waits_for_a_full_class(client, course):
    join(course, people=4)
    join(course)
    page = client.get(url("class_detail", course.public_id))
    assert "満席です" in page.text
    sent = GUEST | {"people": "1", "request_key": "w"}
    first, second = (client.post(url("class_waiting", course.public_id), sent) for _press in range(2))
    entry = WaitlistEntry.objects.get()
    assert first.url == second.url == url("waiting_detail", entry.public_id)
    assert entry.series == course


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"people": ""}, "people"),
        ({"people": "5"}, "people"),
        ({"people": "0"}, "people"),
        ({"people": "1", "sessions": "999999"}, "sessions"),
        ({"people": "1", "sessions": "x"}, "sessions"),
        ({"people": "1"}, "sessions"),
    ],
)
def test_what_is_wrong_stands_by_its_field(client, singles, sent, field):
    page = client.post(url("class_detail", singles.public_id), sent)
    assert page.context["form"].errors[field]
    assert not Reservation.objects.exists()


def test_what_is_not_announced_or_over_is_not_found(client, series, handler, course):
    classes.withdraw(series=course, by=handler)
    assert client.get(url("class_detail", course.public_id)).status_code == 404
    assert "申し込める教室・催しはありません" in client.get(url("class_list")).text


def test_staff_make_announce_and_call_off_a_class_on_pages(client, login, handler, group, place):
    login(handler)
    client.post(
        url("staff_class_new"), {"group": "sumaho", "place": "center", "title": "写真の講座", "description": ""}
    )
    series = SlotSeries.objects.get(title="写真の講座")
    sent = {"day": kit.next_week().isoformat(), "from_time": "10:00", "until_time": "12:00", "seats": "10"}
    client.post(url("staff_session_add", series.public_id), sent)
    slot = Slot.objects.get(series=series)
    assert (slot.capacity, slot.public_capacity, slot.opens_at) == (10, 10, None)
    client.post(url("staff_class_publish", series.public_id), {"opens_at": ""})
    series.refresh_from_db()
    assert series.is_public
    assert "写真の講座" in Client().get(url("class_list")).text
    client.post(url("staff_session_edit", series.public_id, slot.pk), {"seats": "8", "public_seats": "6"})
    slot.refresh_from_db()
    assert (slot.capacity, slot.public_capacity) == (8, 6)
    join(series)
    client.post(url("staff_session_cancel", series.public_id, slot.pk), {"reason": "台風のため"})
    slot.refresh_from_db()
    assert slot.closed_at is not None
    assert "中止" in client.get(url("staff_class", series.public_id)).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": ""}, "day"),
        ({"day": "2020-01-01"}, "day"),
        ({"until_time": "10:00"}, "until_time"),
        ({"seats": "0"}, "seats"),
        ({"seats": "x"}, "seats"),
        ({"public_seats": "11"}, "public_seats"),
        ({"seats": "1000"}, "seats"),
    ],
)
def test_a_wrong_session_is_not_made(client, login, handler, series, wrong, field):
    login(handler)
    sent = {"day": kit.next_week().isoformat(), "from_time": "10:00", "until_time": "12:00", "seats": "10"}
    page = client.post(url("staff_session_add", series.public_id), sent | wrong)
    assert page.context["form"].errors[field]
    assert not Slot.objects.exists()


def test_staff_of_other_departments_find_no_class(login, departments, course):
    slot = slots_of(course)[0]
    for role in (Role.CLERK, Role.HANDLER, Role.APPROVER):
        browser = login(factories.make_staff(role=role, department=departments["kaigo"]), Client())
        assert course.title not in browser.get(url("staff_classes")).text
        for name in ("staff_class", "staff_roster", "staff_roster_print", "staff_roster_csv", "staff_class_enrol"):
            assert browser.get(url(name, course.public_id)).status_code == 404
        for name in ("staff_attendance", "staff_session_edit", "staff_session_cancel"):
            assert browser.post(url(name, course.public_id, slot.pk)).status_code == 404
        for name in ("staff_class_publish", "staff_session_add", "staff_class_edit"):
            assert browser.post(url(name, course.public_id)).status_code == 404
    slot.refresh_from_db()
    assert slot.closed_at is None


def test_a_session_of_another_class_is_not_found(client, login, handler, course):
    login(handler)
    for slot_id in (10**6, 10**12):
        assert client.get(url("staff_attendance", course.public_id, slot_id)).status_code == 404


def test_the_roster_is_read_printed_and_saved_without_formulas(client, login, clerk, course):
    row = join(course, people=2, contact=kit.make_contact(name="=1+1", kana="スズキ"))
    first = slots_of(course)[0]
    classes.attend(slot=first, reservation=row, by=clerk, now=on_the_day(first))
    login(clerk)
    page = client.get(url("staff_roster", course.public_id)).text
    assert "1件・2人" in page
    assert "出席" in page
    assert client.get(url("staff_roster_print", course.public_id)).text.count("☐") == 2
    csv = b"".join(client.get(url("staff_roster_csv", course.public_id)).streaming_content).decode("utf-8-sig")
    lines = csv.splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[1:4] == ["'=1+1", "スズキ", "2"]
    assert lines[1].endswith("出席,申込,申込")
    assert set(AuditEvent.objects.filter(target_type="reservations.series").values_list("action", flat=True)) >= {
        "list",
        "print",
        "export",
    }


def test_the_door_notes_who_comes(client, login, clerk, group, series, handler):
    now = timezone.now().replace(second=0, microsecond=0)
    slot = kit.make_slot(group, series.place, now + dt.timedelta(minutes=2), minutes=60, capacity=5, series=series)
    SlotSeries.objects.filter(pk=series.pk).update(is_public=True)
    series.refresh_from_db()
    row = join(series)
    login(clerk)
    page = url("staff_attendance", series.public_id, slot.pk)
    if slot.business_day == timezone.localdate():
        assert client.post(page, {"code": row.number}).status_code == 302
        assert Attendance.objects.get().reservation == row
        assert "1人／1人" in client.get(page).text
    for wrong in ("", "12345678901", "x" * 300, "\x00"):
        assert client.post(page, {"code": wrong}).context["form"].errors["code"]


def test_staff_enrol_somebody_out_of_what_is_held_back(client, login, clerk, series, handler):
    classes.add_session(series=series, planned=planned(seats=5, public=0), by=handler)
    login(clerk)
    sent = GUEST | {"people": "2", "channel": "phone", "request_key": "k"}
    for _press in range(2):
        client.post(url("staff_class_enrol", series.public_id), sent)
    row = Reservation.objects.get()
    assert (row.people, row.is_public, row.booked_by, row.series) == (2, False, clerk, series)


@pytest.mark.parametrize("count", [1, 3])
def test_roster_and_lists_cost_the_same(course, handler, count, django_assert_num_queries):
    for _person in range(count):
        join(course)
    with django_assert_num_queries(4):
        found = roster(course)
        assert [len(line.marks(found.sessions)) for line in found.lines] == [3] * count


@pytest.mark.parametrize("count", [1, 3])
def test_the_public_list_costs_the_same(client, course, group, place, handler, count, django_assert_num_queries):
    for number in range(count):
        more = classes.save_series(series=SlotSeries(group=group, place=place, title=f"講座{number}"), by=handler)
        classes.add_session(series=more, planned=planned(30 + number), by=handler)
        classes.publish(series=more, by=handler)
    client.get(url("class_list"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("class_list"))


LIST_QUERIES = 3
