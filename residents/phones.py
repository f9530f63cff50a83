"""Telephone numbers: what people type → E.164, keeping what they typed."""

import unicodedata
from typing import Final

import phonenumbers
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

_REGION: Final = "JP"
_ENTERED_LENGTH: Final = 30
# some countries do not tell mobile numbers from others
_TAKE_TEXTS: Final = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class PhoneInvalid(DomainError):
    """The text is no telephone number that can be called."""

    code = "phone_invalid"
    message = _("電話番号を確認してください。例: 090-1234-5678（市外局番から入力してください）")


class NotMobile(PhoneInvalid):
    """A telephone number that no text message reaches."""

    code = "phone_not_mobile"
    message = _("SMSを受け取れる携帯電話の番号を入力してください。例: 090-1234-5678")


def parse_mobile(text: str) -> str:
    """E.164 of a number that text messages reach, read as `parse_phone` reads it.

    Raises NotMobile, also when it is no number at all: whoever is asked for a mobile number needs no area code.
    """
    try:
        number, _entered = parse_phone(text)
    except PhoneInvalid as error:
        raise NotMobile from error
    if not number or phonenumbers.number_type(phonenumbers.parse(number)) not in _TAKE_TEXTS:
        raise NotMobile
    return number


def parse_phone(text: str) -> tuple[str, str]:
    """(E.164, as entered in half width) of a number; `("", "")` for a blank one.

    Full-width digits and hyphens of all kinds are taken; foreign numbers start with their `+` and country code.
    Raises PhoneInvalid.
    """
    entered = unicodedata.normalize("NFKC", text).strip()
    for dash in "‐‑–—―ー−":
        entered = entered.replace(dash, "-")
    if not entered:
        return "", ""
    try:
        number = phonenumbers.parse(entered, _REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    # an extension has no place in E.164: it would be lost silently
    if len(entered) > _ENTERED_LENGTH or number.extension or not phonenumbers.is_valid_number(number):
        raise PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), entered


def format_phone(e164: str) -> str:
    """The number as it is written in Japan (`03-1234-5678`), foreign ones with their country code."""
    if not e164:
        return ""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    is_japanese = number.country_code == 81
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_japanese else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)
