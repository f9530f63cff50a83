"""The languages of the tablet on which people fill in forms at the hall.

As at the ticket machines (`reservations.hall.languages`), its few own texts stand here side by side. The sentences in
easy Japanese (やさしい日本語) are written by hand: short, one thing each, blanks between the words, few kanji. The
questions come from the forms of the city, in its words; `help_words` explains beside them how they are answered.
"""

from typing import Final

from reservations.hall.languages import JAPANESE

_TEXTS: Final[dict[str, dict[str, str]]] = {
    "title": {"ja": "書類の入力", "ja-easy": "しょるいを つくる", "en": "Fill in your forms"},
    "button_hint": {
        "ja": "窓口に出す書類を先に入力します",
        "ja-easy": "まどぐちに だす しょるいです",
        "en": "Enter your answers before you go to the desk",
    },
    "welcome": {
        "ja": "窓口に出す書類を、ここで入力できます",
        "ja-easy": "まどぐちに だす しょるいを ここで つくります",
        "en": "Fill in the forms for the desk here",
    },
    "welcome_text": {
        "ja": "いくつかの手続をまとめて入力できます。同じことは一度しかお聞きしません。",
        "ja-easy": "いくつかの てつづきを いっしょに できます。おなじ しつもんは 1かいだけです。",
        "en": "You can fill in several forms together. Nothing is asked twice.",
    },
    "welcome_end": {
        "ja": "終わると、QRコードの紙をお渡しします。窓口でお見せください。",
        "ja-easy": "おわったら QRコードの かみが でます。まどぐちで みせて ください。",
        "en": "At the end you get a slip with a QR code to show at the desk.",
    },
    "promise": {
        "ja": "90秒間操作がないと、入力した内容はこの端末から消えます。",
        "ja-easy": "90びょう なにも しないと、かいたものは きえます。",
        "en": "What you typed is wiped when nothing is touched for 90 seconds.",
    },
    "start": {"ja": "はじめる", "ja-easy": "はじめる", "en": "Start"},
    "gone": {
        "ja": "操作がなかったため、入力した内容を消しました。はじめからお進みください。",
        "ja-easy": "じかんが すぎたので、けしました。はじめから して ください。",
        "en": "Nothing was touched for some time, so what was typed is gone. Please start again.",
    },
    "wiped": {
        "ja": "入力した内容を、この端末から消しました。",
        "ja-easy": "かいたものを けしました。",
        "en": "What was typed is wiped from this tablet.",
    },
    "which_event": {
        "ja": "どのようなご用件ですか",
        "ja-easy": "なにを しに きましたか",
        "en": "What is it about?",
    },
    "all_procedures": {"ja": "すべての手続から選ぶ", "ja-easy": "ぜんぶ みる", "en": "Show everything"},
    "which_procedure": {
        "ja": "手続を選んでください",
        "ja-easy": "てつづきを えらんで ください",
        "en": "Choose what you need",
    },
    "which_hint": {
        "ja": "いくつでも選べます。",
        "ja-easy": "いくつ えらんでも いいです。",
        "en": "You can choose several.",
    },
    "none_here": {
        "ja": "ここで入力できる手続がありません。番号札をとって、窓口でお尋ねください。",
        "ja-easy": "ここで できる てつづきが ありません。まどぐちで きいて ください。",
        "en": "There is nothing to fill in here. Please take a number and ask at a desk.",
    },
    "chosen": {"ja": "選んだ手続", "ja-easy": "えらんだ てつづき", "en": "You have chosen"},
    "choose": {"ja": "選ぶ", "ja-easy": "えらぶ", "en": "Choose"},
    "remove": {"ja": "外す", "ja-easy": "やめる", "en": "Remove"},
    "to_questions": {"ja": "質問に進む", "ja-easy": "しつもんへ", "en": "Go on to the questions"},
    "other_events": {"ja": "ほかのご用件", "ja-easy": "ほかの こと", "en": "Something else"},
    "more": {"ja": "次の一覧", "ja-easy": "つぎを みる", "en": "More"},
    "how_to_answer": {"ja": "書き方", "ja-easy": "かきかた", "en": "How to answer"},
    "add_more": {
        "ja": "書き足す（書かなくてもかまいません）：",
        "ja-easy": "かきたい ときだけ かく：",
        "en": "Add if you like (may stay blank):",
    },
    "supposed": {
        "ja": "ほかの回答から入れた内容があります。違うところがあれば直してください。",
        "ja-easy": "ほかの こたえから かきました。ちがうときは なおして ください。",
        "en": "Filled in from your other answers. Please change what is not right.",
    },
    "next": {"ja": "次へ", "ja-easy": "つぎへ", "en": "Next"},
    "previous": {"ja": "前へ", "ja-easy": "まえへ", "en": "Back"},
    "later": {
        "ja": "わからないところは、窓口で答える",
        "ja-easy": "わからない。まどぐちで こたえる",
        "en": "Leave the rest for the desk",
    },
    "check": {"ja": "内容の確認", "ja-easy": "よく みて ください", "en": "Please check"},
    "left": {
        "ja": "まだ答えていない項目があります。わからないときは、そのままでもかまいません。窓口でお聞きします。",
        "ja-easy": "まだ こたえていない しつもんが あります。わからないときは そのままで いいです。",
        "en": "Some questions are still open. You may leave them; they are asked at the desk.",
    },
    "change": {"ja": "直す", "ja-easy": "なおす", "en": "Change"},
    "finish": {"ja": "これでよい（QRコードを出す）", "ja-easy": "これで いい", "en": "This is right: get the QR code"},
    "done": {"ja": "入力が終わりました", "ja-easy": "おわりました", "en": "You are done"},
    "show_this": {
        "ja": "このQRコードを窓口でお見せください。今日の終わりまで使えます。",
        "ja-easy": "この QRコードを まどぐちで みせて ください。きょうだけ つかえます。",
        "en": "Show this QR code at the desk. It works until the end of today.",
    },
    "not_filed": {
        "ja": "まだ手続は終わっていません。",
        "ja-easy": "てつづきは まだ おわって いません。",
        "en": "Nothing has been filed yet.",
    },
    "digits": {
        "ja": "QRコードが読み取れないときは、この数字をお伝えください",
        "ja-easy": "QRコードが つかえないときは この すうじを いいます",
        "en": "If the code cannot be read, say these digits",
    },
    "note_digits": {
        "ja": "紙が出ないときは、この数字を書き写すか、写真に撮ってください。",
        "ja-easy": "かみが ないときは、すうじを かくか しゃしんを とって ください。",
        "en": "Without a slip, write the digits down or take a photo.",
    },
    "take_ticket": {"ja": "続けて番号札をとる", "ja-easy": "ばんごうふだを とる", "en": "Take a number now"},
    "your_number": {"ja": "番号札", "ja-easy": "あなたの ばんごう", "en": "Your number"},
    "please_wait": {
        "ja": "番号が呼ばれるまでお待ちください",
        "ja-easy": "よばれるまで まって ください",
        "en": "Please wait until your number is called",
    },
    "print_again": {"ja": "もう一度印刷する", "ja-easy": "もういちど いんさつ", "en": "Print again"},
    "leave": {"ja": "終わる（この画面を消す）", "ja-easy": "おわる", "en": "Finish and clear the screen"},
    "stop": {"ja": "やめて、入力を消す", "ja-easy": "やめる（けす）", "en": "Stop and wipe"},
    "still_there": {"ja": "続けて操作しますか", "ja-easy": "つづけますか", "en": "Are you still there?"},
    "wiped_in_before": {"ja": "あと", "ja-easy": "あと ", "en": "What you typed is wiped in "},
    "wiped_in_after": {
        "ja": "秒で、入力した内容を消します。",
        "ja-easy": "びょうで きえます。",
        "en": " seconds.",
    },
    "go_on": {"ja": "つづける", "ja-easy": "つづける", "en": "Continue"},
    "language": {"ja": "言語", "ja-easy": "ことば", "en": "Language"},
    "too_often": {
        "ja": "短い間に何度も操作されました。1分ほど待ってから、もう一度お試しください。",
        "ja-easy": "すこし まって、もういちど おして ください。",
        "en": "Too many presses in a short time. Please wait a minute.",
    },
}


def texts_in(language: str) -> dict[str, str]:
    """All texts of the tablet's pages in one language, Japanese where it lacks one."""
    return {name: row.get(language, row[JAPANESE]) for name, row in _TEXTS.items()}
