"""Papers are looked at, everything is received with one button, the numbers are handed over."""

from collections.abc import Sequence
from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.permissions import CaseRight
from applications.queries.reach import scope_for
from cityhall.access import staff_only
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from counter.enums import VisitState
from counter.forms_desk import DropForm
from counter.models import Visit
from counter.queries.certificates import is_at_the_desk, order_of, requester_of, stop_of
from counter.queries.receiving import Filed, filed_of, papers_for, prepared_of
from counter.queries.signatures import signature_in_force
from counter.queries.visits import chosen_procedures
from counter.services import invitations, ratings, visits
from counter.services.visits.receiving import NotReceived, Refusal
from counter.sheets import left_to_do
from counter.views.desk.answering import answers_kept, done
from counter.views.desk.common import SERVE, attempt, not_made, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from counter.views.desk.turning import language_of, turned

_SCORES = range(11)


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
@answers_kept
def visit_receive(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which papers were seen, what it costs, and the button that files everything."""
    visit = visit_or_404(request, public_id)
    if request.method == HTTPMethod.POST and visit.state in (VisitState.SIGNED, VisitState.RECEIVED):
        return _receive(request, visit)
    if request.method == HTTPMethod.POST:
        # received, and over by now: the same button came twice
        is_received = visit.received_at is not None
        return done(to_present(visit)) if is_received else not_made(request, visit, Stage.RECEIVE)
    return _page(request, visit) if visit.state == VisitState.SIGNED else to_present(visit)


def _receive(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = DropForm(request.POST)
    without = set(request.POST.getlist("without"))
    if without and visit.state == VisitState.SIGNED and not form.is_valid():
        # what was ticked stays on the page, to be given its reason
        ticked = tuple(Refusal(one, ()) for one in chosen_procedures(visit) if one.procedure.key in without)
        return _page(request, visit, error=str(NotReceived(ticked)), refusals=ticked, reason_form=form)
    reasons = dict.fromkeys(without, form.cleaned_data["reason"]) if without and form.is_valid() else {}
    try:
        visits.receive(visit, by=user_of(request), papers_seen=_seen(request, visit), without=reasons)
    except NotReceived as error:
        return _page(request, visit, error=str(error), refusals=error.refusals)
    except StaleState:
        return _page(request, visit, stale=True)
    except DomainError as error:
        return _page(request, visit, error=str(error))
    return done(redirect("counter:visit_received", visit.public_id))


def _seen(request: HttpRequest, visit: Visit) -> set[str]:
    """Every question that a ticked paper answers."""
    if visit.state != VisitState.SIGNED:
        return set()
    ticked = set(request.POST.getlist("paper"))
    papers = papers_for(prepared_of(visit, chosen_procedures(visit), user_of(request)))
    return {owner for paper in papers if paper.name in ticked for owner in paper.owners}


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    error: str = "",
    refusals: tuple[Refusal, ...] = (),
    reason_form: DropForm | None = None,
    stale: bool = False,
) -> HttpResponse:
    if stale:
        visit.refresh_from_db()
        if visit.state != VisitState.SIGNED:
            return done(to_present(visit)) if visit.received_at else not_made(request, visit, Stage.RECEIVE)
    chosen = chosen_procedures(visit)
    prepared = prepared_of(visit, chosen, user_of(request))
    papers = papers_for(prepared)
    context = {
        "prepared": prepared,
        "papers": papers,
        "ticked": request.POST.getlist("paper"),
        "unseen": {paper.name for paper in papers for refusal in refusals if refusal.papers & set(paper.owners)},
        "without": request.POST.getlist("without"),
        "reason": request.POST.get("reason", ""),
        "total": sum(one.total for one in prepared),
        "signature": signature_in_force(visit),
        "error": error,
        "refusals": refusals,
        "reason_form": reason_form,
        "reason_error": reason_form.errors["reason"][0] if reason_form else "",
        "order": requester_of(visit),
        "stop": stop_of(visit) if any(one.procedure.issued_at_once for one in chosen) else [],
    }
    return show(request, "counter/desk/receive.html", visit, Stage.RECEIVE, context, chosen=chosen, stale=stale)


@staff_only(SERVE)
@never_cache
@require_safe
def visit_received(request: HttpRequest, public_id: str) -> HttpResponse:
    """The numbers, what comes next, what to print; turned round, what the person reads and may answer."""
    visit = visit_or_404(request, public_id)
    is_turned = request.GET.get("facing") == "resident"
    # after the last certificate was handed over only the person may still answer
    if visit.state != VisitState.RECEIVED and not (is_turned and is_at_the_desk(visit, timezone.now())):
        return to_present(visit)
    with turned(request, language_of(visit)) as base:
        return show(request, "counter/desk/received.html", visit, Stage.RECEIVE, _told(request, visit) | base)


def _told(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What was received and what is left, in the words of the language the page is read in."""
    filed = filed_of(visit)
    # practice has no forms
    in_writing = sum(one.needs_paper for one in filed) if not visit.is_practice else 0
    return {
        "filed": filed,
        "needs_paper": in_writing,
        "needs_none": len(filed) - in_writing if not visit.is_practice else 0,
        "total": sum(one.total for one in filed),
        "owed": sum(one.owed for one in filed),
        "tills": _tills(user_of(request), filed),
        "left": list(left_to_do(visit)),
        "scores": _SCORES if ratings.may_rate(visit) else (),
        "may_invite": invitations.may_invite(visit),
        "back": end_url(visit),
    }


def _tills(user: User, filed: Sequence[Filed]) -> set[int]:
    """The cases that owe a fee somebody may take: its till stands on the page of the case."""
    scope = scope_for(user, CaseRight.RECEIVE)
    return {one.application.pk for one in filed if one.owed and scope.covers(one.application)}


def end_url(visit: Visit) -> str:
    """The page staff end a visit on."""
    name = "visit_received" if order_of(visit) is None else "certificate_done"
    return reverse(f"counter:{name}", args=[visit.public_id])


@staff_only(SERVE)
@require_POST
def visit_rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """The one question, answered on the tablet: kept with no trace of who answered."""
    visit = visit_or_404(request, public_id)
    score = request.POST.get("score", "")
    if score in map(str, _SCORES):
        ratings.rate_visit(visit, int(score))
        with translation.override(language_of(visit)):
            messages.success(request, _("ご回答ありがとうございました。職員にお渡しください。"))
    return redirect(f"{request.path.removesuffix('rate/')}?facing=resident")


@staff_only(SERVE)
@require_POST
def visit_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person goes; on to the next."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if not attempt(request, visit, lambda: visits.close(visit, user), is_so=lambda: visit.state == VisitState.CLOSED):
        return to_present(visit)
    messages.success(request, _("来庁を終えました。"))
    return redirect("counter:visits")
