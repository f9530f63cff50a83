"""Ordering certificates without waiting at the counter, with an account or without, and the page of an order."""

from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall import guests
from cityhall.access import public, resident_or_guest
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from reservations.enums import PickupState
from reservations.forms_pickups import OrderForm
from reservations.models import PickupOrder, ServiceGroup
from reservations.queries.pickups import PURPOSE, by_link, own_pickups, pickup_groups
from reservations.services import pickups
from reservations.views.booking.browser import holder_of
from reservations.views.booking.limits import count_booking
from reservations.views.contacts import contact_from, known_contact
from reservations.views.links import link_over, link_wiped
from reservations.views.own import person
from residents.queries import own_row_ids, resident_of


@public
@require_safe
def pickup_start(request: HttpRequest) -> HttpResponse:
    """What can be ordered; with one group, its form at once."""
    groups = list(pickup_groups().prefetch_related("services"))
    if len(groups) == 1:
        return redirect("reservations:pickup_new", key=groups[0].key)
    return render(request, "reservations/pickups/start.html", {"groups": groups})


@public
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def pickup_new(request: HttpRequest, key: str) -> HttpResponse:
    """The order on one page. Pressed twice, it is one order."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    group = get_object_or_404(pickup_groups(), key=key)
    resident = resident_of(request.user)
    form = OrderForm(
        request.POST or None, group=group, knows_name=resident is not None, initial=known_contact(request.user)
    )
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _order(request, group, form)
        if answer is not None:
            return answer
    context = {
        "group": group,
        "form": form,
        "resident": resident,
        "request_key": request.POST.get("request_key") or new_key(),
    }
    return render(request, "reservations/pickups/new.html", context)


@public
@never_cache
@require_safe
def pickup_open(request: HttpRequest, public_id: str, secret: str) -> HttpResponse:
    """The link of a mail: lets this browser open the order, and takes the secret out of the address."""
    if request.user.is_authenticated and request.user.is_staff:
        raise Http404
    found = by_link(public_id, secret)
    if found is None:
        return link_over(request, public_id, "pickup-open")
    if found.wiped_at:
        return link_wiped(request)
    _open_in_browser(request, found)
    return redirect("reservations:pickup_detail", public_id=found.public_id)


@resident_or_guest
@never_cache
@require_safe
def pickup_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One order: number, what, where, when, and how far it is."""
    pickup = _own_or_404(request, public_id)
    context = {
        "pickup": pickup,
        "items": pickup.items.select_related("service").order_by("id"),
        "may_cancel": pickup.state == PickupState.ORDERED,
        "is_guests_here": public_id in guests.held(request.session, PURPOSE),
    }
    return render(request, "reservations/pickups/detail.html", context)


@resident_or_guest
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def pickup_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks once, then cancels."""
    pickup = _own_or_404(request, public_id)
    if request.method != HTTPMethod.POST:
        return render(request, "reservations/pickups/cancel.html", {"pickup": pickup})
    try:
        pickups.cancel(pickup=pickup, seen_revision=pickup.revision, by=person(request))
    except DomainError:
        messages.warning(request, _("準備ができているため、ここからは取り消せません。窓口へお電話ください。"))
    else:
        messages.success(request, _("申込を取り消しました。"))
    return redirect("reservations:pickup_detail", public_id=public_id)


@resident_or_guest
@require_POST
def pickup_leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let this browser forget the order: the next person at a shared computer must not find it."""
    if not guests.was_forgotten(request.session, PURPOSE, public_id):
        guests.forget(request.session, PURPOSE, _own_or_404(request, public_id).public_id)
    messages.success(request, _("この端末での表示を終わりました。もう一度開くには、メールのリンクをお使いください。"))
    return redirect("reservations:pickup_start")


def _order(request: HttpRequest, group: ServiceGroup, form: OrderForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        count_booking(request)
        pickup = pickups.order(
            group=group,
            place=form.chosen_place(),
            items=form.wanted(),
            wanted_on=data["wanted_on"],
            wanted_from=data["wanted_from"],
            subject=data["subject"],
            relation=data["relation"],
            note=data["note"],
            contact=contact_from(form, request.user),
            request_key=request.POST.get("request_key", "")[:80],
            holder=holder_of(request),
            by=person(request),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    _open_in_browser(request, pickup)
    messages.success(request, _("申込を受け付けました。受付番号を控えてください。"))
    return redirect("reservations:pickup_detail", public_id=pickup.public_id)


def _own_or_404(request: HttpRequest, public_id: str) -> PickupOrder:
    """An order of the person, or one whose link this browser has shown."""
    user = person(request)
    own = own_pickups(user).filter(public_id=public_id).first() if user is not None else None
    if own is not None:
        return own
    version = guests.held_version(request.session, PURPOSE, public_id)
    rows = PickupOrder.objects.select_related("group__department", "place", "resident")
    found = rows.filter(public_id=public_id, secret_version=version).first() if version is not None else None
    if found is None:
        raise Http404
    return found


def _open_in_browser(request: HttpRequest, pickup: PickupOrder) -> None:
    user = person(request)
    if user is not None and pickup.resident_id is not None and pickup.resident_id in own_row_ids(user):
        return
    guests.remember(request.session, PURPOSE, pickup.public_id, pickup.secret_version)
