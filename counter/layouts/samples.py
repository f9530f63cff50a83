"""Answers that nobody gave, to see where they come to stand: usual ones, and hard ones."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from applications.answers import NO, YES, display_rows
from applications.concepts import shape_of
from applications.definition import OTHER, Field, Form, other_key
from applications.enums import FILE_TYPES, SHOWN_ONLY, FieldType
from counter.enums import SpotFixed
from counter.layouts.papers import APPLICANT_CONCEPTS, Paper, Value

T = FieldType


class Sample(StrEnum):
    """What stands on a preview."""

    USUAL = "usual"
    HARD = "hard"
    BLANK = "blank"


_IVS = "葛\U000e0100城"
_LONG_WORD = "a.very-long-mailbox-name-without-any-blank-in-it@mail.example.jp"
_ADDRESS = {
    "postal_code": "1980001",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "中央一丁目",
    "street": "2番3号",
    "building": "緑野ハイツ101",
}
_HARD_ADDRESS = _ADDRESS | {
    "town": "字寿限無五劫之摺切海砂利水魚",
    "street": "12345番地の678乙号地先",
    "building": "グランドメゾン緑野セントラルパークサイドタワーイースト棟2号館 第1234号室",
}
_NAME = {"family": "高橋", "given": "一葉", "family_kana": "タカハシ", "given_kana": "カズハ"}
_HARD_NAME = {
    "family": f"{_IVS}寿限無寿限無五劫之摺切",
    "given": "海砂利水魚之水行末雲来末風来末",
    "family_kana": "カツラギジュゲムジュゲムゴコウノスリキレ",
    "given_kana": "カイジャリスイギョノスイギョウマツウンライマツフウライマツ",
}
_BANK = {
    "bank_code": "9999",
    "bank_name": "緑野銀行",
    "branch_code": "001",
    "branch_name": "本店",
    "account_type": "ordinary",
    "number": "1234567",
    "holder": "ﾀｶﾊｼ ｶｽﾞﾊ",
}
_USUAL: dict[FieldType, Any] = {
    T.NAME: _NAME,
    T.KANA: "タカハシ カズハ",
    T.NUMBER: "3",
    T.MONEY: "10000",
    T.DATE: "2019-05-01",
    T.TIME: "13:30",
    T.DATE_TIME: "2026-12-01T13:30",
    T.ADDRESS: _ADDRESS,
    T.RESIDENT_ADDRESS: _ADDRESS | {"municipality_code": "", "town_code": ""},
    T.EMAIL: "kazuha@example.jp",
    T.PHONE: "090-0000-0000",
    T.YES_NO: YES,
    T.CONSENT: {"given": True, "version": ""},
    T.BANK_ACCOUNT: _BANK,
    T.PLACE: {"latitude": "35.788000", "longitude": "139.276000", "note": "交差点の北側"},
    T.SIGNATURE: {"typed": "高橋 一葉"},
    T.CALCULATED: "3",
    T.TEXT: "見本の文字",
    T.LONG_TEXT: "見本の文章です。二つ目の文が続きます。",
}
_HARD: dict[FieldType, Any] = _USUAL | {
    T.NAME: _HARD_NAME,
    T.KANA: "ジュゲムジュゲムゴコウノスリキレカイジャリスイギョノスイギョウマツ",
    T.NUMBER: "9999999",
    T.MONEY: "1234567890",
    T.DATE: "1926-12-25",
    T.ADDRESS: _HARD_ADDRESS,
    T.RESIDENT_ADDRESS: _HARD_ADDRESS | {"municipality_code": "", "town_code": ""},
    T.EMAIL: _LONG_WORD,
    T.YES_NO: NO,
    T.BANK_ACCOUNT: _BANK | {"bank_name": "緑野中央信用金庫連合会", "holder": "ｼﾕｹﾞﾑｼﾕｹﾞﾑｺﾞｺｳﾉｽﾘｷﾚｶｲｼﾞﾔﾘｽｲｷﾞﾖ"},
    T.TEXT: f"{_IVS} 見本の長い文字列です。枠に収まらないときは縮めて印字し、それでも収まらなければ別紙に印字します。",
    T.LONG_TEXT: "長い文章の見本です。" * 60,
}


def sample_answers(form: Form, sample: Sample) -> dict[str, Any]:
    """Stored answers to every question of a form; none for the blank sample."""
    if sample == Sample.BLANK:
        return {}
    return _answers(form.fields, sample)


def sample_paper(form: Form, sample: Sample, *, title: str, city: str, mayor: str, department: str) -> Paper:
    """A form of nobody, marked as a sample."""
    answers = sample_answers(form, sample)
    fixed: dict[SpotFixed, Value] = {
        SpotFixed.MAYOR: Value(T.TEXT, mayor),
        SpotFixed.DEPARTMENT: Value(T.TEXT, department),
        SpotFixed.PROCEDURE: Value(T.TEXT, title),
    }
    if sample != Sample.BLANK:
        known = _USUAL if sample == Sample.USUAL else _HARD
        fixed |= {what: Value(shape_of(concept), known[shape_of(concept)]) for what, concept in _OF_APPLICANT}
        fixed |= {
            SpotFixed.NUMBER: Value(T.TEXT, "000-0000-0000"),
            SpotFixed.RECEIVED_ON: Value(T.DATE, "2026-11-20"),
            SpotFixed.AGENT_NAME: Value(T.NAME, known[T.NAME]),
            SpotFixed.SIGNATURE: Value(T.SIGNATURE, {}),
            SpotFixed.SEAL: Value(T.TEXT, "公印"),
        }
    return Paper(
        title=title,
        number="",
        form=form,
        answers=answers,
        sections=tuple(display_rows(form, answers)),
        fixed=fixed,
        city=city,
        mark=_("見本"),
    )


_OF_APPLICANT = tuple(APPLICANT_CONCEPTS.items())


def _answers(fields: Any, sample: Sample) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for field in fields:
        if field.type == T.ROWS:
            count = max(field.min_rows, 1) if sample == Sample.USUAL else min(field.max_rows or 8, 8)
            rows = ({"id": f"r{number}"} | _answers(field.fields, sample) for number in range(1, count + 1))
            answers[field.key] = list(rows)
        elif field.type not in SHOWN_ONLY and field.type not in FILE_TYPES:
            answers[field.key] = _answer(field, sample)
            if field.other and sample == Sample.HARD:
                answers[other_key(field.key)] = "その他の長い説明を見本として書いています"
    return answers


def _answer(field: Field, sample: Sample) -> Any:
    values = [option.value for option in field.options] + ([OTHER] if field.other else [])
    if field.type == T.CHOICE:
        return values[-1 if sample == Sample.HARD else 0]
    if field.type == T.CHECKBOXES:
        return values if sample == Sample.HARD else values[:2]
    known = _USUAL if sample == Sample.USUAL else _HARD
    kind = shape_of(field.concept) if field.type == T.ATTRIBUTE else field.type
    return known.get(kind, known[T.TEXT])
