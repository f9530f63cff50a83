"""What makes work on cases easy: checklists, notes, own files, saved filters, many decisions at once, the digest."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind, IdentityShown
from cityhall.ids import public_id
from cityhall.models import Work


class ChecklistItem(models.Model):
    """A point to look at before a case of the procedure is decided (審査項目)."""

    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="checklist"
    )
    text = models.CharField(_("確認すること"), max_length=200)
    is_required = models.BooleanField(_("決定の前に必要"), default=True)
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("審査項目")
        verbose_name_plural = _("審査項目")
        ordering = ["procedure", "position", "id"]

    def __str__(self) -> str:
        return self.text


class CheckMark(models.Model):
    """That somebody looked at a point of the checklist; a correction of the answers takes all marks away."""

    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.CASCADE, related_name="check_marks"
    )
    item = models.ForeignKey(ChecklistItem, verbose_name=_("審査項目"), on_delete=models.PROTECT, related_name="marks")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("確認者"), on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(_("確認日時"), default=timezone.now)

    class Meta:
        verbose_name = _("審査の確認")
        verbose_name_plural = _("審査の確認")
        constraints = [models.UniqueConstraint(fields=["application", "item"], name="check_mark_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.item_id}"


class CaseNote(models.Model):
    """A note of the staff on a case, never shown to the applicant. Append-only."""

    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="notes"
    )
    body = models.TextField(_("内部メモ"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("記入者"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("記入日時"), default=timezone.now)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("内部メモ")
        verbose_name_plural = _("内部メモ")
        indexes = [models.Index(fields=["application", "id"], name="case_note_order")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.written_at):%Y-%m-%d %H:%M}"


class CaseFile(models.Model):
    """A file the staff put to a case: a scanned paper form, a reply of another office. Never shown to the applicant."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="case_files"
    )
    file = models.OneToOneField(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="case_file"
    )
    label = models.CharField(_("名前"), max_length=100, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登録者"), on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("登録日時"), default=timezone.now)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("審査用のファイル")
        verbose_name_plural = _("審査用のファイル")

    def __str__(self) -> str:
        return self.label or self.public_id


class Reception(models.Model):
    """That staff type a filing in for somebody: who that is when the city has no record, and how it was established.

    Who typed is `Application.filed_by`, who applies the application itself: both identities are kept.
    """

    application = models.OneToOneField(
        "applications.Application", verbose_name=_("申請"), on_delete=models.CASCADE, related_name="reception"
    )
    identity = models.CharField(_("本人確認"), max_length=15, choices=IdentityShown)
    # as long as all its parts may be: who came, who asks, and whose certificate it is
    identity_note = models.CharField(_("本人確認のメモ"), max_length=1500, blank=True)
    # of somebody the city has no record of
    person_name = models.CharField(_("氏名"), max_length=120, blank=True)
    person_kana = models.CharField(_("フリガナ"), max_length=120, blank=True)
    # questions (`key`, `group.key`) whose papers were seen at the counter instead of files
    papers_seen = models.JSONField(_("窓口で確認した書類"), default=list, blank=True)
    papers_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("書類を確認した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    papers_seen_at = models.DateTimeField(_("書類を確認した日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("窓口・紙での受付")
        verbose_name_plural = _("窓口・紙での受付")
        constraints = [
            models.CheckConstraint(
                condition=Q(papers_seen=[]) | Q(papers_seen_by__isnull=False, papers_seen_at__isnull=False),
                name="reception_papers_seen_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.get_identity_display()}"


class SavedFilter(models.Model):
    """A filter of the work list that somebody gave a name."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.CASCADE, related_name="saved_case_filters"
    )
    name = models.CharField(_("名前"), max_length=40)
    # the cleaned fields of the filter form, no words of a search for a person
    query = models.JSONField(_("条件"), default=dict)
    is_default = models.BooleanField(_("最初に開く"), default=False)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("保存した絞り込み")
        verbose_name_plural = _("保存した絞り込み")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="saved_filter_name_unique",
                violation_error_message=_("同じ名前の絞り込みがあります。"),
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="saved_filter_one_default"),
        ]

    def __str__(self) -> str:
        return self.name


class BulkDecision(models.Model):
    """One decision for many chosen cases (一括処理): what was proposed is approved, the rest is decided."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    decision = models.CharField(_("決定"), max_length=10, choices=DecisionKind)
    reason = models.TextField(_("理由"), blank=True)
    # key of a kind of letter → number of the version that was read in the preview: no other text goes out
    texts = models.JSONField(_("確認した文面の版"), default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("実行者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("実行日時"), default=timezone.now, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name = _("一括処理")
        verbose_name_plural = _("一括処理")

    def __str__(self) -> str:
        return self.public_id


class BulkDecisionRow(Work):
    """One case of a bulk decision, decided in a transaction of its own; `last_error` is a code of a domain error."""

    bulk = models.ForeignKey(BulkDecision, verbose_name=_("一括処理"), on_delete=models.CASCADE, related_name="rows")
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="+"
    )
    # what the person saw in the preview
    seen_revision = models.PositiveIntegerField(_("改訂"))

    class Meta:
        verbose_name = _("一括処理の申請")
        verbose_name_plural = _("一括処理の申請")
        constraints = [
            *Work.work_constraints(),
            models.UniqueConstraint(fields=["bulk", "application"], name="bulk_decision_case_once"),
        ]
        indexes = Work.work_indexes()

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.application_id}"


class StaffDigest(models.Model):
    """That a person's daily summary went out: one a day, however often the task runs."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.CASCADE, related_name="+"
    )
    business_day = models.DateField(_("開庁日"))
    sent_at = models.DateTimeField(_("送信日時"), default=timezone.now)

    class Meta:
        verbose_name = _("日次のお知らせ")
        verbose_name_plural = _("日次のお知らせ")
        constraints = [models.UniqueConstraint(fields=["user", "business_day"], name="staff_digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.business_day}"


class DigestSetting(models.Model):
    """That somebody said whether they want the daily summary; without a row they get it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("職員"), on_delete=models.CASCADE, related_name="digest_setting"
    )
    is_wanted = models.BooleanField(_("日次のお知らせを受け取る"), default=True)

    class Meta:
        verbose_name = _("日次のお知らせの設定")
        verbose_name_plural = _("日次のお知らせの設定")

    def __str__(self) -> str:
        return f"{self.user_id}"
