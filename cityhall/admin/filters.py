"""Filters with an input field, for columns with too many values to list."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest


class InputFilter(SimpleListFilter):
    """A field typed into; `field_name` is compared for equality unless `narrow` is overridden."""

    template = "cityhall/admin/input_filter.html"
    input_type = "text"
    field_name = ""

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        # a filter without choices would not be shown
        return [("", "")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        others = {
            name: values for name, values in changelist.get_filters_params().items() if name != self.parameter_name
        }
        yield {
            "value": self.value() or "",
            "input_type": self.input_type,
            "hidden": [(name, value) for name, values in others.items() for value in _listed(values)],
            "query_string": changelist.get_query_string(remove=[self.parameter_name or ""]),
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        return self.narrow(queryset, value) if value else queryset

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        return queryset.filter(**{self.field_name: value})


def _listed(values: Any) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else [str(values)]
