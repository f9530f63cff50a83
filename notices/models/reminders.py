"""Reminding those of a campaign who have not filed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.models import Work


class FilingReminder(Work):
    """One round of reminders to everybody of a campaign who opened or not, but has not filed.

    The worker goes through the notices in the order of their ids. `next_notice` is where the next slice starts,
    written in the same transaction as the reminders before it.
    """

    campaign = models.ForeignKey(
        "notices.Campaign", verbose_name=_("一斉通知"), on_delete=models.PROTECT, related_name="filing_reminders"
    )
    number = models.PositiveSmallIntegerField(_("回"))
    next_notice = models.BigIntegerField(_("次の通知"), default=0, editable=False)
    told_count = models.PositiveIntegerField(_("お知らせした人数"), default=0)
    unreached_count = models.PositiveIntegerField(_("お知らせする方法がない人数"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("手続のお願い")
        verbose_name_plural = _("手続のお願い")
        constraints = [
            *Work.work_constraints(),
            models.UniqueConstraint(fields=["campaign", "number"], name="filing_reminder_number_once"),
            # a second click makes no second round
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(finished_at__isnull=True), name="filing_reminder_one_at_a_time"
            ),
        ]
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{self.campaign_id}-{self.number}"
