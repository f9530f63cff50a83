"""The base of every admin class: never counts big tables, deletes only where told, writes down who looked."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.references import is_valid_number, normalize_number
from cityhall.services import audit

if TYPE_CHECKING:
    # these take a parameter in the stubs only
    AnyPaginator = Paginator[Any]
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyPage = Page[Any]
else:
    AnyPaginator, AnyModelAdmin = Paginator, admin.ModelAdmin

# of a page number: no list is longer, and no database takes an offset beyond 64 bits
_MOST_DIGITS = 9


class AtLeast(int):
    """A number of rows that is a lower bound, and says so when it is shown."""

    def __str__(self) -> str:
        return f"{int(self) - 1}+"


class UncountedPaginator(AnyPaginator):
    """Pages without COUNT: reads the page asked for and one row more, which tells whether another follows."""

    def __init__(self, object_list: Any, per_page: int, page_number: int) -> None:
        super().__init__(object_list, per_page)
        self.start = (max(page_number, 1) - 1) * per_page

    @cached_property
    def rows(self) -> list[Any]:
        return list(self.object_list[self.start : self.start + self.per_page + 1])

    @cached_property
    def count(self) -> int:
        known = self.start + len(self.rows)
        return AtLeast(known) if len(self.rows) > self.per_page else known

    def page(self, number: int | str) -> "AnyPage":
        number = self.validate_number(number)
        if (number - 1) * self.per_page == self.start:
            return Page(self.rows[: self.per_page], number, self)
        return super().page(number)


class BaseAdmin(AnyModelAdmin):
    """What all admin classes share.

    `append_only` tables can be looked at and nothing else. `audited_reads` (the default) records opening
    a row and showing a list (also to choose from), with the ids on it. Changes are recorded with
    the names of the fields.
    """

    show_full_result_count = False
    # numbers beside the filters would count the table once for each of them
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    append_only: ClassVar[bool] = False
    can_delete: ClassVar[bool] = False
    audited_reads: ClassVar[bool] = True
    choice_prefetch: ClassVar[tuple[str, ...]] = ()
    """What `choice_label` reads beside the row."""

    def choice_label(self, obj: Any) -> str:
        """How a row is called where it is chosen from a list."""
        return str(obj)

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> "AnyPaginator":
        number = request.GET.get(PAGE_VAR, "1")
        page_number = int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else 1
        return UncountedPaginator(queryset, per_page, page_number)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Public numbers are found as every screen shows them, with hyphens."""
        number = normalize_number(search_term)
        return super().get_search_results(request, queryset, number if is_valid_number(number) else search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.append_only and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return not self.append_only and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        return self.can_delete and super().has_delete_permission(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        obj = (getattr(response, "context_data", None) or {}).get("original")
        if self.audited_reads and request.method == "GET" and obj is not None:
            self.record(request, AuditAction.READ, obj)
        return response

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        changelist = (getattr(response, "context_data", None) or {}).get("cl")
        if self.audited_reads and request.method == "GET" and changelist is not None:
            self.record_list(request, changelist.result_list)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history of a row is the audit trail about it."""
        query = urlencode({"target_type": self.opts.label_lower, "target": object_id})
        return redirect(f"{reverse('admin:cityhall_auditevent_changelist')}?{query}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(request, AuditAction.CREATE, obj, _changed_names(message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(request, AuditAction.CHANGE, obj, _changed_names(message))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            self.record(request, AuditAction.DELETE, obj)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> list[dict[str, Any]]:
        """Column names instead of translated labels: they outlive the interface's wording."""
        names = [*form.changed_data]
        for formset in formsets or ():
            prefix = formset.model._meta.model_name
            names += [f"{prefix}.{name}" for part in formset.forms for name in part.changed_data]
        return [{"added" if add else "changed": {"fields": sorted(set(names))}}]

    def record(
        self,
        request: HttpRequest,
        action: AuditAction,
        obj: Model,
        changed_fields: Sequence[str] = (),
        detail: str = "",
    ) -> None:
        """One audit event about a row."""
        audit.record(
            action=action,
            actor=_actor(request),
            target_type=obj._meta.label_lower,
            target_id=obj.pk,
            target_label=str(obj),
            changed_fields=changed_fields,
            detail=detail or "admin",
        )

    def record_list(self, request: HttpRequest, rows: Iterable[Model]) -> None:
        """One audit event about a list page, with the ids on it."""
        searched = bool(request.GET.get("q") or request.GET.get("term"))
        audit.record(
            action=AuditAction.SEARCH if searched else AuditAction.LIST,
            actor=_actor(request),
            target_type=self.opts.label_lower,
            object_ids=[row.pk for row in rows],
            detail="admin",
        )


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _changed_names(message: Any) -> list[str]:
    if not isinstance(message, list):
        return []
    return [name for part in message for change in part.values() for name in change.get("fields", ())]
