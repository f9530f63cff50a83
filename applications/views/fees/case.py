"""The fees of one case: taken, waived, taken back, reminded of; and the receipt."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from applications.enums import PaymentMethod, PaymentState
from applications.fee_forms import ExemptForm, PayForm, ReverseForm
from applications.fee_pdf import fee_pdf
from applications.models import Payment
from applications.permissions import MANAGE_FEES, VIEW_FEES
from applications.queries.scope import visible_cases
from applications.services import fees
from applications.services.casework import NotAllowed
from applications.views.staff import note_number, staff_of
from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
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


def _fee_step(form_class: type[Form], run: Callable[[Payment, User, Form], str]) -> Callable[..., HttpResponse]:
    """The view of one step: reads the form, runs the service, tells what came of it on the case."""

    @staff_only(MANAGE_FEES)
    @require_POST
    def fee_step(request: HttpRequest, public_id: str) -> HttpResponse:
        payment, user = payment_or_404(request, public_id), staff_of(request)
        form = form_class(request.POST)
        if not form.is_valid():
            for problem in (error for errors in form.errors.values() for error in errors):
                messages.error(request, str(problem))
        else:
            try:
                messages.success(request, run(payment, user, form))
            except NotAllowed:
                raise Http404 from None
            except DomainError as error:
                messages.warning(request, str(error))
            else:
                if isinstance(form, StaffTexts):
                    note_number(payment.application, user, form)
        return redirect(f"{_case_url(payment)}#case-fees")

    return fee_step


def _case_url(payment: Payment) -> str:
    return redirect("applications:case_detail", public_id=payment.application.public_id).url


def _pay(payment: Payment, user: User, form: Form) -> str:
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


def _exempt(payment: Payment, user: User, form: Form) -> str:
    data = form.cleaned_data
    fees.exempt(payment=payment, seen_amount=data["seen_amount"], reason=data["reason"], by=user)
    return _("免除を記録しました。")


def _reverse(payment: Payment, user: User, form: Form) -> str:
    fees.reverse(payment=payment, reason=form.cleaned_data["reason"], by=user)
    return _("収納または免除を取り消しました。")


def _remind(payment: Payment, user: User, _form: Form) -> str:
    if fees.remind(payment=payment, by=user):
        return _("納付のお願いをメールで送りました。")
    return _("今日はすでに納付のお願いを送っています。")


fee_pay = _fee_step(PayForm, _pay)
fee_exempt = _fee_step(ExemptForm, _exempt)
fee_reverse = _fee_step(ReverseForm, _reverse)
fee_remind = _fee_step(Form, _remind)


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
