"""When there is something to book: rules, exceptions, the slots made from them, and who changed what."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import ExceptionKind, RuleKind, SupplyAction


class OpeningRule(models.Model):
    """Hours of a group at a place that come again every week, or every n weeks from `valid_from`.

    A group that is let by night has one slot a day from `from_time`, `slot_minutes` long; `until_time` is then the
    latest time to arrive.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="rules"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="rules"
    )
    kind = models.CharField(_("種類"), max_length=10, choices=RuleKind, default=RuleKind.OPEN)
    # [0, 2]: Monday and Wednesday; sorted, each once
    weekdays = models.JSONField(_("曜日"), default=list)
    from_time = models.TimeField(_("開始"))
    until_time = models.TimeField(_("終了"))
    every_weeks = models.PositiveSmallIntegerField(
        _("何週ごと"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    valid_from = models.DateField(_("この日から"))
    valid_until = models.DateField(_("この日まで"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(
        _("1枠の分数"), default=20, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    capacity = models.PositiveSmallIntegerField(_("1枠の受付数"), default=1)
    public_capacity = models.PositiveSmallIntegerField(_("うち予約で開く数"), default=1)
    # never by accident: a series does not open the hall on a holiday unless somebody says so
    works_on_closed_days = models.BooleanField(_("閉庁日・祝日も開く"), default=False)
    revision = models.PositiveIntegerField(_("改訂"), default=0, editable=False)

    class Meta:
        verbose_name = _("受付時間")
        verbose_name_plural = _("受付時間")
        ordering = ["group", "place", "from_time", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time__lt=F("until_time")),
                name="rule_ends_after_start",
                violation_error_message=_("終了は開始より後の時刻にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="rule_valid_until_after_from",
                violation_error_message=_("終わりの日は始まりの日以降にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(public_capacity__lte=F("capacity")),
                name="rule_public_within_capacity",
                violation_error_message=_("予約で開く数は、1枠の受付数以下にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_minutes__lte=1440, every_weeks__gte=1),
                name="rule_numbers_are_sensible",
            ),
        ]
        indexes = [models.Index(fields=["group", "place", "valid_from"], name="rule_of_group")]

    def __str__(self) -> str:
        return f"{self.from_time:%H:%M}-{self.until_time:%H:%M}"


class OpeningException(models.Model):
    """One dated exception: closed (of a group, or of everything at the place), or open outside the rules."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="exceptions"
    )
    # blank: every group of the place
    group = models.ForeignKey(
        "reservations.ServiceGroup",
        verbose_name=_("業務のまとまり"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exceptions",
    )
    date = models.DateField(_("日付"))
    kind = models.CharField(_("種類"), max_length=10, choices=ExceptionKind)
    # blank with CLOSED: the whole day
    from_time = models.TimeField(_("開始"), null=True, blank=True)
    until_time = models.TimeField(_("終了"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(_("1枠の分数"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("1枠の受付数"), null=True, blank=True)
    public_capacity = models.PositiveSmallIntegerField(_("うち予約で開く数"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("例外日")
        verbose_name_plural = _("例外日")
        ordering = ["date", "from_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True)
                | Q(from_time__isnull=False, until_time__isnull=False, from_time__lt=F("until_time")),
                name="exception_has_both_times_or_none",
                violation_error_message=_("開始と終了の両方を、開始が先になるように入力してください。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind=ExceptionKind.OPEN)
                | Q(
                    group__isnull=False,
                    from_time__isnull=False,
                    slot_minutes__gte=5,
                    capacity__isnull=False,
                    public_capacity__lte=F("capacity"),
                ),
                name="exception_open_says_what",
                violation_error_message=_("臨時の受付には、業務・時間・枠の分数・受付数を入力してください。"),
            ),
        ]
        indexes = [models.Index(fields=["place", "date"], name="exception_of_day")]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class SlotSeries(models.Model):
    """Sessions that are booked together: a course of four afternoons, one roster."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="series"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="series"
    )
    title = models.CharField(_("題名"), max_length=100)
    description = models.TextField(_("説明"), blank=True)
    is_public = models.BooleanField(_("公開する"), default=False)
    # otherwise who enrols comes to all sessions
    takes_sessions = models.BooleanField(_("1回ごとの申込を受け付ける"), default=False)

    class Meta:
        verbose_name = _("講座")
        verbose_name_plural = _("講座")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Slot(models.Model):
    """Places to book at one time; taken by one conditional update, guarded by checks.

    `capacity` includes what staff hold back; the public may take `released` of `public_capacity`.
    Several slots are locked by `ORDER BY id FOR UPDATE` first: editor, job and booking share that order.
    """

    group = models.ForeignKey(
        "reservations.ServiceGroup",
        verbose_name=_("業務のまとまり"),
        on_delete=models.PROTECT,
        related_name="slots",
        db_index=False,
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="slots", db_index=False
    )
    business_day = models.DateField(_("日"))
    starts_at = models.DateTimeField(_("開始"))
    ends_at = models.DateTimeField(_("終了"))
    capacity = models.PositiveSmallIntegerField(_("受付数"))
    public_capacity = models.PositiveSmallIntegerField(_("予約で開く数"))
    # how many of the public ones may be booked so far; all of them unless the group releases in waves
    released = models.PositiveSmallIntegerField(_("開いた数"))
    taken = models.PositiveSmallIntegerField(_("予約済み"), default=0)
    taken_public = models.PositiveSmallIntegerField(_("うち一般の予約"), default=0)
    # from when the public may book; null: only staff
    opens_at = models.DateTimeField(_("予約の開始日時"), null=True, blank=True)
    next_wave_at = models.DateTimeField(_("次に開く日時"), null=True, blank=True)
    closed_at = models.DateTimeField(_("締切日時"), null=True, blank=True)
    series = models.ForeignKey(
        SlotSeries, verbose_name=_("講座"), null=True, blank=True, on_delete=models.PROTECT, related_name="slots"
    )
    # a number a person set for this slot alone: the rebuild job leaves it
    is_edited = models.BooleanField(_("個別に変更"), default=False)
    # what the numbers were to be lowered to while more is taken; null: they are as they should be
    wanted_capacity = models.PositiveSmallIntegerField(_("本来の受付数"), null=True, blank=True)
    wanted_public_capacity = models.PositiveSmallIntegerField(_("本来の予約で開く数"), null=True, blank=True)

    class Meta:
        verbose_name = _("予約枠")
        verbose_name_plural = _("予約枠")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["group", "place", "starts_at"], name="slot_once_at_a_time"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_taken_within_capacity"),
            models.CheckConstraint(condition=Q(taken_public__lte=F("taken")), name="slot_public_within_taken"),
            models.CheckConstraint(
                condition=Q(taken_public__lte=F("public_capacity")), name="slot_public_taken_within_public"
            ),
            models.CheckConstraint(condition=Q(public_capacity__lte=F("capacity")), name="slot_public_within_capacity"),
            models.CheckConstraint(condition=Q(released__lte=F("public_capacity")), name="slot_released_within_public"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="slot_ends_after_start"),
            models.CheckConstraint(
                condition=Q(wanted_capacity__isnull=True, wanted_public_capacity__isnull=True)
                | Q(
                    wanted_capacity__isnull=False,
                    wanted_public_capacity__isnull=False,
                    wanted_capacity__lte=F("capacity"),
                    wanted_public_capacity__lte=F("wanted_capacity"),
                ),
                name="slot_wants_less_than_it_has",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "place", "business_day", "starts_at"], name="slot_of_day"),
            models.Index(fields=["next_wave_at"], condition=Q(next_wave_at__isnull=False), name="slot_next_wave"),
            # who has to move is looked for among few
            models.Index(fields=["group", "business_day"], condition=Q(closed_at__isnull=False), name="slot_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class SupplyEvent(models.Model):
    """Append-only: who changed what of the supply. `before` and `after` hold settings, never people."""

    # no foreign key from here is followed on deletion: history outlives what it tells of
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(_("操作"), max_length=20, choices=SupplyAction)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("日時"), default=timezone.now)
    before = models.JSONField(_("変更前"), default=dict, blank=True)
    after = models.JSONField(_("変更後"), default=dict, blank=True)

    class Meta:
        verbose_name = _("受付枠の変更履歴")
        verbose_name_plural = _("受付枠の変更履歴")
        ordering = ["-id"]
        indexes = [models.Index(fields=["group", "place", "-id"], name="supply_history")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.at:%Y-%m-%d}"
