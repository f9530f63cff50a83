"""Disposal of cases whose time of keeping is over (廃棄): listed by one person, agreed to by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DisposalState
from cityhall.ids import public_id
from cityhall.models import Work


class Disposal(models.Model):
    """One list of cases to be disposed of."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="disposals"
    )
    # cases whose time of keeping was over on this day
    as_of = models.DateField(_("基準日"))
    state = models.CharField(_("状態"), max_length=10, choices=DisposalState, default=DisposalState.PLANNED)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("承認者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("承認日時"), null=True, blank=True)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("廃棄")
        verbose_name_plural = _("廃棄")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[DisposalState.PLANNED, DisposalState.CANCELLED])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="disposal_approved_before_done",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("planned_by")),
                name="disposal_approved_by_another",
                violation_error_message=_("作成した本人は承認できません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.as_of}"


class DisposalRow(Work):
    """One case of a disposal; what is left of it afterwards is a line with number, procedure, dates and decision."""

    disposal = models.ForeignKey(Disposal, verbose_name=_("廃棄"), on_delete=models.CASCADE, related_name="rows")
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="disposal_rows"
    )

    # why it was left out when its turn came: reopened, held or written on after the list was made
    skipped_reason = models.CharField(_("廃棄しなかった理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("廃棄する申請")
        verbose_name_plural = _("廃棄する申請")
        constraints = [
            *Work.work_constraints(),
            models.UniqueConstraint(fields=["disposal", "application"], name="disposal_case_once"),
        ]
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{self.disposal_id} {self.application_id}"


class DisposalMark(models.Model):
    """That the frozen rows of a case, a proposal or a fee may go: their triggers ask this table. Append-only.

    Written by the disposal of an approved list and by nothing else.
    """

    row = models.ForeignKey(DisposalRow, verbose_name=_("廃棄する申請"), on_delete=models.PROTECT, related_name="marks")
    table = models.CharField(_("表"), max_length=60)
    object_id = models.BigIntegerField(_("行"))

    class Meta:
        verbose_name = _("廃棄の印")
        verbose_name_plural = _("廃棄の印")
        constraints = [models.UniqueConstraint(fields=["table", "object_id"], name="disposal_mark_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.object_id}"
