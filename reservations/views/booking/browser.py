"""What a browser keeps while somebody books: the key it holds times by, what it held, and what was typed.

What was typed outlives the time that was held, so that nobody types it twice; it lies encrypted in the session, and
goes when the booking is made or nobody went on for half an hour.
"""

import hashlib
import json
import secrets
import time
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from cityhall.crypto import CannotDecrypt, decrypt, encrypt

KEPT_SECONDS = 30 * 60
_KEY = "booking_key"
_HELD = "booking_held"
_TYPED = "booking_typed"
_MOST_HELD = 5

Typed = dict[str, Any]


def holder_of(session: SessionBase) -> str:
    """The holder of this browser's times, made when it first holds one: SHA-256 of a key only the session has."""
    key = session.get(_KEY)
    if not key:
        key = session[_KEY] = secrets.token_urlsafe(24)
    return hashlib.sha256(key.encode()).hexdigest()


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
