"""Received: what waits for the terminal, what is in the person's hands, what is taken back."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.enums import ApplicationState, PaymentMethod, PaymentState
from applications.models import Payment
from cityhall.access import staff_only
from cityhall.errors import DomainError
from counter.enums import IssueState, VisitState
from counter.forms_certificates import CancelForm, TillForm
from counter.models import CertificateIssue, Visit
from counter.queries.certificates import is_at_the_desk, issues_of, order_of, payments_of, stop_of
from counter.queries.hand_overs import called_back, settled_by_hand
from counter.services import certificates, invitations, ratings
from counter.services.certificates import fee_name
from counter.views.desk.answering import answers_kept, done
from counter.views.desk.certificates.paying import FIELDS, due_of, till_context
from counter.views.desk.common import SERVE, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage


@staff_only(SERVE)
@never_cache
@require_safe
def certificate_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """The numbers, what is due, and the button for when the certificates are in the person's hands."""
    visit = visit_or_404(request, public_id)
    return _page(request, visit)


@staff_only(SERVE)
@require_POST
@answers_kept
def certificate_pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was left to be paid when the certificates are handed over; what was typed stays when it is refused."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    # all of them, not what is still due alone: the same button may come twice
    form = TillForm(request.POST, fees={fee_name(one): one.label for one in payments_of(visit)})
    if not form.is_valid():
        return _page(request, visit, till=form)
    try:
        certificates.settle(visit, by=user, **form.till)
    except DomainError as error:
        name = FIELDS.get(type(error))
        if name is None:
            messages.warning(request, str(error))
            return redirect("counter:certificate_done", visit.public_id)
        form.add_error(name, str(error))
        return _page(request, visit, till=form)
    messages.success(request, _("収納を記録しました。"))
    return done(redirect("counter:certificate_done", visit.public_id))


@staff_only(SERVE)
@require_POST
@answers_kept
def certificate_hand(request: HttpRequest, public_id: str) -> HttpResponse:
    """All that wait, or one of them, were handed over; with the last one, on to the next person."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    wanted = _wanted(request, visit)
    try:
        certificates.hand(visit, wanted, by=user)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("counter:certificate_done", visit.public_id)
    messages.success(request, _("交付済みにしました。"))
    if CertificateIssue.objects.filter(visit=visit, state=IssueState.WAITING).exists():
        return done(redirect("counter:certificate_done", visit.public_id))
    return done(redirect("counter:certificates"))


@staff_only(SERVE)
@require_POST
@answers_kept
def certificate_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """One certificate is not handed out after all; what was typed of the reason stays when it is refused."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    issue = get_object_or_404(CertificateIssue, visit=visit, public_id=request.POST.get("issue", ""))
    form = CancelForm(request.POST, auto_id=f"cancel-{issue.pk}-%s")
    if not form.is_valid():
        return _page(request, visit, cancelling=(issue, form))
    try:
        certificates.cancel(issue, reason=form.cleaned_data["reason"], by=user)
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("counter:certificate_done", visit.public_id)
    messages.success(request, _("取り消しました。"))
    return done(redirect("counter:certificate_done", visit.public_id))


def _wanted(request: HttpRequest, visit: Visit) -> list[CertificateIssue]:
    """Those the button names; 404 for what is none of the visit."""
    ids = set(request.POST.getlist("issue"))
    rows = [row for row in CertificateIssue.objects.filter(visit=visit) if row.public_id in ids]
    if not rows or len(rows) != len(ids):
        raise Http404
    return rows


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    cancelling: tuple[CertificateIssue, CancelForm] | None = None,
    till: TillForm | None = None,
) -> HttpResponse:
    if visit.state not in (VisitState.RECEIVED, VisitState.CLOSED):
        return to_present(visit)
    user, rows, payments = user_of(request), list(issues_of(visit)), payments_of(visit)
    if not rows and order_of(visit) is None:
        return to_present(visit)
    waiting = [row for row in rows if row.state == IssueState.WAITING]
    cancelled = [row.application_id for row in rows if row.state == IssueState.CANCELLED]
    withdrawn = [row.application_id for row in rows if row.application.state == ApplicationState.WITHDRAWN]
    told, by_hand = called_back(withdrawn), settled_by_hand(withdrawn)
    context: dict[str, Any] = till_context(user, due_of(visit), till) | {
        "rows": [
            (
                row,
                _fees(row, payments),
                _cancel_form(row, cancelling),
                told.get(row.application_id),
                row.application_id in by_hand,
            )
            for row in rows
        ],
        "waiting": waiting,
        "to_hand": [row for row in waiting if row.application_id not in withdrawn],
        "is_cancelled": bool(rows) and len(cancelled) == len(rows),
        # it was given back with the receipt: beside a refund it would be taken for that
        "change": 0 if cancelled else _change(payments),
        "refund": _paid(one for one in payments if one.application_id in cancelled),
        "paid": _paid(payments),
        "order": order_of(visit),
        "stop": stop_of(visit) if waiting else [],
        "may_rate": is_at_the_desk(visit, timezone.now()) and ratings.may_rate(visit),
        "may_invite": invitations.may_invite(visit),
    }
    refused = till or (cancelling[1] if cancelling else None)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    context |= {"form": refused, "error": _sentences(refused)}
    return show(request, "counter/desk/certificates/done.html", visit, Stage.RECEIVE, context, status=status)


def _sentences(form: Form | None) -> str:
    """What is wrong, in one line."""
    return " ".join(str(text) for texts in form.errors.values() for text in texts) if form else ""


def _fees(row: CertificateIssue, payments: list[Payment]) -> list[Payment]:
    return [one for one in payments if one.application_id == row.application_id]


def _cancel_form(row: CertificateIssue, cancelling: tuple[CertificateIssue, CancelForm] | None) -> CancelForm | None:
    if row.state != IssueState.WAITING:
        return None
    if cancelling and cancelling[0].pk == row.pk:
        return cancelling[1]
    return CancelForm(auto_id=f"cancel-{row.pk}-%s")


def _change(payments: list[Payment]) -> int:
    """What is given back of the cash that was handed over."""
    cash = [one for one in payments if one.state == PaymentState.PAID and one.method == PaymentMethod.CASH]
    return sum((one.tendered or one.amount) - one.amount for one in cash)


def _paid(payments: Iterable[Payment]) -> int:
    """What of these fees is in the till."""
    return sum(one.amount for one in payments if one.state == PaymentState.PAID)
