"""Classes for everybody: what there is, and joining. After the seats are held it goes on as for counters."""

from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from reservations.forms_classes import SeatsForm, WaitForm
from reservations.models import SlotSeries
from reservations.months import Room
from reservations.queries.classes import Session, public_series, service_of, sessions_shown, slots_of
from reservations.services.classes import hold_seats, join_waiting
from reservations.views.booking import browser
from reservations.views.booking.limits import count_join
from reservations.views.contacts import contact_from, known_contact
from reservations.views.own import open_in_browser, person
from residents.queries import resident_of


@public
@require_safe
def class_list(request: HttpRequest) -> HttpResponse:
    """What is announced, the next one first."""
    rows = [(series, _state(_sessions(series), series)) for series in public_series()]
    return render(request, "reservations/classes/list.html", {"rows": rows})


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def class_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One class with its sessions; the button holds the seats."""
    series = _series_or_404(public_id)
    sessions = _sessions(series)
    open_ones = [one for one in sessions if one.room.is_open]
    form = SeatsForm(request.POST or None, series=series, slots=[one.slot for one in open_ones])
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _hold(request, series, form)
        if answer is not None:
            return answer
    state = _state(sessions, series)
    context = {
        "series": series,
        "service": service_of(series),
        "sessions": sessions,
        "state": state,
        "can_wait": _can_wait(series, sessions, state),
        "form": form,
        "request_key": request.POST.get("request_key") or new_key(),
    }
    return render(request, "reservations/classes/detail.html", context)


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def class_waiting(request: HttpRequest, public_id: str) -> HttpResponse:
    """Joining the waiting list of a class that is full."""
    series = _series_or_404(public_id)
    sessions = _sessions(series)
    if not _can_wait(series, sessions, _state(sessions, series)):
        messages.info(request, _("いまはキャンセル待ちを受け付けていません。"))
        return redirect("reservations:class_detail", public_id=public_id)
    resident = resident_of(request.user)
    form = WaitForm(
        request.POST or None,
        series=series,
        slots=[one.slot for one in sessions if one.room == Room.FULL],
        knows_name=resident is not None,
        initial=known_contact(request.user),
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _join(request, series, form)
        if answer is not None:
            return answer
    context = {
        "series": series,
        "form": form,
        "resident": resident,
        "request_key": request.POST.get("request_key") or new_key(),
    }
    return render(request, "reservations/classes/waiting.html", context)


def _hold(request: HttpRequest, series: SlotSeries, form: SeatsForm) -> HttpResponse | None:
    _refuse_staff(request)
    try:
        holder = browser.new_holder(request)
        reservation = hold_seats(
            series=series,
            slot_ids=form.slot_ids(),
            people=form.cleaned_data["people"],
            holder=holder,
            request_key=request.POST.get("request_key", "")[:80],
            by=person(request),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    browser.note_held(request.session, reservation.public_id)
    return redirect("reservations:booking_contact", public_id=reservation.public_id)


def _join(request: HttpRequest, series: SlotSeries, form: WaitForm) -> HttpResponse | None:
    _refuse_staff(request)
    try:
        count_join(request)
        entry = join_waiting(
            series=series,
            slot_id=form.slot_id(),
            people=form.cleaned_data["people"],
            contact=contact_from(form, request.user),
            request_key=f"{browser.holder_of(request)} {request.POST.get('request_key', '')}"[:200],
            by=person(request),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    open_in_browser(request, entry)
    messages.success(request, _("キャンセル待ちに申し込みました。"))
    return redirect("reservations:waiting_detail", public_id=entry.public_id)


def _series_or_404(public_id: str) -> SlotSeries:
    return get_object_or_404(public_series(), public_id=public_id)


def _sessions(series: SlotSeries) -> list[Session]:
    prefetched: Any = getattr(series, "_prefetched_objects_cache", {}).get("slots")
    slots = sorted(prefetched, key=lambda slot: slot.starts_at) if prefetched is not None else list(slots_of(series))
    return sessions_shown(slots)


def _state(sessions: list[Session], series: SlotSeries) -> Room:
    """Whether one may join: of a course its fullest session counts, else the freest."""
    rooms = [one.room for one in sessions if one.slot.closed_at is None]
    if not rooms:
        return Room.CLOSED
    order = (Room.FREE, Room.FEW, Room.NOT_YET, Room.FULL, Room.CLOSED)
    return (min if series.takes_sessions else max)(rooms, key=order.index)


def _can_wait(series: SlotSeries, sessions: list[Session], state: Room) -> bool:
    if not series.group.has_waiting_list:
        return False
    return any(one.room == Room.FULL for one in sessions) if series.takes_sessions else state == Room.FULL


def _refuse_staff(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
