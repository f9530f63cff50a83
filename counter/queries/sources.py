"""The five sources side by side: what is in force for a question, and what the others say of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from applications.answers import display_text, row_title
from applications.concepts import concept_of
from applications.definition import Field, other_key
from applications.enums import FieldType
from applications.form_pages.cleaning import Cleaner
from applications.made_up import made_up_person
from applications.prefill import prefill
from applications.records import Filing
from applications.typed import Typed, Value
from cityhall.models import User
from counter.combined import Combined, is_tick
from counter.entries import Entries
from counter.enums import Source
from counter.models import Visit
from residents.models import Resident

ICONS: Mapping[str, str] = {
    Source.BROUGHT: "phone",
    Source.PORTAL: "document",
    Source.CARD: "shield",
    Source.RECORD: "home",
    Source.RESIDENT: "person",
    Source.STAFF: "pen",
    Source.GUIDE: "pen",
    Source.PAPER: "document",
}
"""A drawing for each source; the words beside it say the same."""


@dataclass(frozen=True)
class Said:
    """What one source says of a question, in words."""

    source: Source
    words: str

    @property
    def icon(self) -> str:
        return ICONS[self.source]


@dataclass(frozen=True)
class Beside:
    """The source in force (None: nobody said anything yet), and the others that say something else."""

    said: Said | None
    others: tuple[Said, ...]
    mark: str = ""
    rest: tuple[Said, ...] = ()
    """In a group, what other sources in force say of its people."""


def beside(entries: Entries, fields: Iterable[Field]) -> dict[str, Beside]:
    """What stands beside each of these questions; questions nobody said anything about are left out. No query."""
    found = {field.key: _beside(entries, field) for field in fields}
    return {key: one for key, one in found.items() if one.said or one.others or one.mark}


def _beside(entries: Entries, field: Field) -> Beside:
    value, source = entries.values.get(field.key), entries.sources.get(field.key)
    offers = entries.offers.get(field.key, {})
    is_group = field.type == FieldType.ROWS
    saids = tuple(_said_of_people(entries, field)) if is_group and source and value else ()
    return Beside(
        saids[0] if saids else Said(Source(source), words_of(field, value)) if source and value else None,
        tuple(Said(one, words_of(field, offers[one])) for one in Source if one in offers),
        next((why for path, why in entries.marks.items() if path.partition(".")[0] == field.key), ""),
        saids[1:],
    )


def _said_of_people(entries: Entries, group: Field) -> Iterator[Said]:
    """What each source says of the people in the rows. Whom a procedure concerns stands at the mark itself."""
    found: dict[str, list[str]] = {}
    for number, row in enumerate(entries.values[group.key], start=1):
        told = [one for one in group.fields if one.key in row["values"] and not is_tick(one)]
        words = {one.key: words_of(one, row["values"][one.key]) for one in told}
        title = row_title(group, number, words)
        more: dict[str, list[str]] = {}
        for key, text in words.items():
            source = entries.source_of(f"{group.key}.{row['id']}.{key}")
            more.setdefault(source, []).extend([text] if text and text not in title else [])
        for source, texts in more.items():
            found.setdefault(source, []).append(f"{title}（{'・'.join(texts)}）" if texts else title)
    for one in Source:
        if one in found:
            yield Said(one, "、".join(found[one]))


def words_of(field: Field, value: Value) -> str:
    """A typed value in words; as it was typed where it cannot be understood."""
    if field.type == FieldType.ROWS:
        return "、".join(_row_words(field, value))
    answers = Cleaner([field], {}).plain(field, {field.key: value})
    if field.key not in answers:
        return " ".join(_texts(value))
    return display_text(field, answers[field.key], str(answers.get(other_key(field.key), "")))


def _row_words(group: Field, rows: Any) -> Iterator[str]:
    for number, row in enumerate(rows, start=1):
        words = {one.key: words_of(one, row["values"][one.key]) for one in group.fields if one.key in row["values"]}
        title = row_title(group, number, words)
        more = [text for text in words.values() if text and text not in title]
        yield f"{title}（{'・'.join(more)}）" if more else title


def _texts(value: Value) -> Iterator[str]:
    match value:
        case dict():
            yield from (str(text) for text in value.values() if text)
        case list():
            yield from (str(text) for text in value if text)
        case _:
            yield str(value)


def known_of(visit: Visit, combined: Combined, reader: User) -> Typed:
    """Typed values of every question that the city's records answer for whom the visit is for.

    What `reader` may not see (支援措置) is left out.
    """
    return prefill(combined.form, resident_of(visit), agent=_agent_of(visit), reader=reader)


def given_of(visit: Visit, combined: Combined, reader: User) -> dict[str, Any]:
    """The answers that are shown from the record and not asked (`attribute`)."""
    attributes = [field for field in combined.form.fields if field.type == FieldType.ATTRIBUTE]
    if not attributes:
        return {}
    filing = Filing(resident_of(visit), _agent_of(visit), None, reader)
    concepts = {field.key: concept_of(field.concept) for field in attributes}
    found = {key: filing.answer(concept, concept.shape) for key, concept in concepts.items() if concept}
    return {key: answer for key, answer in found.items() if answer}


def resident_of(visit: Visit) -> Resident | None:
    """Whom the visit is for; in practice somebody made up."""
    return made_up_person() if visit.is_practice else visit.resident


def _agent_of(visit: Visit) -> Resident | None:
    """Who acts for them by a mandate that the city knows."""
    return visit.mandate.agent if visit.mandate else None
