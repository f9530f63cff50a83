"""The ways in which a visit begins: a code, the number at the desk, a reservation, a resident, or nothing."""

from contextlib import suppress
from http import HTTPMethod, HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.ids import public_id as new_key
from cityhall.models import User
from cityhall.services import audit
from counter.forms_desk import CodeForm, PlaceForm, SearchForm
from counter.models import Visit
from counter.queries.brought import brought_among
from counter.queries.today import desk_of, find_people, find_reservations, ticket_at
from counter.services import certificates, visits
from counter.views.desk.certificates.today import CERTIFICATES, PURPOSE, show_certificates
from counter.views.desk.common import SERVE, to_present, user_of
from counter.views.desk.today import place_form, place_of_code, show_list
from reservations.enums import TicketState
from reservations.models import Reservation
from reservations.queries.queue import tickets_today
from reservations.queries.scope import is_in_charge, visible_reservations
from reservations.services import queue
from residents.models import Resident
from residents.queries import visible_address

_FIND = (SERVE, "residents.view_resident")


@staff_only(SERVE)
@require_POST
def visit_start_code(request: HttpRequest) -> HttpResponse:
    """What the scanner sent, or ten digits; every refusal in its own words, what was typed stays."""
    user, now = user_of(request), timezone.now()
    form, desk = CodeForm(request.POST), desk_of(user, now)
    place = place_of_code(user, desk, request.POST)
    where = place.chosen
    if not form.is_valid() or where is None:
        return _list(request, form, place)
    try:
        visit = visits.start_with_code(
            text=form.cleaned_data["code"],
            place=where,
            by=user,
            request_key=_key(request),
            ticket=ticket_at(desk),
        )
    except DomainError as error:
        form.add_error("code", str(error))
        return _list(request, form, place)
    return _go_on(request, visit)


@staff_only(SERVE)
@require_POST
def visit_start(request: HttpRequest) -> HttpResponse:
    """Somebody stands there: with a number at a desk, with a reservation, known by a search, or with nothing."""
    user = user_of(request)
    known = _known(request, user)
    place = known.pop("place", None) or place_form(user, desk_of(user, timezone.now()), request.POST).chosen
    if place is None:
        messages.warning(request, _("担当する場所がないため、手続を始められません。管理者にご確認ください。"))
        return redirect("counter:visits")
    visit = visits.start(place=place, by=user, request_key=_key(request), **known)
    return _go_on(request, visit)


@staff_only(*_FIND)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def visit_find(request: HttpRequest) -> HttpResponse:
    """Residents and today's reservations. What is looked for is sent in the form, never in an address; audited."""
    user, now = user_of(request), timezone.now()
    form = SearchForm(request.POST or None)
    people: list[Resident] = []
    reservations: list[Reservation] = []
    if form.is_valid():
        text = form.cleaned_data["text"]
        people, reservations = find_people(text), find_reservations(user, text, now)
        audit.record(
            action=AuditAction.SEARCH,
            actor=user,
            target_type="resident",
            detail="visit",
            object_ids=[*(one.public_id for one in people), *(one.public_id for one in reservations)],
        )
    brought = brought_among(reservations)
    context: dict[str, Any] = {
        "form": form,
        "is_asked": form.is_bound and form.is_valid(),
        "people": [(one, visible_address(one, to=user)) for one in people],
        "reservations": [(one, one.pk in brought) for one in reservations],
        "place": place_form(user, desk_of(user, now), request.POST if "place" in request.POST else None),
        "request_key": new_key(),
        "purpose": request.POST.get(PURPOSE, ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "counter/desk/find.html", context, status=status)


def _go_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    """To the first page; a visit that was begun for certificates is served the short way, where it can be."""
    _serve(visit, user_of(request))
    if request.POST.get(PURPOSE) == CERTIFICATES:
        try:
            certificates.begin(visit)
        except StaleState:
            # somebody is further already: to where it stands
            pass
        except DomainError as error:
            messages.info(request, str(error))
    return to_present(visit)


def _serve(visit: Visit, user: User) -> None:
    """Whose number was called has come: the clock of the desk begins with the visit, without a second button."""
    if visit.ticket is None or visit.ticket.state != TicketState.CALLED:
        return
    # called to another desk, or moved on meanwhile: the visit goes on all the same
    with suppress(DomainError):
        queue.start(ticket=visit.ticket, by=user)


def _list(request: HttpRequest, form: CodeForm, place: PlaceForm) -> HttpResponse:
    """The page the code was read on, with what was wrong with it."""
    show = show_certificates if request.POST.get(PURPOSE) == CERTIFICATES else show_list
    return show(request, form, place)


def _known(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the button says of who stands there; 404 for what this person may not see."""
    data = request.POST
    if ticket_id := data.get("ticket"):
        return _of_ticket(user, ticket_id)
    if reservation_id := data.get("reservation"):
        reservation = get_object_or_404(visible_reservations(user), public_id=reservation_id)
        return {"place": reservation.place, "reservation": reservation, "resident": reservation.resident}
    if resident_id := data.get("resident"):
        if not user.has_perms(_FIND):
            raise Http404
        return {"resident": get_object_or_404(Resident, public_id=resident_id, merged_into=None)}
    return {}


def _of_ticket(user: User, public_id: str) -> dict[str, Any]:
    """A number of today at the place where somebody sits; who booked is known to those in charge of the service."""
    now = timezone.now()
    desk = desk_of(user, now)
    if desk is None:
        raise Http404
    rows = tickets_today(desk.place, now).select_related("reservation__resident", "group__department", "place")
    ticket = get_object_or_404(rows, public_id=public_id)
    known: dict[str, Any] = {"place": desk.place, "ticket": ticket, "language": ticket.language}
    if ticket.reservation is not None and is_in_charge(user, ticket.group, ticket.place):
        known |= {"reservation": ticket.reservation, "resident": ticket.reservation.resident}
    return known


def _key(request: HttpRequest) -> str:
    """Of the page that was shown: pressed twice, it is one visit."""
    return request.POST.get("request_key") or new_key()
