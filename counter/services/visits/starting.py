"""Beginning a visit: with a code that somebody brought, from a ticket, or with nothing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from counter import codes
from counter.enums import ACTIVE_VISITS, PHASE_OF, CodeKind, Origin, Source, VisitEventKind, VisitState
from counter.errors import BookedElsewhere, BookingUnderWay, NotLeading, OnlyBooked, OtherAnswersAlready, PrefillUsed
from counter.models import Prefill, Visit, VisitPeriod, VisitProcedure
from counter.queries.visits import visible_visits
from counter.services import prefills
from counter.services.prefills.redeeming import note_seen_again
from counter.services.visits.papers import take_sheet
from counter.services.visits.states import note, note_wait, touch
from reservations.codes import checkin_lookup, read_checkin_code
from reservations.enums import ReservationState
from reservations.models import Place, Reservation, Ticket
from reservations.queries.scope import visible_reservations
from residents.models import Resident
from residents.queries import living_row_of

_EXPECTED: Final = (ReservationState.BOOKED, ReservationState.CHECKED_IN)


def start(
    *,
    place: Place,
    by: User,
    request_key: str,
    ticket: Ticket | None = None,
    reservation: Reservation | None = None,
    resident: Resident | None = None,
    language: str = "ja",
    now: dt.datetime | None = None,
) -> Visit:
    """A visit of who stands at the desk. The same key, or the same ticket, is one visit.

    `resident` is who it probably is: known only once identified. Locks the row of a reservation: of two desks that
    begin with it at once, both get the same visit.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    if earlier := _earlier(key, ticket):
        return earlier
    known = {"reservation": reservation, "resident": living_row_of(resident) if resident else None}
    try:
        with transaction.atomic():
            if reservation is not None and (under_way := _under_way(reservation)):
                return under_way
            visit = _make(place, by, key, moment, ticket=ticket, language=language, **known)
    except IntegrityError:
        # a double tap: the other request was faster
        twin = _earlier(key, ticket)
        if twin is None:
            raise
        return twin
    return visit


def start_with_code(
    *,
    text: str,
    place: Place,
    by: User,
    request_key: str,
    ticket: Ticket | None = None,
    now: dt.datetime | None = None,
) -> Visit:
    """A visit with what somebody brought: the code is used up in the transaction that takes the answers over.

    `text` is what the scanner sent, or the ten digits. The same code shown once more at a desk that sees the visit
    with its answers leads there, the code of a visit's own sheet of paper to that visit, and a reservation's own code
    begins with that. Where the visit of its booking or of the number was begun without answers, they come into it.
    Into one that is identified they come only at the desk that leads it (`queries.compared`). Raises what
    `prefills.find_scanned` and `find_spoken` raise, BookedElsewhere, BookingUnderWay, and StaleState when the code was
    read at another desk at this very moment. Locks the reservation, then the prefill, then the visit.
    """
    moment = now or timezone.now()
    if on_paper := take_sheet(text, by, now=moment):
        return on_paper
    if booked := _booked_with(text, by, moment):
        return _start_booked(booked, by=by, request_key=request_key, ticket=ticket, now=moment)
    kind = _kind_of(text)
    try:
        found = _find(text, kind, by, moment)
        try:
            return _take_over(found, place, by=by, now=moment, ticket=ticket)
        except IntegrityError:
            # the visit of the number was begun at this moment: now it is there
            return _take_over(found, place, by=by, now=moment, ticket=ticket)
    except (PrefillUsed, StaleState):
        # scanned twice, or tapped twice: the other was faster
        visit = _visit_of_code(text, kind, by)
        if visit is None:
            raise
        note_seen_again(_prefill_of(visit), kind=kind, by=by, now=moment)
        return visit


