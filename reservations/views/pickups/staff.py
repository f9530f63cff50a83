"""Ordered certificates at the counter: the list of a place on a tablet, one order, and orders by telephone."""

from collections.abc import Callable
from http import HTTPMethod

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cityhall.access import staff_only
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import public_id as new_key
from cityhall.my_numbers import record_confirmed_number
from cityhall.pages import keyset_page
from cityhall.services import audit
from reservations.enums import PickupState, ReservationChannel
from reservations.errors import PickupMoved
from reservations.forms_pickups import CounterForm, HandOverForm, StaffOrderForm
from reservations.models import PickupOrder, Place, ServiceGroup
from reservations.queries.pickups import counter_list, find, pickup_groups, places_for, visible_pickups
from reservations.services import pickups
from reservations.views.staff.people import people_search
from reservations.views.staff.shared import staff_of

HAND_OVER = "reservations.hand_over_pickup"
_PAGE = 50


@staff_only(HAND_OVER)
@never_cache
@require_safe
def staff_pickups(request: HttpRequest) -> HttpResponse:
    """What is to be made and what lies ready at a place; words find an order anywhere."""
    user = staff_of(request)
    form = CounterForm(request.GET, places=_places(request))
    text, after = form.text(), request.GET.get("after", "")
    if text:
        page = keyset_page(find(user, text), order=("-wanted_on", "-id"), after=after, size=_PAGE)
    else:
        rows = counter_list(user, form.chosen_place(), form.states()).order_by("wanted_on", "id")
        page = keyset_page(rows, order=("wanted_on", "id"), after=after, size=_PAGE)
    audit.record(
        action=AuditAction.SEARCH if text else AuditAction.LIST,
        actor=user,
        target_type="reservations.pickup",
        object_ids=[row.public_id for row in page.rows],
    )
    query = request.GET.copy()
    query["after"] = page.next_cursor or ""
    context = {
        "form": form,
        "text": text,
        "place": form.chosen_place(),
        "rows": page.rows,
        "groups": pickup_groups(user),
        "next_url": f"?{query.urlencode()}" if page.next_cursor else "",
    }
    return render(request, "reservations/pickups/staff_list.html", context)


@staff_only(HAND_OVER)
@never_cache
@require_http_methods([HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.POST])
def staff_pickup_new(request: HttpRequest, key: str) -> HttpResponse:
    """An order by telephone or at the counter."""
    user = staff_of(request)
    group = get_object_or_404(pickup_groups(user), key=key)
    people_form, people = people_search(request)
    form = StaffOrderForm(request.POST or None, group=group, places=places_for(user, group), people=people)
    if request.method == HTTPMethod.POST and form.is_valid():
        answer = _order(request, group, form)
        if answer is not None:
            return answer
    key = request.POST.get("request_key") or new_key()
    context = {"group": group, "form": form, "people_form": people_form, "request_key": key}
    return render(request, "reservations/pickups/staff_new.html", context)


@staff_only(HAND_OVER)
@never_cache
@require_safe
def staff_pickup(request: HttpRequest, public_id: str) -> HttpResponse:
    """One order with its next step. Reading it is in the audit trail."""
    pickup = _pickup_or_404(request, public_id)
    audit.record(
        action=AuditAction.READ,
        actor=staff_of(request),
        target_type="reservations.pickup",
        target_id=pickup.public_id,
        target_label=pickup.number,
        department_code=pickup.group.department.code,
    )
    return _page(request, pickup, HandOverForm())


@staff_only(HAND_OVER)
@require_POST
def staff_pickup_ready(request: HttpRequest, public_id: str) -> HttpResponse:
    """It lies ready; a mail says so."""
    pickup = _pickup_or_404(request, public_id)
    done = (
        _("準備ができたことを記録しました。")
        if _has_mail(pickup)
        else _("準備ができました。お電話で知らせてください。")
    )
    return _act(
        request, pickup, lambda seen: pickups.make_ready(pickup=pickup, seen_revision=seen, by=staff_of(request)), done
    )


