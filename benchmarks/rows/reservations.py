"""Bookings a second on one hot slot and on many, beside a view that inserts one row and the database's own floor."""

import datetime as dt
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from benchmarks.measure import Load, Row, wrk
from cityhall.days import local_date
from cityhall.models import Department
from notices.models import OutgoingMail
from reservations.enums import ReservationState
from reservations.models import Place, Reservation, Service, ServiceGroup, ServiceOffer, Slot

AIM_RATIO = 0.6
AIM_PER_SECOND = 150
# what a small column holds; no run gets near it
PLENTY = 30_000
SCARCE = 50
SECONDS = 5
SETTLE_SECONDS = 2
PATH_OF_STATIC = "/static/css/base.css"

# a name of its own for every request, so that each is another person; slots by chance
_POST = """
math.randomseed(os.time())
local run, count, slots, times = "{run}", 0, {{{slots}}}, {{{times}}}
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
request = function()
  count = count + 1
  local one = math.random(#slots)
  local body = "key=" .. run .. count .. "&slot=" .. slots[one] .. "&at=" .. times[one] .. "&service={key}&place={key}"
  return wrk.format("POST", nil, nil, body)
end
"""

# the floor: what PostgreSQL does with the same rows and nothing above it, 16 clients
_UPDATE_FLOOR = """
\\set slot random({first}, {last})
BEGIN;
UPDATE reservations_slot SET taken = taken + 1 WHERE id = :slot AND taken < capacity;
INSERT INTO reservations_supplyevent (action, at, before, after) VALUES ('bench', now(), '{{}}', '{{}}');
COMMIT;
"""
_CTE_FLOOR = """
\\set slot random({first}, {last})
WITH s AS (UPDATE reservations_slot SET taken = taken + 1 WHERE id = :slot AND taken < capacity RETURNING id)
INSERT INTO reservations_supplyevent (action, at, before, after) SELECT 'bench', now(), '{{}}', '{{}}' FROM s;
"""


@dataclass(frozen=True)
class _Hall:
    """What is booked: one slot, and a hundred others."""

    hot: list[Slot]
    many: list[Slot]
    scarce: Slot
    unguarded: Slot


def rows(origin: str, var: Path) -> Iterator[Row]:
    """Every figure with its yardsticks of the same run; after every run the bookings are added up again."""
    hall = _make_hall()
    # both processes have imported what a booking needs, and the database has planned it
    for name in ("insert", "book"):
        _post(origin, name, var, hall.many, 16)
    inserts = {clients: _post(origin, "insert", var, hall.hot, clients) for clients in (16, 64)}
    for slots in (hall.hot, hall.many):
        for clients in (16, 64):
            yield _booking_row(origin, var, slots, clients, inserts[clients])
    _rush(origin, var, hall.scarce)
    _show_that_the_check_can_fail(origin, var, hall.unguarded)
    yield from _floors(var, hall)
    yield _availability_row(origin, hall)


def _make_hall() -> _Hall:
    place = Place.objects.create(key=f"bench-{uuid4().hex[:8]}", name="計測庁舎")
    group = ServiceGroup.objects.create(
        key=place.key,
        name="計測",
        department=Department.objects.first(),
        lead_minutes=0,
        has_tickets=False,
        has_waiting_list=False,
    )
    service = Service.objects.create(key=place.key, group=group, name="計測", minutes=20)
    ServiceOffer.objects.create(service=service, place=place)
    begin = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=7)
    slots = [_slot(group, place, begin + dt.timedelta(minutes=20 * number), PLENTY) for number in range(101)]
    scarce = [_slot(group, place, begin + dt.timedelta(days=3, hours=hour), SCARCE) for hour in range(2)]
    return _Hall(slots[:1], slots[1:], *scarce)


def _slot(group: ServiceGroup, place: Place, starts_at: dt.datetime, capacity: int) -> Slot:
    return Slot.objects.create(
        group=group,
        place=place,
        business_day=local_date(starts_at),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=20),
        capacity=capacity,
        public_capacity=capacity,
        released=capacity,
        opens_at=starts_at - dt.timedelta(days=30),
    )


def _post(origin: str, name: str, var: Path, slots: list[Slot], clients: int, *, is_refused: bool = False) -> Load:
    script = var / "post.lua"
    run = f"{uuid4().hex[:10]}x"
    ids, times = (str(slot.pk) for slot in slots), (str(int(slot.starts_at.timestamp())) for slot in slots)
    script.write_text(_POST.format(run=run, key=slots[0].place.key, slots=",".join(ids), times=",".join(times)))
    load = wrk(
        f"{origin}/bench/{name}/", seconds=SECONDS, connections=clients, script=script, takes_refusals=is_refused
    )
    # what was under way when the clients hung up is still booked
    time.sleep(SETTLE_SECONDS)
    return load


