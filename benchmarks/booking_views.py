"""Views only the bench has: one booking in one request, the same without its guard, and a view that inserts a row."""

import datetime as dt
import time

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cityhall.errors import DomainError
from reservations.contacts import ContactData
from reservations.enums import ReservationChannel, ReservationState, SupplyAction
from reservations.errors import SlotGone
from reservations.models import Reservation, ReservationSlot, Slot, SupplyEvent
from reservations.queries import known
from reservations.services import bookings


@csrf_exempt
def insert_one(request: HttpRequest) -> HttpResponse:
    """The least that a page which writes can do: one row, nothing read."""
    SupplyEvent.objects.create(action=SupplyAction.SLOT_CHANGED, before={}, after={"by": request.POST["key"]})
    return HttpResponse("ok", content_type="text/plain")


@csrf_exempt
def book(request: HttpRequest) -> HttpResponse:
    """Hold and confirm as residents do, in one request: 200 with the number, or 409.

    Service, place and slot are read as the booking pages read them.
    """
    service = known.service(request.POST["service"])
    if service is None:
        raise Http404
    [choice] = known.place_choices([service], at=request.POST["place"])
    starts_at = dt.datetime.fromtimestamp(int(request.POST["at"]), dt.UTC)
    slots = known.slots_at(group=service.group, place=choice.place, starts_at=starts_at, minutes=service.minutes)
    try:
        booked = bookings.book(
            group=service.group,
            place=choice.place,
            service=service,
            slots=slots,
            contact=_contact(request.POST["key"]),
            request_key=request.POST["key"],
            channel=ReservationChannel.ONLINE,
        )
    except DomainError as error:
        return HttpResponse(error.code, status=409, content_type="text/plain")
    return HttpResponse(booked.reservation.number or "", content_type="text/plain")


@csrf_exempt
def book_unguarded(request: HttpRequest) -> HttpResponse:
    """Look whether there is room, then write: what the check after every run must find out."""
    slot = Slot.objects.select_related("group", "place").get(pk=request.POST["slot"])
    if ReservationSlot.objects.filter(slot=slot).count() >= slot.capacity:
        return HttpResponse(SlotGone.code, status=409, content_type="text/plain")
    time.sleep(0.005)
    now = timezone.now()
    row = Reservation.objects.create(
        request_key=request.POST["key"],
        group=slot.group,
        place=slot.place,
        service=slot.group.services.all()[0],
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        business_day=slot.business_day,
        state=ReservationState.HELD,
        hold_until=now,
    )
    ReservationSlot.objects.create(reservation=row, slot=slot)
    return HttpResponse("ok", content_type="text/plain")


def _contact(key: str) -> ContactData:
    return ContactData(name="計測 太郎", kana="ケイソク タロウ", email=f"{key}@example.jp")
