"""Screens of the staff: one case, what was sent before, and asking for a correction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from applications.desk_forms import CaseFileForm, NoteForm
from applications.display import due_chip, next_step, places_words, state_chip
from applications.exchange_forms import MessageForm
from applications.fee_panel import FeeForm, fee_lines
from applications.forms import STEP_FORMS, CorrectionForm, DecisionForm, StepForm
from applications.models import Application
from applications.permissions import CaseAction, CaseRight
from applications.queries.cases import case_file, newest_sections, sent_revision
from applications.queries.desk import may_add, may_check
from applications.queries.reasons import reasons_for
from applications.queries.scope import allowed_actions, may, scope_for
from applications.retention_forms import HoldForm
from applications.services import casework
from applications.services.messages import mark_read
from applications.services.seats import place_in_line
from applications.views.staff import case_or_404, note_number, record_reading, staff_of
from cityhall.access import staff_only
from cityhall.days import today
from cityhall.db import is_number
from cityhall.errors import StaleState
from cityhall.ids import public_id as new_key


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
    note_form: NoteForm | None = None,
    file_form: CaseFileForm | None = None,
    fee_form: FeeForm | None = None,
    keep_form: HoldForm | None = None,
    kept: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The case screen; a form that was refused keeps what was typed, `kept` is shown where there is no form for it."""
    user = staff_of(request)
    file = case_file(user=user, case=case)
    given = (*(bound or {}).values(), message_form, note_form, file_form, fee_form, keep_form)
    refused: list[BaseForm] = [form for form in given if form is not None]
    forms = {action: step_form(action, case) for action in file.actions & STEP_FORMS.keys()} | dict(bound or {})
    context = {
        "file": file,
        "case": case,
        "state": state_chip(case),
        "due": due_chip(case, today()),
        "places": places_words(case.procedure),
        "place_in_line": place_in_line(case),
        "forms": {action.value: form for action, form in forms.items()},
        "next_step": next_step(case, file.actions, file.points),
        "may_check": may_check(user, case),
        "may_add": may_add(user, case),
        "note_form": note_form or NoteForm(initial={"request_key": new_key()}, auto_id="note_%s"),
        "file_form": file_form or CaseFileForm(initial={"request_key": new_key()}, auto_id="file_%s"),
        "message_form": message_form or MessageForm(initial={"request_key": new_key()}),
        "may_return": CaseAction.RETURN in file.actions,
        "may_write": CaseAction.WRITE in file.actions,
        "fee_lines": fee_lines(user, case, fee_form),
        "keep_form": _keep_form(request, case, keep_form),
        "has_steps": bool(file.actions - {CaseAction.WRITE}),
        "bound_form": refused[0] if refused else None,
        "kept": kept,
    }
    return render(request, "applications/case_detail.html", context)


def hold_form(case: Application, data: Any = None) -> HoldForm:
    """The form of what keeps a case beyond its years."""
    return HoldForm(data, initial={"reason": case.disposal_hold}, auto_id="keep_%s")


def _keep_form(request: HttpRequest, case: Application, sent: HoldForm | None) -> HoldForm | None:
    """For those who may process a case that is closed and not disposed of; `sent` is one that was refused."""
    if case.keep_until is None or case.disposed_at is not None:
        return None
    may_keep = scope_for(staff_of(request), CaseRight.PROCESS).covers(case)
    return (sent or hold_form(case)) if may_keep else None


def step_form(action: CaseAction, case: Application, data: Any = None) -> StepForm:
    """The form of a step that rests on the revision the person saw."""
    options: dict[str, Any] = {"initial": {"revision": case.revision}, "auto_id": f"{action}_%s"}
    if action in (CaseAction.ASSIGN, CaseAction.HOLD):
        options["case"] = case
    form = STEP_FORMS[action](data, **options)
    if isinstance(form, DecisionForm):
        form.offer(reasons_for([case]))
    return form
