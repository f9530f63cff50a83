"""A person's name with its reading."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import NAME_PARTS
from applications.definition import Field
from applications.fields.base import AnswerField
from applications.fields.mistakes import Mistakes
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
        typed = value or {}
        mistakes = Mistakes()
        parts = {part: mistakes.read(self._part, part, typed.get(part), part=part, blank="") for part in NAME_PARTS}
        if not mistakes.found and not any(parts.values()):
            return None
        parts |= _taken_apart(parts, "family", "given") | _taken_apart(parts, "family_kana", "given_kana")
        for part in self._needed(parts):
            if not parts[part] and not mistakes.concern(part):
                mistakes.add(_("%(part)sを入力してください。") % {"part": NameWidget.labels[part]}, part)
        mistakes.raise_all()
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
