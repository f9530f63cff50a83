"""The corner for the bereaved: what it asks, what departments look up, and what became of each procedure."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from counter.bereavement.conditions import validate_condition
from counter.bereavement.enums import BereavementEventKind, BereavementState, Finding, StepOrigin, StepState


class BereavementCorner(models.Model):
    """A service by reservation that is the corner of a city, and the guide it asks with."""

    service = models.OneToOneField(
        "reservations.Service", verbose_name=_("予約する業務"), on_delete=models.PROTECT, related_name="+"
    )
    life_event = models.ForeignKey(
        "applications.LifeEvent",
        verbose_name=_("手続ガイド"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("このライフイベントの公開中の手続ガイドで質問します。"),
    )
    prepare_days = models.PositiveSmallIntegerField(
        _("何日前から準備票を作るか"), default=14, validators=[MaxValueValidator(60)]
    )
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("おくやみコーナー")
        verbose_name_plural = _("おくやみコーナー")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.service.name

    def clean(self) -> None:
        """By reservation only: a service whose group gives numbers would give them to who walks in."""
        if self.is_active and self.service_id and self.service.group.has_tickets:
            words = _(
                "おくやみコーナーは予約制です。「番号札を発行する」を外した業務のまとまりの業務を選んでください。"
            )
            raise ValidationError({"service": words})


class BereavementCheck(models.Model):
    """Something a department looks up before the family comes. Conditions are over the answers of the guide."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("担当課"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("調べること"), max_length=80)
    text = models.CharField(_("説明"), max_length=300, blank=True)
    when = models.JSONField(
        _("条件"),
        null=True,
        blank=True,
        validators=[validate_condition],
        help_text=_("空のときは、いつも依頼します。書き方は docs/conditions.md にあります。"),
    )
    # the department reads these answers beside the name, and no others
    facts = models.JSONField(
        _("担当課に見せる回答"), default=list, blank=True, help_text=_("質問のキーの一覧。氏名・住所・死亡日のほかに。")
    )
    results = models.JSONField(
        _("手続ガイドの結果"),
        default=list,
        blank=True,
        help_text=_("「該当なし」なら一覧から外れ、「該当あり」なら加わる手続（結果のキーの一覧）。"),
    )
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("おくやみの調査項目")
        verbose_name_plural = _("おくやみの調査項目")
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return self.title


