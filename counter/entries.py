"""What is typed in a visit, where each value comes from, and what other sources say of the same question.

Pure: columns of a visit in, columns out. A source is kept by question, in a repeating group also by question and row
(`group.row.key`): one row was brought, the next one asked for. What is not kept so has the source of the group.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from applications.answers import Answers
from applications.conditions import Outcome
from applications.definition import Field, Page
from applications.enums import FieldType
from applications.form_pages.cleaning import Cleaner
from applications.row_paths import path_of
from applications.typed import Row, Value
from counter.combined import Combined, carry_over
from counter.enums import Mark, Source
from counter.models import Visit

Offers = Mapping[str, Mapping[str, Value]]
_NEXT: Final = (
    Source.RESIDENT,
    Source.STAFF,
    Source.GUIDE,
    Source.PAPER,
    Source.BROUGHT,
    Source.CARD,
    Source.RECORD,
)
"""Whose word counts when the source in force is gone: what people say first, the newest before what was brought."""


@dataclass(frozen=True)
class Entries:
    """Never changed in place: every act gives new ones. A source without a value was asked and left blank."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    offers: Offers = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, visit: Visit) -> Self:
        return cls(visit.values, visit.sources, visit.offers, visit.marks)

    def columns(self) -> dict[str, Any]:
        """For the row of a visit."""
        return {name: dict(getattr(self, name)) for name in ("values", "sources", "offers", "marks")}

    def source_of(self, path: str) -> str:
        """Where the value of a question comes from, `key` or `group.row.key`; "" where nobody said anything."""
        return self.sources.get(path) or self.sources.get(path.partition(".")[0], "")

    def put(self, field: Field, value: Value | None, source: Source) -> "Entries":
        """Somebody typed this. What another source said before stays beside it; the same as before changes nothing."""
        held = self.values.get(field.key)
        if (held or None) == (value or None):
            return self
        if not is_filled(held) and not is_filled(value):
            # a row that was added, or taken out again, before anything was typed in it
            return self._with(field, value, self.sources, self.offers.get(field.key, {}))
        sources = self._without_rows(field.key) | {field.key: str(source)}
        if field.type == FieldType.ROWS:
            sources |= dict(self._row_sources(field, value, source))
        offers = dict(self.offers.get(field.key, {}))
        was = self.sources.get(field.key)
        if held and was and was != source:
            offers[was] = held
        offers.pop(source, None)
        return self._with(field, value, sources, offers)

    def follow(self, field: Field, left: Value | None) -> "Entries":
        """What followed from an answer that says something else now: as if nobody had said it. What the record or the
        card says stays."""
        if self.sources.get(field.key) in (Source.RECORD, Source.CARD):
            return self
        sources = {key: one for key, one in self.sources.items() if left or key.partition(".")[0] != field.key}
        return self._with(field, left, sources, self.offers.get(field.key, {}))

    def fill(self, field: Field, known: Value, source: Source) -> "Entries":
        """A source that is no person says this: it fills a blank, or stands beside what there is."""
        held, was = self.values.get(field.key), self.sources.get(field.key)
        if not is_filled(held) and was in (None, source):
            return self._with(field, known, self._without_rows(field.key) | {field.key: str(source)}, {})
        if was == source and not self._has_rows(field.key):
            # read again: what it says now
            return self._with(field, known, dict(self.sources), dict(self.offers.get(field.key, {})))
        return self._with(field, held, dict(self.sources), {**self.offers.get(field.key, {}), source: known})

    def take(self, field: Field, source: Source) -> "Entries":
        """What another source says comes into force; what was in force stands beside it. Nothing there: no change."""
        offered = self.offers.get(field.key, {}).get(source)
        if not offered:
            return self
        held, was = self.values.get(field.key), self.sources.get(field.key)
        offers = {key: value for key, value in self.offers[field.key].items() if key != source}
        if held and was:
            offers[was] = held
        return self._with(field, offered, self._without_rows(field.key) | {field.key: str(source)}, offers)

    def without(self, source: Source, *, but: Collection[str] = ()) -> "Entries":
        """As if a source had never said anything: the record, or the card, of somebody else was shown.

        What another source says of those questions comes into force again. Questions in `but` keep what is in force:
        the source says something new of them.
        """
        gone = {key for key, one in self.sources.items() if one == source and "." not in key} - {*but}
        values = {key: value for key, value in self.values.items() if key not in gone}
        sources = {path: one for path, one in self.sources.items() if path.partition(".")[0] not in gone}
        offers = {}
        for key, said in self.offers.items():
            left = {name: value for name, value in said.items() if name != source}
            if key in gone and (next_one := next((name for name in _NEXT if name in left), None)):
                values[key], sources[key] = left.pop(next_one), str(next_one)
            if left:
                offers[key] = left
        return replace(self, values=values, sources=sources, offers=offers)

    def settled(self, page: Page) -> "Entries":
        """Without the marks of questions that somebody has just looked at."""
        here = {one.key for one in page.fields}
        return replace(
            self, marks={path: why for path, why in self.marks.items() if path.partition(".")[0] not in here}
        )

    def marked(self, path: str, why: Mark | None) -> "Entries":
        """With a mark at a question, or without it."""
        marks = {key: one for key, one in self.marks.items() if key != path}
        return replace(self, marks=marks | ({path: str(why)} if why else {}))

    def visible(self, fields: Mapping[str, Field], found: Outcome | None) -> "Entries":
        """Without what conditions hide: hidden is not kept."""
        if found is None:
            return self
        values = {
            key: _visible_rows(fields[key], value, found) if _is_group(fields, key) else value
            for key, value in self.values.items()
            if key in found.visible
        }
        kept = {path for path in self.sources if path in found.visible}
        return Entries(
            {key: value for key, value in values.items() if value},
            {path: self.sources[path] for path in kept},
            {key: said for key, said in self.offers.items() if key in found.visible},
            {path: why for path, why in self.marks.items() if path in found.visible},
        )

    def carried_over(self, old: Combined, new: Combined) -> "Entries":
        """The same for another combined form: a procedure came or went, or a form was published anew."""
        carried = carry_over(old, new, self.values)
        offers: dict[str, dict[str, Value]] = {}
        for source in dict.fromkeys(name for said in self.offers.values() for name in said):
            said = {key: one[source] for key, one in self.offers.items() if source in one}
            for key, value in carry_over(old, new, said).values.items():
                offers.setdefault(key, {})[source] = value
        return Entries(
            carried.values,
            dict(_of_rows_left(_moved(self.sources, carried.origins), carried.values)),
            offers,
            dict(_of_rows_left(_moved(self.marks, carried.origins), carried.values)),
        )

    def _with(
        self, field: Field, value: Value | None, sources: Mapping[str, str], offers: Mapping[str, Value]
    ) -> "Entries":
        """One question anew. Sources that agree with what is in force have nothing to add."""
        values = {key: one for key, one in self.values.items() if key != field.key}
        if value:
            values[field.key] = value
        others = {key: said for key, said in self.offers.items() if key != field.key}
        beside = {name: one for name, one in offers.items() if one and not is_same(field, one, value)}
        return replace(self, values=values, sources=sources, offers=others | ({field.key: beside} if beside else {}))

    def _without_rows(self, key: str) -> dict[str, str]:
        return {path: one for path, one in self.sources.items() if not path.startswith(f"{key}.")}

    def _has_rows(self, key: str) -> bool:
        return any(path.startswith(f"{key}.") for path in self.sources)

    def _row_sources(self, group: Field, rows: Any, source: Source) -> Iterator[tuple[str, str]]:
        """Questions in rows that stayed as they were keep their source."""
        before = {row["id"]: row["values"] for row in self.values.get(group.key) or ()}
        for row in rows or ():
            held = before.get(row["id"], {})
            for key, value in row["values"].items():
                path = f"{group.key}.{row['id']}.{key}"
                yield path, (self.source_of(path) or str(source)) if held.get(key) == value else str(source)


