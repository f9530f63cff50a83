"""聞き取り: which procedures the visit is for, and why; from there to the questions."""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
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
from cityhall.models import User
from cityhall.qr import qr_inline
from cityhall.queries.city import municipality
from counter import codes
from counter.combined import CarriedOver
from counter.enums import ACTIVE_VISITS, Origin, VisitEventKind, VisitState
from counter.errors import NoSuchPrefill
from counter.forms_desk import AddForm, DropForm
from counter.models import Visit, VisitProcedure
from counter.queries.offered import is_offered
from counter.queries.procedures import fileable, find_procedures, hindrance_in, is_of_others
from counter.queries.visits import chosen_procedures
from counter.services import prefills, visits
from counter.services.prefills.keeping import last_day_of
from counter.services.visits.choosing import CHOOSING
from counter.services.visits.filling import fill_known, fill_told
from counter.views.desk.common import SERVE, attempt, is_echo, show, to_present, user_of, visit_or_404
from counter.views.desk.frame import Stage

_SHORT = 200


@staff_only(SERVE)
@never_cache
@require_safe
def visit_procedures(request: HttpRequest, public_id: str) -> HttpResponse:
    """The procedures of the visit with reasons and papers; what cannot be filed here says why."""
    visit = visit_or_404(request, public_id)
    found = find_procedures(user_of(request), request.GET.get("q", "").strip()[:_SHORT])
    return _show(request, visit, AddForm(found=found, initial={"q": request.GET.get("q", "")[:_SHORT]}))


