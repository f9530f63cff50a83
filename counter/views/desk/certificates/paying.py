"""What it costs, how it is paid, and the one button that files, charges and sends to the issuing terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from applications.enums import PaymentState
from applications.models import Procedure
from applications.permissions import CaseRight
from applications.queries.fees import own_tills
from applications.queries.reach import scope_for
from applications.services.casework import NotAllowed, ReasonMissing
from applications.services.fees import AmountChanged, BadPayment
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from cityhall.ids import public_id as new_key
from cityhall.models import User
from counter.enums import VisitState
from counter.forms_certificates import AT_THE_TILL, TillForm
from counter.models import Visit
from counter.queries.certificates import order_of, payments_of
from counter.queries.receiving import owner_name, papers_for, prepared_of
from counter.queries.signatures import signature_in_force
from counter.queries.visits import chosen_procedures
from counter.services import certificates
from counter.services.certificates import fee_name
from counter.services.visits.receiving import NotReceived, Refusal
from counter.views.desk.common import SERVE, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

_FIELDS: dict[type[DomainError], str] = {
    BadPayment: "tendered",
    NotAllowed: "waive",
    ReasonMissing: "waive_reason",
}
"""Where the sentence of a refusal stands."""


@dataclass(frozen=True)
class Fee:
    """One fee of the page, whether there is a row of it yet or not."""

    name: str
    procedure: Procedure
    label: str
    amount: int


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def certificate_receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Filed, paid, on its way to the terminal: all at once, or nothing."""
    visit = visit_or_404(request, public_id)
    if order_of(visit) is None or visit.state not in (VisitState.SIGNED, VisitState.RECEIVED):
        return to_present(visit)
    if request.method == HTTPMethod.POST:
        return _receive(request, visit)
    return _page(request, visit) if visit.state == VisitState.SIGNED else to_present(visit)


@staff_only(SERVE)
@require_POST
def certificate_pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was left to be paid when the certificates are handed over."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    form = TillForm(request.POST, fees={one.name: one.label for one in due_of(visit)})
    if form.is_valid():
        try:
            certificates.settle(visit, by=user, **form.till)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("収納を記録しました。"))
    else:
        messages.warning(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("counter:certificate_done", visit.public_id)


def due_of(visit: Visit) -> list[Fee]:
    """What is still due of what a visit filed."""
    return [
        Fee(fee_name(one), one.application.procedure, one.label, one.amount)
        for one in payments_of(visit)
        if one.state == PaymentState.DUE
    ]


def till_context(user: User, fees: Sequence[Fee], form: TillForm | None = None) -> dict[str, Any]:
    """What `counter/desk/certificates/_till.html` shows."""
    total = sum(one.amount for one in fees)
    initial = {"seen_total": total, "request_key": new_key()}
    may_waive = bool(fees) and all(scope_for(user, CaseRight.PROCESS).covers_procedure(one.procedure) for one in fees)
    return {
        "fees": fees,
        "total": total,
        "till": form or TillForm(initial=initial, fees={one.name: one.label for one in fees}),
        "ways": AT_THE_TILL[1:],
        "has_till": bool(own_tills(user)),
        "may_waive": may_waive,
        "total_now": total,
    }


def _receive(request: HttpRequest, visit: Visit) -> HttpResponse:
    user = user_of(request)
    papers, fees = _papers_and_fees(visit, user)
    form = TillForm(request.POST, fees={one.name: one.label for one in fees})
    if not form.is_valid():
        return _page(request, visit, form=form)
    ticked = set(request.POST.getlist("paper"))
    papers_seen = {owner for paper in papers if paper.name in ticked for owner in paper.owners}
    try:
        certificates.receive(visit, by=user, papers_seen=papers_seen, **form.till)
    except NotReceived as error:
        return _page(request, visit, form=form, error=str(error), refusals=error.refusals)
    except AmountChanged as error:
        return _page(request, visit, error=str(error))
    except StaleState:
        return _page(request, visit, stale=True)
    except DomainError as error:
        if name := _FIELDS.get(type(error)):
            form.add_error(name, str(error))
        return _page(request, visit, form=form, error="" if name else str(error))
    return redirect("counter:certificate_done", visit.public_id)


def _papers_and_fees(visit: Visit, user: User) -> tuple[list[Any], list[Fee]]:
    if visit.state != VisitState.SIGNED:
        return [], due_of(visit)
    prepared = prepared_of(visit, chosen_procedures(visit), user)
    fees = [
        Fee(owner_name(one.chosen.procedure.key, fee.key), one.chosen.procedure, fee.label, fee.amount)
        for one in prepared
        for fee in one.fees
    ]
    return papers_for(prepared), fees


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    form: TillForm | None = None,
    error: str = "",
    refusals: Sequence[Refusal] = (),
    stale: bool = False,
) -> HttpResponse:
    visit.refresh_from_db()
    if visit.state != VisitState.SIGNED:
        return to_present(visit)
    user = user_of(request)
    papers, fees = _papers_and_fees(visit, user)
    context = till_context(user, fees, form) | {
        "papers": papers,
        "ticked": request.POST.getlist("paper"),
        "signature": signature_in_force(visit),
        "error": error,
        "refusals": refusals,
    }
    is_wrong = bool(error or refusals or (form and form.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    template = "counter/desk/certificates/receive.html"
    return show(request, template, visit, Stage.RECEIVE, context, stale=stale, status=status)
