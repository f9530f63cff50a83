"""The steps of casework: each is a right, a form, a service and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications.enums import DecisionKind
from applications.forms import StepForm
from applications.models import Application
from applications.permissions import NEEDED_RIGHT, CaseAction, permission_of
from applications.queries.scope import allowed_actions, may
from applications.services import casework
from applications.views.cases import render_case, step_form
from applications.views.staff import case_or_404, record_reading, staff_of
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState


@dataclass(frozen=True)
class Step:
    """What a step does with what its form says, and what the person is told then."""

    run: Callable[..., object]
    done: Promise
    read: Callable[[dict[str, Any]], dict[str, Any]] = lambda _data: {}


def _comment(data: dict[str, Any]) -> dict[str, Any]:
    return {"comment": data["comment"]}


def _decision(data: dict[str, Any]) -> dict[str, Any]:
    return {"decision": DecisionKind(data["decision"]), "reason": data["reason"]}


STEPS: dict[CaseAction, Step] = {
    CaseAction.TAKE: Step(casework.take, _("この申請の担当になりました。")),
    CaseAction.ASSIGN: Step(casework.assign, _("担当者を変更しました。"), lambda data: {"handler": data["handler"]}),
    CaseAction.PROPOSE: Step(casework.propose, _("決裁に回しました。"), _decision),
    CaseAction.DECIDE: Step(casework.decide, _("決定しました。"), _decision),
    CaseAction.APPROVE: Step(casework.approve_proposal, _("決裁しました。"), _comment),
    CaseAction.SEND_BACK: Step(casework.send_back, _("差し戻しました。"), _comment),
    CaseAction.HOLD: Step(casework.hold_visit, _("来庁・面接が終わったことを記録しました。")),
    CaseAction.COMPLETE: Step(casework.complete, _("手続を完了しました。")),
    CaseAction.REOPEN: Step(casework.reopen, _("審査を再開しました。"), lambda data: {"reason": data["reason"]}),
}


def _view_of(action: CaseAction, permission: str = "") -> Callable[..., HttpResponse]:
    """The view of one step, for those who hold its right."""

    @staff_only(permission or permission_of(NEEDED_RIGHT[action]))
    @require_POST
    def case_step(request: HttpRequest, public_id: str) -> HttpResponse:
        return _take_step(request, case_or_404(request, public_id), action)

    return case_step


case_take = _view_of(CaseAction.TAKE)
case_assign = _view_of(CaseAction.ASSIGN)
case_approve = _view_of(CaseAction.APPROVE)
# the proposer takes a proposal back without the right to approve
case_send_back = _view_of(CaseAction.SEND_BACK, "applications.process_case")
case_hold = _view_of(CaseAction.HOLD)
case_complete = _view_of(CaseAction.COMPLETE)
case_reopen = _view_of(CaseAction.REOPEN)


@staff_only("applications.process_case")
@require_POST
def case_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide, or propose the decision where the procedure needs an approver."""
    case = case_or_404(request, public_id)
    return _take_step(request, case, CaseAction.PROPOSE if case.procedure.needs_approval else CaseAction.DECIDE)


@staff_only("applications.decide_case")
@require_POST
def case_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter as it would be signed, before an immediate decision. Writes nothing."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may(user, case, CaseAction.DECIDE) or case.procedure.needs_approval:
        raise Http404
    form = step_form(CaseAction.DECIDE, case, request.POST)
    if not form.is_valid():
        return render_case(request, case, bound={CaseAction.DECIDE: form})
    case.revision = form.cleaned_data["revision"]
    try:
        letter = casework.preview_decision(application=case, by=user, **_decision(form.cleaned_data))
    except StaleState as error:
        messages.warning(request, str(error))
        return _overtaken(request, public_id, CaseAction.DECIDE, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return render_case(request, case_or_404(request, public_id), bound={CaseAction.DECIDE: form})
    record_reading(case, user, detail="preview")
    return render(
        request,
        "applications/case_preview.html",
        {"case": case, "form": form, "letter": letter, "decision": DecisionKind(form.cleaned_data["decision"])},
    )


def _take_step(request: HttpRequest, case: Application, action: CaseAction) -> HttpResponse:
    """Check the right, read the form, run the service, tell what came of it and show the case as it is now."""
    user, step = staff_of(request), STEPS[action]
    if not may(user, case, action):
        raise Http404
    form = step_form(action, case, request.POST)
    if not form.is_valid():
        return render_case(request, case, bound={action: form})
    # the case as the person saw it: a page left open in another tab decides nothing
    case.revision = form.cleaned_data["revision"]
    try:
        step.run(application=case, by=user, **step.read(form.cleaned_data))
    except StaleState as error:
        messages.warning(request, str(error))
        if form.typed_texts():
            return _overtaken(request, case.public_id, action, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return render_case(request, case_or_404(request, case.public_id), bound={action: form})
    else:
        messages.success(request, str(step.done))
    return redirect("applications:case_detail", public_id=case.public_id)


def _overtaken(request: HttpRequest, public_id: str, action: CaseAction, form: StepForm) -> HttpResponse:
    """The case as it is now with what was typed: in its form while the step is open, else as a text to copy."""
    user, case = staff_of(request), case_or_404(request, public_id)
    record_reading(case, user)
    if action not in allowed_actions(user, case):
        return render_case(request, case, kept=form.typed_texts())
    return render_case(request, case, bound={action: step_form(action, case, form.data_seen_at(case.revision))})
