"""What every page of a visit does: find the visit, hold on to what was seen, stand in the frame."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.db import number_in
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.registry import shown_panels, visit_panels
from cityhall.services import audit
from counter.enums import VisitEventKind, VisitState
from counter.keeping import keeping_of
from counter.models import Visit, VisitEvent, VisitProcedure
from counter.queries.certificates import order_of
from counter.queries.compared import is_unjudged
from counter.queries.visits import visible_visit
from counter.views.desk.answering import refused_for
from counter.views.desk.frame import Frame, Stage

SERVE = "counter.serve_visitor"
_PAGES = {
    VisitState.OPEN: "visit_identify",
    VisitState.IDENTIFIED: "visit_procedures",
    VisitState.FILLING: "visit_missing",
    VisitState.REVIEWING: "visit_review",
    VisitState.SIGNED: "visit_receive",
    VisitState.RECEIVED: "visit_received",
    VisitState.CLOSED: "visit_closed",
}
"""The page of each state; while it is filled in, what is still to be asked."""
_CERTIFICATE_PAGES = {
    VisitState.IDENTIFIED: "certificate",
    VisitState.FILLING: "certificate",
    VisitState.REVIEWING: "certificate_sign",
    VisitState.SIGNED: "certificate_receive",
    VisitState.RECEIVED: "certificate_done",
}
"""The pages of a visit that is for certificates alone, where they are others."""


def user_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def visit_or_404(request: HttpRequest, public_id: str) -> Visit:
    """A visit at a place where the member of staff serves; 404 for every other.

    A form sends the `revision` it was made from: the visit is given that one, so that whatever a service does with
    it is conditional on what the person at the screen saw (StaleState).
    """
    visit = visible_visit(user_of(request), public_id)
    if visit is None:
        raise Http404
    if request.method == "POST":
        visit.revision = number_in(request.POST.get("revision", "")) or 0
    return visit


def present_url(visit: Visit) -> str:
    """The page of the state the visit is in; the identification once more where answers came after it that differ."""
    state = VisitState(visit.state)
    if is_unjudged(visit):
        return reverse("counter:visit_identify", args=[visit.public_id])
    page = _CERTIFICATE_PAGES.get(state, _PAGES[state]) if order_of(visit) else _PAGES[state]
    return reverse(f"counter:{page}", args=[visit.public_id])


def to_present(visit: Visit) -> HttpResponse:
    """On to wherever the visit stands now, at once: by way of its own address every button cost a page more.

    Where somebody else has moved it meanwhile, the page it leads to looks at it afresh and leads on.
    """
    return redirect(present_url(visit))


def not_made(request: HttpRequest, visit: Visit, stage: Stage, *, base: str = "counter/desk/base.html") -> HttpResponse:
    """What was sent came when the visit stood elsewhere, and nothing came of it: 409 with the way on.

    No redirect: who pressed the button would take it for done.
    """
    visit.refresh_from_db()
    words = _("いま送った内容は、反映していません。来庁の状態が先に変わっていました。")
    context = {"base": base, "said": words, "error": words}
    return show(request, "counter/desk/not_made.html", visit, stage, context, status=HTTPStatus.CONFLICT)


def show(
    request: HttpRequest,
    template: str,
    visit: Visit,
    stage: Stage,
    context: dict[str, Any] | None = None,
    *,
    chosen: Sequence[VisitProcedure] | None = None,
    stale: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """A page in the frame. Reading a person's data is audited.

    `chosen` are the procedures, where the page has read them. `stale`: somebody else was faster; the page says so,
    keeps what `context` brings of what was typed, and its form is made from the visit as it is now.
    """
    user = user_of(request)
    if stale:
        visit.refresh_from_db()
        status = HTTPStatus.CONFLICT
    if request.method != "POST":
        _record_read(visit, user, stage)
    page = {
        "keeping": keeping_of(user),
        "visit": visit,
        "frame": Frame(visit, user, stage, chosen=None if stale else chosen),
        "panels": shown_panels(visit_panels, request, visit),
        "stale": str(StaleState()) if stale else "",
    }
    response = render(request, template, page | (context or {}), status=status)
    response["Cache-Control"] = "no-store"
    return refused_for(response, page["stale"], (context or {}).get("error"))


def attempt(request: HttpRequest, visit: Visit, action: Callable[[], object], *, is_so: Callable[[], bool]) -> bool:
    """Do it, and say a refusal in its own words; for buttons, whose page is shown again as it is now.

    The same button pressed twice: the second finds that what it asks for is so already. `is_so` is asked that of the
    visit read anew; another button of the same kind, pressed on the same old page, is refused and told so.
    """
    try:
        action()
    except StaleState as error:
        visit.refresh_from_db()
        if not is_so():
            messages.warning(request, str(error))
            return False
    except DomainError as error:
        messages.warning(request, str(error))
        return False
    return True


def is_echo(visit: Visit, event: VisitEventKind, *, by: User, detail: str = "") -> bool:
    """Whether the last thing that happened is what this person asks for once more: a double tap, no conflict.

    For what leaves nothing in the visit that one could ask instead. `detail` is what the event says of it.
    """
    last = VisitEvent.objects.filter(visit=visit).order_by("-id").first()
    return last is not None and (last.kind, last.actor_id, last.detail) == (event, by.pk, detail)


def _record_read(visit: Visit, user: User, stage: Stage) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="visit",
        target_id=visit.public_id,
        detail=stage,
        object_ids=[visit.resident.public_id] if visit.resident else [],
    )
