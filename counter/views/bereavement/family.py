"""What a family sees: what the corner is, its booking, the questions, what to bring."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.guide import guide_of
from applications.queries.guide import papers_of
from applications.views.guide.answers import kept
from cityhall import guests
from cityhall.access import public
from cityhall.errors import DomainError
from counter.bereavement.enums import READY, BereavementState
from counter.bereavement.walk import Walk
from counter.models import Bereavement, BereavementCorner
from counter.queries.bereavements import advice_of, corner_of, corners, is_given_up
from counter.services import bereavements
from counter.services.bereavements.defaults import GUIDANCE
from counter.views.bereavement.asking import ask, look_over
from reservations.codes import PURPOSE
from reservations.enums import ReservationState
from reservations.models import Reservation
from reservations.queries.own import SHOWN, WITH, own_reservations, spot_of
from reservations.views.own import own_or_404, person

_BOTH = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST]


@public
@never_cache
@require_safe
def bereavement_start(request: HttpRequest) -> HttpResponse:
    """What the corner does, what to bring, how to book; the bookings this browser or person has."""
    found = list(corners())
    context = {"corners": found, "own": _own_bookings(request, found), "guidance": GUIDANCE}
    return render(request, "counter/bereavement/start.html", context)


@public
@never_cache
@require_http_methods(_BOTH)
def bereavement_own(request: HttpRequest, public_id: str) -> HttpResponse:
    """The booking and what is still to be answered. A POST, also the last one of booking, begins with the questions."""
    reservation, corner = _own(request, public_id)
    row = Bereavement.objects.select_related("guide", "reservation").filter(reservation=reservation).first()
    if request.method == HTTPMethod.POST:
        is_new = row is None or row.state == BereavementState.WITHDRAWN
        if is_new and reservation.state == ReservationState.BOOKED:
            row = bereavements.begin(reservation, corner, values=_from_guide(request, corner), by=person(request))
        if row is not None and row.state == BereavementState.DRAFT:
            return redirect("counter:bereavement_page", public_id, 1)
        return redirect("counter:bereavement_own", public_id)
    advice = advice_of(row, timezone.now()) if row and row.state in READY else []
    context: dict[str, Any] = {
        "reservation": reservation,
        "spot": spot_of(reservation),
        "row": row,
        "is_given_up": reservation.state == ReservationState.CANCELLED or (row is not None and is_given_up(row)),
        "is_ready": row is not None and row.state in READY,
        "papers": list(papers_of(one for one in advice if one.task.result.office.department)),
        "keys": [one.procedure.key for one in advice if one.has_form and one.procedure],
    }
    return render(request, "counter/bereavement/own.html", context)


@public
@never_cache
@require_http_methods(_BOTH)
def bereavement_page(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One page of questions."""
    return ask(request, _walk(request, public_id), number)


@public
@never_cache
@require_http_methods(_BOTH)
def bereavement_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything once more, then it is sent."""
    return look_over(request, _walk(request, public_id))


@public
@require_POST
def bereavement_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the answers back; the booking stays."""
    walk = _walk(request, public_id)
    try:
        bereavements.withdraw(walk.row, by=walk.by)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("お知らせいただいた内容を消しました。予約はそのまま残っています。"))
    return redirect("counter:bereavement_own", public_id)


def _own(request: HttpRequest, public_id: str) -> tuple[Reservation, BereavementCorner]:
    """A booking of the corner that is this person's; 404 for every other."""
    reservation = own_or_404(request, public_id)
    corner = corner_of(reservation)
    if corner is None:
        raise Http404
    return reservation, corner


def _walk(request: HttpRequest, public_id: str) -> Walk:
    reservation, _corner = _own(request, public_id)
    row = Bereavement.objects.select_related("guide", "reservation__place").filter(reservation=reservation).first()
    if row is None or row.wiped_at is not None:
        raise Http404
    return Walk(row, person(request))


def _from_guide(request: HttpRequest, corner: BereavementCorner) -> dict[str, Any]:
    """What this browser answered in the guide already: nobody is asked twice."""
    event = corner.life_event
    if event.current_guide is None or not event.is_guide_public:
        return {}
    return kept(request.session, event.key, guide_of(event.current_guide).form).values


def _own_bookings(request: HttpRequest, found: list[BereavementCorner]) -> list[Reservation]:
    """Bookings of the corner to come. Two queries."""
    held = guests.held(request.session, PURPOSE)
    services = [one.service_id for one in found]
    shown = Reservation.objects.filter(public_id__in=held, state__in=SHOWN).select_related(*WITH)
    rows = {row.pk: row for row in shown if held[row.public_id] == row.secret_version}
    if (user := person(request)) is not None:
        rows |= {row.pk: row for row in own_reservations(user).filter(service__in=services)}
    now = timezone.now()
    coming = [row for row in rows.values() if row.service_id in services and row.ends_at > now]
    return sorted((row for row in coming if row.state == ReservationState.BOOKED), key=lambda row: row.starts_at)
