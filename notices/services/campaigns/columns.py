"""Which column of a list is what: the people it is for and about, and the values that go into the text."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.services.campaigns.errors import ListRefused

MOST_COLUMNS: Final = 200
SUBJECT: Final = "subject."
CODE, ENCLOSURE = "one_time_code", "enclosure"


@dataclass(frozen=True)
class Column:
    """One thing that a list may say, with the headings that lists give it."""

    key: str
    label: str | Promise
    headings: tuple[str, ...]


RECIPIENT_COLUMNS: Final = (
    Column(
        "resident_number",
        gettext_lazy("受取人の宛名番号"),
        ("宛名番号", "保護者宛名番号", "受取人宛名番号", "住民番号", "個人宛名番号", "識別番号"),
    ),
    Column("full_name", gettext_lazy("受取人の氏名"), ("氏名", "保護者氏名", "受取人氏名", "漢字氏名", "宛名")),
    Column("birth", gettext_lazy("受取人の生年月日"), ("生年月日", "保護者生年月日", "受取人生年月日")),
    Column("address", gettext_lazy("受取人の住所"), ("住所", "現住所", "保護者住所", "受取人住所")),
)
SUBJECT_COLUMNS: Final = (
    Column(
        "subject.resident_number",
        gettext_lazy("対象の方の宛名番号"),
        ("対象者宛名番号", "児童宛名番号", "子の宛名番号", "児童生徒宛名番号"),
    ),
    Column(
        "subject.full_name",
        gettext_lazy("対象の方の氏名"),
        ("対象者氏名", "児童氏名", "子の氏名", "児童生徒氏名", "園児氏名"),
    ),
    Column(
        "subject.birth",
        gettext_lazy("対象の方の生年月日"),
        ("対象者生年月日", "児童生年月日", "子の生年月日", "児童生徒生年月日"),
    ),
    Column("subject.address", gettext_lazy("対象の方の住所"), ("対象者住所", "児童住所")),
)
OTHER_COLUMNS: Final = (
    Column(
        CODE,
        gettext_lazy("開封後に表示する番号"),
        (
            *("交付番号", "引換番号", "受取番号", "ギフト番号", "ポイント番号", "クーポン番号", "シリアル番号"),
            *("ギフトコード", "クーポンコード", "引換コード", "ポイントコード", "シリアルコード"),
            # said last: a list that has one of the others means something else by these
            *("番号", "コード"),
        ),
    ),
    Column(ENCLOSURE, gettext_lazy("添付ファイル名"), ("添付ファイル名", "添付ファイル", "ファイル名")),
)
COLUMNS: Final = (*RECIPIENT_COLUMNS, *SUBJECT_COLUMNS, *OTHER_COLUMNS)
_KEYS: Final = frozenset(column.key for column in COLUMNS)


@dataclass(frozen=True)
class Layout:
    """Where in a row everything stands. `values` are the placeholders that a column fills."""

    width: int
    places: Mapping[str, int]
    values: tuple[tuple[str, int], ...]
    headings: tuple[str, ...]

    @property
    def has_subject(self) -> bool:
        return any(key.startswith(SUBJECT) for key in self.places)


def value_key(name: str) -> str:
    """The key of a placeholder in a mapping: as it is written in the text, so that it is no name of ours."""
    return f"(({name}))"


def guess_mapping(headings: Sequence[str], names: Collection[str], last: Mapping[str, str]) -> dict[str, str]:
    """Our column or placeholder → the list's heading.

    What the last list of the same kind meant by a heading comes first, then the usual headings (width, blanks and
    marks do not matter). No heading is used twice.
    """
    free = dict.fromkeys(heading for heading in headings if heading)
    wanted = {value_key(name): (name,) for name in names} | {column.key: column.headings for column in COLUMNS}
    found: dict[str, str] = {}
    for key in wanted:
        if last.get(key) in free:
            found[key] = last[key]
            del free[last[key]]
    by_plain = {_plain(heading): heading for heading in reversed(free)}
    for key, usual in wanted.items():
        heading = next((by_plain.pop(_plain(name)) for name in usual if _plain(name) in by_plain), None)
        if heading is not None:
            found.setdefault(key, heading)
    return found


def layout_of(
    mapping: Mapping[str, str],
    headings: Sequence[str],
    *,
    names: Collection[str],
    needed: Collection[str],
    given: Collection[str],
) -> Layout:
    """Where everything stands. `names` are the placeholders of the text, `given` those that are the same for all.

    Raises ListRefused, naming what is missing, is not in the list, stands there twice or is used twice.
    """
    _check_headings(mapping, headings)
    for prefix in ("", SUBJECT):
        _check_person(mapping, prefix)
    missing = [name for name in needed if name not in given and not mapping.get(value_key(name))]
    if missing:
        raise ListRefused(
            _("通知文に差し込む項目の列を選ぶか、全員に共通の値を入力してください：%(names)s")
            % {"names": "、".join(missing)}
        )
    place = {key: headings.index(heading) for key, heading in mapping.items()}
    return Layout(
        width=len(headings),
        places={key: at for key, at in place.items() if key in _KEYS},
        values=tuple((name, place[value_key(name)]) for name in names if value_key(name) in place),
        headings=tuple(headings),
    )


def _check_headings(mapping: Mapping[str, str], headings: Sequence[str]) -> None:
    strange = sorted(set(mapping.values()) - set(headings))
    if strange:
        raise ListRefused(
            _("列の対応が、この名簿の見出しと合っていません：%(names)s。選び直してください。")
            % {"names": "、".join(strange)}
        )
    twice = sorted(heading for heading in set(mapping.values()) if headings.count(heading) > 1)
    if twice:
        raise ListRefused(
            _("同じ見出しの列が二つあります：%(names)s。名簿の見出しを直してください。") % {"names": "、".join(twice)}
        )
    people = [heading for key, heading in mapping.items() if key in _KEYS]
    if len(set(people)) < len(people):
        raise ListRefused(_("一つの列を、二つの項目（受取人と対象の方など）に使うことはできません。"))


def _check_person(mapping: Mapping[str, str], prefix: str) -> None:
    """Who is meant must be told by a number, or by a name with the day of birth."""
    told = {key.removeprefix(prefix) for key in mapping if key.startswith(SUBJECT) == bool(prefix) and key in _KEYS}
    told -= {CODE, ENCLOSURE}
    if "resident_number" in told or {"full_name", "birth"} <= told or (prefix and not told):
        return
    if prefix:
        raise ListRefused(_("対象の方の列は、宛名番号か、氏名と生年月日の両方を選んでください。"))
    raise ListRefused(_("受取人の宛名番号の列か、氏名と生年月日の両方の列を選んでください。"))


def _plain(heading: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", heading) if character.isalnum())
