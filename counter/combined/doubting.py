"""What can hardly be meant, though no form forbids it: asked about once, and taken when it is so.

A child of six who applies, a head of a household in a nursery, a relation that is no word for one. Law forbids none of
it outright, so nothing is refused: the page says what is odd beside the question, and the same button goes on.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.concepts import concept_of
from applications.definition import Field
from applications.enums import FieldType
from cityhall.days import age_on
from counter.combined.converting import answer_of
from counter.combined.people import HEAD
from residents.dates import counted_day

_OLDEST: Final = 110
_YOUNG: Final[Mapping[str, tuple[int, str | Promise]]] = {
    "applicant": (
        15,
        _("申請する方が15歳より下になります。生年月日は正しいですか。子どもの手続でも、申請するのは保護者の方です。"),
    ),
    "agent": (15, _("代理の方が15歳より下になります。生年月日は正しいですか。")),
    # 民法731条
    "spouse": (18, _("配偶者の方が18歳より下になります。生年月日は正しいですか。")),
    "guardians[]": (15, _("保護者の方が15歳より下になります。生年月日は正しいですか。")),
}
"""By role, the age below which somebody is asked about."""
_HEAD_FROM: Final = 15
_OLD: Final = _("110歳より上になります。生年月日は正しいですか。")
_YOUNG_HEAD: Final = _("世帯主の方が15歳より下になります。生年月日と続柄は正しいですか。")
_TWO_HEADS: Final = _("世帯主の方が2人以上います。続柄は正しいですか。")
_NO_RELATION: Final = _(
    "続柄として使われることの少ない言葉です。正しいですか。例：妻、夫、子、父、母、妻の子、同居人。"
)
_KIN: Final = (
    "世帯主|本人|妻|夫|配偶者|子|養子|養女|[長二三四五六七八九十次]+[男女]|父|母|養父|養母|義父|義母|実父|実母|継父|継母|祖父|祖母|曽祖父|曽祖母|曾祖父|曾祖母|孫|曽孫|曾孫|"
    "兄|弟|姉|妹|義兄|義弟|義姉|義妹|兄弟|姉妹|おじ|おば|伯父|叔父|伯母|叔母|甥|姪|おい|めい|いとこ|従兄弟|従姉妹|"
    "婿|嫁|息子|娘|実子|縁故者|同居人|使用人|里子|里親|パートナー|こども|子ども|子供|父母|両親|事実婚|(?:未届|内縁)の[妻夫]|"
    # as who reads easy Japanese writes them
    "せたいぬし|ほんにん|つま|おっと|はいぐうしゃ|こ|むすこ|むすめ|ちょうなん|じなん|さんなん|ちょうじょ|じじょ|さんじょ|"
    "ちち|はは|そふ|そぼ|まご|あに|おとうと|あね|いもうと|どうきょにん"
)
_RELATION: Final = re.compile(rf"(?:{_KIN})(?:の(?:{_KIN}))*(?:[（(][^（）()]*[）)])?")
_FOREIGN: Final = re.compile(r"[A-Za-z][A-Za-z' -]+")
"""A relation in Latin letters is not weighed: it is no word that a register has, and may be true."""


@dataclass(frozen=True)
class Doubt:
    """`mark` names the question with what it says now: answered otherwise, it is another doubt."""

    path: str
    message: str
    mark: str


def doubts(fields: Iterable[Field], values: Mapping[str, Any], *, today: dt.date) -> list[Doubt]:
    """What of these typed answers should be looked at once more, in the order of the questions."""
    return [one for field in fields for one in _of(field, values, today)]


def _of(field: Field, values: Mapping[str, Any], today: dt.date) -> Iterator[Doubt]:
    if field.type != FieldType.ROWS:
        yield from _weighed(field, field.key, values.get(field.key), today)
        return
    rows = [row for row in values.get(field.key) or () if "values" in row]
    relation = next((one for one in field.fields if one.concept == "household[].relationship"), None)
    heads = [row["id"] for row in rows if relation and row["values"].get(relation.key) == HEAD]
    for row in rows:
        for one in field.fields:
            path, value = f"{field.key}.{row['id']}.{one.key}", row["values"].get(one.key)
            yield from _weighed(one, path, value, today)
            if row["id"] in heads:
                yield from _of_head(one, path, value, today, are_several=len(heads) > 1)


def _weighed(field: Field, path: str, value: Any, today: dt.date) -> Iterator[Doubt]:
    concept = concept_of(field.concept)
    if concept is None or not value:
        return
    if concept.what == "birth_date" and (years := _years(field, value, today)) is not None:
        least, message = _YOUNG.get(concept.role.key, (0, ""))
        if years < least:
            yield _doubt(path, message, value)
        elif years > _OLDEST and concept.role.key != "deceased":
            yield _doubt(path, _OLD, value)
    if concept.what == "relationship" and field.type == FieldType.TEXT and not _is_relation(str(value)):
        yield _doubt(path, _NO_RELATION, value)


def _of_head(field: Field, path: str, value: Any, today: dt.date, *, are_several: bool) -> Iterator[Doubt]:
    if field.concept == "household[].birth_date" and value:
        years = _years(field, value, today)
        if years is not None and years < _HEAD_FROM:
            yield _doubt(path, _YOUNG_HEAD, value)
    if field.concept == "household[].relationship" and are_several:
        yield _doubt(path, _TWO_HEADS, value)


def _years(field: Field, value: Any, today: dt.date) -> int | None:
    """The age; None for what is no day, or none before today, which the question itself refuses."""
    answer = answer_of(field, value)
    born = counted_day(answer) if isinstance(answer, str) else None
    return None if born is None or born > today else age_on(born, today)


def _is_relation(words: str) -> bool:
    text = re.sub(r"\s", "", words)
    return bool(_RELATION.fullmatch(text) or _FOREIGN.fullmatch(words.strip()))


def _doubt(path: str, message: str | Promise, value: Any) -> Doubt:
    said = json.dumps([path, str(message), value], ensure_ascii=False, sort_keys=True)
    return Doubt(path, str(message), hashlib.blake2s(said.encode(), digest_size=6).hexdigest())
