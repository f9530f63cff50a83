"""Which questions of several forms are one question, and what the combined form calls each."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from applications.concepts import Concept, concept_of
from applications.definition import Field, Form, Page
from applications.enums import FieldType
from counter.combined import keys
from counter.combined.converting import told_by_visit
from counter.combined.limits import NotOneError, merged
from counter.combined.model import Conflict, LeftOut, Owner, Part, Path
from counter.combined.rules import looked_at
from counter.combined.words import conflict_sentence

T = FieldType
Spot = tuple[int, Path]
"""A question of one part: the number of the part, from 1, and the path there."""
AWAY = frozenset({T.FILE, T.PHOTO, T.SIGNATURE, T.ATTRIBUTE, T.HIDDEN})
"""Kinds that nobody types at home."""
OF_RECORD = frozenset({"household[]", "children[]"})
"""People whom the register names: who of them is meant it does not know."""


@dataclasses.dataclass(frozen=True)
class Place:
    """One question where it stands in its form. `page` counts from 1."""

    number: int
    page: int
    on: Page
    field: Field
    group: Field | None = None

    @property
    def path(self) -> Path:
        return f"{self.group.key}.{self.field.key}" if self.group else self.field.key

    @property
    def spot(self) -> Spot:
        return self.number, self.path


@dataclasses.dataclass
class Question:
    """One question of the combined form; `field` has no conditions yet. `inside` are the questions of a group.

    `role` is who it is about where all forms share it, with the number of the person (`subject`, 2).
    """

    key: str
    field: Field
    owners: list[Place]
    role: tuple[str, int] | None = None
    group: str = ""
    inside: "list[Question]" = dataclasses.field(default_factory=list)
    is_offered: bool = False
    """Whether the record fills its rows before anybody was asked whom they name."""

    @property
    def path(self) -> Path:
        return f"{self.group}.{self.key}" if self.group else self.key

    def owned_by(self, number: int) -> Place | None:
        return next((place for place in self.owners if place.number == number), None)


class Sorting:
    """Every question of every part under its name in the combined form.

    `apart` are spots that keep a question of their own although they could share one; `omitted` are left out.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        apart: Collection[Spot] = (),
        omitted: Collection[Spot] = (),
        at_desk: bool = False,
    ) -> None:
        self.parts = parts
        self.questions: list[Question] = []
        self.names: dict[Spot, Question] = {}
        self.left_out: list[LeftOut] = []
        self.conflicts: list[Conflict] = []
        self._apart = apart
        self._omitted = omitted
        self._at_desk = at_desk
        self._away = AWAY - {T.ATTRIBUTE} if at_desk else AWAY
        self._slots: dict[Path, list[Question]] = {}
        self._persons = _Persons()
        self._deciding: dict[int, frozenset[str]] = {}
        for number, part in enumerate(parts, start=1):
            subject = self._persons.number_of(part)
            for place in _places(number, part):
                self._sort(place, subject)

    def _sort(self, place: Place, subject: int) -> None:
        if place.field.type == T.ROWS:
            self._sort_group(place)
        elif not self._is_left_out(place):
            self.questions += self._named(place, None, subject)

    def _is_left_out(self, place: Place) -> bool:
        if place.field.type in self._away or self._is_of_visit(place):
            self.left_out.append(LeftOut(self.parts[place.number - 1].key, place.path, place.field))
            return True
        return place.spot in self._omitted

    def _is_of_visit(self, place: Place) -> bool:
        """Whether the visit answers it, and the form goes by the answer nowhere; asked as ever where it could not be
        received without one."""
        concept = concept_of(place.field.concept)
        if concept is None or not concept.is_of_visit or place.group:
            return False
        is_needed = place.field.required or place.field.required_when is not None
        is_told = bool(told_by_visit(place.field))
        return (is_told or not is_needed) and place.path not in self._decides(place.number)

    def _decides(self, number: int) -> frozenset[str]:
        """The questions of a part that its conditions look at."""
        if number not in self._deciding:
            self._deciding[number] = frozenset(_looked_at(self.parts[number - 1].form))
        return self._deciding[number]

    def _sort_group(self, place: Place) -> None:
        inside = [Place(place.number, place.page, place.on, one, place.field) for one in place.field.fields]
        inside = [one for one in inside if not self._is_left_out(one)]
        if not any(one.field.is_question for one in inside):
            # nothing is left to ask in the rows
            return
        question, is_new = self._group_for(place)
        self.names[place.spot] = question
        self.questions += [question] if is_new else []
        for one in inside:
            question.inside += self._named(one, question, 1)

    def _group_for(self, place: Place) -> tuple[Question, bool]:
        """The group of the role, unless the form has used it already: its second group is of other people."""
        role = role_of(place.field)
        is_offered = self._at_desk and role in OF_RECORD
        known = self._slots.setdefault(keys.role_key(role), []) if role else []
        if role and place.spot not in self._apart:
            for question in known:
                if not question.owned_by(place.number):
                    question.owners.append(place)
                    return question, False
            if not known:
                known.append(Question(keys.role_key(role), place.field, [place], (role, 1), is_offered=is_offered))
                return known[0], True
        return Question(keys.own_key(place.number, place.field.key), place.field, [place], is_offered=is_offered), True

    def _named(self, place: Place, group: Question | None, subject: int) -> list[Question]:
        """The new question of the place; none when it shares one that is there already."""
        concept = concept_of(place.field.concept) if place.field.type != T.ATTRIBUTE else None
        within = group.key if group else ""
        question = None
        if concept and place.spot not in self._apart:
            question = self._shared(place, concept, within, subject)
            if question and len(question.owners) > 1:
                self.names[place.spot] = question
                return []
        question = question or Question(keys.own_key(place.number, place.field.key), place.field, [place], group=within)
        self.names[place.spot] = question
        return [question]

    def _shared(self, place: Place, concept: Concept, within: Path, subject: int) -> Question | None:
        """The question that all forms share for a concept; None when it does not suit this form."""
        person = subject if concept.role.key == "subject" else 1
        key = keys.shared_key(concept, person)
        known = self._slots.setdefault(f"{within}.{key}", [])
        for question in known:
            if question.owned_by(place.number):
                # asked twice in one form: of two people, or with two meanings
                continue
            try:
                question.field = merged(question.field, place.field)
            except NotOneError as reason:
                self._note(question.owners[0], place, reason)
            else:
                question.owners.append(place)
                return question
        if known:
            return None
        known.append(Question(key, place.field, [place], (concept.role.key, person), within))
        return known[0]

    def _note(self, one: Place, other: Place, reason: NotOneError) -> None:
        owners = self._owner(one), self._owner(other)
        titles = self.parts[one.number - 1].title, self.parts[other.number - 1].title
        message = conflict_sentence(other.field, titles, reason.reason)
        self.conflicts.append(Conflict(other.field.concept, owners, message, str(reason.reason)))

    def _owner(self, place: Place) -> Owner:
        return self.parts[place.number - 1].key, place.path


