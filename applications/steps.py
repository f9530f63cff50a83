"""Where a person stands: in the form while typing, and on the way of a case afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.definition import Form
from applications.enums import OPEN_STATES, ApplicationState, DecisionKind, ProcedureMode, Seat
from applications.form_pages import Checked
from applications.models import Application
from applications.services import drafts

DONE, CURRENT, TODO, ERROR = "done", "current", "todo", "error"


@dataclass(frozen=True)
class Step:
    """One entry of the step list."""

    label: str
    state: str
    href: str = ""


def form_steps(
    application: Application,
    form: Form,
    *,
    current: int,
    shown: Sequence[int],
    checked: Checked | None = None,
) -> list[Step]:
    """The pages that are `shown` and the check page; `current` counts from 1, the check page is the one after the last.

    Pages a person has been to can be gone to directly. On the check page `checked` marks what still needs something.
    """
    wrong = checked.pages_with_problems() if checked else set()
    steps = []
    for number in shown:
        page = form.pages[number - 1]
        left = _left(application, page.key)
        state = ERROR if number in wrong else CURRENT if number == current else left
        steps.append(Step(page.title, state, _href(application, number) if left != TODO else ""))
    is_check = current > len(form.pages)
    all_seen = all(step.href for step in steps)
    href = reverse("applications:draft_check", args=[application.public_id]) if all_seen else ""
    steps.append(Step(_("内容の確認"), CURRENT if is_check else TODO, href))
    return steps


def _left(application: Application, key: str) -> str:
    """How the person left the page. Of what was sent before, every page was in order once."""
    state = application.page_states.get(key)
    if state is None:
        return DONE if application.number else TODO
    return DONE if state == drafts.DONE else ERROR


def _href(application: Application, number: int) -> str:
    return reverse("applications:draft_page", args=[application.public_id, number])


S = ApplicationState
_STAGE = {S.SUBMITTED: 1, S.IN_REVIEW: 1, S.RETURNED: 1, S.APPROVING: 1, S.APPROVED: 2, S.REFUSED: 2, S.COMPLETED: 9}
"""Index of the step a case stands at; of a completed one all are done."""


def case_steps(application: Application) -> list[Step]:
    """受付 → 審査 → 決定 (→ 来庁・面接) → 完了, or nothing for a draft and a withdrawn application.

    The step it stands at says what the chip says.
    """
    state = ApplicationState(application.state)
    stage = _STAGE.get(state)
    if stage is None:
        return []
    labels = [_("受付"), _review(application), _decision(application), _("完了")]
    if application.procedure.mode == ProcedureMode.SENT_AHEAD and application.decision != DecisionKind.REFUSE:
        labels.insert(3, _("来庁・面接"))
        stage += _is_past_decision(application)
    states = [DONE if index < stage else CURRENT if index == stage else TODO for index in range(len(labels))]
    if state == S.RETURNED:
        states[1] = ERROR
    return [Step(label, step) for label, step in zip(labels, states, strict=True)]


def _review(application: Application) -> str:
    if application.state == S.RETURNED:
        return _("補正のお願い")
    if is_waiting(application):
        return _("キャンセル待ち")
    return _("審査待ち") if application.state == S.SUBMITTED else _("審査")


def _decision(application: Application) -> str:
    if application.state not in (S.APPROVED, S.REFUSED, S.COMPLETED) or not application.decision:
        return _("決定")
    return _("不承認の決定") if application.decision == DecisionKind.REFUSE else _("承認の決定")


def _is_past_decision(application: Application) -> int:
    """One step further where the visit is what an approved case waits for, two where it is over."""
    if application.state != S.APPROVED:
        return 0
    return 1 if application.awaits_visit else 2


_TONES = {
    S.DRAFT: "neutral",
    S.RETURNED: "warning",
    S.APPROVED: "success",
    S.REFUSED: "neutral",
    S.COMPLETED: "success",
    S.WITHDRAWN: "neutral",
}


def chip(application: Application) -> dict[str, str]:
    """The state as a chip. A resident sees 決裁中 as 審査中: who signs inside the city hall is not their business."""
    state = ApplicationState(application.state)
    shown = S.IN_REVIEW if state == S.APPROVING else state
    if is_waiting(application) and state != S.RETURNED:
        return {"label": _("キャンセル待ち"), "tone": "neutral"}
    if state == S.COMPLETED and application.decision == DecisionKind.REFUSE:
        return {"label": _("完了（不承認）"), "tone": "neutral"}
    return {"label": str(shown.label), "tone": _TONES.get(shown, "info")}


def is_waiting(application: Application) -> bool:
    """Whether it stands in the waiting list: nothing is decided about it before a place is free."""
    return application.seat == Seat.WAITING and application.state in OPEN_STATES
