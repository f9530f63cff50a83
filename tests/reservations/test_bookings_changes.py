"""Moving, changing and arriving; the calendar file, the codes, the reminder."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.days import TOKYO
from notices.models import OutgoingMail
from reservations import codes
from reservations.contacts import contact_of
from reservations.enums import ReservationState as S
from reservations.enums import SupplyKind
from reservations.errors import NotBookable, NotBooked, SlotGone, TooLate, UnknownCode, WrongDay, WrongPlace
from reservations.ics import ics_of
from reservations.models import FreedPlace, Reservation, ReservationSlot
from reservations.queries import bookings as queries
from reservations.services import bookings, reminders
from tests.reservations import kit

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


def taken(*slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


# --- moving


def test_move_takes_the_new_time_and_frees_the_old_one(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(service, old)
    code, number = bookings.code_of(booked), booked.number
    moved = bookings.move(reservation=booked, slots=[new])
    assert (moved.starts_at, moved.number, bookings.code_of(moved)) == (new.starts_at, number, code)
    assert moved.revision == booked.revision + 1
    # the old place cools down
    assert taken(old, new) == [1, 1]
    assert [row.slot for row in FreedPlace.objects.all()] == [old]
    assert OutgoingMail.objects.count() == 2
    kit.assert_counts_agree()


def test_move_to_a_full_slot_keeps_the_old_time(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(service, old)
    kit.make_reservation(service, new)
    with pytest.raises(SlotGone):
        bookings.move(reservation=booked, slots=[new])
    booked.refresh_from_db()
    assert (booked.starts_at, booked.state, taken(old, new)) == (old.starts_at, S.BOOKED, [1, 1])
    assert OutgoingMail.objects.count() == 2
    kit.assert_counts_agree()


def test_move_twice_is_once(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    booked = kit.make_reservation(service, old)
    for _time in range(2):
        bookings.move(reservation=booked, slots=[new])
    assert [event.kind for event in booked.events.all()] == ["booked", "moved"]


def test_move_by_one_slot_keeps_what_is_in_both(group, place):
    service = kit.make_service(group, place, minutes=40)
    one, two, three = kit.make_slots(group, place, 3)
    booked = kit.make_reservation(service, [one, two])
    bookings.move(reservation=booked, slots=[two, three])
    assert taken(one, two, three) == [1, 1, 1]
    assert [row.slot for row in FreedPlace.objects.all()] == [one]
    assert ReservationSlot.objects.filter(reservation=booked).count() == 2
    kit.assert_counts_agree()


def test_move_sweeps_the_wanted_slot(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    now = timezone.now()
    booked = kit.make_reservation(service, old, now=now)
    kit.hold(service, new, now=now)
    moved = bookings.move(reservation=booked, slots=[new], now=now + 11 * MINUTE)
    assert moved.starts_at == new.starts_at
    kit.assert_counts_agree()


def test_who_was_asked_to_move_may_until_the_start(service, group, place):
    now = timezone.now()
    type(group).objects.update(change_until_minutes=60)
    old, new = kit.make_slot(group, place, now + 50 * MINUTE), kit.make_slot(group, place)
    booked = kit.make_reservation(service, old, now=now)
    with pytest.raises(TooLate):
        bookings.move(reservation=booked, slots=[new], now=now)
    Reservation.objects.update(must_move_since=now)
    assert bookings.move(reservation=booked, slots=[new], now=now).must_move_since is None


def test_cancelled_bookings_do_not_move(service, group, place):
    old, new = kit.make_slots(group, place, 2)
    booked = bookings.cancel(reservation=kit.make_reservation(service, old))
    with pytest.raises(NotBooked):
        bookings.move(reservation=booked, slots=[new])


# --- changing


def test_change_of_people_takes_and_gives_seats(group, place):
    type(group).objects.update(counts_people=True, kind=SupplyKind.EVENT)
    group.refresh_from_db()
    service, slot = kit.make_service(group, place), kit.make_slot(group, place, capacity=4)
    booked = kit.make_reservation(service, slot, people=2)
    assert bookings.change(reservation=booked, people=4).places == 4
    assert taken(slot) == [4]
    with pytest.raises(SlotGone):
        bookings.change(reservation=booked, people=5)
    assert bookings.change(reservation=booked, people=1).places == 1
    assert FreedPlace.objects.get().places == 3
    kit.assert_counts_agree()
    with pytest.raises(NotBookable):
        bookings.change(reservation=booked, people=7)


def test_change_of_the_address_ends_earlier_links_and_codes(service, group, place):
    booked = kit.make_reservation(service, kit.make_slot(group, place))
    link, code = codes.secret_of(booked), bookings.code_of(booked)
    changed = bookings.change(reservation=booked, contact=kit.make_contact(email="new@example.jp"), note="静かな席")
    assert (changed.email, changed.note, changed.secret_version) == ("new@example.jp", "静かな席", 2)
    assert queries.by_link(booked.public_id, link) is None
    assert queries.by_link(booked.public_id, codes.secret_of(changed)) == booked
    with pytest.raises(UnknownCode):
        bookings.check_in(code=code, place=place)
    assert OutgoingMail.objects.latest("id").to == "new@example.jp"


def test_change_to_what_it_is_changes_nothing(service, group, place):
    booked = kit.make_reservation(service, kit.make_slot(group, place))
    bookings.change(reservation=booked, people=1, contact=contact_of(booked), note="")
    assert (booked.events.count(), OutgoingMail.objects.count()) == (1, 1)


# --- arriving


@pytest.fixture
def today_slot(group, place):
    now = timezone.now()
    start = dt.datetime.combine(timezone.localdate(now), dt.time(12), TOKYO)
    return kit.make_slot(group, place, start, opens_at=start - dt.timedelta(days=3))


@pytest.fixture
def noon(today_slot):
    return today_slot.starts_at


def test_check_in_by_code_however_it_was_typed(service, place, today_slot, noon):
    booked = kit.make_reservation(service, today_slot, now=noon - 60 * MINUTE)
    code = bookings.code_of(booked)
    wide = "".join(chr(ord(mark) + 0xFEE0) for mark in code.lower())
    assert (len(code), code[:9], code.isascii()) == (35, "FY1132993", True)
    for text in (code, f" {code}\r\n", wide):
        arrived = bookings.check_in(code=text, place=place, now=noon - 5 * MINUTE)
        assert (arrived.pk, arrived.state, arrived.checked_in_at) == (booked.pk, S.CHECKED_IN, noon - 5 * MINUTE)
    assert [event.kind for event in booked.events.all()] == ["booked", "checked_in"]


def test_check_in_by_number(service, place, today_slot, noon):
    booked = kit.make_reservation(service, today_slot, now=noon - 60 * MINUTE)
    text = f"{booked.number[:4]} - {booked.number[4:]}"
    assert bookings.check_in(code=text, place=place, now=noon).pk == booked.pk


def test_check_in_elsewhere_or_on_another_day_says_so(service, place, today_slot, noon):
    booked = kit.make_reservation(service, today_slot, now=noon - 60 * MINUTE)
    with pytest.raises(WrongPlace):
        bookings.check_in(reservation=booked, place=kit.make_place(), now=noon)
    for days in (-1, 1):
        with pytest.raises(WrongDay):
            bookings.check_in(reservation=booked, place=place, now=noon + dt.timedelta(days=days))
    for text in ("", "FY1", "FY1132993" + "A" * 26, "12345678901", "\x00"):
        with pytest.raises(UnknownCode):
            bookings.check_in(code=text, place=place, now=noon)


def test_who_comes_after_the_end_is_let_in_by_staff(service, place, today_slot, noon, clerk):
    booked = kit.make_reservation(service, today_slot, now=noon - 60 * MINUTE)
    with pytest.raises(TooLate):
        bookings.check_in(reservation=booked, place=place, now=noon + 21 * MINUTE)
    bookings.no_show(reservation=booked, by=clerk)
    assert bookings.check_in(reservation=booked, place=place, by=clerk, now=noon + 21 * MINUTE).state == S.CHECKED_IN


def test_nobody_checks_in_with_what_was_cancelled(service, place, today_slot, noon):
    booked = kit.make_reservation(service, today_slot, now=noon - 60 * MINUTE)
    bookings.cancel(reservation=booked, now=noon - 30 * MINUTE)
    with pytest.raises(NotBooked):
        bookings.check_in(code=bookings.code_of(booked), place=place, now=noon)


def test_database_alone_checks_nobody_in(service, group, place):
    booked = kit.make_reservation(service, kit.make_slot(group, place))
    code = bookings.code_of(booked)
    row = Reservation.objects.filter(pk=booked.pk).values().get()
    assert code[9:] not in str(row)
    with pytest.raises(UnknownCode):
        bookings.check_in(code=row["checkin_lookup"], place=place)


# --- finding


def test_staff_find_their_own_reservations_by_what_people_say(service, group, place, clerk):
    contact = kit.make_contact(name="山本 花", kana="ヤマモト ハナ", email="hana+city@example.jp", phone="+81312345678")
    booked = kit.make_reservation(service, kit.make_slot(group, place), contact)
    kit.make_reservation(service, kit.make_slot(group, place, kit.at(kit.next_week(), 15)))
    stranger = kit.make_group()
    theirs = kit.make_slot(stranger, place)
    kit.make_reservation(kit.make_service(stranger, place), theirs, contact)
    asked = [booked.number, "やまもと", "ﾔﾏﾓﾄ", "hana@example.jp", "03-1234-5678", "山本", bookings.code_of(booked)]
    assert [[row.pk for row in queries.find(clerk, text)] for text in asked] == [[booked.pk]] * len(asked)
    assert not queries.find(clerk, " ").exists()
    assert next(iter(queries.day_list(clerk, place, booked.business_day))) == booked


# --- the calendar file


def test_calendar_file_is_what_calendars_read(service, group, place):
    type(service).objects.update(name="住民票の写し, 印鑑登録; 証明書の交付（本人または同じ世帯の方が請求するもの）")
    first, second = kit.next_week(), kit.next_week(8)
    booked = kit.make_reservation(service, kit.make_slot(group, place, kit.at(first, 9)))
    text = ics_of(Reservation.objects.select_related("service", "place").get(pk=booked.pk))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = text.replace("\r\n ", "").split("\r\n")
    # nine in Tokyo
    assert f"DTSTART:{first:%Y%m%d}T000000Z" in unfolded
    assert f"DTEND:{first:%Y%m%d}T002000Z" in unfolded
    assert f"SEQUENCE:{booked.revision}" in unfolded
    assert r"SUMMARY:住民票の写し\, 印鑑登録\; 証明書の交付（本人または同じ世帯の方が請求するもの）" in unfolded
    uid = next(line for line in unfolded if line.startswith("UID:"))
    moved = bookings.move(reservation=booked, slots=[kit.make_slot(group, place, kit.at(second, 9))])
    later = ics_of(moved).replace("\r\n ", "").split("\r\n")
    assert uid in later
    assert f"SEQUENCE:{booked.revision + 1}" in later
    assert "STATUS:CANCELLED" in ics_of(bookings.cancel(reservation=moved))


# --- the reminder


def remind_at(hour, day):
    return reminders.remind_due(now=kit.at(day, hour))


@pytest.fixture
def tomorrow(service, group, place):
    day = kit.next_week(10)
    return kit.make_reservation(service, kit.make_slot(group, place, kit.at(day, 9)))


def test_reminder_goes_once_the_day_before(tomorrow):
    before = tomorrow.business_day - dt.timedelta(days=1)
    assert [remind_at(hour, before) for hour in (8, 9, 9, 19)] == [0, 1, 0, 0]
    assert OutgoingMail.objects.count() == 2
    assert "明日の予約" in decrypt(OutgoingMail.objects.latest("id").body)
    assert [event.kind for event in tomorrow.events.all()] == ["booked", "reminded"]


def test_reminder_is_not_sent_late_or_early_or_to_who_must_move(tomorrow):
    day = tomorrow.business_day
    assert [remind_at(10, day - dt.timedelta(days=left)) for left in (2, 0)] == [0, 0]
    Reservation.objects.update(must_move_since=timezone.now())
    assert remind_at(10, day - dt.timedelta(days=1)) == 0


def test_moved_bookings_are_reminded_of_the_new_day(tomorrow, group, place):
    day = tomorrow.business_day
    remind_at(10, day - dt.timedelta(days=1))
    bookings.move(reservation=tomorrow, slots=[kit.make_slot(group, place, kit.at(day + dt.timedelta(days=2), 9))])
    assert remind_at(10, day + dt.timedelta(days=1)) == 1
