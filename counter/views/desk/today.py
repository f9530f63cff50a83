"""The visits of today, and the ways in which one begins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.services import audit
from counter.enums import ACTIVE_VISITS, VisitPhase
from counter.forms_desk import CodeForm, PlaceForm, SearchForm
from counter.keeping import keeping_of
from counter.models import Visit
from counter.queries.brought import brought_with
from counter.queries.hand_overs import returned_count
from counter.queries.today import MOST_LISTED, desk_of, ticket_at, visits_of_day
from counter.views.desk.common import SERVE, user_of
from reservations.models import Desk
from reservations.queries.scope import visible_places


@staff_only(SERVE)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Who is being served, and the beginning of the next visit."""
    return show_list(request, CodeForm())


def show_list(request: HttpRequest, code: CodeForm, place: PlaceForm | None = None) -> HttpResponse:
    """The list; with a code that was refused, its sentence stands at the field and the code stays."""
    user, now = user_of(request), timezone.now()
    desk = desk_of(user, now)
    skip = _skipped(request)
    rows, ticket = visits_of_day(user, now, skip=skip), ticket_at(desk)
    if request.method != "POST":
        _record_read(user, rows)
    context: dict[str, Any] = {
        "rows": rows.like(Row(row, user) for row in rows),
        "skip": skip,
        "after": skip + MOST_LISTED,
        "desk": desk,
        "ticket": ticket,
        "brings": ticket is not None and brought_with(ticket) is not None,
        "code": code,
        "place": place or place_of_code(user, desk),
        "nothing": place_without_code(user, desk),
        "search": SearchForm(auto_id="search_%s"),
        "request_key": request.POST.get("request_key") or new_key(),
        "returned": returned_count(user),
        "keeping": keeping_of(user),
    }
    response = render(request, "counter/desk/visits.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _skipped(request: HttpRequest) -> int:
    """How many of the day stand on the pages before this one."""
    text = request.GET.get("skip", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def place_of_code(user: User, desk: Desk | None, data: Any = None) -> PlaceForm:
    """Beside the code: a list asks for a place twice, and each says what it is for."""
    return place_form(user, desk, data, label=_("コードを読み取る場所"))


def place_without_code(user: User, desk: Desk | None) -> PlaceForm:
    return place_form(user, desk, auto_id="nothing_%s", label=_("コードがない方を受け付ける場所"))


def place_form(
    user: User, desk: Desk | None, data: Any = None, *, auto_id: str = "id_%s", label: str = ""
) -> PlaceForm:
    """The places somebody serves at; where they sit is chosen."""
    places = list(visible_places(user).order_by("position", "key"))
    initial = {"place": desk.place.key if desk else ""}
    return PlaceForm(data, places=places, label=label, initial=initial, auto_id=auto_id)


class Row:
    """One line of the list."""

    def __init__(self, visit: Visit, user: User) -> None:
        self.visit = visit
        self.is_active = visit.state in ACTIVE_VISITS
        self.is_mine = visit.clerk_id == user.pk
        phase = getattr(visit, "phase", None)
        self.phase = VisitPhase(phase).label if phase else ""
        self.chosen = getattr(visit, "chosen", 0)

    @property
    def name(self) -> str:
        """Whom the visit is for, as the city has them, or as it was typed; "" while nobody knows."""
        return self.visit.resident.full_name if self.visit.resident else getattr(self.visit, "told", "")

    @property
    def is_paused(self) -> bool:
        return self.is_active and not self.phase


def _record_read(user: User, rows: list[Visit]) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="visit",
        detail="list",
        object_ids=[row.public_id for row in rows],
    )
