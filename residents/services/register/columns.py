"""Which column of a register file is what. The headings of the common systems are known; the rest is chosen."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from residents.errors import RegisterFileRefused


@dataclass(frozen=True)
class Column:
    """One thing a register may tell of a person."""

    key: str
    label: str | Promise
    headings: tuple[str, ...]


COLUMNS: Final = (
    Column("resident_number", _("宛名番号"), ("宛名番号", "住民番号", "個人宛名番号", "識別番号")),
    Column("household_number", _("世帯番号"), ("世帯番号",)),
    Column("full_name", _("氏名"), ("氏名", "氏名漢字", "漢字氏名")),
    Column("family_name", _("氏"), ("氏", "姓")),
    Column("given_name", _("名"), ("名",)),
    Column("full_kana", _("フリガナ"), ("フリガナ", "氏名カナ", "カナ氏名", "氏名フリガナ", "振り仮名")),
    Column("family_kana", _("氏（フリガナ）"), ("氏フリガナ", "氏カナ", "姓カナ")),
    Column("given_kana", _("名（フリガナ）"), ("名フリガナ", "名カナ")),
    Column("birth", _("生年月日"), ("生年月日",)),
    Column("sex", _("性別"), ("性別",)),
    Column("postal_code", _("郵便番号"), ("郵便番号",)),
    Column("prefecture", _("都道府県"), ("都道府県", "都道府県名", "住所都道府県")),
    Column("city", _("市区町村"), ("市区町村", "市区町村名", "住所市区郡町村名")),
    Column("town", _("町名"), ("町名", "町字", "大字町名", "住所町字")),
    Column("street", _("番地"), ("番地", "番地号", "住所番地号表記")),
    Column("building", _("方書"), ("方書", "建物名", "住所方書")),
    Column("relationship", _("続柄"), ("続柄",)),
    Column("moved_in_on", _("転入日"), ("転入日", "転入年月日", "住民となった日", "住民となった年月日")),
    Column("moved_out_on", _("転出日"), ("転出日", "転出年月日", "消除日")),
    Column("died_on", _("死亡日"), ("死亡日", "死亡年月日")),
    Column("protected_until", _("支援措置の期限"), ("支援措置期限", "支援措置終了日", "支援措置期間終了年月日")),
    Column("phone", _("電話番号"), ("電話番号",)),
    Column("contact_email", _("メールアドレス"), ("メールアドレス",)),
)
KEYS: Final = frozenset(column.key for column in COLUMNS)


def guess_mapping(headings: Sequence[str]) -> dict[str, str]:
    """Our column → the file's heading, for every heading that is known (width, blanks and marks do not matter)."""
    by_plain = {_plain(heading): heading for heading in reversed(headings)}
    found = {
        column.key: next((by_plain[_plain(name)] for name in column.headings if _plain(name) in by_plain), None)
        for column in COLUMNS
    }
    return {key: heading for key, heading in found.items() if heading is not None}


def check_mapping(mapping: dict[str, str], headings: Sequence[str]) -> dict[str, int]:
    """Our column → its place in the row.

    Raises RegisterFileRefused when the resident number or the name is missing, a heading is not in the
    file or stands there twice, or two of our columns point at one heading.
    """
    mapping = {key: heading for key, heading in mapping.items() if heading}
    if not mapping.keys() <= KEYS or not set(mapping.values()) <= set(headings):
        raise RegisterFileRefused(_("列の対応が、このファイルの見出しと合っていません。選び直してください。"))
    if "resident_number" not in mapping or not mapping.keys() & {"full_name", "family_name"}:
        raise RegisterFileRefused(_("宛名番号と氏名の列を選んでください。"))
    if len(set(mapping.values())) < len(mapping):
        raise RegisterFileRefused(_("一つの列を二つの項目に使うことはできません。"))
    if any(headings.count(heading) > 1 for heading in mapping.values()):
        raise RegisterFileRefused(_("同じ見出しの列が二つあります。ファイルの見出しを直してください。"))
    return {key: headings.index(heading) for key, heading in mapping.items()}


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading)
    return "".join(character for character in text if character.isalnum())
