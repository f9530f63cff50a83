"""Names of departments and places in other languages, all at once: what there is, and what a translator sent back."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import transaction

from applications.designer.words_table import Change, Said, Tables
from cityhall.enums import AuditAction
from cityhall.models import Department, User
from cityhall.services import audit
from reservations.models import Place

_TEXTS: Final[Mapping[str, tuple[type[Department | Place], str, Mapping[str, tuple[str, str]]]]] = {
    "department": (Department, "code", {"name": ("name", "names"), "place": ("place", "place_names")}),
    "place": (Place, "key", {"name": ("name", "names")}),
}
"""Kind → model, what names a row, and by text: the column of the Japanese words, and that of the others."""


def all_names() -> tuple[Said, Tables]:
    """Every department and place with its Japanese words, and the words that are kept. Two queries."""
    said: list[tuple[str, str]] = []
    kept: dict[str, dict[str, str]] = {}
    for where, japanese, others in _found():
        said.append((where, japanese))
        for language, text in others.items():
            kept.setdefault(language, {})[where] = str(text)
    return said, kept


def mark_of(said: Said, kept: Tables) -> str:
    """What the names were when somebody looked: another mark, and somebody else has changed them since."""
    return hashlib.sha256(json.dumps([list(said), kept], sort_keys=True).encode()).hexdigest()


@transaction.atomic
def write_names(changes: list[Change], *, by: User) -> None:
    """Put the words beside those there are. Audited by row. Locks the rows it writes."""
    words: dict[tuple[str, str], list[tuple[str, Change]]] = {}
    for change in changes:
        row, _colon, text = change.place.partition(":")
        kind, _dot, key = row.partition(".")
        words.setdefault((kind, key), []).append((text, change))
    for (kind, key), found in sorted(words.items()):
        _write(kind, key, found, by)


def _write(kind: str, key: str, found: list[tuple[str, Change]], by: User) -> None:
    model, named_by, texts = _TEXTS[kind]
    row: Any = model._default_manager.select_for_update().get(**{named_by: key})
    columns = sorted({texts[text][1] for text, _change in found})
    for text, change in found:
        column = texts[text][1]
        setattr(row, column, getattr(row, column) | {change.language: change.after})
    row.save(update_fields=columns)
    audit.record(
        action=AuditAction.CHANGE,
        actor=by,
        target_type=model._meta.label_lower,
        target_id=row.pk,
        target_label=str(row),
        changed_fields=columns,
    )


def _found() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    for kind, (model, named_by, texts) in _TEXTS.items():
        for row in model._default_manager.filter(is_active=True):
            for text, (japanese, others) in texts.items():
                if getattr(row, japanese):
                    yield f"{kind}.{getattr(row, named_by)}:{text}", getattr(row, japanese), getattr(row, others)
