"""What a visit is for, and the supply that serves it."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reservations.by_reservation import is_needed
from reservations.enums import Release, SupplyKind, Unit

_LETTER = RegexValidator(r"^[A-Z]$", _("番号札の文字は、AからZの1文字で入力してください。"))
BY_RESERVATION_ONLY = _("予約制の窓口で使用中のまとまりです。番号札は発行できません。")


class ServiceGroup(models.Model):
    """Services that share desks: their capacity, how it is released, and how their queue is mixed."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("種類"), max_length=10, choices=SupplyKind, default=SupplyKind.COUNTER)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("担当課"), on_delete=models.PROTECT, related_name="service_groups"
    )
    description = models.TextField(_("説明"), blank=True)

    # --- booking
    is_bookable = models.BooleanField(_("予約を受け付ける"), default=True)
    allows_guests = models.BooleanField(_("アカウントなしの予約を受け付ける"), default=True)
    release = models.CharField(_("予約の開始方法"), max_length=10, choices=Release, default=Release.ROLLING)
    horizon_days = models.PositiveSmallIntegerField(
        _("何日先まで予約できるか"), default=60, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )
    lead_minutes = models.PositiveIntegerField(_("何分前まで予約できるか"), default=60)
    change_until_minutes = models.PositiveIntegerField(_("何分前まで変更・取消できるか"), default=0)
    # FIXED: 0 is Monday; at that moment the whole week that begins `fixed_days_ahead` later opens
    fixed_weekday = models.PositiveSmallIntegerField(_("開始する曜日"), null=True, blank=True)
    fixed_time = models.TimeField(_("開始する時刻"), null=True, blank=True)
    fixed_days_ahead = models.PositiveSmallIntegerField(_("何日後の週を開くか"), default=14)
    hold_minutes = models.PositiveSmallIntegerField(
        _("仮押さえの分数"), default=10, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    cooling_minutes = models.PositiveSmallIntegerField(
        _("取消の枠を再び開くまでの分数"), default=30, help_text=_("転売や独占を防ぐための時間です。")
    )
    has_waiting_list = models.BooleanField(_("キャンセル待ちを受け付ける"), default=True)
    offer_hours = models.PositiveSmallIntegerField(
        _("キャンセル待ちの回答時間（時間）"), default=24, validators=[MinValueValidator(1)]
    )
    max_open_per_contact = models.PositiveSmallIntegerField(
        _("1人が同時に持てる予約の数"), default=2, validators=[MinValueValidator(1)]
    )
    max_people = models.PositiveSmallIntegerField(
        _("1件の最大人数"), default=6, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    # a family of four takes one desk, but four seats of a class
    counts_people = models.BooleanField(_("人数分の枠を使う"), default=False)
    fee_per_unit = models.PositiveIntegerField(_("1枠・1泊の料金（円）"), default=0)
    unit = models.CharField(_("貸出の単位"), max_length=10, choices=Unit, default=Unit.SLOT)
    max_units = models.PositiveSmallIntegerField(
        _("1件の最大の枠数"), default=8, validators=[MinValueValidator(1), MaxValueValidator(48)]
    )
    empty_text = models.CharField(_("空きがないときの案内"), max_length=200, blank=True)

    # --- documents made beforehand, at every place that offers the service
    takes_pickups = models.BooleanField(_("証明書の受け取りの申込を受け付ける"), default=False)
    pickup_lead_days = models.PositiveSmallIntegerField(
        _("何営業日後から受け取れるか"), default=1, validators=[MaxValueValidator(60)]
    )
    pickup_keep_days = models.PositiveSmallIntegerField(
        _("受け取る日から何日で「受け取りなし」にするか"), default=14, validators=[MinValueValidator(1)]
    )

    # --- queue
    letter = models.CharField(_("番号札の文字"), max_length=1, blank=True, validators=[_LETTER])
    has_tickets = models.BooleanField(_("番号札を発行する"), default=True)
    # somebody above relies on it (`services.groups.keep_by_reservation`): nobody who walks in may be given a number
    reservation_only = models.BooleanField(_("予約制の窓口で使用中"), default=False, editable=False)
    # of how many calls in a row one goes to an appointment that is due, resp. to a priority ticket
    appointment_share = models.PositiveSmallIntegerField(
        _("予約の方を呼ぶ割合（%）"), default=60, validators=[MaxValueValidator(100)]
    )
    priority_share = models.PositiveSmallIntegerField(
        _("優先の方を呼ぶ割合（%）"), default=70, validators=[MaxValueValidator(100)]
    )
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("業務のまとまり")
        verbose_name_plural = _("業務のまとまり")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=10),
                name="group_hold_at_most_ten_minutes",
                violation_error_message=_("仮押さえは1分から10分までにしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(release=Release.FIXED)
                | Q(fixed_weekday__isnull=False, fixed_weekday__lte=6, fixed_time__isnull=False),
                name="group_fixed_release_has_time",
                violation_error_message=_("決まった曜日に開くときは、曜日と時刻を入力してください。"),
            ),
            models.CheckConstraint(
                condition=Q(has_tickets=False) | ~Q(letter="") | ~Q(kind=SupplyKind.COUNTER),
                name="group_with_tickets_has_letter",
                violation_error_message=_("番号札を発行するときは、番号札の文字を入力してください。"),
            ),
            models.CheckConstraint(
                condition=Q(reservation_only=False) | Q(has_tickets=False),
                name="group_by_reservation_only_gives_no_tickets",
                violation_error_message=BY_RESERVATION_ONLY,
            ),
            models.UniqueConstraint(
                fields=["letter"],
                condition=~Q(letter=""),
                name="group_letter_unique",
                violation_error_message=_("この文字は別の業務の番号札で使われています。"),
            ),
            models.CheckConstraint(
                condition=Q(appointment_share__lte=100, priority_share__lte=100), name="group_shares_are_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The constraint in words: a form leaves a check of a field out that it does not have.

        Groups that are needed so and were never marked, because they gave numbers before there was a mark, as well.
        """
        if self.has_tickets and (self.reservation_only or is_needed(self.pk)):
            raise ValidationError({"has_tickets": BY_RESERVATION_ONLY})


class ReleaseWave(models.Model):
    """WAVES: so many days before a slot's day, at this time, so much of the public capacity may be booked."""

    group = models.ForeignKey(
        ServiceGroup, verbose_name=_("業務のまとまり"), on_delete=models.CASCADE, related_name="waves"
    )
    days_before = models.PositiveSmallIntegerField(_("何日前"))
    at = models.TimeField(_("時刻"))
    percent = models.PositiveSmallIntegerField(
        _("ここまでに開く割合（%）"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("予約を開く回")
        verbose_name_plural = _("予約を開く回")
        ordering = ["group", "-days_before", "at"]
        constraints = [
            models.UniqueConstraint(fields=["group", "days_before"], name="wave_once_a_day"),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="wave_share_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.days_before}"


class CancellationStep(models.Model):
    """Facilities: who cancels later than so many days before pays so much of the fee."""

    group = models.ForeignKey(
        ServiceGroup, verbose_name=_("業務のまとまり"), on_delete=models.CASCADE, related_name="cancellation_steps"
    )
    days_before = models.PositiveSmallIntegerField(_("何日前から"))
    percent = models.PositiveSmallIntegerField(_("料金の割合（%）"), validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("取消料")
        verbose_name_plural = _("取消料")
        ordering = ["group", "-days_before"]
        constraints = [
            models.UniqueConstraint(fields=["group", "days_before"], name="cancellation_step_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="cancellation_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.days_before}"


class Service(models.Model):
    """What one visit is for (業務): a line of the kiosk and of the booking page."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    group = models.ForeignKey(
        ServiceGroup, verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="services"
    )
    name = models.CharField(_("名称"), max_length=80)
    # {lang: text}; easy Japanese is "ja-easy", readings for the search are "ja-Hira"
    names = models.JSONField(_("他の言語の名称"), default=dict, blank=True)
    description = models.TextField(_("説明"), blank=True)
    # Markdown, as everywhere: lists of papers
    what_to_bring = models.TextField(_("持ち物"), blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("標準の分数"), default=20, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("業務")
        verbose_name_plural = _("業務")
        ordering = ["group", "position", "key"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=480), name="service_takes_sensible_time"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Out of a group that is by reservation only a service would get numbers by the way."""
        if not self.pk or not self.group_id:
            return
        before = ServiceGroup.objects.filter(services=self.pk).first()
        if before and before.pk != self.group_id and (before.reservation_only or is_needed(before.pk)):
            words = _("予約制の窓口で使用中のまとまりの業務は、ほかのまとまりに移せません。")
            raise ValidationError({"group": words})


class ServiceOffer(models.Model):
    """A service at a place: how long it takes there, how it is given, and where on the floor."""

    service = models.ForeignKey(Service, verbose_name=_("業務"), on_delete=models.CASCADE, related_name="offers")
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="offers"
    )
    # blank: the service's own
    minutes = models.PositiveSmallIntegerField(
        _("この場所での分数"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    is_on_site = models.BooleanField(_("来庁"), default=True)
    by_phone = models.BooleanField(_("電話"), default=False)
    by_video = models.BooleanField(_("ビデオ通話"), default=False)
    spot = models.CharField(_("窓口の場所"), max_length=60, blank=True, help_text=_("例: 1階 3番窓口"))
    map_x = models.PositiveSmallIntegerField(_("案内図の横位置"), null=True, blank=True)
    map_y = models.PositiveSmallIntegerField(_("案内図の縦位置"), null=True, blank=True)
    note = models.CharField(_("注意"), max_length=200, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("場所ごとの業務")
        verbose_name_plural = _("場所ごとの業務")
        constraints = [
            models.UniqueConstraint(fields=["service", "place"], name="offer_once_per_place"),
            models.CheckConstraint(
                condition=Q(is_on_site=True) | Q(by_phone=True) | Q(by_video=True),
                name="offer_has_a_way",
                violation_error_message=_("来庁・電話・ビデオ通話のどれかを選んでください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.place}"


class RouteStep(models.Model):
    """One answer of 「どこへ行けばよいですか」: it asks the next question, or names the service."""

    parent = models.ForeignKey(
        "self", verbose_name=_("前の答え"), null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    place = models.ForeignKey(
        "reservations.Place",
        verbose_name=_("場所"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="route_steps",
    )
    label = models.CharField(_("答え"), max_length=60)
    labels = models.JSONField(_("他の言語の答え"), default=dict, blank=True)
    question = models.CharField(_("次の質問"), max_length=80, blank=True)
    questions = models.JSONField(_("他の言語の質問"), default=dict, blank=True)
    service = models.ForeignKey(
        Service, verbose_name=_("業務"), null=True, blank=True, on_delete=models.PROTECT, related_name="route_steps"
    )
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("ご案内の質問")
        verbose_name_plural = _("ご案内の質問")
        ordering = ["parent_id", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(question=""),
                name="route_step_asks_or_answers",
                violation_error_message=_("次の質問か業務の、どちらか一方を入力してください。"),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="route_step_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.label
