"""Words of the notices that the database stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeCategory(TextChoices):
    """Why it is digital: it replaces post, answers an application, or is new because post was too dear."""

    REPLACES_POST = "replaces_post", _("郵送に代わる通知")
    ANSWERS = "answers", _("申請への回答")
    NEW = "new", _("新しいお知らせ")


class InboxCategory(TextChoices):
    """The drawers of the inbox; a person chooses for each how they are told."""

    CHILDREN = "children", _("子ども・学校")
    HEALTH = "health", _("健康・福祉")
    TAX = "tax", _("税金・お金")
    LIVING = "living", _("くらし・住まい")
    EVENTS = "events", _("催し・お知らせ")
    OTHER = "other", _("その他")


class Effect(TextChoices):
    """When a notice takes effect (到達の考え方); shown to staff and on the notice."""

    AVAILABLE = "available", _("受け取れる状態になった時")
    OPENED = "opened", _("開封した時")
    DAYS_AFTER = "days_after", _("受け取れる状態になってから一定の日数がたった時")


class SignatureMode(TextChoices):
    CITY_SEAL = "city_seal", _("市の電子署名")
    NONE = "none", _("署名なし")


class NoticeState(TextChoices):
    DRAFT = "draft", _("作成中")
    AVAILABLE = "available", _("お届け済み（未開封）")
    OPENED = "opened", _("開封済み")
    CONFIRMED = "confirmed", _("確認済み")
    WITHDRAWN = "withdrawn", _("取消")


class PaperState(TextChoices):
    NONE = "none", _("郵送なし")
    DUE = "due", _("郵送待ち")
    PRINTING = "printing", _("印刷準備中")
    PRINTED = "printed", _("印刷済み")
    POSTED = "posted", _("発送済み")
    RETURNED = "returned", _("返戻")


class ReceiptKind(TextChoices):
    """What is known of the way of a notice to the person."""

    AVAILABLE = "available", _("受け取れる状態にした")
    NOTIFIED = "notified", _("お知らせを送信した")
    NOTIFY_FAILED = "notify_failed", _("お知らせが届かなかった")
    OPENED = "opened", _("本人が開封した")
    CONFIRMED = "confirmed", _("確認した")
    DOWNLOADED = "downloaded", _("通知書をダウンロードした")
    PAPER_DUE = "paper_due", _("郵送することにした")
    PRINTED = "printed", _("印刷用データを作成した")
    POSTED = "posted", _("発送した")
    NOT_POSTED = "not_posted", _("取消のため発送しなかった")
    RETURNED = "returned", _("郵便が戻った")
    RETURN_UNDONE = "return_undone", _("返戻の記録を取り消した")
    READDRESSED = "readdressed", _("手紙の宛先を更新した")
    PAPER_AGAIN = "paper_again", _("もう一度郵送することにした")
    WITHDRAWN = "withdrawn", _("取り消した")
    REMINDED = "reminded", _("未開封のため再度お知らせした")
    OPENED_BY_AGENT = "opened_by_agent", _("代理人が開封した")
    ACTED = "acted", _("通知から申請・予約をした")
    ACT_UNDONE = "act_undone", _("通知からの申請・予約が取り消された")
    REPLIED = "replied", _("返信した")
    CODE_SHOWN = "code_shown", _("番号を表示した")
    CONTENT_WIPED = "content_wiped", _("保存期間が過ぎ、内容を消去した")


class Channel(TextChoices):
    EMAIL = "email", _("メール")
    PUSH = "push", _("プッシュ通知")
    LINE = "line", _("LINE")
    SMS = "sms", _("SMS")


class AlertPurpose(TextChoices):
    """Why a person is told of a notice; each once per channel."""

    ARRIVAL = "arrival", _("到着")
    REMINDER = "reminder", _("再度のお知らせ")
    FILING = "filing", _("手続のお願い")
    WITHDRAWAL = "withdrawal", _("取消")
    ANSWER = "answer", _("返信への回答")


class AccountAlertKind(TextChoices):
    """Why a person with an account is told of something that is no notice."""

    CIRCULAR = "circular", _("回覧")
    WAY_ENDED = "way_ended", _("経路の終了")


class CampaignSource(TextChoices):
    FILE = "file", _("名簿ファイル")
    SEGMENT = "segment", _("条件で選ぶ")


class CampaignState(TextChoices):
    """`services.campaigns.states` holds the moves.

    checking: the worker reads the list; checked: staff look at it; ready: handed in for approval; approved: waits for
    its time; missed: its time passed while nothing ran, a person decides; sending: notices are written, then made and
    delivered; done: every row is in its final state.
    """

    DRAFT = "draft", _("作成中")
    CHECKING = "checking", _("名簿の確認中")
    CHECKED = "checked", _("確認済み")
    REFUSED = "refused", _("取込不可")
    READY = "ready", _("承認待ち")
    APPROVED = "approved", _("承認済み（送信待ち）")
    MISSED = "missed", _("予定時刻の経過")
    SENDING = "sending", _("送信中")
    PAUSED = "paused", _("一時停止中")
    DONE = "done", _("完了")
    CANCELLED = "cancelled", _("中止")


class RowState(TextChoices):
    """One line of a campaign's list. `made`, `failed`, `left_out` and `cancelled` are final."""

    GOOD = "good", _("送信できます")
    DOUBTFUL = "doubtful", _("本人の確認が必要")
    PROBLEM = "problem", _("送信できません")
    LEFT_OUT = "left_out", _("除外")
    MADE = "made", _("通知を作成済み")
    FAILED = "failed", _("作成できませんでした")
    CANCELLED = "cancelled", _("中止")


class TopicState(TextChoices):
    DRAFT = "draft", _("下書き")
    SENDING = "sending", _("配信中")
    SENT = "sent", _("配信済み")


class MailEventKind(TextChoices):
    """What a mail provider says afterwards of a mail it took."""

    DELIVERED = "delivered", _("届いた")
    DEFERRED = "deferred", _("遅れている")
    BOUNCED = "bounced", _("戻った")
    REJECTED = "rejected", _("拒否された")
    COMPLAINED = "complained", _("迷惑メールとして通報された")


class LetterRunState(TextChoices):
    BUILDING = "building", _("作成中")
    PRINTED = "printed", _("印刷済み")
    POSTED = "posted", _("発送済み")


class ReturnReason(TextChoices):
    """What the post writes on a letter that it brings back."""

    UNKNOWN_ADDRESS = "unknown_address", _("あて所に尋ねあたりません")
    MOVED = "moved", _("転居先不明")
    UNCLAIMED = "unclaimed", _("保管期間経過")
    REFUSED = "refused", _("受取拒絶")
    OTHER = "other", _("その他")


class CheckResult(TextChoices):
    """Answer of the public check page."""

    GENUINE = "genuine", _("真正")
    ALTERED = "altered", _("改ざんの疑い")
    WITHDRAWN = "withdrawn", _("取消済み")
    ON_PAPER = "on_paper", _("紙で発送")
    UNKNOWN = "unknown", _("該当なし")
