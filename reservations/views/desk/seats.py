"""Sitting down, breaks, and getting up."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cityhall.access import staff_only
from cityhall.enums import DeviceKind
from cityhall.errors import DomainError
from cityhall.machines import device_of
from cityhall.models import User
from reservations.errors import DeskTaken
from reservations.models import Desk, DeskAlarm, DeskSession
from reservations.queries.desks import desks_for, seat_of
from reservations.services import desks

SERVE = "reservations.serve_desk"


def user_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def attempt(request: HttpRequest, action: Callable[[], object]) -> bool:
    """Do it; a refusal is said in its own words, because the page is shown again as it is now."""
    try:
        action()
    except DomainError as error:
        messages.warning(request, str(error))
        return False
    return True


def choose(request: HttpRequest, user: User) -> HttpResponse:
    """The desks somebody may sit down at; on a paired tablet its own desk stands first."""
    found = list(desks_for(user))
    taken = DeskSession.objects.filter(desk__in=found, ended_at=None).select_related("user")
    clerks = {session.desk_id: session.user for session in taken}
    device = device_of(request)
    own = getattr(device, "desk", None) if device is not None and device.kind == DeviceKind.DESK else None
    rows = [(desk, clerks.get(desk.pk)) for desk in found]
    context = {"own": next((row for row in rows if row[0] == own), None), "rows": rows}
    return render(request, "reservations/desk/choose.html", context)


@staff_only(SERVE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: HttpRequest, place_key: str, number: str) -> HttpResponse:
    """Sit down at a desk; when a colleague forgot to sign off there, after being asked."""
    user = user_of(request)
    desk = get_object_or_404(desks_for(user), place__key=place_key, number=number)
    if request.method != "POST":
        clerk = DeskSession.objects.select_related("user").filter(desk=desk, ended_at=None).first()
        return render(request, "reservations/desk/sign_on.html", {"desk": desk, "taken": clerk})
    try:
        desks.sign_on(desk=desk, by=user, replaces="replaces" in request.POST)
    except DeskTaken as error:
        messages.warning(request, str(error))
        return redirect("reservations:desk_sign_on", place_key=place_key, number=number)
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def sign_off(request: HttpRequest) -> HttpResponse:
    """Get up."""
    session = seat_of(user_of(request))
    if session is not None and attempt(request, lambda: desks.sign_off(session=session)):
        messages.success(request, _("窓口の受付を終わりました。おつかれさまでした。"))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def start_break(request: HttpRequest) -> HttpResponse:
    """Nobody is called here until the break ends."""
    session = seat_of(user_of(request))
    if session is not None:
        attempt(request, lambda: desks.start_break(session=session))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def end_break(request: HttpRequest) -> HttpResponse:
    """Back again."""
    session = seat_of(user_of(request))
    if session is not None:
        attempt(request, lambda: desks.end_break(session=session))
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def raise_alarm(request: HttpRequest) -> HttpResponse:
    """The panic button: one tap, no question."""
    session = seat_of(user_of(request))
    if session is not None:
        desks.raise_alarm(desk=session.desk, by=session.user)
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def answer_alarm(request: HttpRequest, number: str) -> HttpResponse:
    """「向かいます」"""
    user = user_of(request)
    alarm = _alarm_beside(seat_of(user), number)
    if alarm is not None:
        desks.answer_alarm(alarm=alarm, by=user)
    return redirect("reservations:desk")


@staff_only(SERVE)
@require_POST
def close_alarm(request: HttpRequest, number: str) -> HttpResponse:
    """It is over."""
    alarm = _alarm_beside(seat_of(user_of(request)), number)
    if alarm is not None:
        desks.close_alarm(alarm=alarm)
    return redirect("reservations:desk")


def _alarm_beside(session: DeskSession | None, number: str) -> DeskAlarm | None:
    """The open alarm of a desk of the place where somebody sits."""
    if session is None:
        return None
    return get_object_or_404(Desk, place=session.desk.place_id, number=number).alarms.filter(closed_at=None).first()