class ElsewhereItem(models.Model):
    """What a family has to do at other offices than the city hall, and until when."""

    key = models.SlugField(_("キー"), max_length=40, unique=True)
    name = models.CharField(_("手続"), max_length=80)
    text = models.CharField(_("説明"), max_length=300, blank=True)
    office = models.CharField(_("窓口"), max_length=80)
    place = models.CharField(_("場所・連絡先"), max_length=120, blank=True)
    url = models.URLField(_("案内のページ"), max_length=200, blank=True)
    law = models.CharField(_("根拠"), max_length=120, blank=True)
    when = models.JSONField(
        _("条件"), null=True, blank=True, validators=[validate_condition], help_text=_("空のときは、いつも載せます。")
    )
    results = models.JSONField(
        _("手続ガイドの結果"), default=list, blank=True, help_text=_("同じ内容の結果のキー。二重に載せません。")
    )
    # counted from the day of death as day 0 (民法140条); all 0: no day
    years = models.PositiveSmallIntegerField(_("年"), default=0, validators=[MaxValueValidator(50)])
    months = models.PositiveSmallIntegerField(_("月"), default=0, validators=[MaxValueValidator(120)])
    days = models.PositiveSmallIntegerField(_("日"), default=0, validators=[MaxValueValidator(1000)])
    counts_first_day = models.BooleanField(_("死亡の日を1日目と数える"), default=False)
    moves = models.BooleanField(_("休日なら次の開庁日まで"), default=False)
    is_soon = models.BooleanField(_("すみやかに"), default=False)
    due_text = models.CharField(_("期限の説明"), max_length=160, blank=True)
    # set by `services.bereavements.verify`; emptied when somebody changes what was verified
    verified_on = models.DateField(
        _("市が内容を確かめた日"), null=True, blank=True, help_text=_("空の項目は、公開する前に確かめてください。")
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確かめた職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)
    is_active = models.BooleanField(_("使用中"), default=True)

    class Meta:
        verbose_name = _("おくやみの市役所以外の手続")
        verbose_name_plural = _("おくやみの市役所以外の手続")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(verified_on__isnull=False),
                name="elsewhere_item_verified_on_a_day",
                violation_error_message=_("確かめた日を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Bereavement(models.Model):
    """What a family told the corner for one booking. The booking alone says when they come, and whether.

    State moves only in `services.bereavements`, on (state, revision).
    """

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    reservation = models.OneToOneField(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="bereavement",
    )
    corner = models.ForeignKey(
        BereavementCorner, verbose_name=_("コーナー"), on_delete=models.PROTECT, related_name="bereavements"
    )
    # the questions as they were when the family began
    guide = models.ForeignKey(
        "applications.GuideVersion",
        verbose_name=_("手続ガイドの版"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    state = models.CharField(_("状態"), max_length=10, choices=BereavementState, default=BereavementState.DRAFT)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    # typed values, right or wrong, until they are sent; then answers in their fixed shapes as well
    values = models.JSONField(_("入力"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    answers = models.JSONField(_("回答"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    died_on = models.DateField(_("亡くなった日"), null=True, blank=True)
    # when departments were last told the family comes
    told_at = models.DateTimeField(_("各課に知らせた日時"), null=True, blank=True)
    visit_on = models.DateField(_("来庁日"))
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    sent_at = models.DateTimeField(_("受け取った日時"), null=True, blank=True)
    prepared_at = models.DateTimeField(_("準備票の日時"), null=True, blank=True)
    ended_at = models.DateTimeField(_("終了日時"), null=True, blank=True)
    family_prints = models.PositiveSmallIntegerField(_("ご案内書の印刷回数"), default=0)
    wiped_at = models.DateTimeField(_("消去日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("おくやみの受付")
        verbose_name_plural = _("おくやみの受付")
        ordering = ["visit_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[BereavementState.DRAFT, BereavementState.WITHDRAWN]) | Q(sent_at__isnull=False),
                name="bereavement_sent_has_time",
            ),
            models.CheckConstraint(
                condition=Q(wiped_at__isnull=True) | Q(died_on__isnull=True), name="bereavement_wiped_holds_no_day"
            ),
        ]
        indexes = [
            models.Index(fields=["visit_on", "id"], condition=Q(wiped_at__isnull=True), name="bereavement_to_wipe")
        ]

    def __str__(self) -> str:
        return self.public_id


class BereavementSheet(models.Model):
    """The preparation sheet of one department (準備票): its own requests and nothing else."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    bereavement = models.ForeignKey(
        Bereavement, verbose_name=_("受付"), on_delete=models.CASCADE, related_name="sheets", db_index=False
    )
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("担当課"), on_delete=models.PROTECT, related_name="+"
    )
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now)
    answered_at = models.DateTimeField(_("回答日時"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("回答した職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    prints = models.PositiveSmallIntegerField(_("印刷回数"), default=0)

    class Meta:
        verbose_name = _("おくやみの準備票")
        verbose_name_plural = _("おくやみの準備票")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["bereavement", "department"], name="sheet_of_department_once")]

    def __str__(self) -> str:
        return self.public_id


class BereavementRequest(models.Model):
    """One thing a department was asked to look up, and what it found. `check_row` is what it was made from."""

    sheet = models.ForeignKey(
        BereavementSheet, verbose_name=_("準備票"), on_delete=models.CASCADE, related_name="requests", db_index=False
    )
    check_row = models.ForeignKey(
        BereavementCheck, verbose_name=_("調査項目"), on_delete=models.PROTECT, related_name="+"
    )
    finding = models.CharField(_("結果"), max_length=4, choices=Finding, blank=True)
    note = models.CharField(_("メモ"), max_length=300, blank=True)
    papers_ready = models.BooleanField(_("書類を用意した"), default=False)
    # the family changed its answers and it is not asked any more
    withdrawn_at = models.DateTimeField(_("取り下げた日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("おくやみの調査")
        verbose_name_plural = _("おくやみの調査")
        ordering = ["check_row__position", "check_row__key"]
        constraints = [models.UniqueConstraint(fields=["sheet", "check_row"], name="check_asked_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.check_row_id}"


class BereavementStep(models.Model):
    """One procedure on the list of the one desk, and what became of it."""

    bereavement = models.ForeignKey(
        Bereavement, verbose_name=_("受付"), on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    # of the result of the guide, `check-…` of a request, `own-…` of what staff added
    key = models.SlugField(_("キー"), max_length=60)
    title = models.CharField(_("手続"), max_length=120)
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("担当課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    procedure = models.ForeignKey(
        "applications.Procedure",
        verbose_name=_("手続カタログ"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    origin = models.CharField(_("きっかけ"), max_length=10, choices=StepOrigin)
    state = models.CharField(_("状態"), max_length=10, choices=StepState, default=StepState.OPEN)
    reason = models.CharField(_("理由・メモ"), max_length=200, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    due_text = models.CharField(_("期限の説明"), max_length=200, blank=True)
    # somebody at the desk decided: what a department answers later changes nothing
    is_settled = models.BooleanField(_("窓口で決めた"), default=False)
    position = models.PositiveSmallIntegerField(_("順番"))
    revision = models.PositiveIntegerField(_("改訂"), default=0)

    class Meta:
        verbose_name = _("おくやみの手続")
        verbose_name_plural = _("おくやみの手続")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bereavement", "key"], name="step_listed_once"),
            models.CheckConstraint(
                condition=~Q(state=StepState.NOT_NEEDED) | ~Q(reason=""),
                name="step_not_needed_has_reason",
                violation_error_message=_("不要とする理由を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BereavementEvent(models.Model):
    """Append-only: what happened. No personal data in `detail`."""

    bereavement = models.ForeignKey(
        Bereavement, verbose_name=_("受付"), on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(_("出来事"), max_length=10, choices=BereavementEventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("操作者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    detail = models.CharField(_("内容"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("おくやみの記録")
        verbose_name_plural = _("おくやみの記録")
        ordering = ["id"]
        indexes = [models.Index(fields=["bereavement", "id"], name="event_of_bereavement")]

    def __str__(self) -> str:
        return f"{self.bereavement_id} {self.kind}"
