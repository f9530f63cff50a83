"""Who approves, in which order, who stands in for whom, and the words of refusals."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id


class ApprovalStep(models.Model):
    """One step of a procedure's approval chain (決裁), e.g. 係長, 課長, 部長; with no steps anybody approves once."""

    procedure = models.ForeignKey(
        "applications.Procedure", verbose_name=_("手続"), on_delete=models.CASCADE, related_name="approval_steps"
    )
    position = models.PositiveSmallIntegerField(_("順番"))
    title = models.CharField(_("職名"), max_length=40, help_text=_("例: 係長、課長、部長"))
    # NULL: the department of the procedure
    department = models.ForeignKey(
        "cityhall.Department",
        verbose_name=_("決裁する課"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # NULL: anybody who approves in that department
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("決裁者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("決裁の段階")
        verbose_name_plural = _("決裁の段階")
        ordering = ["procedure", "position"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "position"], name="approval_step_position_unique"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=3),
                name="approval_step_up_to_three",
                violation_error_message=_("決裁は3段階までです。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class ApprovalSignature(models.Model):
    """One step of one proposal, approved. Append-only; the steps stand in `Approval.steps` as they were proposed."""

    approval = models.ForeignKey(
        "applications.Approval", verbose_name=_("決裁"), on_delete=models.PROTECT, related_name="signatures"
    )
    position = models.PositiveSmallIntegerField(_("順番"))
    title = models.CharField(_("職名"), max_length=40)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("決裁者"), on_delete=models.PROTECT, related_name="+"
    )
    # 代決: who should have signed and was away
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("本来の決裁者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    comment = models.TextField(_("コメント"), blank=True)
    signed_at = models.DateTimeField(_("決裁日時"), default=timezone.now)

    class Meta:
        verbose_name = _("決裁の記録")
        verbose_name_plural = _("決裁の記録")
        ordering = ["approval", "position"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "position"], name="approval_signature_step_once"),
            models.UniqueConstraint(fields=["approval", "signed_by"], name="approval_signature_person_once"),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("signed_by")),
                name="approval_signature_for_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class ApprovalDelegate(models.Model):
    """Who may approve for an approver who is away (代決), from one day to another."""

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("決裁者"), on_delete=models.PROTECT, related_name="approval_delegates"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("代決者"), on_delete=models.PROTECT, related_name="approval_principals"
    )
    from_on = models.DateField(_("開始日"))
    until_on = models.DateField(_("終了日"))
    reason = models.CharField(_("理由"), max_length=100, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登録者"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("登録日時"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("取消日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("代決者")
        verbose_name_plural = _("代決者")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="approval_delegate_ends_after_start",
                violation_error_message=_("終了日は開始日以後にしてください。"),
            ),
            models.CheckConstraint(
                condition=~Q(delegate=F("principal")),
                name="approval_delegate_is_another",
                violation_error_message=_("本人を代決者にすることはできません。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.delegate}"


class RefusalReason(models.Model):
    """Words for a refusal that were found good before (不承認理由の文例). Used by copying: a decision keeps its own."""

    public_id = models.CharField(_("公開ID"), max_length=22, unique=True, default=public_id, editable=False)
    department = models.ForeignKey(
        "cityhall.Department", verbose_name=_("課"), on_delete=models.PROTECT, related_name="refusal_reasons"
    )
    # NULL: for all procedures of the department
    procedure = models.ForeignKey(
        "applications.Procedure",
        verbose_name=_("手続"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refusal_reasons",
    )
    title = models.CharField(_("見出し"), max_length=60)
    text = models.TextField(_("文例"))
    legal_basis = models.CharField(_("根拠法令"), max_length=200, blank=True)
    is_active = models.BooleanField(_("使用中"), default=True)
    position = models.PositiveSmallIntegerField(_("表示順"), default=0)

    class Meta:
        verbose_name = _("不承認理由の文例")
        verbose_name_plural = _("不承認理由の文例")
        ordering = ["department", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="refusal_reason_has_text",
                violation_error_message=_("文例を入力してください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
