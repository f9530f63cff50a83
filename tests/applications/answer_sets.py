"""Answers to any form, drawn by lot as people might give them: the same seed gives the same answers."""

import datetime as dt
import random

from applications.conditions import outcome
from applications.definition import OTHER, TODAY, other_key
from applications.enums import FILE_TYPES, FieldType
from applications.row_paths import first_row_ids
from cityhall.days import today

DAYS = (-29000, -18000, -11000, -6700, -5000, -1500, -400, -40, -10, -1, 0, 1, 5, 12, 40, 100, 200, 400)
"""Distances to today at which rules of forms change their mind: ages, terms, seasons."""
NAME = {"family": "緑野", "given": "花子", "family_kana": "ミドリノ", "given_kana": "ハナコ"}
ADDRESS = {
    "postal_code": "1000013",
    "prefecture": "東京都",
    "city": "千代田区",
    "town": "霞が関",
    "street": "1-2-3",
    "building": "緑野ハイツ101号",
}
ACCOUNT = {
    "bank_code": "9999",
    "bank_name": "緑野銀行",
    "branch_code": "001",
    "branch_name": "本店",
    "account_type": "ordinary",
    "number": "1234567",
    "holder": "ﾐﾄﾞﾘﾉ ﾊﾅｺ",
}
PLAIN = {
    FieldType.NAME: NAME,
    FieldType.ADDRESS: ADDRESS,
    FieldType.RESIDENT_ADDRESS: ADDRESS,
    FieldType.BANK_ACCOUNT: ACCOUNT,
    FieldType.KANA: "ミドリノ ハナコ",
    FieldType.EMAIL: "hanako@example.jp",
    FieldType.PHONE: "0428-00-0001",
    FieldType.TIME: "10:00",
    FieldType.PLACE: {"latitude": "35.788000", "longitude": "139.276000", "note": "交差点の北側"},
    FieldType.SIGNATURE: {"typed": "緑野 花子"},
    FieldType.HIDDEN: "annai-1",
}
NOT_DRAWN = FILE_TYPES | {FieldType.ATTRIBUTE, FieldType.CALCULATED, FieldType.HEADING, FieldType.EXPLANATION}


def draw(form, seed, *, fullness=0.8):
    """Stored answers to all questions, hidden ones too. Optional ones are given with the chance `fullness`."""
    lot = random.Random(seed)
    return _draw(form.fields, lot, fullness)


def draw_fullest(form, name, *, tries=80):
    """Of several draws the one that shows the most questions and offers the longest way through the form."""
    draws = [draw(form, f"{name}-{number}", fullness=1) for number in range(tries)]
    return max(draws, key=lambda answers: len(outcome(form, answers, today=today()).visible))


def _draw(fields, lot, fullness):
    answers = {}
    for field in fields:
        is_needed = field.required or field.required_when or field.min_rows
        if field.type in NOT_DRAWN or not (is_needed or lot.random() <= fullness):
            continue
        answers[field.key] = _answer(field, lot, fullness)
        if field.other and OTHER in answers[field.key]:
            answers[other_key(field.key)] = "そのほかの例"
    return answers


def _answer(field, lot, fullness):
    if field.type == FieldType.ROWS:
        ids = first_row_ids(_row_count(field, lot))
        return [{"id": row_id} | _draw(field.fields, lot, fullness) for row_id in ids]
    if field.type in PLAIN and not field.min:
        return PLAIN[field.type]
    draw_one = DRAWN.get(field.type)
    return draw_one(field, lot) if draw_one else _text(field)


def _row_count(group, lot):
    """Mostly one or two, now and then as many as make a sum big."""
    least = max(group.min_rows, 1)
    return min(group.max_rows, least + lot.choice([0, 0, 0, 1, 1, 1, 1, 16]))


def _choice(field, lot):
    return lot.choice(_values(field))


def _checkboxes(field, lot):
    values = _values(field)
    chosen = lot.sample(values, lot.randint(1, len(values)))
    return [value for value in values if value in chosen]


def _values(field):
    return [option.value for option in field.options] + [OTHER] * field.other


def _number(field, lot):
    least, most = int(field.min or 0), int(field.max or 1_000_000)
    near = [number for number in (least, least + 1, least + 2, 18, 65, most) if least <= number <= most]
    return str(lot.choice([*near, lot.randint(least, most)]))


def _day(field, lot):
    days = [today() + dt.timedelta(days=distance) for distance in DAYS]
    least, most = (_limit(limit) for limit in (field.min, field.max))
    fitting = [day for day in days if (least is None or day >= least) and (most is None or day <= most)]
    return lot.choice(fitting or [least or most]).isoformat()


def _limit(value):
    if value is None:
        return None
    return today() if value == TODAY else dt.date.fromisoformat(value)


def _text(field):
    if field.example:
        return field.example
    least, most = field.min_length or 1, field.max_length or 40
    letters = {"digits": "1", "ascii": "a", "katakana": "ミ", "hiragana": "み"}.get(field.charset)
    return letters * max(least, min(6, most)) if letters else "緑野の例"[:most].ljust(least, "あ")


DRAWN = {
    FieldType.CHOICE: _choice,
    FieldType.CHECKBOXES: _checkboxes,
    FieldType.YES_NO: lambda _field, lot: lot.choice(["yes", "no"]),
    FieldType.CONSENT: lambda field, _lot: {"given": True, "version": field.consent_version},
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.DATE: _day,
    FieldType.DATE_TIME: lambda field, lot: f"{_day(field, lot)}T10:00",
    FieldType.TIME: lambda field, _lot: field.min,
}
