"""Three families written down: which procedures they need, and what they would answer where an answer decides.

Every other answer changes nothing about how much is asked, so it is not written down. Rows of people carry what
decides in them; `subject` says whom a procedure is about where it is not the same person for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Family:
    """`needs` is, by procedure, what decides in its form; `record` are the concepts the city knows, or the card."""

    name: str
    needs: Mapping[str, Answers]
    record: frozenset[str]
    subjects: Mapping[str, str] = field(default_factory=dict)


def _people(count: int, **values: Any) -> list[dict[str, Any]]:
    return [{"id": f"r{number}", "values": dict(values)} for number in range(1, count + 1)]


def _concepts(
    *roles: str, what: tuple[str, ...] = ("name", "birth_date", "address", "sex", "relationship")
) -> list[str]:
    return [f"{role}.{one}" for role in roles for one in what]


MOVING_IN = Family(
    "moving in, parents with two children of 4 and 8",
    {
        "tennyu-yoyaku": {
            "move_kind": "in",
            "moving_on": "2026-11-20",
            "used_mynaportal": "no",
            "movers": _people(3),
        },
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
        "kokuho-kanyu": {
            "join_reason": "left_insurance",
            "card_way": "registered",
            "involuntary": "no",
            "members": _people(3),
        },
        "jido-teate-nintei": {
            "reason": "move_in",
            "pension": "national",
            "occupation": "self_employed",
            "lived_elsewhere": "yes",
            "has_spouse": "yes",
            "spouse_lives_apart": "no",
            "has_students": "no",
            "children": _people(2, child_living="together"),
        },
        "kodomo-iryohi": {"children": _people(2, child_insurance="kokuho")},
        "hoiku-riyo-moshikomi": {
            "is_unborn": "no",
            "current_care": "home",
            "facility1": "midori",
            "sibling_situation": "none",
            "parents": _people(2, parent_reason="work"),
            "household": _people(1),
            "lived_elsewhere": "yes",
        },
        "hokago-jidokai-nyukai": {"way_home": "group", "parents": _people(2, parent_reason="work")},
        "suido-kaishi": {"is_user": "yes", "use": "home", "ownership": "rented", "bill_elsewhere": "no"},
    },
    # nobody of them is in the register yet: what the card says
    frozenset(_concepts("applicant", what=("name", "birth_date", "sex", "previous_address"))),
    {"hoiku-riyo-moshikomi": "the younger child", "hokago-jidokai-nyukai": "the elder child"},
)
BEREAVEMENT = Family(
    "bereavement of a pensioner, the widow comes",
    {
        "koseki-seikyu": {
            "relation": "spouse",
            "purpose": "inheritance",
            "certificates": _people(2, certificate_kind="removed", certificate_copies="1"),
        },
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
        "kokuho-soshitsu": {"used_after": "no", "members": _people(1)},
        "kogaku-kaigo": {"relationship": "family", "request_kind": "heir", "account_owner": "other_person"},
        "suido-chushi": {"same_place": "yes", "reason": "death", "settlement_method": "slip"},
    },
    frozenset(_concepts("applicant", "subject", "household[]")),
)
NEW_BABY = Family(
    "the first baby",
    {
        "jido-teate-nintei": {
            "reason": "birth",
            "pension": "employees",
            "occupation": "employee",
            "lived_elsewhere": "no",
            "has_spouse": "yes",
            "spouse_lives_apart": "no",
            "has_students": "no",
            "children": _people(1, child_living="together"),
        },
        "kodomo-iryohi": {"children": _people(1, child_insurance="kokuho")},
        "kokuho-kanyu": {"join_reason": "birth", "card_way": "unknown", "involuntary": "no", "members": _people(1)},
        "juminhyo-seikyu": {"scope": "all", "items": ["relationship"], "copies": "1"},
    },
    # the child is in the register since the notice of birth
    frozenset(_concepts("applicant", "spouse", "household[]", "children[]")),
)
FAMILIES = (MOVING_IN, BEREAVEMENT, NEW_BABY)
