"""Search keys of names: what makes 髙橋 come up for 高橋 and ｻｲﾄｳ for さいとう.

Names themselves are stored exactly as given, variation selectors and surrogate pairs included; only
the keys beside them are folded, and a key is never shown. Folding is wide on purpose: a clerk prefers
one person too many in a list over one who is not found.
"""

import re
import unicodedata
from typing import Final

import jaconv

KEY_LENGTH: Final = 240
"""Length of the key columns: folding may lengthen a text (㍿ → 株式会社), the key is cut there."""

# in each group the form that is kept, then the forms that registers hold besides it (itaiji); forms that NFKC
# unifies by itself are not listed. Sources: the traditional shapes of 常用漢字表 (康熙字典体) that are in use in
# names, 人名用漢字, and the variants registers hold most often (高・崎・吉・辺・斉・沢・浜).
_VARIANTS: Final = """
高髙 崎﨑碕嵜 吉𠮷 辺邊邉 斉齊齋斎 沢澤 浜濱濵 広廣 国國圀 島嶋嶌 桜櫻 竜龍 滝瀧 黒黑 関關 宝寶 実實
真眞 栄榮 恵惠 静靜 徳德 豊豐 万萬 与與 亜亞 円圓 塩鹽 応應 横橫 岡崗 温溫 会會 覚覺 学學 楽樂
巻卷 寛寬 気氣 帰歸 亀龜 旧舊 峡峽 尭堯 暁曉 勲勳 薫薰 渓溪 経經 継繼 蛍螢 県縣 剣劍劒 顕顯 研硏
晃晄 厳嚴 児兒 寿壽 収收 従從 渋澁 叙敍 将將 縄繩 条條 杉椙 瀬瀨 銭錢 禅禪 壮壯 荘莊 蔵藏 増增
帯帶 台臺 択擇 館舘 昼晝 庁廳 聴聽 鎮鎭 鉄鐵 転轉 伝傳 灯燈 当當 稲稻 藤籘 富冨 弁辨瓣 宮宫 弥彌
翠翆 桧檜 蛎蠣 祢禰 秘祕 浅淺 峰峯 凛凜 曽曾 誉譽 薬藥 様樣 来來 頼賴 覧覽 緑綠 塁壘 礼禮 励勵
霊靈 歴歷 恋戀 芦蘆 炉爐 郎郞 録錄 清淸 青靑 穂穗 薮藪 野埜 鶴靏靍鸖 鴎鷗 麹麴 槙槇 遥遙 瑶瑤 巌巖
麦麥 柳栁 柏栢 橋槗 樋桶 畑畠 船舩 苅刈 蒋蔣 間閒 隣鄰 雑雜 顔顏 駅驛 駆驅 鶏鷄 仏佛 仙僊 值値
叡睿 壷壺 姫姬
"""


def _variant_table(lines: str) -> dict[int, str]:
    """Every variant maps to the first character of its group; NFKC has unified compatibility forms already."""
    table: dict[int, str] = {}
    for group in lines.split():
        target, *variants = list(unicodedata.normalize("NFKC", group))
        for variant in variants:
            # a form that heads a group of its own, or is in two groups, would make folding depend on the order
            if variant != target:
                table.setdefault(ord(variant), target)
    return table


_VARIANT_TABLE: Final = _variant_table(_VARIANTS)
# ideographic and standard variation selectors, joiners, direction marks: invisible, never searched for
_INVISIBLE: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_NAME_NOISE: Final = re.compile(r"[\s・･.,，、。'’‐\-]+")
_KANA_NOISE: Final = re.compile(r"[\sー―‐\-－・･.,，、。'’゛゜]+")
_SMALL_KANA: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
# pairs people mix up when they write a name by ear
_SAME_SOUND: Final = str.maketrans("ヂヅヲヰヱ", "ジズオイエ")


def fold_name(text: str) -> str:
    """The search key of a name in any script: width, variation sequences, variant kanji, case and blanks folded."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    bare = _NAME_NOISE.sub("", unicodedata.normalize("NFKC", plain).translate(_VARIANT_TABLE))
    # what stood apart may combine now, and case folding may take normal form apart: once more makes keys stable
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare).casefold())[:KEY_LENGTH]


def fold_kana(text: str) -> str:
    """The search key of a reading: katakana without small kana, long marks, blanks and marks; ヂ=ジ, ヅ=ズ, ヲ=オ."""
    wide = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    bare = _KANA_NOISE.sub("", unicodedata.normalize("NFKC", jaconv.hira2kata(wide).upper()))
    katakana = unicodedata.normalize("NFKC", bare)
    return katakana.translate(_SMALL_KANA).translate(_SAME_SOUND)[:KEY_LENGTH]


def join_name(family: str, given: str) -> str:
    """Family and given name with one ideographic space, or the one of them that is there."""
    return "\u3000".join(part for part in (family, given) if part)


def split_name(full: str) -> tuple[str, str]:
    """Family and given name at the first blank; a name without one is all family name."""
    parts = re.split(r"\s+", full.strip(), maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else (parts[0], "")


def is_kana(text: str) -> bool:
    """Whether a text is a reading: kana of any width, long marks and blanks."""
    wide = unicodedata.normalize("NFKC", text)
    return bool(wide) and all("ぁ" <= c <= "ゖ" or "ァ" <= c <= "ヺ" or c in "ー・ \u3000゛゜" for c in wide)
