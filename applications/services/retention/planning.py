"""A list of cases to be disposed of: made by one person, agreed to by another."""

import datetime as dt
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DisposalState
from applications.models import Application, Disposal, DisposalRow
from applications.permissions import DISPOSING_ROLES, GUARDING_ROLES
from applications.queries.retention import MOST_ROWS, candidates, departments_with, free_to_list, overdue_cases
from applications.services.casework.steps import NotAllowed
from cityhall import queue
from cityhall.days import local_date
from cityhall.enums import AuditAction, Lane
from cityhall.errors import DomainError, StaleState
from cityhall.models import Department, User
from cityhall.services import audit

TASK = "applications.tasks.dispose"


class NothingToDispose(DomainError):
    """No case of the day may go."""

    code = "nothing_to_dispose"
    message = _("廃棄できる申請はありません。")


class OwnList(DomainError):
    """Four eyes: the constraint `disposal_approved_by_another` says the same to every other writer."""

    code = "own_list"
    message = _("作成した本人は承認できません。別の決裁者に依頼してください。")


def plan_disposal(*, department: Department, as_of: dt.date, by: User, now: dt.datetime | None = None) -> Disposal:
    """Make the list of what may go as of a day that is not to come. Audited.

    Raises NotAllowed, NothingToDispose. Locks the department: two lists made at once hold no case twice.
    """
    moment = now or timezone.now()
    if department.pk not in departments_with(by, DISPOSING_ROLES):
        raise NotAllowed
    if as_of > local_date(moment):
        raise NothingToDispose(_("基準日は、今日までの日付にしてください。"))
    with transaction.atomic():
        Department.objects.select_for_update(no_key=True).get(pk=department.pk)
        free = _free_cases(department, as_of, now=moment)
        if not free:
            raise NothingToDispose
        disposal = Disposal.objects.create(department=department, as_of=as_of, planned_by=by, planned_at=moment)
        DisposalRow.objects.bulk_create(
            # nothing is due before somebody has agreed
            DisposalRow(disposal=disposal, application=case, lane=Lane.BULK, due_at=moment, finished_at=moment)
            for case in free
        )
        _record(disposal, by, "planned")
    return disposal


def _free_cases(department: Department, as_of: dt.date, *, now: dt.datetime) -> list[Application]:
    """As many as fit on a list, those over longest first; what is kept for a reason does not hold up the others."""
    cases = free_to_list(overdue_cases(department, as_of)).iterator(chunk_size=MOST_ROWS)
    free: list[Application] = []
    while len(free) < MOST_ROWS and (portion := list(islice(cases, MOST_ROWS))):
        free += [one.case for one in candidates(portion, now=now) if not one.reasons]
    return free[:MOST_ROWS]


def approve_disposal(*, disposal: Disposal, by: User, now: dt.datetime | None = None) -> Disposal:
    """Agree to a list; the worker begins. Audited. Raises NotAllowed, OwnList, StaleState."""
    moment = now or timezone.now()
    if disposal.department_id not in departments_with(by, GUARDING_ROLES):
        raise NotAllowed
    if disposal.planned_by_id == by.pk:
        raise OwnList
    with transaction.atomic():
        waiting = Disposal.objects.filter(pk=disposal.pk, state=DisposalState.PLANNED)
        if waiting.update(state=DisposalState.APPROVED, approved_by=by, approved_at=moment) != 1:
            raise StaleState
        disposal.rows.update(due_at=moment, finished_at=None)
        _record(disposal, by, "approved")
        queue.wake(TASK)
    disposal.refresh_from_db()
    return disposal


def cancel_disposal(*, disposal: Disposal, by: User) -> None:
    """Give a list up that nobody agreed to yet. Audited. Raises NotAllowed, StaleState."""
    if disposal.department_id not in departments_with(by, DISPOSING_ROLES):
        raise NotAllowed
    with transaction.atomic():
        waiting = Disposal.objects.filter(pk=disposal.pk, state=DisposalState.PLANNED)
        if waiting.update(state=DisposalState.CANCELLED) != 1:
            raise StaleState
        _record(disposal, by, "cancelled")


def _record(disposal: Disposal, by: User, detail: str) -> None:
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="disposal",
        target_id=disposal.public_id,
        target_label=str(disposal),
        detail=detail,
        department_code=disposal.department.code,
    )
