"""Cases on their way from the counter to the back office: core systems and RPA."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from counter.enums import HandOverEventKind, HandOverKind, HandOverOutcome


class HandOver(Work):
    """One case in the outbox, or that it is cancelled. As `Work` it is the file that is dropped; `outcome` is what the
    back office says.

    The content is made when it is asked for: nothing personal is stored twice. `outcome` moves only in
    `services.hand_overs`.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("種類"), max_length=10, choices=HandOverKind, default=HandOverKind.CASE)
    application = models.ForeignKey(
        "applications.Application",
        verbose_name=_("申請"),
        on_delete=models.CASCADE,
        related_name="hand_overs",
        # the constraint has the same column first
        db_index=False,
    )
    # how often it was put into the outbox: an error that was mended makes it go out again
    times = models.PositiveSmallIntegerField(_("引き渡しの回数"), default=1)
    outcome = models.CharField(_("結果"), max_length=10, choices=HandOverOutcome, default=HandOverOutcome.OPEN)
    outcome_at = models.DateTimeField(_("結果の日時"), null=True, blank=True)
    # the program that took it or gave it back
    system = models.ForeignKey(
        "cityhall.Device",
        verbose_name=_("業務システム"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reference = models.CharField(_("業務システムの番号"), max_length=60, blank=True)
    reason = models.CharField(_("戻った理由"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("業務システムへの引き渡し")
        verbose_name_plural = _("業務システムへの引き渡し")
        constraints = [
            *Work.work_constraints(),
            models.UniqueConstraint(fields=["application", "kind"], name="hand_over_once_of_each_kind"),
            models.CheckConstraint(
                condition=Q(outcome=HandOverOutcome.OPEN) | Q(outcome_at__isnull=False),
                name="hand_over_outcome_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=HandOverOutcome.RETURNED) | ~Q(reason=""),
                name="hand_over_returned_has_reason",
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="hand_over_counts_from_one"),
        ]
        indexes = [
            *Work.work_indexes(),
            models.Index(fields=["id"], condition=Q(outcome="open"), name="hand_over_open"),
            models.Index(fields=["id"], condition=Q(outcome="returned"), name="hand_over_returned"),
        ]

    def __str__(self) -> str:
        return self.public_id


class HandOverEvent(models.Model):
    """Append-only: what became of a case in the outbox. No personal data in `detail`."""

    hand_over = models.ForeignKey(
        HandOver, verbose_name=_("引き渡し"), on_delete=models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(_("出来事"), max_length=15, choices=HandOverEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    system = models.ForeignKey(
        "cityhall.Device",
        verbose_name=_("業務システム"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    detail = models.CharField(_("内容"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("引き渡しの記録")
        verbose_name_plural = _("引き渡しの記録")
        ordering = ["id"]
        indexes = [models.Index(fields=["hand_over", "id"], name="event_of_hand_over")]

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.kind}"
