"""Words of the notices that the database stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NoticeCategory(TextChoices):
    """Why it is digital: it replaces post, answers an application, or is new because post was too dear."""

    REPLACES_POST = "replaces_post", _("郵送に代わる通知")
    ANSWERS = "answers", _("申請への回答")
    NEW = "new", _("新しいお知らせ")


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
    NOTIFIED = "notified", _("お知らせメールを送信した")
    NOTIFY_FAILED = "notify_failed", _("お知らせメールが届かなかった")
    OPENED = "opened", _("本人が開封した")
    CONFIRMED = "confirmed", _("本人が確認した")
    DOWNLOADED = "downloaded", _("通知書をダウンロードした")
    PAPER_DUE = "paper_due", _("未開封のため郵送に切り替えた")
    PRINTED = "printed", _("印刷した")
    POSTED = "posted", _("発送した")
    NOT_POSTED = "not_posted", _("取消のため発送しなかった")
    RETURNED = "returned", _("郵便が戻った")
    READDRESSED = "readdressed", _("手紙の宛先を更新した")
    PAPER_AGAIN = "paper_again", _("もう一度郵送することにした")
    WITHDRAWN = "withdrawn", _("取り消した")


class Channel(TextChoices):
    EMAIL = "email", _("メール")


class LetterRunState(TextChoices):
    BUILDING = "building", _("作成中")
    PRINTED = "printed", _("印刷済み")
    POSTED = "posted", _("発送済み")


class CheckResult(TextChoices):
    """Answer of the public check page."""

    GENUINE = "genuine", _("真正")
    ALTERED = "altered", _("改ざんの疑い")
    WITHDRAWN = "withdrawn", _("取消済み")
    UNKNOWN = "unknown", _("該当なし")
