"""Another day and time for a reservation: chosen like the first one, in one step, the old time kept until then."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.access import resident_or_guest
from cityhall.errors import DomainError
from reservations.enums import SupplyKind, Unit
from reservations.models import Reservation, Slot
from reservations.queries.own import further_services, may_change
from reservations.services import bookings
from reservations.views.booking.limits import count_hold
from reservations.views.booking.times import day_of, day_page, month_page, slots_of, sought_by
from reservations.views.own import own_or_404, person


@resident_or_guest
@never_cache
@require_safe
def reservation_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """The days on which it could be instead."""
    reservation = own_or_404(request, public_id)
    if not may_change(reservation, timezone.now()):
        return _too_late(request, reservation)
    if reservation.series_id is not None:
        messages.info(request, _("講座の日時は変えられません。取り消して、別の講座に申し込んでください。"))
        return redirect("reservations:reservation_detail", public_id=public_id)
    base = reverse("reservations:reservation_move", args=[public_id])
    shown = month_page(
        sought_by(reservation),
        request.GET.get("month", reservation.business_day.strftime("%Y-%m")),
        href_of=lambda day: reverse("reservations:reservation_move_day", args=[public_id, day.isoformat()]),
        month_url=f"{base}?",
    )
    # a room that is let by the hour moves by one, also on a day that is full but for itself; a night has one time
    is_by_hour = reservation.group.kind == SupplyKind.FACILITY and reservation.group.unit != Unit.NIGHT
    same_day = reverse("reservations:reservation_move_day", args=[public_id, reservation.business_day.isoformat()])
    context = {"reservation": reservation, "same_day_url": same_day if is_by_hour else ""}
    return render(request, "reservations/mine/move.html", shown | context)


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def reservation_move_day(request: HttpRequest, public_id: str, day: str) -> HttpResponse:
    """The times of one day; pressing one moves the reservation there."""
    reservation = own_or_404(request, public_id)
    if not may_change(reservation, timezone.now()):
        return _too_late(request, reservation)
    if reservation.series_id is not None:
        messages.info(request, _("講座の日時は変えられません。取り消して、別の講座に申し込んでください。"))
        return redirect("reservations:reservation_detail", public_id=public_id)
    sought, chosen = sought_by(reservation), day_of(day)
    base = reverse("reservations:reservation_move", args=[public_id])
    if chosen is None:
        messages.warning(request, _("日にちが正しくありません。カレンダーから選んでください。"))
        return redirect(base)
    if request.method == HTTPMethod.POST:
        return _move(request, reservation, slots_of(sought, chosen, request.POST.get("time", "")))
    shown = day_page(
        sought,
        chosen,
        href_of=lambda one: reverse("reservations:reservation_move_day", args=[public_id, one.isoformat()]),
    )
    context = {
        "reservation": reservation,
        "further": further_services(reservation),
        "month_url": f"{base}?month={day[:7]}",
    }
    return render(request, "reservations/mine/move_day.html", shown | context)


def _move(request: HttpRequest, reservation: Reservation, slots: list[Slot]) -> HttpResponse:
    try:
        count_hold(request)
        bookings.move(reservation=reservation, slots=slots, by=person(request))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(request.path)
    messages.success(request, _("予約の日時を変更しました。予約番号とQRコードは変わりません。"))
    return redirect("reservations:reservation_detail", public_id=reservation.public_id)


def _too_late(request: HttpRequest, reservation: Reservation) -> HttpResponse:
    messages.warning(request, _("この予約は、ここからは変更できません。お急ぎのときは、窓口へお電話ください。"))
    return redirect("reservations:reservation_detail", public_id=reservation.public_id)
