"""Runs of the import of the city's register of residents (住民基本台帳)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from residents.enums import RegisterImportKind, RegisterImportState


class RegisterImport(models.Model):
    """One file: its columns are mapped, it is checked (dry run), then applied; applying it twice changes nothing.

    Checking and applying go through the file in slices. `next_row` is where the next slice starts; it is
    written in the same transaction as the rows before it, so that a killed worker loses at most one batch
    of work and nothing is done twice. `claim_id` and `lease_until` keep two workers apart.
    """

    kind = models.CharField(_("種類"), max_length=12, choices=RegisterImportKind)
    state = models.CharField(
        _("状態"), max_length=10, choices=RegisterImportState, default=RegisterImportState.UPLOADED
    )
    # none when a command reads a file that stays where it is
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("ファイル"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    encoding = models.CharField(_("文字コード"), max_length=20)
    # {"resident_number": "宛名番号", …}: our field → the file's heading
    mapping = models.JSONField(_("列の対応"), default=dict)
    as_of = models.DateField(_("データの基準日"))
    accepts_missing = models.BooleanField(
        _("多数の消除を認める"),
        default=False,
        help_text=_("全件ファイルに載っていない人が多いときも、転出として反映します。"),
    )
    next_row = models.PositiveIntegerField(_("次の行"), default=0, editable=False)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    created = models.PositiveIntegerField(_("新規"), default=0)
    changed = models.PositiveIntegerField(_("変更"), default=0)
    unchanged = models.PositiveIntegerField(_("変更なし"), default=0)
    ended = models.PositiveIntegerField(_("転出・死亡"), default=0)
    # people living here before the import whom the file names: the rest of a full file has gone
    present = models.PositiveIntegerField(_("台帳にある人数"), default=0, editable=False)
    problem_count = models.PositiveIntegerField(_("問題の件数"), default=0)
    # the first thousand: [{"row": 2, "field": "birth_date", "message": "…"}], without the value
    problems = models.JSONField(_("問題"), default=list)
    refusal = models.CharField(_("取り込めない理由"), max_length=300, blank=True)
    claim_id = models.UUIDField(_("処理ID"), null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("処理の期限"), null=True, blank=True, editable=False)
    # slices in a row whose worker was gone before a batch was written
    lost_slices = models.PositiveSmallIntegerField(_("中断の回数"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now)
    applied_at = models.DateTimeField(_("反映日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("住民データの取込")
        verbose_name_plural = _("住民データの取込")
        indexes = [models.Index(fields=["state", "-as_of"], name="register_import_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="applying"), name="register_import_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False), name="register_import_applied_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal=""), name="register_import_refused_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.as_of}"

    @property
    def is_running(self) -> bool:
        return self.state in (RegisterImportState.CHECKING, RegisterImportState.APPLYING)
