"""The combined form in another language: the words its parts have, Japanese where they have none.

Keys, values, rules and the order stay as they are, so that what is typed in one language goes on in every other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from applications.definition import Field, Form, Page, places_of
from applications.definition import localized as localized_form
from applications.definition.translating import NAME
from applications.enums import FieldType
from counter.combined import keys, words
from counter.combined.model import Combined, Part

Words = Mapping[str, str]
"""Japanese → the words of one language."""
_ONE_BY_ONE: Final = "お一人ずつ、はじめにお名前などを入力し、つぎに、その方に当てはまるものに印を付けてください。"
_OWN: Final[Mapping[str, Words]] = {
    "ja-easy": {
        "はじめに": "はじめに",
        "手続に共通すること": "ぜんぶの てつづきに つかうこと",
        "申請者": "あなた",
        "配偶者": "おっと・つま",
        "世帯員": "いっしょに すむ 家族",
        "子ども": "こども",
        "対象者": "てつづきの ひと",
        "保護者": "おや（保護者）",
        "ほかの家族": "ほかの 家族",
        "亡くなった方": "なくなった ひと",
        "代理人": "かわりの ひと",
        "事業者": "会社など",
        "はい、当てはまります": "はい",
        "人": "人",
        _ONE_BY_ONE: "1人ずつ かいて ください。てつづきの ひとに しるしを つけます。",
    },
    "en": {
        "はじめに": "First of all",
        "手続に共通すること": "For several procedures",
        "申請者": "You",
        "配偶者": "Spouse",
        "世帯員": "Your household",
        "子ども": "Children",
        "対象者": "Person concerned",
        "保護者": "Parents or guardians",
        "ほかの家族": "Others at home",
        "亡くなった方": "The person who died",
        "代理人": "Representative",
        "事業者": "Business",
        "はい、当てはまります": "Yes, this person",
        "人": "people",
        _ONE_BY_ONE: "Enter people one by one, and mark for each procedure whom it concerns.",
    },
}
"""What the combined form says of itself (`words`)."""
_COUNT: Final = {"ja-easy": "%(label)s：なん人", "en": "%(label)s: how many"}
"""How many rows have a mark."""
_NEEDS: Final = re.compile(r"「([^」]+)」は、(\d+)人以上に印を付けてください。")
_LEAST: Final = {
    "ja-easy": "「%(label)s」は %(least)s人か、もっと 多く つけて ください。",
    "en": "Mark at least %(least)s for “%(label)s”.",
}
_NOT_ALL: Final = {"ja-easy": "ぜんいんに つけなくて いいです。", "en": "You need not mark everybody."}
"""How many rows have to have it (`words.ticks_help`)."""


def localized(combined: Combined, language: str) -> Combined:
    """The same combined form with its pages in the language; itself where no part has a word of it.

    To be shown only: where a choice is told to a line of text, the words of the option are told. What is kept or
    filed goes through the Japanese form.
    """
    if not any(language in part.form.translations for part in combined.parts):
        return combined
    localizing = _Localizing(combined, language)
    parts = tuple(
        replace(one, form=localized_form(one.form, language), title=name_of(one, language)) for one in combined.parts
    )
    left_out = tuple(replace(one, field=localizing.shown(one.field)) for one in combined.left_out)
    form = Form(tuple(map(localizing.page, combined.form.pages)))
    return replace(combined, parts=parts, left_out=left_out, form=form)


def name_of(part: Part, language: str) -> str:
    """The name of the procedure."""
    return part.form.translations.get(language, {}).get(NAME, part.title)


class _Localizing:
    def __init__(self, combined: Combined, language: str) -> None:
        self.combined = combined
        self.language = language
        self.words: dict[str, str] = {}
        for part in combined.parts:
            table = part.form.translations.get(language, {})
            names = {part.title: name_of(part, language)}
            said = {text: table[place] for place, text in places_of(part.form) if place in table}
            # the first form to say something says it for all
            self.words = {**names, **said, **self.words}
        self.words = {**_OWN.get(language, {}), **self.words}
        self.ticks = dict(self._ticks())

    def page(self, page: Page) -> Page:
        fields = tuple(self._field(field, field.key) for field in page.fields)
        return replace(page, title=self._own(page.title), intro=self._said(page.intro), fields=fields)

    def shown(self, field: Field) -> Field:
        """A question of one form alone, such as a paper to bring."""
        return replace(field, label=self._said(field.label), help=self._said(field.help))

    def _field(self, field: Field, path: str) -> Field:
        return replace(
            field,
            label=self._label(field, path),
            help=self._help(field.help),
            text=self._said(field.text),
            consent_text=self._consent(field.consent_text),
            unit=self._said(field.unit),
            row_title=self._row_title(field, path),
            options=tuple(replace(one, label=self._said(one.label)) for one in field.options),
            fields=tuple(self._field(one, f"{path}.{one.key}") for one in field.fields),
        )

    def _own(self, text: str) -> str:
        """What the combined form says of people goes before what a form says of one of them."""
        return _OWN.get(self.language, {}).get(text) or self._said(text)

    def _said(self, text: str) -> str:
        return self.words.get(text, text)

    def _help(self, text: str) -> str:
        """What stands above rows says how many of them some marks need."""
        needs = _NEEDS.findall(text) if text.startswith(_ONE_BY_ONE) and self.language in _LEAST else ()
        if not needs:
            return self._said(text)
        said = ({"label": self._said(label), "least": least} for label, least in needs)
        least = (_LEAST[self.language] % one for one in said)
        return " ".join((self._said(_ONE_BY_ONE), *least, _NOT_ALL[self.language]))

    def _label(self, field: Field, path: str) -> str:
        if path in self.ticks:
            return self.ticks[path]
        if field.type == FieldType.ROWS:
            return self._own(field.label)
        if named := self._named(field, path):
            return named
        if field.label in self.words or path not in self.combined.owners:
            return self._said(field.label)
        # the label of the vocabulary stands for several: the words of the first form that has some
        own = (self.combined.part_fields[owner].label for owner in self.combined.owners[path])
        return next((self.words[label] for label in own if label in self.words), field.label)

    def _named(self, field: Field, path: str) -> str:
        """A label that names its procedure; "" for every other."""
        owners = self.combined.owners.get(path, ())
        if len(owners) != 1:
            return ""
        own = self.combined.part_fields[owners[0]].label
        titles = [part.title for part in self.combined.parts]
        part = next(part for part in self.combined.parts if part.key == owners[0][0])
        if field.label == own or field.label != words.named_label(own, words.short_title(part.title, titles)):
            return ""
        return f"{self._said(own)} ({name_of(part, self.language)})"

    def _row_title(self, field: Field, path: str) -> str:
        """Titles of rows name questions, which have other keys here."""
        for owner in self.combined.owners.get(path, ()) if field.row_title else ():
            own = self.combined.part_fields[owner].row_title
            lead = own.partition("((")[0]
            if own in self.words and lead and field.row_title.startswith(lead):
                return self.words[own].partition("((")[0] + field.row_title.removeprefix(lead)
        return field.row_title

    def _consent(self, text: str) -> str:
        """In both languages: what is agreed to is the Japanese text."""
        said = list(self._said_parts(text.split("\n\n")))
        return "\n\n".join([*said, text]) if said else text

    def _said_parts(self, paragraphs: Sequence[str]) -> Iterator[str]:
        """The texts of several forms follow each other, each of one paragraph or more: the longest known one first."""
        begin = 0
        while begin < len(paragraphs):
            ends = range(len(paragraphs), begin, -1)
            texts = {end: "\n\n".join(paragraphs[begin:end]) for end in ends}
            known = next((end for end, text in texts.items() if text in self.words), None)
            if known is not None:
                yield self.words[texts[known]]
            begin = known or begin + 1

    def _ticks(self) -> Iterator[tuple[str, str]]:
        """The marks of rows: whom a procedure concerns, with the names of the procedures."""
        owners: dict[str, list[tuple[str, str]]] = {}
        for (key, group), tick in self.combined.ticks.items():
            owners.setdefault(f"{self.combined.places[(key, group)]}.{tick}", []).append((key, group))
        names = {part.key: name_of(part, self.language) for part in self.combined.parts}
        for path, parts in owners.items():
            label = self._said(self.combined.part_fields[parts[0]].label)
            yield path, f"{label} ({', '.join(names[key] for key, _group in parts)})"
            count = _COUNT.get(self.language)
            if count:
                yield keys.count_key(*path.split(".")), count % {"label": label}
