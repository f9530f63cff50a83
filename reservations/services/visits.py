"""What somebody wants to book, whether it can be booked at all, and its rows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cityhall.models import User
from reservations.enums import ReservationChannel, SupplyKind, Variant
from reservations.errors import AccountNeeded, NotBookable, TooLate
from reservations.models import (
    Place,
    Reservation,
    Service,
    ServiceGroup,
    Slot,
)
from reservations.queries import known


@dataclass(frozen=True)
class Visit:
    """Services of one group at one place, in slots that follow each other."""

    group: ServiceGroup
    place: Place
    service: Service
    slots: Sequence[Slot]
    people: int = 1
    variant: Variant = Variant.ON_SITE
    channel: ReservationChannel = ReservationChannel.ONLINE
    is_public: bool = True
    items: Sequence[Service] = ()

    @property
    def slot_ids(self) -> list[int]:
        """In the order of their locks."""
        return sorted(slot.pk for slot in self.slots)

    @property
    def places(self) -> int:
        """How many places it takes in each slot."""
        return places_for(self.group, self.people)


def places_for(group: ServiceGroup, people: int) -> int:
    """A family of four takes one desk, but four seats of a class."""
    return people if group.counts_people else 1


def refuse_unbookable(visit: Visit, *, by: User | None, now: dt.datetime, is_known: bool = False) -> None:
    """Look at what does not depend on who else books. Raises NotBookable for pages out of date, AccountNeeded, TooLate.

    Staff may book until the very start, and groups that the public does not book. `is_known` as in `refuse_guests`.
    """
    is_staff = is_staff_of_city(by)
    group = visit.group
    if not visit.slots or not _fits_together(visit) or not 1 <= visit.people <= group.max_people:
        raise NotBookable
    if not group.is_active or not (group.is_bookable or is_staff):
        raise NotBookable
    refuse_guests(group, by=by, is_known=is_known)
    lead = dt.timedelta(minutes=0 if is_staff else group.lead_minutes)
    if visit.slots[0].starts_at < now + lead:
        raise TooLate


def refuse_guests(group: ServiceGroup, *, by: User | None, is_known: bool = False) -> None:
    """Raise AccountNeeded where a group is only for those who sign in and nobody did.

    `is_known`: it is for a resident of ours, or for somebody whose booking or wish was taken before.
    """
    if by is None and not is_known and not group.allows_guests:
        raise AccountNeeded


def row_of(visit: Visit, *, key: str, by: User | None, now: dt.datetime, **fields: Any) -> Reservation:
    """The row of a visit, not saved yet."""
    slots = visit.slots
    return Reservation(
        request_key=key,
        group=visit.group,
        place=visit.place,
        service=visit.service,
        series_id=slots[0].series_id,
        variant=visit.variant,
        channel=visit.channel,
        people=visit.people,
        places=visit.places,
        is_public=visit.is_public,
        starts_at=slots[0].starts_at,
        ends_at=slots[-1].ends_at,
        business_day=slots[0].business_day,
        fee=visit.group.fee_per_unit * len(slots),
        booked_by=by,
        created_at=now,
        is_practice=visit.place.is_practice,
        **fields,
    )


def minutes_of(services: Sequence[Service], place: Place) -> int:
    """How long services take one after the other at a place. No query for two seconds after the last."""
    own = known.minutes_at(place)
    return sum(own.get(service.pk) or service.minutes for service in services)


def is_staff_of_city(by: User | None) -> bool:
    """Whether somebody books or changes for others."""
    return by is not None and by.is_staff


def _fits_together(visit: Visit) -> bool:
    """Slots of this group and place that follow each other, long enough for a counter's services, not too many."""
    group, slots = visit.group, visit.slots
    if any(slot.group_id != group.pk or slot.place_id != visit.place.pk for slot in slots):
        return False
    if any(service.group_id != group.pk for service in (visit.service, *visit.items)):
        return False
    if slots[0].series_id is not None:
        return all(slot.series_id == slots[0].series_id for slot in slots)
    if len(slots) > group.max_units or any(one.ends_at > two.starts_at for one, two in pairwise(slots)):
        return False
    return group.kind != SupplyKind.COUNTER or _is_long_enough(visit)


def _is_long_enough(visit: Visit) -> bool:
    """Whether one slot begins where the other ends, and all services find time in them."""
    slots = visit.slots
    if any(one.ends_at != two.starts_at for one, two in pairwise(slots)):
        return False
    offered = sum((slot.ends_at - slot.starts_at).total_seconds() for slot in slots)
    return offered >= 60 * minutes_of([visit.service, *visit.items], visit.place)
