"""Another time for somebody on the telephone, also one that the public may not take."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.access import staff_only
from cityhall.days import today
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from reservations.enums import ReservationState
from reservations.services import bookings
from reservations.staff_home import BOOK
from reservations.views.booking.times import day_of, day_page, slots_of, sought_by
from reservations.views.staff.shared import note, reservation_or_404, staff_of


@staff_only(BOOK)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """The times of one day; pressing one moves the reservation there and mails who booked."""
    user, reservation = staff_of(request), reservation_or_404(request, public_id)
    if reservation.state != ReservationState.BOOKED:
        messages.warning(request, _("この予約の日時は、もう変更できません。"))
        return redirect("reservations:staff_reservation", public_id=public_id)
    if reservation.series_id is not None:
        messages.info(request, _("講座の日時は変えられません。取り消して、別の講座に申し込んでください。"))
        return redirect("reservations:staff_reservation", public_id=public_id)
    sent = request.POST if request.method == HTTPMethod.POST else request.GET
    day = day_of(sent.get("day", "")) or max(reservation.business_day, today())
    sought = sought_by(reservation, is_public=reservation.is_public and not user.has_perm(BOOK))
    base = reverse("reservations:staff_move", args=[public_id])
    if request.method == HTTPMethod.POST:
        try:
            bookings.move(reservation=reservation, slots=slots_of(sought, day, request.POST.get("time", "")), by=user)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(f"{base}?day={day.isoformat()}")
        note(reservation, user, AuditAction.CHANGE, "moved")
        messages.success(request, _("予約の日時を変更しました。"))
        return redirect("reservations:staff_reservation", public_id=public_id)
    shown = day_page(sought, day, href_of=lambda one: f"{base}?day={one.isoformat()}")
    return render(request, "reservations/staff/move.html", shown | {"reservation": reservation})
