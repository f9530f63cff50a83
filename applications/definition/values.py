"""Reads the settings of a definition one by one; every mistake is a DefinitionError with a sentence."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from applications.definition.errors import DefinitionError
from applications.definition.kinds import ACCEPTABLE_FILES
from applications.definition.model import Option
from applications.enums import FieldType

KEY_PATTERN = re.compile(r"[a-z](?:_?[a-z0-9])*_?")
MAX_KEY_LENGTH = 60
TODAY = "today"
"""A limit of a date that moves with the calendar."""
MOST_COUNTED = 1_000_000
"""No length, number of files or of rows is more; a number of 4,000 digits would stop the page that shows it."""
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,10})?")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """Raises DefinitionError when the value is no mapping."""
    if not isinstance(value, dict):
        raise DefinitionError(where, _("名前と値の組にしてください。"))
    return value


def key(data: Mapping[str, Any], where: str) -> str:
    value = data.get("key")
    if not isinstance(value, str) or len(value) > MAX_KEY_LENGTH or not KEY_PATTERN.fullmatch(value):
        raise DefinitionError(
            where,
            _("キーは英小文字で始まる60文字以内の英小文字・数字・下線（続けない）にしてください: %(key)s")
            % {"key": value},
        )
    return value


def text(data: Mapping[str, Any], name: str, where: str, *, needed: bool = False) -> str:
    value = data.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise DefinitionError(where, _("%(name)s は文字で書いてください。") % {"name": name})
    return value


def flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise DefinitionError(where, _("%(name)s は true か false にしてください。") % {"name": name})
    return value


def count(data: Mapping[str, Any], name: str, where: str, default: int | None) -> int | None:
    value = data.get(name)
    if value is None:
        return default
    # bool is an int in Python
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_COUNTED:
        words = {"name": name, "most": MOST_COUNTED}
        raise DefinitionError(where, _("%(name)s は0以上%(most)s以下の整数にしてください。") % words)
    return value


def logic(data: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any] | None:
    """A condition or an expression as it stands; `applications.conditions` understands it."""
    value = data.get(name)
    return None if value is None else mapping(value, where)


def limit(data: Mapping[str, Any], name: str, kind: FieldType, where: str) -> str | None:
    """A limit as text, whatever way YAML gave it. Floats are refused: they are not what was written."""
    value = data.get(name)
    if value is None:
        return None
    written = value.isoformat() if isinstance(value, dt.date) else str(value)
    if isinstance(value, (bool, float, list, dict)) or not _is_limit(kind, written):
        raise DefinitionError(where, _("%(name)s の値が正しくありません。") % {"name": name})
    return written


def _is_limit(kind: FieldType, written: str) -> bool:
    try:
        match kind:
            case FieldType.DATE | FieldType.DATE_TIME:
                return written == TODAY or bool(dt.date.fromisoformat(written))
            case FieldType.TIME:
                return bool(_TIME.fullmatch(written))
            case _:
                return bool(_NUMBER.fullmatch(written))
    except ValueError:
        return False


def options(data: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    rows = data.get("options") or []
    if not isinstance(rows, list):
        raise DefinitionError(where, _("選択肢は一覧にしてください。"))
    found = tuple(
        Option(
            value=text(mapping(row, where), "value", where, needed=True),
            label=text(mapping(row, where), "label", where, needed=True),
        )
        for row in rows
    )
    if twice := repeated([option.value for option in found]):
        raise DefinitionError(
            where,
            _("選択肢の値が二度あります: 「%(values)s」。一つを変えてください。") % {"values": "」「".join(twice)},
        )
    return found


def accept(data: Mapping[str, Any], kind: FieldType, where: str) -> tuple[str, ...]:
    names = data.get("accept") or []
    if not isinstance(names, list) or not set(map(str, names)) <= ACCEPTABLE_FILES:
        raise DefinitionError(where, _("accept には image と pdf だけが使えます。"))
    if kind == FieldType.PHOTO:
        return ("image",)
    if kind != FieldType.FILE:
        return ()
    return tuple(names) or tuple(sorted(ACCEPTABLE_FILES))


def refuse_repeats(where: str, names: Sequence[str]) -> None:
    """Raises DefinitionError when a name stands twice."""
    if twice := repeated(names):
        raise DefinitionError(where, _("同じキーが二度あります: %(names)s") % {"names": ", ".join(twice)})


def repeated(names: Sequence[str]) -> list[str]:
    """The names that stand more than once."""
    return sorted({name for name in names if names.count(name) > 1})
