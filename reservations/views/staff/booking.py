"""Booking for somebody on the telephone or at the counter: the visit above, the times and the person below."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import record_confirmed_number
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel, Variant
from reservations.forms_people import contact_for
from reservations.forms_staff import PersonForm, VisitForm
from reservations.models import Reservation
from reservations.queries.choices import place_choices
from reservations.queries.scope import bookable_by, visible_places
from reservations.services import bookings
from reservations.staff_home import BOOK
from reservations.views.booking.times import Sought, Time, neighbours, slots_of, times_of
from reservations.views.staff.people import candidates
from reservations.views.staff.shared import note, staff_of
from residents.models import Resident
from residents.queries import visible_address


@dataclass(frozen=True)
class _Visit:
    """What the upper half of the page says, as far as it can be booked."""

    variant: Variant
    sought: Sought
    day: dt.date
    times: Sequence[Time]


@staff_only(BOOK, "residents.view_resident")
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_new(request: HttpRequest) -> HttpResponse:
    """One page: what, where and when in the address; the person in what is sent. May use what the public may not."""
    user = staff_of(request)
    services, places = bookable_by(user), visible_places(user)
    visit_form = VisitForm(request.GET or None, services=services, places=places)
    visit = _visit(visit_form) if visit_form.is_bound and visit_form.is_valid() else None
    people = candidates(request, _text(visit_form))
    form = _person_form(request, visit, people) if visit else None
    if request.method == HTTPMethod.POST and form is not None and visit is not None and form.is_valid():
        try:
            reservation = _book(request, visit, form, people)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _booked(request, reservation, form)
    context = {
        "visit_form": visit_form,
        "visit": visit,
        "form": form,
        "text": visit_form.data.get("q", ""),
        "options": _options(request, form, people) if form else [],
        "nothing_fits": visit_form.is_bound and visit_form.is_valid() and visit is None,
        "request_key": request.POST.get("request_key") or new_key(),
        **_neighbours(request, visit),
    }
    return render(request, "reservations/staff/new.html", context)


def _visit(form: VisitForm) -> _Visit | None:
    services = form.chosen()
    choices = place_choices(services, at=form.cleaned_data["place"])
    if not choices:
        return None
    wanted = form.cleaned_data["variant"]
    variant = next((one for one in choices[0].variants if one == wanted), choices[0].variants[0])
    sought = Sought(
        group=services[0].group,
        place=choices[0].place,
        services=services,
        minutes=choices[0].minutes,
        people=form.cleaned_data["people"],
        is_public=False,
    )
    day = form.cleaned_data["day"] or today()
    return _Visit(variant, sought, day, times_of(sought, day))


def _text(form: VisitForm) -> str:
    return str(form.cleaned_data.get("q", "")).strip() if form.is_bound and form.is_valid() else ""


def _person_form(request: HttpRequest, visit: _Visit, people: list[Resident]) -> PersonForm:
    times = [time.value for time in visit.times if time.room.is_open]
    is_sent = request.method == HTTPMethod.POST
    if is_sent and request.POST.get("time"):
        # gone meanwhile, or taken by this very form when its button was pressed before: booking tells them apart
        times.append(request.POST["time"])
    return PersonForm(
        request.POST if is_sent else None,
        times=[(value, value) for value in times],
        people=[(one.public_id, one.full_name) for one in people],
        variant=visit.variant,
    )


def _book(request: HttpRequest, visit: _Visit, form: PersonForm, people: list[Resident]) -> Reservation:
    """Raises what `bookings.book` raises."""
    sought, data = visit.sought, form.cleaned_data
    return bookings.book(
        group=sought.group,
        place=sought.place,
        service=sought.services[0],
        items=sought.services[1:],
        slots=slots_of(sought, visit.day, data["time"]),
        people=sought.people,
        variant=visit.variant,
        channel=ReservationChannel(data["channel"]),
        is_public=False,
        contact=_contact(form, people),
        note=data["note"],
        request_key=request.POST.get("request_key", ""),
        by=staff_of(request),
    ).reservation


def _contact(form: PersonForm, people: list[Resident]) -> ContactData:
    """A resident with what is on record where nothing else was typed; else what was typed."""
    data = form.cleaned_data
    phone, _entered = data["phone"]
    resident = next((one for one in people if one.public_id == data["who"]), None)
    return contact_for(resident, name=data["name"], kana=data["kana"], email=data["email"], phone=phone)


def _booked(request: HttpRequest, reservation: Reservation, form: PersonForm) -> HttpResponse:
    user = staff_of(request)
    note(reservation, user, AuditAction.CREATE)
    record_confirmed_number(
        form,
        by=user,
        target_type="reservation",
        target_id=reservation.public_id,
        target_label=reservation.number or "",
        department_code=reservation.group.department.code,
    )
    messages.success(request, _("予約しました。予約番号をお伝えください。"))
    return redirect("reservations:staff_reservation", public_id=reservation.public_id)


def _options(
    request: HttpRequest, form: PersonForm, people: list[Resident]
) -> Sequence[tuple[object, Resident | None, str]]:
    """The buttons of who it is for, each with the record and the address that the reader may see."""
    known = {one.public_id: one for one in people}
    options = []
    for button in form["who"]:
        resident = known.get(str(button.data["value"]))
        address = visible_address(resident, to=staff_of(request)) if resident else ""
        options.append((button, resident, address))
    return options


def _neighbours(request: HttpRequest, visit: _Visit | None) -> dict[str, Any]:
    """The days with room before and after, with all else as it is."""
    if visit is None:
        return {}
    query = request.GET.copy()

    def href(day: dt.date) -> str:
        query["day"] = day.isoformat()
        return f"?{query.urlencode()}"

    return neighbours(visit.sought, visit.day, href_of=href)
