"""A form as Python sees it: frozen dataclasses without a database behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any

from applications.enums import SHOWN_ONLY, FieldType

Translations = Mapping[str, Mapping[str, str]]
"""Language → place → words (`translating`)."""
Logic = Mapping[str, Any]
"""A condition or an expression as it is written down; `applications.conditions` reads it."""
OTHER = "other"
"""The value of the option その他, which `Field.other` adds; its text stands under `other_key`."""


def other_key(key: str) -> str:
    """Where the text beside その他 is kept. No question can have this key: two underscores are refused in keys."""
    return f"{key}__{OTHER}"


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One question, or something shown among questions.

    `min` and `max` are decimal digits for a number or an amount of money, `YYYY-MM-DD` or `today` for a
    date, `HH:MM` for a time.
    """

    key: str
    type: FieldType
    label: str
    required: bool = False
    help: str = ""
    example: str = ""
    min_length: int | None = None
    max_length: int | None = None
    charset: str = ""
    concept: str = ""
    options: tuple[Option, ...] = ()
    other: bool = False
    min: str | None = None
    max: str | None = None
    unit: str = ""
    decimals: int = 0
    accept: tuple[str, ...] = ()
    max_files: int = 1
    consent_text: str = ""
    consent_version: str = ""
    # an explanation: a subset of Markdown
    text: str = ""
    visible_when: Logic | None = None
    required_when: Logic | None = None
    # a calculated value: the expression
    value: Logic | None = None
    # a repeating group: its questions; the title may name one of them: 「お子さま ((child_name))」
    fields: "tuple[Field, ...]" = ()
    min_rows: int = 0
    max_rows: int = 0
    row_title: str = ""

    def label_of(self, value: str) -> str:
        """The words of a chosen option; the value itself when the option is unknown."""
        return next((option.label for option in self.options if option.value == value), value)

    @property
    def is_question(self) -> bool:
        return self.type not in SHOWN_ONLY

    @property
    def is_for_some(self) -> bool:
        """Whether it is one box that some of the rows need: required only until as many as are needed have it."""
        is_one_box = self.type == FieldType.CHECKBOXES and len(self.options) == 1
        return is_one_box and self.required_when is not None and "lt" in self.required_when

    @cached_property
    def by_key(self) -> "Mapping[str, Field]":
        """The questions of a repeating group."""
        return {field.key: field for field in self.fields}


@dataclass(frozen=True)
class Page:
    """Questions asked together on one screen."""

    key: str
    title: str
    intro: str
    fields: tuple[Field, ...]
    visible_when: Logic | None = None


@dataclass(frozen=True)
class Form:
    """All pages of one version, with their words in other languages."""

    pages: tuple[Page, ...]
    translations: Translations = dataclass_field(default_factory=dict)

    @property
    def fields(self) -> Iterator[Field]:
        """Everything on the pages, headings and explanations too; the inside of a repeating group is `Field.fields`."""
        for page in self.pages:
            yield from page.fields

    @property
    def questions(self) -> Iterator[Field]:
        """Everything that has an answer."""
        return (field for field in self.fields if field.is_question)

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in self.fields}

    @cached_property
    def has_logic(self) -> bool:
        """Whether anything of the form depends on the answers."""
        return any(page.visible_when is not None for page in self.pages) or any(
            one.visible_when is not None or one.required_when is not None or one.value is not None
            for field in self.fields
            for one in (field, *field.fields)
        )

    def page_of(self, key: str) -> int:
        """Number (from 1) of the page that asks the question. Raises KeyError."""
        for number, page in enumerate(self.pages, start=1):
            if any(field.key == key for field in page.fields):
                return number
        raise KeyError(key)
