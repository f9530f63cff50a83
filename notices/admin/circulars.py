"""Neighbourhood associations and their circulars."""

from django.contrib import admin

from cityhall.admin import BaseAdmin
from notices.admin.base import ReadOnlyAdmin
from notices.models import Circular, CircularHome, CircularReading, District, DistrictHead


@admin.register(District)
class DistrictAdmin(BaseAdmin):
    list_display = ["name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]


@admin.register(DistrictHead)
class DistrictHeadAdmin(BaseAdmin):
    list_display = ["district", "user", "valid_from", "valid_until"]
    list_filter = ["district"]
    search_fields = ["district__name", "user__name"]
    list_select_related = ["district", "user"]
    autocomplete_fields = ["district", "user"]


@admin.register(CircularHome)
class CircularHomeAdmin(BaseAdmin):
    list_display = ["name", "section", "district", "wants_paper", "ended_at"]
    list_filter = ["district", "wants_paper"]
    search_fields = ["name"]
    list_select_related = ["district"]
    raw_id_fields = ["household", "device"]


@admin.register(Circular)
class CircularAdmin(ReadOnlyAdmin):
    list_display = ["title", "department", "published_at", "ends_on", "withdrawn_at"]
    search_fields = ["title", "=public_id"]
    list_select_related = ["department"]


@admin.register(CircularReading)
class CircularReadingAdmin(ReadOnlyAdmin):
    list_display = ["circular", "home", "at", "on_paper"]
    list_filter = ["on_paper"]
    search_fields = ["circular__title", "home__name"]
    list_select_related = ["circular", "home"]
