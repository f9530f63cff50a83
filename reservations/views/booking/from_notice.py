"""The notice whose button led to the booking: kept in the session while somebody chooses a time."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from notices.actions import NOTICE_PARAMETER

_KEY = "booking_notice"
_LENGTH = 22


def note_notice(request: HttpRequest) -> None:
    """Keep what the address names; whether the person may see it is asked when they book."""
    public_id = request.GET.get(NOTICE_PARAMETER, "")
    if 0 < len(public_id) <= _LENGTH:
        request.session[_KEY] = public_id


def noted_notice(session: SessionBase) -> str:
    """The public id that was kept, or ""."""
    return str(session.get(_KEY, ""))


def forget_notice(session: SessionBase) -> None:
    session.pop(_KEY, None)
