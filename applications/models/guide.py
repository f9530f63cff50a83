"""The guide to procedures (手続ガイド): questions and rules of a life event, and answers shared by a code."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class GuideVersion(models.Model):
    """The frozen questions and rules of one life event (docs/guide.md). A database trigger refuses changes."""

    life_event = models.ForeignKey(
        "applications.LifeEvent", verbose_name=_("ライフイベント"), on_delete=models.PROTECT, related_name="guides"
    )
    number = models.PositiveIntegerField(_("版"))
    definition = models.JSONField(_("定義"))
    sha256 = models.CharField(max_length=64)
    change_note = models.CharField(_("変更内容"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登録者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("手続ガイド（版）")
        verbose_name_plural = _("手続ガイド（版）")
        ordering = ["life_event", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["life_event", "number"], name="guide_version_number_unique"),
            models.UniqueConstraint(fields=["life_event", "sha256"], name="guide_version_content_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.life_event} 第{self.number}版"


class SharedGuide(models.Model):
    """Answers to a guide kept for whoever has the code. Without the code the row says nothing of anybody."""

    # HMAC of the code: the database alone does not open it
    lookup = models.CharField(max_length=64, unique=True, editable=False)
    version = models.ForeignKey(GuideVersion, verbose_name=_("版"), on_delete=models.PROTECT, related_name="+")
    # encrypted with a key derived from the code and a key of the server
    answers = models.TextField(_("回答（暗号化）"), editable=False)
    created_at = models.DateTimeField(_("保存日時"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("期限"), db_index=True)

    class Meta:
        verbose_name = _("保存された手続ガイドの結果")
        verbose_name_plural = _("保存された手続ガイドの結果")

    def __str__(self) -> str:
        return f"{self.version_id} {timezone.localtime(self.created_at):%Y-%m-%d}"
