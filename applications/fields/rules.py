"""Rules on texts that several kinds of question share; every refusal is a sentence that says what to do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import group_digits
from applications.characters import convert, unusable
from applications.definition import Field
from applications.fields.base import plain_text
from cityhall.my_numbers import refuse_my_number
from cityhall.text import grapheme_length
from residents.names import fold_name

MOST_NAMED = 5
"""Characters that one refusal names; more help nobody."""
_ADVICE = {
    "jis_x_0208": gettext_lazy("この項目には、JIS第1・第2水準の文字だけを使えます。"),
    "jis_x_0213": gettext_lazy("この項目には、JIS第1〜第4水準の文字だけを使えます。"),
    "katakana": gettext_lazy("フリガナは、ひらがなかカタカナで入力してください。"),
    "hiragana": gettext_lazy("ひらがなかカタカナで入力してください。"),
    "ascii": gettext_lazy("英字・数字・記号で入力してください。"),
    "digits": gettext_lazy("数字で入力してください。"),
}


def fitting(text: str, charset: str) -> str:
    """The text converted by a rule on characters. Raises ValidationError naming those that cannot be used."""
    converted = convert(text, charset)
    wrong = unusable(converted, charset)
    if not wrong:
        return converted
    named = "".join(f"「{one}」" for one in wrong[:MOST_NAMED])
    sentence = _("%(characters)sは使えません。") if len(wrong) <= MOST_NAMED else _("%(characters)sなどは使えません。")
    raise ValidationError("".join((sentence % {"characters": named}, str(_ADVICE[charset]), _offer(wrong, charset))))


def _offer(wrong: list[str], charset: str) -> str:
    """Another character for each that has a common form; kana where there is none."""
    if not charset.startswith("jis"):
        return ""
    pairs = [(one, fold_name(one)) for one in wrong[:MOST_NAMED]]
    good = [(one, other) for one, other in pairs if other not in ("", one) and not unusable(other, charset)]
    offers = [f"「{one}」→「{other}」" for one, other in good]
    if offers:
        return _("次のように置き換えて入力してください: %(offers)s") % {"offers": "、".join(offers)}
    return _("似た字か、ひらがなに置き換えて入力してください。")


def check_length(field: Field, text: str) -> None:
    """Raises ValidationError when the text is too short or too long for its question."""
    count = grapheme_length(text)
    most, least = field.max_length, field.min_length
    if most is not None and count > most:
        raise ValidationError(
            _("%(most)s文字以内で入力してください（今は%(count)s文字です）。")
            % {"most": group_digits(str(most)), "count": group_digits(str(count))}
        )
    if text and least is not None and count < least:
        raise ValidationError(_("%(least)s文字以上で入力してください。") % {"least": least})


def part_text(value: object, *, label: object, most: int, charset: str = "") -> str:
    """One part of an answer: storable, converted, no My Number, not too long. Raises ValidationError naming it."""
    text = plain_text(value)
    refuse_my_number(text)
    try:
        text = fitting(text, charset)
    except ValidationError as error:
        raise ValidationError(_("%(part)s: %(reason)s") % {"part": label, "reason": error.messages[0]}) from None
    if grapheme_length(text) > most:
        raise ValidationError(_("%(part)sは%(most)s文字以内で入力してください。") % {"part": label, "most": most})
    return text
