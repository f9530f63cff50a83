"""Reports from the street (通報): a hole in the road, a broken lamp. No account is needed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportEventKind, ReportState
from cityhall.ids import public_id


class ReportKind(models.Model):
    """What may be reported, and the department it goes to."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("種類"), max_length=60)
    example = models.CharField(_("例"), max_length=120, blank=True)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("担当課"), on_delete=models.PROTECT, related_name="report_kinds"
    )
    # for what cannot wait: the page says to telephone
    urgent_text = models.CharField(_("緊急のときの案内"), max_length=200, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("通報の種類")
        verbose_name_plural = _("通報の種類")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """One report. State moves only in `services.reports`, by conditional update on (state, revision)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    number = models.CharField(_("受付番号"), max_length=20, unique=True, editable=False)
    kind = models.ForeignKey(ReportKind, verbose_name=_("種類"), on_delete=models.PROTECT, related_name="reports")
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("担当課"),
        on_delete=models.PROTECT,
        related_name="reports",
        db_index=False,
    )
    body = models.TextField(_("状況"))
    latitude = models.DecimalField(_("緯度"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("経度"), max_digits=9, decimal_places=6, null=True, blank=True)
    place_note = models.CharField(_("場所の説明"), max_length=200, blank=True)
    # for the answer only; a reporter who leaves it blank sees the state with number and code
    reporter_name = models.CharField(_("お名前"), max_length=80, blank=True)
    reporter_email = models.EmailField(_("メールアドレス"), blank=True)
    secret_version = models.PositiveSmallIntegerField(_("照会リンクの版"), default=1, editable=False)
    state = models.CharField(_("状態"), max_length=12, choices=ReportState, default=ReportState.RECEIVED)
    is_open = models.GeneratedField(
        expression=Q(state__in=[ReportState.RECEIVED, ReportState.IN_PROGRESS]),  # type: ignore[arg-type] # as in Application
        output_field=models.BooleanField(),
        db_persist=True,
    )
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handled_reports",
    )
    # a duplicate points at the report that goes on; chains are not made
    merged_into = models.ForeignKey(
        "self", verbose_name=_("統合先"), null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    # whether the public list may show it, with what words: never the reporter's own
    is_public = models.BooleanField(_("公開する"), default=False)
    public_text = models.CharField(_("公開する説明"), max_length=200, blank=True)
    answer = models.TextField(_("通報者への回答"), blank=True)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    received_at = models.DateTimeField(_("受付日時"), default=timezone.now)
    closed_at = models.DateTimeField(_("対応日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("通報")
        verbose_name_plural = _("通報")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=False, longitude__isnull=False)
                | (Q(latitude__isnull=True, longitude__isnull=True) & ~Q(place_note="")),
                name="report_says_where",
                violation_error_message=_("場所を地図で選ぶか、ことばで説明してください。"),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="report_place_on_earth",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.DUPLICATE) | Q(merged_into__isnull=False),
                name="report_duplicate_has_original",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="report_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(public_text=""),
                name="report_public_has_text",
                violation_error_message=_("公開するときは、公開する説明を入力してください。"),
            ),
        ]
        indexes = [
            models.Index(fields=["department", "is_open", "-id"], name="report_of_department"),
            models.Index(fields=["-id"], condition=Q(is_public=True), name="report_public"),
            models.Index(fields=["latitude", "longitude"], condition=Q(latitude__isnull=False), name="report_by_place"),
        ]

    def __str__(self) -> str:
        return self.number


class ReportPhoto(models.Model):
    """A photo of a report, stripped of what the camera wrote into it."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    report = models.ForeignKey(Report, verbose_name=_("通報"), on_delete=models.PROTECT, related_name="photos")
    file = models.OneToOneField(
        "cityhall.StoredFile", verbose_name=_("写真"), on_delete=models.PROTECT, related_name="report_photo"
    )
    # staff looked at it: no faces, no number plates
    is_public = models.BooleanField(_("公開する"), default=False)

    class Meta:
        verbose_name = _("通報の写真")
        verbose_name_plural = _("通報の写真")

    def __str__(self) -> str:
        return self.public_id


class ReportEvent(models.Model):
    """What happened to a report. Append-only."""

    report = models.ForeignKey(Report, verbose_name=_("通報"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("内容"), max_length=12, choices=ReportEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    # for staff only
    note = models.TextField(_("メモ"), blank=True)

    class Meta:
        verbose_name = _("通報の経過")
        verbose_name_plural = _("通報の経過")
        indexes = [models.Index(fields=["report", "id"], name="report_event_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
