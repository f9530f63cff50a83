"""Who signs for an approver who is away (代決): entered beforehand with a period, ended early by a button."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import ApprovalDelegate
from applications.permissions import CaseRight
from applications.queries.reach import scope_for
from applications.queries.standing_in import possible_delegates
from cityhall.days import local_date, wareki
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.queries.staff import scope_of
from cityhall.services import audit

__all__ = ["DelegateOverlaps", "MayNotAppoint", "NotADelegate", "NotAnApprover", "PeriodOver", "appoint", "end"]


class MayNotAppoint(DomainError):
    """Only the approver and administrators say who stands in."""

    code = "may_not_appoint"
    message = _("代決者を登録できるのは、決裁者本人と管理者です。")


class NotAnApprover(DomainError):
    """There is nothing to stand in for."""

    code = "not_an_approver"
    message = _("選んだ職員は、どの課の決裁者でもありません。決裁者を選んでください。")


class NotADelegate(DomainError):
    """Who stands in knows the work: they process or approve in the department."""

    code = "not_a_delegate"
    message = _("代決者には、決裁者と同じ課で審査または決裁をする、ほかの職員を選んでください。")


class PeriodOver(DomainError):
    """The period lies behind, or ends before it begins."""

    code = "delegation_period"
    message = _("期間は、今日以後の日までとし、終了日を開始日以後にしてください。")


class DelegateOverlaps(DomainError):
    """The same person stands in already at that time."""

    code = "delegate_overlaps"

    def __init__(self, other: ApprovalDelegate) -> None:
        period = {"first": wareki(other.from_on), "last": wareki(other.until_on)}
        super().__init__(
            _("%(first)sから%(last)sまでは、同じ代決者が登録されています。期間を変えるか、先の登録を終了してください。")
            % period
        )


def appoint(
    *,
    principal: User,
    delegate: User,
    from_on: dt.date,
    until_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime | None = None,
) -> ApprovalDelegate:
    """Enter who may sign for an approver, from one day to another (both included). Audited.

    Several people may stand in at the same time; each signature says who it was. Locks the principal's row: two
    entries at once see one another. Raises MayNotAppoint, NotAnApprover, NotADelegate, PeriodOver, DelegateOverlaps.
    """
    if by.pk != principal.pk and not scope_of(by).is_administrator:
        raise MayNotAppoint
    if not scope_for(principal, CaseRight.APPROVE):
        raise NotAnApprover
    if not possible_delegates(principal).filter(pk=delegate.pk).exists():
        raise NotADelegate
    moment = now or timezone.now()
    if until_on < from_on or until_on < local_date(moment):
        raise PeriodOver
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=principal.pk)
        _refuse_overlap(principal, delegate, from_on, until_on)
        row = ApprovalDelegate.objects.create(
            principal=principal,
            delegate=delegate,
            from_on=from_on,
            until_on=until_on,
            reason=reason.strip(),
            created_by=by,
            created_at=moment,
        )
        _record(row, AuditAction.CREATE, by)
    return row


def end(*, delegation: ApprovalDelegate, by: User, now: dt.datetime | None = None) -> ApprovalDelegate:
    """End it now, before its last day; what was signed stays. Audited. Raises MayNotAppoint, StaleState."""
    if by.pk != delegation.principal_id and not scope_of(by).is_administrator:
        raise MayNotAppoint
    moment = now or timezone.now()
    with transaction.atomic():
        if not ApprovalDelegate.objects.filter(pk=delegation.pk, ended_at__isnull=True).update(ended_at=moment):
            raise StaleState
        _record(delegation, AuditAction.CHANGE, by)
    delegation.ended_at = moment
    return delegation


def _refuse_overlap(principal: User, delegate: User, from_on: dt.date, until_on: dt.date) -> None:
    other = ApprovalDelegate.objects.filter(
        principal=principal, delegate=delegate, ended_at__isnull=True, from_on__lte=until_on, until_on__gte=from_on
    ).first()
    if other is not None:
        raise DelegateOverlaps(other)


def _record(row: ApprovalDelegate, action: AuditAction, by: User) -> None:
    audit.record(
        action=action,
        actor=by,
        target_type=row._meta.label_lower,
        target_id=row.pk,
        target_label=str(row),
        changed_fields=("ended_at",) if action == AuditAction.CHANGE else (),
    )
