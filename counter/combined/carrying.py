"""From one combined form to the next: a form version was published, or a procedure came or went, in between."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import Any

from applications.definition import Field
from applications.enums import FieldType
from applications.typed import CHOSEN, NOT_TYPED, Row, Typed
from counter.combined import words
from counter.combined.asking import TICKED
from counter.combined.converting import converted
from counter.combined.model import Combined, Path
from counter.combined.splitting import is_member


@dataclass(frozen=True)
class Note:
    """One thing that is different now, in words. `path` is in the new form, in the old one for what is lost."""

    path: Path
    label: str
    message: str


@dataclass(frozen=True)
class CarriedOver:
    """Typed values for the new form, what no question takes any more, and what is asked newly or otherwise."""

    values: Typed
    lost: tuple[Note, ...]
    changed: tuple[Note, ...]
    origins: Mapping[Path, Path] = attribute(default_factory=dict)
    """Question of the new form → the one of the old form that asked for the same."""


def carry_over(old: Combined, new: Combined, values: Mapping[str, Any]) -> CarriedOver:
    """Typed values of the old form for the new one: by the question of the procedure, then by concept."""
    carrying = _Carrying(old, new, values)
    found = dict(carrying.top(values))
    return CarriedOver(found, tuple(carrying.lost(values)), tuple(carrying.changed()), dict(carrying.origins()))


def with_marks(home: Combined, desk: Combined, values: Mapping[str, Any], *, but: Collection[str] = ()) -> Typed:
    """Values that were typed at home for the form of the same procedures at a desk, where rows have marks that the
    form at home does without: who was typed there was meant. Groups in `but` stay without: nobody typed them."""
    fresh = {desk.places[owner] for owner in desk.ticks if owner not in home.ticks and owner in home.places}
    carrying = _Carrying(home, desk, values)
    marked = {key: value for key, value in carrying.top(values) if key in fresh and key not in but}
    return {**values, **marked}


class _Carrying:
    def __init__(self, old: Combined, new: Combined, values: Mapping[str, Any]) -> None:
        self.values = values
        self.old = old
        self.new = new
        self.taken: set[Path] = set()
        """Paths of the old form whose values were carried over; `group.row.key` in rows."""

    def top(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for field in self.new.form.questions:
            source = self._source(field.key, field)
            typed = values.get(source) if source else None
            if not source or not typed:
                continue
            if field.type == FieldType.ROWS:
                value: Any = [self._row(source, field, row) for row in typed if self._stays(field, row)]
                self.taken.add(source)
            else:
                value = self._value(source, source, field, typed)
            if value:
                yield field.key, value

    def _stays(self, field: Field, row: Row) -> bool:
        """Whether somebody belongs into the group of the new form, by its key there.

        Where marks say whom each part concerns everybody does. Where nothing asks any more every row is of the part:
        whoever was not marked for it would be signed for and filed without having been named.
        """
        owners = self.new.owners.get(field.key, ())
        known = [owner for owner in owners if owner in self.old.places]
        if not known or any(owner in self.new.ticks for owner in owners):
            return True
        return any(self._was_in(owner, row) for owner in known)

    def _row(self, group: str, field: Field, row: Row) -> Row:
        found: Typed = {}
        for one in field.fields:
            source = self._source(f"{field.key}.{one.key}", one)
            if not source or source.partition(".")[0] != group:
                continue
            typed = row["values"].get(source.partition(".")[2])
            value = (
                self._value(f"{group}.{row['id']}.{source.partition('.')[2]}", source, one, typed) if typed else None
            )
            if value:
                found[one.key] = value
        return {"id": row["id"], "values": found | self._ticks(field, row)}

    def _ticks(self, field: Field, row: Row) -> Typed:
        """The row stays with the parts that it was of."""
        owners = [owner for owner in self.new.owners.get(field.key, ()) if owner in self.old.places]
        ticks = [self.new.ticks[owner] for owner in owners if owner in self.new.ticks and self._was_in(owner, row)]
        return {tick: [TICKED] for tick in dict.fromkeys(ticks)}

    def _was_in(self, owner: tuple[str, str], row: Row) -> bool:
        return is_member(self.old, owner, row, self.values)

    def _value(self, place: Path, source: Path, field: Field, typed: Any) -> Any:
        value = _still_offered(converted(typed, self.old.fields[source], field), field)
        if value:
            self.taken.add(place)
        return value

    def _source(self, path: Path, field: Field) -> Path | None:
        """The question of the old form that asked for the same."""
        if field.type in NOT_TYPED:
            return None
        places = (self.old.places.get(owner) for owner in self.new.owners.get(path, ()))
        own = next((place for place in places if place), None)
        if own is None and path in self.old.fields and path in self.old.owners and not _is_own(path):
            # of another procedure, under the key that the concept has everywhere
            return path
        return own

    def origins(self) -> Iterator[tuple[Path, Path]]:
        for path, one in self.new.fields.items():
            if source := self._source(path, one):
                yield path, source

    def lost(self, values: Mapping[str, Any]) -> Iterator[Note]:
        for key, typed in values.items():
            field = self.old.fields.get(key)
            if field is None or field.type in NOT_TYPED:
                continue
            if field.type == FieldType.ROWS and key in self.taken:
                yield from self._lost_in_rows(field, typed)
            elif key not in self.taken:
                yield Note(key, field.label, words.lost_sentence(field.label))

    def _lost_in_rows(self, group: Field, rows: list[Row]) -> Iterator[Note]:
        groups = [field for field in self.new.form.questions if self._source(field.key, field) == group.key]
        for row in rows:
            if not any(self._stays(field, row) for field in groups):
                label = words.one_of(group.label, row)
                yield Note(group.key, label, words.unmarked_sentence(label))
                continue
            for one in group.fields:
                path = f"{group.key}.{row['id']}.{one.key}"
                is_tick = f"{group.key}.{one.key}" not in self.old.owners
                if one.key in row["values"] and not is_tick and path not in self.taken:
                    yield Note(path, one.label, words.lost_sentence(one.label))

    def changed(self) -> Iterator[Note]:
        for path, field in self.new.fields.items():
            if not field.is_question or field.type in NOT_TYPED or path not in self.new.owners:
                continue
            source = self._source(path, field)
            if source is None:
                yield Note(path, field.label, words.new_sentence(field.label))
            elif _asks(self.old.fields[source]) != _asks(field):
                yield Note(path, field.label, words.changed_sentence(field.label))


def _is_own(path: Path) -> bool:
    """Whether a key begins with the number of its procedure, which says nothing in another form."""
    return any(key[:1] == "p" and key[1:2].isdecimal() for key in path.split("."))


def _still_offered(value: Any, field: Field) -> Any:
    """Without what can be chosen no more."""
    if field.type not in (FieldType.CHOICE, FieldType.CHECKBOXES):
        return value
    offered = {option.value for option in field.options} | ({"other"} if field.other else set())
    chosen = value.get(CHOSEN) if isinstance(value, dict) else value
    if isinstance(chosen, list):
        kept: Any = [one for one in chosen if one in offered]
    else:
        kept = chosen if chosen in offered else ""
    if field.other:
        text = value.get("other", "") if isinstance(value, dict) else ""
        return {CHOSEN: kept, "other": text} if kept or text else ""
    return kept


def _asks(field: Field) -> Field:
    """What a person sees of a question: neither its key, nor the conditions, which name other keys."""
    return replace(field, key="", visible_when=None, required_when=None, value=None, fields=())
