"""A Django form field for each kind of question. Cleaning gives the stored answer, or None for a blank.

People are helped rather than corrected: width, hyphens, commas and kana of the wrong script are
converted; only what cannot be understood is asked again, in a sentence.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import jaconv
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import widgets
from applications.answers import NO, YES, display_date, group_digits
from applications.definition import TODAY, Field
from applications.enums import FieldType
from applications.models import Attachment
from applications.typed import WESTERN
from cityhall.days import from_wareki, today
from cityhall.enums import FileState
from cityhall.text import BadText, clean_text, grapheme_length, has_my_number
from residents.addresses import normalize_postal_code
from residents.phones import PhoneInvalid, parse_phone

MANY_OPTIONS = 8
"""From here on a list is easier than radio buttons."""
ADDRESS_PART_LENGTH = 120
_REFUSED = frozenset({FileState.INFECTED, FileState.REJECTED})
_NUMBER = re.compile(r"(-?)([0-9]{1,30})(?:\.([0-9]{1,10}))?")
_NOT_KATAKANA = re.compile(r"[^ァ-ヺーヽヾ・　＝’]")
_MINUS = str.maketrans({"−": "-", "ー": "-", "‐": "-", "–": "-", "▲": "-", "△": "-"})
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


def refuse_my_number(text: str) -> None:
    """The portal never stores a My Number. Raises ValidationError."""
    if has_my_number(text):
        raise ValidationError(
            _(
                "マイナンバー（個人番号）と思われる12桁の数字があります。"
                "この画面では個人番号をお預かりできませんので、数字を削除してください。"
            )
        )


class AnswerField(forms.Field):
    """What all questions share: how to say that an answer is missing."""

    default_error_messages = {"required": gettext_lazy("入力してください。")}

    def __init__(self, field: Field, **kwargs: Any) -> None:
        self.question = field
        super().__init__(label=field.label, required=field.required, help_text=field.help, **kwargs)
        # the field's template writes it under the help
        self.example = field.example
        autocomplete = _AUTOCOMPLETE.get(field.concept)
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete


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


class NumberAnswer(AnswerField):
    """A number, kept as the digits of its decimal form: a blank is not 0, and 0.10 is not a float."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.widget.attrs["inputmode"] = "decimal" if field.decimals else "numeric"
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str | None:
        text = half_width(value).translate(_MINUS).replace(",", "").replace("、", "")
        if self.question.unit:
            text = text.removesuffix(unicodedata.normalize("NFKC", self.question.unit)).strip()
        if not text:
            return None
        refuse_my_number(text)
        match = _NUMBER.fullmatch(text)
        if not match:
            raise ValidationError(_("数字で入力してください。"))
        sign, whole, fraction = match.groups(default="")
        self._check(Decimal(text), fraction)
        digits = whole.lstrip("0") or "0"
        number = f"{digits}.{fraction}" if fraction else digits
        return f"-{number}" if sign and Decimal(number) else number

    def _check(self, number: Decimal, fraction: str) -> None:
        field = self.question
        if len(fraction) > field.decimals:
            if field.decimals == 0:
                raise ValidationError(_("小数点のない数字で入力してください。"))
            raise ValidationError(_("小数点以下は%(count)s桁までで入力してください。") % {"count": field.decimals})
        if field.min is not None and number < Decimal(field.min):
            raise ValidationError(_("%(least)s以上の数字を入力してください。") % {"least": group_digits(field.min)})
        if field.max is not None and number > Decimal(field.max):
            raise ValidationError(_("%(most)s以下の数字を入力してください。") % {"most": group_digits(field.max)})


YEARS_AHEAD = 50
"""No plan reaches further; 令和99年 is a slip of the finger."""


