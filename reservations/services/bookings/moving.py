"""Another time or other details for a booking, without losing the old time first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import User
from reservations.codes import checkin_lookup
from reservations.contacts import ContactData, columns_of
from reservations.enums import ReservationChannel, ReservationEventKind, ReservationState, Variant
from reservations.errors import NotBookable, NotBooked, NotOpenYet, SlotGone
from reservations.models import Reservation, ReservationSlot, Slot
from reservations.services import slots as door
from reservations.services.bookings.confirming import code_of
from reservations.services.bookings.ending import refuse_late, slot_ids_of
from reservations.services.bookings.holding import with_sweep
from reservations.services.freed import free
from reservations.services.mails import Occasion, tell
from reservations.services.offers import offer_next
from reservations.services.states import touch
from reservations.services.visits import Visit, is_staff_of_city, places_for, refuse_unbookable

_E = ReservationEventKind


def move(
    *, reservation: Reservation, slots: Sequence[Slot], by: User | None = None, now: dt.datetime | None = None
) -> Reservation:
    """Book another time in place of the old one: taken first, the old one freed after it, in one transaction.

    Number, code and link stay; a mail tells of it. Slots that are in both stay taken. Moving to where it is changes
    nothing. Staff also move into what is held back, where the public's places do not do: the booking is internal
    from then on. Raises SlotGone, NotOpenYet, TooLate, NotBookable, NotBooked, StaleState; then the old time is still
    there. Locks the row, then old and new slots in the order of their ids.
    """
    moment = now or timezone.now()
    row = _fresh(reservation)
    _refuse(row, by=by, now=moment)
    old_ids, new_ids = slot_ids_of(row), sorted(slot.pk for slot in slots)
    if old_ids == new_ids:
        return row
    # a course is left and another one joined, not moved
    if any(slot.series_id != row.series_id for slot in slots):
        raise NotBookable
    visit = _visit_of(row, slots)
    refuse_unbookable(visit, by=by, now=moment, is_known=True)
    try:
        done = with_sweep(visit, lambda: _move(row, visit, by=by, now=moment), now=moment)
    except (SlotGone, NotOpenYet):
        if not (row.is_public and is_staff_of_city(by)):
            raise
        internal = replace(visit, is_public=False)
        done = with_sweep(internal, lambda: _move(row, internal, by=by, now=moment), now=moment)
    offer_next(group=row.group, place_id=row.place_id, now=moment)
    return done


def change(
    *,
    reservation: Reservation,
    people: int | None = None,
    contact: ContactData | None = None,
    note: str | None = None,
    by: User | None = None,
    now: dt.datetime | None = None,
) -> Reservation:
    """Change how many come, how they are reached, or the note; what is None stays. A mail tells of it.

    More people take more places where people are counted; fewer give theirs back. Another mail address ends the
    links that went to the one before, and with them the code of the QR. Raises SlotGone, NotBookable, TooLate,
    NotBooked, StaleState. Locks the row, then its slots.
    """
    moment = now or timezone.now()
    row = _fresh(reservation)
    _refuse(row, by=by, now=moment)
    if people is not None and not 1 <= people <= row.group.max_people:
        raise NotBookable
    changes = _Changes(row, people, contact, note)
    if not changes.columns:
        return row
    visit = _visit_of(row, list(Slot.objects.filter(reservation_slots__reservation=row).order_by("starts_at", "id")))
    done = with_sweep(visit, lambda: _change(changes, by=by, now=moment), now=moment)
    if changes.more < 0:
        offer_next(group=row.group, place_id=row.place_id, now=moment)
    return done


@dataclass(frozen=True)
class _Changes:
    """What is different from the row as it was looked at; good for that revision of it alone."""

    row: Reservation
    people: int | None
    contact: ContactData | None
    note: str | None

    @property
    def more(self) -> int:
        """Places to take in addition; negative: to give back."""
        return 0 if self.people is None else places_for(self.row.group, self.people) - self.row.places

    @property
    def columns(self) -> dict[str, object]:
        wanted: dict[str, object] = dict(columns_of(self.contact)) if self.contact else {}
        if self.people is not None:
            wanted |= {"people": self.people, "places": self.row.places + self.more}
        if self.note is not None:
            wanted["note"] = self.note[:200]
        return {name: value for name, value in wanted.items() if getattr(self.row, name) != value}


def _move(seen: Reservation, visit: Visit, *, by: User | None, now: dt.datetime) -> Reservation:
    new, slots = visit.slot_ids, visit.slots
    with transaction.atomic():
        row = _again(seen)
        touch(
            row,
            event=_E.MOVED,
            by=by,
            now=now,
            place=visit.place,
            starts_at=slots[0].starts_at,
            ends_at=slots[-1].ends_at,
            business_day=slots[0].business_day,
            is_public=visit.is_public,
            must_move_since=None,
            reminded_at=None,
        )
        old = slot_ids_of(row)
        door.lock(sorted({*old, *new}))
        taken, freed = [pk for pk in new if pk not in old], [pk for pk in old if pk not in new]
        door.take(taken, places=row.places, is_public=row.is_public, now=now)
        if seen.is_public and not row.is_public:
            door.make_internal([pk for pk in new if pk in old], places=row.places)
        ReservationSlot.objects.filter(reservation=row, slot__in=freed).delete()
        ReservationSlot.objects.bulk_create(ReservationSlot(reservation=row, slot_id=pk) for pk in taken)
        # given up as what they were: at the old place, and of the public if they were
        free(seen, freed, now=now, cools=True)
        tell(row, Occasion.MOVED)
    return row


def _change(changes: _Changes, *, by: User | None, now: dt.datetime) -> Reservation:
    columns, more = changes.columns, changes.more
    # names of what changed, never what it says
    detail = ", ".join(sorted(columns))
    is_renewed = "email" in columns and bool(changes.row.email)
    with transaction.atomic():
        row = _again(changes.row)
        touch(row, event=_E.CHANGED, by=by, now=now, detail=detail, **columns)
        slot_ids = slot_ids_of(row)
        if more > 0:
            door.take(slot_ids, places=more, is_public=row.is_public, now=now)
        elif more < 0:
            free(row, slot_ids, now=now, cools=True, places=-more)
        if is_renewed:
            _renew(row)
        tell(row, Occasion.CHANGED)
    return row


def _renew(row: Reservation) -> None:
    """End every link and code made so far: they may lie in a stranger's mailbox."""
    row.secret_version += 1
    Reservation.objects.filter(pk=row.pk).update(
        secret_version=F("secret_version") + 1, checkin_lookup=checkin_lookup(code_of(row))
    )


def _refuse(row: Reservation, *, by: User | None, now: dt.datetime) -> None:
    if row.state != ReservationState.BOOKED:
        raise NotBooked
    refuse_late(row, by=by, now=now)


def _visit_of(row: Reservation, slots: Sequence[Slot]) -> Visit:
    items = [item.service for item in row.items.select_related("service")]
    place = slots[0].place if slots else row.place
    return Visit(
        row.group, place, row.service, slots, row.people,
        Variant(row.variant), ReservationChannel(row.channel), row.is_public, items,
    )  # fmt: skip


def _again(seen: Reservation) -> Reservation:
    """The row read anew, for one attempt: an attempt that fails leaves what it was given as it was.

    Raises StaleState when it was changed, moved or cancelled since. `touch` asks once more.
    """
    row = _fresh(seen)
    if (row.state, row.revision) != (seen.state, seen.revision):
        raise StaleState
    return row


def _fresh(reservation: Reservation) -> Reservation:
    rows = Reservation.objects.select_related("group", "place", "service", "resident")
    return rows.get(pk=reservation.pk)
