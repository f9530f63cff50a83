"""Words of the applications that the database stores, and the allowed moves between states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProcedureMode(TextChoices):
    ONLINE = "online", _("オンラインで完結")
    SENT_AHEAD = "sent_ahead", _("事前送信（後日来庁・面接）")
    GUIDE_ONLY = "guide_only", _("案内のみ")


class ProcedureState(TextChoices):
    DRAFT = "draft", _("準備中")
    PUBLISHED = "published", _("公開中")
    CLOSED = "closed", _("停止中")


class ApplicantKind(TextChoices):
    PERSON = "person", _("個人")
    BUSINESS = "business", _("事業者")
    STAFF = "staff", _("職員")


class FieldType(TextChoices):
    """Kinds of questions a form may ask."""

    TEXT = "text", _("一行の文字")
    LONG_TEXT = "long_text", _("長い文章")
    NAME = "name", _("氏名（姓・名・フリガナ）")
    KANA = "kana", _("フリガナ")
    NUMBER = "number", _("数")
    MONEY = "money", _("金額（円）")
    DATE = "date", _("日付")
    TIME = "time", _("時刻")
    DATE_TIME = "date_time", _("日時")
    ADDRESS = "address", _("住所")
    RESIDENT_ADDRESS = "resident_address", _("住所（住所コードつき）")
    EMAIL = "email", _("メールアドレス")
    PHONE = "phone", _("電話番号")
    CHOICE = "choice", _("選択（一つ）")
    CHECKBOXES = "checkboxes", _("選択（複数）")
    YES_NO = "yes_no", _("はい・いいえ")
    CONSENT = "consent", _("同意")
    FILE = "file", _("ファイル")
    PHOTO = "photo", _("写真")
    SIGNATURE = "signature", _("署名")
    PLACE = "place", _("地図上の場所")
    BANK_ACCOUNT = "bank_account", _("振込先の口座")
    ROWS = "rows", _("くり返し")
    ATTRIBUTE = "attribute", _("住民の登録内容（表示）")
    CALCULATED = "calculated", _("計算した値")
    HEADING = "heading", _("見出し")
    EXPLANATION = "explanation", _("説明文")
    HIDDEN = "hidden", _("リンクから受け取る値")


SHOWN_ONLY = frozenset({FieldType.HEADING, FieldType.EXPLANATION})
"""Kinds that stand in a form and have no answer."""
GIVEN_TYPES = frozenset({FieldType.ATTRIBUTE, FieldType.CALCULATED, FieldType.HIDDEN})
"""Kinds whose answer nobody types."""
FILE_TYPES = frozenset({FieldType.FILE, FieldType.PHOTO})
"""Kinds whose answer is a list of attachments."""


class ApplicationState(TextChoices):
    DRAFT = "draft", _("下書き")
    SUBMITTED = "submitted", _("受付済み")
    IN_REVIEW = "in_review", _("審査中")
    RETURNED = "returned", _("補正依頼中")
    APPROVING = "approving", _("決裁中")
    APPROVED = "approved", _("承認")
    REFUSED = "refused", _("不承認")
    COMPLETED = "completed", _("完了")
    WITHDRAWN = "withdrawn", _("取下げ")


class Channel(TextChoices):
    ONLINE = "online", _("オンライン")
    COUNTER = "counter", _("窓口")
    REMOTE = "remote", _("リモート窓口")
    PAPER = "paper", _("紙")
    ASSISTED = "assisted", _("代行入力")


def usual_channels() -> list[str]:
    """The ways in of most procedures: this portal and the counter."""
    return [Channel.ONLINE.value, Channel.COUNTER.value]


class ResultKind(TextChoices):
    """What comes out of a procedure for the person."""

    NOTICE = "notice", _("結果の通知")
    CERTIFICATE = "certificate", _("証明書の交付")
    PAYMENT = "payment", _("給付・支払い")
    REGISTRATION = "registration", _("登録・届出の受理")
    NONE = "none", _("なし")


class EventKind(TextChoices):
    SUBMITTED = "submitted", _("申請を受け付けました")
    TAKEN = "taken", _("審査を始めました")
    RETURNED = "returned", _("補正をお願いしました")
    RESUBMITTED = "resubmitted", _("補正した内容を受け付けました")
    PROPOSED = "proposed", _("決裁に回しました")
    SENT_BACK = "sent_back", _("決裁者が差し戻しました")
    APPROVED = "approved", _("承認しました")
    REFUSED = "refused", _("承認できないと決定しました")
    COMPLETED = "completed", _("手続が完了しました")
    REOPENED = "reopened", _("審査を再開しました")
    WITHDRAWN = "withdrawn", _("申請者が取り下げました")
    EDITED = "edited", _("申請者が内容を変更しました")
    SEATED = "seated", _("キャンセル待ちから繰り上がりました")
    HELD = "held", _("来庁・面接が終わりました")


class Seat(TextChoices):
    """Whether an application has one of the limited places of its procedure."""

    NONE = "", _("定員なし")
    SEATED = "seated", _("定員内")
    WAITING = "waiting", _("キャンセル待ち")


class DecisionKind(TextChoices):
    APPROVE = "approve", _("承認")
    REFUSE = "refuse", _("不承認")


class ApprovalState(TextChoices):
    WAITING = "waiting", _("決裁待ち")
    APPROVED = "approved", _("決裁済み")
    SENT_BACK = "sent_back", _("差戻し")


S = ApplicationState
MOVES: dict[ApplicationState, frozenset[ApplicationState]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.RETURNED, S.APPROVING, S.APPROVED, S.REFUSED}),
    S.RETURNED: frozenset({S.IN_REVIEW, S.WITHDRAWN}),
    S.APPROVING: frozenset({S.IN_REVIEW, S.APPROVED, S.REFUSED}),
    S.APPROVED: frozenset({S.COMPLETED, S.IN_REVIEW}),
    S.REFUSED: frozenset({S.COMPLETED, S.IN_REVIEW}),
    S.COMPLETED: frozenset({S.IN_REVIEW}),
    S.WITHDRAWN: frozenset(),
}
"""Allowed moves (design §5). Back to `in_review` from a decided state is the reopening."""
OPEN_STATES = (S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.APPROVING)
"""States that stand in a work list."""
