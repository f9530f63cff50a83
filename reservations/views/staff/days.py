"""The day at a place, finding one reservation, and checking in."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.pages import keyset_page
from cityhall.references import normalize_number
from reservations.codes import opened_by, read_checkin_code
from reservations.enums import TicketSource
from reservations.errors import UnknownCode
from reservations.forms_staff import CheckInForm, DayForm
from reservations.models import Place, Reservation
from reservations.queries.bookings import day_list, find
from reservations.queries.scope import listed_groups, visible_places, visible_reservations
from reservations.services import bookings, queue
from reservations.staff_home import BOOK, VIEW
from reservations.views.staff.shared import note, note_list, reservation_or_404, staff_of

_PAGE = 100


@staff_only(VIEW)
@never_cache
@require_safe
def staff_day(request: HttpRequest) -> HttpResponse:
    """Everybody who is booked for one day at one place; or, with words, whoever they mean on any day."""
    user = staff_of(request)
    form = DayForm(request.GET, places=visible_places(user), groups=listed_groups(user))
    after = request.GET.get("after", "")
    text, place, day, group = form.text(), form.chosen_place(), form.chosen_day(), form.chosen_group()
    if text:
        page = keyset_page(find(user, text), order=("-starts_at", "-id"), after=after, size=_PAGE)
    else:
        rows = day_list(user, place, day)
        page = keyset_page(
            rows.filter(group=group) if group else rows, order=("starts_at", "id"), after=after, size=_PAGE
        )
    note_list(user, page.rows, is_search=bool(text))
    query = {key: value for key, value in request.GET.items() if key != "after" and value}
    context = {
        "form": form,
        "text": text,
        "place": place,
        "day": day,
        "rows": page.rows,
        "next_url": f"?{urlencode(query | {'after': page.next_cursor})}" if page.next_cursor else "",
        "check_in": CheckInForm(auto_id="check_in_%s"),
    }
    return render(request, "reservations/staff/day.html", context)


@staff_only(BOOK)
@require_POST
def staff_check_in(request: HttpRequest) -> HttpResponse:
    """Somebody stands at the counter and says their number, or shows the code."""
    user, form = staff_of(request), CheckInForm(request.POST)
    place = visible_places(user).filter(key=request.POST.get("place", "")).first()
    back = reverse("reservations:staff_day") + (f"?{urlencode({'place': place.key})}" if place else "")
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["code"]))
        return redirect(back)
    reservation = _by_code(user, form.cleaned_data["code"])
    if reservation is None:
        messages.error(request, str(UnknownCode()))
        return redirect(back)
    return _check_in(request, reservation, place or reservation.place)


@staff_only(BOOK)
@require_POST
def staff_arrive(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same from the page of the reservation."""
    reservation = reservation_or_404(request, public_id)
    return _check_in(request, reservation, reservation.place)


def _by_code(user: User, text: str) -> Reservation | None:
    """One of the person's own reservations: those of other departments are not found."""
    code = read_checkin_code(text)
    rows = visible_reservations(user)
    if code:
        return rows.filter(opened_by(code)).first()
    return rows.filter(number=normalize_number(text)).first()


def _check_in(request: HttpRequest, reservation: Reservation, place: Place) -> HttpResponse:
    user = staff_of(request)
    try:
        arrived = bookings.check_in(reservation=reservation, place=place, by=user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reservations:staff_reservation", public_id=reservation.public_id)
    note(reservation, user, AuditAction.STATE, "checked in")
    messages.success(request, _("%(name)sさんの受付をしました。") % {"name": reservation.name})
    if arrived.group.has_tickets:
        _issue_ticket(request, arrived)
    return redirect("reservations:staff_reservation", public_id=reservation.public_id)


def _issue_ticket(request: HttpRequest, arrived: Reservation) -> None:
    """The number the display will call; somebody who checked in stays so where no ticket can be issued."""
    try:
        ticket = queue.issue_for_reservation(reservation=arrived, source=TicketSource.STAFF, by=staff_of(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.info(request, _("番号札は%(number)sです。") % {"number": ticket.label})
