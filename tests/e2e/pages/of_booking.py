"""Pages of booking: the way of a visitor, what a resident has, and what staff see of both."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from reservations.codes import secret_of
from reservations.contacts import ContactData
from reservations.models import Place, Reservation, Service, Slot
from reservations.services import bookings, waitlist
from tests.e2e import filing
from tests.e2e.conftest import in_worker

SERVICE, PLACE = "tennyu", "hall"


def at(name, *parts, query=""):
    return reverse(f"reservations:{name}", args=parts) + (f"?{query}" if query else "")


def visit_as_visitor(walk, page):
    """From the first page to the number, then every page of what was booked."""
    day = in_worker(free_day)[0]
    query = "people=2&also=inkan"
    walk.visit(
        page,
        [
            at("booking_start"),
            at("booking_start", query="q=ありえないことば"),
            at("booking_service", SERVICE),
            at("booking_service", SERVICE, query="people=99&go=1"),
            at("booking_places", SERVICE, query=f"{query}&all=1"),
            at("booking_month", SERVICE, PLACE, query=query),
            at("booking_waiting", SERVICE, PLACE, query=query),
            at("booking_find"),
            at("booking_day", SERVICE, PLACE, day.isoformat(), query=query),
        ],
    )
    with page.expect_navigation():
        page.locator("button.booking-times__time").first.click()
    walk.visit(page, [page.url])
    page.get_by_label("お名前").fill("山田 花子")
    page.get_by_label("フリガナ").fill("やまだ はなこ")
    page.get_by_label("メールアドレス").fill("visitor@example.jp")
    filing.press_through(page, "確認画面へ")
    walk.visit(page, [page.url])
    filing.press_through(page, "予約する")
    public_id = page.url.split("/")[-3]
    names = ["done", "detail", "print", "edit", "move", "cancel"]
    walk.visit(page, [at(f"reservation_{name}", public_id) for name in names])
    walk.visit(page, [at("reservation_move_day", public_id, day.isoformat())])
    entry = in_worker(join)[0]
    page.goto(at("waiting_open", entry.public_id, secret_of(entry)))
    walk.visit(page, [at("waiting_detail", entry.public_id)])


def pages_of_booker(user):
    """The list of a resident, with one reservation that the city asks to move."""
    resident = user.resident
    book(ContactData(name=resident.full_name, resident=resident), key=f"axe {user.pk}", by=user)
    Reservation.objects.filter(resident=resident).update(must_move_since=timezone.now())
    yield at("my_reservations")
    for reservation in Reservation.objects.filter(resident=resident):
        yield at("reservation_detail", reservation.public_id)


def pages_of_clerk(_user):
    """The day with a long name in it, one reservation, and the lists."""
    name = "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末 長介"
    booked = book(ContactData(name=name, kana="ジュゲム", phone="+819012345678"), key="axe long")
    Reservation.objects.filter(pk=booked.pk).update(must_move_since=timezone.now())
    join("axe clerk")
    day = booked.business_day.isoformat()
    yield at("staff_day", query=f"place={PLACE}&day={day}")
    yield at("staff_day", query="q=ありえない")
    yield at("staff_new")
    yield at("staff_new", query=f"service={SERVICE}&place={PLACE}&day={day}&people=1&q=タ")
    yield at("staff_new", query=f"service={SERVICE}&place={PLACE}&day={day}&people=99")
    yield from (at(f"staff_{name}") for name in ("waiting", "to_tell"))
    yield from (at(f"staff_{name}", booked.public_id) for name in ("reservation", "move", "edit", "cancel"))


def free_day():
    """A day of the demo's hall on which the public may book now."""
    return _slots()[0].business_day


def book(contact, *, key, by=None):
    slots = _slots()
    return bookings.book(
        group=slots[0].group,
        place=slots[0].place,
        service=Service.objects.get(key=SERVICE),
        slots=slots[:2],
        contact=contact,
        request_key=key,
        by=by,
    ).reservation


def join(key="axe"):
    service = Service.objects.select_related("group").get(key=SERVICE)
    day = timezone.localdate()
    return waitlist.join(
        group=service.group,
        place=Place.objects.get(key=PLACE),
        service=service,
        from_day=day,
        until_day=day + dt.timedelta(days=14),
        contact=ContactData(name="待機 花子", kana="タイキ ハナコ", phone="+819011112222"),
        request_key=key,
    )


def _slots():
    """Slots that follow each other on one day, all free."""
    rows = Slot.objects.select_related("group", "place").filter(
        group__services__key=SERVICE,
        place__key=PLACE,
        opens_at__lte=timezone.now(),
        starts_at__gt=timezone.now() + dt.timedelta(days=1),
        taken=0,
    )
    return list(rows.order_by("starts_at")[:3])
