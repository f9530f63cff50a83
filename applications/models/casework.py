"""What handlers and approvers add to a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApprovalState, DecisionKind
from cityhall.ids import public_id


class Attachment(models.Model):
    """A file given as the answer to a question."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="attachments"
    )
    # the question's key; inside a repeating group "group.row.question"
    field_key = models.CharField(_("項目"), max_length=160)
    file = models.OneToOneField(
        "cityhall.StoredFile", verbose_name=_("ファイル"), on_delete=models.PROTECT, related_name="attachment"
    )
    request_key = models.CharField(_("要求キー"), max_length=80, unique=True, editable=False)
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    # a file taken out of a draft belongs to no revision; it may come back until it is swept
    removed_at = models.DateTimeField(_("取外し日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("添付ファイル")
        verbose_name_plural = _("添付ファイル")
        indexes = [models.Index(fields=["application", "field_key"], name="attachment_of_application")]

    def __str__(self) -> str:
        return self.field_key


class CorrectionRequest(models.Model):
    """A handler asks the applicant to change answers; at most one is open per case."""

    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="corrections"
    )
    message = models.TextField(_("全体へのコメント"), blank=True)
    # {"field_key": "comment"}
    comments = models.JSONField(_("項目へのコメント"), default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("依頼者"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("依頼日時"), default=timezone.now)
    answered_at = models.DateTimeField(_("回答日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("補正依頼")
        verbose_name_plural = _("補正依頼")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at__isnull=True),
                name="correction_one_open_per_application",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.asked_at):%Y-%m-%d}"


class Approval(models.Model):
    """A proposed decision on its way to an approver; at most one waits per case."""

    application = models.ForeignKey(
        "applications.Application", verbose_name=_("申請"), on_delete=models.PROTECT, related_name="approvals"
    )
    decision = models.CharField(_("案"), max_length=10, choices=DecisionKind)
    reason = models.TextField(_("理由"), blank=True)
    # the chain as it stood when it was proposed: [{"position", "title", "department", "approver"}], [] for one approver
    steps = models.JSONField(_("決裁の段階"), default=list, blank=True, editable=False)
    # the step that is next, and whose turn it is: copied out of `steps`, because a list reads an index and no JSON
    position = models.PositiveSmallIntegerField(_("現在の段階"), default=1, editable=False)
    turn_department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("次に決裁する課"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # NULL: anybody who approves in that department
    turn_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("次の決裁者"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(_("状態"), max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("起案者"), on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("起案日時"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("決定者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("決裁日時"), null=True, blank=True)
    comment = models.TextField(_("決裁者のコメント"), blank=True)

    class Meta:
        verbose_name = _("決裁")
        verbose_name_plural = _("決裁")
        indexes = [
            models.Index(fields=["turn_department", "id"], condition=Q(state="waiting"), name="approval_turn_of_place"),
            models.Index(fields=["turn_approver", "id"], condition=Q(state="waiting"), name="approval_turn_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="waiting"), name="approval_one_waiting_per_application"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="approval_decided_has_approver",
            ),
            # four eyes
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="sent_back") | ~Q(decided_by=models.F("proposed_by")),
                name="approval_by_another_person",
                violation_error_message=_("起案した本人は決裁できません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.get_state_display()}"
