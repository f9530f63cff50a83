"""Words of the counter that the database stores, and the allowed moves between states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PrefillState(TextChoices):
    OPEN = "open", _("使えます")
    REDEEMED = "redeemed", _("窓口で使用済み")
    EXPIRED = "expired", _("期限切れ")
    DELETED = "deleted", _("削除済み")


class ScanResult(TextChoices):
    """What became of one scan, or of one code typed by staff."""

    REDEEMED = "redeemed", _("読み取り")
    SEEN_AGAIN = "seen_again", _("同じ来庁でもう一度")
    UNREADABLE = "unreadable", _("読み取れないコード")
    OTHER_CITY = "other_city", _("ほかの市のコード")
    UNKNOWN = "unknown", _("見つからないコード")
    EXPIRED = "expired", _("期限切れ")
    USED = "used", _("使用済み")
    DELETED = "deleted", _("削除済み")
    TOO_OFTEN = "too_often", _("入力の回数超過")


class CodeKind(TextChoices):
    SCANNED = "scanned", _("QRコード")
    SPOKEN = "spoken", _("数字のコード")


class VisitState(TextChoices):
    OPEN = "open", _("開始")
    IDENTIFIED = "identified", _("本人確認済み")
    FILLING = "filling", _("聞き取り中")
    REVIEWING = "reviewing", _("確認中")
    SIGNED = "signed", _("署名済み")
    RECEIVED = "received", _("受付済み")
    CLOSED = "closed", _("終了")


VISIT_MOVES: dict[VisitState, frozenset[VisitState]] = {
    VisitState.OPEN: frozenset({VisitState.IDENTIFIED, VisitState.CLOSED}),
    VisitState.IDENTIFIED: frozenset({VisitState.FILLING, VisitState.CLOSED}),
    VisitState.FILLING: frozenset({VisitState.REVIEWING, VisitState.CLOSED}),
    # the resident finds a mistake while reading: back to the questions
    VisitState.REVIEWING: frozenset({VisitState.FILLING, VisitState.SIGNED, VisitState.CLOSED}),
    # what was signed and is changed after that is signed again
    VisitState.SIGNED: frozenset({VisitState.FILLING, VisitState.RECEIVED, VisitState.CLOSED}),
    VisitState.RECEIVED: frozenset({VisitState.CLOSED}),
    VisitState.CLOSED: frozenset(),
}
"""`services.visits.states.move` is the only writer."""
ACTIVE_VISITS = frozenset(VisitState) - {VisitState.RECEIVED, VisitState.CLOSED}
"""States in which somebody may still change what the visit says."""


class VisitPhase(TextChoices):
    """What the time of a visit goes into; the figures come from the rows of `VisitPeriod`."""

    WAIT = "wait", _("待ち")
    IDENTIFY = "identify", _("本人確認")
    ASK = "ask", _("聞き取り")
    REVIEW = "review", _("内容の確認")
    SIGN = "sign", _("署名")
    PRINT = "print", _("印刷・お渡し")


PHASE_OF: dict[VisitState, VisitPhase] = {
    VisitState.OPEN: VisitPhase.IDENTIFY,
    VisitState.IDENTIFIED: VisitPhase.ASK,
    VisitState.FILLING: VisitPhase.ASK,
    VisitState.REVIEWING: VisitPhase.REVIEW,
    VisitState.SIGNED: VisitPhase.SIGN,
    VisitState.RECEIVED: VisitPhase.PRINT,
}
"""The phase that runs while a visit is in a state; none when it is closed."""


class Source(TextChoices):
    """Where the value of a question comes from; shown beside it, and counted."""

    BROUGHT = "brought", _("事前入力（QR）")
    PORTAL = "portal", _("転入予約から")
    CARD = "card", _("カードから")
    RECORD = "record", _("市の登録から")
    RESIDENT = "resident", _("ご本人が入力")
    STAFF = "staff", _("窓口で聞き取り")
    # asked in a guide at the desk: a guide that is answered again says it anew
    GUIDE = "desk_guide", _("窓口の質問で聞き取り")
    PAPER = "paper", _("用紙から")


class Mark(TextChoices):
    """Why a question is looked at once more before anything is signed."""

    WRONG = "wrong", _("ご本人が「ちがいます」とした質問")
    CHANGED = "changed", _("様式が新しくなり、内容が変わった質問")


class Origin(TextChoices):
    """How a procedure came into a visit."""

    PREFILL = "prefill", _("事前入力")
    GUIDE = "guide", _("質問の答えから")
    STAFF = "staff", _("職員が追加")


class Companion(TextChoices):
    """The second person at the counter."""

    NONE = "", _("なし")
    FAMILY = "family", _("家族")
    GUARDIAN = "guardian", _("法定代理人（親権者・後見人など）")
    PROXY = "proxy", _("委任を受けた代理人")
    INTERPRETER = "interpreter", _("通訳")
    HELPER = "helper", _("付き添い・支援者")


ACTING = frozenset({Companion.GUARDIAN, Companion.PROXY})
"""Companions who act in the place of the resident."""


class VisitEventKind(TextChoices):
    STARTED = "started", _("開始")
    REDEEMED = "redeemed", _("事前入力を読み取り")
    IDENTIFIED = "identified", _("本人確認")
    PROCEDURE_ADDED = "procedure_added", _("手続を追加")
    PROCEDURE_DROPPED = "procedure_dropped", _("手続を外す")
    PROCEDURE_MOVED = "procedure_moved", _("手続の順を変更")
    SAVED = "saved", _("入力を保存")
    RENEWED = "renewed", _("新しい様式へ引き継ぎ")
    DISPUTED = "disputed", _("「ちがいます」の印")
    TO_REVIEW = "to_review", _("内容の確認へ")
    BACK_TO_QUESTIONS = "back_to_questions", _("聞き取りへ戻る")
    SIGNED = "signed", _("署名")
    RECEIVED = "received", _("受付")
    TAKEN_OVER = "taken_over", _("担当の交代")
    PAUSED = "paused", _("中断")
    RESUMED = "resumed", _("再開")
    ON_PAPER = "on_paper", _("用紙に切り替え")
    FROM_PAPER = "from_paper", _("用紙から入力")
    CLOSED = "closed", _("終了")


class LayoutState(TextChoices):
    DRAFT = "draft", _("下書き")
    ACTIVE = "active", _("使用中")


class SpotKind(TextChoices):
    """How a value is put on a sheet of paper."""

    TEXT = "text", _("文字")
    BOXES = "boxes", _("一文字ずつのます目（カナ・番号）")
    CIRCLE = "circle", _("選択肢を丸で囲む")
    CHECK = "check", _("チェックを付ける")
    IMAGE = "image", _("署名・印影の画像")


class SpotFixed(TextChoices):
    """What is printed besides the answers."""

    NUMBER = "number", _("受付番号")
    RECEIVED_ON = "received_on", _("受付日")
    MAYOR = "mayor", _("あて先（市長）")
    DEPARTMENT = "department", _("担当課")
    PROCEDURE = "procedure", _("手続の名前")
    APPLICANT_NAME = "applicant_name", _("申請者の氏名・名称")
    APPLICANT_KANA = "applicant_kana", _("申請者のフリガナ")
    APPLICANT_BIRTH_DATE = "applicant_birth_date", _("申請者の生年月日")
    APPLICANT_ADDRESS = "applicant_address", _("申請者の住所")
    APPLICANT_PHONE = "applicant_phone", _("申請者の電話番号")
    AGENT_NAME = "agent_name", _("代理人の氏名")
    SIGNATURE = "signature", _("署名")
    SEAL = "seal", _("公印")


class SpotPart(TextChoices):
    """Which part of an answer is printed; the whole of it without one."""

    WHOLE = "", _("全体")
    ERA = "era", _("元号")
    YEAR = "year", _("年（和暦）")
    WESTERN_YEAR = "western_year", _("年（西暦）")
    MONTH = "month", _("月")
    DAY = "day", _("日")
    HOUR = "hour", _("時")
    MINUTE = "minute", _("分")
    POSTAL_FIRST = "postal_first", _("郵便番号の前3桁")
    POSTAL_LAST = "postal_last", _("郵便番号の後4桁")
    POSTAL_CODE = "postal_code", _("郵便番号（7桁）")
    LINE = "line", _("住所（郵便番号を除く）")
    PREFECTURE = "prefecture", _("都道府県")
    CITY = "city", _("市区町村")
    TOWN = "town", _("町名")
    STREET = "street", _("番地")
    BUILDING = "building", _("建物名")
    FAMILY = "family", _("姓")
    GIVEN = "given", _("名")
    KANA = "kana", _("フリガナ（姓名）")
    FAMILY_KANA = "family_kana", _("姓のフリガナ")
    GIVEN_KANA = "given_kana", _("名のフリガナ")
    BANK_NAME = "bank_name", _("銀行名")
    BANK_CODE = "bank_code", _("銀行コード")
    BRANCH_NAME = "branch_name", _("支店名")
    BRANCH_CODE = "branch_code", _("支店コード")
    ACCOUNT_TYPE = "account_type", _("口座の種類")
    ACCOUNT_NUMBER = "number", _("口座番号")
    HOLDER = "holder", _("口座名義")
    OTHER = "other", _("「その他」に書かれた文字")


class SpotAlign(TextChoices):
    LEFT = "left", _("左")
    CENTER = "center", _("中央")
    RIGHT = "right", _("右")


class PrintKind(TextChoices):
    """What is printed of a visit: when it was received, or to go on by hand."""

    SLIPS = "slips", _("引継票")
    GUIDE = "guide", _("手続案内書")
    FORMS = "forms", _("書面が必要な様式")
    OTHERS = "others", _("書面が不要な様式")
    FALLBACK = "fallback", _("手書き用の用紙")


class HandOverKind(TextChoices):
    """What the outbox says of a case."""

    CASE = "case", _("申請")
    CANCEL = "cancel", _("取り消し")


class HandOverOutcome(TextChoices):
    """What the back office made of a case that was handed over."""

    OPEN = "open", _("引き渡し中")
    TAKEN = "taken", _("取り込み済み")
    RETURNED = "returned", _("エラーで戻りました")
    SETTLED = "settled", _("手作業で処理済み")


HAND_OVER_MOVES: dict[HandOverOutcome, frozenset[HandOverOutcome]] = {
    HandOverOutcome.OPEN: frozenset({HandOverOutcome.TAKEN, HandOverOutcome.RETURNED, HandOverOutcome.SETTLED}),
    # found wrong only when the program worked on it
    HandOverOutcome.TAKEN: frozenset({HandOverOutcome.RETURNED}),
    HandOverOutcome.RETURNED: frozenset({HandOverOutcome.OPEN, HandOverOutcome.SETTLED}),
    HandOverOutcome.SETTLED: frozenset(),
}
"""`services.hand_overs` is the only writer."""


class HandOverEventKind(TextChoices):
    QUEUED = "queued", _("引き渡しを開始")
    FILE_WRITTEN = "file_written", _("ファイルを書き出し")
    # listed for a program that has not said yet that it took it
    READ = "read", _("業務システムが読み出し")
    TAKEN = "taken", _("取り込み")
    RETURNED = "returned", _("エラーで戻る")
    PUT_AGAIN = "put_again", _("もう一度引き渡す")
    SETTLED = "settled", _("手作業で処理")


class Relation(TextChoices):
    """Who asks for a certificate, seen from the person it is about."""

    SELF = "self", _("本人")
    HOUSEHOLD = "household", _("同じ世帯の方")
    # of the register of families alone: they ask in their own right, and say no reason (戸籍法10条1項)
    FAMILY = "family", _("配偶者・父母や祖父母・子や孫（戸籍）")
    PROXY = "proxy", _("代理人")
    THIRD = "third", _("第三者")


class IssueState(TextChoices):
    """What became of a certificate that was received at a desk."""

    WAITING = "waiting", _("交付待ち")
    HANDED = "handed", _("交付済み")
    CANCELLED = "cancelled", _("取り消し")


class MoveInOutcome(TextChoices):
    """What a row of the portal's file led to."""

    MADE = "made", _("新しく取り込み")
    CHANGED = "changed", _("内容を更新")
    SAME = "same", _("変わりなし")
    CANCELLED = "cancelled", _("取消し")
    REFUSED = "refused", _("取り込めません")
