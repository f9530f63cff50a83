"""What was printed for a visit, and how often."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counter.enums import PrintKind
from counter.models.visits import Visit


class PrintJob(models.Model):
    """Append-only: one time that something was printed. From the second time on the paper says so."""

    visit = models.ForeignKey(
        Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="prints", db_index=False
    )
    kind = models.CharField(_("印刷物"), max_length=10, choices=PrintKind)
    times = models.PositiveSmallIntegerField(_("回"))
    at = models.DateTimeField(_("日時"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("印刷した職員"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("来庁の印刷")
        verbose_name_plural = _("来庁の印刷")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["visit", "kind", "times"], name="print_counted_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind} {self.times}"
