"""The texts of a version, parsed once and filled for very many people."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from notices.models import NoticeTypeVersion
from notices.texts.filling import escape_markdown, join, need, settle, slots
from notices.texts.parsing import Parts, names_in, parse_text

Row = dict[str, str]


@dataclass(frozen=True)
class NoticeText:
    """The words of a notice, in Markdown where the letter sets it.

    `translations` are for reading: {"en": {"title": …, "body": …}}. `action_values` go with the button.
    """

    title: str
    body: str
    appeal_text: str
    particulars: list[Row]
    translations: dict[str, Row] = field(default_factory=dict)
    action_values: Row = field(default_factory=dict)


@dataclass(frozen=True)
class _Words:
    """The parsed texts of one language."""

    title: Parts
    body: Parts
    appeal_text: Parts

    @property
    def all(self) -> tuple[Parts, ...]:
        return self.title, self.body, self.appeal_text


@dataclass(frozen=True)
class CompiledText:
    """The texts of a version as parts. `names` are all the values that they need."""

    words: _Words
    particulars: tuple[tuple[str, Parts], ...]
    translations: tuple[tuple[str, _Words], ...]
    action_values: tuple[tuple[str, Parts], ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> NoticeText:
        """The texts with these values. Rows of the table that come out blank are left out. Raises MissingValues."""
        need(self.names, values)
        return NoticeText(
            title=join(self.words.title, values, str),
            body=join(self.words.body, values, _escaped),
            appeal_text=join(self.words.appeal_text, values, _escaped),
            particulars=self._rows(values),
            translations={language: _filled(words, values) for language, words in self.translations},
            action_values={name: join(parts, values, str) for name, parts in self.action_values},
        )

    def settled(self, values: Mapping[str, str]) -> "CompiledText":
        """The same text with these values written in, for many fillings in which they are the same.

        `fill` wants them still. Blanks are not told of it: it does not say any more what it printed.
        """
        return replace(
            self,
            words=_settled(self.words, values),
            particulars=tuple((label, settle(parts, values, str)) for label, parts in self.particulars),
            translations=tuple((language, _settled(words, values)) for language, words in self.translations),
            action_values=tuple((name, settle(parts, values, str)) for name, parts in self.action_values),
        )

    def blanks(self, values: Mapping[str, str]) -> list[str]:
        """Names in the running text that would be printed as nothing with these values. Raises MissingValues.

        Rows of the table are not meant: a blank one is left out.
        """
        need(self.names, values)
        printed = (name for parts in self.words.all for name in slots(parts, values))
        return list(dict.fromkeys(name for name in printed if not values[name].strip()))

    def _rows(self, values: Mapping[str, str]) -> list[Row]:
        rows = ((label, join(parts, values, str)) for label, parts in self.particulars)
        return [{"label": label, "text": text} for label, text in rows if text.strip()]


def compile_text(version: NoticeTypeVersion) -> CompiledText:
    """The texts of a version, kept or being written. Parsed once a process, for the same words. Raises TextError."""
    return _compiled(
        (version.title, version.body, version.appeal_text),
        tuple((row["label"], row["text"]) for row in version.particulars),
        tuple((language, _three(texts)) for language, texts in version.translations.items()),
        tuple(version.action_values.items()),
    )


# keyed by the words themselves: a row's number may come back with other words after a rollback
@lru_cache(maxsize=256)
def _compiled(
    texts: tuple[str, str, str],
    particulars: tuple[tuple[str, str], ...],
    translations: tuple[tuple[str, tuple[str, str, str]], ...],
    action_values: tuple[tuple[str, str], ...],
) -> CompiledText:
    words = _parsed(texts)
    rows = tuple((label, parse_text(text)) for label, text in particulars)
    translated = tuple((language, _parsed(others)) for language, others in translations)
    action = tuple((name, parse_text(text)) for name, text in action_values)
    everything = [
        *words.all,
        *(parts for _label, parts in rows),
        *(parts for _language, others in translated for parts in others.all),
        *(parts for _name, parts in action),
    ]
    names = dict.fromkeys(name for parts in everything for name in names_in(parts))
    return CompiledText(words, rows, translated, action, tuple(names))


def _parsed(texts: tuple[str, str, str]) -> _Words:
    return _Words(*(parse_text(text) for text in texts))


def _three(texts: Mapping[str, Any]) -> tuple[str, str, str]:
    return texts.get("title", ""), texts.get("body", ""), texts.get("appeal_text", "")


def _filled(words: _Words, values: Mapping[str, str]) -> Row:
    return {
        "title": join(words.title, values, str),
        "body": join(words.body, values, _escaped),
        "appeal_text": join(words.appeal_text, values, _escaped),
    }


def _settled(words: _Words, values: Mapping[str, str]) -> _Words:
    return _Words(
        settle(words.title, values, str),
        settle(words.body, values, _escaped),
        settle(words.appeal_text, values, _escaped),
    )


@lru_cache(maxsize=1024)
def _escaped(value: str) -> str:
    """A name stands in a text several times, and what is the same for all in very many texts."""
    return escape_markdown(value)
