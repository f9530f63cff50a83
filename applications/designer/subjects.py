"""What a condition or a calculation may look at, as one list of a drop-down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind, kind_of, parts_of
from applications.definition import Field
from applications.designer.labels import PART_WORDS, Labels, options_of
from applications.designer.places import Document, FieldDocument, places
from applications.designer.places import kind_of as type_of_document
from applications.enums import FieldType


@dataclass(frozen=True)
class Named:
    """An entry of a drop-down: `name` is how it is looked at, a colon, and what."""

    name: str
    label: str

    @property
    def how(self) -> str:
        return self.name.partition(":")[0]

    @property
    def reference(self) -> str:
        return self.name.partition(":")[2]


@dataclass(frozen=True)
class Subject(Named):
    """One thing that is known when the condition is asked.

    `name` stands in the drop-down: `answer:q1`, `row:q2`, `age:q1`, `rowage:q2`, `count:q3`, `some:q3.q4`,
    `every:q3.q4`, `someage:q3.q4`, `everyage:q3.q4`.
    """

    kind: Kind
    options: tuple[tuple[str, str], ...] = ()

    @property
    def is_age(self) -> bool:
        return self.how.endswith("age")

    @property
    def quantifier(self) -> str:
        """`some` or `every` where rows are looked at from outside; else nothing."""
        return next((name for name in ("some", "every") if self.how.startswith(name)), "")


def subjects(document: Document, *, path: str = "") -> list[Subject]:
    """Everything that a condition at `path` may look at, in the order of the form; not the field itself."""
    group = path.partition(".")[0] if "." in path else ""
    labels = Labels.of(document)
    found: list[Subject] = []
    for place in places(document):
        if place.path == path:
            continue
        if place.group is None:
            found += _of_question(place.field, labels, path)
        elif place.group["key"] == group:
            found += _of_row_question(place.field, labels, group)
        elif place.group["key"] != path:
            found += _of_every_row(place.group, place.field, labels)
    return found


def _of_question(one: FieldDocument, labels: Labels, path: str) -> Iterator[Subject]:
    key = one["key"]
    kind = kind_of_document(one)
    if kind is None:
        return
    name = labels.question(key)
    if kind == Kind.ROWS:
        # a group's own condition cannot look at its rows, neither can one inside them
        if path.partition(".")[0] != key:
            yield Subject(f"count:{key}", _("%(rows)sの行数") % {"rows": name}, Kind.NUMBER)
        return
    yield Subject(f"answer:{key}", name, kind, tuple(options_of(one)))
    for part, part_kind in parts_of(_field(one)).items():
        yield Subject(f"answer:{key}.{part}", f"{name}の{PART_WORDS.get(part, part)}", part_kind)
    if kind == Kind.DATE:
        yield Subject(f"age:{key}", _("%(date)sから数えた年齢") % {"date": name}, Kind.NUMBER)


def _of_row_question(one: FieldDocument, labels: Labels, group: str) -> Iterator[Subject]:
    key = one["key"]
    kind = kind_of_document(one)
    if kind is None:
        return
    name = _("同じ行の%(question)s") % {"question": labels.question(key, group=group)}
    yield Subject(f"row:{key}", name, kind, tuple(options_of(one)))
    for part, part_kind in parts_of(_field(one)).items():
        yield Subject(f"row:{key}.{part}", f"{name}の{PART_WORDS.get(part, part)}", part_kind)
    if kind == Kind.DATE:
        yield Subject(f"rowage:{key}", _("%(date)sから数えた年齢") % {"date": name}, Kind.NUMBER)


def _of_every_row(group: FieldDocument, one: FieldDocument, labels: Labels) -> Iterator[Subject]:
    kind = kind_of_document(one)
    if kind is None:
        return
    reference = f"{group['key']}.{one['key']}"
    words = {"rows": labels.question(group["key"]), "question": labels.question(one["key"], group=group["key"])}
    options = tuple(options_of(one))
    yield Subject(f"some:{reference}", _("%(rows)sのどれかの行の%(question)s") % words, kind, options)
    yield Subject(f"every:{reference}", _("%(rows)sのすべての行の%(question)s") % words, kind, options)
    if kind == Kind.DATE:
        some, every = (
            _("%(rows)sのどれかの行の%(question)sから数えた年齢"),
            _("%(rows)sのすべての行の%(question)sから数えた年齢"),
        )
        yield Subject(f"someage:{reference}", some % words, Kind.NUMBER)
        yield Subject(f"everyage:{reference}", every % words, Kind.NUMBER)


def kind_of_document(one: FieldDocument) -> Kind | None:
    """What the answer is; a calculated value counts as a number, which the designer's calculations give."""
    if type_of_document(one) == FieldType.CALCULATED:
        return Kind.NUMBER
    return kind_of(_field(one))


def _field(one: FieldDocument) -> Field:
    return Field(str(one["key"]), type_of_document(one), str(one.get("label", "")), concept=str(one.get("concept", "")))


def tree_of(subject: Subject, on: str = "") -> dict[str, Any]:
    """The value that the subject stands for; where rows are looked at from outside, the value inside a row."""
    if subject.how == "count":
        return {"count": {"rows": subject.reference}}
    reference = subject.reference
    if subject.quantifier:
        reference = reference.partition(".")[2]
    is_in_row = bool(subject.quantifier) or subject.how in ("row", "rowage")
    value = {"row" if is_in_row else "answer": reference}
    return {"age_on": [value, {"date": on} if on else {"today": True}]} if subject.is_age else value
