"""Answers given before a visit, under a code that the database does not know."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from counter.enums import CodeKind, PrefillState, ScanResult


class Prefill(models.Model):
    """One set of answers for several procedures. What is not open any more holds no answers.

    State moves only in `services.prefills`, by conditional update on (state, revision).
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    # derived from the token in the QR (`counter.codes`); neither leads back to it
    lookup = models.CharField(_("照合値"), max_length=64, unique=True, editable=False)
    spoken_lookup = models.CharField(_("数字コードの照合値"), max_length=64, unique=True, editable=False)
    state = models.CharField(_("状態"), max_length=10, choices=PrefillState, default=PrefillState.OPEN)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    # encrypted (`counter.sealing`)
    answers = models.TextField(_("暗号化された回答"), blank=True, editable=False)
    key_by_token = models.TextField(_("QRコードで開く鍵"), blank=True, editable=False)
    key_by_spoken = models.TextField(_("数字コードで開く鍵"), blank=True, editable=False)
    language = models.CharField(_("言語"), max_length=10, default="ja")
    visit_on = models.DateField(_("来庁日"), null=True, blank=True)
    expires_at = models.DateTimeField(_("期限"))
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    changed_at = models.DateTimeField(_("変更日時"), default=timezone.now)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    # whose account it was made with; nobody needs one
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("利用者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="prefills",
    )
    reservation = models.OneToOneField(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        blank=True,
        # trials are deleted a day later, whatever was brought to them
        on_delete=models.SET_NULL,
        related_name="prefill",
    )
    # taken at the hall together with the code, without a booking
    ticket = models.OneToOneField(
        "reservations.Ticket",
        verbose_name=_("番号札"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="prefill",
    )
    is_practice = models.BooleanField(_("体験"), default=False)
    # a blank sheet of paper for the day the network is down: nothing was typed, the code leads to the procedures
    is_paper = models.BooleanField(_("災害・障害時の用紙"), default=False)

    class Meta:
        verbose_name = _("事前入力")
        verbose_name_plural = _("事前入力")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state=PrefillState.OPEN, ended_at__isnull=True)
                    & ~Q(answers="")
                    & ~Q(key_by_token="")
                    & ~Q(key_by_spoken="")
                )
                | (
                    ~Q(state=PrefillState.OPEN)
                    & Q(ended_at__isnull=False, answers="", key_by_token="", key_by_spoken="")
                ),
                name="prefill_holds_answers_while_open",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="prefill_to_expire"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="prefill_to_forget"),
        ]

    def __str__(self) -> str:
        return self.public_id


class PrefillProcedure(models.Model):
    """A procedure of a prefill, with the form its answers were given to."""

    prefill = models.ForeignKey(
        Prefill, verbose_name=_("事前入力"), on_delete=models.CASCADE, related_name="procedures", db_index=False
    )
    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="+"
    )
    form_version = models.ForeignKey(
        "applications.FormVersion", verbose_name=_("様式"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("順番"))

    class Meta:
        verbose_name = _("事前入力の手続")
        verbose_name_plural = _("事前入力の手続")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["prefill", "procedure"], name="prefill_procedure_once"),
            models.UniqueConstraint(fields=["prefill", "position"], name="prefill_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prefill_id} {self.procedure_id}"


class PrefillScan(models.Model):
    """Append-only: every code that staff scanned or typed, and what came of it. The code itself is not kept."""

    prefill = models.ForeignKey(
        Prefill,
        verbose_name=_("事前入力"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="scans",
        db_index=False,
    )
    kind = models.CharField(_("読み取り方"), max_length=10, choices=CodeKind)
    result = models.CharField(_("結果"), max_length=12, choices=ScanResult)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("日時"), default=timezone.now)

    class Meta:
        verbose_name = _("コードの読み取り")
        verbose_name_plural = _("コードの読み取り")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(prefill__isnull=False)
                | Q(
                    result__in=[ScanResult.UNREADABLE, ScanResult.OTHER_CITY, ScanResult.UNKNOWN, ScanResult.TOO_OFTEN]
                ),
                name="scan_found_names_prefill",
            )
        ]
        indexes = [
            models.Index(fields=["prefill", "id"], name="scan_of_prefill"),
            models.Index(fields=["at"], name="scan_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.result}"
