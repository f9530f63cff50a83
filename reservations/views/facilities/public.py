"""Booking a room by the hour or a site by the night: which, on what day, for how long. Then as for counters."""

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
from cityhall.days import TOKYO
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from reservations.forms_facilities import StayForm
from reservations.models import ServiceOffer
from reservations.queries.facilities import Stay, facilities, offer_of, stays_from
from reservations.services.facilities import hold_stay
from reservations.steps import booking_steps
from reservations.views.booking import browser
from reservations.views.booking.times import Sought, Time, day_of, last_day, month_page, neighbours, times_of
from reservations.views.own import person


@public
@require_safe
def facility_list(request: HttpRequest) -> HttpResponse:
    """Everything that is let, with what it costs."""
    return render(request, "reservations/facilities/list.html", {"offers": facilities()})


@public
@require_safe
def facility_month(request: HttpRequest, key: str, place_key: str) -> HttpResponse:
    """About the facility, and the days of one month with room or without."""
    offer = offer_or_404(key, place_key)
    base = reverse("reservations:facility_month", args=[key, place_key])
    shown = month_page(
        sought_by(offer),
        request.GET.get("month", ""),
        href_of=lambda day: _day_url(offer, day),
        month_url=f"{base}?",
    )
    context = {"offer": offer, "group": offer.service.group, "steps": booking_steps("day")}
    return render(request, "reservations/facilities/month.html", context | shown)


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def facility_day(request: HttpRequest, key: str, place_key: str, day: str) -> HttpResponse:
    """From when (asked where a day has several times), how long and for how much; the button holds it."""
    offer, chosen = offer_or_404(key, place_key), day_of(day)
    sought = sought_by(offer)
    if chosen is None or chosen > last_day(sought.group):
        messages.warning(request, _("選んだ日にちは予約できません。カレンダーから選んでください。"))
        return redirect("reservations:facility_month", key=key, place_key=place_key)
    times = times_of(sought, chosen)
    starts_at = start_of(times, chosen, request.GET.get("from", ""))
    stays = stays_from(offer, starts_at) if starts_at else []
    is_sent = request.method == HTTPMethod.POST
    form = StayForm(request.POST if is_sent else None, group=sought.group, stays=stays, initial=_first(stays))
    if is_sent and starts_at is not None and form.is_valid():
        answer = _hold(request, offer, starts_at, form)
        if answer is not None:
            return answer
    context = {
        "offer": offer,
        "group": sought.group,
        "day": chosen,
        "times": times,
        "starts_at": starts_at,
        "stays": stays,
        "form": form,
        "request_key": request.POST.get("request_key") or new_key(),
        "month_url": f"{reverse('reservations:facility_month', args=[key, place_key])}?month={day[:7]}",
        "steps": booking_steps("time"),
        **neighbours(sought, chosen, href_of=lambda one: _day_url(offer, one)),
    }
    return render(request, "reservations/facilities/day.html", context)


def offer_or_404(key: str, place_key: str) -> ServiceOffer:
    """A facility that can be booked."""
    offer = offer_of(key, place_key)
    if offer is None:
        raise Http404
    return offer


def sought_by(offer: ServiceOffer, *, is_public: bool = True) -> Sought:
    """What the calendar looks for: one unit."""
    minutes = offer.minutes or offer.service.minutes
    return Sought(offer.service.group, offer.place, [offer.service], minutes, people=1, is_public=is_public)


def start_of(times: list[Time], day: dt.date, text: str) -> dt.datetime | None:
    """The time an address names; the only one of a day needs no name."""
    if not text and len(times) == 1:
        return times[0].starts_at
    try:
        return dt.datetime.combine(day, dt.time.fromisoformat(text), TOKYO) if text else None
    except ValueError:
        return None


def _hold(request: HttpRequest, offer: ServiceOffer, starts_at: dt.datetime, form: StayForm) -> HttpResponse | None:
    """On to the contact; None where the form says what hinders."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    try:
        holder = browser.new_holder(request)
        reservation = hold_stay(
            offer=offer,
            starts_at=starts_at,
            units=form.cleaned_data["units"],
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


def _day_url(offer: ServiceOffer, day: dt.date) -> str:
    return reverse("reservations:facility_day", args=[offer.service.key, offer.place.key, day.isoformat()])


def _first(stays: list[Stay]) -> dict[str, int]:
    return {"units": stays[0].units} if stays else {}
