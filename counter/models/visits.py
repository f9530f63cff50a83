"""One person's stay at a desk, from the first word to the numbers of what was received."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from counter.enums import ACTIVE_VISITS, Companion, Origin, VisitEventKind, VisitPhase, VisitState
from counter.models.prefills import Prefill


class Visit(models.Model):
    """What is asked, known and brought in one visit. State moves only in `services.visits`, on (state, revision)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    place = models.ForeignKey(
        "reservations.Place", verbose_name=_("場所"), on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("担当"), on_delete=models.PROTECT, related_name="visits"
    )
    ticket = models.OneToOneField(
        "reservations.Ticket",
        verbose_name=_("番号札"),
        null=True,
        blank=True,
        # tickets and bookings of a place for trials are deleted a day later
        on_delete=models.SET_NULL,
        related_name="visit",
    )
    reservation = models.ForeignKey(
        "reservations.Reservation",
        verbose_name=_("予約"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="visits",
    )
    prefill = models.OneToOneField(
        Prefill, verbose_name=_("事前入力"), null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    # who it is for, once known; and as they say it, for people the city has no record of
    resident = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("住民"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    companion = models.CharField(_("もう一人の方"), max_length=12, choices=Companion, blank=True)
    companion_name = models.CharField(_("もう一人の方の氏名"), max_length=240, blank=True)
    mandate = models.ForeignKey(
        "residents.Mandate",
        verbose_name=_("代理権"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    # which documents were shown: keys of `counter.identity`, never their numbers
    documents = models.JSONField(_("本人確認書類"), default=list, blank=True)
    identified_at = models.DateTimeField(_("本人確認の日時"), null=True, blank=True)
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("本人確認をした職員"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    language = models.CharField(_("言語"), max_length=10, default="ja")
    # typed values of the combined form, and where each comes from (`enums.Source`)
    values = models.JSONField(_("入力"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    sources = models.JSONField(_("入力の出どころ"), default=dict, blank=True)
    # what other sources say: {question: {source: typed value}}
    offers = models.JSONField(_("ほかの出どころの内容"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    # questions to look at once more (`enums.Mark`), by key or `group.row.key`
    marks = models.JSONField(_("確かめる質問"), default=dict, blank=True)
    # what a My Number card said (`counter.card.CardAttributes`), and the nonce of that reading
    card = models.JSONField(_("カードから読み取った内容"), default=dict, blank=True)
    # what the desk's guide advised and this desk does not receive:
    # {guide: [{title, office, due_on, papers, procedure}]}
    advised = models.JSONField(_("ガイドの案内"), default=dict, blank=True)
    values_revision = models.PositiveIntegerField(_("入力の改訂"), default=0)
    # the last typing that was saved without a button (`services.visits.keeping`): of which opening of a page, its
    # number there, and the revision the visit had after it
    typed_key = models.CharField(_("自動保存の要求キー"), max_length=40, blank=True, editable=False)
    typed_number = models.PositiveIntegerField(_("自動保存の番号"), default=0, editable=False)
    typed_revision = models.PositiveIntegerField(_("自動保存の改訂"), default=0, editable=False)
    # what the QR of its fallback sheet is found by (`services.visits.papers`): it leads back to no code
    paper_lookup = models.CharField(_("用紙の照合値"), max_length=64, unique=True, null=True, editable=False)
    # typed in from a sheet of paper that was handed in on this day
    paper_on = models.DateField(_("用紙を受け取った日"), null=True, blank=True)
    state = models.CharField(_("状態"), max_length=10, choices=VisitState, default=VisitState.OPEN)
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    business_day = models.DateField(_("日"))
    started_at = models.DateTimeField(_("開始"), default=timezone.now)
    received_at = models.DateTimeField(_("受付日時"), null=True, blank=True)
    closed_at = models.DateTimeField(_("終了"), null=True, blank=True)
    # of the answers that were read and agreed to: counted when the questions end, kept when the answers are wiped
    asked_count = models.PositiveSmallIntegerField(_("窓口で聞いた質問"), null=True, blank=True)
    brought_count = models.PositiveSmallIntegerField(_("事前入力された質問"), null=True, blank=True)
    known_count = models.PositiveSmallIntegerField(_("市の登録・カードからの質問"), null=True, blank=True)
    is_practice = models.BooleanField(_("体験"), default=False)
    wiped_at = models.DateTimeField(_("消去日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("来庁")
        verbose_name_plural = _("来庁")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[VisitState.OPEN, VisitState.CLOSED])
                | Q(identified_at__isnull=False, identified_by__isnull=False),
                name="visit_is_identified_first",
                violation_error_message=_("先に本人確認をしてください。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted([*ACTIVE_VISITS, VisitState.CLOSED])) | Q(received_at__isnull=False),
                name="visit_received_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=VisitState.CLOSED) | Q(closed_at__isnull=False), name="visit_closed_has_time"
            ),
            models.CheckConstraint(condition=Q(companion="") | ~Q(companion_name=""), name="visit_companion_has_name"),
        ]
        indexes = [
            models.Index(fields=["place", "business_day", "id"], name="visit_of_day"),
            models.Index(fields=["business_day", "id"], condition=Q(wiped_at__isnull=True), name="visit_to_wipe"),
        ]

    def __str__(self) -> str:
        return self.public_id


class VisitProcedure(models.Model):
    """A procedure of a visit: how it came in, why it was dropped, what became of it."""

    visit = models.ForeignKey(
        Visit, verbose_name=_("来庁"), on_delete=models.CASCADE, related_name="procedures", db_index=False
    )
    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.PROTECT, related_name="+"
    )
    form_version = models.ForeignKey(
        "applications.FormVersion", verbose_name=_("様式"), on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(_("順番"))
    origin = models.CharField(_("きっかけ"), max_length=10, choices=Origin)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    dropped_at = models.DateTimeField(_("外した日時"), null=True, blank=True)
    drop_reason = models.CharField(_("外した理由"), max_length=200, blank=True)
    application = models.OneToOneField(
        "applications.Application",
        verbose_name=_("申請"),
        null=True,
        blank=True,
        # what was received is never deleted; a trial goes away by itself
        on_delete=models.SET_NULL,
        related_name="visit_procedure",
    )

    class Meta:
        verbose_name = _("来庁の手続")
        verbose_name_plural = _("来庁の手続")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "procedure"], name="visit_procedure_once"),
            models.UniqueConstraint(fields=["visit", "position"], name="visit_position_once"),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(application__isnull=True), name="visit_dropped_files_nothing"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(drop_reason=""),
                name="visit_dropped_has_reason",
                violation_error_message=_("手続を外す理由を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.procedure_id}"


class VisitSignature(models.Model):
    """Append-only: that the resident read everything and signed, on the tablet or on paper.

    `values_revision` names what was read: entries changed after that are signed again. The drawing goes when the visit
    is wiped; that something was drawn, and its hash, stay.
    """

    visit = models.ForeignKey(
        Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="signatures", db_index=False
    )
    # the drawn signature, until the visit is wiped; none when the person signed on paper
    file = models.ForeignKey(
        "cityhall.StoredFile", verbose_name=_("署名"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # of the drawing; "" when the person signed on paper
    sha256 = models.CharField(_("署名のハッシュ値"), max_length=64, blank=True)
    values_revision = models.PositiveIntegerField(_("入力の改訂"))
    at = models.DateTimeField(_("日時"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("立ち会った職員"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("来庁の署名")
        verbose_name_plural = _("来庁の署名")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(file__isnull=True) | ~Q(sha256=""), name="signature_drawn_has_hash"),
        ]
        indexes = [models.Index(fields=["visit", "id"], name="signature_of_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.values_revision}"

    @property
    def is_drawn(self) -> bool:
        """Whether it was drawn on the tablet, and not written on paper; also once the drawing is gone."""
        return bool(self.sha256)


class VisitPeriod(models.Model):
    """One stay of a visit in one phase; closed once, then never changed."""

    visit = models.ForeignKey(Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="periods")
    phase = models.CharField(_("段階"), max_length=10, choices=VisitPhase)
    from_at = models.DateTimeField(_("開始"))
    until_at = models.DateTimeField(_("終了"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("秒数"), null=True, blank=True)

    class Meta:
        verbose_name = _("来庁の経過")
        verbose_name_plural = _("来庁の経過")
        constraints = [
            models.UniqueConstraint(fields=["visit"], condition=Q(until_at__isnull=True), name="visit_is_in_one_phase"),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True, seconds__isnull=True)
                | Q(until_at__isnull=False, seconds__isnull=False),
                name="visit_period_ended_has_seconds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.phase}"


class VisitEvent(models.Model):
    """Append-only: what happened in a visit. No personal data in `detail`."""

    visit = models.ForeignKey(
        Visit, verbose_name=_("来庁"), on_delete=models.PROTECT, related_name="events", db_index=False
    )
    kind = models.CharField(_("出来事"), max_length=20, choices=VisitEventKind)
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
        verbose_name = _("来庁の記録")
        verbose_name_plural = _("来庁の記録")
        ordering = ["id"]
        indexes = [models.Index(fields=["visit", "id"], name="event_of_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}"
