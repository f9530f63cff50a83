"""Things to choose from, and agreements."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import NO, YES
from applications.definition import OTHER, Field, other_key
from applications.enums import FieldType
from applications.fields.base import AnswerField
from applications.fields.rules import part_text
from applications.typed import CHOSEN
from applications.widgets import ConsentWidget, OtherWidget

MANY_OPTIONS = 8
"""From here on a list is easier than radio buttons."""
OTHER_LENGTH = 200


class _OptionsAnswer(AnswerField):
    """What both kinds of choosing share: options, and その他 with its text.

    Without その他 a value is what was chosen; with it, the mapping of `OtherWidget`.
    """

    def __init__(self, field: Field) -> None:
        options = _options(field)
        self.values = [value for value, _label in options]
        chooser = self.chooser(options)
        super().__init__(field, widget=OtherWidget(chooser) if field.other else chooser)

    def chooser(self, options: list[tuple[str, str]]) -> forms.Widget:
        """The control without the text beside it."""
        raise NotImplementedError

    def read(self, chosen: Any) -> Any:
        """The answer from what was chosen, None for a blank. Raises ValidationError for what is no option."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if not self.question.other:
            return self.read(value)
        typed = value or {}
        text = part_text(typed.get(OTHER), label=_("「その他」の内容"), most=OTHER_LENGTH)
        # a text alone says enough
        answer = self.read(typed.get(CHOSEN) or ([OTHER] if text else None))
        if answer is None:
            return None
        if OTHER not in ([answer] if isinstance(answer, str) else answer):
            return {CHOSEN: answer}
        if not text:
            raise ValidationError(_("「その他」の内容を入力してください。"))
        return {CHOSEN: answer, OTHER: text}

    def answers(self, cleaned: Any) -> dict[str, Any]:
        if cleaned is None or not self.question.other:
            return super().answers(cleaned)
        key = self.question.key
        return {key: cleaned[CHOSEN]} | ({other_key(key): cleaned[OTHER]} if OTHER in cleaned else {})


class ChoiceAnswer(_OptionsAnswer):
    """One of the options, or yes / no."""

    default_error_messages = {
        "required": gettext_lazy("選択してください。"),
        "unknown": gettext_lazy("選択肢から選んでください。"),
    }

    def chooser(self, options: list[tuple[str, str]]) -> forms.Widget:
        if len(options) >= MANY_OPTIONS:
            return forms.Select(choices=[("", _("選択してください")), *options])
        return forms.RadioSelect(choices=options)

    def read(self, chosen: Any) -> str | None:
        text = chosen[0] if isinstance(chosen, list) else str(chosen or "")
        if text and text not in self.values:
            raise ValidationError(self.error_messages["unknown"])
        return text or None


class CheckboxesAnswer(_OptionsAnswer):
    """Any of the options, in the order of the form."""

    default_error_messages = {
        "required": gettext_lazy("一つ以上選択してください。"),
        "unknown": gettext_lazy("選択肢から選んでください。"),
    }

    def chooser(self, options: list[tuple[str, str]]) -> forms.Widget:
        return forms.CheckboxSelectMultiple(choices=options)

    def read(self, chosen: Any) -> list[str] | None:
        picked = set(chosen or ())
        if picked - set(self.values):
            raise ValidationError(self.error_messages["unknown"])
        return [value for value in self.values if value in picked] or None


class ConsentAnswer(AnswerField):
    """An agreement, kept with the version of the text that was on the screen."""

    default_error_messages = {"required": gettext_lazy("お手続きには同意が必要です。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=ConsentWidget(text=field.consent_text))

    def to_python(self, value: Any) -> dict[str, Any] | None:
        return {"given": True, "version": self.question.consent_version} if value else None


def _options(field: Field) -> list[tuple[str, str]]:
    if field.type == FieldType.YES_NO:
        return [(YES, _("はい")), (NO, _("いいえ"))]
    named = [(option.value, option.label) for option in field.options]
    return [*named, (OTHER, _("その他"))] if field.other else named
