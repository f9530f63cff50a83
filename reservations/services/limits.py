"""How many bookings one person may have at a time, by account, address and telephone.

Addresses are compared without what follows a '+': mail to all of them lands in one mailbox.
"""

import datetime as dt
import hashlib
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cityhall.db import is_postgresql
from reservations.contacts import ContactData
from reservations.enums import ReservationState
from reservations.errors import TooManyBookings
from reservations.models import Reservation, ServiceGroup


def refuse_one_more(*, group: ServiceGroup, contact: ContactData, now: dt.datetime) -> None:
    """Raise TooManyBookings when the person has all the bookings of a group they may have.

    In the transaction that books: two bookings of one person at the same moment are counted one after the other,
    by locks on who it is that last until its end.
    """
    lock_person(group, contact)
    if count_of(group=group, contact=contact, now=now) >= group.max_open_per_contact:
        raise TooManyBookings


def count_of(*, group: ServiceGroup, contact: ContactData, now: dt.datetime) -> int:
    """How many bookings of a group still to come are this person's. One query."""
    if not is_postgresql():
        return open_of(group=group, contact=contact, now=now).count()
    query, values = count_open(group=group, contact=contact, now=now)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


def open_of(*, group: ServiceGroup, contact: ContactData, now: dt.datetime) -> QuerySet[Reservation]:
    """Bookings of a group still to come that are this person's."""
    return Reservation.objects.filter(rows_of(contact), group=group, state=ReservationState.BOOKED, ends_at__gt=now)


def rows_of(contact: ContactData) -> Q:
    """What is this person's among bookings or the waiting list, by any of what is known of them."""
    who = Q(pk__in=())
    if contact.resident is not None:
        who |= Q(resident=contact.resident)
    if contact.email:
        who |= same_mailbox(contact.email)
    if contact.phone:
        who |= Q(phone=contact.phone)
    return who


def same_mailbox(email: str) -> Q:
    """Rows whose address is this one, with any '+' part or none. Ranges of the index, no pattern."""
    local, domain = _halves(email)
    # the comma follows the plus
    with_tag = Q(email__gt=f"{local}+", email__lt=f"{local},", email__endswith=f"@{domain}")
    return Q(email=f"{local}@{domain}") | with_tag


def folded(email: str) -> str:
    """One spelling for all the addresses of a mailbox: small letters, without the '+' part."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _halves(email: str) -> tuple[str, str]:
    """Before and behind the @ of the one spelling."""
    local, domain = folded(email).rsplit("@", 1) if "@" in email else (folded(email), "")
    return local, domain


def lock_person(group: ServiceGroup, contact: ContactData) -> None:
    """Let nobody else count what this person has of a group, until the transaction ends.

    SQLite has one writer at a time and needs no lock.
    """
    keys = keys_of(group, contact)
    if keys and is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_PERSON, [keys])


# a set, so that the locks are taken one after the other in the order of the keys
LOCK_PERSON = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"


def keys_of(group: ServiceGroup, contact: ContactData) -> list[int]:
    """What `lock_person` locks, in the order of the locks: the person by account, mailbox and telephone."""
    names = [f"r{contact.resident.pk}" if contact.resident else "", folded(contact.email), contact.phone]
    return sorted(_key(f"{group.pk}:{name}") for name in names if name)


def count_open(*, group: ServiceGroup, contact: ContactData, now: dt.datetime) -> tuple[str, list[Any]]:
    """The count of `open_of` as a query and its values, for the statement that books. PostgreSQL only.

    The person's rows first, by themselves: planned together with the group, with the statistics of a morning on which
    nobody had booked yet, every booking read all bookings of the group there were.
    """
    who: list[str] = []
    values: list[Any] = []
    if contact.resident is not None:
        who.append("resident_id = %s")
        values.append(contact.resident.pk)
    if contact.email:
        local, domain = _halves(contact.email)
        # as `same_mailbox`: the comma follows the plus
        who.append("email = %s OR (email > %s AND email < %s AND right(email, %s) = %s)")
        values += [f"{local}@{domain}", f"{local}+", f"{local},", len(domain) + 1, f"@{domain}"]
    if contact.phone:
        who.append("phone = %s")
        values.append(contact.phone)
    # only names of columns stand in the text
    theirs = f"SELECT group_id, state, ends_at FROM reservations_reservation WHERE {' OR '.join(who) or 'FALSE'}"  # noqa: S608
    query = f"WITH theirs AS MATERIALIZED ({theirs}) SELECT count(*) FROM theirs"  # noqa: S608
    return f"{query} WHERE group_id = %s AND state = %s AND ends_at > %s", [
        *values,
        group.pk,
        ReservationState.BOOKED.value,
        now,
    ]


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
