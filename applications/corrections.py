"""A round of corrections: which questions are open, and that all others stay as they were sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from applications.answers import Answers
from applications.conditions import Outcome, outcome
from applications.definition import Form
from applications.enums import ApplicationState, FieldType
from applications.models import Application
from cityhall.days import today


@dataclass(frozen=True)
class Lock:
    """What was sent, and the questions the handler marked. The others that were asked stay."""

    sent: Mapping[str, Any]
    marked: frozenset[str]

    def locked_keys(self, form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
        """The questions that stay as they were sent, given the answers as they stand now.

        Not those that were hidden then: a corrected answer may bring them up. Nor those that must be answered
        now and were left blank.
        """
        seen = _outcome(form, self.sent).visible
        asked = (field.key for field in form.questions if field.type != FieldType.CALCULATED)
        locked = frozenset(key for key in asked if key in seen) - self.marked
        while form.has_logic:
            wanted = _outcome(form, self.merged(answers, locked)).required - self.sent.keys()
            if not locked & wanted:
                break
            locked -= wanted
        return locked

    def holds(self, key: str) -> bool:
        """Whether what was sent for a question stays, whatever the other answers are: files may not be exchanged."""
        owner = owner_of(key)
        return owner in self.sent and owner not in self.marked

    def merged(self, answers: Mapping[str, Any], locked: frozenset[str]) -> Answers:
        """What was sent for the locked questions, and the answers as they stand now for all others."""
        kept = {key: value for key, value in self.sent.items() if owner_of(key) in locked}
        return kept | {key: value for key, value in answers.items() if owner_of(key) not in locked}

    def settle(self, form: Form, answers: Mapping[str, Any]) -> tuple[Answers, frozenset[str]]:
        """The answers of the whole form as they would be sent now, and the questions that are locked."""
        locked = self.locked_keys(form, answers)
        merged = self.merged(answers, locked)
        if form.has_logic:
            now = _outcome(form, merged)
            calculated = {key: text for key, text in now.calculated.items() if key in form.by_key}
            merged = {key: value for key, value in merged.items() if owner_of(key) in now.visible} | calculated
        return merged, locked


def lock_of(application: Application) -> Lock | None:
    """What a correction request leaves open; None when all is open: no request, or one without marks. Two queries."""
    if application.state != ApplicationState.RETURNED:
        return None
    request = application.corrections.filter(answered_at=None).first()
    last = application.revisions.order_by("-number").first()
    if request is None or last is None or not request.comments:
        return None
    return Lock(last.answers, frozenset(request.comments))


def owner_of(key: str) -> str:
    """The question an answer belongs to: also that of the text beside その他, and the group of a question in a row."""
    return key.partition(".")[0].partition("__")[0]


def _outcome(form: Form, answers: Mapping[str, Any]) -> Outcome:
    return outcome(form, answers, today=today())
