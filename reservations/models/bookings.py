"""Reservations and what becomes of freed places."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import (
    ReservationChannel,
    ReservationEventKind,
    ReservationState,
    Variant,
    WaitlistState,
)
from reservations.models.contacts import Contact

# states in which the places are the reservation's
HOLDING = (ReservationState.HELD, ReservationState.BOOKED, ReservationState.CHECKED_IN)


class Reservation(Contact):
    """One visit (or stay, or seat). State moves only in `services`, by conditional update on (state, revision)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    # given when it is booked; a hold has none
    number = models.CharField(_("予約番号"), max_length=20, null=True, blank=True, unique=True, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup",
        verbose_name=_("業務のまとまり"),
        on_delete=models.PROTECT,
        related_name="reservations",
        db_index=False,
    )
    # every index is work while the slot is locked: `reservation_of_day` begins with the place
    place = models.ForeignKey(
        "reservations.Place",
        verbose_name=_("場所"),
        on_delete=models.PROTECT,
        related_name="reservations",
        db_index=False,
    )
    # the first of the visit; further ones are in `items`
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="reservations"
    )
    series = models.ForeignKey(
        "reservations.SlotSeries",
        verbose_name=_("講座"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reservations",
    )
    variant = models.CharField(_("受け方"), max_length=10, choices=Variant, default=Variant.ON_SITE)
    channel = models.CharField(
        _("受付方法"), max_length=10, choices=ReservationChannel, default=ReservationChannel.ONLINE
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1, validators=[MinValueValidator(1)])
    # places taken in each slot, and whether they count as public ones
    places = models.PositiveSmallIntegerField(_("使う枠の数"), default=1)
    is_public = models.BooleanField(_("一般の枠"), default=True)
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"))
    business_day = models.DateField(_("日"))
    note = models.CharField(_("連絡事項"), max_length=200, blank=True)
    fee = models.PositiveIntegerField(_("料金（円）"), default=0)
    cancellation_fee = models.PositiveIntegerField(_("取消料（円）"), default=0)

    state = models.CharField(_("状態"), max_length=12, choices=ReservationState, default=ReservationState.HELD)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    # the browser that holds it (SHA-256 of a key in its session): one hold each
    holder = models.CharField(_("仮押さえの相手"), max_length=64, blank=True, editable=False)
    hold_until = models.DateTimeField(_("仮押さえの期限"), null=True, blank=True)
    # SHA-256 of the code the QR carries: the database alone checks nobody in (design: prefill code)
    checkin_lookup = models.CharField(
        _("受付用の照合値"), max_length=64, null=True, blank=True, unique=True, editable=False
    )
    # the same of another code of the city that somebody brings to the visit; this app does not know whose it is
    brought_lookup = models.CharField(_("持参するコードの照合値"), max_length=64, null=True, blank=True, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("予約した人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # the notice whose button led here
    notice = models.ForeignKey(
        "notices.Notice",
        verbose_name=_("きっかけの通知"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="reservations",
        db_index=False,
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now)
    booked_at = models.DateTimeField(_("予約日時"), null=True, blank=True)
    checked_in_at = models.DateTimeField(_("受付日時"), null=True, blank=True)
    done_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取消日時"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("前日のお知らせ"), null=True, blank=True)
    # the city closed the day: the person was told and may choose another time
    must_move_since = models.DateTimeField(_("変更のお願い"), null=True, blank=True)
    is_practice = models.BooleanField(_("体験"), default=False)

    class Meta:
        verbose_name = _("予約")
        verbose_name_plural = _("予約")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ReservationState.HELD) | Q(hold_until__isnull=False), name="reservation_hold_ends"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReservationState.HELD, ReservationState.EXPIRED])
                | Q(number__isnull=False, booked_at__isnull=False),
                name="reservation_booked_has_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ReservationState.HELD, ReservationState.EXPIRED])
                | Q(resident__isnull=False)
                | ~Q(name="")
                | Q(wiped_at__isnull=False),
                name="reservation_is_for_somebody",
                violation_error_message=_("お名前を入力してください。"),
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="reservation_ends_after_start"),
            models.CheckConstraint(condition=Q(people__gte=1, places__gte=1), name="reservation_has_people"),
            models.CheckConstraint(
                condition=~Q(state=ReservationState.CHECKED_IN) | Q(checked_in_at__isnull=False),
                name="reservation_checked_in_has_time",
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(state=ReservationState.HELD) & ~Q(holder=""),
                name="reservation_one_hold_each",
            ),
            # partial: bookings without one, nearly all, write nothing into it
            models.UniqueConstraint(
                fields=["brought_lookup"],
                condition=Q(brought_lookup__isnull=False),
                name="reservation_brought_code_once",
            ),
        ]
        indexes = [
            models.Index(fields=["place", "business_day", "starts_at", "id"], name="reservation_of_day"),
            models.Index(fields=["group", "business_day", "id"], name="reservation_of_group"),
            models.Index(fields=["booked_by"], condition=Q(booked_by__isnull=False), name="reservation_booked_by"),
            models.Index(fields=["notice"], condition=Q(notice__isnull=False), name="reservation_of_notice"),
            models.Index(fields=["hold_until"], condition=Q(state="held"), name="reservation_hold"),
            models.Index(fields=["email"], condition=~Q(email=""), name="reservation_by_email"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="reservation_by_phone"),
            models.Index(fields=["search_kana"], condition=~Q(search_kana=""), name="reservation_by_kana"),
            models.Index(
                fields=["business_day"],
                condition=Q(reminded_at__isnull=True, state="booked"),
                name="reservation_to_remind",
            ),
            models.Index(fields=["created_at"], condition=Q(is_practice=True), name="reservation_practice"),
            models.Index(fields=["business_day", "id"], condition=Q(wiped_at__isnull=True), name="reservation_to_wipe"),
            models.Index(
                fields=["starts_at"],
                condition=Q(must_move_since__isnull=False, state="booked"),
                name="reservation_must_move",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id


class ReservationSlot(models.Model):
    """The places a reservation has in one slot: `taken` of the slot is their sum (and what is cooling)."""

    reservation = models.ForeignKey(Reservation, verbose_name=_("予約"), on_delete=models.CASCADE, related_name="slots")
    slot = models.ForeignKey(
        "reservations.Slot", verbose_name=_("予約枠"), on_delete=models.PROTECT, related_name="reservation_slots"
    )

    class Meta:
        verbose_name = _("予約の枠")
        verbose_name_plural = _("予約の枠")
        constraints = [models.UniqueConstraint(fields=["reservation", "slot"], name="reservation_takes_slot_once")]

    def __str__(self) -> str:
        return f"{self.reservation_id} {self.slot_id}"


class ReservationItem(models.Model):
    """A further service of the same visit."""

    reservation = models.ForeignKey(Reservation, verbose_name=_("予約"), on_delete=models.CASCADE, related_name="items")
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("順番"), default=0)

    class Meta:
        verbose_name = _("あわせて行う業務")
        verbose_name_plural = _("あわせて行う業務")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["reservation", "service"], name="reservation_service_once")]

    def __str__(self) -> str:
        return f"{self.reservation_id} {self.service_id}"


