"""Who did or read what. Append-only; sealed in batches with a key outside the database."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import AuditAction


class AuditEvent(models.Model):
    """One event. Names of changed fields, never their values; the target as text, so that it outlives the row.

    `position` and `seal` are empty until the worker seals the event: chaining inside the writing
    transaction would make all writers wait for each other.
    """

    at = models.DateTimeField(_("日時"), default=timezone.now, editable=False)
    action = models.CharField(_("操作"), max_length=20, choices=AuditAction)
    detail = models.CharField(_("内容"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(_("操作者名"), max_length=120, blank=True)
    on_behalf_of = models.CharField(_("本人"), max_length=160, blank=True)
    department_code = models.CharField(_("課コード"), max_length=30, blank=True)
    target_type = models.CharField(_("対象の種類"), max_length=60, blank=True)
    target_id = models.CharField(_("対象のID"), max_length=60, blank=True)
    target_label = models.CharField(_("対象"), max_length=160, blank=True)
    object_ids = models.JSONField(_("一覧の対象"), default=list)
    changed_fields = models.JSONField(_("変更項目"), default=list)
    request_id = models.CharField(_("要求ID"), max_length=40, blank=True)
    position = models.BigIntegerField(_("封印の順番"), null=True, unique=True, editable=False)
    seal = models.CharField(_("封印"), max_length=64, null=True, editable=False)

    class Meta:
        verbose_name = _("監査記録")
        verbose_name_plural = _("監査記録")
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="audit_by_target"),
            models.Index(fields=["actor", "id"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
            # the sealer's work list
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="audit_unsealed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__isnull=True, seal__isnull=True) | Q(position__isnull=False, seal__isnull=False),
                name="audit_seal_has_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M:%S} {self.get_action_display()} {self.target_label}"


class AuditSeal(models.Model):
    """The end of one sealed batch: losing the newest events shows against it, and against its printed copy."""

    last_position = models.BigIntegerField(_("最後の順番"), unique=True)
    count = models.PositiveIntegerField(_("件数"))
    seal = models.CharField(_("封印"), max_length=64)
    sealed_at = models.DateTimeField(_("封印日時"), default=timezone.now)

    class Meta:
        verbose_name = _("監査記録の封印")
        verbose_name_plural = _("監査記録の封印")

    def __str__(self) -> str:
        return f"{self.last_position} {timezone.localtime(self.sealed_at):%Y-%m-%d %H:%M}"
