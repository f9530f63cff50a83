"""Letters for those who did not open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import LetterRunState


class LetterRun(Work):
    """One PDF of many letters: claimed from `due`, printed, posted. `state` is the work, `run_state` the run."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letter_runs",
    )
    run_state = models.CharField(
        _("印刷・発送"), max_length=10, choices=LetterRunState, default=LetterRunState.BUILDING
    )
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    file = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("ファイル"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    count = models.PositiveIntegerField(_("通数"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField(_("印刷日時"), null=True, blank=True)
    posted_at = models.DateTimeField(_("発送日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("郵送の回")
        verbose_name_plural = _("郵送の回")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class LetterRunItem(models.Model):
    """One letter of a run. A name that no font can print stops that letter only and goes to a person."""

    run = models.ForeignKey(LetterRun, verbose_name=_("郵送の回"), on_delete=models.PROTECT, related_name="items")
    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("通知"), on_delete=models.PROTECT, related_name="letters"
    )
    position = models.PositiveIntegerField(_("順番"))
    problem = models.CharField(_("印刷できない理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("郵送する手紙")
        verbose_name_plural = _("郵送する手紙")
        constraints = [
            models.UniqueConstraint(fields=["run", "notice"], name="letter_once_per_run"),
            models.UniqueConstraint(fields=["run", "position"], name="letter_position_unique"),
        ]
        indexes = [
            # the few that a person must look at
            models.Index(fields=["id"], condition=~Q(problem=""), name="letter_with_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}-{self.position}"
