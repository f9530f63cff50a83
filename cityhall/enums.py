"""Words of the base that the database stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member of staff may be; the rights of each are in the `permissions.py` of the apps.

    The head of a district (自治会長) is a resident with an office, not an employee: the role belongs to no department.
    """

    CLERK = "clerk", _("窓口職員")
    CONTRACT_CLERK = "contract_clerk", _("窓口職員（委託）")
    HANDLER = "handler", _("審査担当")
    APPROVER = "approver", _("決裁者")
    ADMINISTRATOR = "administrator", _("管理者")
    AUDITOR = "auditor", _("監査担当")
    DISTRICT_HEAD = "district_head", _("自治会長")


class GrantedRightKind(TextChoices):
    """What one department may let another do with its procedures."""

    RECEPTION = "reception", _("受付")
    PROCESSING = "processing", _("審査")
    DECISION = "decision", _("決定")


class DeviceKind(TextChoices):
    KIOSK = "kiosk", _("受付端末")
    DISPLAY = "display", _("案内表示")
    DESK = "desk", _("窓口端末")
    HOUSEHOLD = "household", _("回覧板の端末")
    SYSTEM = "system", _("業務システム・RPA")


class FileKind(TextChoices):
    """Why a file is kept."""

    ATTACHMENT = "attachment", _("申請の添付")
    NOTICE = "notice", _("通知書")
    LETTERS = "letters", _("郵送用の印刷物")
    CHECK = "check", _("真正性の確認")
    IMPORT = "import", _("取込ファイル")
    SEAL = "seal", _("公印の画像")
    CASE = "case", _("審査用のファイル")
    REPORT = "report", _("通報の写真")
    EXTRACT = "extract", _("抽出ファイル")
    CAMPAIGN = "campaign", _("一斉通知の名簿")
    ENCLOSURE = "enclosure", _("通知の添付")
    CIRCULAR = "circular", _("回覧の添付")
    BLANK_FORM = "blank_form", _("白紙の様式")


class FileState(TextChoices):
    """Whether a stored file may be handed out. Only `clean` is."""

    PENDING = "pending", _("検査待ち")
    CLEAN = "clean", _("検査済み")
    INFECTED = "infected", _("ウイルス検出")
    REJECTED = "rejected", _("受付不可")


class Lane(TextChoices):
    """`single` work (somebody waits) never queues behind `bulk` work."""

    SINGLE = "single", _("個別")
    BULK = "bulk", _("一括")


class WorkState(TextChoices):
    QUEUED = "queued", _("待機中")
    RUNNING = "running", _("処理中")
    DONE = "done", _("完了")
    FAILED = "failed", _("失敗（再試行待ち）")
    UNCERTAIN = "uncertain", _("結果不明")
    GIVEN_UP = "given_up", _("中止")


class AuditAction(TextChoices):
    """What happened, in words that an auditor searches for."""

    READ = "read", _("閲覧")
    LIST = "list", _("一覧")
    SEARCH = "search", _("検索")
    CREATE = "create", _("登録")
    CHANGE = "change", _("変更")
    DELETE = "delete", _("削除")
    STATE = "state", _("状態の変更")
    EXPORT = "export", _("出力")
    DOWNLOAD = "download", _("ダウンロード")
    IMPORT = "import", _("取込")
    LOGIN = "login", _("ログイン")
    LOGOUT = "logout", _("ログアウト")
    LOGIN_FAILED = "login_failed", _("ログイン失敗")
    PRINT = "print", _("印刷")
