"""Notices of moving in (転入予約) that were imported from the national portal's file."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from counter.enums import MoveInOutcome


class MoveInSettings(models.Model):
    """What the city says of these files, once: other headings, what is filled in, and what is booked."""

    headings = models.JSONField(
        _("列の見出し"),
        default=dict,
        blank=True,
        help_text=_('決まりと違う見出しだけを書きます。例: {"member_name": "家族{n}の氏名"}'),
    )
    cancel_words = models.JSONField(
        _("取消しを表すことば"), default=list, blank=True, help_text=_('例: ["取消済", "辞退"]')
    )
    procedures = models.JSONField(
        _("事前入力する手続のキー"),
        default=list,
        blank=True,
        help_text=_('この順に、一つの様式にまとめます。例: ["tennyu-yoyaku", "juminhyo-seikyu"]'),
    )
    fixed_answers = models.JSONField(
        _("はじめから決まっている回答"),
        default=dict,
        blank=True,
        help_text=_('手続と質問のキーで書きます。例: {"tennyu-yoyaku": {"move_kind": "in"}}'),
    )
    service = models.ForeignKey(
        "reservations.Service",
        verbose_name=_("予約する業務"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    place = models.ForeignKey(
        "reservations.Place",
        verbose_name=_("予約する場所"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("転入予約の取り込みの設定")
        verbose_name_plural = _("転入予約の取り込みの設定")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="move_in_settings_once")]

    def __str__(self) -> str:
        return str(_("転入予約の取り込みの設定"))


class MoveInImport(models.Model):
    """One file: read, looked at, and applied or thrown away. `problems` have row numbers and no values."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    request_key = models.CharField(_("受付キー"), max_length=80, unique=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("取り込んだ人"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("取り込んだ日時"), default=timezone.now)
    file_mark = models.CharField(_("ファイルの照合値"), max_length=64, editable=False)
    problem_count = models.PositiveIntegerField(_("取り込めない行"), default=0)
    problems = models.JSONField(_("取り込めない理由"), default=list, blank=True)
    applied_at = models.DateTimeField(_("反映した日時"), null=True, blank=True)
    discarded_at = models.DateTimeField(_("やめた日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("転入予約の取り込み")
        verbose_name_plural = _("転入予約の取り込み")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(discarded_at__isnull=True),
                name="move_in_import_applied_or_discarded",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look at it and decide."""
        return self.applied_at is None and self.discarded_at is None


class MoveIn(models.Model):
    """One notice, by the portal's number, whatever files named it. It lives as long as its prefill.

    Names, dates and addresses stand in the sealed prefill alone (docs/move-in-import.md).
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    # HMAC of the portal's number; its last signs are for staff who look for it in the file
    lookup = models.CharField(_("照合値"), max_length=64, unique=True, editable=False)
    number_end = models.CharField(_("受付番号の末尾"), max_length=4)
    prefill = models.OneToOneField(
        "counter.Prefill", verbose_name=_("事前入力"), on_delete=models.CASCADE, related_name="move_in"
    )
    # what was booked for the family; their own bookings hang on the prefill
    reservation = models.ForeignKey(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("取り込んだ人"), on_delete=models.PROTECT, related_name="+"
    )
    # what the newest row said, as HMAC; blank until it is carried out in full
    row_mark = models.CharField(_("行の照合値"), max_length=64, blank=True, editable=False)
    told_at = models.DateTimeField(_("ポータルの更新日時"), null=True, blank=True)
    # sealed (`counter.moving_in.sealing`); wiped when the prefill ends
    token_by_number = models.TextField(_("受付番号で開くコード"), blank=True, editable=False)
    taken = models.TextField(_("取り込んだ内容"), blank=True, editable=False)
    mail_mark = models.CharField(_("送り先の照合値"), max_length=64, blank=True, editable=False)
    wished_on = models.DateField(_("希望の日"), null=True, blank=True)
    wished_from = models.CharField(_("希望の時刻"), max_length=5, blank=True)
    booked_for = models.DateTimeField(_("取った予約の日時"), null=True, blank=True)
    created_at = models.DateTimeField(_("取り込んだ日時"), default=timezone.now)
    link_sent_at = models.DateTimeField(_("リンクを送った日時"), null=True, blank=True)
    opened_at = models.DateTimeField(_("リンクが開かれた日時"), null=True, blank=True)
    completed_at = models.DateTimeField(_("入力が済んだ日時"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取り消された日時"), null=True, blank=True)
    # nobody waits for this family's day any more: why, in the words of staff
    set_aside_at = models.DateTimeField(_("見送った日時"), null=True, blank=True)
    set_aside_reason = models.CharField(_("見送った理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("取り込んだ転入予約")
        verbose_name_plural = _("取り込んだ転入予約")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True) | ~Q(set_aside_reason=""), name="move_in_set_aside_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class MoveInItem(Work):
    """One row of a file, as work: due when the file is applied, its content sealed and wiped when it is done."""

    batch = models.ForeignKey(
        MoveInImport, verbose_name=_("取り込み"), on_delete=models.CASCADE, related_name="items", db_index=False
    )
    number = models.PositiveIntegerField(_("行"))
    content = models.TextField(_("暗号化された行"), blank=True, editable=False)
    move_in = models.ForeignKey(
        MoveIn, verbose_name=_("転入予約"), null=True, blank=True, on_delete=models.CASCADE, related_name="items"
    )
    outcome = models.CharField(_("結果"), max_length=10, choices=MoveInOutcome, blank=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("転入予約の行")
        verbose_name_plural = _("転入予約の行")
        ordering = ["batch", "number"]
        constraints = [
            *Work.work_constraints(),
            models.UniqueConstraint(fields=["batch", "number"], name="move_in_row_once"),
            models.CheckConstraint(
                condition=~Q(outcome=MoveInOutcome.REFUSED) | ~Q(reason=""), name="move_in_refused_has_reason"
            ),
        ]
        indexes = [*Work.work_indexes()]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
