"""Going on at another desk, a pause, the end."""

from functools import partial
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.models import User
from counter.enums import ACTIVE_VISITS, VisitEventKind, VisitState
from counter.models import Visit
from counter.services import visits
from counter.services.visits.drafting import LEFT_WITH_DRAFTS, Kept
from counter.services.visits.leaving import LEFT
from counter.views.desk.common import SERVE, attempt, is_echo, present_url, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

_STAGES = {
    VisitState.OPEN: Stage.IDENTIFY,
    VisitState.IDENTIFIED: Stage.ASK,
    VisitState.FILLING: Stage.ASK,
    VisitState.REVIEWING: Stage.REVIEW,
    VisitState.SIGNED: Stage.SIGN,
}


@staff_only(SERVE)
@require_safe
def visit(request: HttpRequest, public_id: str) -> HttpResponse:
    """To the page of the state the visit is in."""
    return redirect(present_url(visit_or_404(request, public_id)))


@staff_only(SERVE)
@require_POST
def visit_take_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go on with a colleague's visit."""
    row, user = visit_or_404(request, public_id), user_of(request)
    if attempt(request, row, lambda: visits.take_over(row, user), is_so=lambda: row.clerk_id == user.pk):
        messages.success(request, _("担当を引き継ぎました。"))
    return to_present(row)


@staff_only(SERVE)
@require_POST
def visit_resume(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person is back."""
    row, user = visit_or_404(request, public_id), user_of(request)
    is_so = partial(is_echo, row, VisitEventKind.RESUMED, by=user)
    attempt(request, row, lambda: visits.resume(row, user), is_so=is_so)
    return to_present(row)


@staff_only(SERVE)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def visit_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The resident leaves half-way: what happens to what was entered is theirs to choose."""
    row, user = visit_or_404(request, public_id), user_of(request)
    if row.state not in ACTIVE_VISITS:
        return to_present(row)
    choice, context = (
        request.POST.get("keep", ""),
        {"may_draft": visits.may_draft(row), "may_paper": visits.may_paper(row)},
    )
    if choice == "drafts" and context["may_draft"]:
        return _leave_with_drafts(request, row, user)
    if request.method != HTTPMethod.POST or choice not in ("yes", "no"):
        return show(request, "counter/desk/leave.html", row, _STAGES[VisitState(row.state)], context)
    keep = choice == "yes"
    event, detail = (VisitEventKind.PAUSED, "") if keep else (VisitEventKind.CLOSED, LEFT)
    is_so = partial(is_echo, row, event, by=user, detail=detail)
    if not attempt(request, row, lambda: visits.leave(row, keep=keep, by=user), is_so=is_so):
        return redirect("counter:visit_leave", row.public_id)
    if keep:
        messages.success(request, _("中断しました。今日のうちは、来庁の一覧から続けられます。"))
    else:
        messages.success(request, _("来庁を終え、入力された内容を消去しました。"))
    return redirect("counter:visits")


def _leave_with_drafts(request: HttpRequest, row: Visit, user: User) -> HttpResponse:
    """Home with drafts; what cannot go on online is named with the sentence why."""
    done: list[Kept] = []
    is_so = partial(is_echo, row, VisitEventKind.CLOSED, by=user, detail=LEFT_WITH_DRAFTS)
    if not attempt(request, row, lambda: done.append(visits.leave_with_drafts(row, by=user)), is_so=is_so):
        return redirect("counter:visit_leave", row.public_id)
    for kept in done:
        count = {"count": len(kept.drafts)}
        messages.success(request, _("%(count)s件を、ご本人の下書きに残しました。来庁は終わりました。") % count)
        for name, sentence in kept.refused:
            told = {"name": name, "sentence": sentence}
            messages.warning(request, _("「%(name)s」は下書きにできませんでした。%(sentence)s") % told)
    return redirect("counter:visits")


@staff_only(SERVE)
@never_cache
@require_safe
def visit_closed(request: HttpRequest, public_id: str) -> HttpResponse:
    """What is over, and what became of it."""
    row = visit_or_404(request, public_id)
    if row.state != VisitState.CLOSED:
        return to_present(row)
    filed = row.procedures.exclude(application=None).select_related("procedure", "application").order_by("position")
    return show(request, "counter/desk/closed.html", row, Stage.RECEIVE, {"filed": filed})
