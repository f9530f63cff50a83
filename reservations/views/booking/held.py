"""From a time that is held to a booking: who comes, a last look, and the number."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import public
from cityhall.errors import DomainError
from reservations.contacts import ContactData
from reservations.enums import ReservationState
from reservations.errors import HoldOver, SlotGone, TooManyBookings
from reservations.followers import after_booking
from reservations.forms import ContactForm
from reservations.models import Reservation
from reservations.queries.own import further_services, spot_of
from reservations.services import bookings
from reservations.steps import booking_steps
from reservations.views.booking import browser
from reservations.views.booking.again import again_url
from reservations.views.booking.from_notice import forget_notice, noted_notice
from reservations.views.booking.limits import count_booking
from reservations.views.contacts import contact_from, known_contact
from reservations.views.own import open_in_browser
from residents.queries import resident_of

_OPEN = (ReservationState.HELD, ReservationState.EXPIRED)


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def booking_contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who comes, with what is known of a resident filled in. What was typed is kept, also when the time is gone."""
    return contact_page(request, public_id)


def contact_page(request: HttpRequest, public_id: str, *, brought: Mapping[str, str] | None = None) -> HttpResponse:
    """The page for whoever shows it; `brought` is what another app knows of who comes, by the fields of the form.

    What was typed here, and the record of who is signed in, go before it. It is sent to the address of booking.
    """
    reservation = _held_here(request, public_id)
    if reservation is None:
        return _lost(request)
    if reservation.state not in _OPEN:
        return _booked(request, reservation)
    form = _form(request, reservation, request.POST or None, brought)
    if request.method == HTTPMethod.POST:
        browser.keep_typed(request.session, {name: request.POST.get(name, "") for name in form.fields})
        if form.is_valid():
            return redirect("reservations:booking_check", public_id=public_id)
    context = {
        "form": form,
        "resident": resident_of(request.user),
        "steps": booking_steps("contact"),
        "is_brought": bool(brought) and not browser.typed(request.session),
    }
    return render(request, "reservations/booking/contact.html", context | _shown(reservation))


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def booking_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """A last look at everything, then the booking. Pressed twice, it leads to the same number."""
    reservation = _held_here(request, public_id)
    if reservation is None:
        return _lost(request)
    if reservation.state not in _OPEN:
        return _booked(request, reservation)
    form = _form(request, reservation, browser.typed(request.session))
    if not form.is_valid():
        return redirect("reservations:booking_contact", public_id=public_id)
    contact = contact_from(form, request.user)
    if request.method == HTTPMethod.POST:
        return _confirm(request, reservation, contact, form.cleaned_data["note"])
    shown = {"contact": contact, "note": form.cleaned_data["note"], "steps": booking_steps("check")}
    return render(request, "reservations/booking/check.html", shown | _shown(reservation))


def _confirm(request: HttpRequest, reservation: Reservation, contact: ContactData, note: str) -> HttpResponse:
    by = request.user if request.user.is_authenticated else None
    try:
        count_booking(request)
        booked = bookings.confirm(
            reservation=reservation,
            seen_revision=_number(request.POST.get("revision", "")),
            contact=contact,
            note=note,
            by=by,
            notice_id=noted_notice(request.session),
        )
    except (HoldOver, SlotGone) as error:
        messages.warning(request, str(error))
        return redirect(again_url(reservation))
    except TooManyBookings as error:
        messages.error(request, str(error))
        return redirect("reservations:booking_contact", public_id=reservation.public_id)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reservations:booking_check", public_id=reservation.public_id)
    browser.forget_typed(request.session)
    forget_notice(request.session)
    return _booked(request, booked.reservation)


def _form(
    request: HttpRequest, reservation: Reservation, data: Any, brought: Mapping[str, str] | None = None
) -> ContactForm:
    known = {name: value for name, value in known_contact(request.user).items() if value}
    return ContactForm(
        data or None,
        initial={**(brought or {}), **known, **browser.typed(request.session)},
        variant=reservation.variant,
        knows_name=resident_of(request.user) is not None,
    )


def _shown(reservation: Reservation) -> dict[str, Any]:
    until = reservation.hold_until
    left = int((until - timezone.now()).total_seconds()) if until else 0
    return {
        "reservation": reservation,
        "further": further_services(reservation),
        "spot": spot_of(reservation),
        "again_url": again_url(reservation),
        "is_over": left <= 0,
        "seconds_left": left,
    }


def _held_here(request: HttpRequest, public_id: str) -> Reservation | None:
    """What this browser held, in whatever state it is now; staff have pages of their own."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    if not browser.has_held(request.session, public_id):
        return None
    rows = Reservation.objects.select_related("group", "place", "service", "series", "resident")
    return rows.filter(public_id=public_id).first()


def _lost(request: HttpRequest) -> HttpResponse:
    """Another browser, a session that ended, or an address that never was: nothing of the three is told apart."""
    messages.info(request, _("この予約の途中の画面は、もう開けません。はじめからお選びください。"))
    return redirect("reservations:booking_start")


def _booked(request: HttpRequest, reservation: Reservation) -> HttpResponse:
    open_in_browser(request, reservation)
    for after in after_booking:
        if request.method == HTTPMethod.POST and (address := after(request, reservation)):
            # sent on as it was sent, with its token: what the other page does with the booking is a POST as well
            return redirect(address, preserve_request=True)
    return redirect("reservations:reservation_done", public_id=reservation.public_id)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
