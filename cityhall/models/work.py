"""One item of background work: what is to be done, who has it, until when."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import Lane, WorkState


class Work(models.Model):
    """Base of every table whose rows leave the city or take long (mails, documents, checks).

    A row is claimed in a short transaction by `services.work.claim_due`, which sets `claim_id` and
    `lease_until`; no row lock is held while a peer is talked to. When the lease is over the row may
    be claimed again: what that means (repeat, or ask a person) is the task's own rule.
    """

    lane = models.CharField(_("レーン"), max_length=10, choices=Lane, default=Lane.SINGLE)
    state = models.CharField(_("状態"), max_length=10, choices=WorkState, default=WorkState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("試行回数"), default=0)
    due_at = models.DateTimeField(_("予定日時"), default=timezone.now)
    claim_id = models.UUIDField(_("処理ID"), null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("処理の期限"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("直近の失敗"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    # done, or over until a person says otherwise
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    # not stored: set by claim_due when an earlier claim ran out, so nobody knows how far it came
    lost_lease = False

    class Meta:
        abstract = True

    @staticmethod
    def work_constraints() -> list[models.BaseConstraint]:
        """Constraints every work table carries; names get the table's own label."""
        return [
            models.CheckConstraint(
                condition=~Q(state=WorkState.RUNNING) | (Q(claim_id__isnull=False) & Q(lease_until__isnull=False)),
                name="%(app_label)s_%(class)s_running_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=WorkState.DONE) | Q(finished_at__isnull=False),
                name="%(app_label)s_%(class)s_done_has_time",
            ),
        ]

    @staticmethod
    def work_indexes() -> list[models.Index]:
        """The index `claim_due` reads (open work by lane and time) and that of the failures page.

        The first one's condition is a column's NULL, because SQLite uses a partial index only when the query
        holds the very same words; a list of states comes as parameters.
        """
        return [
            models.Index(
                fields=["lane", "due_at", "id"],
                condition=Q(finished_at__isnull=True),
                name="%(class)s_due",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=[WorkState.FAILED, WorkState.UNCERTAIN, WorkState.GIVEN_UP]),
                name="%(class)s_failed",
            ),
        ]

    def failed_for_good(self) -> bool:
        """Whether only a person can move it on."""
        return self.state in (WorkState.GIVEN_UP, WorkState.UNCERTAIN)

    def describe(self) -> dict[str, Any]:
        """What a log line may say of it: no personal data."""
        return {"work": self._meta.label, "id": self.pk, "state": self.state, "attempts": self.attempts}
