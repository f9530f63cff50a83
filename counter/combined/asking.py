"""The fields of the combined form: questions with their conditions, and the marks that say whom a row concerns."""

import re
from collections.abc import Iterable
from dataclasses import replace

from applications.answers import NAME_PARTS
from applications.concepts import concept_of
from applications.definition import Field, Logic, Option
from applications.enums import FieldType
from counter.combined import keys, words
from counter.combined.model import NAMES
from counter.combined.rewriting import EntangledError
from counter.combined.rules import Rule, any_of, every_of, is_readable, negated, setting_of
from counter.combined.sorting import Place, Question, Spot
from counter.combined.visibility import Visibility, labels_of, marked_labels

TICKED = "yes"
_PLACEHOLDER = re.compile(r"\(\((\w+)\)\)")


class OmittedError(Exception):
    """Nothing of this question is left: what it is worked out from is not asked here."""

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        super().__init__(spot)


class Asking:
    """Makes the fields. Raises EntangledError and OmittedError, for another attempt without what they name."""

    def __init__(self, visibility: Visibility) -> None:
        self.visibility = visibility
        self.sorting = visibility.sorting

    def field(self, question: Question) -> Field:
        """The question, or the group with its questions."""
        return self._group(question) if question.field.type == FieldType.ROWS else self._plain(question)

    def _plain(self, question: Question) -> Field:
        shown = self.visibility.asked(question)
        required, required_when = self._required(question, shown)
        return replace(
            question.field,
            key=question.key,
            label=self._label(question),
            required=required,
            visible_when=self._setting(question, shown),
            required_when=None if required else self._setting(question, required_when, is_blank=required_when is False),
            value=self._value(question),
        )

    def _label(self, question: Question) -> str:
        """With the procedure it belongs to, where the page does not say it: 理由が生じた日（児童手当）."""
        label, number = question.field.label, question.owners[0].number
        if question.group or len(question.owners) > 1 or not self._needs_name(question):
            return label
        titles = [part.title for part in self.sorting.parts]
        return words.named_label(label, words.short_title(titles[number - 1], titles))

    def _needs_name(self, question: Question) -> bool:
        """Whether it stands among questions of several procedures and may be taken for one of another."""
        if question.role is None or len(self.sorting.parts) < 2:
            return False
        concept = concept_of(question.field.concept)
        return bool(concept and concept.place == "last") or any(
            one is not question and one.role == question.role and one.field.label == question.field.label
            for one in self.sorting.questions
        )

    def _value(self, question: Question) -> Logic | None:
        if question.field.type != FieldType.CALCULATED:
            return None
        place = question.owners[0]
        document = self.visibility.value(place)
        if document is None:
            raise OmittedError(place.spot)
        # a value that is a literal alone is written as a sum of it
        return document if isinstance(document, dict) else {"sum": [document]}

    def _required(self, question: Question, shown: Rule) -> tuple[bool, Rule]:
        """Whether it must be answered whenever it is shown, otherwise when."""
        if all(place.field.required for place in question.owners):
            return True, True
        rules = [self._required_by(place) for place in question.owners]
        if len(rules) > 1:
            rules = [
                every_of((self.visibility.stands(place), rule))
                for place, rule in zip(question.owners, rules, strict=True)
            ]
        rule = any_of(rules)
        return rule is True or (rule == shown and rule is not False), rule

    def _required_by(self, place: Place) -> Rule:
        if place.field.required or place.field.required_when is None:
            return place.field.required
        return self.visibility.rewritten(place, place.field.required_when)

    def _setting(self, question: Question, rule: Rule, *, is_blank: bool = False) -> Logic | None:
        """The rule as a setting. Raises EntangledError for one that grew too large by what is shared."""
        if is_blank:
            return None
        if not is_readable(rule):
            if len(question.owners) > 1:
                raise EntangledError(place.spot for place in question.owners[1:])
            # asked too often at worst: the form of the part has the last word
            return None
        return setting_of(rule)

    def _group(self, question: Question) -> Field:
        least, most = self._row_limits(question)
        labels, marked = labels_of(question), marked_labels(question)
        ticks = [self._tick(question, number, label) for number, label in enumerate(marked, 1)]
        shared = [self._plain(one) for one in question.inside if one.role]
        own = [self._plain(one) for one in question.inside if not one.role]
        return replace(
            question.field,
            key=question.key,
            label=words.role_label(question.role[0], labels) if question.role else question.field.label,
            help=words.ticks_help(self._needed(question, marked)) if marked else question.field.help,
            visible_when=self._setting(question, self.visibility.asked(question)),
            # who it is comes first, then what applies to them
            fields=(*shared, *ticks, *own),
            min_rows=least,
            max_rows=most,
            row_title=self._row_title(question),
        )

    def _needed(self, question: Question, labels: Iterable[str]) -> dict[str, int]:
        """How many rows have to have a mark, by what it says of them: of the marks that are always there."""
        always = [one for one in labels if self.visibility.tick_shown(question, one) is True]
        least = {one: max(place.field.min_rows for place in _places(question, one)) for one in always}
        return {one: count for one, count in least.items() if count}

    def _row_limits(self, question: Question) -> tuple[int, int]:
        """At least as many rows as each part needs, at most as many as each takes."""
        least = max(place.field.min_rows for place in question.owners)
        most = min(place.field.max_rows for place in question.owners)
        whole = self.visibility.asked(question)
        needy = [place for place in question.owners if place.field.min_rows == least]
        is_always = len(needy) == len(question.owners) or any(self.visibility.shown(one) == whole for one in needy)
        if least > most or not is_always:
            # rows would be asked for that nobody needs
            raise EntangledError(place.spot for place in needy if len(question.owners) > 1)
        return least, most

    def _row_title(self, question: Question) -> str:
        place = question.owners[0]

        def renamed(match: re.Match[str]) -> str:
            found = self.sorting.names.get((place.number, f"{place.field.key}.{match[1]}"))
            return f"(({found.key}))" if found else ""

        title = _PLACEHOLDER.sub(renamed, place.field.row_title).strip()
        if question.role and marked_labels(question):
            # 「やめる方 ((name))」 would be wrong for those who stay
            return " ".join(match[0] for match in _PLACEHOLDER.finditer(title))
        return title

    def _tick(self, question: Question, number: int, label: str) -> Field:
        places = _places(question, label)
        names = [part.title for part in self.sorting.parts]
        titles = [words.short_title(names[place.number - 1], names) for place in places]
        least = max(place.field.min_rows for place in places)
        shown = self.visibility.tick_shown(question, label)
        needy = [place for place in places if place.field.min_rows == least]
        if len(needy) < len(places) and all(self.visibility.shown(place) != shown for place in needy):
            raise EntangledError(place.spot for place in needy)
        key = keys.tick_key(number)
        too_few: Logic = {"lt": [{"answer": keys.count_key(question.key, key)}, least]}
        return Field(
            key=key,
            type=FieldType.CHECKBOXES,
            label=words.tick_label(label, titles),
            options=(Option(TICKED, words.ticked()),),
            visible_when=self._setting(question, shown if least else every_of((shown, self._is_another(question)))),
            required_when=too_few if least else None,
        )

    def _is_another(self, question: Question) -> Rule:
        """That a row of the household does not name the applicant: a list that may stay empty is of the others."""
        asked = {one.path: one.field.type for one in (*self.sorting.questions, *question.inside)}
        if question.key != keys.HOUSEHOLD or {asked.get(path) for path in NAMES} != {FieldType.NAME}:
            return True
        applicant, other = NAMES[0], NAMES[1].partition(".")[2]
        same = every_of(
            {"eq": [{"row": f"{other}.{part}"}, {"answer": f"{applicant}.{part}"}]} for part in NAME_PARTS[:2]
        )
        return negated(same)

    def counts(self, question: Question) -> list[Field]:
        """How many rows have each mark, where a part needs some: shown below the rows."""
        return [
            self._count(question, number, label)
            for number, label in enumerate(marked_labels(question), 1)
            if any(one.field.min_rows for one in question.owners if one.field.label == label)
        ]

    def _count(self, question: Question, number: int, label: str) -> Field:
        tick = keys.tick_key(number)
        where = {"contains": [{"row": tick}, TICKED]}
        return Field(
            key=keys.count_key(question.key, tick),
            type=FieldType.CALCULATED,
            label=words.count_label(label),
            unit=words.people_unit(),
            value={"count": {"rows": question.key, "where": where}},
            visible_when=self._setting(question, self.visibility.tick_shown(question, label)),
        )


def is_tick(field: Field) -> bool:
    """Whether it is the mark that says whom a row concerns."""
    return field.key.startswith(keys.tick_key(0).removesuffix("0")) and field.type == FieldType.CHECKBOXES


def _places(question: Question, label: str) -> list[Place]:
    """Where the procedures call these people so."""
    return [place for place in question.owners if place.field.label == label]
