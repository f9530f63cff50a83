"""Every piece of work of this app that failed, is uncertain or was given up: one list, nothing silent."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cityhall.enums import WorkState
from cityhall.models import User, Work
from cityhall.queue import wake
from cityhall.services.work import retry
from notices.models import DocumentJob, LetterRun, NoticeCheck, OutgoingMail

_MODELS: dict[str, type[Work]] = {
    "document": DocumentJob,
    "mail": OutgoingMail,
    "letters": LetterRun,
    "check": NoticeCheck,
}
_TASKS = {
    "document": "notices.tasks.make_documents",
    "mail": "notices.tasks.send_mails",
    "letters": "notices.tasks.build_letters",
    "check": "notices.tasks.check_uploads",
}
_FAILED = (WorkState.FAILED, WorkState.UNCERTAIN, WorkState.GIVEN_UP)
MOST_ROWS = 500


@dataclass(frozen=True)
class Failure:
    """One row of the failures page. `title` names no person."""

    kind: str
    kind_label: str
    id: int
    title: str
    state: WorkState
    reason: str
    attempts: int
    created_at: dt.datetime
    next_try_at: dt.datetime | None

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - self.created_at


def failures(*, limit: int = MOST_ROWS) -> list[Failure]:
    """All failed work, that which waits for a person first, then the oldest."""
    found = [_describe(kind, row) for kind, model in _MODELS.items() for row in _failed(model).order_by("id")[:limit]]
    return sorted(found, key=lambda failure: (failure.state == WorkState.FAILED, failure.created_at))[:limit]


def count_failures() -> int:
    """How many rows the page would show; an index on the open states keeps it cheap."""
    return sum(_failed(model).count() for model in _MODELS.values())


def retry_failure(kind: str, pk: int, *, by: User) -> None:
    """Try a failed row again now; audited. Raises KeyError (no such kind), DoesNotExist, StaleState."""
    row = _MODELS[kind]._default_manager.get(pk=pk)
    retry(row, by=by)
    wake(_TASKS[kind])


def _failed(model: type[Work]) -> QuerySet[Any]:
    if model is DocumentJob:
        return DocumentJob.objects.filter(state__in=_FAILED).select_related("notice")
    return model._default_manager.filter(state__in=_FAILED)


def _describe(kind: str, row: Work) -> Failure:
    state = WorkState(row.state)
    return Failure(
        kind=kind,
        kind_label=str(row._meta.verbose_name),
        id=row.pk,
        title=_title_of(row),
        state=state,
        reason=row.last_error,
        attempts=row.attempts,
        created_at=row.created_at,
        next_try_at=row.due_at if state == WorkState.FAILED else None,
    )


def _title_of(row: Work) -> str:
    match row:
        case DocumentJob():
            return _("通知 %(number)s") % {"number": row.notice.number}
        case OutgoingMail():
            return row.subject
        case LetterRun():
            return _("%(time)s の郵送") % {"time": row}
    return _("アップロードされたファイル")
