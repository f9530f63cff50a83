"""What a load changes, in lines that a person reads before agreeing to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from applications.definition import Field, Form
from applications.models import Procedure


class ChangeKind(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class Change:
    """One life event, notice type or procedure: its lines, and the settings the city keeps."""

    key: str
    name: str
    kind: ChangeKind = ChangeKind.UNCHANGED
    lines: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def column_lines(procedure: Procedure, values: Mapping[str, Any]) -> list[str]:
    """One line for each column that gets another value: its label, the old and the new value, shortened."""
    lines = []
    for name, new in values.items():
        column = Procedure._meta.get_field(name)
        old = getattr(procedure, name)
        if column.editable and old != new:
            label = str(getattr(column, "verbose_name", name))
            lines.append(_("%(label)s: %(old)s → %(new)s") % {"label": label, "old": _short(old), "new": _short(new)})
    return lines


def form_lines(old: Form | None, new: Form) -> list[str]:
    """One line for each question that came, went or changed, then for the pages."""
    before = old.by_key if old else {}
    lines = [_("＋ 項目 %(field)s") % {"field": _named(one)} for key, one in new.by_key.items() if key not in before]
    lines += [_("－ 項目 %(field)s") % {"field": _named(one)} for key, one in before.items() if key not in new.by_key]
    for key, one in new.by_key.items():
        if key in before and before[key] != one:
            lines.append(_changed_field(before[key], one))
    if old and not lines:
        lines.append(_("ページの構成・順番・説明文を変更"))
    return lines


def _changed_field(old: Field, new: Field) -> str:
    names = [name for name, value in vars(new).items() if getattr(old, name) != value]
    text = _("～ 項目 %(field)s: %(names)s を変更") % {"field": _named(new), "names": ", ".join(names)}
    if old.label != new.label:
        text += _("（旧名称: %(label)s）") % {"label": old.label}
    return text


def _named(one: Field) -> str:
    return f"{one.key}「{one.label}」"


def _short(value: object) -> str:
    if value in (None, "", []):
        return _("（なし）")
    text = "、".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"
