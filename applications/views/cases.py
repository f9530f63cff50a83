"""Screens of the staff: the work list, one case, and the steps of casework."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from applications.display import due_chip, state_chip
from applications.enums import DecisionKind
from applications.forms import STEP_FORMS, AssignForm, CorrectionForm, StepForm, WorkListForm
from applications.models import Application
from applications.permissions import CaseAction
from applications.queries.cases import case_file, newest_sections, visible_case
from applications.queries.scope import allowed_actions, may
from applications.queries.worklist import work_list
from applications.services import casework
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit

Step = Callable[[Application, User, dict[str, Any]], object]


@staff_only("applications.view_case")
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The work list: cases of one's departments and of procedures other departments granted."""
    user = _staff(request)
    form = WorkListForm(request.GET, user=user)
    day = today()
    page = work_list(user=user, wanted=form.wanted(), today=day, after=request.GET.get("after", ""))
    audit.record(
        action=AuditAction.SEARCH if form.wanted().text else AuditAction.LIST,
        actor=user,
        target_type="application",
        object_ids=[row.public_id for row in page.rows],
    )
    rows = [{"case": row, "state": state_chip(row), "due": due_chip(row, day)} for row in page.rows]
    context = {"form": form, "rows": rows, "next_url": _page_url(request, page.next_after)}
    return render(request, "applications/case_list.html", context)


@staff_only("applications.view_case")
@require_GET
def case_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case with all that is known of it and the steps this person may take. Reading is audited."""
    case = _case_or_404(request, public_id)
    _record_reading(case, _staff(request))
    return _render_case(request, case)


@staff_only("applications.process_case")
@require_http_methods(["GET", "POST"])
def case_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a correction: every question with its answer and a box for the comment."""
    user, case = _staff(request), _case_or_404(request, public_id)
    if not may(user, case, CaseAction.RETURN):
        raise Http404
    if request.method == "GET" and CaseAction.RETURN not in allowed_actions(user, case):
        messages.warning(request, StaleState.message)
        return redirect("applications:case_detail", public_id=public_id)
    sections = newest_sections(user=user, case=case)
    form = CorrectionForm(request.POST or None, sections=sections, initial={"revision": case.revision})
    if request.method == "GET":
        _record_reading(case, user)
    elif form.is_valid():
        case.revision = form.cleaned_data["revision"]
        try:
            casework.return_for_correction(
                application=case, message=form.cleaned_data["message"], comments=form.comments(), by=user
            )
        except StaleState as error:
            messages.warning(request, str(error))
            return _correction_overtaken(request, public_id, form)
        messages.success(request, _("申請者に補正を依頼しました。"))
        return redirect("applications:case_detail", public_id=public_id)
    return render(request, "applications/case_return.html", {"case": case, "form": form})


def _correction_overtaken(request: HttpRequest, public_id: str, form: CorrectionForm) -> HttpResponse:
    """The page again with the newest answers and the comments; the case, with the comments to copy, when it is over."""
    user, case = _staff(request), _case_or_404(request, public_id)
    _record_reading(case, user)
    if CaseAction.RETURN not in allowed_actions(user, case):
        return _render_case(request, case, kept=form.typed_texts())
    again = CorrectionForm(form.data_seen_at(case.revision), sections=newest_sections(user=user, case=case))
    return render(request, "applications/case_return.html", {"case": case, "form": again})


@staff_only("applications.receive_case")
@require_POST
def case_take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Start the review."""
    return _take_step(
        request,
        public_id,
        CaseAction.TAKE,
        lambda case, user, _data: casework.take(application=case, by=user),
        _("この申請の担当になりました。"),
    )


@staff_only("applications.process_case")
@require_POST
def case_assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the case to another handler."""
    return _take_step(
        request,
        public_id,
        CaseAction.ASSIGN,
        lambda case, user, data: casework.assign(application=case, handler=data["handler"], by=user),
        _("担当者を変更しました。"),
    )


@staff_only("applications.process_case")
@require_POST
def case_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide, or propose the decision where the procedure needs an approver."""
    case = _case_or_404(request, public_id)
    if case.procedure.needs_approval:
        return _take_step(request, public_id, CaseAction.PROPOSE, _propose, _("決裁に回しました。"))
    return _take_step(request, public_id, CaseAction.DECIDE, _decide, _("決定しました。"))


@staff_only("applications.approve_case")
@require_POST
def case_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve what a colleague proposed."""
    return _take_step(
        request,
        public_id,
        CaseAction.APPROVE,
        lambda case, user, data: casework.approve_proposal(application=case, comment=data["comment"], by=user),
        _("決裁しました。"),
    )


