"""Words of the resident model that the database stores."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    MALE = "male", _("男")
    FEMALE = "female", _("女")
    UNSTATED = "unstated", _("回答しない・不詳")


class ResidentSource(TextChoices):
    """Where the row comes from. Only `register` rows are written by the register import."""

    REGISTER = "register", _("住民基本台帳")
    SELF = "self", _("本人の登録")
    STAFF = "staff", _("職員の登録")


class ExternalIdKind(TextChoices):
    RESIDENT_NUMBER = "resident_number", _("宛名番号")
    HOUSEHOLD_NUMBER = "household_number", _("世帯番号")


class IdentityLevel(TextChoices):
    """How sure the city is who signs in (weakest first; compare with `rank`)."""

    NONE = "none", _("確認なし")
    EMAIL = "email", _("メールアドレスの確認")
    STAFF = "staff", _("窓口での本人確認")
    CARD = "card", _("マイナンバーカード")

    @property
    def rank(self) -> int:
        return list(IdentityLevel).index(self)


class ConsentKind(TextChoices):
    DIGITAL_NOTICE = "digital_notice", _("通知の電子受領")
    TERMS = "terms", _("利用規約")


class ConsentWay(TextChoices):
    """How somebody said yes or no. What was not said on this site, staff wrote down."""

    ONLINE = "online", _("このサイト")
    COUNTER = "counter", _("窓口")
    TELEPHONE = "telephone", _("電話")
    WRITING = "writing", _("書面（郵便・持参）")


class InvitationState(TextChoices):
    OPEN = "open", _("回答待ち")
    ACCEPTED = "accepted", _("承諾")
    DECLINED = "declined", _("辞退")
    CANCELLED = "cancelled", _("取消し")


class RegisterImportKind(TextChoices):
    FULL = "full", _("全件")
    DIFFERENCE = "difference", _("差分")


class RegisterImportState(TextChoices):
    """`checking` is the dry run; only an import that was checked can be applied."""

    UPLOADED = "uploaded", _("列の対応待ち")
    CHECKING = "checking", _("確認中")
    CHECKED = "checked", _("確認済み（未反映）")
    APPLYING = "applying", _("反映中")
    APPLIED = "applied", _("反映済み")
    REFUSED = "refused", _("取込不可")
