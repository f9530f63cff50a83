"""Texts: lines, paragraphs, readings, e-mail addresses, telephone numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from applications.definition import Field
from applications.enums import FieldType
from applications.fields.base import AnswerField, half_width, plain_text
from applications.fields.rules import check_length, fitting
from applications.my_numbers import asks_for_own_number
from cityhall.my_numbers import refuse_my_number
from residents.phones import PhoneInvalid, parse_phone

_INPUT_MODES = {"digits": "numeric", "ascii": "email"}
"""The keyboard a phone shows; `email` is the one with Latin letters and marks."""


class TextAnswer(AnswerField):
    """A line or a long text; counted in characters as people count them, so 葛󠄀 and 👨‍👩‍👧 are one each."""

    def __init__(self, field: Field) -> None:
        is_long = field.type == FieldType.LONG_TEXT
        super().__init__(field, widget=forms.Textarea(attrs={"rows": "6"}) if is_long else forms.TextInput())
        # no maxlength: browsers count UTF-16 units and cut pasted text without a word
        if field.max_length:
            self.widget.attrs["data-char-count"] = str(field.max_length)
        if field.charset in _INPUT_MODES and not is_long:
            self.widget.attrs["inputmode"] = _INPUT_MODES[field.charset]

    def to_python(self, value: Any) -> str | None:
        text = plain_text(value).replace("\r\n", "\n")
        if not asks_for_own_number(self.question):
            refuse_my_number(text)
        text = fitting(text, self.question.charset)
        check_length(self.question, text)
        return text or None


class KanaAnswer(TextAnswer):
    """A reading; hiragana and half-width kana become full-width katakana."""

    def to_python(self, value: Any) -> str | None:
        text = plain_text(value)
        refuse_my_number(text)
        text = fitting(text, "katakana")
        check_length(self.question, text)
        return text or None


class EmailAnswer(AnswerField):
    """An e-mail address."""

    widget = forms.EmailInput

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        # browsers refuse full-width letters before we can convert them
        self.widget.input_type = "text"
        self.widget.attrs["inputmode"] = "email"

    def to_python(self, value: Any) -> str | None:
        text = half_width(value)
        if not text:
            return None
        refuse_my_number(text)
        check_length(self.question, text)
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(_("メールアドレスを確認してください。例: name@example.jp")) from None
        return text


class PhoneAnswer(AnswerField):
    """A telephone number as entered, in half width."""

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=forms.TextInput(attrs={"inputmode": "tel"}))

    def to_python(self, value: Any) -> str | None:
        try:
            return parse_phone(plain_text(value))[1] or None
        except PhoneInvalid as error:
            raise ValidationError(str(error)) from None
