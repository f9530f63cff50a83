"""One answer as cells: what has parts is split into them, days and numbers keep their kind."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import ACCOUNT_TYPES, ADDRESS_PARTS, BANK_PARTS, NAME_PARTS, display_text
from applications.concepts import shape_of
from applications.definition import Field, other_key
from applications.enums import FILE_TYPES, FieldType
from applications.extracts.writing import Writing
from cityhall.days import TOKYO
from cityhall.workbooks import Cell

WHOLE = ""
"""The part of an answer that has none."""
OTHER = "other"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LABELS: dict[str, Any] = {
    WHOLE: "",
    OTHER: gettext_lazy("その他の内容"),
    "family": gettext_lazy("姓"),
    "given": gettext_lazy("名"),
    "family_kana": gettext_lazy("セイ"),
    "given_kana": gettext_lazy("メイ"),
    "postal_code": gettext_lazy("郵便番号"),
    "prefecture": gettext_lazy("都道府県"),
    "city": gettext_lazy("市区町村"),
    "town": gettext_lazy("町名"),
    "street": gettext_lazy("番地"),
    "building": gettext_lazy("建物名"),
    "municipality_code": gettext_lazy("市区町村コード"),
    "town_code": gettext_lazy("町字コード"),
    "bank_code": gettext_lazy("金融機関コード"),
    "bank_name": gettext_lazy("金融機関名"),
    "branch_code": gettext_lazy("支店コード"),
    "branch_name": gettext_lazy("支店名"),
    "account_type": gettext_lazy("預金の種類"),
    "number": gettext_lazy("口座番号"),
    "holder": gettext_lazy("口座名義"),
    "latitude": gettext_lazy("緯度"),
    "longitude": gettext_lazy("経度"),
    "note": gettext_lazy("場所の説明"),
}
_PARTS: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.NAME: NAME_PARTS,
    FieldType.ADDRESS: ADDRESS_PARTS,
    FieldType.RESIDENT_ADDRESS: (*ADDRESS_PARTS, "municipality_code", "town_code"),
    FieldType.BANK_ACCOUNT: BANK_PARTS,
    FieldType.PLACE: ("latitude", "longitude", "note"),
}


@dataclass(frozen=True)
class Reading:
    """What the cells of an answer depend on beside it: settings, and the names of the case's files."""

    writing: Writing
    file_names: Mapping[str, str]


def part_label(part: str) -> str:
    """The word for a part of an answer; "" for the whole."""
    return str(_LABELS[part])


def kind_of(field: Field) -> FieldType:
    """The kind whose shape the answer has: what the record gives has the shape of its concept."""
    return shape_of(field.concept) if field.type == FieldType.ATTRIBUTE else field.type


def parts_of(field: Field) -> tuple[str, ...]:
    """The parts into which the answer to a question is split."""
    whole = (WHOLE, OTHER) if field.other else (WHOLE,)
    return _PARTS.get(kind_of(field), whole)


def cells_of(field: Field, answers: Mapping[str, Any], reading: Reading) -> dict[str, Cell]:
    """The cells of a question by part; none when it is not answered."""
    answer = answers.get(field.key)
    if answer is None:
        return {}
    parts = parts_of(field)
    if isinstance(answer, Mapping) and parts[0] != WHOLE:
        return {part: _part(part, str(answer.get(part) or ""), reading) for part in parts}
    # of another shape than its question, from a form that was changed by hand: shown in the first column
    found: dict[str, Cell] = {parts[0]: _whole(field, answer, reading)}
    if field.other:
        found[OTHER] = str(answers.get(other_key(field.key), ""))
    return found


def _part(part: str, text: str, reading: Reading) -> Cell:
    if part == "account_type" and not reading.writing.has_values:
        return str(ACCOUNT_TYPES.get(text, text))
    return text


def _whole(field: Field, answer: Any, reading: Reading) -> Cell:
    write = _WHOLE.get(kind_of(field))
    try:
        return write(field, answer, reading) if write else display_text(field, answer)
    except (AttributeError, TypeError, ValueError):
        return str(answer)


def _number(_field: Field, answer: Any, _reading: Reading) -> Cell:
    text = str(answer)
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _date(_field: Field, answer: Any, _reading: Reading) -> Cell:
    try:
        return dt.date.fromisoformat(answer)
    except ValueError:
        # a birth date whose day nobody knows: as it is stored
        return str(answer)


def _moment(_field: Field, answer: Any, _reading: Reading) -> Cell:
    return dt.datetime.fromisoformat(answer).replace(tzinfo=TOKYO)


def _calculated(field: Field, answer: Any, reading: Reading) -> Cell:
    number = _number(field, answer, reading)
    try:
        return number if isinstance(number, Decimal) else dt.date.fromisoformat(str(answer))
    except ValueError:
        return number


def _choice(field: Field, answer: Any, reading: Reading) -> Cell:
    chosen = [answer] if isinstance(answer, str) else list(answer)
    if reading.writing.has_values:
        return ",".join(chosen)
    return "、".join(_("その他") if field.other and one == OTHER else field.label_of(one) for one in chosen)


def _yes_no(field: Field, answer: Any, reading: Reading) -> Cell:
    return str(answer) if reading.writing.has_values else display_text(field, answer)


def _consent(field: Field, answer: Any, reading: Reading) -> Cell:
    return str(answer.get("version", "")) if reading.writing.has_values else display_text(field, answer)


def _files(field: Field, answer: Any, reading: Reading) -> Cell:
    return "、".join(reading.file_names.get(one, _("添付ファイル")) for one in files_of(field, answer))


def _signature(field: Field, answer: Any, reading: Reading) -> Cell:
    return _files(field, answer, reading) or str(answer.get("typed", ""))


def files_of(field: Field, answer: Any) -> Sequence[str]:
    """The public ids of the files an answer names."""
    if field.type == FieldType.SIGNATURE:
        return [answer["file"]] if answer.get("file") else []
    return list(answer) if field.type in FILE_TYPES else []


def _plain(_field: Field, answer: Any, _reading: Reading) -> Cell:
    return str(answer)


_WHOLE: Mapping[FieldType, Callable[[Field, Any, Reading], Cell]] = {
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.DATE: _date,
    FieldType.DATE_TIME: _moment,
    FieldType.TIME: _plain,
    FieldType.CALCULATED: _calculated,
    FieldType.CHOICE: _choice,
    FieldType.CHECKBOXES: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.CONSENT: _consent,
    FieldType.FILE: _files,
    FieldType.PHOTO: _files,
    FieldType.SIGNATURE: _signature,
}
