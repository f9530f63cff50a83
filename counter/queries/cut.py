"""Lists that end before the last row, and say so."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, QuerySet

T = TypeVar("T")
U = TypeVar("U")
M = TypeVar("M", bound=Model)


class Cut(list[T]):
    """The first rows of a list; `total` is how many there are, `has_more` whether others follow."""

    def __init__(self, rows: Iterable[T], *, total: int, has_more: bool) -> None:
        super().__init__(rows)
        self.total = total
        self.has_more = has_more

    def like(self, rows: Iterable[U]) -> "Cut[U]":
        """The same list in another order, or of other things."""
        return Cut(rows, total=self.total, has_more=self.has_more)


def cut(rows: QuerySet[M], most: int, *, skip: int = 0) -> Cut[M]:
    """`most` rows after the first `skip`. One query; one more for the total where there are others."""
    read = list(rows[skip : skip + most + 1])
    has_more = len(read) > most
    total = rows.order_by().count() if skip or has_more else len(read)
    return Cut(read[:most], total=total, has_more=has_more)