def _booking_row(origin: str, var: Path, slots: list[Slot], clients: int, insert: Load) -> Row:
    before = _booked()
    load = _post(origin, "book", var, slots, clients)
    check(before)
    ratio = load.rps / insert.rps
    return Row(
        f"bookings a second, {len(slots)} slot{'s' if len(slots) > 1 else ''}, {clients} clients",
        f"{load.rps:.0f}/s, p50 {load.p50_ms:.0f} ms, p99 {load.p99_ms:.0f} ms",
        f"{insert.rps:.0f}/s, p50 {insert.p50_ms:.0f} ms, p99 {insert.p99_ms:.0f} ms (a view that inserts one row)",
        f"{ratio:.2f}",
        f"≥ {AIM_RATIO} and ≥ {AIM_PER_SECOND}/s",
        ratio >= AIM_RATIO and load.rps >= AIM_PER_SECOND,
    )


def _booked() -> tuple[int, int]:
    return Reservation.objects.filter(state=ReservationState.BOOKED).count(), OutgoingMail.objects.count()


def check(before: tuple[int, int]) -> None:
    """That no slot holds more than it has, every `taken` is what was booked, and each booking has its one mail.

    RuntimeError otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE used.places > slot.capacity), count(*) FILTER (WHERE used.places <> taken)"
            " FROM reservations_slot slot JOIN (SELECT slot_id, sum(places) AS places FROM reservations_reservationslot"
            " JOIN reservations_reservation r ON r.id = reservation_id WHERE r.state IN ('held', 'booked')"
            " GROUP BY slot_id) used ON used.slot_id = slot.id"
        )
        overbooked, wrong = cursor.fetchone() or (0, 0)
    bookings, mails = (now - then for now, then in zip(_booked(), before, strict=True))
    if overbooked or wrong or bookings != mails:
        raise RuntimeError(f"{overbooked} slots overbooked, {wrong} counts wrong, {bookings} bookings, {mails} mails")


def _rush(origin: str, var: Path, slot: Slot) -> None:
    """More people than places: exactly the places are booked, everybody else is refused."""
    before = _booked()
    load = _post(origin, "book", var, [slot], 64, is_refused=True)
    check(before)
    slot.refresh_from_db()
    if slot.taken != SCARCE or _booked()[0] - before[0] != SCARCE:
        raise RuntimeError(f"{slot.taken} of {SCARCE} places taken")
    print(
        f"  {SCARCE} places, 64 clients: {SCARCE} booked, {load.errors} refused, {load.rps:.0f} answers/s", flush=True
    )


def _show_that_the_check_can_fail(origin: str, var: Path, slot: Slot) -> None:
    """The same check over a booking that looks first and writes then: it must find it overbooked."""
    before = _booked()
    _post(origin, "book-unguarded", var, [slot], 64, is_refused=True)
    used = slot.reservation_slots.count()
    try:
        check(before)
    except RuntimeError as error:
        print(f"  without the guard: {used} in {SCARCE} places; the check says: {error}", flush=True)
    else:
        raise RuntimeError(f"the check finds nothing wrong with {used} in {SCARCE} places")
    finally:
        Reservation.objects.filter(slots__slot=slot).delete()


def _floors(var: Path, hall: _Hall) -> list[Row]:
    found = []
    for name, script in (("update, then insert", _UPDATE_FLOOR), ("one statement", _CTE_FLOOR)):
        for slots in (hall.hot, hall.many):
            per_second = _pgbench(var, script.format(first=slots[0].pk, last=slots[-1].pk))
            words = f"the database alone, {name}, {len(slots)} slot{'s' if len(slots) > 1 else ''}, 16 clients"
            found.append(Row(words, f"{per_second:.0f}/s", "", "", "", True))
    return found


def _pgbench(var: Path, script: str) -> float:
    file = var / "floor.sql"
    file.write_text(script)
    command = ["pgbench", "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", "4", "-f", str(file)]
    command.append(os.environ["DATABASE_URL"])
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    match = re.search(r"tps = ([\d.]+)", output)
    if match is None:
        raise RuntimeError(output)
    return float(match[1])


def _availability_row(origin: str, hall: _Hall) -> Row:
    first = hall.many[0]
    service = first.group.services.get()
    path = reverse("availability", args=[service.key, first.place.key])
    ours = wrk(f"{origin}{path}?people=1&variant=on_site&month={first.business_day:%Y-%m}")
    static = wrk(f"{origin}{PATH_OF_STATIC}")
    return Row(
        "availability of a month, reads a second, 16 clients",
        f"{ours.rps:.0f}/s, p99 {ours.p99_ms:.0f} ms",
        f"{static.rps:.0f}/s, p99 {static.p99_ms:.0f} ms (a static file of the same server)",
        f"{ours.rps / static.rps:.2f}",
        "",
        True,
    )
