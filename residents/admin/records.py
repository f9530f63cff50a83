"""Consents, proofs of identity and numbers. Mandates name procedures: their page is the applications'."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cityhall.admin import BaseAdmin
from residents.models import Consent, ExternalId, IdentityProof
from residents.names import fold_name


@admin.register(Consent)
class ConsentAdmin(BaseAdmin):
    """Every yes and no, newest first."""

    append_only = True
    list_display = ["resident", "kind", "text_version", "is_given", "at", "way"]
    list_filter = ["kind", "is_given", "way", "text_version"]
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
