"""What a browser may open without an account: the ids whose link secret it has shown, while it is used.

The session remembers the version of each secret: raising the version of a row closes every browser that
opened it before. Looked at by the rules of `cityhall.access`, filled by the app that knows the secret.
"""

import time

from django.contrib.sessions.backends.base import SessionBase

IDLE_SECONDS = 2 * 60 * 60
"""Without use a browser forgets: people file from the computers of libraries, too."""
MAX_HELD = 20
_KEY = "shown"
_FORGOTTEN = "forgotten"
_MAX_FORGOTTEN = 5
# a session row is written at most this often for being used
_TOUCH_SECONDS = 5 * 60


def remember(session: SessionBase, purpose: str, public_id: str, version: int, *, now: float | None = None) -> None:
    """Let this browser open one more row. The longest unused ones make room."""
    shown = _fresh(session, now)
    shown[_name(purpose, public_id)] = [version, int(now or time.time())]
    newest = sorted(shown.items(), key=lambda entry: entry[1][1])[-MAX_HELD:]
    session[_KEY] = dict(newest)


def held_version(session: SessionBase, purpose: str, public_id: str, *, now: float | None = None) -> int | None:
    """The version of the secret this browser has shown for the row, or None. Notes the use."""
    moment = int(now or time.time())
    found = _fresh(session, now).get(_name(purpose, public_id))
    if found is None:
        return None
    version, used_at = found
    if moment - used_at >= _TOUCH_SECONDS:
        remember(session, purpose, public_id, version, now=moment)
    return version


def held(session: SessionBase, purpose: str, *, now: float | None = None) -> dict[str, int]:
    """Public id → version of everything of one purpose that this browser may open."""
    prefix = _name(purpose, "")
    shown = _fresh(session, now)
    return {name.removeprefix(prefix): value[0] for name, value in shown.items() if name.startswith(prefix)}


def holds_anything(session: SessionBase) -> bool:
    """Whether this browser has shown any secret lately, or has just given one up."""
    return bool(_fresh(session, None) or session.get(_FORGOTTEN))


def forget(session: SessionBase, purpose: str, public_id: str) -> None:
    """Close a row for this browser; the id alone, which opens nothing, is kept for `was_forgotten`."""
    shown, name = _fresh(session, None), _name(purpose, public_id)
    if shown.pop(name, None) is not None:
        session[_KEY] = shown
        session[_FORGOTTEN] = [*session.get(_FORGOTTEN, []), name][-_MAX_FORGOTTEN:]


def was_forgotten(session: SessionBase, purpose: str, public_id: str) -> bool:
    """Whether this browser closed the row itself: a button pressed twice is told so, strangers are told nothing."""
    return _name(purpose, public_id) in session.get(_FORGOTTEN, [])


def _fresh(session: SessionBase, now: float | None) -> dict[str, list[int]]:
    """A copy without what lay idle too long."""
    oldest = (now or time.time()) - IDLE_SECONDS
    return {name: value for name, value in session.get(_KEY, {}).items() if value[1] > oldest}


def _name(purpose: str, public_id: str) -> str:
    return f"{purpose}:{public_id}"
