"""How much work waits, and for how long. Reads only indexed columns and stops counting early."""

import datetime as dt
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.enums import WorkState
from cityhall.models import AuditEvent, Work

MOST_COUNTED = 1000
_OPEN = (WorkState.QUEUED, WorkState.FAILED, WorkState.RUNNING)
_STOPPED = (WorkState.GIVEN_UP, WorkState.UNCERTAIN)


@dataclass(frozen=True)
class Backlog:
    """One kind of work: rows that are due, how long the oldest has waited, rows only a person can move."""

    label: str | Promise
    due: int
    waits: dt.timedelta
    stopped: int

    @property
    def is_capped(self) -> bool:
        return self.due >= MOST_COUNTED

    @property
    def waits_minutes(self) -> int:
        return int(self.waits.total_seconds() // 60)


def work_backlogs(now: dt.datetime | None = None) -> list[Backlog]:
    """One line for every table of work in the house."""
    moment = now or timezone.now()
    tables = [model for model in apps.get_models() if issubclass(model, Work)]
    return [_backlog_of(model, moment) for model in tables]


def unsealed_audit_events(now: dt.datetime | None = None) -> Backlog:
    """Events of the audit trail that no seal covers yet."""
    unsealed = AuditEvent.objects.filter(position__isnull=True)
    oldest = unsealed.order_by("id").values_list("at", flat=True).first()
    return Backlog(
        label=_("監査記録の封印待ち"),
        due=_count(unsealed),
        waits=(now or timezone.now()) - oldest if oldest else dt.timedelta(),
        stopped=0,
    )


def _backlog_of(model: type[Work], now: dt.datetime) -> Backlog:
    rows = model._default_manager.all()
    due = rows.filter(state__in=_OPEN, due_at__lte=now)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    return Backlog(
        label=model._meta.verbose_name or model._meta.label,
        due=_count(due),
        waits=now - oldest if oldest else dt.timedelta(),
        stopped=_count(rows.filter(state__in=_STOPPED)),
    )


def _count(rows: QuerySet[Model]) -> int:
    """Like COUNT, but a long backlog costs no more than MOST_COUNTED rows."""
    return len(rows.order_by().values_list("pk", flat=True)[:MOST_COUNTED])
