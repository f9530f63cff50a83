"""The steps of casework: each is a right, a form, a service and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from applications.enums import DecisionKind
from applications.forms import StepForm
from applications.hindrances import Hindered
from applications.models import Application
from applications.permissions import NEEDED_RIGHT, CaseAction, permission_of
from applications.queries.reasons import reasons_for, with_reason
from applications.queries.scope import allowed_actions, may, may_read
from applications.services import casework
from applications.services.casework import DecisionLetter
from applications.views.cases import render_case, step_form
from applications.views.staff import case_or_404, note_number, record_reading, staff_of
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState


@dataclass(frozen=True)
class Step:
    """What a step does with what its form says, and what the person is told then."""

    run: Callable[..., object]
    done: Promise
    read: Callable[[dict[str, Any]], dict[str, Any]] = lambda _data: {}


def _words(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Reads these fields as they are."""
    return lambda data: {name: data[name] for name in names}


def _decision(data: dict[str, Any]) -> dict[str, Any]:
    return {"decision": DecisionKind(data["decision"]), "reason": data["reason"]}


STEPS: dict[CaseAction, Step] = {
    CaseAction.TAKE: Step(casework.take, _("この申請の担当になりました。")),
    CaseAction.ASSIGN: Step(casework.assign, _("担当者を変更しました。"), _words("handler")),
    CaseAction.PROPOSE: Step(casework.propose, _("決裁に回しました。"), _decision),
    CaseAction.DECIDE: Step(
        casework.decide, _("決定しました。"), lambda data: _decision(data) | {"seen": data["seen"]}
    ),
    CaseAction.APPROVE: Step(casework.approve_proposal, _("決裁しました。"), _words("comment", "seen")),
    CaseAction.SEND_BACK: Step(casework.send_back, _("差し戻しました。"), _words("comment")),
    CaseAction.HOLD: Step(casework.hold_visit, _("来庁・面接が終わったことを記録しました。"), _words("held_on")),
    CaseAction.UNHOLD: Step(casework.unhold_visit, _("来庁・面接の記録を取り消しました。"), _words("reason")),
    CaseAction.COMPLETE: Step(casework.complete, _("手続を完了しました。")),
    CaseAction.REOPEN: Step(casework.reopen, _("審査を再開しました。"), _words("reason")),
}

