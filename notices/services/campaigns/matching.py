"""Who is meant by a list: certain, doubtful (a person decides between candidates), or nobody."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from notices.services.campaigns.entries import Named
from notices.services.campaigns.people import (
    Person,
    people_by_birth,
    people_by_name,
    people_by_name_and_birth,
    people_by_number,
)

MOST_CANDIDATES: Final = 5


class Match(NamedTuple):
    """The person, or who it may be; `reason` says why nobody was taken."""

    person: Person | None = None
    candidates: tuple[Person, ...] = ()
    reason: str = ""

    @property
    def is_doubtful(self) -> bool:
        return self.person is None and bool(self.candidates)


class Matcher:
    """The people of one batch of a list, looked up together: a handful of queries however many there are."""

    def __init__(self, named: Iterable[Named]) -> None:
        wanted = set(named)
        self._by_number = people_by_number({one.number for one in wanted if one.number})
        unsure = [one for one in wanted if not self._is_settled(one)]
        self._exact = people_by_name_and_birth(*_keys(one for one in unsure if one.birth))
        # what the first look did not settle is looked for by one half of what the list says
        rest = [one for one in unsure if one.name and self._of_number(one) is None and not self._of_name(one)]
        self._by_name = people_by_name({one.name_key for one in rest})
        self._by_birth = people_by_birth({one.birth for one in rest if one.birth})

    def match(self, named: Named) -> Match:
        """Who is meant."""
        by_number = self._of_number(named)
        if by_number is not None:
            return self._confirmed(named, by_number)
        found = self._of_name(named)
        if named.number:
            if found:
                return _doubtful(found, _("宛名番号が台帳にありません。氏名と生年月日が同じ方がいます。"))
            return Match(reason=_("宛名番号が台帳にありません。先頭の0が消えていないかも確認してください。"))
        return self._by_words(named, found)

    def _is_settled(self, named: Named) -> bool:
        """Most rows of most lists: a number, and the name beside it is that person's."""
        person = self._of_number(named)
        return person is not None and (not named.name or named.name_key == person.search_name)

    def _of_number(self, named: Named) -> Person | None:
        return self._by_number.get(named.number) if named.number else None

    def _of_name(self, named: Named) -> Sequence[Person]:
        return self._exact.get((named.name_key, named.birth), ()) if named.birth else ()

    def _confirmed(self, named: Named, person: Person) -> Match:
        """A number is believed unless the name or the day of birth beside it is somebody else's."""
        if named.name and named.name_key != person.search_name:
            others = [one for one in self._of_name(named) if one.pk != person.pk]
            return _doubtful([person, *others], _("宛名番号の方と、名簿の氏名が違います。"))
        if named.birth and person.birth_date and named.birth != person.birth_date:
            return _doubtful([person], _("宛名番号の方と、名簿の生年月日が違います。"))
        return Match(person)

    def _by_words(self, named: Named, found: Sequence[Person]) -> Match:
        if named.address:
            near = [one for one in found if one.lives_at(named.address_key)]
            if len(near) == 1:
                return Match(near[0])
            if found:
                reason = _("氏名と生年月日が同じ方の住所が、名簿と違います。")
                return _doubtful(near or found, _several() if len(near) > 1 else reason)
        elif len(found) == 1 and found[0].full_name.split() == named.name.split():
            return Match(found[0])
        elif found:
            return _doubtful(found, _several() if len(found) > 1 else _("氏名の字体が台帳と違います。"))
        return self._near(named)

    def _near(self, named: Named) -> Match:
        """Nobody has this name and day of birth: who has one of them, and something else in common?"""
        same_name = self._by_name.get(named.name_key, [])
        same_day = self._by_birth.get(named.birth, []) if named.birth else []
        alike = [one for one in same_day if _is_alike(one, named)]
        if same_name or alike:
            return _doubtful([*same_name, *alike], _("氏名か生年月日の一方だけが同じ方がいます。"))
        return Match(reason=_("台帳に該当する方がいません。氏名と生年月日を確認してください。"))


def _keys(named: Iterable[Named]) -> tuple[set[str], set[dt.date]]:
    pairs = [(one.name_key, one.birth) for one in named]
    return {name for name, _birth in pairs}, {birth for _name, birth in pairs if birth}


def _is_alike(person: Person, named: Named) -> bool:
    """Born the same day: at the same address, or with a name that begins or ends alike (a marriage, a typing error)."""
    ours, theirs = person.search_name, named.name_key
    return (
        (bool(named.address) and person.lives_at(named.address_key))
        or ours[:2] == theirs[:2]
        or (ours[-2:] == theirs[-2:])
    )


def _doubtful(people: Iterable[Person], reason: str) -> Match:
    once = {person.pk: person for person in people}
    return Match(candidates=tuple(once.values())[:MOST_CANDIDATES], reason=reason)


def _several() -> str:
    return _("同じ氏名と生年月日の方が複数います。")
