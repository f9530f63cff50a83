"""Letters for those who did not open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import LetterRunState


def standard_rates() -> list[dict[str, int]]:
    """Japan Post, 定形郵便物 up to 50 g 110 yen, 定形外 (規格内) above; since 1 October 2024."""
    return [
        {"up_to_grams": 50, "yen": 110},
        {"up_to_grams": 100, "yen": 180},
        {"up_to_grams": 150, "yen": 270},
        {"up_to_grams": 250, "yen": 320},
        {"up_to_grams": 500, "yen": 510},
    ]


def standard_discounts() -> list[dict[str, str | int]]:
    """Customer bar code: 3 % from 1,000 alike (facts in docs/notices.md)."""
    return [{"from_letters": 1000, "percent": "3.0"}]


class PostSettings(models.Model):
    """How the city's letters are printed and what they cost. One row; measured on the city's own envelopes."""

    ONLY_PK = 1

    window_left = models.DecimalField(_("窓の左端（mm）"), max_digits=5, decimal_places=1, default=22)
    window_top = models.DecimalField(_("窓の上端（mm）"), max_digits=5, decimal_places=1, default=16)
    window_width = models.DecimalField(_("窓の幅（mm）"), max_digits=5, decimal_places=1, default=82)
    window_height = models.DecimalField(_("窓の高さ（mm）"), max_digits=5, decimal_places=1, default=38)
    is_duplex = models.BooleanField(_("両面印刷"), default=True)
    inserts = models.PositiveSmallIntegerField(_("同封物の枚数"), default=0)
    sheet_grams = models.DecimalField(_("用紙1枚の重さ（g）"), max_digits=4, decimal_places=1, default=4)
    insert_grams = models.DecimalField(_("同封物1枚の重さ（g）"), max_digits=4, decimal_places=1, default=4)
    envelope_grams = models.DecimalField(_("封筒の重さ（g）"), max_digits=4, decimal_places=1, default=5)
    # [{"up_to_grams": 50, "yen": 110}, …], lightest first; standard-size letters since 2024-10
    rates = models.JSONField(_("郵便料金"), default=standard_rates)
    # [{"from_letters": 1000, "percent": "3.0"}, …]: what the post office takes off from so many alike
    discounts = models.JSONField(_("割引"), default=standard_discounts)

    class Meta:
        verbose_name = _("郵送の設定")
        verbose_name_plural = _("郵送の設定")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="post_settings_is_the_only_one")]

    def __str__(self) -> str:
        return str(_("郵送の設定"))


class LetterRun(Work):
    """One PDF of many letters: claimed from `due`, printed, posted. `state` is the work, `run_state` the run."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letter_runs",
    )
    run_state = models.CharField(
        _("印刷・発送"), max_length=10, choices=LetterRunState, default=LetterRunState.BUILDING
    )
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    file = models.ForeignKey(
        "cityhall.StoredFile",
        verbose_name=_("ファイル"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    count = models.PositiveIntegerField(_("通数"), default=0)
    # frozen when the run is made (`PostSettings`): both sides, how many inserts the folding machine adds
    is_duplex = models.BooleanField(_("両面印刷"), default=True)
    inserts = models.PositiveSmallIntegerField(_("同封物の枚数"), default=0)
    page_count = models.PositiveIntegerField(_("ページ数"), default=0)
    sheet_count = models.PositiveIntegerField(_("用紙の枚数"), default=0)
    postage_yen = models.PositiveIntegerField(_("郵送料（円）"), default=0)
    posted_on = models.DateField(_("発送日"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField(_("印刷日時"), null=True, blank=True)
    posted_at = models.DateTimeField(_("発送日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("郵送の回")
        verbose_name_plural = _("郵送の回")
        constraints = Work.work_constraints()
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class LetterRunItem(models.Model):
    """One letter of a run. A name that no font can print stops that letter only and goes to a person."""

    run = models.ForeignKey(LetterRun, verbose_name=_("郵送の回"), on_delete=models.PROTECT, related_name="items")
    notice = models.ForeignKey(
        "notices.Notice", verbose_name=_("通知"), on_delete=models.PROTECT, related_name="letters"
    )
    position = models.PositiveIntegerField(_("順番"))
    pages = models.PositiveSmallIntegerField(_("ページ数"), default=0)
    sheets = models.PositiveSmallIntegerField(_("枚数"), default=0)
    postage_yen = models.PositiveIntegerField(_("郵送料（円）"), default=0)
    # first page of the letter in the print file
    first_page = models.PositiveIntegerField(_("開始ページ"), default=0)
    returned_at = models.DateTimeField(_("返戻日時"), null=True, blank=True)
    returned_reason = models.CharField(_("返戻の理由"), max_length=40, blank=True)
    problem = models.CharField(_("印刷できない理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("郵送する手紙")
        verbose_name_plural = _("郵送する手紙")
        constraints = [
            models.UniqueConstraint(fields=["run", "notice"], name="letter_once_per_run"),
            models.UniqueConstraint(fields=["run", "position"], name="letter_position_unique"),
        ]
        indexes = [
            # the few that a person must look at
            models.Index(fields=["id"], condition=~Q(problem=""), name="letter_with_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}-{self.position}"
