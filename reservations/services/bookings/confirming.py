"""From a hold to a booking: number, mail and event in one transaction."""

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.db import violated
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.references import new_number
from notices.services.mail import wake_sender
from reservations.codes import checkin_code, checkin_lookup
from reservations.contacts import ContactData, columns_of
from reservations.enums import ReservationChannel, ReservationEventKind, ReservationState, Variant
from reservations.errors import HoldOver, NotBooked, SlotGone, TooLate
from reservations.models import Place, Reservation, ReservationEvent, ReservationSlot, Service, ServiceGroup, Slot
from reservations.queries import known
from reservations.services import slots as door
from reservations.services.bookings.holding import own_key, with_sweep
from reservations.services.limits import refuse_one_more
from reservations.services.mails import Occasion, mail_of, tell
from reservations.services.notices import notice_of, record_booked
from reservations.services.states import step
from reservations.services.sweeping import sweep
from reservations.services.visits import Visit, is_staff_of_city, refuse_unbookable, row_of
from reservations.services.writing import write_visit

_SAME_NUMBER = "reservations_reservation_number_key"
# who books for others decides for themselves, and a draw has its own rule of one wish each
_LIMITED = frozenset({ReservationChannel.ONLINE, ReservationChannel.WAITLIST})


@dataclass(frozen=True)
class Booked:
    """A booking, and the code of its QR, which the database does not hold."""

    reservation: Reservation
    checkin_code: str


@dataclass(frozen=True)
class _Said:
    """What somebody says who confirms a hold: who comes, a word for the staff, and from which notice they came."""

    contact: ContactData
    note: str
    notice_id: str


def confirm(
    *,
    reservation: Reservation,
    seen_revision: int,
    contact: ContactData,
    note: str = "",
    by: User | None = None,
    notice_id: str = "",
    now: dt.datetime | None = None,
) -> Booked:
    """Make a hold a booking: contact, number, check-in code, event, and a mail in the same transaction.

    `notice_id` is the public id of the notice whose button led here.
    A hold that is over is still good while its places are there: they are taken again. Confirming what is booked
    changes nothing, so a double click books once. Raises HoldOver, TooManyBookings, TooLate, StaleState. Locks the
    person's names (`limits`), the row, and the slots when they are taken again.
    """
    moment = now or timezone.now()
    row = _fresh(reservation.pk)
    said = _Said(contact, note, notice_id)
    if row.state == ReservationState.HELD and row.revision != seen_revision:
        raise StaleState
    if row.starts_at <= moment and not is_staff_of_city(by):
        raise TooLate
    try:
        return _settle(row, said, by=by, now=moment)
    except StaleState:
        # a second click was a moment faster, or a sweep: go by what the row has become
        return _settle(_fresh(row.pk), said, by=by, now=moment)
    except IntegrityError as error:
        if violated(error) != _SAME_NUMBER:
            raise
        return _settle(_fresh(row.pk), said, by=by, now=moment)


def book(
    *,
    group: ServiceGroup,
    place: Place,
    service: Service,
    slots: Sequence[Slot],
    contact: ContactData,
    request_key: str,
    people: int = 1,
    variant: Variant = Variant.ON_SITE,
    channel: ReservationChannel = ReservationChannel.PHONE,
    is_public: bool = True,
    items: Sequence[Service] = (),
    note: str = "",
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Booked:
    """Hold and confirm in one transaction: for staff on the telephone, draws, and places that need no typing.

    The same `request_key` of the same person gives the same booking. Raises and locks as `hold` and `confirm` do.
    """
    moment = now or timezone.now()
    visit = Visit(group, place, service, slots, people, variant, channel, is_public, items)
    key = own_key(request_key, holder="", by=by)

    def attempt() -> Booked:
        return _book(visit, contact, note, key=key, by=by, now=moment)

    try:
        # who was drawn was let in when they entered
        is_known = contact.resident is not None or channel == ReservationChannel.DRAW
        refuse_unbookable(visit, by=by, now=moment, is_known=is_known)
        return with_sweep(visit, attempt, now=moment)
    except (DomainError, IntegrityError) as error:
        # booked by an earlier request, which may be why it cannot be booked now
        earlier = Reservation.objects.filter(request_key=key).first()
        if earlier is not None:
            return _booked_before(earlier)
        if not isinstance(error, IntegrityError) or violated(error) != _SAME_NUMBER:
            raise
    return attempt()


def _book(visit: Visit, contact: ContactData, note: str, *, key: str, by: User | None, now: dt.datetime) -> Booked:
    city = known.city()
    row = row_of(
        visit,
        key=key,
        by=by,
        now=now,
        state=ReservationState.BOOKED,
        revision=1,
        number=new_number(),
        booked_at=now,
        note=note[:200],
        **columns_of(contact),
    )
    row.notice = notice_of(row, resident=contact.resident, by=by)
    code = checkin_code(city.code, row.public_id, row.secret_version)
    row.checkin_lookup = checkin_lookup(code)
    event = ReservationEvent(kind=ReservationEventKind.BOOKED, at=now, actor=by)
    mail = mail_of(row, Occasion.BOOKED, city=city)
    is_limited = visit.channel in _LIMITED and not is_staff_of_city(by)
    # what tells a notice of it belongs to the same transaction; most bookings follow none and are one message
    with transaction.atomic() if row.notice is not None else nullcontext():
        write_visit(
            visit, row, with_rows=[event, mail] if mail else [event], limited=contact if is_limited else None, now=now
        )
        record_booked(row, by=by, now=now)
        wake_sender()
    return Booked(row, code)


def code_of(reservation: Reservation) -> str:
    """The check-in code of a booking, made again."""
    return checkin_code(known.city().code, reservation.public_id, reservation.secret_version)


def _settle(row: Reservation, said: _Said, *, by: User | None, now: dt.datetime) -> Booked:
    """Confirm a row as it was just read, or say what has become of it."""
    if row.state == ReservationState.HELD:
        return _confirm(row, said, by=by, now=now)
    if row.state != ReservationState.EXPIRED:
        return _booked_before(row)
    slot_ids = list(ReservationSlot.objects.filter(reservation=row).order_by("slot").values_list("slot", flat=True))
    sweep(slot_ids=slot_ids, now=now)
    try:
        with transaction.atomic():
            booked = _confirm(row, said, by=by, now=now)
            door.take(slot_ids, places=row.places, is_public=row.is_public, now=now)
    except SlotGone:
        raise HoldOver from None
    return booked


def _confirm(row: Reservation, said: _Said, *, by: User | None, now: dt.datetime) -> Booked:
    code = code_of(row)
    notice = notice_of(row, resident=said.contact.resident, by=by, notice_id=said.notice_id)
    with transaction.atomic():
        if row.channel in _LIMITED and not is_staff_of_city(by):
            refuse_one_more(group=row.group, contact=said.contact, now=now)
        step(
            row,
            to=ReservationState.BOOKED,
            event=ReservationEventKind.BOOKED,
            by=by,
            now=now,
            number=new_number(),
            checkin_lookup=checkin_lookup(code),
            booked_at=now,
            hold_until=None,
            holder="",
            note=said.note[:200],
            notice=notice,
            **columns_of(said.contact),
        )
        record_booked(row, by=by, now=now)
        tell(row, Occasion.BOOKED)
    return Booked(row, code)


def _fresh(pk: int) -> Reservation:
    return Reservation.objects.select_related("group", "place", "service", "resident").get(pk=pk)


def _booked_before(row: Reservation) -> Booked:
    if row.number is None or row.state == ReservationState.CANCELLED:
        raise NotBooked
    return Booked(row, code_of(row))
