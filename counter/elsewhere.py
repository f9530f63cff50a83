"""What a guide names and is not filled in before a visit, each with why; it stands beside the prefill.

No desk takes it (水道, 粗大ごみ): it is done online or elsewhere. Or it has no form (転入届 itself, a licence): it is
written where it is done. Nothing of it is asked. The browser's session keeps the keys, which say nothing of a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from applications.guide import guide_of
from applications.models import Procedure
from applications.queries.guide import public_guides
from applications.queries.procedures import visible
from counter.queries.offered import UNSEEN, offered

_KEY: Final = "prefill_elsewhere"
_FORMLESS: Final = "prefill_formless"
MOST: Final = 20
MOST_FORMLESS: Final = 60
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


@dataclass(frozen=True)
class Formless:
    """A result of a guide that has no form to fill in."""

    event: str
    key: str
    title: str


def note_formless(session: SessionBase, sent: Iterable[str]) -> None:
    """Remember results of a guide (`event/result`) until the prefill is over; what is no result is never shown."""
    wanted = [one for one in sent if one.count("/") == 1 and len(one) <= 2 * _LONGEST_KEY]
    found = list(dict.fromkeys([*session.get(_FORMLESS, ()), *wanted]))[-MOST_FORMLESS:]
    if found:
        session[_FORMLESS] = found


def formless_of(session: SessionBase) -> list[Formless]:
    """They in the words of the guide in force. One query, none where there is nothing."""
    pairs = [tuple(one.split("/")) for one in session.get(_FORMLESS, ())]
    events = public_guides().filter(key__in={event for event, _key in pairs}) if pairs else []
    titles = {
        (event.key, one.key): one.title
        for event in events
        if event.current_guide
        for one in guide_of(event.current_guide).results
    }
    return [Formless(event, key, titles[event, key]) for event, key in pairs if (event, key) in titles]


def forget_elsewhere(session: SessionBase) -> None:
    session.pop(_KEY, None)
    session.pop(_FORMLESS, None)
