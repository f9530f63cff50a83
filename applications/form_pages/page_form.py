"""One page of questions as a Django form."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from applications import definition, typed
from applications.answers import Answers, display_text
from applications.conditions import Outcome
from applications.definition import Field
from applications.enums import SHOWN_ONLY, FieldType
from applications.fields import AnswerField, PartsBoundField, build, takes_files
from applications.form_pages.logic import Given
from applications.form_pages.rows import GroupRow, RowGroup, rows_on_page
from applications.form_pages.stored import Attached
from applications.row_paths import path_of

NOT_BUILT = SHOWN_ONLY | {FieldType.CALCULATED}
"""What stands on a page without a control."""
BLANK_ROW = "newrow"


@dataclass(frozen=True)
class Block:
    """One thing on the page: a question, something shown among questions, or a repeating group.

    What a condition hides is in the page all the same, out of sight: what was typed in it is kept.
    """

    path: str
    field: Field
    is_hidden: bool
    bound: forms.BoundField | None = None
    comment: str = ""
    doubt: str = ""
    """What is odd about the answer, though it is taken (`PageForm.doubt`)."""
    group: RowGroup | None = None
    rows: "tuple[tuple[GroupRow, tuple[Block, ...]], ...]" = ()
    blank: "tuple[GroupRow, tuple[Block, ...]] | None" = None
    """A row as the button adds one: scripts put it in with an id of its own."""
    words: str = ""
    """A calculated value in words."""


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a question, and where the page says so."""

    key: str
    label: str
    anchor: str
    """Id of the control to go to."""
    message: str
    place: str
    """Id of the list of messages beside the question."""
    controls: tuple[str, ...] = ()
    """Ids of the boxes that are wrong, where the question has several and not all are."""


