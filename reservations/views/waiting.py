"""Waiting for a place: joining where everything is full, the offer, taking it, waiting no longer."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import public, resident_or_guest
from cityhall.days import today
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from reservations.enums import WaitlistState
from reservations.forms import WaitingForm
from reservations.services import waitlist
from reservations.views.booking.browser import holder_of
from reservations.views.booking.limits import count_join
from reservations.views.booking.times import last_day
from reservations.views.booking.wish import Wish, WishInvalid, to_first_page, wish_of
from reservations.views.contacts import contact_from, known_contact
from reservations.views.own import open_in_browser, own_entry_or_404, person
from residents.queries import resident_of


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def booking_waiting(request: HttpRequest, key: str, place_key: str) -> HttpResponse:
    """Which days would do, and where to tell."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    try:
        wish = wish_of(request, key, place_key)
    except WishInvalid:
        return to_first_page(request, key)
    if not wish.group.has_waiting_list:
        raise Http404
    first, last = today(), last_day(wish.group)
    form = WaitingForm(
        request.POST or None,
        first=first,
        last=last,
        initial={"from_day": first, "until_day": last, **known_contact(request.user)},
        variant=wish.variant,
        knows_name=resident_of(request.user) is not None,
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _join(request, wish, form)
        if answer is not None:
            return answer
    context = {
        "wish": wish,
        "form": form,
        "resident": resident_of(request.user),
        "request_key": request.POST.get("request_key") or new_key(),
        "back_url": wish.url("month"),
    }
    return render(request, "reservations/booking/waiting_join.html", context)


def _join(request: HttpRequest, wish: Wish, form: WaitingForm) -> HttpResponse | None:
    """To the place in the list; None where the form says what hinders."""
    try:
        count_join(request)
        entry = waitlist.join(
            group=wish.group,
            place=wish.place,
            service=wish.service,
            from_day=form.cleaned_data["from_day"],
            until_day=form.cleaned_data["until_day"],
            people=wish.people,
            contact=contact_from(form, request.user),
            request_key=f"{holder_of(request)} {request.POST.get('request_key', '')}"[:200],
            by=person(request),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    open_in_browser(request, entry)
    messages.success(request, _("キャンセル待ちに申し込みました。"))
    return redirect("reservations:waiting_detail", public_id=entry.public_id)


@resident_or_guest
@never_cache
@require_safe
def waiting_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where one waits, and what is offered."""
    entry = own_entry_or_404(request, public_id)
    is_over = entry.offer_until is not None and entry.offer_until <= timezone.now()
    return render(request, "reservations/mine/waiting.html", {"entry": entry, "is_over": is_over})


@resident_or_guest
@require_POST
def waiting_accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the offered time. Pressed twice, it leads to the same booking."""
    entry = own_entry_or_404(request, public_id)
    try:
        booked = waitlist.accept(entry=entry, by=person(request))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("reservations:waiting_detail", public_id=public_id)
    open_in_browser(request, booked.reservation)
    return redirect("reservations:reservation_done", public_id=booked.reservation.public_id)


@resident_or_guest
@require_POST
def waiting_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Wait no longer, or decline the offer."""
    entry = own_entry_or_404(request, public_id)
    try:
        left = waitlist.leave(entry=entry, by=person(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        if left.state == WaitlistState.LEFT:
            messages.success(request, _("キャンセル待ちをやめました。"))
    return redirect("reservations:waiting_detail", public_id=public_id)
