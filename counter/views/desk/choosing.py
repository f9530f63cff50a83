"""聞き取り: which procedures the visit is for, and why; from there to the questions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications.models import Procedure
from applications.queries.guide import public_guides
from cityhall.access import staff_only
from counter.combined import CarriedOver
from counter.enums import ACTIVE_VISITS, Origin, VisitEventKind, VisitState
from counter.models import Visit
from counter.queries.procedures import fileable, find_procedures, hindrance_of
from counter.services import visits
from counter.services.visits.choosing import CHOOSING
from counter.services.visits.filling import fill_known
from counter.views.desk.common import SERVE, attempt, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

_SHORT = 200


@staff_only(SERVE)
@never_cache
@require_safe
def visit_procedures(request: HttpRequest, public_id: str) -> HttpResponse:
    """The procedures of the visit with reasons and papers; what cannot be filed here says why."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if visit.state == VisitState.OPEN or visit.state not in ACTIVE_VISITS:
        return to_present(visit)
    now, text = timezone.now(), request.GET.get("q", "").strip()[:_SHORT]
    rows = list(visit.procedures.select_related("procedure__department").order_by("position"))
    chosen = [row for row in rows if row.dropped_at is None]
    taken = {row.procedure_id for row in chosen}
    context: dict[str, Any] = {
        "rows": [(row, hindrance_of(row.procedure, user, now)) for row in chosen],
        "dropped": [(row, hindrance_of(row.procedure, user, now)) for row in rows if row.dropped_at],
        "may_choose": visit.state in CHOOSING,
        "text": text,
        "found": [one for one in find_procedures(user, text) if one.pk not in taken],
        "events": public_guides(),
        "is_filling": visit.state == VisitState.FILLING,
    }
    return show(request, "counter/desk/procedures.html", visit, Stage.ASK, context, chosen=chosen)


@staff_only(SERVE)
@require_POST
def visit_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Procedures that staff chose themselves, with the reason."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    chosen = list(fileable(user).filter(key__in=request.POST.getlist("procedure")))
    reason = request.POST.get("reason", "").strip()[:_SHORT]
    if not chosen:
        messages.warning(request, _("追加する手続を選んでください。"))
    elif not reason:
        messages.warning(request, _("手続を追加する理由を入力してください。"))
    else:
        pairs = [(one, reason) for one in chosen]
        change(request, visit, lambda: visits.add(visit, pairs, origin=Origin.STAFF, by=user))
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def visit_drop(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Take a procedure out, with the reason."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure, reason = _of_visit(visit, key), request.POST.get("reason", "")
    change(
        request,
        visit,
        lambda: visits.drop(visit, procedure, reason=reason, by=user),
        event=VisitEventKind.PROCEDURE_DROPPED,
    )
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def visit_put_back(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Take it in again."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure = _of_visit(visit, key)
    change(request, visit, lambda: visits.put_back(visit, procedure, by=user))
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def visit_move_up(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Ask it before the one above it."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure = _of_visit(visit, key)
    move = VisitEventKind.PROCEDURE_MOVED
    change(request, visit, lambda: visits.move_up(visit, procedure, by=user), event=move)
    return redirect(f"{reverse('counter:visit_procedures', args=[visit.public_id])}#procedure-{procedure.key}")


@staff_only(SERVE)
@require_POST
def visit_begin_questions(request: HttpRequest, public_id: str) -> HttpResponse:
    """On to the questions."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if visit.state == VisitState.FILLING:
        return to_present(visit)
    if attempt(request, visit, lambda: visits.begin_questions(visit, user), event=VisitEventKind.SAVED):
        return to_present(visit)
    return redirect("counter:visit_procedures", visit.public_id)


def change(
    request: HttpRequest,
    visit: Visit,
    action: Callable[[], CarriedOver],
    *,
    event: VisitEventKind = VisitEventKind.PROCEDURE_ADDED,
) -> bool:
    """Change what the visit is for, fill in what the city knows, and say what was lost on the way."""
    done: list[CarriedOver] = []

    def act() -> None:
        done.append(action())
        if visit.state in CHOOSING:
            fill_known(visit, user_of(request))

    is_done = attempt(request, visit, act, event=event)
    lost = list(dict.fromkeys(note.label for one in done for note in one.lost))
    if lost:
        told = {"labels": "、".join(lost)}
        messages.info(request, _("外した手続だけでお聞きする内容（%(labels)s）は消えました。") % told)
    return is_done


def _of_visit(visit: Visit, key: str) -> Procedure:
    return get_object_or_404(Procedure.objects.filter(pk__in=visit.procedures.values("procedure")), key=key)
