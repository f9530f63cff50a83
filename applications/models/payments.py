"""Fees (手数料): what is owed for an application, how it was paid, and the closing of a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import CashDuty, PaymentEventKind, PaymentMethod, PaymentState
from cityhall.ids import public_id


class Payment(models.Model):
    """One fee of one application. State moves only in `services.fees`, by conditional update on the state seen."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="payments"
    )
    # which line of the procedure's fees
    fee_key = models.CharField(_("手数料のキー"), max_length=40)
    label = models.CharField(_("名目"), max_length=100)
    amount = models.PositiveIntegerField(_("金額（円）"))
    # what the newest answers make of it, when that differs from what was settled: a paid fee is never changed silently
    expected = models.PositiveIntegerField(_("回答から計算した金額（円）"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=PaymentState, default=PaymentState.DUE)
    method = models.CharField(_("支払方法"), max_length=10, choices=PaymentMethod, blank=True)
    # the department whose till took it
    received_in = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("収納した課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="received_payments",
    )
    # what was handed over in cash
    tendered = models.PositiveIntegerField(_("お預かり（円）"), null=True, blank=True)
    # the day the bank received a transfer, which lies before the day it is recorded
    received_on = models.DateField(_("入金日"), null=True, blank=True)
    # the day it counts for: that of the till, not of the clock in another zone
    business_day = models.DateField(_("収納日"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("収納・免除した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    settled_at = models.DateTimeField(_("収納・免除の日時"), null=True, blank=True)
    receipt_number = models.CharField(_("領収番号"), max_length=40, blank=True)
    exemption_reason = models.CharField(_("免除の理由"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("手数料")
        verbose_name_plural = _("手数料")
        constraints = [
            models.UniqueConstraint(fields=["application", "fee_key"], name="payment_fee_once"),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.PAID)
                | (~Q(method="") & Q(settled_at__isnull=False, business_day__isnull=False, received_in__isnull=False)),
                name="payment_paid_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.EXEMPTED) | ~Q(exemption_reason=""),
                name="payment_exempted_has_reason",
                violation_error_message=_("免除の理由を入力してください。"),
            ),
            models.CheckConstraint(
                condition=Q(tendered__isnull=True) | Q(method=PaymentMethod.CASH, tendered__gte=F("amount")),
                name="payment_tendered_covers_amount",
                violation_error_message=_("お預かりが金額より少なくなっています。"),
            ),
        ]
        indexes = [
            # the list of what is unpaid, oldest first
            models.Index(fields=["created_at", "id"], condition=Q(state=PaymentState.DUE), name="payment_due"),
            models.Index(fields=["received_in", "business_day", "id"], name="payment_of_day"),
            models.Index(fields=["application", "state"], name="payment_of_application"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.amount}円"


class PaymentEvent(models.Model):
    """What happened to a fee, and what that put into a till or took out of it. Append-only.

    The journal of a till: the totals of a day are sums over these rows, whatever happened to a fee afterwards.
    """

    payment = models.ForeignKey(Payment, verbose_name=_("手数料"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("内容"), max_length=12, choices=PaymentEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("メモ"), max_length=200, blank=True)
    # yen into the till, negative out of it; 0 for what moves no money
    amount = models.IntegerField(_("増減（円）"), default=0)
    method = models.CharField(_("支払方法"), max_length=10, choices=PaymentMethod, blank=True)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("収納した課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    business_day = models.DateField(_("収納日"), null=True, blank=True)
    receipt_number = models.CharField(_("領収番号"), max_length=40, blank=True)
    # a double click is one payment
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("手数料の経過")
        verbose_name_plural = _("手数料の経過")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=0) | (~Q(method="") & Q(department__isnull=False, business_day__isnull=False)),
                name="payment_event_of_money_says_where",
            ),
            models.UniqueConstraint(
                fields=["department", "receipt_number"],
                condition=Q(kind=PaymentEventKind.PAID) & ~Q(receipt_number=""),
                name="payment_receipt_number_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["payment", "id"], name="payment_event_order"),
            models.Index(
                fields=["department", "business_day", "id"],
                condition=Q(business_day__isnull=False),
                name="payment_event_of_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class DailyClosing(models.Model):
    """The closed till of a department and day (日計): its payments no longer change. Append-only."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="daily_closings"
    )
    business_day = models.DateField(_("収納日"))
    # {method: {"count": n, "amount": yen}} as counted when it was closed
    totals = models.JSONField(_("支払方法ごとの合計"))
    counted_cash = models.PositiveIntegerField(_("現金の実際有高（円）"), null=True, blank=True)
    note = models.CharField(_("過不足の理由"), max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("締めた職員"), on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("締めた日時"), default=timezone.now)

    class Meta:
        verbose_name = _("日計")
        verbose_name_plural = _("日計")
        ordering = ["-business_day"]
        constraints = [
            models.UniqueConstraint(fields=["department", "business_day"], name="daily_closing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.business_day}"


class CashDesignation(models.Model):
    """That somebody takes fees in a department although their role alone does not let them (地方自治法171条)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.PROTECT, related_name="cash_designations"
    )
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="cash_designations"
    )
    duty = models.CharField(_("職"), max_length=10, choices=CashDuty, default=CashDuty.HANDLER)
    active_from = models.DateField(_("開始日"))
    active_until = models.DateField(_("終了日"), null=True, blank=True)

    class Meta:
        verbose_name = _("出納員・現金取扱員の指定")
        verbose_name_plural = _("出納員・現金取扱員の指定")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "department", "active_from"],
                name="cash_designation_once",
                violation_error_message=_("同じ指定が既に登録されています。"),
            ),
            models.CheckConstraint(
                condition=Q(active_until__isnull=True) | Q(active_until__gte=F("active_from")),
                name="cash_designation_ends_after_start",
                violation_error_message=_("終了日は開始日以降にしてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_duty_display()}"
