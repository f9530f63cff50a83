"""Codes of banks, and accounts of the post bank from what its passbooks say."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

YUCHO_CODE = "9900"
YUCHO_NAME = "ゆうちょ銀行"
_SYMBOL = re.compile(r"([01])([0-9]{2})[0-9]0(?:-?[0-9])?")
_NUMBER = re.compile(r"[0-9]{2,8}")
_DIGIT_NAMES = str.maketrans("0123456789", "〇一二三四五六七八九")
KNOWN_BANKS: Mapping[str, str] = {
    "0001": "みずほ銀行",
    "0005": "三菱UFJ銀行",
    "0009": "三井住友銀行",
    "0010": "りそな銀行",
    "0017": "埼玉りそな銀行",
    "0033": "PayPay銀行",
    "0034": "セブン銀行",
    "0035": "ソニー銀行",
    "0036": "楽天銀行",
    "0038": "住信SBIネット銀行",
    "0039": "auじぶん銀行",
    "0040": "イオン銀行",
    "0310": "GMOあおぞらネット銀行",
    YUCHO_CODE: YUCHO_NAME,
}
"""Banks whose code people look for most; for all others the passbook or the bank's page says it."""


@dataclass(frozen=True)
class PostAccount:
    """An account of the post bank as other banks write it."""

    branch_code: str
    branch_name: str
    account_type: str
    number: str


def bank_code_of(name: str) -> str:
    """The code of a bank by its name, with or without 銀行; "" when it is not among those known here."""
    wanted = _folded(name)
    return next((code for code, known in KNOWN_BANKS.items() if wanted and _folded(known) == wanted), "")


def _folded(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold().removesuffix("銀行")


def is_post_symbol(symbol: str) -> bool:
    """Whether half-width digits can be the 記号 of a passbook of the post bank."""
    return _SYMBOL.fullmatch(symbol) is not None


def post_account(symbol: str, number: str) -> PostAccount | None:
    """The account behind 記号 and 番号 (half-width digits), None when they cannot be of the post bank.

    The bank's published rule: the branch is the second and third digit of the symbol and 8 (accounts for
    saving, symbol 1…, whose number loses its last digit, always 1) or 9 (transfer accounts, symbol 0…,
    whose number stays); numbers have seven digits with zeros in front.
    """
    match = _SYMBOL.fullmatch(symbol)
    if match is None or not _NUMBER.fullmatch(number):
        return None
    is_saving = match[1] == "1"
    if is_saving and not number.endswith("1"):
        return None
    digits = (number[:-1] if is_saving else number).lstrip("0")
    if not digits or len(digits) > 7:
        return None
    branch = match[2] + ("8" if is_saving else "9")
    return PostAccount(branch, branch.translate(_DIGIT_NAMES), "ordinary" if is_saving else "checking", digits.zfill(7))
