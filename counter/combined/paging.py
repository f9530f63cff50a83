"""The pages of the combined form, in an order one can speak aloud: people first, then what is left, by procedure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from applications.concepts import concept_of, vocabulary
from applications.definition import Field, Logic, Page
from applications.enums import FieldType
from counter.combined import keys, words
from counter.combined.rules import Rule, any_of, is_readable, looked_at, setting_of
from counter.combined.sorting import Place, Question, Sorting
from counter.combined.visibility import Visibility

ROLES = (
    "applicant", "business", "household[]", "spouse", "children[]", "subject", "guardians[]", "relatives[]", "deceased",
    "agent",
)  # fmt: skip
_SIMPLE = frozenset({FieldType.CHOICE, FieldType.CHECKBOXES, FieldType.YES_NO})
"""Kinds that can be asked away from their page: a word above them says what they belong to."""
Fields = Mapping[str, tuple[Field, ...]]
"""Key of a question → what stands on the page for it: the field, and below a group how many have which mark."""


@dataclass
class Sheet:
    """A page before it is known whether it can be hidden as a whole."""

    key: str
    title: str
    fields: list[Field]
    shown: Rule


class Paging:
    """Puts the fields on pages. Nothing stands before what decides whether it is shown."""

    def __init__(self, visibility: Visibility, fields: Fields) -> None:
        self.visibility = visibility
        self.sorting: Sorting = visibility.sorting
        self.fields = fields
        self.early = _early(self.sorting.questions, fields)

    def pages(self) -> tuple[Page, ...]:
        sheets = (*self._first_page(), *self._role_pages(), *self._last_page(), *self._part_pages())
        found = [sheet for sheet in sheets if sheet.fields]
        return tuple(_page(sheet, found[:index]) for index, sheet in enumerate(found))

    def _first_page(self) -> Iterator[Sheet]:
        """What a procedure asks of its own before it is known whom to ask about, under the name of the procedure."""
        questions = [one for one in self.early if not one.role]
        fields: list[Field] = []
        for number, part in enumerate(self.sorting.parts, start=1):
            asked = [one for one in questions if one.owners[0].number == number]
            title = words.title_of_part(part.title, number)
            fields += [Field(keys.first_key(number), FieldType.HEADING, title)] if asked else []
            fields += [field for one in asked for field in self.fields[one.key]]
        yield Sheet("first", words.first_title(), fields, any_of(self.visibility.asked(one) for one in questions))

    def _role_pages(self) -> Iterator[Sheet]:
        for role, person in sorted({one.role for one in self.early if one.role and not _is_last(one)}, key=_role_order):
            questions = [one for one in self.early if one.role == (role, person) and not _is_last(one)]
            title = words.role_title(role, questions[0].owners[0].on.title)
            yield self._people_page(keys.role_key(role, person), title, questions)

    def _last_page(self) -> Iterator[Sheet]:
        """What is told to several procedures and follows from who there is: asked when everybody is known."""
        questions = [one for one in self.early if _is_last(one)]
        if questions:
            yield self._people_page("last", words.last_title(), questions)

    def _people_page(self, key: str, title: str, questions: list[Question]) -> Sheet:
        questions = _in_order(questions, self.fields)
        fields = [field for one in questions for field in self.fields[one.key]]
        rules = [self.visibility.asked(one) for one in questions]
        return Sheet(key, title, [*self._intros(questions), *fields], any_of(rules))

    def _intros(self, questions: list[Question]) -> Iterator[Field]:
        """What pages said above these questions and nothing else; each text once."""
        keys_here = {one.key for one in questions}
        seen: set[str] = set()
        for number, part in enumerate(self.sorting.parts, start=1):
            for page_number, page in enumerate(part.form.pages, start=1):
                moved = [self.sorting.names.get((number, field.key)) for field in page.fields if field.is_question]
                asked = [one for one in moved if one]
                is_here = bool(asked) and all(one in self.early for one in asked) and asked[0].key in keys_here
                if page.intro and is_here and page.intro not in seen:
                    seen.add(page.intro)
                    place = Place(number, page_number, page, page.fields[0])
                    yield _intro(place, self.visibility.page(place))

    def _part_pages(self) -> Iterator[Sheet]:
        for number, part in enumerate(self.sorting.parts, start=1):
            title = words.title_of_part(part.title, number)
            left = {page: list(self._left(number, page)) for page in range(1, len(part.form.pages) + 1)}
            pages = {page: items for page, items in left.items() if items}
            fields = [field for page, items in pages.items() for field in self._titled(number, page, items, pages)]
            rules = [self._shown(question, place) for items in pages.values() for question, place in items]
            yield Sheet(f"p{number}", title, fields, any_of(rules))

    def _shown(self, question: Question, place: Place) -> Rule:
        """What makes the page worth showing for this question."""
        return self.visibility.page(place) if len(question.owners) == 1 else self.visibility.asked(question)

    def _left(self, number: int, page: int) -> Iterator[tuple[Question, Place]]:
        """What a page of a part still shows: everything that is not asked among the people's questions."""
        on = self.sorting.parts[number - 1].form.pages[page - 1]
        found = []
        for field in on.fields:
            question = self.sorting.names.get((number, field.key))
            if question and question not in self.early and question.owners[-1].number == number:
                found.append((question, question.owned_by(number) or question.owners[-1]))
        for index, item in enumerate(found):
            after = found[index + 1][0].field.type if index + 1 < len(found) else FieldType.HEADING
            if item[0].field.type != FieldType.HEADING or after != FieldType.HEADING:
                yield item

    def _titled(
        self, number: int, page: int, items: list[tuple[Question, Place]], pages: Mapping[int, object]
    ) -> Iterator[Field]:
        place = items[0][1]
        if place.on.intro:
            yield _intro(place, self.visibility.page(place))
        elif len(pages) > 1 and items[0][0].field.type != FieldType.HEADING:
            shown = _setting(self.visibility.page(place))
            yield Field(keys.title_key(number, page), FieldType.HEADING, place.on.title, visible_when=shown)
        for question, _place in items:
            yield from self.fields[question.key]


