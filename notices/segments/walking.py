"""The people of a segment, batch by batch: an index narrows them down, the condition decides."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cityhall.conditions import Condition, evaluate
from cityhall.days import age_on, today
from notices.segments.facts import facts_of_all
from notices.segments.segment import Segment, look_of
from residents.models import Resident

BATCH: Final = 2000
GROWN_UP: Final = 18
HEAD: Final = "世帯主"


@dataclass(frozen=True)
class Chosen:
    """One notice of a segment. Without a recipient: nobody grown up lives with the subject."""

    subject_id: int
    recipient_id: int | None


@dataclass(frozen=True)
class Step:
    """A batch of people looked at. `last` is where the next one begins."""

    chosen: Sequence[Chosen]
    last: int


def people_after(segment: Segment, last: int, *, on: dt.date | None = None) -> Iterator[Step]:
    """The people of a segment in the order of their ids, after an id."""
    day = on or today()
    first = segment.about or segment.who
    keys = segment.keys_of(first)
    look = look_of(first, day)
    people = Resident.objects.living_here().filter(look.q).order_by("pk")
    while ids := list(people.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        taken = ids if look.is_exact else _taken(first, keys, ids, day)
        yield Step(_about(segment, taken, day) if segment.about else [Chosen(pk, pk) for pk in taken], last)


def count_people(segment: Segment, *, on: dt.date | None = None) -> int:
    """How many notices a segment comes to, exactly; those without a recipient are not counted."""
    day = on or today()
    if segment.about is None and (look := look_of(segment.who, day)).is_exact:
        return Resident.objects.living_here().filter(look.q).count()
    steps = people_after(segment, 0, on=day)
    return sum(one.recipient_id is not None for step in steps for one in step.chosen)


def _taken(condition: Condition, keys: Collection[str], ids: Sequence[int], day: dt.date) -> list[int]:
    facts = facts_of_all(keys, ids)
    return [pk for pk in ids if evaluate(condition, facts.get(pk, {}), today=day)]


def _about(segment: Segment, subjects: Sequence[int], day: dt.date) -> list[Chosen]:
    guardian = _guardians(subjects, day)
    wanted = sorted({pk for pk in guardian.values() if pk is not None})
    suited = set(_taken(segment.who, segment.keys_of(segment.who), wanted, day))
    return [Chosen(pk, guardian[pk]) for pk in subjects if guardian[pk] is None or guardian[pk] in suited]


def _guardians(subjects: Sequence[int], day: dt.date) -> dict[int, int | None]:
    """For each person the one of the household who gets their letters: its head, or else the oldest grown-up."""
    household_of = dict(Resident.objects.filter(pk__in=subjects).values_list("pk", "household_id"))
    homes = {pk for pk in household_of.values() if pk is not None}
    members: dict[int, list[tuple[bool, dt.date, int]]] = {}
    rows = Resident.objects.living_here().filter(household_id__in=homes, birth_date__isnull=False)
    for pk, household, birth, relationship in rows.values_list("pk", "household_id", "birth_date", "relationship"):
        if birth is not None and household is not None and age_on(birth, day) >= GROWN_UP:
            members.setdefault(household, []).append((relationship != HEAD, birth, pk))
    found: dict[int, int | None] = {}
    for pk in subjects:
        others = [entry for entry in members.get(household_of.get(pk) or 0, []) if entry[2] != pk]
        found[pk] = min(others)[2] if others else None
    return found
