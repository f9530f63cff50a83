"""Twenty desks and five hundred waiting: from "next" to somebody called, and what a display asks for."""

import datetime as dt
import re
import string
import time
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

import urllib3
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from benchmarks.measure import Clients, Row, percentile, wrk
from benchmarks.people import cookies_of, signed_in
from cityhall.enums import DeviceKind, Role
from cityhall.machines import TOKEN_COOKIE
from cityhall.models import Department, StaffRole, User
from cityhall.services import devices
from reservations.enums import TicketSource, TicketState
from reservations.models import Desk, Display, Place, Service, ServiceGroup, ServiceOffer, Ticket, TicketEvent
from reservations.services import desks, queue

DESKS = 20
WAITING = 500
EACH = 20
AIM_MS = 500.0


def rows(origin: str) -> list[Row]:
    """Each desk calls, serves and calls again as fast as it can, over HTTP; nobody is called twice."""
    place, service = _hall()
    clerks = [_Clerk(origin, user) for user in _seated(place, service)]
    for number in range(WAITING):
        queue.issue(
            place=place, service=service, source=TicketSource.STAFF, request_key=f"bench-{number}", by=clerks[0].user
        )
    for clerk in clerks:
        clerk.sign_in()
    base, clients = Clients(), Clients()
    base.run([[partial(_get, f"{origin}/bench/yardstick/")] * EACH] * DESKS)
    clients.run([[clerk.call] * EACH for clerk in clerks])
    if set(clients.statuses) != {HTTPStatus.FOUND}:
        raise RuntimeError(f"answers {set(clients.statuses)}")
    _check_once()
    return [_step_row([spent for clerk in clerks for spent in clerk.seconds], base), _display_row(origin, place)]


def _step_row(spent: list[float], base: Clients) -> Row:
    p95, yardstick = (percentile(found, 0.95) * 1000 for found in (spent, base.latencies))
    return Row(
        f"next → called, {DESKS} desks, {WAITING} waiting",
        f"p95 {p95:.0f} ms, median {percentile(spent, 0.5) * 1000:.0f} ms",
        f"p95 {yardstick:.0f} ms (a page of three queries, {DESKS} clients)",
        f"{p95 / yardstick:.1f}",
        f"< {AIM_MS:.0f} ms",
        p95 < AIM_MS,
    )


def _display_row(origin: str, place: Place) -> Row:
    """What every screen of the hall asks for every few seconds."""
    device = devices.create(kind=DeviceKind.DISPLAY, name="bench", department=None, by=None)
    token = devices.pair(devices.new_pairing_code(device, by=None), public_id=device.public_id)
    Display.objects.create(place=place, name="bench", device=device)
    load = wrk(f"{origin}{reverse('reservations:display_state')}", cookie=f"{TOKEN_COOKIE}={token}")
    base = wrk(f"{origin}/bench/yardstick/")
    ratio = load.rps / base.rps
    return Row(
        "display refresh",
        f"{load.rps:.0f}/s, p99 {load.p99_ms:.0f} ms",
        f"{base.rps:.0f}/s (a page of three queries)",
        f"{ratio:.2f}",
        "≥ 0.5",
        ratio >= 0.5,
    )


def _check_once() -> None:
    """That each call was of another person. RuntimeError."""
    called = TicketEvent.objects.filter(ticket__request_key__startswith="bench-", kind="called")
    people = called.values("ticket").distinct().count()
    states = Ticket.objects.filter(request_key__startswith="bench-").exclude(state=TicketState.WAITING).count()
    if not called.count() == people == states == DESKS * EACH:
        raise RuntimeError(f"{called.count()} calls of {people} people, {states} moved, of {DESKS * EACH}")


@dataclass
class _Clerk:
    """A tablet that calls and serves as fast as it can; only "next" is timed."""

    origin: str
    user: User
    seconds: list[float] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        browser = signed_in(self.user)
        page = browser.get(reverse("reservations:desk")).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if token is None:
            raise RuntimeError("the desk page has no form")
        self.headers = {"Cookie": cookies_of(browser), "Referer": f"{self.origin}/desk/"}
        self.fields = {"csrfmiddlewaretoken": token[1]}

    def call(self, pool: urllib3.PoolManager) -> int:
        started = time.perf_counter()
        status = self._post(pool, "reservations:desk_next")
        self.seconds.append(time.perf_counter() - started)
        [public_id] = Ticket.objects.filter(clerk=self.user, state=TicketState.CALLED).values_list("public_id")
        for action in ("start", "finish"):
            self._post(pool, "reservations:desk_act", *public_id, action)
        if len(self.seconds) == EACH:
            # at the end of its thread: a new connection for every call cost more than the call
            connection.close()
        return status

    def _post(self, pool: urllib3.PoolManager, name: str, *parts: str) -> int:
        address = f"{self.origin}{reverse(name, args=parts)}"
        body = urlencode(self.fields)
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        return pool.request("POST", address, body=body, headers=headers, redirect=False).status


def _hall() -> tuple[Place, Service]:
    """A counter of its own: the demo's people stay where they are."""
    department = Department.objects.order_by("id")[0]
    place = Place.objects.create(key="bench-queue", name="bench")
    used = set(ServiceGroup.objects.values_list("letter", flat=True))
    letter = next(one for one in string.ascii_uppercase if one not in used)
    group = ServiceGroup.objects.create(key="bench-queue", name="bench", department=department, letter=letter)
    service = Service.objects.create(key="bench-queue", group=group, name="bench")
    ServiceOffer.objects.create(service=service, place=place)
    return place, service


def _seated(place: Place, service: Service) -> list[User]:
    """A clerk at each desk."""
    clerks = []
    for number in range(1, DESKS + 1):
        clerk = User.objects.create_user(
            f"bench-desk{number}@city.example.jp", is_staff=True, email_verified_at=timezone.now()
        )
        StaffRole.objects.create(
            user=clerk, role=Role.CLERK, department=service.group.department, active_from=dt.date(2020, 1, 1)
        )
        desk = Desk.objects.create(place=place, number=str(number))
        desk.services.add(service)
        desks.sign_on(desk=desk, by=clerk)
        clerks.append(clerk)
    return clerks


def _get(address: str, pool: urllib3.PoolManager) -> int:
    return pool.request("GET", address).status
