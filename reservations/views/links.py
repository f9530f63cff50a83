"""Ways to a reservation without an account: the link of a mail, and having the link mailed again."""

from http import HTTPMethod

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall import guests
from cityhall.access import public
from cityhall.queue import enqueue
from cityhall.rate_limits import is_within_limit, is_within_limit_of
from reservations.codes import PURPOSE, WAITLIST_PURPOSE
from reservations.forms import FindForm
from reservations.models import Reservation, WaitlistEntry
from reservations.queries.bookings import by_link, entry_by_link
from reservations.queries.own import SHOWN, id_by_mail
from reservations.views.booking.limits import TOO_OFTEN
from reservations.views.own import open_in_browser

TRIES_PER_TEN_MINUTES = 300
"""Look-ups and wrong links from one address, which thousands may share behind a mobile carrier."""
MAILS_PER_HOUR = 5
"""Links to one reservation: nobody's mailbox is filled by a stranger who knows its number."""
TRIES_AT_ONE = 20
"""Wrong links of one reservation, from wherever: whoever has the right one is not held up by it."""
_GONE = 410


@public
@never_cache
@require_safe
def link_open(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The link of a mail: lets this browser open the reservation, and takes the secret out of the address."""
    _refuse_staff(request)
    reservation = by_link(public_id, secret)
    if reservation is None or reservation.state not in SHOWN:
        return link_over(request, public_id, "booking-open")
    if reservation.wiped_at:
        return link_wiped(request)
    return _to(request, reservation, PURPOSE, "reservation_detail")


@public
@never_cache
@require_safe
def waiting_open(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The same for a place in a waiting list."""
    _refuse_staff(request)
    entry = entry_by_link(public_id, secret)
    if entry is None:
        return link_over(request, public_id, "booking-open")
    if entry.wiped_at:
        return link_wiped(request)
    return _to(request, entry, WAITLIST_PURPOSE, "waiting_detail")


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def booking_find(request: HttpRequest) -> HttpResponse:
    """By number and address, the link is mailed again. The same answer whether there is such a reservation or not."""
    form = FindForm(request.POST or None)
    if request.method == HTTPMethod.POST:
        if not is_within_limit(request, "booking-find", times=TRIES_PER_TEN_MINUTES, seconds=600):
            form.add_error(None, TOO_OFTEN)
            return render(request, "reservations/booking/find.html", {"form": form}, status=429)
        if form.is_valid():
            number, email = form.cleaned_data["number"], form.cleaned_data["email"]
            found = id_by_mail(number, email)
            # counted whether it is found or not: how long the page takes tells nothing
            may_mail = is_within_limit_of(number, "booking-link", times=MAILS_PER_HOUR, seconds=3600)
            enqueue("reservations.tasks.mail_link", reservation_id=found if may_mail else 0)
            return render(request, "reservations/booking/link_sent.html")
    return render(request, "reservations/booking/find.html", {"form": form})


def _refuse_staff(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404


def _to(request: HttpRequest, row: Reservation | WaitlistEntry, purpose: str, name: str) -> HttpResponse:
    open_in_browser(request, row)
    if way_back := guests.take_way_back(request.session, purpose, row.public_id):
        # a page that was sent too late waits there
        return redirect(way_back)
    return redirect(f"reservations:{name}", public_id=row.public_id)


def link_over(request: HttpRequest, public_id: str, counted_as: str) -> HttpResponse:
    """What a wrong link shows, of whatever kind; wrong ones are counted, so that nobody guesses."""
    # rendered, not raised: the path of an error is logged
    is_allowed = is_within_limit_of(public_id, counted_as, times=TRIES_AT_ONE, seconds=600) and is_within_limit(
        request, counted_as, times=TRIES_PER_TEN_MINUTES, seconds=600
    )
    context = {"is_too_often": not is_allowed}
    return render(request, "reservations/booking/link_over.html", context, status=404 if is_allowed else 429)


def link_wiped(request: HttpRequest) -> HttpResponse:
    """What the right link shows of a row whose person was forgotten: that it is gone, and where to go on."""
    return render(request, "reservations/booking/link_wiped.html", status=_GONE)
