"""What can be applied for, and the frozen definitions of its questions."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Contains
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicantKind, Channel, FeeDue, ProcedureMode, ProcedureState, ResultKind, usual_channels
from cityhall.ids import short_code
from residents.enums import IdentityLevel


class LifeEvent(models.Model):
    """A reason why people come to the city hall (出生, 転入 …)."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    # language → name, for the tablets of the hall
    names = models.JSONField(_("他の言語の名称"), default=dict, blank=True)
    summary = models.CharField(_("説明"), max_length=120, blank=True, help_text=_("例: 赤ちゃんが生まれたとき"))
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    current_guide = models.ForeignKey(
        "applications.GuideVersion",
        verbose_name=_("現在の手続ガイド"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_guide_public = models.BooleanField(_("手続ガイドを公開する"), default=False)

    class Meta:
        verbose_name = _("ライフイベント")
        verbose_name_plural = _("ライフイベント")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.name


def _names(kind: ApplicantKind) -> Q:
    """Whether the list of applicant kinds names this one: both databases can keep that as a column."""
    return Q(Contains(Cast("applicant_kinds", models.TextField()), f'"{kind.value}"'))


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def published(self) -> "ProcedureQuerySet":
        """What is shown to those it is for, open or not yet open."""
        return self.filter(state=ProcedureState.PUBLISHED)

    def for_public(self) -> "ProcedureQuerySet":
        """What the public sees: internal procedures do not exist for it."""
        return self.published().filter(takes_public=True)

    def fillable(self) -> "ProcedureQuerySet":
        """Published ones that are more than a guide; `Procedure.has_form` says the same of one row."""
        return self.published().exclude(mode=ProcedureMode.GUIDE_ONLY).filter(current_version__isnull=False)

    def taken_by(self, channel: Channel) -> "ProcedureQuerySet":
        """Those that are filed in this way; `Procedure.is_taken_by` says the same of one row."""
        # JSON is not searched on both databases alike; its text is
        return self.filter(Contains(Cast("channels", models.TextField()), f'"{channel.value}"'))

    def without_surveys(self) -> "ProcedureQuerySet":
        """What people call a procedure: the questions of internal surveys have pages of their own."""
        return self.filter(survey=None)

    def for_staff(self) -> "ProcedureQuerySet":
        """What staff may file from their own accounts."""
        return self.published().filter(takes_staff=True).without_surveys()


class Procedure(models.Model):
    """A procedure (手続) of one department. What belongs to the form stands in its FormVersion."""

    key = models.SlugField(_("キー"), max_length=60, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    name_kana = models.CharField(_("ふりがな"), max_length=200, blank=True)
    summary = models.CharField(_("概要"), max_length=300)
    description = models.TextField(_("説明"), blank=True, help_text=_("Markdown の一部が使えます。"))
    eligibility = models.TextField(_("対象となる方"), blank=True, help_text=_("Markdown の一部が使えます。"))
    deadline = models.CharField(_("期限"), max_length=200, blank=True, help_text=_("例: 出生の日の翌日から15日以内"))
    keywords = models.JSONField(
        _("検索のことば"), default=list, blank=True, help_text=_("住民が使うことば。名称と概要にないもの")
    )
    # folded by applications.search, written by services only: what is searched has a column
    search_text = models.TextField(_("検索用の文字"), blank=True, editable=False)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("所管課"), on_delete=models.PROTECT, related_name="procedures"
    )
    life_events = models.ManyToManyField(
        LifeEvent, verbose_name=_("ライフイベント"), blank=True, related_name="procedures"
    )
    state = models.CharField(_("公開"), max_length=10, choices=ProcedureState, default=ProcedureState.DRAFT)
    mode = models.CharField(_("方式"), max_length=12, choices=ProcedureMode, default=ProcedureMode.ONLINE)
    # what is booked for the visit or the interview; the page after sending leads there
    visit_service = models.ForeignKey(
        "reservations.Service",
        verbose_name=_("予約する業務"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="procedures",
    )
    channels = models.JSONField(_("受付の方法"), default=usual_channels)
    result_kind = models.CharField(_("結果"), max_length=12, choices=ResultKind, default=ResultKind.NOTICE)
    legal_basis = models.CharField(_("根拠法令"), max_length=200, blank=True)
    # blank: nobody has said yet, and no page says anything of it
    fee = models.CharField(_("手数料"), max_length=100, blank=True)
    # what is charged, in the condition language: [{"key", "label", "amount": value, "when": condition}] (docs/fees.md)
    fees = models.JSONField(_("手数料の計算"), default=list, blank=True)
    fee_due = models.CharField(_("手数料の期限"), max_length=10, choices=FeeDue, default=FeeDue.BEFORE_DECISION)
    # where else it is done: [{"name": "コンビニ交付", "url": "", "fee": "200円", "note": ""}]
    other_places = models.JSONField(_("ほかの窓口・方法"), default=list, blank=True)
    # how long a decision may be appealed against (行政不服審査法18条: three months)
    appeal_months = models.PositiveSmallIntegerField(_("不服申立ての期間（月）"), default=3)
    standard_days = models.PositiveSmallIntegerField(_("標準処理期間（開庁日）"), null=True, blank=True)
    required_papers = models.JSONField(_("必要なもの"), default=list, blank=True)
    applicant_kinds = models.JSONField(_("申請できる人"), default=list, help_text=_("person, business, staff"))
    # the same as columns, for queries: JSON is not searched
    takes_staff = models.GeneratedField(
        expression=_names(ApplicantKind.STAFF),  # type: ignore[arg-type] # the stubs forget that Q resolves to one
        output_field=models.BooleanField(),
        db_persist=True,
    )
    takes_public = models.GeneratedField(
        expression=_names(ApplicantKind.PERSON)  # type: ignore[arg-type] # as above
        | _names(ApplicantKind.BUSINESS)
        | ~_names(ApplicantKind.STAFF),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # the form leaves the question out and the page says so: the portal never stores a My Number
    my_number_at_desk = models.BooleanField(_("個人番号を窓口で確認する"), default=False)
    # a certificate that is handed out while the person waits: no decision, no letter
    issued_at_once = models.BooleanField(_("窓口ですぐに交付する"), default=False)
    # law wants this filing in writing (住民基本台帳法27条 …): a counter prints its form, and no other's
    needs_paper_form = models.BooleanField(_("書面が必要"), default=False)
    identity_level = models.CharField(_("本人確認"), max_length=10, choices=IdentityLevel, default=IdentityLevel.EMAIL)
    needs_approval = models.BooleanField(_("決裁が必要"), default=False)
    once_per_applicant = models.BooleanField(_("審査中は一人一件まで"), default=False)
    # one application a person for good: an event, a benefit, a recruitment
    once_ever = models.BooleanField(_("一人一回まで"), default=False)
    allows_guests = models.BooleanField(_("利用者登録なしで申請できる"), default=False)
    # places of an event or a recruitment; `taken_seats` moves only in services.seats, by conditional update
    capacity = models.PositiveIntegerField(_("定員"), null=True, blank=True)
    taken_seats = models.PositiveIntegerField(_("受付済みの人数"), default=0, editable=False)
    has_waiting_list = models.BooleanField(_("キャンセル待ちを受け付ける"), default=False)
    retention_years = models.PositiveSmallIntegerField(_("保存年数"), default=5)
    # keys of notice types: filled from the catalogue, resolved when a decision is made
    approval_notice_type = models.ForeignKey(
        "notices.NoticeType",
        verbose_name=_("承認の通知"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    refusal_notice_type = models.ForeignKey(
        "notices.NoticeType",
        verbose_name=_("不承認の通知"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opens_at = models.DateTimeField(_("受付開始"), null=True, blank=True)
    closes_at = models.DateTimeField(_("受付終了"), null=True, blank=True)
    current_version = models.ForeignKey(
        "applications.FormVersion",
        verbose_name=_("現在の様式"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    # the end of the short address on posters and in QR codes; never given to another procedure
    short_code = models.CharField(
        _("短いアドレス"), max_length=8, unique=True, null=True, default=short_code, editable=False
    )
    # settings, and fingerprints of texts and form, as the catalogue last gave them: what differs now was changed by
    # the city and is kept (services.catalogue.memory)
    catalogue_settings = models.JSONField(_("カタログの設定"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("手続")
        verbose_name_plural = _("手続")
        ordering = ["position", "key"]
        # the public list in the order of the kana
        indexes = [models.Index(fields=["state", "name_kana", "id"], name="procedure_by_kana")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ProcedureState.PUBLISHED)
                | Q(mode=ProcedureMode.GUIDE_ONLY)
                | Q(current_version__isnull=False),
                name="procedure_published_has_form",
                violation_error_message=_("公開するには様式が必要です。"),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=models.F("opens_at")),
                name="procedure_closes_after_opening",
                violation_error_message=_("受付終了は受付開始より後にしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(allows_guests=False) | Q(identity_level=IdentityLevel.NONE),
                name="procedure_of_guests_asks_no_identity",
                violation_error_message=_("利用者登録なしで申請できるのは、本人確認が「確認なし」の手続だけです。"),
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken_seats__lte=models.F("capacity")),
                name="procedure_seats_within_capacity",
                violation_error_message=_("定員は、受付済みの人数より少なくできません。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now: dt.datetime) -> bool:
        """Whether an application may be started or sent at this moment."""
        if self.state != ProcedureState.PUBLISHED or self.mode == ProcedureMode.GUIDE_ONLY:
            return False
        return (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or now < self.closes_at)

    @property
    def has_form(self) -> bool:
        """Whether it is published and more than a guide: there is a form to fill in, open or not."""
        is_shown = self.state == ProcedureState.PUBLISHED and self.mode != ProcedureMode.GUIDE_ONLY
        return is_shown and self.current_version_id is not None

    def is_taken_by(self, channel: Channel) -> bool:
        """Whether it is filed in this way, whatever the others do."""
        return channel in self.channels

    @property
    def is_survey(self) -> bool:
        """Whether it holds the questions of an internal survey, which says who answers when. One query at most."""
        return self.is_for_staff and hasattr(self, "survey")

    @property
    def is_full(self) -> bool:
        """Whether all places are taken and nobody can wait for one either."""
        return self.capacity is not None and self.taken_seats >= self.capacity and not self.has_waiting_list

    @property
    def is_for_people(self) -> bool:
        return not self.applicant_kinds or ApplicantKind.PERSON in self.applicant_kinds

    @property
    def is_for_businesses(self) -> bool:
        return ApplicantKind.BUSINESS in self.applicant_kinds

    @property
    def is_for_staff(self) -> bool:
        return ApplicantKind.STAFF in self.applicant_kinds


class FormVersion(models.Model):
    """The frozen definition of the questions (様式の版). A database trigger refuses any change of a row."""

    procedure = models.ForeignKey(Procedure, verbose_name=_("手続"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版"))
    schema = models.PositiveSmallIntegerField(_("定義の形式"), default=1)
    definition = models.JSONField(_("定義"))
    sha256 = models.CharField(max_length=64)
    change_note = models.CharField(_("変更内容"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("様式（版）")
        verbose_name_plural = _("様式（版）")
        ordering = ["procedure", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="form_version_number_unique"),
            models.UniqueConstraint(fields=["procedure", "sha256"], name="form_version_content_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} 第{self.number}版"


class FormDesign(models.Model):
    """The form of a procedure while staff work on it: any document, right or wrong, until it is published."""

    procedure = models.OneToOneField(Procedure, verbose_name=_("手続"), on_delete=models.PROTECT, related_name="design")
    document = models.JSONField(_("定義"))
    # what was deleted last, newest first, each with the place it had: 元に戻す
    deleted = models.JSONField(_("削除した項目"), default=list, blank=True)
    # keys of new fields are numbered and a number is never given twice: an answer keeps its meaning
    key_count = models.PositiveIntegerField(_("キーの番号"), default=0)
    # two tabs: a save names the revision it started from, by conditional update
    revision = models.PositiveIntegerField(_("改訂"), default=1)
    base_version = models.ForeignKey(
        FormVersion, verbose_name=_("元の版"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("編集者"), on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("編集日時"), default=timezone.now)

    class Meta:
        verbose_name = _("編集中の様式")
        verbose_name_plural = _("編集中の様式")

    def __str__(self) -> str:
        return str(self.procedure)
