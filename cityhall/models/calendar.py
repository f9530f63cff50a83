"""Days on which the city hall is closed beyond weekends and national holidays."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosedDay(models.Model):
    """One closed day of the whole city hall (year-end, local holiday, emergency)."""

    date = models.DateField(_("日付"), unique=True)
    name = models.CharField(_("理由"), max_length=60)

    class Meta:
        verbose_name = _("閉庁日")
        verbose_name_plural = _("閉庁日")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"
