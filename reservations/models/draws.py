"""抽選: wishes are collected, then drawn by a seed nobody could choose afterwards."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import DrawState, WishState
from reservations.models.contacts import Contact


class Draw(models.Model):
    """One draw over the slots of a group at a place between two days.

    The seed is made when wishes open; its SHA-256 is public from then on, the seed itself (encrypted until the
    draw) only afterwards: anybody can repeat the draw over the published list of wishes.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    group = models.ForeignKey(
        "reservations.ServiceGroup", verbose_name=_("業務のまとまり"), on_delete=models.PROTECT, related_name="draws"
    )
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="draws"
    )
    title = models.CharField(_("題名"), max_length=100)
    text = models.TextField(_("説明"), blank=True)
    from_day = models.DateField(_("対象の最初の日"))
    until_day = models.DateField(_("対象の最後の日"))
    wishes_from = models.DateTimeField(_("申込の開始"))
    wishes_until = models.DateTimeField(_("申込の締切"))
    max_choices = models.PositiveSmallIntegerField(_("希望の数"), default=3, validators=[MinValueValidator(1)])
    state = models.CharField(_("状態"), max_length=12, choices=DrawState, default=DrawState.COLLECTING)
    seed_hash = models.CharField(_("種のSHA-256"), max_length=64, editable=False)
    sealed_seed = models.BinaryField(_("封をした種"), editable=False)
    seed = models.CharField(_("種"), max_length=64, blank=True, editable=False)
    wishes_hash = models.CharField(_("申込一覧のSHA-256"), max_length=64, blank=True, editable=False)
    # the very text the hash is of
    published_list = models.TextField(_("公開した申込一覧"), blank=True, editable=False)
    drawn_at = models.DateTimeField(_("抽選日時"), null=True, blank=True)
    # of the numbers in drawn order with what each won, when all of them have it
    result_hash = models.CharField(_("結果のSHA-256"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("抽選")
        verbose_name_plural = _("抽選")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(from_day__lte=F("until_day")), name="draw_days_in_order"),
            models.CheckConstraint(
                condition=Q(wishes_from__lt=F("wishes_until")),
                name="draw_wishes_end_after_start",
                violation_error_message=_("申込の締切は、開始より後にしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=DrawState.DRAWN) | (Q(drawn_at__isnull=False) & ~Q(seed="") & ~Q(wishes_hash="")),
                name="draw_drawn_shows_seed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DrawWish(Contact):
    """One entry of a draw; the same person (resident, address or telephone) has one."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    draw = models.ForeignKey(Draw, verbose_name=_("抽選"), on_delete=models.PROTECT, related_name="wishes")
    # public, so that a person finds the own line in the published list
    number = models.CharField(_("申込番号"), max_length=20, unique=True, editable=False)
    # who it is, folded and hashed with a key: one wish each
    person_key = models.CharField(_("本人の照合値"), max_length=64, editable=False)
    service = models.ForeignKey(
        "reservations.Service", verbose_name=_("業務"), on_delete=models.PROTECT, related_name="+"
    )
    people = models.PositiveSmallIntegerField(_("人数"), default=1, validators=[MinValueValidator(1)])
    joins_waitlist = models.BooleanField(_("落選したらキャンセル待ちに入る"), default=True)
    state = models.CharField(_("結果"), max_length=10, choices=WishState, default=WishState.OPEN)
    # place in the drawn order, from 1
    rank = models.PositiveIntegerField(_("抽選順"), null=True, blank=True)
    # what it won, before the reservation is made
    slot = models.ForeignKey(
        "reservations.Slot",
        verbose_name=_("当たった枠"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reservation = models.OneToOneField(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="wish",
    )
    created_at = models.DateTimeField(_("申込日時"), default=timezone.now)

    class Meta:
        verbose_name = _("抽選の申込")
        verbose_name_plural = _("抽選の申込")
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "person_key"],
                condition=~Q(state="withdrawn"),
                name="wish_once_each",
                violation_error_message=_("この抽選には既に申し込まれています。"),
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.WON) | Q(reservation__isnull=False), name="wish_won_has_reservation"
            ),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | ~Q(email="") | ~Q(phone="") | Q(wiped_at__isnull=False),
                name="wish_can_be_told",
                violation_error_message=_("結果をお知らせするメールアドレスか電話番号を入力してください。"),
            ),
        ]
        indexes = [
            models.Index(fields=["draw", "number"], name="wish_of_draw"),
            models.Index(fields=["draw", "rank"], condition=Q(state="open"), name="wish_to_settle"),
            models.Index(fields=["draw", "id"], condition=Q(wiped_at__isnull=True), name="wish_to_wipe"),
        ]

    def __str__(self) -> str:
        return self.number


class DrawChoice(models.Model):
    """One of the times somebody wishes for, in their order."""

    wish = models.ForeignKey(DrawWish, verbose_name=_("申込"), on_delete=models.CASCADE, related_name="choices")
    slot = models.ForeignKey(
        "reservations.Slot", verbose_name=_("予約枠"), on_delete=models.PROTECT, related_name="draw_choices"
    )
    position = models.PositiveSmallIntegerField(_("希望順"))

    class Meta:
        verbose_name = _("希望")
        verbose_name_plural = _("希望")
        ordering = ["wish", "position"]
        constraints = [
            models.UniqueConstraint(fields=["wish", "slot"], name="choice_once"),
            models.UniqueConstraint(fields=["wish", "position"], name="choice_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.wish_id} {self.position}"
