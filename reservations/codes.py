"""The two things that open a reservation without an account: the address in its mails, and the code in its QR.

Both are derived, never stored (`cityhall.links`): a mail or a page can show them again, raising `secret_version`
ends every earlier one. The database holds only what the check-in code is looked up by.

A second code may check a reservation in: one of the same city that its owner brings (`services.bookings.attach_code`).
"""

import base64
import hashlib
import re
import unicodedata

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from cityhall.links import is_link_secret, link_secret
from reservations.models import Reservation, WaitlistEntry

PURPOSE = "reservation"
"""What secrets are derived for, and what browsers remember reservations by (`cityhall.guests`)."""
WAITLIST_PURPOSE = "waitlist"
_CHECKIN = "checkin"
CODE_PREFIX = "FY1"
"""How every code in a QR of a counter begins, prefills included."""
_TOKEN = re.compile(r"FY1[0-9]{6}[A-Z2-7]{26}")


def secret_of(row: Reservation | WaitlistEntry) -> str:
    """What opens a reservation, or a place in the waiting list, without an account."""
    return link_secret(_purpose(row), row.public_id, row.secret_version)


def is_secret_of(row: Reservation | WaitlistEntry, secret: str) -> bool:
    """Whether a secret from outside is the one in force."""
    return is_link_secret(secret, _purpose(row), row.public_id, row.secret_version)


def page_url(row: Reservation | WaitlistEntry) -> str:
    """The address for a mail. Secrets stand in the path, which the proxy keeps out of its log."""
    name = "link_open" if isinstance(row, Reservation) else "waiting_open"
    return f"{settings.SITE_URL}{reverse(f'reservations:{name}', args=[row.public_id, secret_of(row)])}"


def checkin_code(city_code: str, public_id: str, secret_version: int) -> str:
    """35 characters of a QR's alphanumeric mode: FY1, the city's code, 130 bits in base32."""
    secret = link_secret(_CHECKIN, public_id, secret_version)
    token = base64.b32encode(base64.urlsafe_b64decode(secret + "=")).decode()
    return f"{CODE_PREFIX}{city_code}{token[:26]}"


def checkin_lookup(code: str) -> str:
    """What the database stores of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def opened_by(code: str) -> Q:
    """The condition of the reservation a code checks in: its own code, or one its owner brings."""
    lookup = checkin_lookup(code)
    return Q(checkin_lookup=lookup) | Q(brought_lookup=lookup)


def read_checkin_code(text: str) -> str:
    """The code in what a camera or a scanner's keyboard sent, "" when there is none.

    Scanners type through an input method: full width and small letters are the same code.
    """
    found = _TOKEN.search(unicodedata.normalize("NFKC", text[:400]).upper())
    return found[0] if found else ""


def _purpose(row: Reservation | WaitlistEntry) -> str:
    return PURPOSE if isinstance(row, Reservation) else WAITLIST_PURPOSE
