"""Certificates asked for at a desk: who asks, and whether each was handed over."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from counter.enums import IssueState, Relation
from counter.models.visits import Visit


class CertificateOrder(models.Model):
    """Who asks for the certificates of a visit, and whether it is for them alone. Words are wiped with it."""

    visit = models.OneToOneField(
        Visit, verbose_name=_("来庁"), on_delete=models.CASCADE, related_name="certificate_order"
    )
    # served the short way; off once the person needed something else besides, then only who asks is kept
    is_short = models.BooleanField(_("証明書だけの来庁"), default=True)
    relation = models.CharField(_("請求する方"), max_length=10, choices=Relation, default=Relation.SELF)
    # of third parties: why they need it (正当な理由)
    reason = models.CharField(_("請求の理由"), max_length=120, blank=True)
    # whose certificate it is, where that is not the person of the visit: as whoever asks says it
    subject_name = models.CharField(_("対象の方の氏名"), max_length=120, blank=True)
    subject_kana = models.CharField(_("対象の方のフリガナ"), max_length=120, blank=True)
    # as `residents.dates.PartialDate` writes it: parts of it may be unknown
    subject_birth = models.CharField(_("対象の方の生年月日"), max_length=20, blank=True)
    subject_address = models.CharField(_("対象の方の住所"), max_length=200, blank=True)
    subject = models.CharField(_("対象の方について、ほかに分かること"), max_length=120, blank=True)
    # found in the register by staff
    subject_resident = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("対象の住民"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # somebody among them is protected (支援措置): the superior who was asked before anything went on
    confirmed_by = models.CharField(_("確認した上席の氏名"), max_length=60, blank=True)
    # the form of who asks as it stands while somebody types, right or wrong; emptied when it is said
    typed = models.JSONField(_("入力中の請求者"), default=dict, blank=True)

    class Meta:
        verbose_name = _("証明書の受付")
        verbose_name_plural = _("証明書の受付")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.relation}"

    @property
    def subject_line(self) -> str:
        """Whose certificate it is, as it was said; "" where it is that of the person of the visit."""
        birth = _("%(day)s生") % {"day": self.subject_birth} if self.subject_birth else ""
        said = (self.subject_name, self.subject_kana, birth, self.subject_address, self.subject)
        return "　".join(str(one) for one in said if one)


class CertificateIssue(models.Model):
    """One case whose certificate is handed out at once. State moves only in `services.issues`."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    visit = models.ForeignKey(Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="certificates")
    application = models.OneToOneField(
        "applications.Application", verbose_name=_("申請"), on_delete=models.CASCADE, related_name="certificate_issue"
    )
    # of all kinds of the form together; none where the form does not ask
    copies = models.PositiveSmallIntegerField(_("通数"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=IssueState, default=IssueState.WAITING)
    received_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    over_at = models.DateTimeField(_("交付・取消の日時"), null=True, blank=True)
    over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("交付・取消をした職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.CharField(_("取り消した理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("証明書の交付")
        verbose_name_plural = _("証明書の交付")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=IssueState.WAITING, over_at__isnull=True, over_by__isnull=True)
                | (~Q(state=IssueState.WAITING) & Q(over_at__isnull=False, over_by__isnull=False)),
                name="certificate_over_says_when_and_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=IssueState.CANCELLED) | ~Q(reason=""),
                name="certificate_cancelled_has_reason",
                violation_error_message=_("取り消す理由を入力してください。"),
            ),
        ]
        indexes = [
            # the list of what is still to be handed over is short, whatever was handed over before
            models.Index(fields=["id"], condition=Q(state=IssueState.WAITING), name="certificate_waiting"),
            models.Index(fields=["visit", "id"], name="certificate_of_visit"),
            models.Index(fields=["over_at"], condition=Q(over_at__isnull=False), name="certificate_over"),
        ]

    def __str__(self) -> str:
        return self.public_id
