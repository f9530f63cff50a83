"""Machines of the city hall that work without a person signed in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.enums import DeviceKind
from cityhall.ids import public_id


class Device(models.Model):
    """A kiosk, display or desk tablet, paired by a short code that staff type into it once."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("種類"), max_length=20, choices=DeviceKind)
    name = models.CharField(_("名前"), max_length=60)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="devices",
    )
    # SHA-256 of the codes: the database alone pairs nothing
    pairing_code_hash = models.CharField(
        _("接続コードのハッシュ"), max_length=64, null=True, blank=True, editable=False
    )
    pairing_expires_at = models.DateTimeField(_("接続コードの期限"), null=True, blank=True, editable=False)
    pairing_tries = models.PositiveSmallIntegerField(_("接続の試行回数"), default=0, editable=False)
    token_hash = models.CharField(_("端末トークンのハッシュ"), max_length=64, null=True, blank=True, editable=False)
    paired_at = models.DateTimeField(_("接続日時"), null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField(_("最終通信"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("無効化日時"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("端末")
        verbose_name_plural = _("端末")
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], condition=Q(token_hash__isnull=False), name="device_token_unique"
            ),
            models.UniqueConstraint(
                fields=["pairing_code_hash"],
                condition=Q(pairing_code_hash__isnull=False),
                name="device_pairing_code_unique",
            ),
            models.CheckConstraint(
                condition=Q(token_hash__isnull=True) | Q(paired_at__isnull=False), name="device_token_only_when_paired"
            ),
        ]

    def __str__(self) -> str:
        return self.name