class ReservationEvent(models.Model):
    """Append-only: what happened to a reservation. No personal data in `detail`."""

    reservation = models.ForeignKey(
        Reservation, verbose_name=_("予約"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("出来事"), max_length=20, choices=ReservationEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    detail = models.CharField(_("内容"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("予約の記録")
        verbose_name_plural = _("予約の記録")
        ordering = ["id"]
        indexes = [models.Index(fields=["reservation", "id"], name="event_of_reservation")]

    def __str__(self) -> str:
        return f"{self.reservation_id} {self.kind}"


class FreedPlace(models.Model):
    """Places given back that are not bookable yet: they wait for the waiting list or cool down.

    They still count as taken; settling one gives them back to the slot, or to who was next. Those of a `draw` are
    kept for its winners until each has a reservation.
    """

    slot = models.ForeignKey(
        "reservations.Slot", verbose_name=_("予約枠"), on_delete=models.PROTECT, related_name="freed_places"
    )
    places = models.PositiveSmallIntegerField(_("枠の数"))
    is_public = models.BooleanField(_("一般の枠"))
    freed_at = models.DateTimeField(_("取消日時"), default=timezone.now)
    reopens_at = models.DateTimeField(_("再び開く日時"))
    settled_at = models.DateTimeField(_("処理日時"), null=True, blank=True)
    draw = models.ForeignKey(
        "reservations.Draw",
        verbose_name=_("抽選"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kept_places",
    )

    class Meta:
        verbose_name = _("取り消された枠")
        verbose_name_plural = _("取り消された枠")
        constraints = [models.CheckConstraint(condition=Q(places__gte=1), name="freed_place_has_places")]
        indexes = [
            models.Index(fields=["slot"], condition=Q(settled_at__isnull=True), name="freed_of_slot"),
            models.Index(fields=["reopens_at"], condition=Q(settled_at__isnull=True), name="freed_due"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.places}"


class WaitlistEntry(Contact):
    """Somebody who takes the next place that becomes free between two days. Served in the order of `id`."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="waitlist"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="waitlist"
    )
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="waitlist"
    )
    series = models.ForeignKey(
        "reservations.SlotSeries",
        verbose_name=_("講座"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waitlist",
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1, validators=[MinValueValidator(1)])
    from_day = models.DateField(_("この日から"))
    until_day = models.DateField(_("この日まで"))
    state = models.CharField(_("状態"), max_length=10, choices=WaitlistState, default=WaitlistState.WAITING)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    # the offer is a hold of its own that ends at `offer_until` (hold_until of that row)
    offer = models.OneToOneField(
        Reservation,
        verbose_name=_("ご案内"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waitlist_entry",
    )
    offer_until = models.DateTimeField(_("回答の期限"), null=True, blank=True)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now)

    class Meta:
        verbose_name = _("キャンセル待ち")
        verbose_name_plural = _("キャンセル待ち")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_day__lte=F("until_day")),
                name="waitlist_days_in_order",
                violation_error_message=_("終わりの日は始まりの日以降にしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=WaitlistState.OFFERED) | Q(offer__isnull=False, offer_until__isnull=False),
                name="waitlist_offer_has_place",
            ),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | ~Q(email="") | ~Q(phone="") | Q(wiped_at__isnull=False),
                name="waitlist_can_be_told",
                violation_error_message=_("ご案内するためのメールアドレスか電話番号を入力してください。"),
            ),
        ]
        indexes = [
            models.Index(fields=["group", "place", "id"], condition=Q(state="waiting"), name="waitlist_next"),
            models.Index(fields=["offer_until"], condition=Q(state="offered"), name="waitlist_offers"),
            models.Index(fields=["until_day", "id"], condition=Q(wiped_at__isnull=True), name="waitlist_to_wipe"),
        ]

    def __str__(self) -> str:
        return self.public_id
