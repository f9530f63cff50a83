"""What people come for: groups with their services, services at places, and the questions that lead there."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from cityhall.admin import BaseAdmin
from cityhall.admin.refusing import RefusingAdmin
from reservations.by_reservation import is_needed
from reservations.errors import GivesNumbers
from reservations.models import (
    CancellationStep,
    ReleaseWave,
    RouteStep,
    Service,
    ServiceGroup,
    ServiceOffer,
    SlotSeries,
)
from reservations.services import supply

if TYPE_CHECKING:
    # takes parameters in the stubs only
    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyInline = admin.TabularInline

# how slots open is changed on the page of the supply, where the slots follow at once
_RELEASE = ("release", "horizon_days", "fixed_weekday", "fixed_time", "fixed_days_ahead")


class WaveInline(AnyInline):
    """Shown: changed with the rest of the release, on the page of the supply."""

    model = ReleaseWave
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CancellationInline(AnyInline):
    model = CancellationStep
    extra = 0


class ServiceInline(AnyInline):
    model = Service
    extra = 0
    can_delete = False
    fields = ("key", "name", "minutes", "is_active", "position")
    show_change_link = True


@admin.register(ServiceGroup)
class ServiceGroupAdmin(RefusingAdmin, BaseAdmin):
    refusals = {GivesNumbers: "has_tickets"}
    list_display = ["name", "key", "kind", "department", "release", "letter", "is_bookable", "is_active"]
    list_filter = ["kind", "department", "is_bookable", "is_active"]
    search_fields = ["name", "key"]
    list_select_related = ["department"]
    inlines = [WaveInline, CancellationInline, ServiceInline]

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceGroup | None = None) -> list[str]:
        return ["key", "reservation_only", *_RELEASE] if obj else []

    def save_model(self, request: HttpRequest, obj: ServiceGroup, form: Any, change: bool) -> None:
        """Without numbers a group that is needed so is marked, and keeps a mark that came after the form was read.

        Raises GivesNumbers. Locks the group.
        """
        rows = ServiceGroup.objects.select_for_update(no_key=True).filter(pk=obj.pk)
        obj.reservation_only = any(rows.values_list("reservation_only", flat=True)) or is_needed(obj.pk)
        if obj.reservation_only and obj.has_tickets:
            raise GivesNumbers
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Slots follow the settings at once: week by week, in transactions that begin when this one has ended."""
        super().save_related(request, form, formsets, change)
        transaction.on_commit(lambda: supply.rebuild(group=form.instance))


class OfferInline(AnyInline):
    model = ServiceOffer
    extra = 0
    can_delete = False
    fields = ("place", "minutes", "is_on_site", "by_phone", "by_video", "spot", "is_active")
    show_change_link = True


@admin.register(Service)
class ServiceAdmin(BaseAdmin):
    list_display = ["name", "key", "group", "minutes", "is_active", "position"]
    list_filter = ["group", "is_active"]
    search_fields = ["name", "key"]
    list_select_related = ["group"]
    inlines = [OfferInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        return ["key"] if obj else []


@admin.register(ServiceOffer)
class ServiceOfferAdmin(BaseAdmin):
    list_display = ["service", "place", "minutes", "is_on_site", "by_phone", "by_video", "spot", "is_active"]
    list_filter = ["place", "is_active"]
    search_fields = ["service__name", "place__name", "spot"]
    list_select_related = ["service", "place"]
    autocomplete_fields = ["service"]


@admin.register(RouteStep)
class RouteStepAdmin(BaseAdmin):
    list_display = ["label", "parent", "question", "service", "place", "position"]
    list_filter = ["place"]
    search_fields = ["label", "question"]
    list_select_related = ["parent", "service", "place"]
    autocomplete_fields = ["parent", "service"]


@admin.register(SlotSeries)
class SlotSeriesAdmin(BaseAdmin):
    list_display = ["title", "group", "place", "is_public"]
    list_filter = ["place", "is_public"]
    search_fields = ["title"]
    list_select_related = ["group", "place"]
