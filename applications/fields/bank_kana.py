"""Half-width characters of bank transfers (全銀協 standard formats) from what people write.

Allowed are the large kana without ｦ, the two voicing marks, capital letters, digits, a blank and ( ) - . /
The long vowel is a hyphen, small kana are written large.
"""

import re
import unicodedata
from collections.abc import Mapping

import jaconv

from applications.characters import to_katakana

_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶヲヰヱー・‐–—−－", "アイウエオツヤユヨワカケオイエ-.-----")
_UNUSABLE = re.compile(r"[^ｱ-ﾝﾞﾟA-Z0-9 ()\-./]")
_BODIES: Mapping[str, str] = {
    "株式会社": "カ",
    "カブシキガイシャ": "カ",
    "カブシキカイシャ": "カ",
    "(株)": "カ",
    "有限会社": "ユ",
    "ユウゲンガイシャ": "ユ",
    "ユウゲンカイシャ": "ユ",
    "(有)": "ユ",
    "合同会社": "ド",
    "ゴウドウガイシャ": "ド",
    "ゴウドウカイシャ": "ド",
    "合資会社": "シ",
    "ゴウシガイシャ": "シ",
    "ゴウシカイシャ": "シ",
    "合名会社": "メ",
    "ゴウメイガイシャ": "メ",
    "ゴウメイカイシャ": "メ",
    "医療法人社団": "イ",
    "医療法人財団": "イ",
    "医療法人": "イ",
    "イリョウホウジン": "イ",
    "一般財団法人": "ザイ",
    "公益財団法人": "ザイ",
    "財団法人": "ザイ",
    "イッパンザイダンホウジン": "ザイ",
    "コウエキザイダンホウジン": "ザイ",
    "一般社団法人": "シャ",
    "公益社団法人": "シャ",
    "社団法人": "シャ",
    "イッパンシャダンホウジン": "シャ",
    "コウエキシャダンホウジン": "シャ",
    "宗教法人": "シュウ",
    "シュウキョウホウジン": "シュウ",
    "学校法人": "ガク",
    "ガッコウホウジン": "ガク",
    "社会福祉法人": "フク",
    "シャカイフクシホウジン": "フク",
    "特定非営利活動法人": "トクヒ",
    "トクテイヒエイリカツドウホウジン": "トクヒ",
    "独立行政法人": "ドク",
    "ドクリツギョウセイホウジン": "ドク",
}
"""What a legal body is called, and its abbreviation in a transfer. Longer words come before those they hold."""


def bank_kana(text: str) -> str:
    """The text in the characters of bank transfers, as far as they can stand there: かぶしきがいしゃみどり → ｶ)ﾐﾄﾞﾘ"""
    plain = unicodedata.normalize("NFKC", text).upper()
    wide = _abbreviated(re.sub(r"\s+", " ", to_katakana(plain).replace("　", " ")).strip())
    # large before narrow: half-width small kana would stay small
    return jaconv.z2h(wide.translate(_LARGE), kana=True, ascii=True, digit=True).strip()


def unusable_in_bank(text: str) -> list[str]:
    """The characters of a converted text that no transfer can carry, each once."""
    return list(dict.fromkeys(_UNUSABLE.findall(text)))


def _abbreviated(text: str) -> str:
    """カ) before a name, (カ behind it."""
    for body, short in _BODIES.items():
        if text.startswith(body) and text != body:
            return f"{short}){text.removeprefix(body).strip()}"
        if text.endswith(body) and text != body:
            return f"{text.removesuffix(body).strip()}({short}"
    return text
