"""What is known of the sign-in to the PKCS#11 token that holds the city's key."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TokenLogin(models.Model):
    """The sign-in with one set of settings, for all processes: a token locks itself after a few wrong PINs.

    One process at a time tries (`trying_until`), and after a refusal (`refused_at`) none does, until other settings
    make another fingerprint or a person says so.
    """

    # keyed hash of library, label and PIN
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    trying_until = models.DateTimeField(null=True, blank=True, editable=False)
    refused_at = models.DateTimeField(_("拒否された日時"), null=True, blank=True)
    is_locked = models.BooleanField(_("トークンのロック"), default=False)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("署名トークンへの接続")
        verbose_name_plural = _("署名トークンへの接続")

    def __str__(self) -> str:
        return str(self.pk)
