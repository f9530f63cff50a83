"""Uploads to the public check page, and what it knows besides the notices."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import CheckResult


class NoticeCheck(Work):
    """One uploaded PDF: its SHA-256 is compared at once, the file is parsed by the worker only when unknown."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("ファイル"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    result = models.CharField(_("結果"), max_length=10, choices=CheckResult, blank=True)
    detail = models.CharField(_("詳細"), max_length=200, blank=True)
    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("通知"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("真正性の確認")
        verbose_name_plural = _("真正性の確認")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return self.public_id


class ProofSheet(models.Model):
    """A proof sheet that was handed out: the file is not kept, its SHA-256 lets anybody check it."""

    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("通知"), on_delete=models.PROTECT, related_name="proof_sheets"
    )
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("記録の証明書")
        verbose_name_plural = _("記録の証明書")

    def __str__(self) -> str:
        return self.sha256
