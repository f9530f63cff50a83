"""Values for a preview: the sample of a text, the hardest that ever come, and none at all."""

import re
from dataclasses import dataclass
from typing import Final

from notices.models import NoticeTypeVersion
from notices.texts import USUAL, USUAL_NAMES, compile_text

USUAL_SAMPLE: Final = "sample"
HARD: Final = "hard"
BLANK: Final = "blank"

HARD_NAME: Final = "葛󠄀城　𠮷之介マリア＝アレクサンドラ・デ・ラ・クルス・イ・フェルナンデス"
"""A name with a variation selector, one outside the first plane, and as long as those of residence cards."""
_HARD_USUAL: Final = {
    "recipient_name": HARD_NAME,
    "subject_name": "髙﨑　𠮷葛󠄀・塚󠄀本アンナ＝マリー・エリーザベト・ツー・ホーエンローエ",
    "department_name": "子ども家庭総合支援センター 母子保健・発達相談・医療費助成担当課",
    "department_phone": "0428-00-1111（内線1234、1235、1236）",
    "source_label": "特別支援教育就学奨励費および学校災害共済給付金に関する一斉のお知らせ（第2回・訂正分）",
}
_HARD_WORDS: Final = "（葛󠄀城・𠮷田・髙﨑、*_#[]<>&、訂正の後の内容は左のとおりです）"
_DIGITS = re.compile(r"[0-9０-９,，]+")
_LARGEST = "9,999,999,999"


@dataclass(frozen=True)
class Addressee:
    """To whom a sample letter goes; blank when the letter says only that it is one."""

    name: str = ""
    postal_code: str = ""
    address: str = ""
    building: str = ""


HARD_ADDRESSEE: Final = Addressee(
    name=HARD_NAME,
    postal_code="1980042",
    address="東京都緑野市東緑野一丁目1番地の1　東緑野土地区画整理事業地内2街区3画地",
    # three lines of the window
    building="グランドレジデンス緑野中央ステーションフロント・ガーデンズコート西館　"
    "サービス付き高齢者向け住宅「みどりの丘」併設　医療法人社団緑風会内　B棟1203号室　𠮷田様方",
)


def sample_values(version: NoticeTypeVersion, kind: str = USUAL_SAMPLE) -> dict[str, str]:
    """A value for every name of the text; names without a sample are blank. Raises TextError."""
    names = compile_text(version).names
    values: dict[str, str] = dict.fromkeys(names, "") | {one.name: one.example for one in USUAL} | version.sample
    if kind == HARD:
        return {name: _hard(name, value) for name, value in values.items()}
    if kind == BLANK:
        # what the city itself gives is never blank
        return {name: value if name in USUAL_NAMES else "" for name, value in values.items()}
    return values


def _hard(name: str, value: str) -> str:
    """As long as it gets; what the city says of itself stays, and a number is one for the conditions still."""
    if name in USUAL_NAMES:
        return _HARD_USUAL.get(name, value)
    if _DIGITS.fullmatch(value.strip()):
        return _LARGEST
    return f"{value}{_HARD_WORDS}"