PREVIEWS: dict[CaseAction, tuple[Callable[..., DecisionLetter], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    CaseAction.DECIDE: (casework.preview_decision, _decision),
    CaseAction.APPROVE: (casework.preview_proposal, _words()),
}
"""Steps that make a letter: what shows it, and what of the form it needs."""
_SIGN_URLS = {CaseAction.DECIDE: "applications:case_decide", CaseAction.APPROVE: "applications:case_approve"}


def _view_of(action: CaseAction, permission: str = "") -> Callable[..., HttpResponse]:
    """The view of one step, for those who hold its right."""

    @staff_only(permission or permission_of(NEEDED_RIGHT[action]))
    @require_POST
    def case_step(request: HttpRequest, public_id: str) -> HttpResponse:
        return _take_step(request, case_or_404(request, public_id), action)

    return case_step


case_take = _view_of(CaseAction.TAKE)
case_assign = _view_of(CaseAction.ASSIGN)
# who stands in for an approver who is away signs without that right
case_approve = _view_of(CaseAction.APPROVE, "applications.process_case")
# the proposer takes a proposal back without the right to approve
case_send_back = _view_of(CaseAction.SEND_BACK, "applications.process_case")
case_hold = _view_of(CaseAction.HOLD)
case_unhold = _view_of(CaseAction.UNHOLD)
case_complete = _view_of(CaseAction.COMPLETE)
case_reopen = _view_of(CaseAction.REOPEN)


@staff_only("applications.process_case")
@require_POST
def case_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide, or propose the decision where the procedure needs an approver."""
    case = case_or_404(request, public_id)
    return _take_step(request, case, CaseAction.PROPOSE if case.procedure.needs_approval else CaseAction.DECIDE)


@staff_only("applications.process_case")
@require_POST
def case_reason(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put the words of the library under what was typed, and show the form again. Writes nothing."""
    user, case = staff_of(request), case_or_404(request, public_id)
    action = CaseAction.PROPOSE if case.procedure.needs_approval else CaseAction.DECIDE
    if not may(user, case, action):
        raise Http404
    chosen = next((row for row in reasons_for([case]) if row.public_id == request.POST.get("reason_example")), None)
    typed = {"decision": request.POST.get("decision", ""), "reason": request.POST.get("reason", "")}
    typed["reason"] = with_reason(typed["reason"], chosen)
    # not judged yet: the person is still writing, on the case as it was seen
    again = step_form(action, case)
    again.initial = {**again.initial, **typed, "revision": request.POST.get("revision", case.revision)}
    if action not in allowed_actions(user, case):
        return render_case(request, case, kept=[(gettext("理由・決定の内容"), typed["reason"])])
    record_reading(case, user, detail="reason")
    return render_case(request, case, bound={action: again})


def _preview_of(action: CaseAction, permission: str = "") -> Callable[..., HttpResponse]:
    """The view that shows the letter of a step as it would be signed. Writes nothing."""

    @staff_only(permission or permission_of(NEEDED_RIGHT[action]))
    @require_POST
    def case_letter(request: HttpRequest, public_id: str) -> HttpResponse:
        case = case_or_404(request, public_id)
        decided_elsewhere = action == CaseAction.DECIDE and case.procedure.needs_approval
        if decided_elsewhere or not may(staff_of(request), case, action):
            raise Http404
        form = step_form(action, case, request.POST)
        if not form.is_valid():
            return render_case(request, case, bound={action: form})
        return _show_letter(request, case, action, form)

    return case_letter


case_preview = _preview_of(CaseAction.DECIDE)
case_approve_preview = _preview_of(CaseAction.APPROVE, "applications.process_case")


def _show_letter(request: HttpRequest, case: Application, action: CaseAction, form: StepForm) -> HttpResponse:
    """The page between the form and the signature: the letter, and the button that signs these words."""
    user, (preview, read) = staff_of(request), PREVIEWS[action]
    case.revision = form.cleaned_data["revision"]
    try:
        letter = preview(application=case, by=user, **read(form.cleaned_data))
    except StaleState as error:
        messages.warning(request, str(error))
        return _overtaken(request, case.public_id, action, form)
    except DomainError as error:
        return _refused(request, case, action, form, error)
    record_reading(case, user, detail="preview")
    context = {
        "case": case,
        "form": step_form(action, case, form.data_seen_at(case.revision, seen=letter.mark)),
        "letter": letter,
        "sign_url": reverse(_SIGN_URLS[action], args=[case.public_id]),
    }
    return render(request, "applications/case_preview.html", context)


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
    except casework.LetterChanged as error:
        messages.warning(request, str(error))
        # read anew: the step that was rolled back has moved the row in memory
        return _show_letter(request, case_or_404(request, case.public_id), action, form)
    except DomainError as error:
        return _refused(request, case, action, form, error)
    else:
        note_number(case, user, form)
        messages.success(request, str(step.done))
        # what another department sent back is out of its sight again
        if action == CaseAction.SEND_BACK and not may_read(user, case):
            return redirect("applications:approval_list")
    return redirect("applications:case_detail", public_id=case.public_id)


def _refused(
    request: HttpRequest, case: Application, action: CaseAction, form: StepForm, error: DomainError
) -> HttpResponse:
    """The case with the form as it was sent and the sentence that refuses it."""
    if isinstance(error, Hindered):
        form.summary_title = _("完了の前に必要なこと") if action == CaseAction.COMPLETE else _("決定の前に必要なこと")
        form.add_error(None, list(error.sentences))
    else:
        form.add_error(None, str(error))
    return render_case(request, case_or_404(request, case.public_id), bound={action: form})


def _overtaken(request: HttpRequest, public_id: str, action: CaseAction, form: StepForm) -> HttpResponse:
    """The case as it is now with what was typed: in its form while the step is open, else as a text to copy."""
    user, case = staff_of(request), case_or_404(request, public_id)
    record_reading(case, user)
    if action not in allowed_actions(user, case):
        return render_case(request, case, kept=form.typed_texts())
    return render_case(request, case, bound={action: step_form(action, case, form.data_seen_at(case.revision))})
