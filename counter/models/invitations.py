"""An account offered at the desk, where it was just seen who somebody is."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from counter.models.visits import Visit


class AccountInvitation(models.Model):
    """One code for one account. It is taken up on the person's own telephone, and in force once the desk says so.

    Who took it up stands here only until the desk has answered: afterwards the record of the person says it.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    visit = models.ForeignKey(Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="invitations")
    # of the code, which stands nowhere else
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField(_("招待日時"), default=timezone.now)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("招待した職員"), on_delete=models.PROTECT, related_name="+"
    )
    ends_at = models.DateTimeField(_("期限"))
    claimed_at = models.DateTimeField(_("登録日時"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("登録した利用者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    wants_digital = models.BooleanField(_("デジタル通知に同意"), default=False)
    confirmed_at = models.DateTimeField(_("窓口で確かめた日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("利用者登録への招待")
        verbose_name_plural = _("利用者登録への招待")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_at__isnull=False, confirmed_at__isnull=True),
                name="invitation_names_nobody_once_answered",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(claimed_at__isnull=False),
                name="invitation_confirmed_was_claimed",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
