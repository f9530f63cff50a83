"""Everything is read before it is signed: by staff, and by the resident on the tablet turned round."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.errors import StaleState
from counter.entries import Entries
from counter.enums import VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.reviews import Reading
from counter.queries.sources import given_of
from counter.queries.veils import veiled_of
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits.signing import StillWrong
from counter.views.desk.answering import answers_kept, done, refused_for
from counter.views.desk.common import SERVE, attempt, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage
from counter.views.desk.turning import language_of
from reservations.hall.languages import JAPANESE

_ANSWERS = {"wrong": True, "right": False}


@staff_only(SERVE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@answers_kept
def visit_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every answer with 「ちがいます」, what will be filed, and what it costs."""
    visit = visit_or_404(request, public_id)
    if request.method == "POST":
        return _receive(request, visit)
    if visit.state != VisitState.REVIEWING:
        return to_present(visit)
    is_turned = request.GET.get("facing") == "resident"
    if not is_turned:
        return _show(request, visit, is_turned=False)
    with translation.override(language_of(visit)):
        return _show(request, visit, is_turned=True)


@staff_only(SERVE)
@require_POST
def visit_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Back to the questions; the marks stay."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    back = VisitState.FILLING
    attempt(request, visit, lambda: visits.back_to_questions(visit, user), is_so=lambda: visit.state == back)
    return to_present(visit)


def _receive(request: HttpRequest, visit: Visit) -> HttpResponse:
    """One answer is wrong, or is right after all, or everything is as it should be."""
    user = user_of(request)
    action, _colon, argument = request.POST.get("action", "").partition(":")
    if action in _ANSWERS:
        # where on the page it was touched: an answer may stand there once for each procedure
        path, _colon, place = argument.partition(":")
        is_wrong = _ANSWERS[action]
        is_kept = attempt(
            request,
            visit,
            lambda: visits.dispute(visit, path=path, is_wrong=is_wrong, by=user),
            is_so=lambda: visit.state == VisitState.REVIEWING and (path in visit.marks) == is_wrong,
        )
        answer = redirect(f"{_here(request, visit)}#answer-{path}-{place[:3]}")
        return done(answer) if is_kept else answer
    if visit.state != VisitState.REVIEWING:
        return refused_for(to_present(visit), StaleState())
    if action == "fine" and not visit.marks:
        return done(redirect("counter:visit_sign", visit.public_id))
    if action == "fine":
        with translation.override(language_of(visit)):
            messages.warning(request, str(StillWrong()))
        return redirect(_here(request, visit))
    return to_present(visit)


def _here(request: HttpRequest, visit: Visit) -> str:
    query = request.GET.urlencode()
    address = reverse("counter:visit_review", args=[visit.public_id])
    return f"{address}?{query}" if query else address


def _show(request: HttpRequest, visit: Visit, *, is_turned: bool) -> HttpResponse:
    chosen = chosen_procedures(visit)
    language = language_of(visit) if is_turned else JAPANESE
    combined = combined_of(chosen, at_desk=True, language="" if language == JAPANESE else language)
    user = user_of(request)
    veiled = veiled_of(visit, combined, user)
    reading = Reading(chosen, combined, Entries.of(visit), given_of(visit, combined, user), veiled)
    by = "procedure" if request.GET.get("by") == "procedure" else "person"
    context = {
        "sheets": reading.by_person() if by == "person" else reading.by_procedure(),
        "by": by,
        "chosen": [(one, reading.fee_of(one)) for one in chosen],
        "fee_total": reading.fee_total,
        "papers": reading.papers(),
        "is_turned": is_turned,
        "base": "counter/desk/facing.html" if is_turned else "counter/desk/base.html",
    }
    return show(request, "counter/desk/review.html", visit, Stage.REVIEW, context, chosen=chosen)
