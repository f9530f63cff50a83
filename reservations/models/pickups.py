"""Documents ordered beforehand and collected at a counter."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import PickupState, ReservationChannel
from reservations.models.contacts import Contact


class PickupOrder(Contact):
    """An order of certificates with a place and a time. State moves only in `services.pickups`."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    number = models.CharField(_("受付番号"), max_length=20, unique=True, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="pickups"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("受け取る場所"), on_delete=models.PROTECT, related_name="pickups"
    )
    channel = models.CharField(
        _("受付方法"), max_length=10, choices=ReservationChannel, default=ReservationChannel.ONLINE
    )
    wanted_on = models.DateField(_("受け取る日"))
    wanted_from = models.TimeField(_("受け取る時刻"), null=True, blank=True)
    # who the certificates are about, when it is somebody else
    subject = models.CharField(_("必要な方"), max_length=80, blank=True)
    relation = models.CharField(_("必要な方との関係"), max_length=40, blank=True)
    note = models.CharField(_("連絡事項"), max_length=200, blank=True)
    state = models.CharField(_("状態"), max_length=12, choices=PickupState, default=PickupState.ORDERED)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("受け付けた人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    ready_at = models.DateTimeField(_("準備できた日時"), null=True, blank=True)
    # what was checked at the hand-over, and by whom
    handed_over_at = models.DateTimeField(_("お渡し日時"), null=True, blank=True)
    handed_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("お渡しした職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_document = models.CharField(_("確認した本人確認書類"), max_length=60, blank=True)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    is_practice = models.BooleanField(_("体験"), default=False)

    class Meta:
        verbose_name = _("証明書の受け取り")
        verbose_name_plural = _("証明書の受け取り")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PickupState.HANDED_OVER)
                | (Q(handed_over_at__isnull=False, handed_over_by__isnull=False) & ~Q(checked_document="")),
                name="pickup_handed_over_with_check",
                violation_error_message=_("お渡しの前に、確認した本人確認書類を選んでください。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=PickupState.READY) | Q(ready_at__isnull=False), name="pickup_ready_has_time"
            ),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | ~Q(name="") | Q(wiped_at__isnull=False),
                name="pickup_is_for_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "state", "wanted_on", "id"], name="pickup_list"),
            models.Index(fields=["search_kana"], condition=~Q(search_kana=""), name="pickup_by_kana"),
            models.Index(
                fields=["finished_at", "id"],
                condition=Q(wiped_at__isnull=True, finished_at__isnull=False),
                name="pickup_to_wipe",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PickupItem(models.Model):
    """One kind of certificate of an order."""

    order = models.ForeignKey(PickupOrder, verbose_name=_("注文"), on_delete=models.CASCADE, related_name="items")
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("証明書"), on_delete=models.PROTECT, related_name="+"
    )
    copies = models.PositiveSmallIntegerField(_("通数"), default=1, validators=[MinValueValidator(1)])
    detail = models.CharField(_("記載事項など"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("証明書")
        verbose_name_plural = _("証明書")
        constraints = [
            models.CheckConstraint(condition=Q(copies__gte=1, copies__lte=99), name="pickup_copies_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.service_id}"


class Attendance(models.Model):
    """Somebody came to a session of a class: once per reservation and slot."""

    reservation = models.ForeignKey(
        "reservations.Reservation", verbose_name=_("予約"), on_delete=models.PROTECT, related_name="attendances"
    )
    slot = models.ForeignKey(
        "reservations.Slot", verbose_name=_("回"), on_delete=models.PROTECT, related_name="attendances"
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("記録した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("出席")
        verbose_name_plural = _("出席")
        constraints = [models.UniqueConstraint(fields=["reservation", "slot"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.reservation_id} {self.slot_id}"
