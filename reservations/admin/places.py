"""Where people are served: places, desks, and the machines around them."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cityhall.admin import BaseAdmin
from cityhall.admin.names import NamesField
from reservations.models import Desk, Display, Kiosk, Place

if TYPE_CHECKING:
    PlaceModelForm = forms.ModelForm[Place]
else:
    PlaceModelForm = forms.ModelForm


class PlaceForm(PlaceModelForm):
    """Names in other languages have a box each."""

    names = NamesField(label=_("他の言語の名称"), required=False, help_text=_("空欄の言語では、日本語の名称が出ます。"))


@admin.register(Place)
class PlaceAdmin(BaseAdmin):
    form = PlaceForm
    list_display = ["name", "key", "kind", "department", "phone", "is_practice", "is_active", "position"]
    list_filter = ["kind", "is_active", "is_practice"]
    search_fields = ["name", "key"]
    list_select_related = ["department"]
    autocomplete_fields = ["floor_map"]

    def get_readonly_fields(self, request: object, obj: Place | None = None) -> list[str]:
        # the key stands in addresses and in the catalogue
        return ["key"] if obj else []


@admin.register(Desk)
class DeskAdmin(BaseAdmin):
    list_display = ["number", "name", "place", "floor", "device", "is_active"]
    list_filter = ["place", "is_active"]
    search_fields = ["number", "name", "place__name"]
    list_select_related = ["place", "device"]
    filter_horizontal = ["services"]
    autocomplete_fields = ["device"]


@admin.register(Display)
class DisplayAdmin(BaseAdmin):
    list_display = ["name", "place", "device", "shown_calls", "has_voice", "is_active"]
    list_filter = ["place", "is_active"]
    search_fields = ["name"]
    list_select_related = ["place", "device"]
    filter_horizontal = ["groups"]
    autocomplete_fields = ["device"]


@admin.register(Kiosk)
class KioskAdmin(BaseAdmin):
    list_display = [
        *("name", "place", "device", "prints", "offers_forms"),
        *("opens_at", "closes_at", "daily_limit", "is_active"),
    ]
    list_filter = ["place", "is_active"]
    search_fields = ["name"]
    list_select_related = ["place", "device"]
    filter_horizontal = ["services"]
    autocomplete_fields = ["device"]
