"""What a browser keeps while somebody books: the key it holds times by, what it held, and what was typed.

What was typed outlives the time that was held, so that nobody types it twice; it lies encrypted in the session, and
goes when the booking is made or nobody went on for half an hour.
"""

import json
import secrets
import time
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from cityhall.crypto import CannotDecrypt, decrypt, encrypt
from cityhall.rate_limits import network_of
from reservations.services import crowds
from reservations.views.booking.limits import count_hold

KEPT_SECONDS = 30 * 60
_KEY = "booking_holder"
_HELD = "booking_held"
_TYPED = "booking_typed"
_MOST_HELD = 5

Typed = dict[str, Any]


def holder_of(request: HttpRequest) -> str:
    """The holder of this browser's times, of a key only the session has; kept, whatever network it moves to."""
    holder: str | None = request.session.get(_KEY)
    if not holder:
        holder = request.session[_KEY] = crowds.holder_in(network_of(request), secrets.token_urlsafe(24))
    return holder


def new_holder(request: HttpRequest) -> str:
    """The same for a time that is about to be held, counted. Raises TooOften, and CrowdedAddress for guests."""
    count_hold(request)
    holder = holder_of(request)
    if not request.user.is_authenticated:
        crowds.refuse_one_more(holder=holder, now=timezone.now())
    return holder


def note_held(session: SessionBase, public_id: str) -> None:
    """Remember what the browser holds, also after it was booked: a button pressed twice leads to the same page."""
    others = [one for one in session.get(_HELD, []) if one != public_id]
    session[_HELD] = [*others, public_id][-_MOST_HELD:]


def has_held(session: SessionBase, public_id: str) -> bool:
    return public_id in session.get(_HELD, [])


def keep_typed(session: SessionBase, values: Typed) -> None:
    """Keep what was typed, right or wrong."""
    session[_TYPED] = [int(time.time()), encrypt(json.dumps(values))]


def typed(session: SessionBase) -> Typed:
    """What was typed lately; {} when there is nothing."""
    kept_at, text = session.get(_TYPED, [0, ""])
    if time.time() - kept_at > KEPT_SECONDS:
        return {}
    try:
        values = json.loads(decrypt(text))
    except CannotDecrypt:
        return {}
    return values if isinstance(values, dict) else {}


def forget_typed(session: SessionBase) -> None:
    session.pop(_TYPED, None)
