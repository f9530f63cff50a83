"""The first pages of booking: what for, with whom, and where."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cityhall.access import public
from reservations.forms import SearchForm
from reservations.queries.choices import bookable_services, in_groups, matching, place_choices, practice_services
from reservations.steps import booking_steps
from reservations.views.booking.from_notice import note_notice
from reservations.views.booking.wish import Wish, WishInvalid, service_or_404, to_first_page, wish_form, wish_of


@public
@require_safe
def booking_start(request: HttpRequest) -> HttpResponse:
    """What somebody comes for, in groups; words find it faster."""
    text = SearchForm(request.GET).text()
    services = list(bookable_services())
    found = matching(services, text) if text else services
    context = {
        "text": text,
        "groups": in_groups(found or services),
        "finds_nothing": bool(text and not found),
        "needs_no_account": all(service.group.allows_guests for service in services),
        "practice": [] if text else list(practice_services()),
        "steps": booking_steps("service"),
    }
    return render(request, "reservations/booking/start.html", context)


@public
@require_safe
def booking_service(request: HttpRequest, key: str) -> HttpResponse:
    """About the service, what to bring, what else is done in the same visit, and how many people come."""
    service = service_or_404(key)
    note_notice(request)
    is_sent = "go" in request.GET
    form = wish_form(service, request.GET if is_sent else None)
    if is_sent and form.is_valid():
        wish = Wish((service, *form.chosen()), form.cleaned_data["people"])
        return redirect(wish.url("places"))
    context = {"service": service, "form": form, "steps": booking_steps("service")}
    return render(request, "reservations/booking/service.html", context)


@public
@require_safe
def booking_places(request: HttpRequest, key: str) -> HttpResponse:
    """Where. Nobody is asked when there is one place and one way."""
    try:
        wish = wish_of(request, key)
    except WishInvalid:
        return to_first_page(request, key)
    choices = place_choices(wish.services)
    ways = [
        (choice, [(one, wish.at(choice.offers, one).url("month")) for one in choice.variants]) for choice in choices
    ]
    if len(ways) == 1 and len(ways[0][1]) == 1 and "all" not in request.GET:
        return redirect(ways[0][1][0][1])
    context = {
        "wish": wish,
        "ways": ways,
        "steps": booking_steps("place", wish),
        "back_url": wish.url("service"),
    }
    return render(request, "reservations/booking/places.html", context)
