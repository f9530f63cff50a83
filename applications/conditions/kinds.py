"""Of which kind the answer to each type of question is, and which parts it has."""

from collections.abc import Mapping
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.concepts import shape_of
from applications.definition import Field
from applications.enums import FieldType


class Kind(Enum):
    """What a value is. Only values of one kind are compared with each other."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATE_TIME = "date_time"
    TIME = "time"
    FLAG = "flag"
    LIST = "list"
    FILES = "files"
    PARTS = "parts"
    ROWS = "rows"

    @property
    def label(self) -> str | Promise:
        """What the kind is called in a sentence."""
        return _LABELS[self]


_LABELS: dict[Kind, str | Promise] = {
    Kind.TEXT: _("文字"),
    Kind.NUMBER: _("数"),
    Kind.DATE: _("日付"),
    Kind.DATE_TIME: _("日時"),
    Kind.TIME: _("時刻"),
    Kind.FLAG: _("同意"),
    Kind.LIST: _("複数の選択"),
    Kind.FILES: _("ファイル"),
    Kind.PARTS: _("いくつかの欄に分かれた回答"),
    Kind.ROWS: _("くり返し"),
}
T = FieldType
_KINDS: dict[FieldType, Kind] = {
    T.TEXT: Kind.TEXT,
    T.LONG_TEXT: Kind.TEXT,
    T.KANA: Kind.TEXT,
    T.EMAIL: Kind.TEXT,
    T.PHONE: Kind.TEXT,
    T.CHOICE: Kind.TEXT,
    T.YES_NO: Kind.TEXT,
    T.HIDDEN: Kind.TEXT,
    T.NUMBER: Kind.NUMBER,
    T.MONEY: Kind.NUMBER,
    T.DATE: Kind.DATE,
    T.DATE_TIME: Kind.DATE_TIME,
    T.TIME: Kind.TIME,
    T.CONSENT: Kind.FLAG,
    T.CHECKBOXES: Kind.LIST,
    T.FILE: Kind.FILES,
    T.PHOTO: Kind.FILES,
    T.NAME: Kind.PARTS,
    T.ADDRESS: Kind.PARTS,
    T.RESIDENT_ADDRESS: Kind.PARTS,
    T.SIGNATURE: Kind.PARTS,
    T.PLACE: Kind.PARTS,
    T.BANK_ACCOUNT: Kind.PARTS,
    T.ROWS: Kind.ROWS,
}
_ADDRESS = dict.fromkeys(("postal_code", "prefecture", "city", "town", "street", "building"), Kind.TEXT)
_BANK = ("bank_code", "bank_name", "branch_code", "branch_name", "account_type", "number", "holder")
_PARTS: dict[FieldType, Mapping[str, Kind]] = {
    T.NAME: dict.fromkeys(("family", "given", "family_kana", "given_kana"), Kind.TEXT),
    T.ADDRESS: _ADDRESS,
    T.RESIDENT_ADDRESS: _ADDRESS | dict.fromkeys(("municipality_code", "town_code"), Kind.TEXT),
    T.SIGNATURE: {"file": Kind.TEXT, "typed": Kind.TEXT},
    T.PLACE: {"latitude": Kind.NUMBER, "longitude": Kind.NUMBER, "note": Kind.TEXT},
    T.BANK_ACCOUNT: dict.fromkeys(_BANK, Kind.TEXT),
}


def type_of(field: Field) -> FieldType:
    """The type whose shape the answer has: that of its concept for an attribute of the resident."""
    return shape_of(field.concept) if field.type == FieldType.ATTRIBUTE else field.type


def kind_of(field: Field) -> Kind | None:
    """None for what has no answer, and for a calculated value, whose expression tells."""
    return _KINDS.get(type_of(field))


def parts_of(field: Field) -> Mapping[str, Kind]:
    """The parts that `key.part` may name, and their kinds."""
    return _PARTS.get(type_of(field), {})
