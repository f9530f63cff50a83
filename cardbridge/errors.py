"""What can go wrong between a card and the desk, in the words of the person who meets it."""


class BridgeError(Exception):
    """`code` for programs, the text for people. Nothing of the card or of what was typed is ever in it."""

    code = "bridge_error"
    message = "カードを読み取れませんでした。もう一度お試しください。"
    is_over = True
    """Whether the reading ends with it; otherwise the resident may try again."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


# --- the reader -------------------------------------------------------------------------------


class NoService(BridgeError):
    """The system's smart card service does not run."""

    code = "no_service"
    message = "カードリーダーの機能（スマートカードサービス）が動いていません。管理者に連絡してください。"


class NoReader(BridgeError):
    """No reader is plugged in, or not the one of the configuration."""

    code = "no_reader"
    message = "カードリーダーが見つかりません。接続を確認してください。"


class ReaderBusy(BridgeError):
    """Another program holds the card."""

    code = "reader_busy"
    message = "ほかのプログラムがカードを使っています。そのプログラムを終了して、もう一度お試しください。"
    is_over = False


class NoCard(BridgeError):
    """Nobody put a card on the reader in time."""

    code = "no_card"
    message = "カードが見つかりません。カードをリーダーに置いて、もう一度押してください。"
    is_over = False


class CardRemoved(BridgeError):
    """The card was taken away while it was read."""

    code = "card_removed"
    message = "読み取りの途中でカードが離れました。カードを置いたまま、もう一度お試しください。"
    is_over = False


class CardUnreadable(BridgeError):
    """The card does not answer, or not as a card of this kind does."""

    code = "card_unreadable"
    message = "カードを読み取れませんでした。カードを置き直して、もう一度お試しください。"
    is_over = False


class OtherCard(BridgeError):
    """There is no such application on it: a card of another kind."""

    code = "other_card"
    message = "マイナンバーカードではないカードです。マイナンバーカードを置いて、もう一度お試しください。"
    is_over = False


class BadData(BridgeError):
    """What the card holds is not what a My Number card holds."""

    code = "bad_data"
    message = "カードの内容を読み取れませんでした。お手数ですが、窓口で内容をお聞きします。"


# --- what was typed -----------------------------------------------------------------------------


class BadSecret(BridgeError):
    """Not four and not fourteen digits: the card was not asked."""

    code = "bad_secret"
    message = "数字の桁数がちがいます。暗証番号は4桁です。"
    is_over = False


class WrongSecret(BridgeError):
    """The card says no, and how many tries are left."""

    code = "wrong_secret"
    is_over = False

    def __init__(self, left: int | None) -> None:
        tries = "" if left is None else f"あと{left}回まちがえると使えなくなります。"
        super().__init__(f"番号がちがいます。{tries}もう一度入力してください。")
        self.left = left


class LastTry(BridgeError):
    """One try is left: it is not spent before the resident says so."""

    code = "last_try"
    message = "入力できるのは、あと1回です。まちがえるとカードの番号がロックされます。確かめてから入力してください。"
    is_over = False


class Blocked(BridgeError):
    """No try is left. Only the city's own desk for cards can open it again."""

    code = "blocked"
    message = (
        "番号がロックされています。窓口で暗証番号の再設定ができますので、係の者にお声がけください。"
        "手続は、カードを読み取らなくても続けられます。"
    )


# --- the reading ----------------------------------------------------------------------------------


class Refused(BridgeError):
    """The request does not come from the portal, or was used before."""

    code = "refused"
    message = "この要求は受け付けられません。窓口の画面を開き直して、もう一度押してください。"


class Expired(Refused):
    """The request is too old, or the clocks differ."""

    code = "expired"
    message = "要求の期限が切れました。もう一度押してください。続くときは、パソコンの時計を確認してください。"


class Cancelled(BridgeError):
    """The resident said no, or the desk page went away."""

    code = "cancelled"
    message = "カードの読み取りをやめました。"


class Replaced(BridgeError):
    """Another reading was begun at this PC."""

    code = "replaced"
    message = "このパソコンで、新しい読み取りが始まりました。"


class TimedOut(BridgeError):
    """Nobody typed anything in time."""

    code = "timed_out"
    message = "時間内に入力がありませんでした。もう一度お試しください。"
