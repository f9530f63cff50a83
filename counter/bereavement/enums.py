"""Words of the corner that the database stores, and the allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BereavementState(TextChoices):
    DRAFT = "draft", _("入力中")
    SENT = "sent", _("届いています")
    PREPARING = "preparing", _("各課で準備中")
    CLOSED = "closed", _("ご案内済み")
    WITHDRAWN = "withdrawn", _("取り下げ")


BEREAVEMENT_MOVES: dict[BereavementState, frozenset[BereavementState]] = {
    BereavementState.DRAFT: frozenset({BereavementState.SENT, BereavementState.WITHDRAWN}),
    # what is sent may be sent again, changed
    BereavementState.SENT: frozenset(
        {BereavementState.SENT, BereavementState.PREPARING, BereavementState.CLOSED, BereavementState.WITHDRAWN}
    ),
    BereavementState.PREPARING: frozenset(
        {BereavementState.PREPARING, BereavementState.CLOSED, BereavementState.WITHDRAWN}
    ),
    # the family comes back with a paper that was missing
    BereavementState.CLOSED: frozenset({BereavementState.PREPARING}),
    # taken back, and given anew for the same booking
    BereavementState.WITHDRAWN: frozenset({BereavementState.DRAFT}),
}
"""`services.bereavements` is the only writer."""
OPEN = frozenset({BereavementState.DRAFT, BereavementState.SENT, BereavementState.PREPARING})
READY = frozenset({BereavementState.SENT, BereavementState.PREPARING})
"""The family has agreed that departments read what they need."""


class Finding(TextChoices):
    """What a department found when it looked something up."""

    NONE = "", _("未回答")
    YES = "yes", _("該当あり")
    NO = "no", _("該当なし")
    ASK = "ask", _("当日に確認")


class StepState(TextChoices):
    """What becomes of one procedure of the list at the one desk."""

    OPEN = "open", _("これから")
    DONE = "done", _("済み")
    NOT_NEEDED = "not_needed", _("不要")
    LATER = "later", _("後日、市役所で")
    ELSEWHERE = "elsewhere", _("市役所以外で")


class StepOrigin(TextChoices):
    """How a procedure came onto the list."""

    ANSWERS = "answers", _("ご家族の回答から")
    DEPARTMENT = "department", _("担当課の調査から")
    STAFF = "staff", _("窓口で追加")


class BereavementEventKind(TextChoices):
    BEGUN = "begun", _("入力を開始")
    SENT = "sent", _("ご家族の回答を受け取り")
    PREPARED = "prepared", _("準備票を作成")
    ANSWERED = "answered", _("準備票に回答")
    PRINTED = "printed", _("印刷")
    STEP = "step", _("手続の一覧を変更")
    MOVED = "moved", _("予約の日時が変更")
    CLOSED = "closed", _("ご案内書をお渡し")
    REOPENED = "reopened", _("受付を再開")
    WITHDRAWN = "withdrawn", _("取り下げ")
    WIPED = "wiped", _("消去")
