"""How sure the city is of a person, what they agreed to, and who may act for them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from residents.enums import ConsentKind, ConsentWay, IdentityLevel


class IdentityProof(models.Model):
    """One successful proof of identity. A copy of what was proven; the register's spelling is never changed by it."""

    resident = models.ForeignKey(
        "residents.Resident", verbose_name=_("住民"), on_delete=models.PROTECT, related_name="identity_proofs"
    )
    provider = models.CharField(_("確認方法"), max_length=40)
    level = models.CharField(_("本人確認レベル"), max_length=10, choices=IdentityLevel)
    proven_at = models.DateTimeField(_("確認日時"), default=timezone.now)
    name = models.CharField(_("氏名"), max_length=240, blank=True)
    address = models.CharField(_("住所"), max_length=400, blank=True)
    birth_date = models.DateField(_("生年月日"), null=True, blank=True)
    sex = models.CharField(_("性別"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("本人確認の記録")
        verbose_name_plural = _("本人確認の記録")
        indexes = [models.Index(fields=["resident", "-proven_at"], name="identity_proof_latest")]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {timezone.localtime(self.proven_at):%Y-%m-%d}"


class Consent(models.Model):
    """Consent given or withdrawn. Append-only: the newest row of a kind counts."""

    resident = models.ForeignKey(
        "residents.Resident", verbose_name=_("住民"), on_delete=models.PROTECT, related_name="consents"
    )
    kind = models.CharField(_("種類"), max_length=20, choices=ConsentKind)
    text_version = models.CharField(_("同意文の版"), max_length=20)
    is_given = models.BooleanField(_("同意"))
    at = models.DateTimeField(_("日時"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    way = models.CharField(_("申出の方法"), max_length=10, choices=ConsentWay, default=ConsentWay.ONLINE)
    # what staff wrote down of somebody who said so elsewhere
    said_on = models.DateField(_("申出の日"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("同意の記録")
        verbose_name_plural = _("同意の記録")
        indexes = [models.Index(fields=["resident", "kind", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, on: dt.date) -> "MandateQuerySet":
        """Not revoked, begun, and not over on a day."""
        return self.filter(revoked_at__isnull=True, valid_from__lte=on).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on)
        )


class Mandate(models.Model):
    """The right of one person (agent) to act for another (principal) in some procedures, or in all."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    principal = models.ForeignKey(
        "residents.Resident", verbose_name=_("本人"), on_delete=models.PROTECT, related_name="mandates_given"
    )
    agent = models.ForeignKey(
        "residents.Resident", verbose_name=_("代理人"), on_delete=models.PROTECT, related_name="mandates_held"
    )
    # keys, not foreign keys: residents do not know procedures; an empty list means every procedure
    procedure_keys = models.JSONField(_("対象の手続"), default=list, blank=True)
    evidence = models.CharField(_("根拠"), max_length=200, help_text=_("委任状、親権者、後見登記 など"))
    valid_from = models.DateField(_("開始日"))
    valid_until = models.DateField(_("終了日"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("取消日時"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("代理権")
        verbose_name_plural = _("代理権")
        constraints = [
            models.CheckConstraint(
                condition=~Q(principal=F("agent")),
                name="mandate_between_two_people",
                violation_error_message=_("本人と代理人は別の人にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="mandate_ends_after_start",
                violation_error_message=_("終了日は開始日以降にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} → {self.principal}"

    def covers(self, procedure_key: str) -> bool:
        """Whether the mandate is for this procedure."""
        return not self.procedure_keys or procedure_key in self.procedure_keys
