"""What a browser may open without an account: the ids whose link secret it has shown, while it is used.

The session remembers the version of each secret: raising the version of a row closes every browser that
opened it before. Looked at by the rules of `cityhall.access`, filled by the app that knows the secret.

What was not used for long is closed but not forgotten: the browser is told why, and what it sends then is kept
until the secret is shown again (`portal.kept_posts`).
"""

import time

from django.contrib.sessions.backends.base import SessionBase

IDLE_SECONDS = 2 * 60 * 60
"""Without use a browser forgets: people file from the computers of libraries, too."""
MAX_HELD = 20
_KEY = "shown"
_FORGOTTEN = "forgotten"
_WAYS_BACK = "ways_back"
_MAX_FORGOTTEN = 5
# a session row is written at most this often for being used
_TOUCH_SECONDS = 5 * 60


def remember(session: SessionBase, purpose: str, public_id: str, version: int, *, now: float | None = None) -> None:
    """Let this browser open one more row. The longest unused ones make room."""
    _note(session, _name(purpose, public_id), version, int(now or time.time()))


def held_version(session: SessionBase, purpose: str, public_id: str, *, now: float | None = None) -> int | None:
    """The version of the secret this browser has shown for the row, or None. Notes the use."""
    moment = int(now or time.time())
    found = _fresh(session, now).get(_name(purpose, public_id))
    if found is None:
        return None
    version, used_at = found
    if moment - used_at >= _TOUCH_SECONDS:
        _note(session, _name(purpose, public_id), version, moment)
    return version


def touch(session: SessionBase, public_id: str, *, now: float | None = None) -> bool:
    """Note that a page of one row is still in use; False when the row is closed."""
    name = name_of(session, public_id)
    purpose = name.partition(":")[0]
    return bool(name) and held_version(session, purpose, public_id, now=now) is not None


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
    shown, name = dict(session.get(_KEY, {})), _name(purpose, public_id)
    if shown.pop(name, None) is not None:
        session[_KEY] = shown
        session[_FORGOTTEN] = [*session.get(_FORGOTTEN, []), name][-_MAX_FORGOTTEN:]


def was_forgotten(session: SessionBase, purpose: str, public_id: str) -> bool:
    """Whether this browser closed the row itself: a button pressed twice is told so, strangers are told nothing."""
    return _name(purpose, public_id) in session.get(_FORGOTTEN, [])


def name_of(session: SessionBase, public_id: str) -> str:
    """The name of a row this browser has shown the secret of, open or closed since; "" for all others."""
    names: dict[str, list[int]] = session.get(_KEY, {}) if public_id else {}
    return next((name for name in names if name.partition(":")[2] == public_id), "")


def is_open(session: SessionBase, name: str) -> bool:
    """Whether the browser may open the row of this name now, as far as the session knows."""
    return name in _fresh(session, None)


def close(session: SessionBase, name: str, *, way_back: str, seconds: int) -> None:
    """Close a row until its secret is shown again, and remember for a while where to go on then."""
    version, _used_at = session.get(_KEY, {})[name]
    _note(session, name, version, 0)
    session[_WAYS_BACK] = {name: [way_back, int(time.time()) + seconds]}


def take_way_back(session: SessionBase, purpose: str, public_id: str) -> str:
    """Where to go on after the secret was shown again, once; "" when there is no such place."""
    path, until = session.get(_WAYS_BACK, {}).get(_name(purpose, public_id), ["", 0])
    if not path:
        return ""
    del session[_WAYS_BACK]
    return str(path) if time.time() < until else ""


def _note(session: SessionBase, name: str, version: int, used_at: int) -> None:
    shown = dict(session.get(_KEY, {})) | {name: [version, used_at]}
    newest = sorted(shown.items(), key=lambda entry: entry[1][1])[-MAX_HELD:]
    session[_KEY] = dict(newest)


def _fresh(session: SessionBase, now: float | None) -> dict[str, list[int]]:
    """A copy without what lay idle too long. The stamp may be older than the last use: the doubt is the guest's."""
    oldest = (now or time.time()) - IDLE_SECONDS - _TOUCH_SECONDS
    return {name: value for name, value in session.get(_KEY, {}).items() if value[1] > oldest}


def _name(purpose: str, public_id: str) -> str:
    return f"{purpose}:{public_id}"