@staff_only("applications.process_case")
@require_POST
def case_send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a proposal back to its handler."""
    return _take_step(
        request,
        public_id,
        CaseAction.SEND_BACK,
        lambda case, user, data: casework.send_back(application=case, comment=data["comment"], by=user),
        _("差し戻しました。"),
    )


@staff_only("applications.process_case")
@require_POST
def case_complete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Close a decided case."""
    return _take_step(
        request,
        public_id,
        CaseAction.COMPLETE,
        lambda case, user, _data: casework.complete(application=case, by=user),
        _("手続を完了しました。"),
    )


@staff_only("applications.decide_case")
@require_POST
def case_reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a decided case back into review."""
    return _take_step(
        request,
        public_id,
        CaseAction.REOPEN,
        lambda case, user, data: casework.reopen(application=case, reason=data["reason"], by=user),
        _("審査を再開しました。"),
    )


def _propose(case: Application, user: User, data: dict[str, Any]) -> object:
    return casework.propose(application=case, decision=DecisionKind(data["decision"]), reason=data["reason"], by=user)


def _decide(case: Application, user: User, data: dict[str, Any]) -> object:
    return casework.decide(application=case, decision=DecisionKind(data["decision"]), reason=data["reason"], by=user)


def _take_step(request: HttpRequest, public_id: str, action: CaseAction, step: Step, done: str) -> HttpResponse:
    """Check the right, read the form, run the service, tell what came of it and show the case as it is now."""
    user, case = _staff(request), _case_or_404(request, public_id)
    if not may(user, case, action):
        raise Http404
    form = _form_of(action, case, data=request.POST)
    if not form.is_valid():
        return _render_case(request, case, bound={action: form})
    # the case as the person saw it: a page left open in another tab decides nothing
    case.revision = form.cleaned_data["revision"]
    try:
        step(case, user, form.cleaned_data)
    except StaleState as error:
        messages.warning(request, str(error))
        if form.typed_texts():
            return _step_overtaken(request, public_id, action, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return _render_case(request, _case_or_404(request, public_id), bound={action: form})
    else:
        messages.success(request, done)
    return redirect("applications:case_detail", public_id=public_id)


def _step_overtaken(request: HttpRequest, public_id: str, action: CaseAction, form: StepForm) -> HttpResponse:
    """The case as it is now with what was typed: in its form while the step is open, else as a text to copy."""
    user, case = _staff(request), _case_or_404(request, public_id)
    _record_reading(case, user)
    if action not in allowed_actions(user, case):
        return _render_case(request, case, kept=form.typed_texts())
    return _render_case(request, case, bound={action: _form_of(action, case, data=form.data_seen_at(case.revision))})


def _render_case(
    request: HttpRequest,
    case: Application,
    bound: dict[CaseAction, BaseForm] | None = None,
    kept: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The case screen; a form that was refused keeps what was typed, `kept` is shown where there is no form for it."""
    file = case_file(user=_staff(request), case=case)
    forms = {action: _form_of(action, case) for action in file.actions & STEP_FORMS.keys()} | (bound or {})
    context = {
        "file": file,
        "case": case,
        "state": state_chip(case),
        "due": due_chip(case, today()),
        "forms": {action.value: form for action, form in forms.items()},
        "may_return": CaseAction.RETURN in file.actions,
        "bound_form": next(iter((bound or {}).values()), None),
        "kept": kept,
    }
    return render(request, "applications/case_detail.html", context)


def _form_of(action: CaseAction, case: Application, data: Any = None) -> StepForm:
    options: dict[str, Any] = {"initial": {"revision": case.revision}, "auto_id": f"{action}_%s"}
    if action == CaseAction.ASSIGN:
        return AssignForm(data, case=case, **options)
    return STEP_FORMS[action](data, **options)


def _staff(request: HttpRequest) -> User:
    # staff_only let nobody else through
    return request.user  # type: ignore[return-value]


def _case_or_404(request: HttpRequest, public_id: str) -> Application:
    try:
        return visible_case(_staff(request), public_id)
    except Application.DoesNotExist:
        raise Http404 from None


def _record_reading(case: Application, user: User) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="application",
        target_id=case.public_id,
        target_label=str(case),
        department_code=case.department.code,
    )


def _page_url(request: HttpRequest, after: str) -> str:
    """The next page with the same filters, or nothing."""
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"
