"""What administrators set of the corner for the bereaved, and what they may read of it."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cityhall.admin import BaseAdmin
from cityhall.admin.refusing import RefusingAdmin
from cityhall.models import User
from counter.models import Bereavement, BereavementCheck, BereavementCorner, BereavementEvent, ElsewhereItem
from counter.queries.bereavements import unverified_items
from counter.services import bereavements
from reservations.errors import GivesNumbers


@admin.register(BereavementCorner)
class BereavementCornerAdmin(RefusingAdmin, BaseAdmin):
    refusals = {GivesNumbers: "service"}
    list_display = ["service", "life_event", "prepare_days", "is_active"]
    search_fields = ["service__key", "service__name"]
    list_select_related = ["service", "life_event"]
    ordering = ["id"]

    def save_model(self, request: HttpRequest, obj: BereavementCorner, form: Any, change: bool) -> None:
        bereavements.save_corner(obj)


@admin.register(BereavementCheck)
class BereavementCheckAdmin(BaseAdmin):
    list_display = ["title", "department", "position", "is_active"]
    list_filter = ["department", "is_active"]
    search_fields = ["title", "key"]
    list_select_related = ["department"]
    ordering = ["position", "key"]


class VerifiedFilter(admin.SimpleListFilter):
    """Whether somebody of the city has compared the item with the law."""

    title = _("法令の確認")
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("未確認")), ("yes", _("確認済み"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ElsewhereItem]) -> QuerySet[ElsewhereItem]:
        chosen = self.value()
        return queryset.filter(verified_on__isnull=chosen == "no") if chosen in ("no", "yes") else queryset


_NOT_OF_LAW = frozenset({"position", "is_active", "when", "results"})
"""What may change without the item being looked up again: where it stands and whom it is shown to."""


@admin.register(ElsewhereItem)
class ElsewhereItemAdmin(BaseAdmin):
    change_list_template = "counter/admin/elsewhere_items.html"
    list_display = ["name", "office", "law", "due_text", "verified_on", "verified_by", "position", "is_active"]
    list_filter = [VerifiedFilter, "is_active"]
    list_select_related = ["verified_by"]
    search_fields = ["name", "office", "key"]
    readonly_fields = ["verified_on", "verified_by"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ["position", "key"]
    actions = ["verify"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"unverified": unverified_items().count()} | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: ElsewhereItem, form: Any, change: bool) -> None:
        """What was verified and is changed is not verified any more."""
        if obj.verified_on and set(form.changed_data) - _NOT_OF_LAW:
            obj.verified_on = obj.verified_by = None
            self.message_user(
                request, gettext("内容を変えたため、法令の確認を「未確認」に戻しました。"), messages.WARNING
            )
        super().save_model(request, obj, form, change)

    @admin.action(description=_("確認した（法令と窓口に確かめた日と職員を記録する）"), permissions=["change"])
    def verify(self, request: HttpRequest, queryset: QuerySet[ElsewhereItem]) -> None:
        """Audited, each item."""
        if isinstance(request.user, User):
            count = bereavements.verify(list(queryset.values_list("pk", flat=True)), by=request.user)
            text = ngettext("%(count)d件を確認済みにしました。", "%(count)d件を確認済みにしました。", count)
            self.message_user(request, text % {"count": count}, messages.SUCCESS)


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
