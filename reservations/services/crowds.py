"""How many times visitors without an account, behind one network address, may hold at once.

A robot with fifty addresses to mail from holds a morning from one or two networks; a family at home never holds
twenty times. The holder of a guest begins with what stands for the network, so the index of the holds is all it takes.
"""

import datetime as dt
import hashlib
from typing import Final

from django.conf import settings

from cityhall.links import link_secret
from reservations.enums import ReservationState
from reservations.errors import CrowdedAddress
from reservations.models import Reservation
from residents.queries.search import prefix_range

_LENGTH: Final = 16
_HOLDER: Final = 64
_PURPOSE: Final = "booking-network"


def holder_in(network: str, key: str) -> str:
    """The holder of a browser with this key: it tells which holds are of one network, and neither network nor key."""
    return (_mark_of(network) + hashlib.sha256(key.encode()).hexdigest())[:_HOLDER]


def refuse_one_more(*, holder: str, now: dt.datetime) -> None:
    """Raise CrowdedAddress when the guests of this holder's network hold as many times as they may.

    One's own earlier hold does not count, it ends with the new one; neither do those of people with an account.
    Counted without a lock: what is pressed at the same moment may pass, which a bound against robots can bear.
    """
    most = settings.GUEST_HOLDS_PER_ADDRESS
    if not most:
        return
    held = Reservation.objects.filter(
        prefix_range("holder", holder[:_LENGTH]), state=ReservationState.HELD, hold_until__gt=now, booked_by=None
    )
    # the empty one is left out in the words of the index
    if held.exclude(holder="").exclude(holder=holder).count() >= most:
        raise CrowdedAddress


def _mark_of(network: str) -> str:
    return hashlib.sha256(link_secret(_PURPOSE, network, 1).encode()).hexdigest()[:_LENGTH]
