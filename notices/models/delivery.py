"""Work that makes a notice's document and tells the recipient."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.models import Work
from notices.enums import AlertPurpose, Channel


class DocumentJob(Work):
    """Sets and signs the document of one notice."""

    notice = models.OneToOneField(
        "notices.Notice", verbose_name=_("通知"), on_delete=models.PROTECT, related_name="document_job"
    )

    class Meta:
        verbose_name = _("通知書の作成")
        verbose_name_plural = _("通知書の作成")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M} {self.get_state_display()}"


class OutgoingMail(Work):
    """Every mail of the product; the same Message-ID at every try.

    A body with a code is encrypted, and wiped after sending.
    """

    message_id = models.CharField(_("メールID"), max_length=120, unique=True)
    to = models.EmailField(_("宛先"))
    from_email = models.CharField(_("差出人"), max_length=200)
    subject = models.CharField(_("件名"), max_length=300)
    body = models.TextField(_("本文"), blank=True)
    body_html = models.TextField(_("本文（HTML）"), blank=True)
    headers = models.JSONField(_("ヘッダー"), default=dict)
    is_encrypted = models.BooleanField(_("暗号化"), default=False)
    wiped_at = models.DateTimeField(_("消去日時"), null=True, blank=True)
    # the provider's own name for the mail, by which it tells afterwards what became of it; NULL over SMTP
    provider_reference = models.CharField(_("事業者の受付番号"), max_length=200, null=True, blank=True)

    class Meta:
        verbose_name = _("送信メール")
        verbose_name_plural = _("送信メール")
        constraints = Work.work_constraints()
        indexes = [
            *Work.work_indexes(),
            # what else came back from an address
            models.Index(fields=["to"], name="mail_to"),
            # the sweep that empties old bodies
            models.Index(fields=["created_at"], condition=Q(wiped_at__isnull=True), name="mail_with_body"),
            models.Index(
                fields=["provider_reference"], condition=Q(provider_reference__isnull=False), name="mail_of_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M} {self.subject}"


class Delivery(models.Model):
    """The telling of one notice over one channel for one reason; its state of sending is the mail's or the alert's."""

    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("通知"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    channel = models.CharField(_("経路"), max_length=10, choices=Channel)
    purpose = models.CharField(_("目的"), max_length=10, choices=AlertPurpose, default=AlertPurpose.ARRIVAL)
    # a filing reminder may be sent several times: 1, 2, …
    number = models.PositiveSmallIntegerField(_("回"), default=1)
    mail = models.OneToOneField(
        OutgoingMail, verbose_name=_("メール"), null=True, blank=True, on_delete=models.PROTECT, related_name="delivery"
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("お知らせの送信")
        verbose_name_plural = _("お知らせの送信")
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "purpose", "number"], name="delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.get_channel_display()}"
