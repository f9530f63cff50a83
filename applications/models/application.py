"""One filing of one procedure."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import (
    OPEN_STATES,
    TAKEN_DOWN,
    ApplicantKind,
    ApplicationState,
    Channel,
    DecisionKind,
    EventKind,
    ProcedureMode,
    Seat,
)
from applications.retention import draft_ends_at
from cityhall.ids import public_id

EDITABLE_STATES = (ApplicationState.DRAFT, ApplicationState.RETURNED)
"""States in which the answers are open; a submitted case opens when its applicant says so (`editing_since`)."""
NO_DUE_DATE = dt.date(9999, 12, 31)
"""Where a case without a due date stands in a work list: after all others."""


_OF_A_DESK = Q(desk_department__isnull=False)
_OF_A_DESK_BY: dict[str, tuple[str, ...]] = {
    "application_of_desk": ("is_open", "due_order"),
    "application_of_desk_by_state": ("state", "due_order"),
    "application_of_desk_by_name": ("applicant_search",),
    "application_of_desk_by_kana": ("applicant_search_kana",),
}


class ApplicationQuerySet(models.QuerySet["Application"]):
    def editable(self) -> "ApplicationQuerySet":
        """Those whose answers the applicant may change now; `Application.is_editable` says the same of one row."""
        return self.filter(
            Q(state__in=EDITABLE_STATES)
            | Q(state=ApplicationState.SUBMITTED, handler__isnull=True, editing_since__isnull=False)
        )


class Application(models.Model):
    """An application (申請). State moves only in `services.states.move`, by conditional update on (state, revision)."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    # public number with check digit, given at submission; a key to nothing by itself
    number = models.CharField(_("受付番号"), max_length=20, null=True, unique=True, editable=False)
    procedure = models.ForeignKey(
        "applications.Procedure",
        verbose_name=_("手続"),
        on_delete=models.PROTECT,
        related_name="applications",
        db_index=False,
    )
    form_version = models.ForeignKey(
        "applications.FormVersion", verbose_name=_("様式"), on_delete=models.PROTECT, related_name="applications"
    )
    # a copy of the procedure's department: the work list reads one index
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("課"),
        on_delete=models.PROTECT,
        related_name="applications",
        db_index=False,
    )
    # who the applicant is; a guest, and somebody the city has no record of, is a person too
    applicant_kind = models.CharField(
        _("申請者の種別"), max_length=10, choices=ApplicantKind, default=ApplicantKind.PERSON, editable=False
    )
    resident = models.ForeignKey(
        "residents.Resident",
        verbose_name=_("申請者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications",
        db_index=False,
    )
    business = models.ForeignKey(
        "residents.Business",
        verbose_name=_("事業者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications",
        db_index=False,
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("入力者"),
        # a guest has no account
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="filed_applications",
        db_index=False,
    )
    # the right by which the filer acts for the applicant, as it stood at submission
    mandate = models.ForeignKey(
        "residents.Mandate",
        verbose_name=_("代理権"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # the notice whose button led here
    notice = models.ForeignKey(
        "notices.Notice",
        verbose_name=_("きっかけの通知"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="applications",
        db_index=False,
    )
    # where a guest gets the number and the link; the secret in it is derived, a new version revokes the old
    guest_email = models.EmailField(_("連絡先メールアドレス（登録なしの申請）"), blank=True)
    guest_secret_version = models.PositiveSmallIntegerField(_("照会リンクの版"), default=1, editable=False)
    # a trial with made-up data: never sent, swept soon
    is_practice = models.BooleanField(_("体験"), default=False, editable=False)
    # references that the link to the procedure gave for hidden questions; no page can change them
    link_values = models.JSONField(_("リンクから受け取った値"), default=dict, blank=True, editable=False)
    channel = models.CharField(_("受付方法"), max_length=10, choices=Channel, default=Channel.ONLINE)
    # whose staff took it down where that is not the department of the case: a one-stop desk reads what it received
    desk_department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("受け付けた課（担当課以外）"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(_("状態"), max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT)
    # whether it stands in a work list: with it, one index range is a department's list whatever the states
    is_open = models.GeneratedField(
        expression=Q(state__in=OPEN_STATES),  # type: ignore[arg-type] # the stubs forget that Q resolves to one
        output_field=models.BooleanField(),
        db_persist=True,
    )
    revision = models.PositiveIntegerField(_("改訂"), default=0)
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    # for which department a member of staff files; of nobody else
    applicant_department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("申請者の課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # the applicant as they stood at submission, for lists and letters
    applicant_name = models.CharField(_("申請者名"), max_length=240, blank=True)
    applicant_kana = models.CharField(_("申請者のフリガナ"), max_length=240, blank=True)
    applicant_email = models.EmailField(_("申請者のメールアドレス（職員）"), blank=True)
    # the resident's folded keys (residents.names), written by services only: search by characters or by reading
    applicant_search = models.CharField(_("検索用の申請者名"), max_length=240, blank=True, editable=False)
    applicant_search_kana = models.CharField(_("検索用の申請者フリガナ"), max_length=240, blank=True, editable=False)
    draft_answers = models.JSONField(_("下書きの回答"), default=dict, blank=True)
    draft_revision = models.PositiveIntegerField(_("下書きの改訂"), default=0)
    draft_saved_at = models.DateTimeField(_("下書きの保存日時"), null=True, blank=True)
    # page key → "done" or "problem": the pages the applicant has gone through, as they left them
    page_states = models.JSONField(_("ページごとの進み具合"), default=dict, blank=True, editable=False)
    # since when the applicant is changing what they sent; the case stands as sent until they send again
    editing_since = models.DateTimeField(_("変更を始めた日時"), null=True, blank=True, editable=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("担当者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handled_applications",
        db_index=False,
    )
    created_at = models.DateTimeField(_("作成日時"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("申請日時"), null=True, blank=True)
    due_on = models.DateField(_("処理期限"), null=True, blank=True)
    # the databases disagree on where NULL sorts, and a page of a list cannot start after NULL
    due_order = models.GeneratedField(
        expression=Coalesce(F("due_on"), Value(NO_DUE_DATE)), output_field=models.DateField(), db_persist=True
    )
    decision = models.CharField(_("決定"), max_length=10, choices=DecisionKind, blank=True)
    decision_reason = models.TextField(_("理由"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("決定者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("決定日時"), null=True, blank=True)
    # a procedure with a limited number of places gives one to each application, or a place in the waiting list
    seat = models.CharField(_("定員の扱い"), max_length=10, choices=Seat, default=Seat.NONE, blank=True)
    # the visit or interview of a procedure that is sent ahead
    visit_held_on = models.DateField(_("来庁・面接の実施日"), null=True, blank=True)
    # that the question on satisfaction was answered, and not when: ratings are numbered in the order they came
    is_rated = models.BooleanField(_("満足度に回答済み"), default=False, editable=False)

    # the day a paper form arrived, which may lie before the day it was typed in
    received_on = models.DateField(_("紙の受付日"), null=True, blank=True)
    # warned that the draft will be deleted
    expiry_warned_at = models.DateTimeField(_("期限の予告日時"), null=True, blank=True, editable=False)
    # the last day of keeping (保存期間の満了日), written when the case is closed
    keep_until = models.DateField(_("保存期限"), null=True, blank=True)
    disposal_hold = models.CharField(_("廃棄しない理由"), max_length=200, blank=True)
    disposed_at = models.DateTimeField(_("廃棄日時"), null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("申請")
        verbose_name_plural = _("申請")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
                | (Q(number__isnull=False) & Q(submitted_at__isnull=False)),
                name="application_submitted_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ApplicationState.APPROVED, ApplicationState.REFUSED])
                | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="application_decided_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.DRAFT)
                | Q(resident__isnull=False)
                | Q(business__isnull=False)
                | ~Q(applicant_name="")
                # after the disposal nobody's name is left
                | Q(disposed_at__isnull=False),
                name="application_has_applicant",
            ),
            models.CheckConstraint(
                condition=Q(filed_by__isnull=False)
                | Q(state=ApplicationState.DRAFT)
                | ~Q(guest_email="")
                | Q(disposed_at__isnull=False),
                name="application_of_guest_has_email",
                violation_error_message=_("登録なしの申請には、連絡先のメールアドレスが必要です。"),
            ),
            models.CheckConstraint(
                condition=Q(applicant_kind=ApplicantKind.PERSON, business__isnull=True)
                | Q(applicant_kind=ApplicantKind.BUSINESS, business__isnull=False)
                | Q(
                    applicant_kind=ApplicantKind.STAFF,
                    business__isnull=True,
                    resident__isnull=True,
                    mandate__isnull=True,
                    filed_by__isnull=False,
                ),
                name="application_applicant_is_of_its_kind",
                violation_error_message=_("申請者の種別と申請者が合いません。"),
            ),
            # four eyes: an internal request is handled and decided by somebody else
            models.CheckConstraint(
                condition=~Q(applicant_kind=ApplicantKind.STAFF)
                | (
                    (Q(handler__isnull=True) | ~Q(handler=F("filed_by")))
                    & (Q(decided_by__isnull=True) | ~Q(decided_by=F("filed_by")))
                ),
                name="application_of_staff_decided_by_another",
                violation_error_message=_("職員の申請は、申請した本人以外の職員が審査し決定します。"),
            ),
            # four eyes: who types somebody's filing in does not decide it
            models.CheckConstraint(
                condition=~Q(channel__in=TAKEN_DOWN)
                | Q(filed_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("filed_by")),
                name="application_typed_in_decided_by_another",
                violation_error_message=_("職員が入力した申請は、入力した本人以外の職員が決定します。"),
            ),
            models.CheckConstraint(
                condition=Q(is_practice=False) | Q(state=ApplicationState.DRAFT),
                name="application_practice_is_never_sent",
                violation_error_message=_("体験の申請は送信できません。"),
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | ~Q(channel=Channel.ONLINE),
                name="application_received_on_is_of_paper",
                violation_error_message=_("受付日は、窓口・紙・代行入力の申請だけに記録できます。"),
            ),
            models.CheckConstraint(
                condition=Q(desk_department__isnull=True)
                | (Q(channel__in=TAKEN_DOWN) & ~Q(applicant_kind=ApplicantKind.STAFF)),
                name="application_of_a_desk_is_taken_down",
                violation_error_message=_("受け付けた課は、職員が受け付けた住民・事業者の申請だけに記録できます。"),
            ),
            models.CheckConstraint(
                condition=Q(disposed_at__isnull=True)
                | (Q(draft_answers={}) & Q(state__in=[ApplicationState.COMPLETED, ApplicationState.WITHDRAWN])),
                name="application_disposed_is_closed_and_empty",
            ),
        ]
        indexes = [
            # they also serve the foreign keys they begin with
            # the work list reads one of these per department (or granted procedure, or handler), each in its
            # order; keyset pagination on (due_order, id)
            models.Index(fields=["department", "is_open", "due_order", "id"], name="application_worklist"),
            models.Index(fields=["department", "state", "due_order", "id"], name="application_by_state"),
            models.Index(fields=["procedure", "is_open", "due_order", "id"], name="application_of_procedure"),
            models.Index(fields=["handler", "is_open", "due_order", "id"], name="application_of_handler"),
            # search by the beginning of a name inside a department
            models.Index(fields=["department", "applicant_search", "id"], name="application_by_name"),
            models.Index(fields=["department", "applicant_search_kana", "id"], name="application_by_kana"),
            # the same four for what a desk received for other departments
            *(
                models.Index(fields=["desk_department", *columns, "id"], condition=_OF_A_DESK, name=name)
                for name, columns in _OF_A_DESK_BY.items()
            ),
            models.Index(fields=["resident", "-id"], name="application_of_resident"),
            models.Index(fields=["notice"], condition=Q(notice__isnull=False), name="application_of_notice"),
            models.Index(fields=["filed_by", "-id"], name="application_of_filer"),
            models.Index(fields=["business", "-id"], name="application_of_business"),
            # how many drafts somebody has, and which: of a clerk who filed a hundred thousand cases, too
            models.Index(
                fields=["filed_by", "-id"],
                condition=Q(state=ApplicationState.DRAFT),
                name="application_drafts_of_filer",
            ),
            # what the sweeps of old drafts and of trials read
            models.Index(
                fields=["created_at", "id"], condition=Q(state=ApplicationState.DRAFT), name="application_drafts_by_age"
            ),
            models.Index(fields=["created_at", "id"], condition=Q(is_practice=True), name="application_trials_by_age"),
            # first come, first served: by the time they were sent, not by the time they were begun
            models.Index(
                fields=["procedure", "submitted_at", "id"],
                condition=Q(seat=Seat.WAITING),
                name="application_waiting_for_seat",
            ),
            # what the inventory counts by fiscal year
            models.Index(
                fields=["procedure", "submitted_at"],
                condition=Q(channel=Channel.ONLINE, is_practice=False, submitted_at__isnull=False),
                name="application_sent_online",
            ),
            # one per person, where the person is an address
            models.Index(
                fields=["procedure", "guest_email"], condition=~Q(guest_email=""), name="application_of_guest"
            ),
            # what the disposal of a department looks through
            models.Index(
                fields=["department", "keep_until", "id"],
                condition=Q(keep_until__isnull=False, disposed_at__isnull=True),
                name="application_to_dispose",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("下書き"))

    @property
    def draft_ends_at(self) -> dt.datetime:
        """When the draft may be deleted if nobody changes it."""
        return draft_ends_at(self.draft_saved_at or self.created_at, self.expiry_warned_at)

    @property
    def is_staffs(self) -> bool:
        """Whether a member of staff files for themselves or their department, not for a resident at the counter."""
        return self.applicant_kind == ApplicantKind.STAFF

    @property
    def is_survey_answer(self) -> bool:
        """Whether it answers an internal survey: never a case, for whatever list or count. One query at most."""
        return self.is_staffs and self.procedure.is_survey

    @property
    def is_taken_down(self) -> bool:
        """Whether staff type it in for somebody: at the counter, from paper, on the telephone, at a booth."""
        return self.channel in TAKEN_DOWN and not self.is_staffs

    @property
    def is_guests(self) -> bool:
        """Whether nobody's account has it: a link secret opens it (`applications.guest_links`)."""
        return self.filed_by_id is None and not self.is_practice

    @property
    def needs_contact(self) -> bool:
        """Whether a guest has yet to say where the number goes."""
        return self.is_guests and not self.guest_email

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change the answers: before sending, when asked to, or while nobody has begun."""
        if self.state in EDITABLE_STATES:
            return True
        return self.may_be_edited and self.editing_since is not None

    @property
    def may_be_edited(self) -> bool:
        """Whether the applicant may begin to change what was sent: nobody has taken the case yet."""
        return self.state == ApplicationState.SUBMITTED and self.handler_id is None

    @property
    def awaits_visit(self) -> bool:
        """Whether the visit or interview of a procedure that is sent ahead is still to come.

        Nobody comes for what was refused.
        """
        is_sent_ahead = self.procedure.mode == ProcedureMode.SENT_AHEAD
        return is_sent_ahead and self.visit_held_on is None and self.decision != DecisionKind.REFUSE


class ApplicationRevision(models.Model):
    """The answers of one submission or correction. Append-only."""

    application = models.ForeignKey(
        Application, verbose_name=_("申請"), on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField(_("回"))
    answers = models.JSONField(_("回答"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("提出者"),
        # a guest has no account
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField(_("提出日時"), default=timezone.now)

    class Meta:
        verbose_name = _("申請内容")
        verbose_name_plural = _("申請内容")
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="application_revision_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} 第{self.number}回"


class ApplicationEvent(models.Model):
    """What happened to a case, as the applicant sees it too. Append-only."""

    application = models.ForeignKey(
        Application, verbose_name=_("申請"), on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("内容"), max_length=15, choices=EventKind)
    at = models.DateTimeField(_("日時"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("操作者"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    # for staff only: the reason given for the move, kept here when a later decision replaces it
    note = models.TextField(_("メモ"), blank=True)

    class Meta:
        verbose_name = _("申請の経過")
        verbose_name_plural = _("申請の経過")
        indexes = [models.Index(fields=["application", "id"], name="application_event_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
