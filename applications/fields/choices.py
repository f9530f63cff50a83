"""Things to choose from, and agreements."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import NO, YES
from applications.definition import Field
from applications.enums import FieldType
from applications.fields.base import AnswerField
from applications.widgets import ConsentWidget

MANY_OPTIONS = 8
"""From here on a list is easier than radio buttons."""


class ChoiceAnswer(AnswerField):
    """One of the options, or yes / no."""

    default_error_messages = {
        "required": gettext_lazy("選択してください。"),
        "unknown": gettext_lazy("選択肢から選んでください。"),
    }

    def __init__(self, field: Field) -> None:
        options = (
            [(YES, _("はい")), (NO, _("いいえ"))]
            if field.type == FieldType.YES_NO
            else [(option.value, option.label) for option in field.options]
        )
        self.values = {value for value, _label in options}
        widget: forms.Widget = forms.RadioSelect(choices=options)
        if len(options) >= MANY_OPTIONS:
            widget = forms.Select(choices=[("", _("選択してください")), *options])
        super().__init__(field, widget=widget)

    def to_python(self, value: Any) -> str | None:
        text = str(value or "")
        if text and text not in self.values:
            raise ValidationError(self.error_messages["unknown"])
        return text or None


class CheckboxesAnswer(AnswerField):
    """Any of the options, in the order of the form."""

    default_error_messages = {
        "required": gettext_lazy("一つ以上選択してください。"),
        "unknown": gettext_lazy("選択肢から選んでください。"),
    }

    def __init__(self, field: Field) -> None:
        options = [(option.value, option.label) for option in field.options]
        super().__init__(field, widget=forms.CheckboxSelectMultiple(choices=options))

    def to_python(self, value: Any) -> list[str] | None:
        chosen = set(value or ())
        known = [option.value for option in self.question.options]
        if chosen - set(known):
            raise ValidationError(self.error_messages["unknown"])
        return [value for value in known if value in chosen] or None


class ConsentAnswer(AnswerField):
    """An agreement, kept with the version of the text that was on the screen."""

    default_error_messages = {"required": gettext_lazy("お手続きには同意が必要です。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=ConsentWidget(text=field.consent_text))

    def to_python(self, value: Any) -> dict[str, Any] | None:
        return {"given": True, "version": self.question.consent_version} if value else None
