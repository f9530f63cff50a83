"""Groups only for those who sign in, waiting for days that are over, pages that no cache keeps."""

import datetime as dt
from urllib.parse import quote

import pytest
from django.utils import timezone

from reservations import codes, tasks
from reservations.enums import ReservationChannel, SupplyKind
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState as W
from reservations.errors import AccountNeeded, TooManyBookings
from reservations.memory import forget_all
from reservations.models import FreedPlace, Reservation, ServiceGroup, Slot, SlotSeries, WaitlistEntry
from reservations.services import bookings, classes, offers, waitlist
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, book, day_url, press_time, shown_messages, url

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
SENTENCE = "この予約には、利用者登録とログインが必要です。"


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def group(department):
    return kit.make_group(department)


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


@pytest.fixture
def slot(group, place):
    return kit.make_slot(group, place)


def refuse_guests(group):
    group.allows_guests = False
    group.save()


# --- without an account


def test_guests_do_not_book_what_needs_an_account(service, slot, group, resident, clerk):
    refuse_guests(group)
    with pytest.raises(AccountNeeded):
        kit.hold(service, slot)
    assert kit.hold(service, slot, by=resident.user).state == S.HELD
    later = kit.make_slot(group, slot.place, slot.ends_at, capacity=2)
    phone = {"group": group, "place": slot.place, "service": service, "slots": [later]}
    with pytest.raises(AccountNeeded):
        bookings.book(**phone, contact=kit.make_contact(), request_key="guest")
    assert (
        bookings.book(**phone, contact=kit.make_contact(), request_key="phone", by=clerk).reservation.state == S.BOOKED
    )
    known = kit.make_contact(resident=resident)
    assert bookings.book(**phone, contact=known, request_key="known").reservation.resident == resident


def test_what_guests_have_already_stays_theirs(service, slot, group, place):
    booked = kit.make_reservation(service, slot)
    refuse_guests(group)
    new = kit.make_slot(group, place, slot.ends_at)
    moved = bookings.move(reservation=Reservation.objects.get(pk=booked.pk), slots=[new])
    assert moved.starts_at == new.starts_at


def test_who_was_drawn_is_booked(service, slot, group):
    refuse_guests(group)
    won = bookings.book(
        group=group, place=slot.place, service=service, slots=[slot], contact=kit.make_contact(),
        request_key="draw", channel=ReservationChannel.DRAW,
    )  # fmt: skip
    assert won.reservation.state == S.BOOKED


def test_guests_do_not_wait_for_what_needs_an_account(service, place, group, resident, clerk):
    refuse_guests(group)
    with pytest.raises(AccountNeeded):
        kit.make_entry(service, place)
    assert kit.make_entry(service, place, kit.make_contact(resident=resident)).state == W.WAITING
    assert kit.make_entry(service, place, by=clerk).state == W.WAITING


def test_pages_say_that_an_account_is_needed(client, service, slot, place, group, resident):
    pages = [
        url("booking_service", service.key),
        url("booking_month", service.key, place.key) + "?people=1",
        day_url(slot, service),
        url("booking_waiting", service.key, place.key) + "?people=1",
    ]
    assert [SENTENCE in client.get(page).text for page in pages] == [False] * 4
    refuse_guests(group)
    # a process knows what staff change two seconds later
    forget_all()
    for page in pages:
        text = client.get(page).text
        assert SENTENCE in text
        assert f'href="{url_of_login(page)}"' in text
    answer = client.get(press_time(client, slot, service).url)
    assert shown_messages(answer.text) == [str(AccountNeeded.message)]
    assert not Reservation.objects.exists()
    client.force_login(resident.user)
    assert [SENTENCE in client.get(page).text for page in pages] == [False] * 4
    assert press_time(client, slot, service).status_code == 302
    assert Reservation.objects.get().state == S.HELD


def test_pages_of_facilities_say_it_too(client, place, department):
    room = kit.make_group(department, kind=SupplyKind.FACILITY)
    hour = kit.make_slot(room, place, minutes=60)
    offer = kit.make_offer(kit.make_service(room), place)
    where = (offer.service.key, place.key)
    pages = [url("facility_month", *where), url("facility_day", *where, hour.business_day.isoformat())]
    assert [SENTENCE in client.get(page).text for page in pages] == [False] * 2
    refuse_guests(room)
    assert [SENTENCE in client.get(page).text for page in pages] == [True] * 2
    answer = client.post(pages[1], {"units": "1", "people": "1", "request_key": "key"})
    assert str(AccountNeeded.message) in answer.text


