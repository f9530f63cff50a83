"""What people thought of the procedures of a department, shown only where nobody can be recognised."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from applications.models import Procedure, Rating, RatingTally
from applications.queries.scope import scope_for
from cityhall.models import User

__all__ = ["LEAST", "Opinion", "exported", "opinions"]

LEAST = 5
"""Fewer answers than this are counted and not shown: in a small office one would know who said it."""
COMMENTS = 50
"""More stand in the download."""
PROMOTERS, DETRACTORS = range(9, 11), range(7)
SCORES = range(11)


@dataclass(frozen=True)
class Opinion:
    """The answers about one procedure. `counts` holds the number of each score from 0 to 10."""

    procedure: Procedure
    counts: tuple[int, ...]
    comments: tuple[Rating, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def is_shown(self) -> bool:
        return self.total >= LEAST

    @property
    def mean(self) -> float:
        return sum(score * count for score, count in enumerate(self.counts)) / self.total

    @property
    def balance(self) -> int:
        """Percent of 9 and 10 less percent of 0 to 6: from -100 to 100, as the net promoter score counts."""
        return round(100 * (self._share(PROMOTERS) - self._share(DETRACTORS)) / self.total)

    @property
    def groups(self) -> tuple[int, int, int]:
        """How many were unhappy (0–6), in between (7, 8) and happy (9, 10)."""
        low, high = self._share(DETRACTORS), self._share(PROMOTERS)
        return low, self.total - low - high, high

    def _share(self, scores: range) -> int:
        return sum(self.counts[score] for score in scores)


def opinions(user: User) -> list[Opinion]:
    """One entry for each procedure of one's scope that was rated, most answers first. Three queries.

    Comments come in the order of their scores: the order in which they came in would tell of whom they are.
    """
    counts = _counts(user)
    shown = [pk for pk, scores in counts.items() if sum(scores) >= LEAST]
    comments: dict[int, list[Rating]] = {}
    for rating in _first_comments(shown):
        comments.setdefault(rating.procedure_id, []).append(rating)
    procedures = Procedure.objects.filter(pk__in=counts).only("name", "key").in_bulk()
    found = [Opinion(procedures[pk], scores, tuple(comments.get(pk, ()))) for pk, scores in counts.items()]
    return sorted(found, key=lambda opinion: (-opinion.total, opinion.procedure.name))


def exported(user: User) -> Iterator[Rating]:
    """Every answer that may be shown, by procedure and score; read as it is sent, not held in memory."""
    shown = [pk for pk, scores in _counts(user).items() if sum(scores) >= LEAST]
    rows = Rating.objects.filter(procedure__in=shown).select_related("procedure")
    return rows.order_by("procedure__key", "score", "comment").iterator(chunk_size=500)


def _first_comments(procedures: list[int]) -> QuerySet[Rating]:
    """The first COMMENTS of each procedure, cut in the database."""
    place = Window(RowNumber(), partition_by="procedure", order_by=["score", "comment", "pk"])
    rows = Rating.objects.filter(procedure__in=procedures).exclude(comment="").annotate(place=place)
    return rows.filter(place__lte=COMMENTS).order_by("procedure", "score", "comment")


def _counts(user: User) -> dict[int, tuple[int, ...]]:
    """Procedure id → number of answers by score, from the tallies: the ratings themselves are not read."""
    scope = scope_for(user).in_whole
    if not scope:
        return {}
    procedures = Procedure.objects.filter(scope.procedure_condition())
    found: dict[int, list[int]] = {}
    tallies = RatingTally.objects.filter(procedure__in=procedures, count__gt=0)
    for procedure, score, count in tallies.values_list("procedure", "score", "count"):
        found.setdefault(procedure, [0] * len(SCORES))[score] = count
    return {procedure: tuple(counts) for procedure, counts in found.items()}
