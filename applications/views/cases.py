"""Screens of the staff: the work list, one case, what was sent before, and asking for a correction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.display import due_chip, places_words, state_chip
from applications.exchange_forms import MessageForm
from applications.forms import STEP_FORMS, CorrectionForm, StepForm, WorkListForm
from applications.models import Application
from applications.permissions import CaseAction
from applications.queries.cases import case_file, newest_sections, sent_revision
from applications.queries.scope import allowed_actions, may
from applications.queries.worklist import work_list
from applications.services import casework
from applications.services.messages import mark_read
from applications.services.seats import place_in_line
from applications.views.staff import case_or_404, note_number, record_reading, staff_of
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.db import is_number
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.ids import public_id as new_key
from cityhall.services import audit


@staff_only("applications.view_case")
@require_GET
def case_list(request: HttpRequest) -> HttpResponse:
    """The work list: cases of one's departments and of procedures other departments granted."""
    user = staff_of(request)
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
    """One case with all that is known of it and the steps this person may take. Reading is audited.

    What the applicant wrote counts as read by the city when somebody saw it who may answer.
    """
    user, case = staff_of(request), case_or_404(request, public_id)
    record_reading(case, user)
    response = render_case(request, case)
    if may(user, case, CaseAction.WRITE):
        mark_read(application=case, by_city=True)
    return response


@staff_only("applications.view_case")
@require_GET
def case_revision(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """What was sent at one time, and what had changed since the time before. Reading is audited."""
    user, case = staff_of(request), case_or_404(request, public_id)
    revision = sent_revision(user=user, case=case, number=number) if is_number(number) else None
    if revision is None:
        raise Http404
    record_reading(case, user, detail=f"revision {number}")
    return render(request, "applications/case_revision.html", {"case": case, "revision": revision})


@staff_only("applications.process_case")
@require_http_methods(["GET", "POST"])
def case_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a correction: every question with its answer and a box for the comment."""
    user, case = staff_of(request), case_or_404(request, public_id)
    if not may(user, case, CaseAction.RETURN):
        raise Http404
    if request.method == "GET" and CaseAction.RETURN not in allowed_actions(user, case):
        messages.warning(request, StaleState.message)
        return redirect("applications:case_detail", public_id=public_id)
    sections = newest_sections(user=user, case=case)
    form = CorrectionForm(request.POST or None, sections=sections, initial={"revision": case.revision})
    if request.method == "GET":
        record_reading(case, user)
    elif form.is_valid():
        case.revision = form.cleaned_data["revision"]
        try:
            casework.return_for_correction(
                application=case, message=form.cleaned_data["message"], comments=form.comments(), by=user
            )
        except StaleState as error:
            messages.warning(request, str(error))
            return _correction_overtaken(request, public_id, form)
        note_number(case, user, form)
        messages.success(request, _("申請者に補正を依頼しました。"))
        return redirect("applications:case_detail", public_id=public_id)
    return render(request, "applications/case_return.html", {"case": case, "form": form})


def _correction_overtaken(request: HttpRequest, public_id: str, form: CorrectionForm) -> HttpResponse:
    """The page again with the newest answers and the comments; the case, with the comments to copy, when it is over."""
    user, case = staff_of(request), case_or_404(request, public_id)
    record_reading(case, user)
    if CaseAction.RETURN not in allowed_actions(user, case):
        return render_case(request, case, kept=form.typed_texts())
    again = CorrectionForm(form.data_seen_at(case.revision), sections=newest_sections(user=user, case=case))
    return render(request, "applications/case_return.html", {"case": case, "form": again})


def render_case(
    request: HttpRequest,
    case: Application,
    *,
    bound: Mapping[CaseAction, StepForm] | None = None,
    message_form: MessageForm | None = None,
    kept: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The case screen; a form that was refused keeps what was typed, `kept` is shown where there is no form for it."""
    file = case_file(user=staff_of(request), case=case)
    refused: list[BaseForm] = [*(bound or {}).values(), *([message_form] if message_form else [])]
    forms = {action: step_form(action, case) for action in file.actions & STEP_FORMS.keys()} | dict(bound or {})
    context = {
        "file": file,
        "case": case,
        "state": state_chip(case),
        "due": due_chip(case, today()),
        "places": places_words(case.procedure),
        "place_in_line": place_in_line(case),
        "forms": {action.value: form for action, form in forms.items()},
        "message_form": message_form or MessageForm(initial={"request_key": new_key()}),
        "may_return": CaseAction.RETURN in file.actions,
        "may_write": CaseAction.WRITE in file.actions,
        "has_steps": bool(file.actions - {CaseAction.WRITE}),
        "bound_form": refused[0] if refused else None,
        "kept": kept,
    }
    return render(request, "applications/case_detail.html", context)


def step_form(action: CaseAction, case: Application, data: Any = None) -> StepForm:
    """The form of a step that rests on the revision the person saw."""
    options: dict[str, Any] = {"initial": {"revision": case.revision}, "auto_id": f"{action}_%s"}
    if action in (CaseAction.ASSIGN, CaseAction.HOLD):
        options["case"] = case
    return STEP_FORMS[action](data, **options)


def _page_url(request: HttpRequest, after: str) -> str:
    """The next page with the same filters, or nothing."""
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"