def _is_group(fields: Mapping[str, Field], key: str) -> bool:
    return key in fields and fields[key].type == FieldType.ROWS


def _visible_rows(group: Field, rows: list[Row], found: Outcome) -> list[Row]:
    shown = [
        (row, [one.key for one in group.fields if path_of(group, row["id"], one) in found.visible]) for row in rows
    ]
    return [
        {"id": row["id"], "values": {key: row["values"][key] for key in keys if key in row["values"]}}
        for row, keys in shown
    ]


def _moved(told: Mapping[str, str], origins: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is told of paths of the old form, by paths of the new one."""
    for new, old in origins.items():
        group, _dot, key = old.partition(".")
        if not key:
            if old in told:
                yield new, told[old]
            continue
        for path, one in told.items():
            head, _dot, rest = path.partition(".")
            row, _dot, inner = rest.partition(".")
            if (head, inner) == (group, key):
                yield f"{new.partition('.')[0]}.{row}.{new.partition('.')[2]}", one


def _of_rows_left(told: Iterable[tuple[str, str]], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Without what is told of rows that did not go along: their ids may come again."""
    left = {f"{key}.{row['id']}" for key, rows in values.items() if _has_rows(rows) for row in rows}
    for path, one in told:
        if path.count(".") < 2 or path.rpartition(".")[0] in left:
            yield path, one


def _has_rows(value: Value) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def is_filled(value: Value | None) -> bool:
    """Whether anything is typed; rows that were opened and left alone say nothing."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return any(row["values"] for row in value)
    return bool(value)


def is_same(field: Field, one: Value | None, other: Value | None) -> bool:
    """Whether two typed values are one answer: 平成28年 and 2016, a name with and without a blank at its end."""
    if not one or not other:
        return not one and not other
    return one == other or answer_of(field, one) == answer_of(field, other)


def answer_of(field: Field, value: Value) -> Answers | Value:
    """The answer a typed value gives, rows without their ids; what cannot be understood as it stands."""
    cleaner = Cleaner([field] if field.type != FieldType.ROWS else field.fields, {})
    if field.type != FieldType.ROWS:
        return cleaner.plain(field, {field.key: value}) or value
    rows = [cleaner.row(field, row).answers for row in value if isinstance(row, dict)]
    return {field.key: [{key: one for key, one in row.items() if key != "id"} for row in rows]}
