"""When each question of the combined form is shown, from the conditions of the parts it comes from."""

from collections.abc import Iterator
from typing import Any

from applications.definition import Field, Logic
from applications.enums import FieldType
from counter.combined.keys import tick_key
from counter.combined.limits import ADDRESSES
from counter.combined.rewriting import EntangledError, GroupReference, Names, Reference, Rewriter
from counter.combined.rules import Rule, any_of, every_of
from counter.combined.sorting import Place, Question, Sorting, Spot


class Visibility:
    """Conditions of all parts in the names of the combined form, each worked out once.

    Everything raises EntangledError where a question cannot be shared after all.
    """

    def __init__(self, sorting: Sorting) -> None:
        self.sorting = sorting
        self._shown: dict[Spot, Rule] = {}
        self._members: dict[Spot, tuple[Rule, Rule]] = {}
        self._places = {place.spot: place for place in _all_places(sorting.questions)}

    def shown(self, place: Place) -> Rule:
        """That the part's own form would show it: its page and itself; in rows, the question in a row of the part."""
        if place.spot not in self._shown:
            # a form whose conditions go round in circles was never published
            self._shown[place.spot] = True
            page = None if place.group else place.on.visible_when
            rules = [self.rewritten(place, one) for one in (page, place.field.visible_when) if one]
            self._shown[place.spot] = every_of(rules)
        return self._shown[place.spot]

    def page(self, place: Place) -> Rule:
        """That the page is shown on which the place stands in its own form."""
        return self.rewritten(place, place.on.visible_when, rows="") if place.on.visible_when else True

    def rewritten(self, place: Place, document: Logic, *, rows: str | None = None) -> Rule:
        """A condition of the place."""
        within = place.group.key if place.group else ""
        return Rewriter(self.names(place.number), within if rows is None else rows).condition(document)

    def value(self, place: Place) -> Any:
        """The expression of a calculated question; None when nothing that it adds up is left."""
        written = Rewriter(self.names(place.number), place.group.key if place.group else "").value(place.field.value)
        return written.steady().document if written else None

    def asked(self, question: Question) -> Rule:
        """That the combined form shows the question: one of its parts would, in rows that are of that part."""
        if self._tells_people_apart(question):
            return True
        return any_of(self.stands(place) for place in question.owners)

    def _tells_people_apart(self, question: Question) -> bool:
        """Whether all want to know it of whoever is in a row: it comes before the marks, and does not wait for one."""
        groups = [place.group for place in question.owners if place.group]
        if not groups or any(self.shown(place) is not True for place in question.owners):
            return False
        labels = marked_labels(self.sorting.names[question.owners[0].number, groups[0].key])
        return bool(labels) and {group.label for group in groups} == {*labels}

    def stands(self, place: Place) -> Rule:
        """The same for one part."""
        if place.group is None:
            return self.shown(place)
        guard, member = self.membership(place.number, place.group.key)
        return every_of((guard, member, self.shown(place)))

    def membership(self, number: int, group: str) -> tuple[Rule, Rule]:
        """That the part has the group at all, as far as that is not told by the rows; and that a row is of the part."""
        spot = number, group
        if spot not in self._members:
            question = self.sorting.names[spot]
            self._members[spot] = self._membership(question, self._places[spot])
        return self._members[spot]

    def _membership(self, question: Question, place: Place) -> tuple[Rule, Rule]:
        labels = marked_labels(question)
        shown = self.shown(place)
        if not labels:
            return (True if shown == self.asked(question) else shown), True
        tick = {"contains": [{"row": tick_key(labels.index(place.field.label) + 1)}, "yes"]}
        # a mark that is hidden is blank
        return (True if shown == self.tick_shown(question, place.field.label) else shown), tick

    def tick_shown(self, question: Question, label: str) -> Rule:
        """That the mark of a label has a meaning."""
        return any_of(self.shown(place) for place in question.owners if place.field.label == label)

    def guard(self, question: Question, place: Place) -> Rule:
        """What the combined form does not tell by showing the question."""
        if len(question.owners) == 1:
            return True
        shown = self.shown(place)
        return True if all(self.shown(one) == shown for one in question.owners) else shown

    def names(self, number: int) -> Names:
        """What expressions of a part may look at."""
        return _PartNames(self, number)

    def place(self, spot: Spot) -> Place:
        return self._places[spot]


class _PartNames(Names):
    def __init__(self, visibility: Visibility, number: int) -> None:
        self._visibility = visibility
        self._names = visibility.sorting.names
        self._number = number

    def answer(self, key: str) -> Reference | None:
        return self._reference((self._number, key))

    def cell(self, group: str, key: str) -> Reference | None:
        return self._reference((self._number, f"{group}.{key}"))

    def group(self, key: str) -> GroupReference | None:
        spot = self._number, key
        question = self._names.get(spot)
        if question is None or question.field.type != FieldType.ROWS:
            return None
        guard, member = self._visibility.membership(*spot)
        return GroupReference(question.key, spot, guard, member)

    def _reference(self, spot: Spot) -> Reference | None:
        question = self._names.get(spot)
        if question is None:
            return None
        place = self._visibility.place(spot)
        if not _is_read_alike(question.field, place.field):
            raise EntangledError([spot])
        return Reference(question.key, spot, self._visibility.guard(question, place), len(question.owners) > 1)


def _is_read_alike(shared: Field, own: Field) -> bool:
    """Whether conditions find the same in the shared answer as in one of the part's own kind."""
    return shared.type == own.type or {shared.type, own.type} == ADDRESSES


def labels_of(group: Question) -> list[str]:
    """What the parts call the people in the rows; one word means that they are the same people for all."""
    return list(dict.fromkeys(place.field.label for place in group.owners))


def marked_labels(group: Question) -> list[str]:
    """What a row is marked for: where the parts mean different people, and where somebody has to be named and the
    record offers more people than may be meant. A list that may stay empty is of all there are."""
    labels = labels_of(group)
    is_asked = group.is_offered and any(place.field.min_rows for place in group.owners)
    return labels if len(labels) > 1 or is_asked else []


def _all_places(questions: list[Question]) -> Iterator[Place]:
    for question in questions:
        yield from question.owners
        yield from _all_places(question.inside)
