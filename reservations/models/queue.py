"""Today's queue: tickets, what happened to them, and the screens and machines around it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import Priority, TicketEventKind, TicketSource, TicketState


class TicketCounter(models.Model):
    """The last number given for a letter on a day; its row is what two kiosks wait for, and nothing else."""

    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.CASCADE, related_name="ticket_counters"
    )
    business_day = models.DateField(_("日"))
    letter = models.CharField(_("文字"), max_length=1)
    last = models.PositiveIntegerField(_("最後の番号"), default=0)

    class Meta:
        verbose_name = _("番号札の番号")
        verbose_name_plural = _("番号札の番号")
        constraints = [
            models.UniqueConstraint(fields=["place", "business_day", "letter"], name="counter_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.business_day}"


class Ticket(models.Model):
    """A place in today's queue. State moves only in `services.queue`, by conditional update on (state, revision)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    business_day = models.DateField(_("日"))
    # both stay when the ticket is transferred
    letter = models.CharField(_("文字"), max_length=1)
    sequence = models.PositiveIntegerField(_("番号"))
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="tickets"
    )
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="tickets"
    )
    reservation = models.OneToOneField(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ticket",
    )
    source = models.CharField(_("発券"), max_length=12, choices=TicketSource)
    priority = models.CharField(_("優先"), max_length=1, choices=Priority, default=Priority.NORMAL)
    # arrival for walk-ins, the appointed time for reservations; kept by a transfer
    order_at = models.DateTimeField(_("順番の基準"), default=timezone.now)
    appointment_at = models.DateTimeField(_("予約の時刻"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(_("人数"), default=1)
    language = models.CharField(_("言語"), max_length=10, default="ja")
    note = models.CharField(_("職員のメモ"), max_length=200, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=TicketState, default=TicketState.WAITING)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    desk = models.ForeignKey(
        "reservations.Desk",
        verbose_name=_("窓口"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    # only this desk serves it next (parked here, or sent here)
    for_desk = models.ForeignKey(
        "reservations.Desk",
        verbose_name=_("行き先の窓口"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    calls = models.PositiveSmallIntegerField(_("呼び出し回数"), default=0)
    # the kinds of priority that waited when "next" chose this ticket: the mix counts these calls and no others
    called_among = models.CharField(_("呼び出し時の待ち"), max_length=3, blank=True, editable=False)
    called_at = models.DateTimeField(_("呼び出し日時"), null=True, blank=True)
    issued_at = models.DateTimeField(_("発券日時"), default=timezone.now)
    finished_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    # what the person was told when the ticket was issued, in seconds; compared with what came of it
    forecast_low = models.PositiveIntegerField(_("見込み（短い）"), null=True, blank=True)
    forecast_high = models.PositiveIntegerField(_("見込み（長い）"), null=True, blank=True)
    # leave the hall until this time: not called before
    away_until = models.DateTimeField(_("外出の期限"), null=True, blank=True)
    alert_email = models.EmailField(_("お知らせ先"), blank=True)
    alerted_at = models.DateTimeField(_("お知らせ日時"), null=True, blank=True)
    is_practice = models.BooleanField(_("体験"), default=False)

    class Meta:
        verbose_name = _("番号札")
        verbose_name_plural = _("番号札")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "business_day", "letter", "sequence"], name="ticket_number_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TicketState.CALLED, TicketState.SERVING])
                | Q(desk__isnull=False, clerk__isnull=False),
                name="ticket_called_to_a_desk",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TicketState.DONE, TicketState.LEFT]) | Q(finished_at__isnull=False),
                name="ticket_finished_has_time",
            ),
            # one person at a desk at a time
            models.UniqueConstraint(
                fields=["desk"], condition=Q(state__in=["called", "serving"]), name="desk_serves_one"
            ),
        ]
        indexes = [
            models.Index(fields=["place", "business_day", "group", "state", "order_at", "id"], name="ticket_queue"),
            models.Index(fields=["place", "business_day", "-called_at"], name="ticket_calls"),
            models.Index(fields=["issued_at"], condition=Q(is_practice=True), name="ticket_practice"),
            # somebody's address or a note of staff stands in few of them
            models.Index(
                fields=["business_day", "id"], condition=~Q(alert_email="") | ~Q(note=""), name="ticket_to_wipe"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As it is printed and called: A12."""
        return f"{self.letter}{self.sequence}"


class TicketPeriod(models.Model):
    """One stay of a ticket in one state: all figures come from these rows. Closed once, then never changed."""

    ticket = models.ForeignKey(Ticket, verbose_name=_("番号札"), on_delete=models.PROTECT, related_name="periods")
    state = models.CharField(_("状態"), max_length=10, choices=TicketState)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    desk = models.ForeignKey(
        "reservations.Desk", verbose_name=_("窓口"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    business_day = models.DateField(_("日"))
    from_at = models.DateTimeField(_("開始"))
    until_at = models.DateTimeField(_("終了"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("秒数"), null=True, blank=True)

    class Meta:
        verbose_name = _("番号札の経過")
        verbose_name_plural = _("番号札の経過")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(until_at__isnull=True), name="ticket_is_in_one_state"
            ),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True, seconds__isnull=True)
                | Q(until_at__isnull=False, seconds__isnull=False),
                name="period_ended_has_seconds",
            ),
        ]
        indexes = [models.Index(fields=["place", "business_day", "state"], name="period_of_day")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"


class TicketEvent(models.Model):
    """Append-only: calls, transfers and the rest, with who did it where."""

    ticket = models.ForeignKey(Ticket, verbose_name=_("番号札"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("出来事"), max_length=15, choices=TicketEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    desk = models.ForeignKey(
        "reservations.Desk", verbose_name=_("窓口"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    detail = models.CharField(_("内容"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("番号札の記録")
        verbose_name_plural = _("番号札の記録")
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="event_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"


class ServiceTime(models.Model):
    """Learned: how long serving takes, per service, place and hour of the day, from tickets served."""

    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.CASCADE, related_name="times"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.CASCADE, related_name="service_times"
    )
    hour = models.PositiveSmallIntegerField(_("時"), validators=[MaxValueValidator(23)])
    served = models.PositiveIntegerField(_("件数"))
    mean_seconds = models.PositiveIntegerField(_("平均秒数"))
    spread_seconds = models.PositiveIntegerField(_("ばらつき（秒）"))
    learned_at = models.DateTimeField(_("学習日時"), default=timezone.now)

    class Meta:
        verbose_name = _("学習した時間")
        verbose_name_plural = _("学習した時間")
        constraints = [
            models.UniqueConstraint(fields=["service", "place", "hour"], name="service_time_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="service_time_hour_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.hour}"


class Display(models.Model):
    """A call-up screen: which groups it shows, in what manner."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="displays"
    )
    name = models.CharField(_("名前"), max_length=60)
    device = models.OneToOneField(
        "cityhall.Device",
        verbose_name=_("端末"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="display",
    )
    groups = models.ManyToManyField(
        "reservations.ServiceGroup", verbose_name=_("表示する業務"), related_name="displays", blank=True
    )
    shown_calls = models.PositiveSmallIntegerField(
        _("表示する呼び出しの数"), default=6, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    has_voice = models.BooleanField(_("音声で読み上げる"), default=True)
    notice = models.CharField(_("お知らせ"), max_length=200, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("案内表示")
        verbose_name_plural = _("案内表示")

    def __str__(self) -> str:
        return self.name


class Kiosk(models.Model):
    """A ticket machine in a browser: what it offers, and whether it prints."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="kiosks"
    )
    name = models.CharField(_("名前"), max_length=60)
    device = models.OneToOneField(
        "cityhall.Device",
        verbose_name=_("端末"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kiosk",
    )
    services = models.ManyToManyField(
        "reservations.Service", verbose_name=_("発券する業務"), related_name="kiosks", blank=True
    )
    prints = models.BooleanField(_("紙の番号札を印刷する"), default=True)
    # of apps above that have one; who types for ten minutes keeps others from their tickets
    offers_forms = models.BooleanField(
        _("書類の入力（記載台）のボタンを出す"),
        default=False,
        help_text=_("台数に余裕がある場所で使ってください。入力している間、ほかの方は番号札を取れません。"),
    )
    opens_at = models.TimeField(_("発券の開始"), null=True, blank=True)
    closes_at = models.TimeField(_("発券の終了"), null=True, blank=True)
    # so many tickets of a group a day, 0: as many as come
    daily_limit = models.PositiveIntegerField(_("1日の発券数の上限"), default=0)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("受付端末")
        verbose_name_plural = _("受付端末")

    def __str__(self) -> str:
        return self.name
