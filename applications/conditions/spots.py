"""The place an expression stands in, while it is compared with its form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from applications.conditions.kinds import Kind, kind_of, parts_of
from applications.definition import Field, Form, Problem
from applications.enums import FieldType
from cityhall.conditions.references import OTHER_SUFFIX


@dataclass(frozen=True)
class Index:
    """Questions by key, those in rows by `rows_key.sub_key`; kinds of calculated values as they are found."""

    fields: Mapping[str, Field]
    calculated: dict[str, Kind | None] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form) -> "Index":
        inside = {f"{group.key}.{one.key}": one for group in form.fields for one in group.fields}
        return cls({**form.by_key, **inside})

    def group_of(self, key: str) -> Field | None:
        """A group of rows that asks the question."""
        return next((one for one in self.fields.values() if key in one.by_key), None)


@dataclass(frozen=True)
class Spot:
    """`where` names the field to be mended, `setting` which of its expressions, `rows` the group around it."""

    index: Index
    where: str
    setting: str
    rows: str
    problems: list[Problem]

    def note(self, message: str) -> None:
        self.problems.append(Problem(self.where, f"{self.setting}: {message}"))

    def inside(self, key: str) -> "Spot":
        """The same expression, further in: in each row of a group. Notes a key that is no group of rows."""
        found = self.index.fields.get(key)
        if found is None:
            self.note(_("「%(key)s」という項目がありません。項目を選び直してください。") % {"key": key})
        elif found.type != FieldType.ROWS:
            self.note(
                _("「%(label)s」はくり返しの項目ではないので、行ごとに調べることができません。")
                % {"label": found.label}
            )
        return replace(self, rows=key)

    def answer(self, path: str) -> Kind | None:
        """The kind of {"answer": path}; None with a note when there is no such answer."""
        key, _dot, part = path.partition(".")
        found = self.index.fields.get(key.removesuffix(OTHER_SUFFIX))
        group = None if found else self.index.group_of(key.removesuffix(OTHER_SUFFIX))
        if group:
            self.note(
                _(
                    "「%(key)s」はくり返し「%(group)s」の中の項目です。"
                    "「どれかの行」「すべての行」「合計」「行の数」の中で使ってください。"
                )
                % {"key": key, "group": group.label}
            )
            return None
        return self._kind(found, key, part)

    def row_answer(self, path: str) -> Kind | None:
        """The kind of {"row": path}."""
        key, _dot, part = path.partition(".")
        if not self.rows:
            self.note(_("「%(key)s」を行の項目として使えるのは、くり返しの中だけです。") % {"key": key})
            return None
        group = self.index.fields.get(self.rows)
        if group is None or not group.fields:
            # already noted where the group is named
            return None
        return self._kind(group.by_key.get(key.removesuffix(OTHER_SUFFIX)), f"{self.rows}.{key}", part)

    def _kind(self, found: Field | None, path: str, part: str) -> Kind | None:
        if found is None:
            self.note(_("「%(key)s」という項目がありません。項目を選び直してください。") % {"key": path})
            return None
        if not found.is_question:
            self.note(_("「%(label)s」は見出しや説明文で、回答がありません。") % {"label": found.label})
            return None
        if path.endswith(OTHER_SUFFIX):
            if not found.other:
                self.note(_("「%(label)s」には「その他」の欄がありません。") % {"label": found.label})
            return Kind.TEXT if found.other and not part else None
        if part:
            return self._part(found, part)
        return self.index.calculated.get(path) if found.type == FieldType.CALCULATED else kind_of(found)

    def _part(self, found: Field, part: str) -> Kind | None:
        kind = parts_of(found).get(part)
        if kind is None:
            self.note(_("「%(label)s」に「%(part)s」という欄はありません。") % {"label": found.label, "part": part})
        return kind
