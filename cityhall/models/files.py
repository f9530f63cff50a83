"""The only way to disk or object storage."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import FileKind, FileState
from cityhall.ids import public_id


class StoredFile(models.Model):
    """One immutable file. Written and synced before the row is committed; files without a row are swept."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("用途"), max_length=20, choices=FileKind)
    path = models.CharField(_("保存場所"), max_length=120, unique=True, editable=False)
    name = models.CharField(_("ファイル名"), max_length=255)
    content_type = models.CharField(_("形式"), max_length=100)
    size = models.PositiveBigIntegerField(_("大きさ（バイト）"))
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(_("検査"), max_length=20, choices=FileState, default=FileState.PENDING)
    checked_at = models.DateTimeField(_("検査日時"), null=True, blank=True)
    # counted before each check, so that a file that kills the worker is put off like one without a verdict
    check_attempts = models.PositiveSmallIntegerField(_("検査の回数"), default=0, editable=False)
    check_due_at = models.DateTimeField(_("検査予定日時"), default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登録者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    delete_after = models.DateTimeField(_("削除予定"), null=True, blank=True)

    class Meta:
        verbose_name = _("保存ファイル")
        verbose_name_plural = _("保存ファイル")
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_not_empty"),
        ]
        indexes = [
            models.Index(fields=["check_due_at"], condition=Q(state="pending"), name="stored_file_check_due"),
            models.Index(
                fields=["delete_after"], condition=Q(delete_after__isnull=False), name="stored_file_to_delete"
            ),
        ]

    def __str__(self) -> str:
        return self.name
