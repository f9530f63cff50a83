"""The visits of a day as a desk lists them, and who may be meant by those who stand there."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When

from applications.queries.intake import people_matching
from cityhall.days import local_date
from cityhall.models import User
from counter.card import attributes_of
from counter.enums import ACTIVE_VISITS, VisitState
from counter.models import Visit, VisitPeriod
from counter.queries.card import people_of
from counter.queries.cut import Cut, cut
from counter.queries.visits import told_name, visits_on
from reservations.models import Desk, Reservation, Ticket
from reservations.queries.bookings import find
from reservations.queries.desks import seat_of
from reservations.queries.queue import at_desk
from residents.models import Resident
from residents.queries import living_row_of, resident_of

MOST_FOUND = 10
MOST_LISTED = 200
"""On one page of the list."""


def visits_of_day(user: User, now: dt.datetime, *, skip: int = 0) -> Cut[Visit]:
    """Visits of today at the places one serves at: those under way first, the newest first. Three queries, and one for
    how many there are where one page does not hold them.

    Each has `phase`, which runs now ("" in a pause and when it is over), `chosen`, the number of its procedures, and
    `told`, the name of who has no record, as it was typed.
    """
    running = VisitPeriod.objects.filter(visit=OuterRef("pk"), until_at=None).values("phase")[:1]
    rank = Case(
        When(state__in=ACTIVE_VISITS, then=Value(0)), When(state=VisitState.RECEIVED, then=Value(1)), default=Value(2)
    )
    rows = visits_on(user, local_date(now)).defer("values", "sources", "offers", "marks", "card")
    rows = rows.annotate(
        phase=Subquery(running), chosen=Count("procedures", filter=Q(procedures__dropped_at=None)), rank=rank
    )
    found: Cut[Visit] = cut(rows.order_by("rank", "-id"), MOST_LISTED, skip=skip)
    names = _told_names([row.pk for row in found if row.resident_id is None and row.wiped_at is None])
    for row in found:
        row.told = names.get(row.pk, "")  # type: ignore[attr-defined] # read by the list alone
    return found


def _told_names(pks: Iterable[int]) -> dict[int, str]:
    """Of these visits only what is typed is read: it may be long, and most people have a record."""
    rows = Visit.objects.filter(pk__in=pks).select_related("reservation")
    columns = ("values", "card", "wiped_at", "reservation", "reservation__name", "reservation__wiped_at")
    return {row.pk: told_name(row) for row in rows.only(*columns)}


def desk_of(user: User, now: dt.datetime) -> Desk | None:
    """The desk somebody sits at."""
    session = seat_of(user, now)
    return session.desk if session else None


def ticket_at(desk: Desk | None) -> Ticket | None:
    """Who is called to the desk or served there, where no visit has begun with the number."""
    ticket = at_desk(desk) if desk else None
    return None if ticket is None or Visit.objects.filter(ticket=ticket).exists() else ticket


def find_people(text: str) -> list[Resident]:
    """Residents by number, reading, name, telephone or birth date."""
    return people_matching(text)[:MOST_FOUND]


def find_reservations(user: User, text: str, now: dt.datetime) -> list[Reservation]:
    """Reservations of today, by number, code, reading, name or telephone."""
    return list(find(user, text).filter(business_day=local_date(now)).order_by("starts_at", "id")[:MOST_FOUND])


def guesses(visit: Visit) -> list[Resident]:
    """Who it probably is: who was chosen, who prefilled with an account, who booked, whose card was read."""
    card = attributes_of(visit)
    found: Iterable[Resident | None] = (
        visit.resident,
        resident_of(visit.prefill.user) if visit.prefill and visit.prefill.user else None,
        visit.reservation.resident if visit.reservation else None,
        *(people_of(card) if card else ()),
    )
    return list(dict.fromkeys(living_row_of(one) for one in found if one is not None))
