"""One text to many people: the list it goes to, and what became of every line."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from cityhall.models import Work
from notices.enums import CampaignSource, CampaignState, RowState


class Campaign(Work):
    """A mass notice. `campaign_state` is what staff see; `state` and the claim are the worker's.

    The worker goes through the list in slices. `next_row` is where the next slice starts, written in the same
    transaction as the rows before it: a killed worker loses at most one slice and nothing happens twice.
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    name = models.CharField(_("名称"), max_length=100)
    version = models.ForeignKey(
        "notices.NoticeTypeVersion", verbose_name=_("通知文の版"), on_delete=models.PROTECT, related_name="campaigns"
    )
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="campaigns"
    )
    source = models.CharField(_("送り先"), max_length=10, choices=CampaignSource)
    campaign_state = models.CharField(
        _("一斉通知の状態"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT
    )
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("名簿"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    encoding = models.CharField(_("文字コード"), max_length=20, blank=True)
    # {"resident_number": "宛名番号", "((fee))": "保育料"}: our field, or a placeholder as it is written → the heading
    mapping = models.JSONField(_("列の対応"), default=dict, blank=True)
    # {"who": condition, "about": condition} over the facts of `cityhall.registry.segment_facts` (notices.segments)
    segment = models.JSONField(_("条件"), default=dict, blank=True)
    # the same for everybody: {"event_date": "令和9年1月11日"}
    values = models.JSONField(_("共通の値"), default=dict, blank=True)
    next_row = models.PositiveIntegerField(_("次の行"), default=0, editable=False)
    rows_count = models.PositiveIntegerField(_("行数"), default=0)
    good_count = models.PositiveIntegerField(_("送信できる行"), default=0)
    doubtful_count = models.PositiveIntegerField(_("確認が必要な行"), default=0)
    problem_count = models.PositiveIntegerField(_("送信できない行"), default=0)
    made_count = models.PositiveIntegerField(_("作成した通知"), default=0)
    failed_count = models.PositiveIntegerField(_("作成できなかった行"), default=0)
    # worked out before approval: who will get paper, and what the post will cost
    paper_count = models.PositiveIntegerField(_("郵送の見込み"), default=0)
    postage_yen = models.PositiveIntegerField(_("郵送料の見込み（円）"), default=0)
    refusal = models.CharField(_("取り込めない理由"), max_length=300, blank=True)
    scheduled_at = models.DateTimeField(_("送信予定日時"), null=True, blank=True)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("承認を求めた人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("承認者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("承認日時"), null=True, blank=True)
    sending_at = models.DateTimeField(_("送信開始日時"), null=True, blank=True)
    done_at = models.DateTimeField(_("完了日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("一斉通知")
        verbose_name_plural = _("一斉通知")
        permissions = [("approve_campaign", _("一斉通知を承認できる"))]
        constraints = [
            *Work.work_constraints(),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("submitted_by")),
                name="campaign_four_eyes",
                violation_error_message=_("承認を求めた人は、自分の一斉通知を承認できません。"),
            ),
            models.CheckConstraint(
                condition=~Q(campaign_state__in=["approved", "missed", "sending", "paused", "done"])
                | (Q(approved_by__isnull=False) & Q(approved_at__isnull=False)),
                name="campaign_sent_is_approved",
            ),
            models.CheckConstraint(
                condition=~Q(campaign_state=CampaignState.DONE) | Q(done_at__isnull=False),
                name="campaign_done_has_time",
            ),
        ]
        indexes = [
            *Work.work_indexes(),
            models.Index(fields=["department", "-id"], name="campaign_of_department"),
            models.Index(fields=["scheduled_at"], condition=Q(campaign_state="approved"), name="campaign_clock"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignRow(models.Model):
    """One line of the list: to whom, about whom, with which values; and the notice it became."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("一斉通知"), on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    # the row as Excel counts it (the heading is row 1); for a segment the place in its order
    position = models.PositiveIntegerField(_("行"))
    state = models.CharField(_("状態"), max_length=10, choices=RowState)
    recipient = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("受取人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    subject = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("対象の住民"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    values = models.JSONField(_("差し込む値"), default=dict, blank=True)
    # as the file says it, for the person who decides a doubtful match; wiped when the campaign is done
    typed = models.JSONField(_("名簿の記載"), default=dict, blank=True)
    # who it may be: ["recipient" or "subject", id of the resident], …
    candidates = models.JSONField(_("候補"), default=list, blank=True)
    problem = models.CharField(_("理由"), max_length=200, blank=True)
    one_time_code = models.TextField(_("番号（暗号化）"), blank=True, editable=False)
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("添付"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    gets_paper = models.BooleanField(_("郵送になる"), default=False)
    # characters that no font has: the notice is made, its document only by a person
    unprintable = models.CharField(_("印字できない文字"), max_length=60, blank=True)
    notice = models.OneToOneField(
        "notices.Notice",
        verbose_name=_("通知"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaign_row",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確認した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = _("一斉通知の行")
        verbose_name_plural = _("一斉通知の行")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="campaign_row_once"),
            # the same person about the same person, once a campaign
            models.UniqueConstraint(
                fields=["campaign", "recipient", "subject"],
                condition=Q(state__in=["good", "made"]),
                name="campaign_row_person_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["good", "made"]) | (Q(recipient__isnull=False) & Q(subject__isnull=False)),
                name="campaign_row_good_has_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(notice__isnull=False), name="campaign_row_made_has_notice"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "position"], name="campaign_row_of_state"),
            # the few whose letters a person makes
            models.Index(
                fields=["campaign", "position"], condition=~Q(unprintable=""), name="campaign_row_unprintable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}-{self.position}"


class CampaignFile(models.Model):
    """A file for one line of the list; lines name it (column 添付ファイル名)."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("一斉通知"), on_delete=models.PROTECT, related_name="files", db_index=False
    )
    name = models.CharField(_("ファイル名"), max_length=200)
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("一斉通知の添付")
        verbose_name_plural = _("一斉通知の添付")
        constraints = [models.UniqueConstraint(fields=["campaign", "name"], name="campaign_file_name_once")]

    def __str__(self) -> str:
        return self.name


class CampaignEvent(models.Model):
    """What was done to a campaign, by whom; append-only."""

    campaign = models.ForeignKey(Campaign, verbose_name=_("一斉通知"), on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("日時"), default=timezone.now)
    state = models.CharField(_("状態"), max_length=10, choices=CampaignState)
    detail = models.CharField(_("詳細"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("一斉通知の履歴")
        verbose_name_plural = _("一斉通知の履歴")
        ordering = ["id"]
        indexes = [models.Index(fields=["campaign", "id"], name="event_of_campaign")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
