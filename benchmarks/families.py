"""Three families written down: which procedures they need, and what they would answer where an answer decides.

Answers are written as they are stored. What decides how much is asked is there: choices that bring up questions, and
who belongs to the family, because the combined form supposes from it what else is so. Every other answer changes
nothing, so it is not written down; what is supposed and not written down here counts as asked. Rows of people carry
what decides in them.

`paper_forms.json` are the forms as paper: the questions as they stood before the combined form began to suppose, kept
so that leaving out a question does not make the paper shorter. Of a death nobody writes about a new insurance.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from applications.definition import Form, parse

Answers = Mapping[str, Any]
DAY = dt.date(2026, 11, 23)
"""The day the families come: ages and "this year" are of it."""
PAPER = Path(__file__).parent / "paper_forms.json"


@dataclass(frozen=True)
class Family:
    """`needs` is, by procedure, what decides in its form; `record` are the concepts the city knows, or the card."""

    name: str
    needs: Mapping[str, Answers]
    record: frozenset[str]


@cache
def paper_form(key: str) -> Form:
    """The form of a procedure as paper. Raises KeyError."""
    return parse(json.loads(PAPER.read_text(encoding="utf-8"))[key])


def _name(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given, "family_kana": "ミドリノ", "given_kana": "ハナ"}


def _rows(*rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"id": f"r{number}", **row} for number, row in enumerate(rows, start=1)]


def _as(
    prefix: str, *people: Mapping[str, Any], only: tuple[str, ...] = ("name", "birth_date"), **more: Any
) -> list[dict[str, Any]]:
    """Rows of these people in the words of a form: `member_name`, `member_birth_date`."""
    return _rows(*({f"{prefix}_{key}": one[key] for key in only} | more for one in people))


def _concepts(
    *roles: str, what: tuple[str, ...] = ("name", "birth_date", "address", "sex", "relationship")
) -> list[str]:
    return [f"{role}.{one}" for role in roles for one in what]


_OLD = {
    "postal_code": "1000001",
    "prefecture": "東京都",
    "city": "千代田区",
    "town": "千代田",
    "street": "1-1",
    "building": "",
}
_NEW = {
    "postal_code": "1980001",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "緑町",
    "street": "2-3",
    "building": "",
}
_FATHER = {"name": _name("高橋", "健太"), "birth_date": "1988-05-01"}
_MOTHER = {"name": _name("高橋", "美咲"), "birth_date": "1990-07-12", "relationship": "妻"}
_ELDER = {"name": _name("高橋", "陸"), "birth_date": "2018-06-20", "relationship": "子"}
_YOUNGER = {"name": _name("高橋", "葵"), "birth_date": "2022-08-03", "relationship": "子"}
_BABY = {"name": _name("高橋", "蓮"), "birth_date": "2026-11-09", "relationship": "子"}
_HUSBAND = {"name": _name("高橋", "正雄"), "birth_date": "1941-02-03", "relationship": "夫"}
_WHO = ("name", "birth_date", "relationship")
_FATHERS = {f"applicant_{key}": value for key, value in _FATHER.items()}


def _parents(only: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = _as("parent", _FATHER, _MOTHER, only=only, parent_reason="work")
    return [row | {"parent_relationship": kind} for row, kind in zip(rows, ("father", "mother"), strict=True)]


_CHILD: dict[str, Any] = {"child_relationship": "child", "child_living": "together", "child_support": "same"}

MOVING_IN = Family(
    "moving in, parents with two children of 4 and 8",
    {
        "tennyu-yoyaku": {
            **_FATHERS,
            "move_kind": "in",
            "applicant_address": _OLD,
            "new_address": _NEW,
            "moving_on": "2026-11-20",
            "used_mynaportal": "no",
            "movers": _as("mover", _MOTHER, _ELDER, _YOUNGER, only=_WHO),
        },
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
        "kokuho-kanyu": {
            "join_reason": "left_insurance",
            "relationship": "head",
            "card_way": "registered",
            "involuntary": "no",
            "members": _as("member", _MOTHER, _ELDER, _YOUNGER, only=_WHO),
        },
        "jido-teate-nintei": {
            "reason": "move_in",
            "event_date": "2026-11-20",
            "previous_city": "東京都千代田区",
            "pension": "national",
            "occupation": "self_employed",
            "lived_elsewhere": "yes",
            "january_address": "東京都千代田区",
            "has_spouse": "yes",
            "spouse_name": _MOTHER["name"],
            "spouse_birth_date": _MOTHER["birth_date"],
            "spouse_lives_apart": "no",
            "has_students": "no",
            "children": _as("child", _ELDER, _YOUNGER, **_CHILD),
        },
        "kodomo-iryohi": {
            "reason": "move_in",
            "event_date": "2026-11-20",
            "children": _as("child", _ELDER, _YOUNGER, child_relationship="child", child_insurance="kokuho"),
        },
        "hoiku-riyo-moshikomi": {
            "is_unborn": "no",
            "child_name": _YOUNGER["name"],
            "child_birth_date": _YOUNGER["birth_date"],
            "child_relationship": "child",
            "current_care": "home",
            "facility1": "midori",
            "sibling_situation": "none",
            "certification": "second",
            "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "parents": _parents(only=("name", "birth_date")),
            "household": _as("member", _ELDER, member_relationship="sibling"),
            "lived_elsewhere": "yes",
            "january_address": "東京都千代田区",
        },
        "hokago-jidokai-nyukai": {
            "child_name": _ELDER["name"],
            "child_birth_date": _ELDER["birth_date"],
            "grade": "g2",
            "way_home": "group",
            "parents": _parents(only=("name",)),
        },
        "suido-kaishi": {
            "start_date": "2026-11-20",
            "place_address": _NEW,
            "is_user": "yes",
            "use": "home",
            "people": "4",
            "ownership": "rented",
            "bill_elsewhere": "no",
        },
    },
    # nobody of them is in the register yet: what the card says, with the address they come from
    frozenset(_concepts("applicant", what=("name", "birth_date", "sex", "address"))),
)
BEREAVEMENT = Family(
    "bereavement of a pensioner, the widow comes",
    {
        "koseki-seikyu": {
            "relation": "spouse",
            "purpose": "inheritance",
            "certificates": _rows(*[{"certificate_kind": "removed", "certificate_copies": "1"}] * 2),
        },
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
        "kokuho-soshitsu": {"relationship": "head", "reason": "death", "members": _as("member", _HUSBAND, only=_WHO)},
        "kogaku-kaigo": {
            "relationship": "family",
            "applicant_address": _NEW,
            "insured_name": _HUSBAND["name"],
            "insured_birth_date": _HUSBAND["birth_date"],
            "insured_address": _NEW,
            "request_kind": "heir",
            "heir_relationship": "妻",
            "account_owner": "other_person",
        },
        "suido-chushi": {
            "same_place": "yes",
            "reason": "death",
            "contract_name": "高橋　正雄",
            "settlement_method": "slip",
        },
    },
    frozenset(_concepts("applicant", "subject", "household[]")),
)
NEW_BABY = Family(
    "the first baby",
    {
        "jido-teate-nintei": {
            "reason": "birth",
            "event_date": _BABY["birth_date"],
            "pension": "employees",
            "occupation": "employee",
            "lived_elsewhere": "no",
            "has_spouse": "yes",
            "spouse_lives_apart": "no",
            "has_students": "no",
            "children": _as("child", _BABY, **_CHILD),
        },
        "kodomo-iryohi": {
            "reason": "birth",
            "event_date": _BABY["birth_date"],
            "children": _as("child", _BABY, child_relationship="child", child_insurance="kokuho"),
        },
        "kokuho-kanyu": {
            "join_reason": "birth",
            "relationship": "head",
            "lost_on": _BABY["birth_date"],
            "card_way": "unknown",
            "involuntary": "no",
            "members": _as("member", _BABY, only=_WHO),
        },
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
    },
    # the child is in the register since the notice of birth
    frozenset(_concepts("applicant", "spouse", "household[]", "children[]")),
)
FAMILIES = (MOVING_IN, BEREAVEMENT, NEW_BABY)
