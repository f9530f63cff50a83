"""What a load changes, in lines that a person reads before agreeing to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from applications.definition import Field, Form
from applications.models import Procedure

_MOST = 40
"""Characters of a text that a line shows."""


class ChangeKind(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class Change:
    """One life event or procedure: its lines, the settings the city keeps, and the texts and form of its own."""

    key: str
    name: str
    kind: ChangeKind = ChangeKind.UNCHANGED
    lines: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def column_label(model: type[Model], name: str) -> str:
    """What the admin calls the column."""
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def column_lines(procedure: Procedure, values: Mapping[str, Any]) -> list[str]:
    """One line for each column that gets another value: its label, the old and the new value, shortened."""
    lines = []
    for name, new in values.items():
        column = Procedure._meta.get_field(name)
        old = getattr(procedure, name)
        if column.editable and old != new:
            label = column_label(Procedure, name)
            before, after = _short_pair(_text(old), _text(new))
            lines.append(_("%(label)s: %(old)s → %(new)s") % {"label": label, "old": before, "new": after})
    return lines


def form_lines(old: Form | None, new: Form) -> list[str]:
    """One line for each question that came, went or changed, then for the pages."""
    before, after = _by_path(old) if old else {}, _by_path(new)
    lines = [_("＋ 項目 %(field)s") % {"field": _named(path, one)} for path, one in after.items() if path not in before]
    lines += [
        _("－ 項目 %(field)s") % {"field": _named(path, one)} for path, one in before.items() if path not in after
    ]
    for path, one in after.items():
        if path in before and before[path] != one:
            lines.append(_changed_field(path, before[path], one))
    if old and old.pages == new.pages and not lines:
        return [_("訳文を変更")]
    if old and not lines:
        lines.append(_("ページの構成・順番・説明文を変更"))
    return lines


def _by_path(form: Form) -> dict[str, Field]:
    """Every question under its key, those of a repeating group under `group.key` and not in the group."""
    found: dict[str, Field] = {}
    for one in form.fields:
        found[one.key] = replace(one, fields=())
        found.update({f"{one.key}.{part.key}": part for part in one.fields})
    return found


def _changed_field(path: str, old: Field, new: Field) -> str:
    names = [each.name for each in fields(Field) if getattr(old, each.name) != getattr(new, each.name)]
    text = _("～ 項目 %(field)s: %(names)s を変更") % {"field": _named(path, new), "names": ", ".join(names)}
    if old.label != new.label:
        text += _("（旧名称: %(label)s）") % {"label": old.label}
    return text


def _named(path: str, one: Field) -> str:
    return f"{path}「{one.label}」"


def _text(value: object) -> str:
    if value in (None, "", []):
        return _("（なし）")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    return "、".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())


def _short_pair(old: str, new: str) -> tuple[str, str]:
    """Both texts cut to a line, from shortly before the first character in which they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))
    start = max(0, same - 10) if max(len(old), len(new)) > _MOST else 0
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    lead, tail = "…" if start else "", "…" if len(text) - start > _MOST else ""
    return f"{lead}{text[start : start + _MOST]}{tail}"
