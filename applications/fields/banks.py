"""Bank accounts that the city pays into."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers import ACCOUNT_TYPES
from applications.definition import Field
from applications.enums import FieldType
from applications.fields.bank_codes import (
    KNOWN_BANKS,
    YUCHO_CODE,
    YUCHO_NAME,
    bank_code_of,
    is_post_symbol,
    post_account,
)
from applications.fields.bank_kana import bank_kana, unusable_in_bank
from applications.fields.base import AnswerField, half_width
from applications.fields.mistakes import Mistakes
from applications.fields.rules import MOST_NAMED, part_text
from applications.typed import BANK, PARTS, YUCHO, YUCHO_PARTS
from applications.widgets import BankWidget
from cityhall.my_numbers import refuse_my_number

BANK_NAME_LENGTH = 60
HOLDER_LENGTH = 30
"""Characters of the name in a transfer; a voicing mark is one of them."""
_BANK_NAMES = ("bank_name", "branch_name")
_BANK_NUMBERS = ("bank_code", "branch_code", "number")
_A_SYMBOL = ("10000", "00000")
"""Symbols of the two kinds of account, to judge a number whose own symbol is wrong."""


class BankAnswer(AnswerField):
    """An account in the form of a transfer: codes, names, seven digits, the holder in half-width kana.

    An account of the post bank may be given as 記号 and 番号, as its passbooks do.
    """

    default_error_messages = {"required": gettext_lazy("振込先の口座を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=BankWidget())

    def to_python(self, value: Any) -> dict[str, str] | None:
        typed = {part: str((value or {}).get(part) or "") for part in PARTS[FieldType.BANK_ACCOUNT]}
        kind = typed.pop("kind")
        if not any(text.strip() for part, text in typed.items() if part != "account_type"):
            return None
        is_yucho = kind == YUCHO or (kind != BANK and any(typed[part].strip() for part in YUCHO_PARTS))
        mistakes = Mistakes()
        account = (_of_post_bank if is_yucho else _of_other_bank)(typed, mistakes)
        holder = mistakes.read(_holder, typed["holder"], part="holder", blank="")
        mistakes.raise_all()
        return {**account, "holder": holder}


def _of_post_bank(typed: dict[str, str], mistakes: Mistakes) -> dict[str, str]:
    symbol, number = (mistakes.read(_digits, typed[part], part=part, blank="") for part in YUCHO_PARTS)
    found = post_account(symbol, number)
    if found is None:
        wrong = [part for part in YUCHO_PARTS if not mistakes.concern(part) and _is_wrong_post(part, symbol, number)]
        for part in wrong:
            mistakes.add(_COMPLAINTS[part], part)
        return {}
    return {
        "bank_code": YUCHO_CODE,
        "bank_name": YUCHO_NAME,
        "branch_code": found.branch_code,
        "branch_name": found.branch_name,
        "account_type": found.account_type,
        "number": found.number,
    }


def _is_wrong_post(part: str, symbol: str, number: str) -> bool:
    """A number can be judged by itself: of a saving account (a symbol with 1) it ends in 1."""
    if part == "symbol":
        return not is_post_symbol(symbol)
    return post_account(_A_SYMBOL[symbol[:1] == "0"], number) is None


def _of_other_bank(typed: dict[str, str], mistakes: Mistakes) -> dict[str, str]:
    names = {part: mistakes.read(_name, part, typed[part], part=part, blank="") for part in _BANK_NAMES}
    codes = {part: mistakes.read(_digits, typed[part], part=part, blank="") for part in _BANK_NUMBERS}
    codes["bank_code"] = codes["bank_code"] or bank_code_of(names["bank_name"])
    names["bank_name"] = names["bank_name"] or KNOWN_BANKS.get(codes["bank_code"], "")
    order = ("bank_name", "bank_code", "branch_name", "branch_code")
    account = {part: (names | codes)[part] for part in order}
    account |= {"account_type": typed["account_type"], "number": codes["number"]}
    for part, text in account.items():
        if not mistakes.concern(part) and not _is_good(part, text):
            mistakes.add(_COMPLAINTS[part], part)
    account["number"] = account["number"].zfill(7)
    return account


def _name(part: str, value: str) -> str:
    return part_text(value, label=BankWidget.labels[part], most=BANK_NAME_LENGTH)


def _digits(value: str) -> str:
    """Digits of a code or number; the hyphens and blanks people put between them go."""
    text = half_width(value).translate(dict.fromkeys(map(ord, "-‐‑–—−ー 　")))
    refuse_my_number(text)
    return text


def _is_good(part: str, text: str) -> bool:
    is_number = text.isascii() and text.isdigit()
    match part:
        case "bank_code":
            return is_number and len(text) == 4
        case "branch_code":
            return is_number and len(text) == 3
        case "number":
            return is_number and len(text) <= 7 and int(text) > 0
        case "account_type":
            return text in ACCOUNT_TYPES
    return bool(text)


def _holder(value: str) -> str:
    """Raises ValidationError for a blank, and names what no transfer can carry."""
    text = half_width(value)
    refuse_my_number(text)
    kana = bank_kana(text)
    if not kana:
        raise ValidationError(_("口座名義（カナ）を入力してください。"))
    wrong = unusable_in_bank(kana)
    if wrong:
        named = "".join(f"「{one}」" for one in wrong[:MOST_NAMED])
        sentence = _("口座名義には%(characters)sを使えません。通帳に書かれているとおり、カナで入力してください。")
        raise ValidationError(sentence % {"characters": named})
    if len(kana) > HOLDER_LENGTH:
        raise ValidationError(
            _(
                "口座名義は半角で%(most)s文字までです（濁点も1文字と数えます。今は%(count)s文字です）。"
                "長い名義は、はじめの%(most)s文字だけを入力してください。"
            )
            % {"most": HOLDER_LENGTH, "count": len(kana)}
        )
    return kana


_COMPLAINTS = {
    "bank_name": gettext_lazy("金融機関名を入力してください。"),
    "bank_code": gettext_lazy(
        "金融機関コードを4桁の数字で入力してください。通帳か金融機関のホームページで確認できます。"
    ),
    "branch_name": gettext_lazy("支店名を入力してください。"),
    "branch_code": gettext_lazy("支店コード（店番）を3桁の数字で入力してください。"),
    "account_type": gettext_lazy("口座の種類を選択してください。"),
    "number": gettext_lazy("口座番号を7桁までの数字で入力してください。"),
    "symbol": gettext_lazy("通帳の記号を5桁の数字で入力してください。記号は1か0で始まります。"),
    "symbol_number": gettext_lazy(
        "通帳の番号を8桁までの数字で入力してください。記号が1で始まる通帳の番号は、1で終わります。"
    ),
}
