"""What time does to prefills: codes end, and what is left of them is forgotten."""

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from counter.enums import PrefillState
from counter.models import Prefill, PrefillScan
from counter.services.prefills.keeping import ending

BATCH: Final = 500


def expire(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Wipe the answers of prefills whose time is up; how many. May run twice at once."""
    moment = now or timezone.now()
    due = Prefill.objects.filter(state=PrefillState.OPEN, expires_at__lte=moment).order_by("expires_at")
    pks = list(due.values_list("pk", flat=True)[:limit])
    rows = Prefill.objects.filter(pk__in=pks, state=PrefillState.OPEN)
    return rows.update(**ending(PrefillState.EXPIRED, moment))


def forget(*, limit: int = BATCH, now: dt.datetime | None = None) -> int:
    """Delete prefills that ended long ago and led to no visit; how many. The scans of them go as well.

    Those of practice go as soon as they have ended.
    """
    until = (now or timezone.now()) - dt.timedelta(days=settings.VISITOR_KEPT_DAYS)
    is_over = Q(ended_at__lte=until) | Q(ended_at__isnull=False, is_practice=True)
    due = Prefill.objects.filter(is_over, visit__isnull=True).order_by("ended_at")
    with transaction.atomic():
        pks = list(due.values_list("pk", flat=True)[:limit])
        PrefillScan.objects.filter(prefill__in=pks).delete()
        deleted, _by_model = Prefill.objects.filter(pk__in=pks).delete()
    return deleted and len(pks)
