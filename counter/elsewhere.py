"""What a guide names and no desk takes: 水道, 粗大ごみ. It is done online or elsewhere, and stands beside the prefill.

Nothing of it is asked and nothing is combined. The browser's session keeps the keys, which say nothing of a person.
"""

from collections.abc import Iterable
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from applications.models import Procedure
from applications.queries.procedures import visible
from counter.queries.offered import UNSEEN, offered

_KEY: Final = "prefill_elsewhere"
MOST: Final = 20
_LONGEST_KEY: Final = 60


def elsewhere_among(keys: Iterable[str]) -> list[Procedure]:
    """The public procedures among these keys that no desk takes, each once, in their order. One query."""
    wanted = [key for key in dict.fromkeys(keys) if len(key) <= _LONGEST_KEY][:MOST]
    rows = visible().filter(key__in=wanted).exclude(pk__in=offered().order_by().values("pk")).defer(*UNSEEN)
    found = {row.key: row for row in rows}
    return [found[key] for key in wanted if key in found]


def note_elsewhere(session: SessionBase, procedures: Iterable[Procedure]) -> None:
    """Remember them until the prefill of this browser is over; those of an earlier guide stay."""
    keys = [*session.get(_KEY, ()), *(one.key for one in procedures)]
    if keys:
        session[_KEY] = list(dict.fromkeys(keys))[-MOST:]


def elsewhere_of(session: SessionBase) -> list[Procedure]:
    """What this browser was told to do elsewhere, as the city has it now. No query where it is nothing."""
    keys = session.get(_KEY, ())
    return elsewhere_among(keys) if keys else []


def forget_elsewhere(session: SessionBase) -> None:
    session.pop(_KEY, None)