def test_pages_of_classes_say_it_too(client, place, department, handler):
    group = kit.make_group(department, kind=SupplyKind.EVENT, counts_people=True)
    kit.make_service(group, place)
    series = classes.save_series(series=SlotSeries(group=group, place=place, title="はじめてのスマホ"), by=handler)
    session = classes.Planned(kit.next_week(), dt.time(13), dt.time(15), 1, 1)
    classes.add_session(series=series, planned=session, by=handler)
    classes.publish(series=series, by=handler)
    page, waiting = url("class_detail", series.public_id), url("class_waiting", series.public_id)
    assert SENTENCE not in client.get(page).text
    refuse_guests(group)
    assert SENTENCE in client.get(page).text
    answer = client.post(page, {"people": "1", "request_key": "key"})
    assert str(AccountNeeded.message) in answer.text
    Slot.objects.update(taken=1, taken_public=1)
    assert SENTENCE in client.get(waiting).text


def url_of_login(page):
    return f"/accounts/login/?next={quote(page)}"


# --- waiting for days that are over


def test_waiting_ends_with_its_last_day(client, settings, service, place):
    now = timezone.now()
    over = kit.make_entry(service, place, until_day=timezone.localdate(now - 2 * DAY), now=now - 3 * DAY,
                          from_day=timezone.localdate(now - 3 * DAY))  # fmt: skip
    today = kit.make_entry(service, place, until_day=timezone.localdate(now), now=now)
    tasks.make_offers()
    tasks.make_offers()
    rows = WaitlistEntry.objects.in_bulk()
    assert (rows[over.pk].state, rows[over.pk].revision, rows[today.pk].state) == (W.EXPIRED, 1, W.WAITING)
    answer = client.get(codes.page_url(over).removeprefix(settings.SITE_URL), follow=True)
    assert "希望の期間が過ぎたため" in answer.text


def test_waiting_for_days_that_are_over_counts_for_nothing(service, slot, place):
    ServiceGroup.objects.update(max_open_per_contact=1)
    service.refresh_from_db()
    now, contact = timezone.now(), kit.make_contact()
    day = timezone.localdate(now - 3 * DAY)
    kit.make_entry(service, place, contact, from_day=day, until_day=day, now=now - 3 * DAY)
    # nobody waits who could come: what a hold gives up is free at once
    bookings.cancel(reservation=kit.hold(service, slot))
    assert not FreedPlace.objects.exists()
    second = kit.make_entry(service, place, contact, now=now)
    assert second.state == W.WAITING
    with pytest.raises(TooManyBookings):
        kit.make_entry(service, place, contact, now=now)


def test_those_whose_days_are_over_do_not_stand_before_others(service, slot, place, monkeypatch):
    now = timezone.now()
    day = timezone.localdate(now - 3 * DAY)
    for _number in range(2):
        kit.make_entry(service, place, from_day=day, until_day=day, now=now - 3 * DAY)
    monkeypatch.setattr(offers, "_MOST_ENTRIES", 2)
    booked = kit.make_reservation(service, slot, now=now)
    entry = kit.make_entry(service, place, now=now)
    bookings.cancel(reservation=booked, now=now)
    entry.refresh_from_db()
    assert entry.state == W.OFFERED
    assert waitlist.accept(entry=entry, now=now).reservation.state == S.BOOKED


# --- pages


def test_no_cache_keeps_the_own_list(client, resident):
    client.force_login(resident.user)
    answer = client.get(url("my_reservations"))
    assert answer.status_code == 200
    assert {"no-store", "private"} <= {word.strip() for word in answer["Cache-Control"].split(",")}


def test_moving_begins_with_the_month_in_japan(client, service, group, place):
    # the 1st at 8 in Tokyo is the last day of the month before in UTC
    first = (timezone.localdate().replace(day=1) + 32 * DAY).replace(day=1)
    slot = kit.make_slot(group, place, kit.at(first, 8))
    booked = book(client, slot, service, contact=GUEST)
    page = client.get(url("reservation_move", booked.public_id))
    assert page.context["month"].first == first