def take_answers(visit: Visit, *, text: str, by: User, now: dt.datetime | None = None) -> Visit:
    """Take what somebody brought into the visit that was begun without it; before any question was asked.

    The same code twice is harmless. Raises what `start_with_code` raises, OtherAnswersAlready, NotLeading, and
    OnlyBooked. Locks as that does.
    """
    moment = now or timezone.now()
    if _booked_with(text, by, moment):
        raise OnlyBooked
    kind = _kind_of(text)
    try:
        found = _find(text, kind, by, moment)
    except PrefillUsed:
        if visit.prefill is None or _visit_of_code(text, kind, by) != visit:
            raise
        note_seen_again(visit.prefill, kind=kind, by=by, now=moment)
        return visit
    with transaction.atomic():
        if not _takes_answers(visit):
            raise OtherAnswersAlready
        if not _is_led(visit, by):
            raise NotLeading(visit.clerk)
        served = _served_with(found.prefill)
        if served is not None and served != visit:
            raise BookingUnderWay(served.clerk)
        return _bring(visit, found, by=by, now=moment)


def _takes_answers(visit: Visit) -> bool:
    """Whether nothing was asked or chosen yet."""
    is_begun = visit.state in (VisitState.OPEN, VisitState.IDENTIFIED)
    return is_begun and not (visit.prefill_id or visit.values or visit.procedures.exists())


def _is_led(visit: Visit, by: User) -> bool:
    """Whether answers may come in here. Who was identified is compared with them by whoever leads the visit."""
    return visit.state == VisitState.OPEN or visit.clerk_id == by.pk


def _bring(visit: Visit, found: prefills.Found, *, by: User, now: dt.datetime) -> Visit:
    """The answers into a visit that has none, in the caller's transaction. Raises StaleState."""
    prefills.redeem(found, by=by, now=now)
    taken = _taken(found, now)
    columns = {name: taken[name] for name in ("prefill", "values", "sources", "language", "paper_on")}
    columns |= {"reservation": visit.reservation or taken["reservation"]}
    columns |= {"is_practice": visit.is_practice or taken["is_practice"]}
    touch(visit, event=VisitEventKind.REDEEMED, by=by, now=now, detail=found.kind, **columns)
    _add_all(visit, found.prefill)
    return visit


def _booked_with(text: str, by: User, now: dt.datetime) -> Reservation | None:
    """The reservation of today whose own code this is, where this member of staff sees it.

    None where it is no code of a reservation. Raises BookedElsewhere for one that is not for here and now, whoever
    sees it: who holds the code learns nothing but that.
    """
    code = read_checkin_code(text)
    if not code:
        return None
    found = Reservation.objects.filter(checkin_lookup=checkin_lookup(code)).first()
    if found is None:
        return None
    rows = visible_reservations(by).filter(business_day=local_date(now), state__in=_EXPECTED)
    if here := rows.filter(pk=found.pk).first():
        return here
    raise BookedElsewhere


def _start_booked(
    reservation: Reservation, *, by: User, request_key: str, ticket: Ticket | None, now: dt.datetime
) -> Visit:
    """With the number at the desk, unless that was taken with another reservation."""
    if ticket is not None and ticket.reservation_id not in (None, reservation.pk):
        ticket = None
    return start(
        place=ticket.place if ticket else reservation.place,
        by=by,
        request_key=request_key,
        ticket=ticket,
        reservation=reservation,
        resident=reservation.resident,
        language=ticket.language if ticket else "ja",
        now=now,
    )


def _kind_of(text: str) -> CodeKind:
    return CodeKind.SPOKEN if codes.read_spoken(text) else CodeKind.SCANNED


def _find(text: str, kind: CodeKind, by: User, now: dt.datetime) -> prefills.Found:
    find = prefills.find_spoken if kind == CodeKind.SPOKEN else prefills.find_scanned
    return find(text, by=by, now=now)


def _take_over(found: prefills.Found, place: Place, *, by: User, now: dt.datetime, ticket: Ticket | None) -> Visit:
    """Into the visit that was begun with the booking or the number, else into a new one. Raises BookingUnderWay,
    StaleState, IntegrityError where a visit of the number begins meanwhile.
    """
    with transaction.atomic():
        served = _served_with(found.prefill)
        if served is not None:
            is_seen = visible_visits(by).filter(pk=served.pk).exists()
            if not (is_seen and _takes_answers(served) and _is_led(served, by)):
                raise BookingUnderWay(served.clerk)
            return _bring(served, found, by=by, now=now)
        begun = Visit.objects.filter(ticket=ticket).first() if ticket else None
        if begun is not None and _takes_answers(begun) and _is_led(begun, by):
            return _bring(begun, found, by=by, now=now)
        prefills.redeem(found, by=by, now=now)
        # a page that is used for two people has one key: the code is read once anyhow
        key = f"prefill:{found.prefill.pk}"
        visit = _make(place, by, key, now, ticket=None if begun else ticket, **_taken(found, now))
        _add_all(visit, found.prefill)
        note(visit, VisitEventKind.REDEEMED, by=by, now=now, detail=found.kind)
    return visit


