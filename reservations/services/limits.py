"""How many bookings one person may have at a time, by account, address and telephone.

Addresses are compared without what follows a '+': mail to all of them lands in one mailbox.
"""

import datetime as dt
import hashlib

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
    if open_of(group=group, contact=contact, now=now).count() >= group.max_open_per_contact:
        raise TooManyBookings


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
    local, domain = folded(email).rsplit("@", 1) if "@" in email else (folded(email), "")
    # the comma follows the plus
    with_tag = Q(email__gt=f"{local}+", email__lt=f"{local},", email__endswith=f"@{domain}")
    return Q(email=f"{local}@{domain}") | with_tag


def folded(email: str) -> str:
    """One spelling for all the addresses of a mailbox: small letters, without the '+' part."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def lock_person(group: ServiceGroup, contact: ContactData) -> None:
    """Let nobody else count what this person has of a group, until the transaction ends.

    SQLite has one writer at a time and needs no lock.
    """
    if not is_postgresql():
        return
    names = [f"r{contact.resident.pk}" if contact.resident else "", folded(contact.email), contact.phone]
    keys = sorted(_key(f"{group.pk}:{name}") for name in names if name)
    if keys:
        with connection.cursor() as cursor:
            # a set, so that the locks are taken one after the other in this order
            cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
