"""How each kind of question is answered, in the languages of the tablet: shown beside every question."""

from collections.abc import Mapping
from typing import Final

from applications.definition import Field
from applications.enums import FieldType
from reservations.hall.languages import JAPANESE

_T = FieldType
Words = Mapping[str, str]

_BY_TYPE: Final[dict[str, Words]] = {
    _T.TEXT: {
        "ja": "空いているところを押すと、文字を入力できます。",
        "ja-easy": "しろい ところを おして、かきます。",
        "en": "Touch the box and type.",
    },
    _T.LONG_TEXT: {
        "ja": "文章で入力します。短くてかまいません。",
        "ja-easy": "ぶんしょうを かきます。みじかくて いいです。",
        "en": "Write a few words. Short is fine.",
    },
    _T.NAME: {
        "ja": "姓と名を分けて入力します。フリガナも入力します。ひらがなでもかまいません。",
        "ja-easy": "みょうじと なまえを べつべつに かきます。よみかたも かきます。",
        "en": "Family name and given name, each in its own box, and how they are read.",
    },
    _T.KANA: {
        "ja": "読み方を入力します。ひらがなでもかまいません。",
        "ja-easy": "よみかたを かきます。ひらがなで いいです。",
        "en": "How it is read, in hiragana or katakana.",
    },
    _T.NUMBER: {"ja": "数字を入力します。", "ja-easy": "すうじを かきます。", "en": "Type a number."},
    _T.MONEY: {
        "ja": "金額を数字で入力します。「円」は要りません。",
        "ja-easy": "おかねの すうじを かきます。「円」は かきません。",
        "en": "The amount in yen, digits only.",
    },
    _T.DATE: {
        "ja": "年は、西暦でも元号でも入力できます。例：平成2年3月4日は、平成2年、3月、4日。",
        "ja-easy": "年と 月と 日を かきます。れい：2020年 4月 1日",
        "en": "Year, month and day, for example 2020, 4 and 1.",
    },
    _T.TIME: {
        "ja": "24時間の形で入力します。例：午後2時は14時。",
        "ja-easy": "じかんを かきます。ごご 2じは 14じです。",
        "en": "On the 24-hour clock: 2 p.m. is 14.",
    },
    _T.DATE_TIME: {
        "ja": "年月日と時刻を入力します。午後2時は14時です。",
        "ja-easy": "年と 月と 日と、じかんを かきます。ごご 2じは 14じです。",
        "en": "The day, and the time on the 24-hour clock.",
    },
    _T.ADDRESS: {
        "ja": "郵便番号を入れて「住所を入力」を押すと、町名まで入ります。番地と建物の名前を加えてください。",
        "ja-easy": "ゆうびんばんごうを かくと、じゅうしょが でます。つぎに ばんちと たてものを かきます。",
        "en": "Type the postal code first: it fills in the town. Then add block and building.",
    },
    _T.EMAIL: {
        "ja": "例：hanako@example.jp　持っていないときは、空けておきます。",
        "ja-easy": "れい：hanako@example.jp　ないときは かきません。",
        "en": "For example hanako@example.jp. Leave it empty if you have none.",
    },
    _T.PHONE: {
        "ja": "日中につながる番号を入力します。例：090-1234-5678",
        "ja-easy": "でんわの ばんごうを かきます。れい：090-1234-5678",
        "en": "A number where you can be reached in the daytime.",
    },
    _T.CHOICE: {
        "ja": "あてはまるものを一つ押します。押し直すこともできます。",
        "ja-easy": "1つ えらんで おします。",
        "en": "Touch the one that fits.",
    },
    _T.CHECKBOXES: {
        "ja": "あてはまるものをすべて押します。もう一度押すと取り消せます。",
        "ja-easy": "ぜんぶ えらんで おします。いくつでも いいです。",
        "en": "Touch all that fit.",
    },
    _T.YES_NO: {
        "ja": "「はい」か「いいえ」を押します。",
        "ja-easy": "「はい」か「いいえ」を おします。",
        "en": "Touch Yes or No.",
    },
    _T.CONSENT: {
        "ja": "文章を読んで、よければ印を付けます。わからないときは、窓口でお尋ねください。",
        "ja-easy": "よんで、よかったら おします。わからないときは まどぐちで きいて ください。",
        "en": "Read the text and tick the box if you agree. Ask at the desk if you are not sure.",
    },
    _T.PLACE: {
        "ja": "場所がわかることばを入力します。例：駅前の公園の入口",
        "ja-easy": "ばしょを かきます。れい：えきの まえの こうえん",
        "en": "Describe where it is.",
    },
    _T.BANK_ACCOUNT: {
        "ja": "通帳かキャッシュカードを見ながら入力してください。ないときは、窓口で答えられます。",
        "ja-easy": "つうちょうか カードを みて かきます。ないときは まどぐちで いいます。",
        "en": "Look at your bank book or cash card. Without one, answer at the desk.",
    },
    _T.ROWS: {
        "ja": "1人ずつ（1件ずつ）入力します。足りないときは、追加のボタンを押します。",
        "ja-easy": "1つずつ かきます。ふやすときは「追加」を おします。",
        "en": "One at a time. Press the button to add another.",
    },
}
_SAME_AS: Final = {_T.RESIDENT_ADDRESS: _T.ADDRESS}

_BY_CONCEPT: Final[dict[str, Words]] = {
    "applicant.name": {"ja-easy": "あなたの なまえです。", "en": "Your name."},
    "applicant.kana": {"ja-easy": "あなたの なまえの よみかたです。", "en": "How your name is read."},
    "applicant.birth_date": {"ja-easy": "あなたが うまれた 日です。", "en": "The day you were born."},
    "applicant.sex": {"ja-easy": "あなたの せいべつです。", "en": "Your sex, as registered."},
    "applicant.address": {"ja-easy": "あなたが すんでいる ところです。", "en": "Where you live."},
    "applicant.phone": {"ja-easy": "あなたの でんわばんごうです。", "en": "Your telephone number."},
    "applicant.email": {"ja-easy": "あなたの メールアドレスです。", "en": "Your mail address."},
    "spouse.name": {"ja-easy": "おっと または つまの なまえです。", "en": "The name of your husband or wife."},
    "spouse.birth_date": {
        "ja-easy": "おっと または つまが うまれた 日です。",
        "en": "When your husband or wife was born.",
    },
    "deceased.name": {"ja-easy": "なくなった ひとの なまえです。", "en": "The name of the person who died."},
    "deceased.birth_date": {
        "ja-easy": "なくなった ひとが うまれた 日です。",
        "en": "When the person who died was born.",
    },
    "children[].name": {"ja-easy": "こどもの なまえです。", "en": "The child's name."},
    "children[].birth_date": {"ja-easy": "こどもが うまれた 日です。", "en": "When the child was born."},
    "household[].name": {"ja-easy": "いっしょに すんでいる ひとの なまえです。", "en": "A person of your household."},
}
"""What the question is about, where its label is in Japanese only."""


def help_for(field: Field, language: str) -> str:
    """How to answer a question of a form; "" for what nobody types."""
    words = _BY_TYPE.get(_SAME_AS.get(FieldType(field.type), FieldType(field.type)))
    if words is None:
        return ""
    about = _BY_CONCEPT.get(field.concept or "", {}).get(language, "")
    how = words.get(language, words[JAPANESE])
    return f"{about} {how}".strip()