def _taken(found: prefills.Found, now: dt.datetime) -> dict[str, Any]:
    """The columns that come with a prefill."""
    prefill = found.prefill
    return {
        "prefill": prefill,
        "reservation": prefill.reservation,
        "language": prefill.language,
        "values": found.values,
        "sources": _brought(found.values, found.sources),
        "is_practice": prefill.is_practice,
        # a blank sheet: handed in today, unless somebody says otherwise
        "paper_on": local_date(now) if prefill.is_paper else None,
    }


def _brought(values: Mapping[str, Any], sources: Mapping[str, str]) -> dict[str, str]:
    """At home the record filled some of it; all the rest was typed by who brings it, there or in a guide."""
    return {key: source if (source := sources.get(key)) in Source.values else Source.BROUGHT for key in values}


def _make(place: Place, by: User, key: str, now: dt.datetime, **columns: Any) -> Visit:
    columns["is_practice"] = columns.get("is_practice", False) or place.is_practice
    visit = Visit.objects.create(
        place=place, clerk=by, request_key=key, business_day=local_date(now), started_at=now, **columns
    )
    note(visit, VisitEventKind.STARTED, by=by, now=now)
    if visit.ticket is not None:
        note_wait(visit, visit.ticket)
    VisitPeriod.objects.create(visit=visit, phase=PHASE_OF[VisitState.OPEN], from_at=now)
    audit.record(action=AuditAction.CREATE, actor=by, target_type="visit", target_id=visit.public_id, detail="started")
    return visit


def _add_all(visit: Visit, prefill: Prefill) -> None:
    VisitProcedure.objects.bulk_create(
        VisitProcedure(
            visit=visit,
            procedure_id=one.procedure_id,
            form_version_id=one.form_version_id,
            position=one.position,
            origin=Origin.PREFILL,
        )
        for one in prefill.procedures.all()
    )


def _earlier(key: str, ticket: Ticket | None) -> Visit | None:
    if visit := Visit.objects.filter(request_key=key).first():
        return visit
    return Visit.objects.filter(ticket=ticket).first() if ticket else None


def _served_with(prefill: Prefill) -> Visit | None:
    """The visit under way of who booked, or took a number, with these answers."""
    if prefill.reservation is not None and (visit := _under_way(prefill.reservation)):
        return visit
    if prefill.ticket_id is None:
        return None
    return Visit.objects.filter(ticket=prefill.ticket_id, state__in=ACTIVE_VISITS).first()


def _under_way(reservation: Reservation) -> Visit | None:
    """The visit in which somebody is being served who has this reservation."""
    Reservation.objects.select_for_update(no_key=True).get(pk=reservation.pk)
    return Visit.objects.filter(reservation=reservation, state__in=ACTIVE_VISITS).order_by("-id").first()


def _visit_of_code(text: str, kind: CodeKind, by: User) -> Visit | None:
    """The visit under way that has the answers of this code, where this member of staff may see it."""
    if kind == CodeKind.SPOKEN:
        found = {"prefill__spoken_lookup": codes.spoken_lookup(codes.read_spoken(text))}
    else:
        read = codes.read_code(text)
        found = {"prefill__lookup": codes.lookup_of(read.token) if read else ""}
    return visible_visits(by).filter(state__in=ACTIVE_VISITS, **found).first()


def _prefill_of(visit: Visit) -> Prefill:
    """Of a visit that was found by its prefill."""
    if visit.prefill is None:
        raise ValueError(visit.pk)
    return visit.prefill
