"""What may be disposed of in a department (dry run), and the lists that were made of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.fee_forms import DayForm
from applications.models import Disposal
from applications.permissions import DISPOSING_ROLES, GUARDING_ROLES, MANAGE_DISPOSAL, VIEW_DISPOSAL
from applications.queries.retention import (
    MOST_ROWS,
    candidates,
    counts_by_list,
    counts_of,
    departments_with,
    disposals_of,
    disposing_departments,
    overdue_cases,
)
from applications.services import retention
from applications.services.casework import NotAllowed
from applications.views.cases import hold_form, render_case
from applications.views.staff import case_or_404, note_number, staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import Department
from cityhall.references import format_number
from cityhall.services import audit
from cityhall.spreadsheets import csv_response

_LISTS = 50


def _chosen(request: HttpRequest, data: Any) -> tuple[DayForm, Department | None, dt.date]:
    form = DayForm(data, tills=disposing_departments(staff_of(request)))
    return form, form.till, form.chosen_day


@staff_only(VIEW_DISPOSAL)
@require_GET
def disposal_list(request: HttpRequest) -> HttpResponse:
    """The dry run: every case whose years are over on a day, with what keeps it; and the lists made so far. Audited."""
    user = staff_of(request)
    form, department, day = _chosen(request, request.GET)
    context: dict[str, Any] = {"form": form, "day": day, "department": department, "most": MOST_ROWS}
    if department is not None:
        found = candidates(list(overdue_cases(department, day)[:MOST_ROWS]), now=timezone.now())
        audit.record(
            action=AuditAction.LIST,
            actor=user,
            target_type="application",
            department_code=department.code,
            detail="retention",
            object_ids=[one.case.public_id for one in found],
        )
        context |= {
            "found": found,
            "free": sum(not one.reasons for one in found),
            "kept": sum(bool(one.reasons) for one in found),
            "may_plan": department.pk in departments_with(user, DISPOSING_ROLES),
        }
    disposals = list(disposals_of(user)[:_LISTS])
    counts = counts_by_list(disposals)
    context["disposals"] = [(one, counts[one.pk]) for one in disposals]
    return render(request, "applications/retention/list.html", context)


@staff_only(VIEW_DISPOSAL)
@require_GET
def disposal_export(request: HttpRequest) -> HttpResponseBase:
    """The dry run as a table. Audited."""
    _form, department, day = _chosen(request, request.GET)
    if department is None:
        raise Http404
    audit.record(
        action=AuditAction.EXPORT,
        actor=staff_of(request),
        target_type="application",
        department_code=department.code,
        detail="retention",
    )
    found = candidates(list(overdue_cases(department, day)[:MOST_ROWS]), now=timezone.now())
    rows = (
        [
            format_number(one.case.number or ""),
            one.case.procedure.name,
            one.case.get_state_display(),
            one.case.keep_until.isoformat() if one.case.keep_until else "",
            " ".join(map(str, one.reasons)),
        ]
        for one in found
    )
    header = [_("受付番号"), _("手続"), _("状態"), _("保存期限"), _("廃棄しない理由")]
    return csv_response(name=_("廃棄の対象_%(day)s.csv") % {"day": day.isoformat()}, header=header, rows=rows)


@staff_only(MANAGE_DISPOSAL)
@require_POST
def disposal_plan(request: HttpRequest) -> HttpResponse:
    """Make a list of what may go."""
    form, department, day = _chosen(request, request.POST)
    if department is None or not form.names_both:
        raise Http404
    try:
        disposal = retention.plan_disposal(department=department, as_of=day, by=staff_of(request))
    except NotAllowed:
        raise Http404 from None
    except DomainError as error:
        messages.warning(request, str(error))
        query = urlencode({"department": department.code, "day": day.isoformat()})
        return redirect(f"{reverse('applications:disposal_list')}?{query}")
    messages.success(request, _("廃棄の一覧を作りました。別の決裁者が承認すると、廃棄が始まります。"))
    return redirect("applications:disposal_detail", public_id=disposal.public_id)


def _disposal_or_404(request: HttpRequest, public_id: str) -> Disposal:
    disposal = disposals_of(staff_of(request)).filter(public_id=public_id).first()
    if disposal is None:
        raise Http404
    return disposal


@staff_only(VIEW_DISPOSAL)
@require_GET
def disposal_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One list: its cases, how far it is, and the steps this person may take. Audited."""
    user, disposal = staff_of(request), _disposal_or_404(request, public_id)
    rows = list(disposal.rows.select_related("application__procedure").order_by("id")[:MOST_ROWS])
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="disposal",
        target_id=disposal.public_id,
        target_label=str(disposal),
        department_code=disposal.department.code,
    )
    is_waiting = disposal.state == "planned"
    may_agree = disposal.department_id in departments_with(user, GUARDING_ROLES) and disposal.planned_by_id != user.pk
    context = {
        "disposal": disposal,
        "rows": rows,
        "counts": counts_of(disposal),
        "may_approve": is_waiting and may_agree,
        "may_cancel": is_waiting and disposal.department_id in departments_with(user, DISPOSING_ROLES),
    }
    return render(request, "applications/retention/detail.html", context)


@staff_only(MANAGE_DISPOSAL)
@require_POST
def disposal_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Agree to a list that somebody else made."""
    return _decided(request, public_id, retention.approve_disposal, _("承認しました。廃棄を始めます。"))


@staff_only(MANAGE_DISPOSAL)
@require_POST
def disposal_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a list up."""
    return _decided(request, public_id, retention.cancel_disposal, _("廃棄を取りやめました。"))


def _decided(request: HttpRequest, public_id: str, step: Callable[..., object], done: str) -> HttpResponse:
    disposal = _disposal_or_404(request, public_id)
    try:
        step(disposal=disposal, by=staff_of(request))
    except NotAllowed:
        raise Http404 from None
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return redirect("applications:disposal_detail", public_id=public_id)


@staff_only("applications.process_case")
@require_POST
def case_keep(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep a case beyond its years with a reason, or take that back."""
    user, case = staff_of(request), case_or_404(request, public_id)
    form = hold_form(case, request.POST)
    if not form.is_valid():
        return render_case(request, case, keep_form=form)
    try:
        retention.set_hold(application=case, reason=form.cleaned_data["reason"], by=user)
    except NotAllowed:
        raise Http404 from None
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        note_number(case, user, form)
        messages.success(
            request, _("廃棄しない理由を記録しました。") if case.disposal_hold else _("廃棄しない理由を消しました。")
        )
    return redirect("applications:case_detail", public_id=public_id)
