"""Booking a room or a site for somebody on the telephone or at the counter."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import record_confirmed_number
from reservations.enums import ReservationChannel
from reservations.forms_facilities import StaffStayForm
from reservations.models import Reservation, ServiceOffer
from reservations.queries.facilities import facilities, stays_from
from reservations.queries.scope import in_charge
from reservations.services.facilities import book_stay
from reservations.staff_home import BOOK
from reservations.views.booking.times import day_of, times_of
from reservations.views.facilities.public import sought_by, start_of
from reservations.views.staff.people import people_search
from reservations.views.staff.shared import note, staff_of


@staff_only(BOOK)
@require_safe
def staff_facilities(request: HttpRequest) -> HttpResponse:
    """The facilities of the own departments, with the day that is asked for."""
    offers = facilities().filter(in_charge(staff_of(request), "service__group__department", place="place"))
    return render(request, "reservations/facilities/staff_list.html", {"offers": offers, "today": today()})


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_facility(request: HttpRequest, key: str, place_key: str) -> HttpResponse:
    """One page: day and time in the address, length and person in what is sent."""
    offer = _offer_or_404(request, key, place_key)
    day = day_of(request.GET.get("day", "")) or today()
    times = times_of(sought_by(offer, is_public=False), day)
    starts_at = start_of(times, day, request.GET.get("from", ""))
    stays = stays_from(offer, starts_at, is_public=False) if starts_at else []
    is_sent = request.method == HTTPMethod.POST
    people_form, people = people_search(request)
    data = request.POST if is_sent else None
    form = StaffStayForm(data, group=offer.service.group, stays=stays, people=people)
    if is_sent and starts_at is not None and form.is_valid():
        try:
            reservation = book_stay(
                offer=offer,
                starts_at=starts_at,
                units=form.cleaned_data["units"],
                people=form.cleaned_data["people"],
                contact=form.contact(),
                request_key=request.POST.get("request_key", "")[:80],
                channel=ReservationChannel(form.cleaned_data["channel"]),
                note=form.cleaned_data["note"],
                by=staff_of(request),
            ).reservation
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _booked(request, reservation, form)
    context = {
        "offer": offer,
        "group": offer.service.group,
        "day": day,
        "times": times,
        "starts_at": starts_at,
        "stays": stays,
        "query": f"day={day.isoformat()}&",
        "form": form,
        "people_form": people_form,
        "kept": [(name, request.GET[name]) for name in ("day", "from") if name in request.GET],
        "request_key": request.POST.get("request_key") or new_key(),
    }
    return render(request, "reservations/facilities/staff_new.html", context)


def _offer_or_404(request: HttpRequest, key: str, place_key: str) -> ServiceOffer:
    mine = facilities().filter(in_charge(staff_of(request), "service__group__department", place="place"))
    offer = mine.filter(service__key=key, place__key=place_key).first()
    if offer is None:
        raise Http404
    return offer


def _booked(request: HttpRequest, reservation: Reservation, form: StaffStayForm) -> HttpResponse:
    note(reservation, staff_of(request), AuditAction.CREATE)
    record_confirmed_number(
        form,
        by=staff_of(request),
        target_type="reservation",
        target_id=reservation.public_id,
        target_label=reservation.number or "",
        department_code=reservation.group.department.code,
    )
    messages.success(request, _("予約しました。予約番号をお伝えください。"))
    return redirect("reservations:staff_reservation", public_id=reservation.public_id)
