"""Disposals can be read here: they are made and agreed to on the pages of staff."""

from django.contrib import admin

from applications.admin.base import ReadOnlyAdmin
from applications.models import Disposal, DisposalRow


@admin.register(Disposal)
class DisposalAdmin(ReadOnlyAdmin):
    list_display = ["department", "as_of", "state", "planned_by", "approved_by", "finished_at"]
    list_filter = ["state", "department", "as_of"]
    search_fields = ["=public_id"]
    list_select_related = ["department", "planned_by", "approved_by"]


@admin.register(DisposalRow)
class DisposalRowAdmin(ReadOnlyAdmin):
    """Also of cases that are gone: this line is what is left of them."""

    list_display = ["disposal", "application", "state", "skipped_reason", "finished_at"]
    list_filter = ["state"]
    search_fields = ["=disposal__public_id", "=application__number"]
    list_select_related = ["disposal__department", "application"]
