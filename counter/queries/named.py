"""People whom the answers to a certificate's form name, and who of them is protected (支援措置)."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from django.db.models import Q, QuerySet

from applications.definition import Field
from applications.enums import FieldType
from cityhall.days import today
from counter.combined import Combined
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.visits import chosen_procedures, name_in
from residents.models import Resident
from residents.names import fold_kana, fold_name, is_kana, join_name

_NAMED_IN: Final = frozenset({FieldType.NAME, FieldType.KANA, FieldType.TEXT, FieldType.LONG_TEXT})
_BETWEEN: Final = re.compile(r"[\s、，,・/／()（）「」:：;；。]+")
_POLITE: Final = re.compile(r"(?:さん|様|さま|氏)$")
_MOST: Final = 400
"""More words than any certificate's form takes: the database is not asked about a novel."""


def protected_named(visit: Visit) -> QuerySet[Resident]:
    """Protected people whom what is typed into the forms of certificates names, by name or reading, in whatever box.

    Without who came and their household, of whom the record tells (`certificates.protected_in`). One query for the
    procedures; lazy.
    """
    chosen = chosen_procedures(visit)
    certificates = {one.procedure.key for one in chosen if one.procedure.issued_at_once}
    combined = combined_of(chosen, at_desk=True) if certificates else None
    words = list(_words(visit.values, combined, certificates))[:_MOST] if combined else []
    own = [name_in(visit.values), visit.resident.full_name if visit.resident else ""]
    names = {fold_name(one) for one in words} - {"", *map(fold_name, own)}
    if not names:
        return Resident.objects.none()
    readings = {fold_kana(one) for one in words if is_kana(one)} - {""}
    rows = Resident.objects.filter(protected_until__gte=today(), merged_into=None)
    rows = rows.filter(Q(search_name__in=names) | Q(search_kana__in=readings))
    if visit.resident is None:
        return rows
    rows = rows.exclude(pk=visit.resident.pk)
    home = visit.resident.household_id
    return rows.exclude(household=home) if home else rows


def _words(values: Mapping[str, Any], combined: Combined, procedures: set[str]) -> Iterator[str]:
    """What may be a name in the answers of these procedures: each text, and its words, alone and by twos."""
    for field in combined.form.fields:
        if not any(owner in procedures for owner, _path in combined.owners.get(field.key, ())):
            continue
        for text in _texts(field, values.get(field.key)):
            parts = [_POLITE.sub("", part) for part in _BETWEEN.split(text) if part]
            yield text
            yield from parts
            yield from (join_name(*two) for two in pairwise(parts))


def _texts(field: Field, value: Any) -> Iterator[str]:
    if field.type == FieldType.ROWS:
        for row in value if isinstance(value, list) else ():
            inner = row.get("values") or {}
            for one in field.fields:
                yield from _texts(one, inner.get(one.key))
        return
    if field.type not in _NAMED_IN or field.concept == "applicant.name":
        return
    if isinstance(value, Mapping):
        yield join_name(str(value.get("family") or ""), str(value.get("given") or ""))
        yield join_name(str(value.get("family_kana") or ""), str(value.get("given_kana") or ""))
    elif isinstance(value, str):
        yield value
