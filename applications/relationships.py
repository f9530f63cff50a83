"""Relationships as the register writes them (続柄: from the head of the household), read for two people of it."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from residents.models import Resident

_HEAD = frozenset({"世帯主", "本人"})
_SPOUSE = frozenset({"妻", "夫"})
_CHILD = re.compile(r"子|養子|(?:[長次]|[一二三四五六七八九十]+)[男女]")
_LAST_SCHOOL_YEAR = 18


def head_among(people: Iterable[Resident]) -> Resident | None:
    """The head of the household."""
    return next((person for person in people if person.relationship in _HEAD), None)


def spouse_among(others: Sequence[Resident], *, of: Resident) -> Resident | None:
    """The husband or wife; known for the head of the household and their spouse only."""
    wanted = _SPOUSE if of.relationship in _HEAD else _HEAD if of.relationship in _SPOUSE else frozenset()
    return next((person for person in others if person.relationship in wanted), None)


def children_among(others: Sequence[Resident], *, of: Resident, on: dt.date) -> list[Resident]:
    """The children of the head or their spouse, until 31 March after they turn 18, as of a day.

    By law somebody born on 1 April turns 18 on 31 March and belongs to the older year (児童手当法 第3条).
    """
    if of.relationship not in _HEAD | _SPOUSE:
        return []
    year = on.year if on.month >= 4 else on.year - 1
    eldest = dt.date(year - _LAST_SCHOOL_YEAR, 4, 2)
    return [
        person
        for person in others
        if _CHILD.fullmatch(person.relationship) and person.birth_date is not None and person.birth_date >= eldest
    ]
