"""What it costs, how it is paid, and the one button that files, charges and sends to the issuing terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

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
from counter.queries.certificates import order_of, payments_of, stop_of
from counter.queries.receiving import owner_name, papers_for, prepared_of
from counter.queries.signatures import signature_in_force
from counter.queries.visits import chosen_procedures
from counter.services import certificates
from counter.services.certificates import fee_name
from counter.services.visits.receiving import NotReceived, Refusal
from counter.views.desk.answering import answers_kept, done
from counter.views.desk.common import SERVE, not_made, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

FIELDS: dict[type[DomainError], str] = {
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
@answers_kept
def certificate_receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Filed, paid, on its way to the terminal: all at once, or nothing."""
    visit = visit_or_404(request, public_id)
    if order_of(visit) is None:
        return to_present(visit)
    if request.method == HTTPMethod.POST:
        is_late = visit.state != VisitState.SIGNED and visit.received_at is None
        return not_made(request, visit, Stage.RECEIVE) if is_late else _receive(request, visit)
    return _page(request, visit) if visit.state == VisitState.SIGNED else to_present(visit)


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
    # what was filed already as well, due or not: the same button may come twice
    names = {one.name: one.label for one in fees} | {fee_name(one): one.label for one in payments_of(visit)}
    form = TillForm(request.POST, fees=names)
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
    except StaleState as error:
        return _page(request, visit, stale=str(error))
    except DomainError as error:
        if name := FIELDS.get(type(error)):
            form.add_error(name, str(error))
        return _page(request, visit, form=form, error="" if name else str(error))
    return done(redirect("counter:certificate_done", visit.public_id))


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


def _elsewhere(request: HttpRequest, visit: Visit, error: str) -> HttpResponse:
    """The visit went on meanwhile: to where it stands, with what came of the button."""
    if request.method == HTTPMethod.POST:
        messages.warning(request, error or str(StaleState()))
    return to_present(visit)


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    form: TillForm | None = None,
    error: str = "",
    refusals: Sequence[Refusal] = (),
    stale: str = "",
) -> HttpResponse:
    visit.refresh_from_db()
    if visit.state != VisitState.SIGNED:
        return _elsewhere(request, visit, error or stale)
    user = user_of(request)
    papers, fees = _papers_and_fees(visit, user)
    context = till_context(user, fees, form) | {
        "papers": papers,
        "ticked": request.POST.getlist("paper"),
        "signature": signature_in_force(visit),
        "error": error,
        "refusals": refusals,
        "order": order_of(visit),
        "stop": stop_of(visit),
    }
    is_wrong = bool(error or refusals or (form and form.errors))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    template = "counter/desk/certificates/receive.html"
    return show(request, template, visit, Stage.RECEIVE, context, stale=bool(stale), status=status)