@staff_only(HAND_OVER)
@require_POST
def staff_pickup_hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Handed over to who has shown a document."""
    pickup = _pickup_or_404(request, public_id)
    if pickup.state == PickupState.HANDED_OVER:
        messages.info(request, _handed_over_before(pickup))
        return redirect("reservations:staff_pickup", public_id=pickup.public_id)
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return _page(request, pickup, form)

    def act(seen: int) -> PickupOrder:
        document = form.cleaned_data["document"]
        return pickups.hand_over(pickup=pickup, seen_revision=seen, document=document, by=staff_of(request))

    return _act(request, pickup, act, _("お渡ししたことを記録しました。"))


@staff_only(HAND_OVER)
@require_POST
def staff_pickup_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cancelled on request, or destroyed after nobody came."""
    pickup = _pickup_or_404(request, public_id)
    return _act(
        request,
        pickup,
        lambda seen: pickups.cancel(pickup=pickup, seen_revision=seen, by=staff_of(request)),
        _("申込を取り消しました。"),
    )


def _handed_over_before(pickup: PickupOrder) -> str:
    """Pressed twice, or somebody else was faster: whoever stands at the counter reads who and when."""
    at, by = pickup.handed_over_at, pickup.handed_over_by
    return _("この書類は、%(at)sに%(by)sがお渡し済みです。二重には記録していません。") % {
        "at": f"{timezone.localtime(at):%H:%M}" if at else "",
        "by": by,
    }


def _act(request: HttpRequest, pickup: PickupOrder, act: Callable[[int], PickupOrder], done: str) -> HttpResponse:
    """One step, on the revision the page has shown."""
    text = request.POST.get("revision", "")
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise PickupMoved
        act(int(text))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return redirect("reservations:staff_pickup", public_id=pickup.public_id)


def _page(request: HttpRequest, pickup: PickupOrder, form: HandOverForm) -> HttpResponse:
    context = {
        "pickup": pickup,
        "items": pickup.items.select_related("service").order_by("id"),
        "form": form,
        "may_ready": pickup.state == PickupState.ORDERED,
        "may_hand_over": pickup.state in (PickupState.READY, PickupState.UNCLAIMED),
        "may_cancel": pickup.state in (PickupState.ORDERED, PickupState.READY, PickupState.UNCLAIMED),
    }
    return render(request, "reservations/pickups/staff_detail.html", context)


def _order(request: HttpRequest, group: ServiceGroup, form: StaffOrderForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        pickup = pickups.order(
            group=group,
            place=form.chosen_place(),
            items=form.wanted(),
            wanted_on=data["wanted_on"],
            wanted_from=data["wanted_from"],
            subject=data["subject"],
            relation=data["relation"],
            note=data["note"],
            contact=form.contact(),
            request_key=request.POST.get("request_key", "")[:80],
            channel=ReservationChannel(data["channel"]),
            by=staff_of(request),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    record_confirmed_number(
        form,
        by=staff_of(request),
        target_type="reservations.pickup",
        target_id=pickup.public_id,
        target_label=pickup.number,
        department_code=group.department.code,
    )
    messages.success(request, _("申込を受け付けました。受付番号をお伝えください。"))
    return redirect("reservations:staff_pickup", public_id=pickup.public_id)


def _pickup_or_404(request: HttpRequest, public_id: str) -> PickupOrder:
    found = visible_pickups(staff_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _places(request: HttpRequest) -> list[Place]:
    """Where the own groups hand anything over, and branches of one's own where others do; each once."""
    user = staff_of(request)
    found: dict[int, Place] = {}
    for group in pickup_groups(user):
        for place in places_for(user, group):
            found.setdefault(place.pk, place)
    return sorted(found.values(), key=lambda place: (place.position, place.key))


def _has_mail(pickup: PickupOrder) -> bool:
    return bool(pickup.email or pickup.resident_id)
