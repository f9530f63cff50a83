"""What administrators set of the corner for the bereaved, and what they may read of it."""

from django.contrib import admin
from django.db import models

from cityhall.admin import BaseAdmin
from counter.models import Bereavement, BereavementCheck, BereavementCorner, BereavementEvent, ElsewhereItem


@admin.register(BereavementCorner)
class BereavementCornerAdmin(BaseAdmin):
    list_display = ["service", "life_event", "prepare_days", "is_active"]
    search_fields = ["service__key", "service__name"]
    list_select_related = ["service", "life_event"]
    ordering = ["id"]


@admin.register(BereavementCheck)
class BereavementCheckAdmin(BaseAdmin):
    list_display = ["title", "department", "position", "is_active"]
    list_filter = ["department", "is_active"]
    search_fields = ["title", "key"]
    list_select_related = ["department"]
    ordering = ["position", "key"]


@admin.register(ElsewhereItem)
class ElsewhereItemAdmin(BaseAdmin):
    list_display = ["name", "office", "law", "due_text", "verified_on", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "office", "key"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ["position", "key"]


@admin.register(Bereavement)
class BereavementAdmin(BaseAdmin):
    append_only = True
    list_display = ["public_id", "corner", "state", "visit_on", "sent_at", "prepared_at", "ended_at"]
    list_filter = ["state"]
    search_fields = ["=public_id"]
    list_select_related = ["corner__service"]
    exclude = ["values", "answers", "died_on", "reservation"]
    ordering = ["-id"]


@admin.register(BereavementEvent)
class BereavementEventAdmin(BaseAdmin):
    append_only = True
    list_display = ["at", "kind", "bereavement", "actor", "detail"]
    list_filter = ["kind"]
    search_fields = ["=bereavement__public_id"]
    list_select_related = ["bereavement", "actor"]
    ordering = ["-id"]
