"""A booking for what is filled in: made in the ordinary booking pages, or one there is already."""

from http import HTTPMethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall import guests
from cityhall.access import public
from cityhall.errors import DomainError
from counter.bookings import ANY, forget_booking, note_booking
from counter.errors import NoSuchPrefill
from counter.home import Home, contact_of
from counter.queries.bookings import booking_ways, is_still_to_come, own_bookings
from counter.services import prefills
from counter.services.prefills.keeping import last_day_of
from counter.views.home.opening import READ_OR_SEND, ended_page, opened_here, person, with_prefill
from reservations.codes import PURPOSE
from reservations.views.booking.held import contact_page
from reservations.views.own import own_or_404


@public
@never_cache
@require_safe
@with_prefill
def home_booking(request: HttpRequest, home: Home) -> HttpResponse:
    """The booking it is for, or the ways to one: those this browser knows, and a new one."""
    if home.prefill.is_practice:
        return _not_in_practice(request)
    now = timezone.now()
    booked = home.prefill.reservation if is_still_to_come(home.prefill, now) else None
    context = {
        "home": home,
        "booked": booked,
        "own": [] if booked else own_bookings(person(request), guests.held(request.session, PURPOSE), now),
        "ways": [] if booked else booking_ways(home.procedures),
        "last_day": last_day_of(home.prefill),
    }
    return render(request, "counter/home/booking.html", context)


@public
@require_POST
@with_prefill
def home_booking_go(request: HttpRequest, home: Home) -> HttpResponse:
    """To the booking pages; what is booked there next in this group comes back here."""
    if home.prefill.is_practice:
        return _not_in_practice(request)
    wanted = request.POST.get("group", ANY)
    for way in booking_ways(home.procedures):
        key = way.group.key if way.group else ANY
        if key == wanted:
            note_booking(request.session, key)
            return redirect(way.url)
    messages.warning(request, _("選んだ予約は、いまは受け付けていません。もう一度お選びください。"))
    return redirect("counter:home_booking")


@public
@never_cache
@require_safe
def home_booking_contact(request: HttpRequest, public_id: str) -> HttpResponse:
    """The contact page of booking with what was typed at home. It goes into this page alone, which booking receives."""
    try:
        home = opened_here(request)
    except NoSuchPrefill:
        home = None
    if home is None or home.prefill.is_practice:
        return redirect("reservations:booking_contact", public_id=public_id)
    return contact_page(request, public_id, brought=contact_of(home))


@public
@never_cache
@require_http_methods(READ_OR_SEND)
@with_prefill
def home_booking_attach(request: HttpRequest, home: Home, public_id: str) -> HttpResponse:
    """Bring it to a booking of the person. Sent on from the last page of booking, or pressed here."""
    reservation = own_or_404(request, public_id)
    if request.method != HTTPMethod.POST:
        return redirect("counter:home_booking")
    try:
        prefill = prefills.attach(token=home.token, reservation=reservation, by=person(request))
    except NoSuchPrefill as error:
        return ended_page(request, error)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("counter:home_booking")
    forget_booking(request.session)
    messages.success(
        request, _("予約と事前入力を一つのQRコードにまとめました。当日は、このQRコードだけをお持ちください。")
    )
    if prefill.visit_on and last_day_of(prefill) < prefill.visit_on:
        messages.warning(
            request, _("入力した内容は、予約の日より前に消去されます。期限の前に、もう一度保存してください。")
        )
    return redirect("counter:home_code")


@public
@require_POST
@with_prefill
def home_booking_detach(request: HttpRequest, home: Home) -> HttpResponse:
    """Take it off its booking, which stays."""
    try:
        prefills.detach(token=home.token, by=person(request))
    except NoSuchPrefill as error:
        return ended_page(request, error)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("予約との結び付けを外しました。予約はそのまま残っています。"))
    return redirect("counter:home_booking")


def _not_in_practice(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("体験では、予約はできません。"))
    return redirect("counter:home_code")
