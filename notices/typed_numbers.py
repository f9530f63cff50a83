"""Notice numbers as people type them, and what is wrong with them, in words that help to find the mistake."""

import re

from django.utils.translation import gettext as _

from cityhall.references import LENGTH, is_valid_number, normalize_number
from notices.links import verify_prefix

# letters that look like digits on paper; no number of ours has a letter
_LOOK_ALIKE = str.maketrans({"O": "0", "o": "0", "Ｏ": "0", "I": "1", "l": "1", "|": "1"})


def number_typed(text: str) -> str:
    """What was typed or scanned as a number: an address of our check page gives its number, O counts as 0."""
    typed = text.strip()
    prefix = verify_prefix()
    if typed.startswith(prefix):
        typed = typed.removeprefix(prefix).split("/", 1)[0]
    return normalize_number(typed).translate(_LOOK_ALIKE)


def problem_of(number: str) -> str:
    """What keeps this from being a notice number, with what to look at; "" when it is one. No number is given away.

    The check digit finds every single wrong digit and every swap of neighbours, so these are named.
    """
    if is_valid_number(number):
        return ""
    if "//" in number:
        return _(
            "読み取ったコードは、この市の通知書のものではありません。心当たりがないときは、市に電話でお確かめください。"
        )
    if re.fullmatch(r"[0-9]+", number) is None:
        return _("この番号は通知番号ではありません。数字だけを入力してください。")
    if len(number) != LENGTH:
        return _("この番号は通知番号ではありません。通知番号は11桁ですが、入力された番号は%(count)s桁です。") % {
            "count": len(number)
        }
    return _(
        "この番号は通知番号ではありません。1文字の打ち間違いや、隣どうしの数字の入れ替わりがないか、"
        "もう一度お確かめください。"
    )
