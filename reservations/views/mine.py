"""What somebody has booked: the list, one reservation with its QR code, on paper, and in a calendar."""

from http import HTTPMethod

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall import guests
from cityhall.access import resident_only, resident_or_guest
from cityhall.days import today
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.qr import qr_inline
from reservations.codes import PURPOSE
from reservations.display import state_chip
from reservations.enums import ReservationState, Variant
from reservations.forms import OwnChangeForm
from reservations.ics import ics_of
from reservations.models import Reservation
from reservations.queries.own import (
    coming,
    further_services,
    may_change,
    over,
    own_reservations,
    own_waiting,
    spot_of,
)
from reservations.queries.pickups import open_pickups
from reservations.services import bookings
from reservations.views.own import is_guests_here, open_in_browser, own_or_404, person

_PAGE = 20
_WITH_CODE = (ReservationState.BOOKED, ReservationState.CHECKED_IN)


@resident_only
@never_cache
@require_safe
def my_reservations(request: HttpRequest) -> HttpResponse:
    """What is still to come, where one waits, and what is over."""
    user: User = request.user  # type: ignore[assignment]
    rows, now = own_reservations(user), timezone.now()
    after = request.GET.get("after", "")
    page = keyset_page(over(rows, now), order=("-starts_at", "-id"), after=after, size=_PAGE)
    context = {
        "coming": [] if after else list(coming(rows, now)),
        "waiting": [] if after else list(own_waiting(user)),
        "pickups": [] if after else list(open_pickups(user)),
        "over": page.rows,
        "next_cursor": page.next_cursor,
        "is_first_page": not after,
    }
    return render(request, "reservations/mine/list.html", context)


@resident_or_guest
@never_cache
@require_safe
def reservation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One reservation: when, where, what to bring, the code for checking in, and what can still be changed."""
    return _page(request, public_id, "reservations/mine/detail.html")


@resident_or_guest
@never_cache
@require_safe
def reservation_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is booked: the number first."""
    return _page(request, public_id, "reservations/mine/done.html")


@resident_or_guest
@never_cache
@require_safe
def reservation_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """One sheet of paper to bring along."""
    return _page(request, public_id, "reservations/mine/print.html")


def _page(request: HttpRequest, public_id: str, template: str) -> HttpResponse:
    reservation = own_or_404(request, public_id)
    has_code = reservation.state in _WITH_CODE and reservation.variant == Variant.ON_SITE
    context = {
        "reservation": reservation,
        "further": further_services(reservation),
        "spot": spot_of(reservation),
        "chip": state_chip(reservation),
        "qr": qr_inline(bookings.code_of(reservation)) if has_code else "",
        "may_change": may_change(reservation, timezone.now()),
        "is_guests_here": is_guests_here(request, reservation),
        "waits": request.user.is_authenticated,
    }
    return render(request, template, context)


@resident_or_guest
@never_cache
@require_safe
def reservation_ics(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reservation for a calendar."""
    reservation = own_or_404(request, public_id)
    response = HttpResponse(
        ics_of(reservation, url=_page_url(reservation)), content_type="text/calendar; charset=utf-8"
    )
    name = _("予約_%(number)s.ics") % {"number": reservation.number}
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def reservation_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """How many come, how they are reached, and what the desk should know."""
    reservation = own_or_404(request, public_id)
    if not may_change(reservation, timezone.now()):
        return _too_late(request, reservation)
    form = OwnChangeForm(request.POST or None, reservation=reservation)
    if request.method == HTTPMethod.POST and form.is_valid():
        try:
            changed = bookings.change(
                reservation=reservation,
                people=form.cleaned_data["people"],
                contact=form.contact(),
                note=form.cleaned_data["note"],
                by=person(request),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            open_in_browser(request, changed)
            messages.success(request, _("予約の内容を変更しました。"))
            return redirect("reservations:reservation_detail", public_id=public_id)
    return render(request, "reservations/mine/edit.html", {"reservation": reservation, "form": form})


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def reservation_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then cancels. Pressed twice, it says so once more."""
    reservation = own_or_404(request, public_id)
    if reservation.state == ReservationState.CANCELLED:
        messages.info(request, _("この予約は、すでに取り消されています。"))
        return redirect("reservations:reservation_detail", public_id=public_id)
    if not may_change(reservation, timezone.now()):
        return _too_late(request, reservation)
    if request.method != HTTPMethod.POST:
        fee = bookings.cancellation_fee(reservation, on=today())
        context = {"reservation": reservation, "further": further_services(reservation), "fee": fee}
        return render(request, "reservations/mine/cancel.html", context)
    try:
        bookings.cancel(reservation=reservation, by=person(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("予約を取り消しました。"))
    return redirect("reservations:reservation_detail", public_id=public_id)


@resident_or_guest
@require_POST
def reservation_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let this browser forget the reservation: the next person at a shared computer must not find it."""
    if not guests.was_forgotten(request.session, PURPOSE, public_id):
        guests.forget(request.session, PURPOSE, own_or_404(request, public_id).public_id)
    messages.success(request, _("この端末での表示を終わりました。もう一度開くには、メールのリンクをお使いください。"))
    return redirect("reservations:booking_start")


def _page_url(reservation: Reservation) -> str:
    """For a calendar that others may see: it carries no right, who follows it signs in or opens their mail's link."""
    return f"{settings.SITE_URL}{reverse('reservations:reservation_detail', args=[reservation.public_id])}"


def _too_late(request: HttpRequest, reservation: Reservation) -> HttpResponse:
    messages.warning(request, _("この予約は、ここからは変更も取消もできません。お急ぎのときは、窓口へお電話ください。"))
    return redirect("reservations:reservation_detail", public_id=reservation.public_id)
