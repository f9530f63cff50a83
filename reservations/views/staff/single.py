"""One reservation as staff see it, and what they do with it for the person on the telephone or at the counter."""

from collections.abc import Callable
from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.days import local_date, today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from reservations.display import state_chip
from reservations.enums import ReservationState
from reservations.forms import OwnChangeForm
from reservations.forms_staff import CancelForm
from reservations.models import Reservation
from reservations.queries.own import further_services, spot_of
from reservations.services import bookings
from reservations.staff_home import BOOK, VIEW
from reservations.views.staff.shared import note, reservation_or_404, staff_of

_S = ReservationState


@staff_only(VIEW)
@never_cache
@require_safe
def staff_reservation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everything about one reservation, with its history. Reading it is in the audit trail."""
    user, reservation = staff_of(request), reservation_or_404(request, public_id)
    note(reservation, user, AuditAction.READ)
    now = timezone.now()
    is_today = local_date(now) == reservation.business_day
    is_begun = reservation.starts_at <= now
    may = user.has_perm(BOOK)
    context = {
        "reservation": reservation,
        "chip": state_chip(reservation),
        "further": further_services(reservation),
        "spot": spot_of(reservation),
        "events": reservation.events.select_related("actor"),
        "may_change": may and reservation.state == _S.BOOKED,
        "may_arrive": may and is_today and reservation.state in (_S.BOOKED, _S.NO_SHOW),
        "may_miss": may and is_begun and reservation.state in (_S.BOOKED, _S.CHECKED_IN),
        "may_finish": may and is_begun and reservation.state in (_S.BOOKED, _S.CHECKED_IN),
    }
    return render(request, "reservations/staff/reservation.html", context)


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """How many come, how they are reached, and the note."""
    user, reservation = staff_of(request), reservation_or_404(request, public_id)
    form = OwnChangeForm(request.POST or None, reservation=reservation)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            bookings.change(
                reservation=reservation,
                people=form.cleaned_data["people"],
                contact=form.contact(),
                note=form.cleaned_data["note"],
                by=user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note(reservation, user, AuditAction.CHANGE)
            messages.success(request, _("予約の内容を変更しました。"))
            return _to(reservation)
    return render(request, "reservations/staff/edit.html", {"reservation": reservation, "form": form})


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks who wants it and why, then cancels; a mail tells who had booked."""
    user, reservation = staff_of(request), reservation_or_404(request, public_id)
    if reservation.state == _S.CANCELLED:
        messages.info(request, _("この予約は、すでに取り消されています。"))
        return _to(reservation)
    form = CancelForm(request.POST or None)
    if request.method == HTTPMethod.POST and form.is_valid():
        cancel = bookings.cancel_by_city if form.cleaned_data["whose"] == "citys" else bookings.cancel
        try:
            cancel(reservation=reservation, by=user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            note(reservation, user, AuditAction.STATE, "cancelled")
            messages.success(request, _("予約を取り消しました。"))
            return _to(reservation)
    context = {
        "reservation": reservation,
        "form": form,
        "further": further_services(reservation),
        "fee": bookings.cancellation_fee(reservation, on=today()),
    }
    return render(request, "reservations/staff/cancel.html", context)


@staff_only(BOOK)
@require_POST
def staff_no_show(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody came."""
    reservation = reservation_or_404(request, public_id)
    if reservation.starts_at > timezone.now():
        messages.error(request, _("予約の時間の前に、来庁なしにはできません。"))
        return _to(reservation)
    return _end(request, reservation, bookings.no_show, "no show", _("来庁なしにしました。"))


@staff_only(BOOK)
@require_POST
def staff_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visit is over."""
    return _end(request, reservation_or_404(request, public_id), bookings.mark_done, "done", _("終了にしました。"))


def _end(
    request: HttpRequest, reservation: Reservation, step: Callable[..., Reservation], detail: str, sentence: str
) -> HttpResponse:
    user = staff_of(request)
    try:
        step(reservation=reservation, by=user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        note(reservation, user, AuditAction.STATE, detail)
        messages.success(request, sentence)
    return _to(reservation)


def _to(reservation: Reservation) -> HttpResponse:
    return redirect("reservations:staff_reservation", public_id=reservation.public_id)
