"""Words of this app that the database stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceKind(TextChoices):
    HALL = "hall", _("本庁舎")
    BRANCH = "branch", _("支所・出張所")
    POST_OFFICE = "post_office", _("郵便局")
    COMMUNITY = "community", _("公民館・施設")


class SupplyKind(TextChoices):
    """What a place in a slot is: all kinds are booked through the same rows."""

    COUNTER = "counter", _("窓口")
    FACILITY = "facility", _("施設")
    EVENT = "event", _("教室・催し")


class Unit(TextChoices):
    """What a facility is let by."""

    SLOT = "slot", _("枠")
    NIGHT = "night", _("泊")


class Release(TextChoices):
    """When the public may book a slot."""

    ROLLING = "rolling", _("毎日先の日付を開く")
    FIXED = "fixed", _("決まった曜日と時刻に開く")
    WAVES = "waves", _("何回かに分けて開く")
    DRAW = "draw", _("抽選")


class RuleKind(TextChoices):
    OPEN = "open", _("受付時間")
    BREAK = "break", _("休憩")


class ExceptionKind(TextChoices):
    CLOSED = "closed", _("休み")
    OPEN = "open", _("臨時の受付")


class SupplyAction(TextChoices):
    """What was done to the supply, for its history."""

    RULE_ADDED = "rule_added", _("受付時間を追加")
    RULE_CHANGED = "rule_changed", _("受付時間を変更")
    RULE_ENDED = "rule_ended", _("受付時間を終了")
    EXCEPTION_ADDED = "exception_added", _("例外日を追加")
    EXCEPTION_REMOVED = "exception_removed", _("例外日を取消")
    DAY_CLOSED = "day_closed", _("1日を休みに変更")
    DAY_REOPENED = "day_reopened", _("休みを取消")
    SLOT_CHANGED = "slot_changed", _("枠の人数を変更")
    RELEASE_CHANGED = "release_changed", _("予約の開始方法を変更")


class Variant(TextChoices):
    """How the service is given."""

    ON_SITE = "on_site", _("来庁")
    PHONE = "phone", _("電話")
    VIDEO = "video", _("ビデオ通話")


class ReservationChannel(TextChoices):
    ONLINE = "online", _("オンライン")
    PHONE = "phone", _("電話")
    COUNTER = "counter", _("窓口")
    DRAW = "draw", _("抽選")
    WAITLIST = "waitlist", _("キャンセル待ち")
    IMPORT = "import", _("取込")


class ReservationState(TextChoices):
    HELD = "held", _("仮押さえ")
    BOOKED = "booked", _("予約済み")
    CHECKED_IN = "checked_in", _("受付済み")
    DONE = "done", _("終了")
    CANCELLED = "cancelled", _("取消")
    NO_SHOW = "no_show", _("来庁なし")
    EXPIRED = "expired", _("期限切れ")


class ReservationEventKind(TextChoices):
    HELD = "held", _("仮押さえ")
    BOOKED = "booked", _("予約")
    MOVED = "moved", _("日時の変更")
    CHANGED = "changed", _("内容の変更")
    CANCELLED = "cancelled", _("取消")
    CANCELLED_BY_CITY = "cancelled_by_city", _("市による取消")
    OFFERED_ANOTHER = "offered_another", _("別の日時を案内")
    PHONED = "phoned", _("電話で連絡")
    REMINDED = "reminded", _("前日のお知らせ")
    CHECKED_IN = "checked_in", _("受付")
    DONE = "done", _("終了")
    NO_SHOW = "no_show", _("来庁なし")
    EXPIRED = "expired", _("期限切れ")
    CODE_ATTACHED = "code_attached", _("持参するQRコードの登録")
    CODE_DETACHED = "code_detached", _("持参するQRコードの登録の取消")


class WaitlistState(TextChoices):
    WAITING = "waiting", _("待機中")
    OFFERED = "offered", _("ご案内中")
    ACCEPTED = "accepted", _("予約済み")
    EXPIRED = "expired", _("期限切れ")
    LEFT = "left", _("辞退")


class DrawState(TextChoices):
    COLLECTING = "collecting", _("申込受付")
    # who won is settled; reservations and mails are made one batch after the other
    DRAWING = "drawing", _("抽選中")
    DRAWN = "drawn", _("抽選済み")
    CANCELLED = "cancelled", _("中止")


class WishState(TextChoices):
    OPEN = "open", _("抽選待ち")
    WON = "won", _("当選")
    LOST = "lost", _("落選")
    WITHDRAWN = "withdrawn", _("取下げ")


class TicketState(TextChoices):
    WAITING = "waiting", _("お待ち")
    CALLED = "called", _("呼び出し中")
    SERVING = "serving", _("対応中")
    PARKED = "parked", _("保留")
    MISSED = "missed", _("不在")
    DONE = "done", _("終了")
    LEFT = "left", _("取消")


# what a ticket may become; the same state again: called again, taken over, sent elsewhere while waiting
TICKET_MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.LEFT}),
    TicketState.CALLED: frozenset(
        {TicketState.CALLED, TicketState.SERVING, TicketState.WAITING, TicketState.MISSED, TicketState.LEFT}
    ),
    TicketState.SERVING: frozenset({TicketState.SERVING, TicketState.DONE, TicketState.PARKED, TicketState.WAITING}),
    TicketState.PARKED: frozenset({TicketState.CALLED, TicketState.WAITING, TicketState.LEFT}),
    TicketState.MISSED: frozenset({TicketState.CALLED, TicketState.WAITING, TicketState.LEFT}),
    TicketState.DONE: frozenset(),
    TicketState.LEFT: frozenset(),
}


class TicketSource(TextChoices):
    KIOSK = "kiosk", _("受付端末")
    PHONE = "phone", _("スマートフォン")
    STAFF = "staff", _("職員")
    RESERVATION = "reservation", _("予約")


class TicketEventKind(TextChoices):
    ISSUED = "issued", _("発券")
    CALLED = "called", _("呼び出し")
    CALLED_AGAIN = "called_again", _("再呼び出し")
    SERVING = "serving", _("対応開始")
    DONE = "done", _("対応終了")
    PARKED = "parked", _("保留")
    MISSED = "missed", _("不在")
    BACK = "back", _("列に戻す")
    TRANSFERRED = "transferred", _("別の窓口へ")
    TAKEN_OVER = "taken_over", _("引き継ぎ")
    LEFT = "left", _("取消")
    ALERTED = "alerted", _("順番が近いお知らせ")


class Priority(TextChoices):
    """Who is asked in first among those who wait; the mix per group decides how often."""

    HIGH = "1", _("優先")
    APPOINTMENT = "2", _("予約")
    NORMAL = "3", _("通常")


class PickupState(TextChoices):
    ORDERED = "ordered", _("準備中")
    READY = "ready", _("お渡しできます")
    HANDED_OVER = "handed_over", _("お渡し済み")
    UNCLAIMED = "unclaimed", _("受け取りなし")
    CANCELLED = "cancelled", _("取消")