class PageForm(forms.Form):
    """One page. Give `data` to check it, or `initial` (typed values) to show it without complaints.

    With an `outcome`, hidden questions are not checked and have no answers. `locked` questions are left out:
    they are shown in words beside the form. `opened` are ids of rows to show open.
    """

    # the browser's own refusals would stop people from going back or saving unfinished work
    use_required_attribute = False

    def __init__(
        self,
        page: definition.Page,
        *,
        data: "typed.Data | None" = None,
        initial: Mapping[str, Any] | None = None,
        attached: Attached | None = None,
        given: Given | None = None,
        comments: Mapping[str, str] | None = None,
        locked: Collection[str] = (),
        outcome: Outcome | None = None,
        opened: Collection[str] = (),
    ) -> None:
        super().__init__(data=data, initial=dict(initial or {}), prefix=typed.PREFIX)
        self.page = page
        self.outcome = outcome
        self.comments = comments or {}
        self._doubts: dict[str, str] = {}
        self.groups: dict[str, RowGroup] = {}
        self._attached = attached or {}
        self._given = given or {}
        self._opened = opened
        self._sent = data
        # questions out of sight: they show what was typed, and nothing is wrong with them
        self._asleep = forms.Form(prefix=typed.PREFIX)
        # shown in words beside the form, not asked
        self._shown = [field for field in page.fields if field.key not in locked]
        for field in self._shown:
            if field.type == FieldType.ROWS:
                self._add_group(field)
            elif field.type not in NOT_BUILT:
                self._add(field, is_asked=self._is_visible(field.key), value=self.initial.get(field.key))

    def _is_visible(self, path: str) -> bool:
        return self.outcome is None or path in self.outcome.visible

    def _add(self, field: Field, *, is_asked: bool, value: Any) -> None:
        if self.outcome is not None:
            is_required = is_asked and field.key in self.outcome.required
            field = field if field.required == is_required else replace(field, required=is_required)
        built = build(field, self._attached.get(field.key, ()), given=self._given.get(field.key))
        if is_asked:
            self.fields[field.key] = built
            self.initial[field.key] = value
            return
        if self._sent is not None and not takes_files(field):
            value = typed.read_value(field, self._sent, typed.control_name(field))
        self._asleep.fields[field.key] = built
        self._asleep.initial[field.key] = value

    def _add_group(self, field: Field) -> None:
        rows = rows_on_page(field, self._sent, self.initial)
        group = self.groups[field.key] = RowGroup(
            field,
            rows,
            attached=self._attached,
            found=self.outcome,
            is_checked=self.is_bound,
            opened=self._opened,
        )
        is_visible = self._is_visible(field.key)
        if is_visible:
            self.fields[field.key] = build(field)
        values = {row["id"]: row["values"] for row in rows}
        for path, (one, row) in group.open_paths().items():
            if one.type not in NOT_BUILT:
                is_asked = is_visible and row.is_asked and self._is_visible(path)
                self._add(replace(one, key=path), is_asked=is_asked, value=values[row.id].get(one.key))

    def clean(self) -> dict[str, Any] | None:
        """Adds what only the rows together can tell: that there are too few of them."""
        for key, group in self.groups.items():
            least = group.question.min_rows
            if key in self.cleaned_data and len(self._answered(group)) < least and not self._is_wrong(group):
                self.add_error(key, _("%(least)s件以上入力してください。") % {"least": least})
        self._say_once()
        return super().clean()

    def _say_once(self) -> None:
        """Too few rows have a mark: one mistake of the list, said at its first row. No single row must have it."""
        said: set[tuple[str, str]] = set()
        for path in [one for one in self.errors if getattr(self.fields.get(one), "is_for_some", False)]:
            mark = (path.partition(".")[0], path.rpartition(".")[2])
            if mark in said:
                del self.errors[path]
            said.add(mark)

    def answers(self) -> Answers:
        """The answers that could be understood; blanks and what is hidden are absent. Call after `is_valid()`."""
        answers: Answers = {}
        for key, field in self.fields.items():
            if "." not in key:
                answers.update(self._answers_of(key, field))
        for key, group in self.groups.items():
            rows = self._answered(group) if key in self.fields else []
            answers |= {key: rows} if rows else {}
        return answers | self._calculated()

    def _calculated(self) -> Answers:
        calculated = self.outcome.calculated if self.outcome else {}
        return {field.key: calculated[field.key] for field in self._shown if field.key in calculated}

    def _answers_of(self, key: str, field: forms.Field) -> Answers:
        if not isinstance(field, AnswerField) or key not in self.cleaned_data:
            return {}
        return field.answers(self.cleaned_data[key])

    def _answered(self, group: RowGroup) -> list[Answers]:
        """The rows with at least one answer, in their order."""
        rows = [self._row_answers(group, row) for row in group.asked()]
        return [row for row in rows if len(row) > 1]

    def _row_answers(self, group: RowGroup, row: GroupRow) -> Answers:
        if not row.is_open:
            return row.answers
        found: Answers = {"id": row.id}
        for one in group.question.fields:
            path = path_of(group.question, row.id, one)
            if path in self.fields:
                answers = self._answers_of(path, self.fields[path])
                found |= {key.rpartition(".")[2]: answer for key, answer in answers.items()}
        # the row is blank unless something was typed: what is calculated alone makes none
        calculated = {key: value for key, value in row.answers.items() if group.is_calculated(key)}
        return found | calculated if len(found) > 1 else found

    def _is_wrong(self, group: RowGroup) -> bool:
        return any(key.partition(".")[0] == group.question.key for key in self.errors)

    def blocks(self) -> Iterator[Block]:
        """Everything on the page in its order, with the handler's comments."""
        for field in self._shown:
            if field.type == FieldType.ROWS:
                yield self._group_block(field)
            else:
                yield self._block(field, field.key)

    def _group_block(self, field: Field) -> Block:
        group = self.groups[field.key]
        rows = tuple(
            (row, tuple(self._block(one, path_of(field, row.id, one)) for one in field.fields) if row.is_open else ())
            for row in group.rows
        )
        return replace(self._block(field, field.key), group=group, rows=rows, blank=self._blank(group))

    def _blank(self, group: RowGroup) -> tuple[GroupRow, tuple[Block, ...]]:
        """The row scripts copy. Conditions in it hold once the browser has looked at them."""
        form = forms.Form(prefix=typed.PREFIX)
        blocks = []
        for one in group.question.fields:
            path = path_of(group.question, BLANK_ROW, one)
            is_built = one.type not in NOT_BUILT
            if is_built:
                form.fields[path] = build(replace(one, key=path))
            blocks.append(Block(path, one, is_hidden=False, bound=form[path] if is_built else None))
        row = group.blank(BLANK_ROW)
        return row, tuple(blocks)

    def _block(self, field: Field, path: str) -> Block:
        form = self if path in self.fields else self._asleep
        return Block(
            path=path,
            field=field,
            is_hidden=not self._is_visible(path),
            bound=form[path] if path in form.fields else None,
            comment=self.comments.get(path, ""),
            doubt=self._doubts.get(path, ""),
            words=self._calculated_words(field, path),
        )

    def _calculated_words(self, field: Field, path: str) -> str:
        value = self.outcome.calculated.get(path) if self.outcome else None
        return "" if value is None else display_text(field, value)

    def problems(self) -> Iterator[Mistake]:
        """Every mistake on the page, in the order of its questions."""
        for key in self.errors:
            if key in self.fields:
                yield from self._mistakes_of(key)

    def _mistakes_of(self, key: str) -> Iterator[Mistake]:
        bound, whole = self[key], self._mistake(key, "")
        if not isinstance(bound, PartsBoundField):
            yield from (replace(whole, message=str(message)) for message in bound.errors)
            return
        for message, controls in bound.mistakes():
            mistake = replace(whole, message=message, controls=controls)
            yield replace(mistake, anchor=controls[0], place=bound.place_of(controls[0])) if controls else mistake

    def _mistake(self, key: str, message: str) -> Mistake:
        bound = self[key]
        anchor = f"{bound.auto_id}_group" if bound.use_fieldset else bound.id_for_label
        return Mistake(key, self.label_of(key), anchor, message, place=f"{bound.auto_id}_error")

    def doubt(self, path: str, message: str) -> Mistake | None:
        """Say beside a question that its answer is odd; nothing is refused. None for a question that is not asked."""
        if path not in self.fields:
            return None
        self._doubts[path] = message
        return self._mistake(path, message)

    def label_of(self, path: str) -> str:
        """The question as a list of mistakes names it: with its row."""
        group_key, *rest = path.split(".")
        if not rest:
            return str(self.fields[path].label)
        title = next(row.title for row in self.groups[group_key].rows if row.id == rest[0])
        return _("%(row)s %(label)s") % {"row": title, "label": self.fields[path].label}

    def show_refusals(self, refusals: Mapping[str, Sequence[str]]) -> None:
        """Put the sentences about refused files at their questions; they replace "please attach a file"."""
        if not self.is_bound:
            # Django takes errors of checked forms only
            self.cleaned_data = {}
        for key, sentences in refusals.items():
            if key in self.fields:
                self.errors.pop(key, None)
                self.add_error(key, list(sentences))

    @property
    def has_map(self) -> bool:
        """Whether a question shows a map: the city has set a server of tiles."""
        return bool(settings.MAP_TILE_URL) and FieldType.PLACE.value in self.kinds

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of questions the page may show, those inside rows too: a script nobody needs is not sent."""
        return frozenset(one.type.value for field in self.page.fields for one in (field, *field.fields))
