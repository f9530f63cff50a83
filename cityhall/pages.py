"""Long lists page by page without OFFSET and COUNT: the next page starts after the last row shown."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from cityhall.text import BadText, clean_json

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows of one page; `next_cursor` is empty on the last."""

    rows: list[M]
    next_cursor: str


def keyset_page(
    queryset: QuerySet[M], *, order: Sequence[str] = ("due_on", "id"), after: str = "", size: int = 50
) -> Page[M]:
    """One page of a queryset in the order of these fields (a leading "-" turns one round), one query.

    The last field must be unique. Empty values come last. A cursor that is not ours shows the first page.
    """
    names = [name.lstrip("-") for name in order]
    ordered = queryset.order_by(*(_ordering(queryset, name) for name in order))
    values = _values(queryset, names, after)
    if values is not None:
        ordered = ordered.filter(_after(order, values))
    rows = list(ordered[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, _cursor(rows[-1], names) if more else "")


def _ordering(queryset: QuerySet[M], name: str) -> OrderBy:
    field = F(name.lstrip("-"))
    # said only where it matters: the words would keep SQLite from using the index
    last = True if _may_be_empty(queryset, name.lstrip("-")) else None
    return field.desc(nulls_last=last) if name.startswith("-") else field.asc(nulls_last=last)


def _may_be_empty(queryset: QuerySet[M], name: str) -> bool:
    field = _field(queryset, name)
    return field is None or bool(field.null)


def _field(queryset: QuerySet[M], name: str) -> "models.Field[Any, Any] | None":
    """The field of the model, or of the annotation of this name; None for what has no field."""
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    try:
        return queryset.model._meta.get_field(name)  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a > x) or (a = x and b > y) …, with a >= x beside it so that an index range is read."""
    condition, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        condition |= equal & _beyond(name, value)
        bare = name.lstrip("-")
        equal &= Q(**{f"{bare}__isnull": True}) if value is None else Q(**{bare: value})
    first, value = order[0], values[0]
    if value is None:
        return condition
    bare = first.lstrip("-")
    side = "lte" if first.startswith("-") else "gte"
    return (Q(**{f"{bare}__{side}": value}) | Q(**{f"{bare}__isnull": True})) & condition


def _beyond(name: str, value: Any) -> Q:
    bare = name.lstrip("-")
    if value is None:
        return Q(pk__in=[])
    return Q(**{f"{bare}__{'lt' if name.startswith('-') else 'gt'}": value}) | Q(**{f"{bare}__isnull": True})


def _cursor(row: Model, names: Sequence[str]) -> str:
    values = [_text(getattr(row, name)) for name in names]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def _text(value: Any) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _values(queryset: QuerySet[M], names: Sequence[str], cursor: str) -> list[Any] | None:
    """What the cursor says, as values of the fields, or None."""
    if not cursor:
        return None
    try:
        # a cursor is in an address that anybody can write: what PostgreSQL cannot store it cannot compare either
        values = clean_json(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
        if not isinstance(values, list) or len(values) != len(names):
            return None
        return [_value(queryset, name, value) for name, value in zip(names, values, strict=True)]
    except (BadText, binascii.Error, ValueError, TypeError, RecursionError, ValidationError):
        return None


def _value(queryset: QuerySet[M], name: str, value: Any) -> Any:
    field = _field(queryset, name)
    return value if value is None or field is None else field.to_python(value)
