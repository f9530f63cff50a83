"""Mandates, consents and proofs of identity."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.admin import BaseAdmin
from cityhall.models import User
from residents.models import Consent, ExternalId, IdentityProof, Mandate
from residents.names import fold_name
from residents.services import create_mandate, revoke_mandate


@admin.register(Mandate)
class MandateAdmin(BaseAdmin):
    """Written once by the service, ended by revoking; never edited."""

    list_display = ["agent", "principal", "evidence", "valid_from", "valid_until", "revoked_at"]
    list_filter = ["revoked_at", "valid_until"]
    list_select_related = ["agent", "principal"]
    search_fields = ["agent__search_name__startswith", "principal__search_name__startswith"]
    autocomplete_fields = ["principal", "agent"]
    fields = ["principal", "agent", "procedure_keys", "evidence", "valid_from", "valid_until"]
    actions = ["revoke"]

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("residents.change_mandate"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mandate], search_term: str
    ) -> tuple[QuerySet[Mandate], bool]:
        return super().get_search_results(request, queryset, fold_name(search_term))

    def save_model(self, request: HttpRequest, obj: Mandate, form: Any, change: bool) -> None:
        """Through the service: it holds the rules and writes the audit event."""
        if not isinstance(request.user, User):
            return
        written = create_mandate(
            principal=obj.principal,
            agent=obj.agent,
            procedure_keys=obj.procedure_keys,
            evidence=obj.evidence,
            valid_from=obj.valid_from,
            valid_until=obj.valid_until,
            by=request.user,
        )
        obj.pk = written.pk

    @admin.action(description=gettext_lazy("選んだ代理権を取り消す"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Mandate]) -> None:
        if not isinstance(request.user, User):
            return
        for mandate in queryset.select_related("principal", "agent"):
            revoke_mandate(mandate=mandate, by=request.user)
        self.message_user(request, _("代理権を取り消しました。"), messages.SUCCESS)


@admin.register(Consent)
class ConsentAdmin(BaseAdmin):
    """Every yes and no, newest first."""

    append_only = True
    list_display = ["resident", "kind", "text_version", "is_given", "at"]
    list_filter = ["kind", "is_given", "text_version"]
    list_select_related = ["resident"]
    search_fields = ["resident__search_name__startswith"]
    ordering = ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Consent], search_term: str
    ) -> tuple[QuerySet[Consent], bool]:
        return super().get_search_results(request, queryset, fold_name(search_term))


@admin.register(IdentityProof)
class IdentityProofAdmin(BaseAdmin):
    """When and how people proved who they are. What was proven is not shown: the resident's page is."""

    append_only = True
    list_display = ["resident", "level", "provider", "proven_at"]
    list_filter = ["level", "provider"]
    list_select_related = ["resident"]
    search_fields = ["resident__search_name__startswith"]
    fields = ["resident", "level", "provider", "proven_at"]
    ordering = ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[IdentityProof], search_term: str
    ) -> tuple[QuerySet[IdentityProof], bool]:
        return super().get_search_results(request, queryset, fold_name(search_term))


@admin.register(ExternalId)
class ExternalIdAdmin(BaseAdmin):
    """Numbers of other systems, written by the register import."""

    append_only = True
    list_display = ["kind", "value", "resident"]
    list_filter = ["kind"]
    list_select_related = ["resident"]
    search_fields = ["value__exact"]
    ordering = ["-id"]
