"""Draws as residents and staff see them."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from cityhall.models import User
from reservations.drawing import Entry
from reservations.enums import DrawState, WishState
from reservations.models import Draw, DrawChoice, DrawWish, Slot
from reservations.queries.supply import editable_groups
from reservations.services.visits import places_for


def public_draws(now: dt.datetime | None = None) -> QuerySet[Draw]:
    """What can be entered, will be, or was drawn in the last sixty days; newest first."""
    moment = now or timezone.now()
    recent = Q(state__in=[DrawState.COLLECTING, DrawState.DRAWING]) | Q(drawn_at__gte=moment - dt.timedelta(days=60))
    return _drawn().filter(recent, group__is_active=True, place__is_practice=False)


def draws_of(user: User) -> QuerySet[Draw]:
    """The draws of the groups somebody may edit, with how many entered."""
    entered = Count("wishes", filter=~Q(wishes__state=WishState.WITHDRAWN))
    return _drawn().filter(group__in=editable_groups(user)).annotate(entered=entered)


def slots_of(draw: Draw) -> QuerySet[Slot]:
    """The slots that are drawn."""
    days = Q(business_day__gte=draw.from_day, business_day__lte=draw.until_day)
    return Slot.objects.filter(days, group=draw.group, place=draw.place, closed_at__isnull=True).order_by("starts_at")


def key_of(slot: Slot) -> str:
    """How a slot is named in the published list: the time it begins, in Tokyo."""
    return timezone.localtime(slot.starts_at).strftime("%Y%m%dT%H%M")


def entries_of(draw: Draw) -> list[Entry]:
    """All wishes that stand, as they are published. Two queries."""
    choices = Prefetch("choices", DrawChoice.objects.select_related("slot").order_by("position"))
    standing = draw.wishes.exclude(state=WishState.WITHDRAWN).prefetch_related(choices).order_by("number")
    return [
        Entry(wish.number, [key_of(choice.slot) for choice in wish.choices.all()], places_for(draw.group, wish.people))
        for wish in standing
    ]


def room_in(draw: Draw, slots: Iterable[Slot], now: dt.datetime) -> dict[str, int]:
    """The places that are drawn, by slot: what is released and not taken, of slots that can still be booked."""
    soonest = now + dt.timedelta(minutes=draw.group.lead_minutes)
    return {
        key_of(slot): min(slot.released - slot.taken_public, slot.capacity - slot.taken)
        for slot in slots
        if slot.starts_at >= soonest
    }


def results_of(draw: Draw) -> QuerySet[DrawWish]:
    """The drawn order with what each won; numbers only, no names."""
    return draw.wishes.filter(rank__isnull=False).select_related("reservation").order_by("rank")


def is_open(draw: Draw, now: dt.datetime | None = None) -> bool:
    """Whether wishes are taken now."""
    moment = now or timezone.now()
    return draw.state == DrawState.COLLECTING and draw.wishes_from <= moment < draw.wishes_until


def _drawn() -> QuerySet[Draw]:
    return Draw.objects.select_related("group__department", "place").order_by("-wishes_until", "-id")
