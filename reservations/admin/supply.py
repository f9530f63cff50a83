"""Hours, slots and their history, to be read: the page of the supply changes them."""

from django.contrib import admin

from reservations.admin.base import ReadOnlyAdmin
from reservations.models import OpeningException, OpeningRule, Slot, SupplyEvent


@admin.register(OpeningRule)
class OpeningRuleAdmin(ReadOnlyAdmin):
    list_display = ["group", "place", "kind", "from_time", "until_time", "valid_from", "valid_until", "capacity"]
    list_filter = ["place", "kind"]
    search_fields = ["group__name", "place__name"]
    list_select_related = ["group", "place"]


@admin.register(OpeningException)
class OpeningExceptionAdmin(ReadOnlyAdmin):
    list_display = ["date", "place", "group", "kind", "from_time", "until_time", "reason"]
    list_filter = ["place", "kind"]
    search_fields = ["group__name", "place__name", "reason"]
    list_select_related = ["group", "place"]


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin):
    list_display = ["starts_at", "group", "place", "capacity", "public_capacity", "taken", "opens_at", "closed_at"]
    list_filter = ["place", "is_edited"]
    search_fields = ["group__name", "place__name"]
    list_select_related = ["group", "place"]


@admin.register(SupplyEvent)
class SupplyEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "group", "place", "actor"]
    list_filter = ["action", "place"]
    search_fields = ["group__name", "place__name"]
    list_select_related = ["group", "place", "actor"]
