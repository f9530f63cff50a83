"""One addressed message of the city and the evidence of its way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from notices.enums import Channel, InboxCategory, NoticeState, PaperState, ReceiptKind
from residents.enums import IdentityLevel


class Notice(models.Model):
    """A notice to one recipient about one person (often the same).

    `state` is the digital way, `paper_state` the letter beside it. The text is fixed when the notice
    is made; it becomes `available` when its signed document is stored.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    # public number with check digit; a key to nothing by itself
    number = models.CharField(_("通知番号"), max_length=20, unique=True, editable=False)
    document_number = models.CharField(_("文書番号"), max_length=40, blank=True, help_text=_("例: 緑子第1234号"))
    version = models.ForeignKey(
        "notices.NoticeTypeVersion", verbose_name=_("通知文の版"), on_delete=models.PROTECT, related_name="notices"
    )
    # every index is work for a hundred thousand rows at once: those below that begin with these two serve them
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    recipient = models.ForeignKey(
        "residents.Resident", verbose_name=_("受取人"), on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    subject = models.ForeignKey(
        "residents.Resident", verbose_name=_("対象の住民"), on_delete=models.PROTECT, related_name="notices_about"
    )
    # as it stood when the notice was made: a letter printed later goes where the decision went
    recipient_name = models.CharField(_("宛名"), max_length=240)
    recipient_postal_code = models.CharField(_("宛先の郵便番号"), max_length=7, blank=True)
    recipient_address = models.CharField(_("宛先の住所"), max_length=400, blank=True)
    # the part after the town (番地): what the customer bar code is made of
    recipient_street = models.CharField(_("宛先の番地"), max_length=120, blank=True)
    recipient_building = models.CharField(_("宛先の建物名"), max_length=120, blank=True)
    subject_name = models.CharField(_("対象者"), max_length=240)
    title = models.CharField(_("表題"), max_length=120)
    body = models.TextField(_("本文"))
    # the table under the text: [{"label": "受付番号", "text": "1234-5678-901"}]
    particulars = models.JSONField(_("記載事項"), default=list, blank=True)
    appeal_text = models.TextField(_("教示"), blank=True)
    issued_on = models.DateField(_("発行日"))
    translations = models.JSONField(_("翻訳"), default=dict, blank=True)
    inbox_category = models.CharField(
        _("受信箱の分類"), max_length=10, choices=InboxCategory, default=InboxCategory.OTHER
    )
    action_kind = models.CharField(_("ボタンの行き先の種類"), max_length=20, blank=True)
    action_target = models.CharField(_("ボタンの行き先"), max_length=80, blank=True)
    action_label = models.CharField(_("ボタンの文字"), max_length=60, blank=True)
    action_values = models.JSONField(_("ボタンで引き継ぐ値"), default=dict, blank=True)
    # encrypted; shown only after opening (the code of an outside scheme)
    one_time_code = models.TextField(_("番号（暗号化）"), blank=True, editable=False)
    campaign = models.ForeignKey(
        "notices.Campaign",
        verbose_name=_("一斉通知"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
        db_index=False,
    )
    is_practice = models.BooleanField(_("体験"), default=False)
    # what it answers, as text: notices do not know applications
    source_type = models.CharField(_("もとの種類"), max_length=40, blank=True)
    source_id = models.CharField(_("もとのID"), max_length=40, blank=True)
    source_label = models.CharField(_("もとの名称"), max_length=120, blank=True)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    state = models.CharField(_("状態"), max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    paper_state = models.CharField(_("郵送"), max_length=10, choices=PaperState, default=PaperState.NONE)
    # law wants the letter whatever is opened: no consent to digital notices, or nobody who could open it
    paper_required = models.BooleanField(_("書面が必要"), default=False)
    document = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("通知書"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("作成者"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    available_at = models.DateTimeField(_("お届け日時"), null=True, blank=True)
    opened_at = models.DateTimeField(_("開封日時"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("確認日時"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("再度のお知らせの日時"), null=True, blank=True)
    # somebody filed, booked or answered what the button leads to
    acted_at = models.DateTimeField(_("手続をした日時"), null=True, blank=True)
    archived_at = models.DateTimeField(_("保管した日時"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("取消日時"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("取消の理由"), max_length=200, blank=True)
    reminder_due_at = models.DateTimeField(_("再度のお知らせの予定"), null=True, blank=True)
    paper_due_at = models.DateTimeField(_("郵送切替予定"), null=True, blank=True)
    # NULL while the rule of the kind waits for the opening
    effective_on = models.DateField(_("効力が生じる日"), null=True, blank=True)
    # the text is forgotten after this day; hash and evidence stay
    keep_until = models.DateField(_("保存期限"), null=True, blank=True)
    wiped_at = models.DateTimeField(_("内容の消去日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        permissions = [
            ("withdraw_notice", _("通知を取り消せる")),
            ("view_failures", _("失敗した処理を見られる")),
            ("retry_failures", _("失敗した処理を再試行できる")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[NoticeState.DRAFT, NoticeState.WITHDRAWN])
                | (
                    Q(available_at__isnull=False)
                    & (Q(document__isnull=False) | Q(wiped_at__isnull=False))
                    & ~Q(sha256="")
                ),
                name="notice_available_has_document",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[NoticeState.OPENED, NoticeState.CONFIRMED]) | Q(opened_at__isnull=False),
                name="notice_opened_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="notice_confirmed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="notice_withdrawn_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_of_recipient"),
            models.Index(fields=["department", "-id"], name="notice_of_department"),
            models.Index(fields=["source_type", "source_id"], name="notice_of_source"),
            # the clock that turns unread notices into letters
            models.Index(
                fields=["paper_due_at"],
                condition=Q(state="available", paper_state="none", paper_due_at__isnull=False),
                name="notice_paper_clock",
            ),
            models.Index(fields=["department", "id"], condition=Q(paper_state="due"), name="notice_paper_due"),
            models.Index(
                fields=["reminder_due_at"],
                condition=Q(state="available", reminded_at__isnull=True, reminder_due_at__isnull=False),
                name="notice_reminder_clock",
            ),
            models.Index(fields=["keep_until"], condition=Q(wiped_at__isnull=True), name="notice_retention"),
            # the list of a campaign and its counts; most notices belong to none
            models.Index(
                fields=["campaign", "state", "paper_state", "id"],
                condition=Q(campaign__isnull=False),
                name="notice_of_campaign",
            ),
            # the filters of the staff list; most notices never become a letter
            models.Index(fields=["department", "state", "-id"], name="notice_of_state"),
            models.Index(
                fields=["department", "paper_state", "-id"], condition=~Q(paper_state="none"), name="notice_of_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ReceiptEvent(models.Model):
    """Evidence: append-only, with the time it happened and the time it was recorded."""

    notice = models.ForeignKey(Notice, verbose_name=_("通知"), on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(_("内容"), max_length=15, choices=ReceiptKind)
    occurred_at = models.DateTimeField(_("発生日時"))
    recorded_at = models.DateTimeField(_("記録日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    # how sure the city was of the actor, which way it went, and the document it speaks of (as they stood then)
    identity_level = models.CharField(_("本人確認レベル"), max_length=10, choices=IdentityLevel, blank=True)
    channel = models.CharField(_("経路"), max_length=10, choices=Channel, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    detail = models.CharField(_("詳細"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("受領・開封記録")
        verbose_name_plural = _("受領・開封記録")
        # in the order they were written, also where a template walks through them
        ordering = ["id"]
        indexes = [models.Index(fields=["notice", "id"], name="receipt_of_notice")]
        constraints = [
            # opening twice is one opening
            models.UniqueConstraint(
                fields=["notice", "kind"],
                condition=Q(kind__in=["available", "opened", "confirmed", "withdrawn"]),
                name="receipt_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.occurred_at):%Y-%m-%d %H:%M}"


class NoticeFile(models.Model):
    """A file enclosed with one notice: one of its version, or this person's own."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    notice = models.ForeignKey(Notice, verbose_name=_("通知"), on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("順番"), default=0)

    class Meta:
        verbose_name = _("通知の添付")
        verbose_name_plural = _("通知の添付")
        constraints = [models.UniqueConstraint(fields=["notice", "file"], name="notice_file_once")]

    def __str__(self) -> str:
        return f"{self.notice_id}-{self.position}"


class NoticeReply(models.Model):
    """What a recipient answers to a notice that allows it; staff answer below it."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    notice = models.ForeignKey(Notice, verbose_name=_("通知"), on_delete=models.PROTECT, related_name="replies")
    body = models.TextField(_("本文"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("書いた人"), on_delete=models.PROTECT, related_name="+"
    )
    is_from_staff = models.BooleanField(_("市から"), default=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    created_at = models.DateTimeField(_("日時"), default=timezone.now, editable=False)
    # when staff have dealt with it
    handled_at = models.DateTimeField(_("対応日時"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("対応した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("通知への返信")
        verbose_name_plural = _("通知への返信")
        indexes = [
            models.Index(fields=["notice", "id"], name="reply_of_notice"),
            models.Index(
                fields=["id"], condition=Q(handled_at__isnull=True, is_from_staff=False), name="reply_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
