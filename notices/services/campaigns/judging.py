"""What becomes of a row once its people are known: it can be sent, a person decides, or it cannot be sent."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from cityhall.days import wareki
from notices.enums import RowState
from notices.services.campaigns.matching import Match
from notices.services.campaigns.people import Person

RECIPIENT: Final = "recipient"
SUBJECT_ROLE: Final = "subject"
SEEN: Final = "seen"
"""Beside the candidates of a decided row: [SEEN, key] for each doubt that a person saw and let through."""


class Doubt(NamedTuple):
    """What speaks against sending a row. `key` is the same as long as the very same thing does."""

    key: str
    said: str


@dataclass
class Verdict:
    """A row's state with its people or the reason. `candidates` are [role, id] pairs: which of the two it may be."""

    state: RowState
    recipient: Person | None = None
    subject: Person | None = None
    reason: str = ""
    candidates: list[list[Any]] = field(default_factory=list)

    @property
    def pair(self) -> tuple[int, int] | None:
        if self.recipient is None or self.subject is None:
            return None
        return self.recipient.pk, self.subject.pk


def judge(recipient: Match, subject: Match | None, *, on: dt.date) -> Verdict:
    """The verdict on a row by its people on a day; `subject` is None where the notice is about the recipient."""
    about = subject or recipient
    for role, match in ((RECIPIENT, recipient), (SUBJECT_ROLE, about)):
        if match.person is None and not match.is_doubtful:
            return Verdict(RowState.PROBLEM, reason=_said_of(role, match.reason))
    if recipient.person is not None and recipient.person.died_on:
        return Verdict(RowState.PROBLEM, reason=dead_recipient(recipient.person.died_on))
    verdict = Verdict(RowState.GOOD, recipient.person, about.person)
    if recipient.is_doubtful:
        _doubt(verdict, RECIPIENT, recipient.candidates, recipient.reason)
    if subject is not None and subject.is_doubtful:
        _doubt(verdict, SUBJECT_ROLE, subject.candidates, _said_of(SUBJECT_ROLE, subject.reason))
    if verdict.state == RowState.GOOD and (doubts := doubts_about(verdict.recipient, verdict.subject, on=on)):
        verdict.state, verdict.reason = RowState.DOUBTFUL, "".join(doubt.said for doubt in doubts)
    return verdict


def doubts_about(recipient: Person | None, subject: Person | None, *, on: dt.date) -> list[Doubt]:
    """What a person looks at before a row goes out, however certain its people are."""
    if recipient is None or subject is None:
        return []
    found = []
    if recipient.moved_out_on and recipient.moved_out_on <= on:
        said = _("受取人は転出しています（%(day)s）。送ってよいか確認してください。")
        found.append(_on_day("moved", recipient, recipient.moved_out_on, said))
    if subject.pk == recipient.pk:
        return found
    if subject.died_on:
        said = _("対象の方は亡くなっています（%(day)s）。送ってよいか確認してください。")
        found.append(_on_day("dead", subject, subject.died_on, said))
    if subject.is_protected(on):
        said = _("対象の方は支援措置を受けています。受取人に知らせてよいか、必ず確認してください。")
        found.append(Doubt(f"protected-{recipient.pk}-{subject.pk}", said))
    return found


def _on_day(what: str, person: Person, day: dt.date, said: str) -> Doubt:
    return Doubt(f"{what}-{person.pk}-{day.isoformat()}", said % {"day": wareki(day)})


def refuse_repeated(verdict: Verdict, first: int) -> None:
    """The same people stand in an earlier row."""
    verdict.state = RowState.PROBLEM
    verdict.reason = _("%(row)d行目と同じ方です。一人に一通だけ送ります。") % {"row": first}
    verdict.candidates = []


def _doubt(verdict: Verdict, role: str, people: Iterable[Person], reason: str) -> None:
    verdict.state = RowState.DOUBTFUL
    verdict.reason = f"{verdict.reason}{reason}"
    verdict.candidates += [[role, person.pk] for person in people]


def _said_of(role: str, reason: str) -> str:
    return reason if role == RECIPIENT else _("対象の方：%(reason)s") % {"reason": reason}


def dead_recipient(day: dt.date) -> str:
    """Nobody writes to the dead, whoever looked at the row."""
    return _("受取人は亡くなっています（%(day)s）。") % {"day": wareki(day)}
