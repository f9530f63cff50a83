"""Neighbourhood associations and their circulars."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cityhall.admin import BaseAdmin
from notices.admin.base import ReadOnlyAdmin, WorkAdmin
from notices.models import Circular, CircularHome, CircularReading, CircularRound, District, DistrictHead


class _TownsField(forms.CharField):
    """Names of towns, one a line; kept as a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class _DistrictForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    towns = _TownsField(
        label=_("町名"),
        required=False,
        help_text=_("1行に1つ、住民の住所にある町名のとおりに入力してください。例: 緑本町"),
    )


@admin.register(District)
class DistrictAdmin(BaseAdmin):
    form = _DistrictForm
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


@admin.register(CircularRound)
class CircularRoundAdmin(WorkAdmin):
    list_display = ["circular", "state", "told_count", "attempts", "due_at"]
    search_fields = ["circular__title"]
    list_select_related = ["circular"]
