"""What all questions share."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field
from applications.fields.bound import PartsBoundField
from applications.widgets import PartsWidget
from cityhall.text import BadText, clean_text

_AUTOCOMPLETE = {"applicant.name": "name", "applicant.phone": "tel", "applicant.email": "email"}


def plain_text(value: object) -> str:
    """The text without blanks around it. Raises ValidationError for characters that cannot be stored."""
    try:
        return clean_text(str(value or "")).strip()
    except BadText:
        raise ValidationError(_("使えない文字が含まれています。文字を削除して、入力し直してください。")) from None


def half_width(value: object) -> str:
    """The text with full-width letters and digits made half-width."""
    return unicodedata.normalize("NFKC", plain_text(value)).strip()


class AnswerField(forms.Field):
    """One question: how to say that its answer is missing, and what is stored of it."""

    default_error_messages = {"required": gettext_lazy("入力してください。")}

    def __init__(self, field: Field, *, widget: forms.Widget | None = None, **kwargs: Any) -> None:
        self.question = field
        super().__init__(label=field.label, required=field.required, help_text=field.help, **kwargs)
        if widget is not None:
            self._put(widget)
        self.is_required_on_condition = field.required_when is not None
        self.is_for_some = field.is_for_some
        if field.is_for_some:
            self.error_messages["required"] = _(
                "まだ足りません。当てはまる方に印を付けてください。全員に付ける必要はありません。"
            )
        # the field's template writes it under the help
        self.example = field.example
        autocomplete = _AUTOCOMPLETE.get(field.concept)
        # boxes of a group have words of their own
        if autocomplete and not isinstance(self.widget, PartsWidget):
            self.widget.attrs["autocomplete"] = autocomplete

    def _put(self, widget: forms.Widget) -> None:
        """Take a widget that was made for this field alone. Django would copy it, with every option and file in it."""
        widget.is_required = self.required
        widget.attrs.update(self.widget_attrs(widget))
        self.widget = widget

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        kind = PartsBoundField if isinstance(self.widget, PartsWidget) else BoundField
        return kind(form, self, field_name)

    def answers(self, cleaned: Any) -> dict[str, Any]:
        """What is stored of a cleaned value, by key: nothing for a blank, two keys for その他 with its text."""
        return {} if cleaned is None else {self.question.key: cleaned}