@staff_only(SERVE)
@require_POST
def visit_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Procedures that staff chose themselves, with the reason."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    asked = fileable(user).filter(key__in=request.POST.getlist("procedure"))
    found = find_procedures(user, request.POST.get("q", "").strip()[:_SHORT])
    form = AddForm(request.POST, found=list(dict.fromkeys([*found, *asked])))
    if not form.is_valid():
        return _show(request, visit, form)
    pairs = [(one, form.cleaned_data["reason"]) for one in form.chosen]
    act = partial(visits.add, visit, pairs, origin=Origin.STAFF, by=user)
    if not change(request, visit, act, is_so=partial(is_chosen, visit, *form.chosen)):
        return _show(request, visit, form)
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def visit_drop(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Take a procedure out, with the reason."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure, form = _of_visit(visit, key), DropForm(request.POST, auto_id=f"drop-{key}-%s")
    if form.is_valid():
        token = request.POST.get("token", "")
        is_handed = codes.is_token(token) and _is_handed_on(procedure, user)
        act = partial(visits.drop, visit, procedure, reason=form.cleaned_data["reason"], by=user)
        if is_handed:
            act = partial(visits.hand_on, visit, procedure, token=token, reason=form.cleaned_data["reason"], by=user)
        if change(request, visit, act, is_so=lambda: not is_chosen(visit, procedure), is_lost=not is_handed):
            return _handed_on(request, visit, procedure, token) if is_handed else _to_procedures(visit)
    return _show(request, visit, dropping=(procedure, form))


def _to_procedures(visit: Visit) -> HttpResponse:
    return redirect("counter:visit_procedures", visit.public_id)


def _is_handed_on(procedure: Procedure, user: User) -> bool:
    """Whether another desk can go on with what was said: the code for it is made as the procedure goes."""
    return is_offered(procedure) and is_of_others(procedure, user)


def _handed_on(request: HttpRequest, visit: Visit, procedure: Procedure, token: str) -> HttpResponse:
    """The code, shown once: it is kept nowhere. The same button again shows it again."""
    try:
        kept = prefills.open_kept(token)
    except NoSuchPrefill:
        # an echo of another button, or read at the other desk already
        return _to_procedures(visit)
    context = {
        "procedure": procedure,
        "qr": qr_inline(codes.full_code(municipality().code, token)),
        "spoken": codes.written(codes.spoken_code(token)),
        "last_day": last_day_of(kept.prefill),
    }
    visit.refresh_from_db()
    return show(request, "counter/desk/handed_on.html", visit, Stage.ASK, context)


def _show(
    request: HttpRequest,
    visit: Visit,
    adding: AddForm | None = None,
    *,
    dropping: tuple[Procedure, DropForm] | None = None,
) -> HttpResponse:
    """The page, also after a button that was refused: with what was typed, and the sentence by its field.

    `dropping` is the procedure whose reason was refused, with its form.
    """
    visit.refresh_from_db()
    if visit.state == VisitState.OPEN or visit.state not in ACTIVE_VISITS:
        return to_present(visit)
    user, now = user_of(request), timezone.now()
    rows = list(visit.procedures.select_related("procedure__department").order_by("position"))
    chosen = [row for row in rows if row.dropped_at is None]
    form = adding or AddForm(found=[])
    form.leave_out(row.procedure.key for row in chosen)
    tokens = {row.pk: codes.new_token() for row in chosen if _is_handed_on(row.procedure, user)}
    asked = dropping[1] if dropping else form
    context: dict[str, Any] = {
        "rows": [
            (row, hindrance_in(visit, row.procedure, user, now), _drop_form(row, dropping), tokens.get(row.pk))
            for row in chosen
        ],
        "dropped": [(row, hindrance_in(visit, row.procedure, user, now)) for row in rows if row.dropped_at],
        "may_choose": visit.state in CHOOSING,
        "adding": form,
        "text": form["q"].value() or "",
        "found": list(form.found.values()),
        "asked": asked,
        "events": public_guides(),
        "is_filling": visit.state == VisitState.FILLING,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked.errors else HTTPStatus.OK
    return show(request, "counter/desk/procedures.html", visit, Stage.ASK, context, chosen=chosen, status=status)


def _drop_form(row: VisitProcedure, dropping: tuple[Procedure, DropForm] | None) -> DropForm:
    if dropping and dropping[0].pk == row.procedure_id:
        return dropping[1]
    return DropForm(auto_id=f"drop-{row.procedure.key}-%s")


@staff_only(SERVE)
@require_POST
def visit_put_back(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Take it in again."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure = _of_visit(visit, key)
    act = partial(visits.put_back, visit, procedure, by=user)
    change(request, visit, act, is_so=partial(is_chosen, visit, procedure))
    return redirect("counter:visit_procedures", visit.public_id)


@staff_only(SERVE)
@require_POST
def visit_move_up(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Ask it before the one above it."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    procedure = _of_visit(visit, key)
    is_so = partial(is_echo, visit, VisitEventKind.PROCEDURE_MOVED, by=user, detail=procedure.key)
    change(request, visit, lambda: visits.move_up(visit, procedure, by=user), is_so=is_so)
    return redirect(f"{reverse('counter:visit_procedures', args=[visit.public_id])}#procedure-{procedure.key}")


@staff_only(SERVE)
@require_POST
def visit_begin_questions(request: HttpRequest, public_id: str) -> HttpResponse:
    """On to the questions."""
    visit, user = visit_or_404(request, public_id), user_of(request)
    if visit.state == VisitState.FILLING:
        return to_present(visit)
    if attempt(
        request, visit, lambda: visits.begin_questions(visit, user), is_so=lambda: visit.state == VisitState.FILLING
    ):
        return to_present(visit)
    return redirect("counter:visit_procedures", visit.public_id)


def change(
    request: HttpRequest,
    visit: Visit,
    action: Callable[[], CarriedOver],
    *,
    is_so: Callable[[], bool],
    told: Mapping[str, str] | None = None,
    is_lost: bool = True,
) -> bool:
    """Change what the visit is for, fill in what the city knows and what a guide was told (by concept), and say what
    was lost on the way (`attempt`), unless it was kept elsewhere."""
    done: list[CarriedOver] = []

    def act() -> None:
        done.append(action())
        if visit.state in CHOOSING:
            # who was just asked comes before the record, as at home
            if told:
                fill_told(visit, told, user_of(request))
            fill_known(visit, user_of(request))

    is_done = attempt(request, visit, act, is_so=is_so)
    lost = list(dict.fromkeys(note.label for one in done for note in one.lost))
    if lost and is_lost:
        labels = {"labels": "、".join(lost)}
        messages.info(request, _("外した手続だけでお聞きする内容（%(labels)s）は消えました。") % labels)
    return is_done


def is_chosen(visit: Visit, *procedures: Procedure) -> bool:
    """Whether the visit is for all of them."""
    chosen = {one.procedure_id for one in chosen_procedures(visit)}
    return all(one.pk in chosen for one in procedures)


def _of_visit(visit: Visit, key: str) -> Procedure:
    return get_object_or_404(Procedure.objects.filter(pk__in=visit.procedures.values("procedure")), key=key)
