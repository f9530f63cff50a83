"""How the state and the due date of a case look: a word and a tone, never the colour alone."""

import datetime as dt
from collections.abc import Iterable, Set
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import OPEN_STATES, ApplicationState
from applications.models import Application, Procedure
from applications.permissions import CaseAction
from applications.queries.desk import Point

SOON = dt.timedelta(days=3)

S = ApplicationState
STATE_TONES: dict[ApplicationState, str] = {
    S.DRAFT: "neutral",
    S.SUBMITTED: "info",
    S.IN_REVIEW: "info",
    S.RETURNED: "warning",
    S.APPROVING: "warning",
    S.APPROVED: "success",
    S.REFUSED: "error",
    S.COMPLETED: "neutral",
    S.WITHDRAWN: "neutral",
}


@dataclass(frozen=True)
class Chip:
    """A short word with a tone (`components/status_chip.html`)."""

    label: str
    tone: str


def state_chip(application: Application) -> Chip:
    """The state in the words of the city."""
    state = ApplicationState(application.state)
    return Chip(str(state.label), STATE_TONES[state])


def places_words(procedure: Procedure) -> str:
    """How many places are left, in a few words; empty where places are not counted."""
    if procedure.capacity is None:
        return ""
    left = procedure.capacity - procedure.taken_seats
    if left > 0:
        return _("残り%(left)s（定員%(capacity)s）") % {"left": left, "capacity": procedure.capacity}
    return _("満員（キャンセル待ちを受付中）") if procedure.has_waiting_list else _("満員")


def places_chip(procedure: Procedure) -> Chip | None:
    """The places left, for those who are about to apply."""
    words = places_words(procedure)
    if not words or procedure.capacity is None:
        return None
    return Chip(words, "info" if procedure.taken_seats < procedure.capacity else "warning")


def due_chip(application: Application, today: dt.date) -> Chip | None:
    """How urgent an open case is, in words; None when nothing is due."""
    if application.due_on is None or application.state not in OPEN_STATES:
        return None
    left = application.due_on - today
    if left < dt.timedelta(0):
        return Chip(_("期限超過 %(days)s日") % {"days": -left.days}, "error")
    if left == dt.timedelta(0):
        return Chip(_("本日"), "warning")
    return Chip(_("あと%(days)s日") % {"days": left.days}, "warning" if left <= SOON else "neutral")


def next_step(case: Application, actions: Set[CaseAction], points: Iterable[Point]) -> str:
    """What this person does next with the case, in a few words for its head."""
    if CaseAction.TAKE in actions:
        return _("担当して審査を始める")
    left = sum(1 for point in points if point.mark is None and point.item.is_required and point.item.is_active)
    if left and actions & {CaseAction.DECIDE, CaseAction.PROPOSE}:
        return _("審査項目を確認する（残り%(count)s）") % {"count": left}
    for action, words in _NEXT:
        if action in actions:
            return str(words)
    if case.is_taken_down and case.state == S.IN_REVIEW and CaseAction.RETURN in actions:
        return _("別の職員が決定する（入力した本人は決定できません）")
    return str(_WAITING.get(ApplicationState(case.state), ""))


_NEXT: tuple[tuple[CaseAction, Promise], ...] = (
    (CaseAction.APPROVE, gettext_lazy("案を確認して決裁する")),
    (CaseAction.DECIDE, gettext_lazy("決定する")),
    (CaseAction.PROPOSE, gettext_lazy("決裁に回す")),
    (CaseAction.COMPLETE, gettext_lazy("手続を完了する")),
    (CaseAction.HOLD, gettext_lazy("来庁・面接を記録する")),
)
_WAITING: dict[ApplicationState, Promise] = {
    S.RETURNED: gettext_lazy("申請者の補正を待つ"),
    S.APPROVING: gettext_lazy("決裁を待つ"),
}
