"""A person's name with its reading."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import NAME_PARTS
from applications.definition import Field
from applications.fields.base import AnswerField
from applications.fields.rules import part_text
from applications.widgets import NameWidget
from residents.names import split_name

NAME_LENGTH = 60
"""As long as one column of the record, each character with its variation selector."""


class NameAnswer(AnswerField):
    """Family and given name, each with its reading, exactly as written.

    A whole name in the first box is taken apart at its blank. Whoever has one name only leaves the
    others blank: not every family register knows two.
    """

    default_error_messages = {"required": gettext_lazy("氏名とフリガナを入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=NameWidget(is_own=field.concept == "applicant.name"))

    def to_python(self, value: Any) -> dict[str, str] | None:
        parts = {part: self._part(part, (value or {}).get(part)) for part in NAME_PARTS}
        if not any(parts.values()):
            return None
        parts |= _taken_apart(parts, "family", "given") | _taken_apart(parts, "family_kana", "given_kana")
        missing = [part for part in self._needed(parts) if not parts[part]]
        if missing:
            labels = "・".join(str(NameWidget.labels[part]) for part in missing)
            raise ValidationError(_("%(parts)sを入力してください。") % {"parts": labels})
        return parts

    def _part(self, part: str, value: object) -> str:
        charset = "katakana" if part.endswith("_kana") else self.question.charset
        return part_text(value, label=NameWidget.labels[part], most=NAME_LENGTH, charset=charset)

    @staticmethod
    def _needed(parts: dict[str, str]) -> list[str]:
        pair = ["given", "given_kana"] if parts["given"] or parts["given_kana"] else []
        return ["family", "family_kana", *pair]


def _taken_apart(parts: dict[str, str], family: str, given: str) -> dict[str, str]:
    """A Japanese name that was written into one box; names in Latin letters may have blanks anywhere."""
    whole = parts[family]
    if parts[given] or any(character.isascii() and character.isalpha() for character in whole):
        return {}
    first, rest = split_name(whole)
    return {family: first, given: rest}
