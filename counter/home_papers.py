"""What a prefill leaves for the desk: papers to bring, what is signed there, what is still asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.conditions import Outcome, evaluate, outcome, parse_condition
from applications.definition import Field
from applications.enums import FILE_TYPES, FieldType
from applications.form_pages import deciding_answers
from applications.required_papers import Need, need_of, thing_of
from applications.typed import NOT_TYPED, Typed
from cityhall.days import today
from counter.combined import LeftOut, Part, split
from counter.combined.model import fields_of
from counter.combined.rules import looked_at
from counter.home import Home

IDENTITY: Final[Promise] = gettext_lazy("本人確認書類（マイナンバーカード、運転免許証など）")


@dataclass(frozen=True)
class Paper:
    """One thing to bring, and the procedures it is for; none: for all of them."""

    name: str
    procedures: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtDesk:
    """What is not typed at home."""

    papers: tuple[Paper, ...]
    signed: tuple[str, ...]
    """Procedures that are signed at the desk; the others too are only received once the person has looked."""


class Needed(Enum):
    """Whether these answers call for a paper."""

    YES = auto()
    PERHAPS = auto()
    """It may stay away, or the answers that decide are not given yet."""
    NO = auto()


def at_desk(home: Home) -> AtDesk:
    """Every thing once, with what it is for, as far as the answers so far call for it; asks no database."""
    combined = home.filling.combined
    told = split(combined, home.filling.values)
    names = {one.procedure.key: one.procedure.name for one in home.chosen}
    asking = {part.key: _Asking(part, told[part.key], home.told) for part in combined.parts}
    papers: dict[str, dict[str, None]] = {}
    for one in home.chosen:
        for paper in asking[one.procedure.key].listed(one.procedure.required_papers):
            papers.setdefault(paper, {})[one.procedure.name] = None
        if one.procedure.my_number_at_desk:
            papers.setdefault(_("個人番号（マイナンバー）が分かるもの"), {})[one.procedure.name] = None
    signed: dict[str, None] = {}
    for left in combined.left_out:
        procedure = names[left.part]
        if left.field.type == FieldType.SIGNATURE:
            signed[procedure] = None
            continue
        paper = asking[left.part].asked(left) if left.field.type in FILE_TYPES else ""
        if paper and not _is_named(left.field.label, procedure, papers):
            papers.setdefault(paper, {})[procedure] = None
    papers.pop(str(IDENTITY), None)
    found = [Paper(str(IDENTITY)), *(Paper(name, tuple(of)) for name, of in papers.items())]
    return AtDesk(tuple(found), tuple(signed))


def _is_named(label: str, procedure: str, papers: dict[str, dict[str, None]]) -> bool:
    """Whether the procedure's own list of papers says it already, in the same words or in more."""
    return any(procedure in of and (label in name or thing_of(label) == name) for name, of in papers.items())


class _Asking:
    """The papers of one procedure and what its form says of them."""

    def __init__(self, part: Part, told: Typed, by_guide: Mapping[str, str]) -> None:
        self.part = part
        self.told = told
        self.by_guide = by_guide
        self.named: set[str] = set()
        """Questions for a file that the procedure's own list speaks of."""

    def listed(self, texts: list[Any]) -> Iterator[str]:
        """What the procedure's own list says and these answers do not rule out, in the words for all procedures."""
        for text in map(str, texts):
            need = need_of(self.part.key, text)
            if need is not None and need.question in self.fields:
                self.named.add(need.question)
            if need is None or self._is_wanted(need):
                yield thing_of(text)

    def _is_wanted(self, need: Need) -> bool:
        question, when = need.question, need.when
        if need.is_ruled_out(self.by_guide):
            return False
        if question:
            # a form that the city has changed may ask for it nowhere
            return question not in self.fields or self.of_question(question) is not Needed.NO
        keys = set(looked_at(when))
        if not when or not keys <= self.fields.keys() or not self._is_decided(keys):
            return True
        return evaluate(parse_condition(when, "when"), self.found.facts, today=today())

    def asked(self, left: LeftOut) -> str:
        """What a question for a file is called; "" where nobody is asked for it, or the list has said it."""
        if left.path in self.named:
            return ""
        match self.of_question(left.path):
            case Needed.NO:
                return ""
            case Needed.PERHAPS:
                return _("%(paper)s（あてはまる方）") % {"paper": left.field.label}
        return thing_of(left.field.label)

    def of_question(self, path: str) -> Needed:
        """Whether the form asks these people for a file."""
        field, group = self.fields[path], self.fields.get(path.rpartition(".")[0])
        paths = {one for one in self.found.visible if _without_row(one) == path}
        if paths & set(self.found.required):
            return Needed.YES
        page = next(one for one in self.part.form.pages if (group or field) in one.fields)
        rules = [field.visible_when, field.required_when, page.visible_when, group and group.visible_when]
        if not any(rules) and group is None:
            return Needed.YES if field.required else Needed.PERHAPS
        is_sure = not paths or field.required_when is not None
        return Needed.NO if is_sure and self._is_decided(set(looked_at(rules)), group, field) else Needed.PERHAPS

    def _is_decided(self, keys: set[str], group: Field | None = None, field: Field | None = None) -> bool:
        """Whether all answers that decide are given, as far as they are asked."""
        top = all(self.answers.get(key) or key not in self.found.visible or self._is_passed(key) for key in keys)
        if not top or group is None or field is None or group.key not in self.found.visible:
            return top
        rows = self.answers.get(group.key)
        wanted = set(_row_keys([field.visible_when, field.required_when]))
        return bool(rows) and all(row.get(key) for row in rows or () for key in wanted)

    def _is_passed(self, key: str) -> bool:
        """Whether a question that may stay blank was left so: all that must be answered on its page is."""
        page = next(one for one in self.part.form.pages if any(field.key == key for field in one.fields))
        asked = (one for one in page.fields if one.key in self.found.visible and one.type not in NOT_TYPED)
        needed = [one.key for one in asked if one.key in self.found.required or one.min_rows]
        # answers are those that conditions look at: what else was typed is told
        return bool(needed) and key not in needed and all(self.told.get(one) for one in needed)

    @cached_property
    def fields(self) -> dict[str, Field]:
        return fields_of(self.part.form)

    @cached_property
    def answers(self) -> dict[str, Any]:
        return dict(deciding_answers(self.part.form, self.told, {}))

    @cached_property
    def found(self) -> Outcome:
        return outcome(self.part.form, self.answers, today=today())


def _row_keys(document: Any) -> Iterator[str]:
    """The questions in the same row that a condition looks at."""
    if isinstance(document, dict):
        for name, body in document.items():
            if name == "row" and isinstance(body, str):
                yield body.partition(".")[0]
            else:
                yield from _row_keys(body)
    elif isinstance(document, list):
        for one in document:
            yield from _row_keys(one)


def _without_row(path: str) -> str:
    key, *rest = path.split(".")
    return f"{key}.{rest[-1]}" if rest else key
