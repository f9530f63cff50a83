"""Words and numbers of contact: texts, readings, e-mail addresses, telephone numbers."""

import re
from typing import Any

import jaconv
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from applications.answers import group_digits
from applications.definition import Field
from applications.enums import FieldType
from applications.fields.base import AnswerField, half_width, plain_text, refuse_my_number
from cityhall.text import grapheme_length
from residents.phones import PhoneInvalid, parse_phone

_NOT_KATAKANA = re.compile(r"[^ァ-ヺーヽヾ・　＝’]")


class TextAnswer(AnswerField):
    """A line or a long text; counted in characters as people count them, so 葛󠄀 and 👨‍👩‍👧 are one each."""

    def __init__(self, field: Field) -> None:
        is_long = field.type == FieldType.LONG_TEXT
        super().__init__(field, widget=forms.Textarea(attrs={"rows": "6"}) if is_long else forms.TextInput())
        # no maxlength: browsers count UTF-16 units and cut pasted text without a word
        if field.max_length:
            self.widget.attrs["data-char-count"] = str(field.max_length)

    def to_python(self, value: Any) -> str | None:
        text = plain_text(value).replace("\r\n", "\n")
        refuse_my_number(text)
        self.check_length(text)
        return text or None

    def check_length(self, text: str) -> None:
        """Raises ValidationError when the text is too short or too long."""
        count = grapheme_length(text)
        most, least = self.question.max_length, self.question.min_length
        if most is not None and count > most:
            raise ValidationError(
                _("%(most)s文字以内で入力してください（今は%(count)s文字です）。")
                % {"most": group_digits(str(most)), "count": group_digits(str(count))}
            )
        if text and least is not None and count < least:
            raise ValidationError(_("%(least)s文字以上で入力してください。") % {"least": least})


class KanaAnswer(TextAnswer):
    """A reading; hiragana and half-width kana become full-width katakana."""

    def to_python(self, value: Any) -> str | None:
        text = jaconv.hira2kata(jaconv.h2z(plain_text(value), kana=True)).replace(" ", "　")
        if _NOT_KATAKANA.search(text):
            raise ValidationError(_("フリガナは、ひらがなかカタカナで入力してください。"))
        self.check_length(text)
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
