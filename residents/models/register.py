"""Runs of the import of the city's register of residents (住民基本台帳)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.enums import RegisterImportKind, RegisterImportState


class RegisterImport(models.Model):
    """One file, checked first (dry run) and then applied; applying it twice changes nothing."""

    kind = models.CharField(_("種類"), max_length=12, choices=RegisterImportKind)
    state = models.CharField(_("状態"), max_length=10, choices=RegisterImportState, default=RegisterImportState.CHECKED)
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("ファイル"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    encoding = models.CharField(_("文字コード"), max_length=20)
    mapping = models.JSONField(_("列の対応"), default=dict)
    as_of = models.DateField(_("データの基準日"))
    rows = models.PositiveIntegerField(_("行数"), default=0)
    created = models.PositiveIntegerField(_("新規"), default=0)
    changed = models.PositiveIntegerField(_("変更"), default=0)
    unchanged = models.PositiveIntegerField(_("変更なし"), default=0)
    ended = models.PositiveIntegerField(_("転出・死亡"), default=0)
    problem_count = models.PositiveIntegerField(_("問題のある行"), default=0)
    # the first thousand: [{"row": 2, "field": "birth_date", "message": "…"}], without the value
    problems = models.JSONField(_("問題"), default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now)
    applied_at = models.DateTimeField(_("反映日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("住民データの取込")
        verbose_name_plural = _("住民データの取込")
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="applying"), name="register_import_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False), name="register_import_applied_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.as_of}"
