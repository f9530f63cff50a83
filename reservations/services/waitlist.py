"""Waiting for a place that somebody else gives up: joining, answering an offer, leaving."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cityhall.db import violated
from cityhall.enums import Lane
from cityhall.models import User
from reservations.contacts import ContactData, columns_of, contact_of
from reservations.enums import WaitlistState
from reservations.errors import NotBookable, OfferOver, TooManyBookings
from reservations.models import Place, Service, ServiceGroup, SlotSeries, WaitlistEntry
from reservations.services.bookings import Booked, confirm
from reservations.services.bookings.holding import own_key
from reservations.services.limits import lock_person, rows_of
from reservations.services.mails import Occasion, tell_waiting
from reservations.services.offers import expire_offers, offer_due, offer_next, withdraw
from reservations.services.visits import is_staff_of_city, refuse_guests

__all__ = ["accept", "expire_offers", "join", "leave", "offer_due", "offer_next"]

_SAME_REQUEST = "reservations_waitlistentry_request_key_key"
_OPEN = (WaitlistState.WAITING, WaitlistState.OFFERED)


def join(
    *,
    group: ServiceGroup,
    place: Place,
    service: Service,
    from_day: dt.date,
    until_day: dt.date,
    contact: ContactData,
    request_key: str,
    people: int = 1,
    series: SlotSeries | None = None,
    by: User | None = None,
    lane: Lane = Lane.SINGLE,
    now: dt.datetime | None = None,
) -> WaitlistEntry:
    """Wait for the next place that becomes free between two days. A mail says so, behind others in lane bulk.

    The same `request_key` of the same person gives the same entry. Raises NotBookable where nobody can wait,
    AccountNeeded, and TooManyBookings for one entry more than one person may have. Locks the person's names (`limits`).
    """
    moment = now or timezone.now()
    key = own_key(request_key, holder=contact.email or contact.phone, by=by)
    if earlier := WaitlistEntry.objects.filter(request_key=key).first():
        return earlier
    fits = service.group_id == group.pk and 1 <= people <= group.max_people and from_day <= until_day
    can_wait = group.has_waiting_list and group.is_active and until_day >= timezone.localdate(moment)
    if not fits or not can_wait:
        raise NotBookable
    refuse_guests(group, by=by, is_known=contact.resident is not None)
    try:
        with transaction.atomic():
            if not is_staff_of_city(by):
                _refuse_one_more(group, contact, now=moment)
            entry = WaitlistEntry.objects.create(
                request_key=key,
                group=group,
                place=place,
                service=service,
                series=series,
                people=people,
                from_day=from_day,
                until_day=until_day,
                created_at=moment,
                **columns_of(contact),
            )
            tell_waiting(entry, Occasion.WAITING, lane=lane)
    except IntegrityError as error:
        if violated(error) != _SAME_REQUEST:
            raise
        return WaitlistEntry.objects.get(request_key=key)
    return entry


def accept(*, entry: WaitlistEntry, by: User | None = None, now: dt.datetime | None = None) -> Booked:
    """Take the place that was offered. Twice gives the same booking.

    Raises OfferOver when the time to answer is over or nothing was offered, and TooManyBookings. Locks the entry,
    then the reservation.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _locked(entry)
        held = row.offer
        if row.state == WaitlistState.ACCEPTED and held is not None:
            return confirm(reservation=held, seen_revision=held.revision, contact=contact_of(row), now=moment)
        is_in_time = row.offer_until is not None and row.offer_until > moment
        if row.state != WaitlistState.OFFERED or held is None or not is_in_time:
            raise OfferOver
        booked = confirm(reservation=held, seen_revision=held.revision, contact=contact_of(row), by=by, now=moment)
        WaitlistEntry.objects.filter(pk=row.pk).update(state=WaitlistState.ACCEPTED, revision=F("revision") + 1)
    return booked


def leave(*, entry: WaitlistEntry, by: User | None = None, now: dt.datetime | None = None) -> WaitlistEntry:
    """Leave the waiting list, or decline what is offered, which goes to the next. Twice changes nothing.

    Raises OfferOver for what was accepted: that is a booking, to be cancelled.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _locked(entry)
        if row.state == WaitlistState.ACCEPTED:
            raise OfferOver
        had_offer = row.state in _OPEN and withdraw(row, to=WaitlistState.LEFT, now=moment)
    if had_offer:
        offer_next(group=row.group, place_id=row.place_id, now=moment)
    return row


def _refuse_one_more(group: ServiceGroup, contact: ContactData, *, now: dt.datetime) -> None:
    lock_person(group, contact)
    rows = WaitlistEntry.objects.filter(rows_of(contact), group=group, state__in=_OPEN)
    if rows.filter(until_day__gte=timezone.localdate(now)).count() >= group.max_open_per_contact:
        raise TooManyBookings


def _locked(entry: WaitlistEntry) -> WaitlistEntry:
    rows = WaitlistEntry.objects.select_related("group", "place", "service", "resident", "offer")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
