"""What goes out to the back office and its robots (RPA): files of cases, and what was taken when."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ExtractFormat, ExtractScope, TextEncoding
from cityhall.enums import WorkState
from cityhall.ids import public_id
from cityhall.models import Work


class ExtractProfile(models.Model):
    """A kind of extract that is made again and again: which procedure, columns, format."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="extract_profiles"
    )
    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="extract_profiles"
    )
    name = models.CharField(_("名前"), max_length=60)
    format = models.CharField(_("形式"), max_length=5, choices=ExtractFormat, default=ExtractFormat.CSV)
    encoding = models.CharField(_("文字コード"), max_length=10, choices=TextEncoding, default=TextEncoding.UTF_8)
    # names of columns in their order: facts of the case, "answer:<key>", "concept:<concept>"
    columns = models.JSONField(_("列"), default=list)
    # how cells are written, and which version: `applications.extracts.writing.Writing`
    writing = models.JSONField(_("書き方"), default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("抽出の型")
        verbose_name_plural = _("抽出の型")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "name"],
                name="extract_profile_name_unique",
                violation_error_message=_("同じ名前の抽出の型があります。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_files(self) -> bool:
        """Whether it hands out attachments instead of a table."""
        return self.format == ExtractFormat.FILES


class Extract(Work):
    """One file being made, or made. Written by the worker row by row; the file is gone when `expires_at` has come."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    profile = models.ForeignKey(ExtractProfile, verbose_name=_("型"), on_delete=models.PROTECT, related_name="extracts")
    scope = models.CharField(_("範囲"), max_length=10, choices=ExtractScope, default=ExtractScope.ALL)
    # the profile as it was, and the limits chosen: {"columns", "format", "encoding", "writing", "from", "until",
    # "states"}
    options = models.JSONField(_("設定"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("作成者"), on_delete=models.PROTECT, related_name="extracts"
    )
    rows_total = models.PositiveIntegerField(_("件数"), null=True, blank=True)
    rows_done = models.PositiveIntegerField(_("書き出した件数"), default=0)
    # what the file does not say by itself: characters replaced, addresses left out (`applications.extracts.report`)
    report = models.JSONField(_("作成の記録"), default=dict, blank=True, editable=False)
    file = models.OneToOneField(
        "cityhall.StoredFile",
        verbose_name=_("ファイル"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="extract",
    )
    expires_at = models.DateTimeField(_("ダウンロード期限"), null=True, blank=True)
    # the first time somebody downloaded it: what nobody has fetched when it is gone went out to nobody
    fetched_at = models.DateTimeField(_("最初のダウンロード日時"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("中止日時"), null=True, blank=True)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("抽出")
        verbose_name_plural = _("抽出")
        ordering = ["-id"]
        constraints = [
            *Work.work_constraints(),
            models.CheckConstraint(
                condition=~Q(state=WorkState.DONE) | Q(cancelled_at__isnull=False) | Q(expires_at__isnull=False),
                name="extract_made_has_expiry",
            ),
        ]
        indexes = [*Work.work_indexes(), models.Index(fields=["profile", "-id"], name="extract_of_profile")]

    def __str__(self) -> str:
        return f"{self.profile_id} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class ExtractedCase(models.Model):
    """That a case, in this revision, went out with an extract; "new since last time" leaves it out."""

    profile = models.ForeignKey(ExtractProfile, verbose_name=_("型"), on_delete=models.PROTECT, related_name="taken")
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.CASCADE, related_name="extracted"
    )
    # the number of the answers' revision that went out; a later correction is new again
    revision_number = models.PositiveIntegerField(_("回"))
    extract = models.ForeignKey(Extract, verbose_name=_("抽出"), on_delete=models.PROTECT, related_name="cases")

    class Meta:
        verbose_name = _("抽出済みの申請")
        verbose_name_plural = _("抽出済みの申請")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "application", "revision_number"], name="extracted_case_once_per_profile"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.application_id}"
