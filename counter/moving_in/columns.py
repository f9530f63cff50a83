"""Which column of the portal's file is what. Usual headings are known; a city's own stand in its settings."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counter.moving_in.errors import MoveInFileRefused

MOST_MEMBERS: Final = 10
"""People who move along, beside who sent the notice."""
NUMBER_OF: Final = "{n}"
"""Stands in a heading for which of them it is about: 異動者{n}氏名."""
CANCEL_WORDS: Final = ("取消", "取消し", "取り消し", "取下げ", "取り下げ", "キャンセル", "中止", "削除")


@dataclass(frozen=True)
class Column:
    """One thing the portal may tell of a notice, or of each person who moves along."""

    key: str
    label: str | Promise
    headings: tuple[str, ...]


COLUMNS: Final = (
    Column("number", _("受付番号"), ("受付番号", "申請番号", "手続受付番号", "到達番号")),
    Column("status", _("状態"), ("状態", "申請状態", "処理状態", "取消区分", "ステータス")),
    Column("updated_at", _("更新日時"), ("更新日時", "申請日時", "受付日時", "到達日時")),
    Column("wished_on", _("来庁予定日"), ("来庁予定日", "来庁希望日", "来庁予定年月日", "来庁日")),
    Column(
        "wished_time", _("来庁予定時間"), ("来庁予定時間", "来庁予定時刻", "来庁希望時間", "来庁時間", "来庁時間帯")
    ),
    Column("moving_on", _("異動日"), ("異動日", "異動年月日", "異動予定日", "転入日", "引越し日", "引越し予定日")),
    Column("name", _("氏名"), ("氏名", "申請者氏名", "届出人氏名", "代表者氏名")),
    Column("kana", _("フリガナ"), ("フリガナ", "氏名フリガナ", "申請者フリガナ", "届出人フリガナ", "氏名カナ")),
    Column("birth_date", _("生年月日"), ("生年月日", "申請者生年月日", "届出人生年月日")),
    Column("relationship", _("続柄"), ("続柄", "申請者続柄", "届出人続柄")),
    Column("phone", _("電話番号"), ("電話番号", "連絡先電話番号", "連絡先")),
    Column("email", _("メールアドレス"), ("メールアドレス", "連絡先メールアドレス", "電子メール")),
    *(
        Column(f"{side}_{part}", label, tuple(f"{word}{name}" for word in words for name in names))
        for side, words in (
            ("old", ("旧住所", "前住所", "異動前住所", "転出前住所")),
            ("new", ("新住所", "異動後住所", "転入先住所")),
        )
        for part, label, names in (
            ("postal_code", _("郵便番号"), ("郵便番号",)),
            ("address", _("住所（一つの欄）"), ("",)),
            ("prefecture", _("都道府県"), ("都道府県",)),
            ("city", _("市区町村"), ("市区町村",)),
            ("town", _("町名"), ("町名", "町字", "大字町名")),
            ("street", _("番地"), ("番地", "番地号")),
            ("building", _("建物名"), ("方書", "建物名")),
        )
    ),
)
MEMBER_COLUMNS: Final = (
    Column("member_name", _("一緒に異動する方の氏名"), ("異動者{n}氏名", "世帯員{n}氏名", "同時異動者{n}氏名")),
    Column("member_kana", _("一緒に異動する方のフリガナ"), ("異動者{n}フリガナ", "世帯員{n}フリガナ")),
    Column("member_birth_date", _("一緒に異動する方の生年月日"), ("異動者{n}生年月日", "世帯員{n}生年月日")),
    Column("member_relationship", _("一緒に異動する方の続柄"), ("異動者{n}続柄", "世帯員{n}続柄")),
)
KEYS: Final = frozenset(column.key for column in (*COLUMNS, *MEMBER_COLUMNS))
NEEDED: Final = ("number", "name")


def places_of(headings: Sequence[str], own: Mapping[str, str]) -> dict[str, int]:
    """Our column (`member_name.2` for the second person) → its place in a row; `own` headings come first.

    Raises MoveInFileRefused when the number or the name is missing, or a heading that is used stands there twice.
    """
    plain = [_plain(heading) for heading in headings]
    found = {key: plain.index(name) for key, name in _wanted(own) if name in plain}
    for place in set(found.values()):
        if plain.count(plain[place]) > 1:
            raise MoveInFileRefused(_("同じ見出しの列が二つあります。ファイルの見出しを直してください。"))
    missing = [str(column.label) for column in COLUMNS if column.key in NEEDED and column.key not in found]
    if missing:
        raise MoveInFileRefused(
            _("「%(labels)s」の列が見つかりません。見出しが違うときは、管理画面で列の見出しを設定してください。")
            % {"labels": "」「".join(missing)}
        )
    return found


def _wanted(own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Our columns with every heading they may have; the last one that is found wins, so the city's own come last."""
    for column in (*COLUMNS, *MEMBER_COLUMNS):
        names = [*reversed(column.headings), *([own[column.key]] if own.get(column.key) else [])]
        for name in names:
            if NUMBER_OF in name:
                for number in range(1, MOST_MEMBERS + 1):
                    yield f"{column.key}.{number}", _plain(name.replace(NUMBER_OF, str(number)))
            else:
                yield column.key, _plain(name)


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading)
    return "".join(character for character in text if character.isalnum())
