"""Counting what is printed: from the second time on the paper says that it is another copy."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import User
from counter.enums import PrintKind
from counter.models import PrintJob, Visit
from counter.services.visits.leading import record


def count_print(visit: Visit, kind: PrintKind, *, by: User, now: dt.datetime | None = None) -> PrintJob:
    """Write down that something is printed once more. Locks the visit: of two at once one is the second. Audited."""
    with transaction.atomic():
        Visit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
        last = PrintJob.objects.filter(visit=visit, kind=kind).aggregate(last=Max("times"))["last"] or 0
        job = PrintJob.objects.create(visit=visit, kind=kind, times=last + 1, at=now or timezone.now(), by=by)
        record(visit, by, f"{kind} {job.times}", action=AuditAction.PRINT)
    return job
