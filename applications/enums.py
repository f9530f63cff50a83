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


TAKEN_DOWN = (Channel.COUNTER, Channel.PAPER, Channel.ASSISTED, Channel.REMOTE)
"""Ways in by which staff type what somebody else files."""


class IdentityShown(TextChoices):
    """How staff knew who the person was that they typed a filing in for."""

    MY_NUMBER_CARD = "my_number_card", _("マイナンバーカード")
    LICENCE = "licence", _("運転免許証")
    PASSPORT = "passport", _("パスポート・在留カード")
    INSURANCE = "insurance", _("資格確認書など2点")
    KNOWN = "known", _("質問による確認")
    OTHER = "other", _("その他の書類")
    COPY = "copy", _("書類の写し（郵送）")
    NONE = "none", _("確認していない")


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
    PAID = "paid", _("手数料の納付を確認しました")
    DISPOSED = "disposed", _("保存期間が終わり、内容を廃棄しました")
    UNHELD = "unheld", _("来庁・面接の記録を取り消しました")


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
    # an answer to an internal survey is complete when it is sent
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.WITHDRAWN, S.COMPLETED}),
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
CLOSED_STATES = (S.COMPLETED, S.WITHDRAWN)
"""States after which nothing more happens, and the time of keeping begins."""


class FeeDue(TextChoices):
    """When a fee must be settled at the latest."""

    BEFORE_DECISION = "decision", _("決定の前")
    BEFORE_ISSUE = "issue", _("交付の前")


class PaymentMethod(TextChoices):
    CASH = "cash", _("現金")
    CARD = "card", _("クレジットカード")
    E_MONEY = "e_money", _("電子マネー")
    CODE = "code", _("コード決済")
    TRANSFER = "transfer", _("口座振込")


class CashDuty(TextChoices):
    """What somebody is designated as who handles the money of the city (地方自治法171条, 規則)."""

    CASHIER = "cashier", _("出納員")
    HANDLER = "handler", _("現金取扱員")


class PaymentState(TextChoices):
    DUE = "due", _("未納")
    PAID = "paid", _("収納済み")
    EXEMPTED = "exempted", _("免除")
    CANCELLED = "cancelled", _("取消し")


class PaymentEventKind(TextChoices):
    CHARGED = "charged", _("手数料を計算しました")
    PAID = "paid", _("収納しました")
    EXEMPTED = "exempted", _("免除しました")
    REVERSED = "reversed", _("収納・免除を取り消しました")
    REFUNDED = "refunded", _("還付しました")
    CANCELLED = "cancelled", _("請求を取り消しました")
    CHANGED = "changed", _("金額が変わりました")
    REMINDED = "reminded", _("納付のお願いをメールで送りました")


class ExtractFormat(TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    FILES = "zip", _("添付ファイル（ZIP）")


class TextEncoding(TextChoices):
    UTF_8 = "utf-8-sig", _("UTF-8（BOM付き）")
    CP932 = "cp932", _("Shift_JIS（CP932）")


class ExtractScope(TextChoices):
    ALL = "all", _("条件に合う申請すべて")
    NEW = "new", _("前回の抽出より後に届いたもの")


class DisposalState(TextChoices):
    PLANNED = "planned", _("承認待ち")
    APPROVED = "approved", _("廃棄中")
    DONE = "done", _("廃棄済み")
    CANCELLED = "cancelled", _("取りやめ")


class SurveyState(TextChoices):
    DRAFT = "draft", _("準備中")
    OPEN = "open", _("回答受付中")
    CLOSED = "closed", _("締切")


class ReportState(TextChoices):
    RECEIVED = "received", _("受付")
    IN_PROGRESS = "in_progress", _("対応中")
    DONE = "done", _("対応済み")
    NOT_OURS = "not_ours", _("市の管理外")
    DUPLICATE = "duplicate", _("同じ内容の通報あり")


class ReportEventKind(TextChoices):
    RECEIVED = "received", _("通報を受け付けました")
    ASSIGNED = "assigned", _("担当を決めました")
    STARTED = "started", _("対応を始めました")
    ANSWERED = "answered", _("回答しました")
    DONE = "done", _("対応が終わりました")
    NOT_OURS = "not_ours", _("市の管理外でした")
    MERGED = "merged", _("同じ内容の通報にまとめました")
    REOPENED = "reopened", _("対応を再開しました")
    MOVED = "moved", _("担当課を変えました")
    PUBLISHED = "published", _("公開の設定を変えました")
    NOTED = "noted", _("メモを書きました")


REPORT_MOVES: dict[ReportState, frozenset[ReportState]] = {
    ReportState.RECEIVED: frozenset(ReportState) - {ReportState.RECEIVED},
    ReportState.IN_PROGRESS: frozenset({ReportState.DONE, ReportState.NOT_OURS, ReportState.DUPLICATE}),
    ReportState.DONE: frozenset({ReportState.IN_PROGRESS}),
    ReportState.NOT_OURS: frozenset({ReportState.IN_PROGRESS}),
    ReportState.DUPLICATE: frozenset({ReportState.IN_PROGRESS}),
}


class InventoryChannel(TextChoices):
    """How a filing reached the city."""

    ONLINE = "online", _("オンライン")
    COUNTER = "counter", _("窓口")
    POST = "post", _("郵送")
    OTHER = "other", _("電話・その他")


class MeetingReason(TextChoices):
    """Why somebody must come in person."""

    NONE = "", _("なし")
    IDENTITY = "identity", _("本人確認")
    INTERVIEW = "interview", _("面談・聞き取り")
    ORIGINALS = "originals", _("原本の確認")
    HANDOVER = "handover", _("物の受け渡し")
    INSPECTION = "inspection", _("現地・現物の確認")
    OTHER = "other", _("その他")


class OnlinePlan(TextChoices):
    """How far a procedure is on its way online."""

    ONLINE = "online", _("オンライン化済み")
    PLANNED = "planned", _("予定あり")
    UNDECIDED = "undecided", _("未定")
    IMPOSSIBLE = "impossible", _("対象外")
