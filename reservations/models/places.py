"""Where the city serves people, and with what desks."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.languages import picked
from reservations.enums import PlaceKind


class Place(models.Model):
    """A building with counters: the main hall, a branch, a post office."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    # language → text
    names = models.JSONField(_("他の言語の名称"), default=dict, blank=True)
    kind = models.CharField(_("種類"), max_length=20, choices=PlaceKind, default=PlaceKind.HALL)
    postal_code = models.CharField(_("郵便番号"), max_length=7, blank=True)
    address = models.CharField(_("所在地"), max_length=200, blank=True)
    phone = models.CharField(_("電話番号"), max_length=20, blank=True)
    access = models.CharField(_("交通案内"), max_length=200, blank=True)
    floor_map = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("案内図"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # a branch: its staff see what is booked here, of whatever department the service is
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("受け持つ課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="places",
        help_text=_("支所など。この課の職員は、どの課の業務でも、この場所の予約を扱えます。"),
    )
    # trials (体験) happen here: everything booked at such a place is practice and goes away by itself
    is_practice = models.BooleanField(_("体験用"), default=False)
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("場所")
        verbose_name_plural = _("場所")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name as it is read in the language, Japanese where it has none."""
        return picked(self.name, self.names, language)


class Desk(models.Model):
    """One counter where a clerk serves; its number is what the display calls out."""

    place = models.ForeignKey(Place, verbose_name=_("場所"), on_delete=models.PROTECT, related_name="desks")
    number = models.CharField(_("窓口番号"), max_length=6)
    name = models.CharField(_("名称"), max_length=60, blank=True)
    floor = models.CharField(_("階・場所"), max_length=60, blank=True, help_text=_("例: 1階 北側"))
    # per mille of the floor map's width and height, from its upper left corner
    map_x = models.PositiveSmallIntegerField(
        _("案内図の横位置"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    map_y = models.PositiveSmallIntegerField(
        _("案内図の縦位置"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    services = models.ManyToManyField(
        "reservations.Service", verbose_name=_("扱う業務"), related_name="desks", blank=True
    )
    device = models.OneToOneField(
        "cityhall.Device",
        verbose_name=_("端末"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="desk",
    )
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("窓口")
        verbose_name_plural = _("窓口")
        ordering = ["place", "position", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "number"],
                name="desk_number_once_in_place",
                violation_error_message=_("この窓口番号は、同じ場所で既に使われています。"),
            ),
            models.CheckConstraint(
                condition=Q(map_x__isnull=True, map_y__isnull=True) | Q(map_x__lte=1000, map_y__lte=1000),
                name="desk_stands_on_the_map",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.number}"


class DeskSession(models.Model):
    """One member of staff at one desk, from signing on to signing off."""

    desk = models.ForeignKey(Desk, verbose_name=_("窓口"), on_delete=models.PROTECT, related_name="sessions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.PROTECT, related_name="desk_sessions"
    )
    started_at = models.DateTimeField(_("開始日時"), default=timezone.now)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    break_since = models.DateTimeField(_("休憩の開始"), null=True, blank=True)

    class Meta:
        verbose_name = _("窓口の担当")
        verbose_name_plural = _("窓口の担当")
        constraints = [
            models.UniqueConstraint(fields=["desk"], condition=Q(ended_at__isnull=True), name="desk_has_one_clerk"),
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="clerk_sits_at_one_desk"),
            models.CheckConstraint(
                condition=Q(break_since__isnull=True) | Q(ended_at__isnull=True), name="desk_break_while_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.user_id}"


class DeskAlarm(models.Model):
    """The panic button: seen at every other desk of the place until somebody answers and it is closed."""

    desk = models.ForeignKey(Desk, verbose_name=_("窓口"), on_delete=models.PROTECT, related_name="alarms")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("押した職員"), on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField(_("押した日時"), default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("向かう職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("応答日時"), null=True, blank=True)
    closed_at = models.DateTimeField(_("解除日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("緊急の呼び出し")
        verbose_name_plural = _("緊急の呼び出し")
        constraints = [
            models.UniqueConstraint(fields=["desk"], condition=Q(closed_at__isnull=True), name="desk_alarm_once"),
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.raised_at:%Y-%m-%d %H:%M}"
