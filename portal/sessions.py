"""How long a sign-in lasts without use, and what the session row says about it.

The row is written at most once in SESSION_TOUCH_SECONDS, so its stamp may be that much older than the
person's last click. The doubt goes in the person's favour: somebody is signed out between the limit and
the limit plus that tolerance, never before the limit.
"""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.base import SessionBase

LAST_SEEN = "last_seen"
OF_STAFF = "of_staff"
SECOND_FACTOR = "second_factor"


def start(session: SessionBase, *, is_staff: bool, now: float | None = None) -> None:
    """Note at sign-in whose rule the session follows and when it was last used."""
    session[OF_STAFF] = is_staff
    session[LAST_SEEN] = int(now or time.time())


def idle_limit(session: SessionBase) -> int:
    """Seconds without use after which the person is signed out."""
    seconds: int = settings.STAFF_IDLE_SECONDS if session.get(OF_STAFF) else settings.RESIDENT_IDLE_SECONDS
    return seconds


def end_or_touch(session: SessionBase, *, now: float | None = None) -> bool:
    """End a session that lay idle too long (True), or note that it is in use (False)."""
    if USER_KEY not in session:
        return False
    moment = int(now or time.time())
    last_seen = session.get(LAST_SEEN)
    # a session without a stamp was not made by our sign-in: it does not live on
    if last_seen is None or moment - last_seen > idle_limit(session) + settings.SESSION_TOUCH_SECONDS:
        session.flush()
        return True
    if moment - last_seen >= settings.SESSION_TOUCH_SECONDS:
        session[LAST_SEEN] = moment
    return False


def note_second_factor(session: SessionBase, username: str) -> None:
    """The person of this session has shown a second factor."""
    session[SECOND_FACTOR] = username


def forget_second_factor(session: SessionBase) -> None:
    """The person of this session has none any more."""
    session.pop(SECOND_FACTOR, None)


def has_second_factor(session: SessionBase, username: str) -> bool:
    """Whether this person showed a second factor in this session."""
    return bool(session.get(SECOND_FACTOR) == username)
