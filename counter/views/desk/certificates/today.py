"""The certificates of today: the beginning of the next one, and what waits to be handed over."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cityhall.access import staff_only
from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.ids import public_id as new_key
from cityhall.services import audit
from counter.forms_desk import CodeForm, PlaceForm, SearchForm
from counter.keeping import keeping_of
from counter.queries.brought import brought_with
from counter.queries.certificates import over_on, waiting_of
from counter.queries.today import desk_of, ticket_at
from counter.views.desk.common import SERVE, user_of
from counter.views.desk.today import place_of_code, place_without_code

PURPOSE: Final = "purpose"
"""What a page that begins a visit says it is for."""
CERTIFICATES: Final = "certificates"


@staff_only(SERVE)
@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """Who is next, and what waits."""
    return show_certificates(request, CodeForm())


def show_certificates(request: HttpRequest, code: CodeForm, place: PlaceForm | None = None) -> HttpResponse:
    """The page; with a code that was refused, its sentence stands at the field and the code stays. Audited."""
    user, now = user_of(request), timezone.now()
    desk = desk_of(user, now)
    waiting, over = waiting_of(user), over_on(user, local_date(now))
    ticket = ticket_at(desk)
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="certificate_issue",
        detail="list",
        object_ids=[issue.public_id for one in (*waiting, *over) for issue in one.issues],
    )
    context: dict[str, Any] = {
        "keeping": keeping_of(user),
        "desk": desk,
        "ticket": ticket,
        "brings": ticket is not None and brought_with(ticket) is not None,
        "code": code,
        "place": place or place_of_code(user, desk),
        "nothing": place_without_code(user, desk),
        "search": SearchForm(auto_id="search_%s"),
        "request_key": request.POST.get("request_key") or new_key(),
        "waiting": waiting,
        "over": over,
        "purpose": CERTIFICATES,
    }
    response = render(request, "counter/desk/certificates/list.html", context)
    response["Cache-Control"] = "no-store"
    return response
