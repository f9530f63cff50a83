"""Where a person stands: in the form while typing, and on the way of a case afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.definition import Form
from applications.enums import ApplicationState
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


_STAGE = {
    ApplicationState.SUBMITTED: 1,
    ApplicationState.IN_REVIEW: 1,
    ApplicationState.RETURNED: 1,
    ApplicationState.APPROVING: 1,
    ApplicationState.APPROVED: 3,
    ApplicationState.REFUSED: 3,
    ApplicationState.COMPLETED: 4,
}


def case_steps(application: Application) -> list[Step]:
    """受付 → 審査 → 決定 → 完了, or nothing for a draft and a withdrawn application."""
    state = ApplicationState(application.state)
    stage = _STAGE.get(state)
    if stage is None:
        return []
    labels = [_("受付"), _("審査"), _("決定"), _("完了")]
    if state == ApplicationState.RETURNED:
        labels[1] = _("補正のお願い")
    states = [DONE if index < stage else CURRENT if index == stage else TODO for index in range(len(labels))]
    if state == ApplicationState.RETURNED:
        states[1] = ERROR
    return [Step(label, step) for label, step in zip(labels, states, strict=True)]


_TONES = {
    ApplicationState.DRAFT: "neutral",
    ApplicationState.RETURNED: "warning",
    ApplicationState.APPROVED: "success",
    ApplicationState.COMPLETED: "success",
    ApplicationState.WITHDRAWN: "neutral",
}


def chip(application: Application) -> dict[str, str]:
    """The state as a chip. A resident sees 決裁中 as 審査中: who signs inside the city hall is not their business."""
    state = ApplicationState(application.state)
    shown = ApplicationState.IN_REVIEW if state == ApplicationState.APPROVING else state
    return {"label": str(shown.label), "tone": _TONES.get(shown, "info")}
