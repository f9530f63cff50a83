"""A segment read from its JSON, checked against the facts there are."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from cityhall.conditions import Condition, ConditionError, parse_condition, references
from cityhall.conditions import language as tree
from cityhall.errors import DomainError
from cityhall.registry import segment_facts
from notices.segments.facts import fact_of

_PARTS: Final = frozenset({"who", "about"})
EVERYBODY: Final = tree.All(())


class SegmentRefused(DomainError):
    """The JSON is no segment; the message says what stands there."""

    code = "segment_refused"


@dataclass(frozen=True)
class Look:
    """What the database can answer of a condition: nobody it takes is missing; `is_exact` when nobody else is in."""

    q: Q
    is_exact: bool


@dataclass(frozen=True)
class Segment:
    """Who receives, and about whom (None: about themselves)."""

    who: Condition
    about: Condition | None

    def keys_of(self, condition: Condition) -> frozenset[str]:
        """The facts that a condition looks at."""
        return frozenset(key.partition(".")[0] for key in references(condition))


def read_segment(document: Mapping[str, Any]) -> Segment:
    """The segment of a JSON document. Raises SegmentRefused."""
    if not set(document) <= _PARTS:
        raise SegmentRefused(_("条件には「who」（受け取る人）と「about」（対象の人）だけを書けます。"))
    who = _condition(document["who"], _("受け取る人")) if document.get("who") else EVERYBODY
    about = _condition(document["about"], _("対象の人")) if document.get("about") else None
    if who is EVERYBODY and about is None:
        raise SegmentRefused(_("条件を一つ以上選んでください。"))
    return Segment(who, about)


def look_of(condition: Condition, on: dt.date) -> Look:
    """What an index can answer of a condition."""
    match condition:
        case tree.All(parts):
            looks = [look_of(part, on) for part in parts]
            joined = Q()
            for look in looks:
                joined &= look.q
            return Look(joined, all(look.is_exact for look in looks))
        case tree.AnyOf(parts):
            looks = [look_of(part, on) for part in parts]
            # one part that nothing is known of takes anybody
            if not looks or not all(look.q for look in looks):
                return Look(Q(), False)
            joined = looks[0].q
            for look in looks[1:]:
                joined |= look.q
            return Look(joined, all(look.is_exact for look in looks))
    return _look_of_part(condition, on)


def _look_of_part(part: Condition, on: dt.date) -> Look:
    keys = {key.partition(".")[0] for key in references(part)}
    fact = fact_of(keys.pop()) if len(keys) == 1 else None
    q = fact.prefilter(part, on) if fact is not None else None
    if fact is None or q is None:
        return Look(Q(), False)
    return Look(q, fact.is_exact)


def _condition(document: object, where: str) -> Condition:
    try:
        condition = parse_condition(document, where)
    except ConditionError as error:
        raise SegmentRefused(str(error)) from None
    known = {fact.key for fact in segment_facts}
    unknown = sorted({key.partition(".")[0] for key in references(condition)} - known)
    if unknown:
        raise SegmentRefused(
            _("%(where)s：「%(names)s」という項目はありません。使えるのは %(known)s です。")
            % {"where": where, "names": "、".join(unknown), "known": "、".join(sorted(known))}
        )
    return condition