class DateAnswer(AnswerField):
    """A date by era or western year. Raises for days that do not exist (平成31年5月1日 is no day of 平成)."""

    default_error_messages = {"required": gettext_lazy("年月日を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=widgets.DateWidget(is_birthday=field.concept == "applicant.birth_date"))

    def to_python(self, value: Any) -> str | None:
        parts = {part: half_width(text) for part, text in (value or {}).items()}
        if not any(parts.get(part) for part in ("year", "month", "day")):
            return None
        missing = [str(widgets.DateWidget.labels[part]) for part in ("year", "month", "day") if not parts.get(part)]
        if missing:
            raise ValidationError(_("%(parts)sを入力してください。") % {"parts": "・".join(missing)})
        date = self._date(**parts)
        self._check(date)
        return date.isoformat()

    @staticmethod
    def _date(*, era: str, year: str, month: str, day: str) -> dt.date:
        try:
            numbers = [1 if year == "元" else int(year), int(month), int(day)]
            # four digits can only be a western year, whatever era the list was left at
            if era in ("", WESTERN) or numbers[0] >= 1000:
                return dt.date(*numbers)
            return from_wareki(era, *numbers)
        except (ValueError, OverflowError):
            raise ValidationError(_("この日付はありません。年号と年月日をご確認ください。")) from None

    def _check(self, date: dt.date) -> None:
        least, most = _limit(self.question.min), _limit(self.question.max)
        if least and date < least:
            raise ValidationError(
                _("%(date)s以降の日付を入力してください。") % {"date": display_date(least.isoformat())}
            )
        if most and date > most:
            raise ValidationError(
                _("%(date)s以前の日付を入力してください。") % {"date": display_date(most.isoformat())}
            )
        if most is None and date.year > today().year + YEARS_AHEAD:
            raise ValidationError(_("この日付は先すぎます。年号と年をご確認ください。"))


def _limit(value: str | None) -> dt.date | None:
    if value is None:
        return None
    return today() if value == TODAY else dt.date.fromisoformat(value)


class AddressAnswer(AnswerField):
    """A postal address in parts. Town, street and building may be blank: some places have none."""

    default_error_messages = {"required": gettext_lazy("住所を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=widgets.AddressWidget())

    def to_python(self, value: Any) -> dict[str, str] | None:
        parts = {part: plain_text(text) for part, text in (value or {}).items()}
        if not any(parts.values()):
            return None
        code = normalize_postal_code(parts["postal_code"])
        if code is None:
            raise ValidationError(_("郵便番号は7桁の数字で入力してください。"))
        missing = [str(widgets.AddressWidget.labels[part]) for part in ("prefecture", "city") if not parts[part]]
        if missing:
            raise ValidationError(_("%(parts)sを入力してください。") % {"parts": "・".join(missing)})
        for part, text in parts.items():
            if grapheme_length(text) > ADDRESS_PART_LENGTH:
                raise ValidationError(
                    _("%(part)sは%(most)s文字以内で入力してください。")
                    % {"part": widgets.AddressWidget.labels[part], "most": ADDRESS_PART_LENGTH}
                )
            refuse_my_number(text)
        return {**parts, "postal_code": code}


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
        super().__init__(field, widget=widgets.ConsentWidget(text=field.consent_text))

    def to_python(self, value: Any) -> dict[str, Any] | None:
        return {"given": True, "version": self.question.consent_version} if value else None


class FilesAnswer(AnswerField):
    """The files received for this question. They are stored before the page is checked and never lost by it."""

    default_error_messages = {"required": gettext_lazy("ファイルを添付してください。")}

    def __init__(self, field: Field, attached: Sequence[Attachment]) -> None:
        super().__init__(
            field, widget=widgets.FilesWidget(attached=attached, accept=field.accept, max_files=field.max_files)
        )
        self.attached = attached
        # the legend names the group, not the control in it
        self.widget.attrs["aria-label"] = field.label

    def to_python(self, value: Any) -> list[str] | None:
        refused = [attachment.file.name for attachment in self.attached if attachment.file.state in _REFUSED]
        if refused:
            raise ValidationError(
                _("「%(names)s」は安全を確認できませんでした。取り外して、別のファイルを添付してください。")
                % {"names": "」「".join(refused)}
            )
        return [attachment.public_id for attachment in self.attached] or None


_BUILDERS: dict[FieldType, Callable[[Field], AnswerField]] = {
    FieldType.TEXT: TextAnswer,
    FieldType.LONG_TEXT: TextAnswer,
    FieldType.KANA: KanaAnswer,
    FieldType.NUMBER: NumberAnswer,
    FieldType.DATE: DateAnswer,
    FieldType.ADDRESS: AddressAnswer,
    FieldType.EMAIL: EmailAnswer,
    FieldType.PHONE: PhoneAnswer,
    FieldType.CHOICE: ChoiceAnswer,
    FieldType.CHECKBOXES: CheckboxesAnswer,
    FieldType.YES_NO: ChoiceAnswer,
    FieldType.CONSENT: ConsentAnswer,
}


def build(field: Field, attached: Sequence[Attachment] = ()) -> AnswerField:
    """The form field of a question; `attached` are the files received for it so far."""
    if field.type == FieldType.FILE:
        return FilesAnswer(field, attached)
    return _BUILDERS[field.type](field)
