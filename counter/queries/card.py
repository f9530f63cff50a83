"""Whose card it is."""

from typing import Final

from counter.card import CardAttributes
from residents.models import Resident
from residents.names import fold_name
from residents.queries import living_row_of

_MOST: Final = 5


def people_of(card: CardAttributes) -> list[Resident]:
    """Residents of this name, in whichever shape of its characters, and this birth date; usually one. One query."""
    if card.born_on is None:
        return []
    rows = Resident.objects.filter(search_name=fold_name(card.name), birth_date=card.born_on).order_by("id")
    return list(dict.fromkeys(living_row_of(one) for one in rows[:_MOST]))
