"""The languages of the hall's machines.

A kiosk changes its language for one person at a touch, so its few texts stand here side by side instead of in
catalogues; names of services come from the models (`names`, `labels`, `questions`).
"""

from collections.abc import Mapping
from typing import Final

JAPANESE: Final = "ja"
EASY: Final = "ja-easy"
LANGUAGES: Final = {JAPANESE: "日本語", EASY: "やさしい にほんご", "en": "English"}
"""Code and own name; the first is the source."""

_TEXTS: Final[dict[str, dict[str, str]]] = {
    "welcome": {"ja": "ご用件をお選びください", "ja-easy": "なにを しますか", "en": "How can we help you today?"},
    "choose_service": {
        "ja": "番号札をとる",
        "ja-easy": "ばんごうふだを とる",
        "en": "Take a number",
    },
    "choose_service_hint": {
        "ja": "業務を選んで、順番をお待ちください",
        "ja-easy": "したいことを えらびます",
        "en": "Choose what you came for",
    },
    "i_have_reservation": {
        "ja": "予約した方",
        "ja-easy": "よやくした ひと",
        "en": "I have a reservation",
    },
    "i_have_reservation_hint": {
        "ja": "QRコードか予約番号で受付します",
        "ja-easy": "QRコードか ばんごうを つかいます",
        "en": "Check in with your QR code or number",
    },
    "i_do_not_know": {
        "ja": "どこへ行けばよいか分からない",
        "ja-easy": "どこに いくか わからない",
        "en": "I do not know where to go",
    },
    "i_do_not_know_hint": {
        "ja": "2つか3つの質問で、窓口と持ち物が分かります",
        "ja-easy": "しつもんに こたえます",
        "en": "Answer two or three questions",
    },
    "which_service": {
        "ja": "業務を選んでください",
        "ja-easy": "したいことを えらんで ください",
        "en": "Choose a service",
    },
    "back": {"ja": "前の画面へ", "ja-easy": "もどる", "en": "Back"},
    "home": {"ja": "最初の画面へ", "ja-easy": "はじめに もどる", "en": "Start again"},
    "more": {"ja": "ほかの業務", "ja-easy": "ほかの もの", "en": "More"},
    "where": {"ja": "場所", "ja-easy": "ばしょ", "en": "Where"},
    "papers": {"ja": "必要なもの", "ja-easy": "ひつような もの", "en": "What you need"},
    "waiting_now": {"ja": "ただいまの待ち", "ja-easy": "まっている ひと", "en": "Waiting now"},
    "take_ticket": {"ja": "番号札をとる", "ja-easy": "ばんごうふだを とる", "en": "Take a number"},
    "in_break": {
        "ja": "ただいま休憩時間です。窓口は%sに再開し、番号の順にお呼びします。",
        "ja-easy": "いまは おやすみです。%sから じゅんばんに よびます。",
        "en": "The desks have a break and open again at %s. You are called in the order of the numbers.",
    },
    "closed": {
        "ja": "ただいまの時間は、番号札を発行していません。",
        "ja-easy": "いまは ばんごうふだが ありません。",
        "en": "No numbers are given for this service at this time.",
    },
    "reservation_only": {
        "ja": "この業務は予約制です。番号札は発行していません。",
        "ja-easy": "よやくが ひつようです。",
        "en": "This service is by reservation only.",
    },
    "your_number": {"ja": "番号札", "ja-easy": "あなたの ばんごう", "en": "Your number"},
    "please_wait": {
        "ja": "番号が呼ばれるまでお待ちください",
        "ja-easy": "よばれるまで まって ください",
        "en": "Please wait until your number is called",
    },
    "scan_to_follow": {
        "ja": "スマートフォンで読み取ると、順番がいつでも分かります",
        "ja-easy": "スマホで じゅんばんが わかります",
        "en": "Scan to follow your place in line on your phone",
    },
    "print_again": {"ja": "もう一度印刷する", "ja-easy": "もういちど いんさつ", "en": "Print again"},
    "finish": {"ja": "終わる", "ja-easy": "おわる", "en": "Done"},
    "check_in": {"ja": "予約の受付", "ja-easy": "よやくの うけつけ", "en": "Check in"},
    "hold_code": {
        "ja": "QRコードを読み取り口かカメラにかざすか、予約番号を入力してください",
        "ja-easy": "QRコードを かざすか、ばんごうを いれて ください",
        "en": "Show your QR code to the camera or scanner, or type your number",
    },
    "checked_in": {"ja": "受付が済みました", "ja-easy": "うけつけが おわりました", "en": "You are checked in"},
    "go_there": {
        "ja": "番号札はありません。時間になりましたら、次の場所へお越しください。",
        "ja-easy": "ばんごうふだは ありません。じかんに なったら ここへ いって ください。",
        "en": "You need no number. Please go to this place at your time.",
    },
    "what": {"ja": "内容", "ja-easy": "すること", "en": "What"},
    "when": {"ja": "時間", "ja-easy": "じかん", "en": "Time"},
    "code_label": {"ja": "予約番号", "ja-easy": "よやくの ばんごう", "en": "Reservation number"},
    "keypad": {"ja": "数字のボタン", "ja-easy": "すうじの ボタン", "en": "Number keys"},
    "erase": {"ja": "1文字消す", "ja-easy": "ひとつ けす", "en": "Delete"},
    "do_check_in": {"ja": "受付する", "ja-easy": "うけつけ する", "en": "Check in"},
    "use_camera": {"ja": "カメラで読み取る", "ja-easy": "カメラを つかう", "en": "Use the camera"},
    "still_there": {
        "ja": "続けて操作しますか",
        "ja-easy": "つづけますか",
        "en": "Are you still there?",
    },
    "go_on": {"ja": "続ける", "ja-easy": "つづける", "en": "Continue"},
    "groups": {"ja": "%s組", "ja-easy": "%sくみ", "en": "%s waiting"},
    "nobody": {"ja": "待ちなし", "ja-easy": "いません", "en": "No wait"},
    "language": {"ja": "言語", "ja-easy": "ことば", "en": "Language"},
}


def known(code: str) -> str:
    """The code, when the hall speaks it; Japanese otherwise."""
    return code if code in LANGUAGES else JAPANESE


def texts_in(language: str) -> dict[str, str]:
    """All texts of the hall's pages in one language, Japanese where it lacks one."""
    return {name: row.get(language, row[JAPANESE]) for name, row in _TEXTS.items()}


def pick(japanese: str, others: Mapping[str, object], language: str) -> str:
    """A name of the models in the language, Japanese where it is missing or blank."""
    return str(others.get(language) or japanese)


_RANGES: Final[dict[str, tuple[str, str, str]]] = {
    JAPANESE: ("すぐにご案内", "%(high)s分以内", "およそ%(low)s〜%(high)s分"),
    EASY: ("すぐ よびます", "%(high)sふんより すくない", "だいたい %(low)s〜%(high)sふん"),
    "en": ("no wait", "within %(high)s min", "about %(low)s–%(high)s min"),
}
"""While a desk is idle, without a lower end, and with one."""


def minutes_text(low: int, high: int, language: str) -> str:
    """A range of waiting minutes in words: a range, because one number is always wrong."""
    at_once, within, between = _RANGES.get(language, _RANGES[JAPANESE])
    if not high:
        return at_once
    return (between if low else within) % {"low": low, "high": high}
