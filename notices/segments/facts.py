"""The facts that apps have registered."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cityhall.registry import SegmentFact, segment_facts


def fact_of(key: str) -> SegmentFact | None:
    """The fact of this name, or None."""
    return next((fact for fact in segment_facts if fact.key == key), None)


def facts_of_all(keys: Collection[str], ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What is known of these residents under these keys; a few queries a key however many there are."""
    known: dict[int, dict[str, Any]] = defaultdict(dict)
    for fact in segment_facts:
        if fact.key in keys:
            for pk, values in fact.facts_for(ids).items():
                known[pk].update(values)
    return known
