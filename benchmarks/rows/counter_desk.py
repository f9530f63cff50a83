"""The desk: from the scan of a QR code to the screen with everything filled in, several desks at once."""

import datetime as dt
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import urllib3
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.models import Procedure
from benchmarks.measure import Clients, Row, median, percentile
from benchmarks.people import cookies_of, signed_in
from benchmarks.rows.counter import MOVING
from cityhall.enums import Role
from cityhall.models import Municipality, StaffRole, User
from counter import codes
from counter.enums import VisitState
from counter.forms import combined_of
from counter.models import PrefillProcedure, Visit
from counter.services import prefills
from portal.demo_city.answers import fill
from residents.models import Resident

DESKS: Final = 4
EACH: Final = 8
AIM_MS: Final = 1500.0
ROUNDS: Final = 9
AIM_WORK_MS: Final = 250.0
"""Four desks on two cores, each with half of what a person waits."""

Call = Callable[[urllib3.PoolManager], int]
Post = Callable[[str, dict[str, str]], "_Page"]


def rows(origin: str) -> list[Row]:
    """95th percentile of everything the server does from the code to the filled screen.

    That is: the code is used up, the page to identify, the record read, the procedures, the questions begun, the
    screen of what is missing: five pages of a visit for twelve procedures. What people do in between is not counted.
    """
    procedures = _procedures()
    people = list(Resident.objects.living_here().filter(protected_until=None).exclude(birth_date=None)[: DESKS * EACH])
    clerks = [_clerk(procedures, number) for number in range(DESKS)]
    calls: list[list[Call]] = [
        [_call(origin, clerk, _code(procedures, person), person) for person in people[number::DESKS]]
        for number, clerk in enumerate(clerks)
    ]
    yardstick = Clients()
    yardstick.run([[partial(_get, f"{origin}/bench/yardstick/")] * (5 * EACH)] * DESKS)
    clients = Clients()
    clients.run(calls)
    if set(clients.statuses) != {200}:
        raise RuntimeError(f"answers {set(clients.statuses)}")
    _check_filled(clerks, len(procedures))
    return [_row(clients, yardstick, len(procedures)), _work_row(procedures)]


def _row(clients: Clients, yardstick: Clients, procedures: int) -> Row:
    p95, base = (percentile(found.latencies, 0.95) * 1000 for found in (clients, yardstick))
    return Row(
        f"redeem → filled screen, {procedures} procedures, {DESKS} desks, five pages",
        f"p95 {p95:.0f} ms, median {percentile(clients.latencies, 0.5) * 1000:.0f} ms",
        f"p95 {base:.0f} ms (one page of three queries, {DESKS} clients)",
        f"{p95 / base:.1f}",
        f"< {AIM_MS:.0f} ms",
        p95 < AIM_MS,
    )


def _work_row(procedures: Sequence[Procedure]) -> Row:
    """The same visit in this process: its own work, whatever else the machine does."""
    clerk = _clerk(procedures, DESKS)
    browser = signed_in(clerk)
    people = list(Resident.objects.living_here().filter(protected_until=None).exclude(birth_date=None)[:ROUNDS])
    spent, statements = [], 0
    for person in people:
        code = _code(procedures, person)
        with CaptureQueriesContext(connection) as caught:
            started = time.process_time()
            _visit(partial(_sent, browser), code, person)
            spent.append(time.process_time() - started)
        statements = len(caught)
    return Row(
        "… the work of one visit, in one process",
        f"{median(spent) * 1000:.0f} ms of the processor, {statements} statements",
        "-",
        "-",
        f"< {AIM_WORK_MS:.0f} ms",
        median(spent) * 1000 < AIM_WORK_MS,
    )


def _procedures() -> list[Procedure]:
    found = {one.key: one for one in Procedure.objects.filter(key__in=MOVING).select_related("current_version")}
    return [found[key] for key in MOVING]


def _clerk(procedures: Sequence[Procedure], number: int) -> User:
    """A member of staff of a one-stop counter, who receives for every department."""
    clerk = User.objects.create_user(f"bench-desk{number}@city.example.jp", name=f"窓口 {number}", is_staff=True)
    first = dt.date(2020, 1, 1)
    for department_id in {one.department_id for one in procedures}:
        StaffRole.objects.create(user=clerk, role=Role.CLERK, department_id=department_id, active_from=first)
    return clerk


def _code(procedures: Sequence[Procedure], person: Resident) -> str:
    """What the person brings: all questions answered at home."""
    chosen = [PrefillProcedure(procedure=one, form_version=one.current_version) for one in procedures]
    values = fill(combined_of(chosen).form, person, {})
    token = codes.new_token()
    prefills.keep(token=token, procedures=procedures, values=values)
    return codes.full_code(Municipality.objects.get().code, token)


def _call(origin: str, clerk: User, code: str, person: Resident) -> Call:
    """One visit, from the code to the screen of what is missing."""
    browser = signed_in(clerk)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/staff/visits/").content.decode())
    if token is None:
        raise RuntimeError("the list of visits has no form")
    desk = _Desk(origin, cookies_of(browser), token[1])

    return lambda pool: _visit(partial(desk.post, pool), code, person)


def _visit(post: Post, code: str, person: Resident) -> int:
    """The buttons of one visit. The status of the screen of what is missing, 0 when it did not come."""
    page = post("/staff/visits/start/code/", {"code": code, "request_key": code[-20:]})
    shown = {"who": person.public_id, "documents": "driving_licence", "judged": "on", "text": person.full_name}
    page = post(page.path, shown | {"action": "identify", "revision": page.revision})
    page = post(f"{page.path}begin/", {"revision": page.revision})
    return page.status if page.path.endswith("/questions/") else 0


@dataclass(frozen=True)
class _Page:
    status: int
    path: str
    revision: str


@dataclass(frozen=True)
class _Desk:
    """The browser of a desk: cookies, and the token that its forms send."""

    origin: str
    cookies: str
    token: str

    def post(self, pool: urllib3.PoolManager, path: str, fields: dict[str, str]) -> _Page:
        """Press a button, and follow to the page it leads to."""
        headers = {"Cookie": self.cookies}
        sent = fields | {"csrfmiddlewaretoken": self.token}
        answer = pool.request(
            "POST", f"{self.origin}{path}", fields=sent, encode_multipart=False, headers=headers, redirect=False
        )
        while answer.status == 302:
            path = answer.headers["Location"]
            answer = pool.request("GET", f"{self.origin}{path}", headers=headers, redirect=False)
        return _page(answer.status, path, answer.data.decode())


def _page(status: int, path: str, text: str) -> _Page:
    found = re.search(r'name="revision" value="(\d+)"', text)
    return _Page(status, path, found[1] if found else "")


def _sent(browser: Client, path: str, fields: dict[str, str]) -> _Page:
    answer = browser.post(path, fields, follow=True)
    return _page(answer.status_code, answer.redirect_chain[-1][0], answer.content.decode())


def _check_filled(clerks: Sequence[User], procedures: int) -> None:
    """That every visit has what was brought, for all procedures. RuntimeError."""
    found = Visit.objects.filter(clerk__in=clerks, state=VisitState.FILLING)
    counts = {visit.procedures.count() for visit in found if visit.values and visit.resident_id}
    if found.count() != DESKS * EACH or counts != {procedures}:
        raise RuntimeError(f"{found.count()} visits with {counts} procedures")


def _get(address: str, pool: urllib3.PoolManager) -> int:
    return int(pool.request("GET", address).status)
