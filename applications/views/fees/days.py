"""The day of a till: its list, its closing, its papers; and what is unpaid."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.enums import PaymentMethod
from applications.fee_forms import CloseForm, DayForm
from applications.fee_pdf import fee_pdf
from applications.models import DailyClosing
from applications.permissions import MANAGE_FEES, VIEW_FEES
from applications.queries.fees import MOST_UNPAID, closings_of, entries_of, own_tills, tills_of, totals_of, unpaid_of
from applications.services import fees
from applications.services.casework import NotAllowed
from applications.views.staff import staff_of
from cityhall.access import staff_only
from cityhall.days import local_date, today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import Department
from cityhall.pages import keyset_page
from cityhall.references import format_number
from cityhall.services import audit
from cityhall.spreadsheets import csv_response

PAGE_SIZE = 50


def _chosen(request: HttpRequest, data: Any) -> tuple[DayForm, Department | None, dt.date]:
    """The form, the till and the day it names; another department's till is none."""
    form = DayForm(data, tills=tills_of(staff_of(request)))
    return form, form.till, form.chosen_day


@staff_only(VIEW_FEES)
@require_GET
def fee_day(request: HttpRequest) -> HttpResponse:
    """What went into a till on a day and out of it, totals by method, and the form that closes it. Audited."""
    form, till, day = _chosen(request, request.GET)
    if till is None:
        return render(request, "applications/fees/day.html", {"form": form, "day": day})
    return render(request, "applications/fees/day.html", _day_context(request, form, till, day))


def _day_context(
    request: HttpRequest, form: DayForm, till: Department, day: dt.date, close_form: CloseForm | None = None
) -> dict[str, Any]:
    entries, totals = list(entries_of(till, day)), totals_of(till, day)
    total = sum(one["amount"] for one in totals.values())
    audit.record(
        action=AuditAction.LIST,
        actor=staff_of(request),
        target_type="payment",
        target_label=day.isoformat(),
        department_code=till.code,
        object_ids=[entry.payment.public_id for entry in entries],
    )
    user = staff_of(request)
    may_close = user.has_perm(MANAGE_FEES) and till.pk in own_tills(user) and day <= today()
    return {
        "form": form,
        "till": till,
        "day": day,
        "entries": entries,
        "totals": named_totals(totals),
        "total": total,
        "closing": DailyClosing.objects.filter(department=till, business_day=day).select_related("closed_by").first(),
        "close_form": close_form or CloseForm(initial={"seen_total": total}),
        "may_close": may_close and bool(entries),
        "next_day": fees.business_day_of(till, now=timezone.now()),
    }


def named_totals(totals: dict[str, dict[str, int]]) -> list[tuple[str, int, int]]:
    """(method, number, yen) in the order of the methods."""
    return [(str(one.label), totals[one]["count"], totals[one]["amount"]) for one in PaymentMethod if one in totals]


@staff_only(MANAGE_FEES)
@require_POST
def fee_close(request: HttpRequest) -> HttpResponse:
    """Close the day that the page showed."""
    form, till, day = _chosen(request, request.POST)
    if till is None or not form.names_both:
        raise Http404
    close = CloseForm(request.POST)
    if close.is_valid():
        try:
            fees.close_day(
                department=till,
                day=day,
                counted_cash=close.cleaned_data["counted_cash"],
                note=close.cleaned_data["note"],
                seen_total=close.cleaned_data["seen_total"],
                by=staff_of(request),
            )
        except NotAllowed:
            raise Http404 from None
        except fees.CountDiffers as error:
            close.add_error("note", str(error))
        except DomainError as error:
            messages.warning(request, str(error))
            return redirect(_day_url(till, day))
        else:
            messages.success(request, _("この日の収納を締めました。"))
            return redirect(_day_url(till, day))
    return render(request, "applications/fees/day.html", _day_context(request, form, till, day, close))


def _day_url(till: Department, day: dt.date) -> str:
    return f"{reverse('applications:fee_day')}?{urlencode({'department': till.code, 'day': day.isoformat()})}"


@staff_only(VIEW_FEES)
@require_GET
def fee_export(request: HttpRequest) -> HttpResponseBase:
    """The entries of a day as a table. Audited."""
    _form, till, day = _chosen(request, request.GET)
    if till is None and "department" not in request.GET:
        # who is in charge of no till: the page of the day says so
        return redirect("applications:fee_day")
    if till is None:
        raise Http404
    audit.record(
        action=AuditAction.EXPORT,
        actor=staff_of(request),
        target_type="payment",
        target_label=day.isoformat(),
        department_code=till.code,
    )
    rows = (
        [
            day.isoformat(),
            entry.receipt_number,
            format_number(entry.payment.application.number or ""),
            entry.payment.label,
            entry.get_kind_display(),
            entry.get_method_display(),
            entry.amount,
            entry.note,
        ]
        for entry in entries_of(till, day)
    )
    header = [_("収納日"), _("領収番号"), _("受付番号"), _("名目"), _("内容"), _("支払方法"), _("金額"), _("理由")]
    return csv_response(name=_("日計_%(day)s.csv") % {"day": day.isoformat()}, header=header, rows=rows)


@staff_only(VIEW_FEES)
@require_GET
def closing_list(request: HttpRequest) -> HttpResponse:
    """Closed days, newest first."""
    page = keyset_page(
        closings_of(staff_of(request)),
        order=("-business_day", "-id"),
        after=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    rows = [
        (
            row,
            sum(one["amount"] for one in row.totals.values()),
            row.totals.get(PaymentMethod.CASH.value, {}).get("amount", 0),
        )
        for row in page.rows
    ]
    next_url = f"?after={page.next_cursor}" if page.next_cursor else ""
    return render(request, "applications/fees/closings.html", {"rows": rows, "next_url": next_url})


@staff_only(VIEW_FEES)
@require_GET
def closing_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list of a closed day as PDF. Audited."""
    closing = closings_of(staff_of(request)).filter(public_id=public_id).first()
    if closing is None:
        raise Http404
    audit.record(
        action=AuditAction.PRINT,
        actor=staff_of(request),
        target_type="dailyclosing",
        target_id=closing.public_id,
        target_label=closing.business_day.isoformat(),
        department_code=closing.department.code,
    )
    cash = closing.totals.get(PaymentMethod.CASH.value, {}).get("amount", 0)
    context = {
        "closing": closing,
        "entries": entries_of(closing.department, closing.business_day),
        "totals": named_totals(closing.totals),
        "total": sum(one["amount"] for one in closing.totals.values()),
        "difference": (closing.counted_cash or 0) - cash,
    }
    response = HttpResponse(fee_pdf("closing.html", context), content_type="application/pdf")
    name = _("日計表_%(day)s.pdf") % {"day": closing.business_day.isoformat()}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response


@staff_only(VIEW_FEES)
@require_GET
def fee_unpaid(request: HttpRequest) -> HttpResponse:
    """What is unpaid, oldest first, with its age in days. Audited."""
    user, day = staff_of(request), today()
    payments = list(unpaid_of(user)[:MOST_UNPAID])
    audit.record(
        action=AuditAction.LIST,
        actor=user,
        target_type="payment",
        object_ids=[payment.public_id for payment in payments],
    )
    rows = [(payment, (day - local_date(payment.created_at)).days) for payment in payments]
    context = {
        "rows": rows,
        "total": sum(payment.amount for payment in payments),
        "may_remind": user.has_perm(MANAGE_FEES),
    }
    return render(request, "applications/fees/unpaid.html", context)
