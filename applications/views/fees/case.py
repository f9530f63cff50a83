"""The fees of one case: taken, waived, taken back, reminded of; and the receipt.

A form that is not taken stands on the case again, its panel open and what was typed in it.
"""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.enums import PaymentMethod, PaymentState
from applications.fee_forms import ExemptForm, PayForm, ReverseForm
from applications.fee_panel import FeeForm, fee_form
from applications.fee_pdf import fee_pdf
from applications.models import Payment
from applications.permissions import MANAGE_FEES, VIEW_FEES
from applications.queries.scope import visible_cases
from applications.services import fees
from applications.services.casework import NotAllowed
from applications.views.cases import render_case
from applications.views.staff import case_or_404, note_number, record_reading, staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.my_numbers import StaffTexts
from cityhall.services import audit


def payment_or_404(request: HttpRequest, public_id: str) -> Payment:
    """A fee of a case the person may see."""
    rows = Payment.objects.select_related(
        "application__procedure", "application__department", "received_in", "settled_by"
    )
    payment = rows.filter(public_id=public_id, application__in=visible_cases(staff_of(request))).first()
    if payment is None:
        raise Http404
    return payment


def _fee_step(form_class: type[FeeForm], run: Callable[[Payment, User, FeeForm], str]) -> Callable[..., HttpResponse]:
    """The view of one step: reads the form, runs the service, tells what came of it on the case."""

    @staff_only(MANAGE_FEES)
    @require_POST
    def fee_step(request: HttpRequest, public_id: str) -> HttpResponse:
        payment, user = payment_or_404(request, public_id), staff_of(request)
        form = fee_form(form_class, payment, request.POST)
        if not form.is_valid():
            return _refused(request, payment, form)
        try:
            messages.success(request, run(payment, user, form))
        except NotAllowed:
            raise Http404 from None
        except StaleState as error:
            messages.warning(request, str(error))
            return _overtaken(request, public_id, form)
        except DomainError as error:
            form.add_error(None, str(error))
            return _refused(request, payment, form)
        if isinstance(form, StaffTexts):
            note_number(payment.application, user, form)
        return _to_case(payment)

    return fee_step


def _refused(request: HttpRequest, payment: Payment, form: FeeForm) -> HttpResponse:
    """The case with the form as it was sent, its panel open, and what is wrong."""
    return render_case(request, case_or_404(request, payment.application.public_id), fee_form=form)


def _overtaken(request: HttpRequest, public_id: str, form: FeeForm) -> HttpResponse:
    """The case as it is now: what was typed stands in the form while the fee is due, else as a text to copy."""
    payment = payment_or_404(request, public_id)
    case = case_or_404(request, payment.application.public_id)
    record_reading(case, staff_of(request))
    if payment.state == PaymentState.DUE and not isinstance(form, ReverseForm):
        data = cast("QueryDict", form.data).copy()
        data["seen_amount"] = str(payment.amount)
        return render_case(request, case, fee_form=fee_form(type(form), payment, data))
    reason = form.cleaned_data.get("reason")
    return render_case(request, case, kept=[(str(form.fields["reason"].label), reason)] if reason else [])


def _to_case(payment: Payment) -> HttpResponse:
    return redirect(f"{reverse('applications:case_detail', args=[payment.application.public_id])}#case-fees")


def _pay(payment: Payment, user: User, form: FeeForm) -> str:
    data = form.cleaned_data
    paid = fees.record_payment(
        payment=payment,
        seen_amount=data["seen_amount"],
        method=PaymentMethod(data["method"]),
        tendered=data["tendered"],
        received_on=data["received_on"],
        request_key=data["request_key"],
        by=user,
    )
    if paid.tendered is None:
        return _("収納を記録しました。領収番号は %(number)s です。") % {"number": paid.receipt_number}
    return _("収納を記録しました。おつりは %(change)s円です（領収番号 %(number)s）。") % {
        "change": f"{paid.tendered - paid.amount:,}",
        "number": paid.receipt_number,
    }


def _exempt(payment: Payment, user: User, form: FeeForm) -> str:
    data = form.cleaned_data
    fees.exempt(payment=payment, seen_amount=data["seen_amount"], reason=data["reason"], by=user)
    return _("免除を記録しました。")


def _reverse(payment: Payment, user: User, form: FeeForm) -> str:
    fees.reverse(payment=payment, reason=form.cleaned_data["reason"], by=user)
    return _("収納または免除を取り消しました。")


fee_pay = _fee_step(PayForm, _pay)
fee_exempt = _fee_step(ExemptForm, _exempt)
fee_reverse = _fee_step(ReverseForm, _reverse)


@staff_only(MANAGE_FEES)
@require_POST
def fee_remind(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mail the applicant that something is to be paid."""
    payment = payment_or_404(request, public_id)
    try:
        has_sent = fees.remind(payment=payment, by=staff_of(request))
    except NotAllowed:
        raise Http404 from None
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        told = _("納付のお願いをメールで送りました。"), _("今日はすでに納付のお願いを送っています。")
        messages.success(request, told[0 if has_sent else 1])
    return _to_case(payment)


@staff_only(VIEW_FEES)
@require_GET
def fee_receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt of a fee that is paid. Audited."""
    payment = payment_or_404(request, public_id)
    if payment.state != PaymentState.PAID:
        raise Http404
    audit.record(
        action=AuditAction.PRINT,
        actor=staff_of(request),
        target_type="payment",
        target_id=payment.public_id,
        target_label=payment.receipt_number,
        department_code=payment.application.department.code,
    )
    response = HttpResponse(fee_pdf("receipt.html", {"payment": payment}), content_type="application/pdf")
    name = _("領収書_%(number)s.pdf") % {"number": payment.receipt_number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return response
