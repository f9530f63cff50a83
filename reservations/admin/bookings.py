"""Reservations, the waiting list, draws and pick-ups, to be read."""

from django.contrib import admin

from reservations.admin.base import ReadOnlyAdmin
from reservations.models import (
    Attendance,
    Draw,
    DrawWish,
    FreedPlace,
    PickupOrder,
    Reservation,
    ReservationEvent,
    WaitlistEntry,
)


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ["number", "group", "place", "starts_at", "state", "channel", "people", "is_practice"]
    list_filter = ["state", "channel", "place", "is_practice"]
    search_fields = ["=number", "=public_id"]
    list_select_related = ["group", "place"]


@admin.register(ReservationEvent)
class ReservationEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "kind", "reservation", "actor"]
    list_filter = ["kind"]
    search_fields = ["=reservation__number"]
    list_select_related = ["reservation", "actor"]


@admin.register(FreedPlace)
class FreedPlaceAdmin(ReadOnlyAdmin):
    list_display = ["slot", "places", "is_public", "freed_at", "reopens_at", "settled_at"]
    search_fields = ["slot__group__name", "slot__place__name"]
    list_select_related = ["slot__group"]


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin):
    list_display = ["public_id", "group", "place", "from_day", "until_day", "state", "offer_until"]
    list_filter = ["state", "place"]
    search_fields = ["=public_id"]
    list_select_related = ["group", "place"]


@admin.register(Draw)
class DrawAdmin(ReadOnlyAdmin):
    list_display = ["title", "group", "place", "wishes_from", "wishes_until", "state", "drawn_at"]
    list_filter = ["state", "place"]
    search_fields = ["title"]
    list_select_related = ["group", "place"]
    # the seed is public after the draw and nobody's before it
    exclude = ["sealed_seed"]


@admin.register(DrawWish)
class DrawWishAdmin(ReadOnlyAdmin):
    list_display = ["number", "draw", "state", "rank", "people", "created_at"]
    list_filter = ["state"]
    search_fields = ["=number"]
    list_select_related = ["draw"]


@admin.register(PickupOrder)
class PickupOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "group", "place", "wanted_on", "state", "channel"]
    list_filter = ["state", "place"]
    search_fields = ["=number"]
    list_select_related = ["group", "place"]


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ["__str__"]
    search_fields = ["=reservation__number"]
