"""What the pages of one reservation show beside its row, and which reservations are somebody's own."""

import datetime as dt

from django.db.models import Q, QuerySet

from cityhall.models import User
from reservations.enums import ReservationState, WaitlistState
from reservations.models import Reservation, Service, ServiceOffer, WaitlistEntry
from residents.queries import own_row_ids

_S = ReservationState
SHOWN = (_S.BOOKED, _S.CHECKED_IN, _S.DONE, _S.CANCELLED, _S.NO_SHOW)
"""A hold is nobody's reservation yet."""
WITH = ("group__department", "place", "service", "series", "resident")


def own_reservations(user: User) -> QuerySet[Reservation]:
    """All reservations of a resident, whoever made them."""
    return Reservation.objects.filter(resident__in=own_row_ids(user), state__in=SHOWN).select_related(*WITH)


def own_waiting(user: User) -> QuerySet[WaitlistEntry]:
    """Where a resident still waits, or is asked."""
    rows = WaitlistEntry.objects.filter(resident__in=own_row_ids(user))
    rows = rows.filter(state__in=[WaitlistState.WAITING, WaitlistState.OFFERED])
    return rows.select_related("group", "place", "service", "offer").order_by("id")


def coming(rows: QuerySet[Reservation], now: dt.datetime) -> QuerySet[Reservation]:
    """Those still to come, the next one first."""
    return rows.filter(state__in=[_S.BOOKED, _S.CHECKED_IN], ends_at__gte=now).order_by("starts_at", "id")


def over(rows: QuerySet[Reservation], now: dt.datetime) -> QuerySet[Reservation]:
    """Those that are over in one way or another."""
    is_over = Q(ends_at__lt=now) | Q(state__in=[_S.DONE, _S.CANCELLED, _S.NO_SHOW])
    return rows.filter(is_over)


def further_services(reservation: Reservation) -> list[Service]:
    """What else is done in the same visit. One query, kept on the row."""
    kept: list[Service] | None = getattr(reservation, "_further_services", None)
    if kept is None:
        items = reservation.items.select_related("service")
        kept = [item.service for item in items]
        reservation._further_services = kept  # type: ignore[attr-defined]
    return kept


def spot_of(reservation: Reservation) -> str:
    """Where on the floor: 1階 3番窓口. One query."""
    offers = ServiceOffer.objects.filter(service=reservation.service_id, place=reservation.place_id)
    return offers.values_list("spot", flat=True).first() or ""


def may_change(reservation: Reservation, now: dt.datetime) -> bool:
    """Whether the person may still move or cancel it; the service looks once more."""
    minutes = 0 if reservation.must_move_since else reservation.group.change_until_minutes
    return reservation.state == _S.BOOKED and now <= reservation.starts_at - dt.timedelta(minutes=minutes)


def id_by_mail(number: str, email: str) -> int:
    """The row of a reservation by what somebody knows of it, or 0. One query, found or not."""
    rows = Reservation.objects.filter(number=number, email=email.strip().lower(), state__in=SHOWN)
    return rows.values_list("pk", flat=True).first() or 0