def _early(questions: list[Question], fields: Fields) -> list[Question]:
    """Questions about people that can be asked before anything of a procedure is, and what decides about groups."""
    deciding = _deciding(questions, fields)
    early = [one for one in questions if one.role or one in deciding]
    while True:
        known = {field.key for one in early for field in fields[one.key]}
        late = [one for one in early if not _is_known(one, fields, early, known)]
        if not late:
            return early
        early = [one for one in early if one not in late]


def _is_known(question: Question, fields: Fields, early: list[Question], known: set[str]) -> bool:
    """Whether what decides about a question stands before it, or on the same page."""
    premises = set(_premises(fields[question.key]))
    if question.role and not _is_last(question):
        # the last page comes after the people
        known = known - {field.key for one in early if _is_last(one) for field in fields[one.key]}
    elif not question.role:
        known = {field.key for one in early if not one.role for field in fields[one.key]}
    return premises <= known


def _deciding(questions: list[Question], fields: Fields) -> list[Question]:
    """What procedures ask of their own, on which it depends who belongs into a group of people."""
    groups = [one for one in questions if one.role and one.field.type == FieldType.ROWS]
    wanted = {key for one in groups for key in _premises(fields[one.key])}
    return [one for one in questions if not one.role and one.field.type in _SIMPLE and one.key in wanted]


def _in_order(questions: list[Question], fields: Fields) -> list[Question]:
    """In the order of the vocabulary, but nothing before what decides about it."""
    order = list(vocabulary())
    waiting = sorted(questions, key=lambda one: _place_of(one, order))
    found: list[Question] = []
    while waiting:
        awaited = {field.key for one in waiting for field in fields[one.key]}
        ready = (one for one in waiting if not (set(_premises(fields[one.key])) - _own(one, fields)) & awaited)
        taken = next(ready, waiting[0])
        waiting.remove(taken)
        found.append(taken)
    return found


def _own(question: Question, fields: Fields) -> set[str]:
    return {field.key for field in fields[question.key]}


def _place_of(question: Question, order: list[str]) -> tuple[bool, int]:
    concept = concept_of(question.field.concept)
    return not (concept and concept.place == "first"), order.index(concept.key) if concept else len(order)


def _is_last(question: Question) -> bool:
    concept = concept_of(question.field.concept)
    return bool(question.role and concept and concept.place == "last")


def _premises(fields: Iterable[Field]) -> Iterator[str]:
    """What decides whether these are shown, and what they come to."""
    for field in fields:
        yield from looked_at(field.visible_when)
        yield from looked_at(field.value)
        for one in field.fields:
            yield from looked_at(one.visible_when)
            yield from looked_at(one.value)


def _role_order(role: tuple[str, int]) -> tuple[int, int]:
    return ROLES.index(role[0]), role[1]


def _page(sheet: Sheet, before: list[Sheet]) -> Page:
    """The page, hidden when all of it is.

    Its questions decide that themselves where the condition would look ahead, or where an earlier page looks ahead
    to them: pages and questions would wait for each other.
    """
    here = {field.key for field in sheet.fields}
    known = {field.key for one in before for field in one.fields}
    is_awaited = any(here & set(_premises(one.fields)) for one in before)
    shown = sheet.shown if set(looked_at(sheet.shown)) <= known and not is_awaited else True
    return Page(keys.page_key(sheet.key), sheet.title, "", tuple(sheet.fields), _setting(shown))


def _intro(place: Place, shown: Rule) -> Field:
    return Field(
        keys.intro_key(place.number, place.page),
        FieldType.EXPLANATION,
        place.on.title,
        text=place.on.intro,
        visible_when=_setting(shown),
    )


def _setting(rule: Rule) -> Logic | None:
    return setting_of(rule) if is_readable(rule) else None
