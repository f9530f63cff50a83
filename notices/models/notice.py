"""One addressed message of the city and the evidence of its way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from notices.enums import NoticeState, PaperState, ReceiptKind


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
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="notices"
    )
    recipient = models.ForeignKey(
        "residents.Resident", verbose_name=_("受取人"), on_delete=models.PROTECT, related_name="notices"
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
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    available_at = models.DateTimeField(_("お届け日時"), null=True, blank=True)
    opened_at = models.DateTimeField(_("開封日時"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("確認日時"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("取消日時"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("取消の理由"), max_length=200, blank=True)
    paper_due_at = models.DateTimeField(_("郵送切替予定"), null=True, blank=True)

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
                | (Q(available_at__isnull=False) & Q(document__isnull=False) & ~Q(sha256="")),
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
