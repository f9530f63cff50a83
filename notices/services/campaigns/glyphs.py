"""Characters of a row that no font has: told when the list is checked, for a person will have to make that letter."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from cityhall.fonts import GlyphMissing, plan
from cityhall.text import graphemes
from notices.models import CampaignRow
from notices.services.campaigns.people import Person

_MOST: Final = CampaignRow._meta.get_field("unprintable").max_length or 0
# marks, selectors and joiners belong to the character before them, and control characters are never set
_NEVER_ALONE: Final = ("M", "C")


class Glyphs:
    """Asks the fonts once for each character: very many rows are written with few thousand of them."""

    def __init__(self) -> None:
        self._fine: set[str] = set()

    def missing(self, person: Person | None, subject: Person | None, values: Mapping[str, str]) -> str:
        """What cannot be set in the letter of a row, each character once; "" as a rule."""
        texts = [*values.values(), *_words_of(person)]
        texts += [subject.full_name] if subject is not None else []
        return "".join(dict.fromkeys(found for text in texts for found in self._of(text)))[:_MOST]

    def _of(self, text: str) -> Iterable[str]:
        if self._fine.issuperset(text):
            return []
        return [found for found in graphemes(text) if not self._is_fine(found)]

    def _is_fine(self, found: str) -> bool:
        if len(found) == 1 and (found in self._fine or unicodedata.category(found) == "Cc"):
            return True
        try:
            plan(found)
        except GlyphMissing:
            return False
        if len(found) == 1 and not unicodedata.category(found).startswith(_NEVER_ALONE):
            self._fine.add(found)
        return True


def _words_of(person: Person | None) -> list[str]:
    if person is None:
        return []
    return [person.full_name, person.prefecture, person.city, person.town, person.street, person.building]
