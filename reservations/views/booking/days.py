"""On which day and at what time; pressing a time holds it."""

import datetime as dt
from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import public
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from reservations.enums import ReservationChannel
from reservations.followers import contact_pages
from reservations.services import bookings
from reservations.steps import booking_steps
from reservations.views.booking import browser
from reservations.views.booking.times import day_of, day_page, last_day, month_page, slots_of, sought_by
from reservations.views.booking.wish import Wish, WishInvalid, to_first_page, wish_of
from reservations.views.own import person


@public
@require_safe
def booking_month(request: HttpRequest, key: str, place_key: str) -> HttpResponse:
    """The days of one month, with room or without."""
    try:
        wish = wish_of(request, key, place_key)
    except WishInvalid:
        return to_first_page(request, key)
    fresh = reverse("availability", args=[wish.service.key, wish.place.key])
    shown = month_page(
        sought_by(wish),
        request.GET.get("month", ""),
        href_of=lambda day: wish.url("day", day.isoformat()),
        month_url=f"{wish.url('month')}&",
        fresh_url=f"{fresh}?{wish.query}&",
    )
    context = {
        "wish": wish,
        "steps": booking_steps("day", wish),
        "back_url": wish.url("places", query="all=1"),
        "waiting_url": _waiting_url(wish),
    }
    return render(request, "reservations/booking/month.html", context | shown)


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def booking_day(request: HttpRequest, key: str, place_key: str, day: str) -> HttpResponse:
    """The times of one day; each with room is a button that holds it."""
    try:
        wish = wish_of(request, key, place_key)
    except WishInvalid:
        return to_first_page(request, key)
    chosen = day_of(day)
    if chosen is None or chosen > last_day(wish.group):
        messages.warning(request, _("選んだ日にちは予約できません。カレンダーから選んでください。"))
        return redirect(wish.url("month"))
    if request.method == HTTPMethod.POST:
        return _hold(request, wish, chosen)
    shown = day_page(sought_by(wish), chosen, href_of=lambda one: wish.url("day", one.isoformat()))
    context = {
        "wish": wish,
        "steps": booking_steps("time", wish, day),
        "request_key": new_key(),
        "month_url": wish.url("month", query=f"month={day[:7]}"),
        "waiting_url": _waiting_url(wish),
    }
    return render(request, "reservations/booking/day.html", context | shown)


def _hold(request: HttpRequest, wish: Wish, day: dt.date) -> HttpResponse:
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    try:
        holder = browser.new_holder(request)
        reservation = bookings.hold(
            group=wish.group,
            place=wish.place,
            service=wish.service,
            items=wish.also,
            slots=slots_of(sought_by(wish), day, request.POST.get("time", "")),
            people=wish.people,
            variant=wish.variant,
            channel=ReservationChannel.ONLINE,
            holder=holder,
            request_key=request.POST.get("request_key", "")[:80],
            by=person(request),
        )
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(wish.url("day", day.isoformat()))
    browser.note_held(request.session, reservation.public_id)
    elsewhere = (address for ask in contact_pages if (address := ask(request, reservation)))
    address = next(elsewhere, reverse("reservations:booking_contact", args=[reservation.public_id]))
    return redirect(address)


def _waiting_url(wish: Wish) -> str:
    return wish.url("waiting") if wish.group.has_waiting_list else ""
