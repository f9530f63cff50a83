"""What the designer calls settings, kinds and character sets: the words of a clerk, not of the document."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import FieldType

T = FieldType

SETTING_WORDS: Mapping[str, Any] = {
    "key": _("キー"),
    "type": _("種類"),
    "label": _("質問文（見出し）"),
    "required": _("必須"),
    "help": _("補足の説明"),
    "example": _("入力例"),
    "min_length": _("最小の文字数"),
    "max_length": _("最大の文字数"),
    "charset": _("使える文字"),
    "concept": _("意味（自動入力）"),
    "options": _("選択肢"),
    "other": _("「その他」を付ける"),
    "min": _("下限"),
    "max": _("上限"),
    "unit": _("単位"),
    "decimals": _("小数点以下の桁数"),
    "accept": _("受け付けるファイル"),
    "max_files": _("ファイルの数"),
    "consent_text": _("同意していただく文章"),
    "consent_version": _("文章の版"),
    "text": _("説明文"),
    "visible_when": _("表示する条件"),
    "required_when": _("必須にする条件"),
    "value": _("計算"),
    "fields": _("くり返す項目"),
    "min_rows": _("最小の行数"),
    "max_rows": _("最大の行数"),
    "row_title": _("行の見出し"),
    "title": _("セクションの名前"),
    "intro": _("セクションの説明"),
}
"""Setting of a field or section → what it is called."""

CHARSET_WORDS: Mapping[str, Any] = {
    "": _("制限しない"),
    "jis_x_0208": _("第1・第2水準の漢字まで（JIS X 0208）"),
    "jis_x_0213": _("第3・第4水準の漢字まで（JIS X 0213）"),
    "katakana": _("カタカナのみ"),
    "hiragana": _("ひらがなのみ"),
    "ascii": _("半角の英数字と記号のみ"),
    "digits": _("半角の数字のみ"),
}

KIND_GROUPS: list[tuple[str | Promise, list[tuple[FieldType, str | Promise]]]] = [
    (
        _("文字"),
        [
            (T.TEXT, _("一行で答える質問。例: 勤務先の名称")),
            (T.LONG_TEXT, _("何行も書ける大きな欄。例: 申請の理由")),
            (T.NAME, _("姓・名とフリガナの四つの欄")),
            (T.KANA, _("フリガナだけの欄。ひらがなはカタカナに直します")),
            (T.EMAIL, _("形を確かめるメールアドレスの欄")),
            (T.PHONE, _("形を確かめる電話番号の欄")),
        ],
    ),
    (
        _("選ぶ"),
        [
            (T.CHOICE, _("選択肢から一つを選ぶ")),
            (T.CHECKBOXES, _("選択肢からいくつでも選ぶ")),
            (T.YES_NO, _("「はい」か「いいえ」を選ぶ")),
            (T.CONSENT, _("文章を読んで「同意します」を選ぶ")),
        ],
    ),
    (
        _("数と日時"),
        [
            (T.NUMBER, _("数。単位・範囲・小数を決められます")),
            (T.MONEY, _("円の金額")),
            (T.DATE, _("年月日。和暦と西暦で答えられます")),
            (T.TIME, _("時刻")),
            (T.DATE_TIME, _("年月日と時刻")),
        ],
    ),
    (
        _("住所・口座・場所"),
        [
            (T.ADDRESS, _("郵便番号から住所を入れられる欄")),
            (T.RESIDENT_ADDRESS, _("住民の住所。市区町村と町の番号も記録します")),
            (T.BANK_ACCOUNT, _("金融機関・支店・口座番号・名義の欄")),
            (T.PLACE, _("地図や現在地で示す場所。例: 道路の穴")),
        ],
    ),
    (
        _("添付"),
        [
            (T.FILE, _("写真やPDFのファイル")),
            (T.PHOTO, _("スマートフォンのカメラで撮る写真")),
            (T.SIGNATURE, _("指やペンで書く署名。入力でも代えられます")),
        ],
    ),
    (
        _("くり返し・計算"),
        [
            (T.ROWS, _("同じ質問のまとまりを、人数や件数だけくり返す。例: お子さまごと")),
            (T.CALCULATED, _("ほかの回答から計算した値を見せる。例: 手数料の合計")),
        ],
    ),
    (
        _("見せるだけ"),
        [
            (T.HEADING, _("項目の区切りの見出し")),
            (T.EXPLANATION, _("注意や説明の文章")),
            (T.ATTRIBUTE, _("市が持つ住民の登録内容を見せる")),
            (T.HIDDEN, _("画面に出さず、リンクから受け取る値")),
        ],
    ),
]
"""All kinds, in the groups in which a designer chooses, each with what it is for."""