class _Persons:
    """Counts the people the `subject` questions are about: one more for each that is called otherwise.

    Where a form says 「氏名」 only, its page says whose: 「利用する子ども」.
    """

    def __init__(self) -> None:
        self._known: list[str] = []

    def number_of(self, part: Part) -> int:
        asked = {
            field.concept: _called(field, page.title)
            for page in part.form.pages
            for field in page.fields
            if field.concept.startswith("subject.")
        }
        if not asked:
            return 1
        name = part.subject or asked.get("subject.name") or next(iter(asked.values()))
        if name not in self._known:
            self._known.append(name)
        return self._known.index(name) + 1


def _called(field: Field, page: str) -> str:
    concept = concept_of(field.concept)
    return page if concept and concept.label == field.label else field.label


def role_of(group: Field) -> str:
    """The role of the people in the rows of a group; "" when its questions name none, or several."""
    concepts = [concept_of(one.concept) for one in group.fields if one.type != T.ATTRIBUTE]
    roles = {concept.role.key for concept in concepts if concept}
    return roles.pop() if len(roles) == 1 else ""


def _places(number: int, part: Part) -> Iterator[Place]:
    for page_number, page in enumerate(part.form.pages, start=1):
        for one in page.fields:
            yield Place(number, page_number, page, one)


def _looked_at(form: Form) -> Iterator[str]:
    """The questions outside of rows that conditions and sums of a form look at."""
    for page in form.pages:
        yield from looked_at(page.visible_when)
        for field in page.fields:
            for one in (field, *field.fields):
                yield from looked_at([one.visible_when, one.required_when, one.value])
