"""All procedures of the city, online or not (棚卸): how many a year, and what keeps them from being online."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import InventoryChannel, MeetingReason, OnlinePlan


class InventoryItem(models.Model):
    """A procedure of the city as the inventory knows it; linked where this portal offers it."""

    # the number the city gives it; rows of a file are matched by it
    code = models.CharField(_("整理番号"), max_length=40, unique=True)
    name = models.CharField(_("手続名"), max_length=200)
    name_kana = models.CharField(_("ふりがな"), max_length=300, blank=True)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("所管課"), on_delete=models.PROTECT, related_name="inventory"
    )
    procedure = models.OneToOneField(
        "applications.Procedure",
        verbose_name=_("手続（このポータル）"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="inventory_item",
    )
    legal_basis = models.CharField(_("根拠法令"), max_length=200, blank=True)
    needs_seal = models.BooleanField(_("押印が必要"), default=False)
    meeting_reason = models.CharField(
        _("対面が必要な理由"), max_length=20, choices=MeetingReason, default=MeetingReason.NONE, blank=True
    )
    legal_bar = models.CharField(_("法令上の支障"), max_length=200, blank=True)
    plan = models.CharField(_("オンライン化"), max_length=12, choices=OnlinePlan, default=OnlinePlan.UNDECIDED)
    planned_on = models.DateField(_("予定日"), null=True, blank=True)
    note = models.TextField(_("備考"), blank=True)
    changed_at = models.DateTimeField(_("更新日時"), default=timezone.now)

    class Meta:
        verbose_name = _("手続の棚卸")
        verbose_name_plural = _("手続の棚卸")
        ordering = ["code"]
        indexes = [models.Index(fields=["department", "code"], name="inventory_of_department")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(plan=OnlinePlan.PLANNED) | Q(planned_on__isnull=False),
                name="inventory_planned_has_date",
                violation_error_message=_("「予定あり」の手続には予定日を入れてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class InventoryVolume(models.Model):
    """How many filings came in a fiscal year by one channel."""

    item = models.ForeignKey(InventoryItem, verbose_name=_("手続"), on_delete=models.CASCADE, related_name="volumes")
    # the year in which the fiscal year begins (4月1日)
    fiscal_year = models.PositiveSmallIntegerField(_("年度"))
    channel = models.CharField(_("方法"), max_length=10, choices=InventoryChannel)
    count = models.PositiveIntegerField(_("件数"))

    class Meta:
        verbose_name = _("年間件数")
        verbose_name_plural = _("年間件数")
        constraints = [
            models.UniqueConstraint(fields=["item", "fiscal_year", "channel"], name="inventory_volume_unique"),
        ]
        indexes = [models.Index(fields=["fiscal_year", "item"], name="inventory_volume_of_year")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.fiscal_year} {self.channel}: {self.count}"


class InventoryGoal(models.Model):
    """The share of the year's filings that shall be possible online (e.g. 80 %), for a fiscal year."""

    fiscal_year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    percent = models.PositiveSmallIntegerField(
        _("目標（%）"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("オンライン化の目標")
        verbose_name_plural = _("オンライン化の目標")
        ordering = ["-fiscal_year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100),
                name="inventory_goal_is_percentage",
                violation_error_message=_("目標は1から100までの数です。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.percent}%"
