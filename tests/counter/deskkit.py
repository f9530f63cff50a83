"""Makers for the desk: a place where the cast serves, a visit in each of its first states."""

import datetime as dt

from cityhall.days import TOKYO, today
from counter import codes
from counter.enums import Origin
from counter.services import visits
from tests import factories
from tests.applications import casekit
from tests.counter.kit import NOW, keep
from tests.reservations import kit

LICENCE = ["driving_licence"]


def make_place(department):
    """A place where a department serves."""
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return place


def procedures_of(department, count=2, **fields):
    """Procedures this department receives at its counter."""
    return [casekit.make_procedure(department, notices=False, **fields) for _ in range(count)]


def start(place, by, key="k", now=NOW, **fields):
    return visits.start(place=place, by=by, request_key=key, now=now, **fields)


def with_code(place, by, city, procedures, *, key="k", now=NOW, **fields):
    """A visit begun with a prefill, and its token."""
    _prefill, token = keep(procedures=procedures, now=now, **fields)
    visit = visits.start_with_code(text=codes.full_code(city, token), place=place, by=by, request_key=key, now=now)
    return visit, token


def identified(visit, by, resident=None, now=NOW, **fields):
    values = {"documents": LICENCE, "resident": resident, "by": by, "now": now}
    return visits.identify(visit, **values | fields)


def filling(visit, by, procedures, resident=None, now=NOW):
    """Identified, with procedures, and the questions begun."""
    identified(visit, by, resident, now=now)
    visits.add(visit, [(one, "") for one in procedures], origin=Origin.STAFF, by=by, now=now)
    return visits.begin_questions(visit, by, now=now)


def today_at(hour=12):
    """A moment of the real day, as Tokyo counts it: pages look at the clock."""
    return dt.datetime.combine(today(), dt.time(hour), TOKYO)


def stranger():
    """A clerk of another department."""
    from cityhall.enums import Role

    return factories.make_staff(role=Role.CLERK, department=factories.make_department())
