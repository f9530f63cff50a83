"""That somebody compared what families are told of other offices with the law and the office itself."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from counter.models import ElsewhereItem


def verify(pks: Collection[int], *, by: User, now: dt.datetime | None = None) -> int:
    """Keep who looked these items up and on which day; how many. Looked up again it is the new day. Each is audited."""
    day = local_date(now or timezone.now())
    with transaction.atomic():
        items = list(ElsewhereItem.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))
        ElsewhereItem.objects.filter(pk__in=[one.pk for one in items]).update(verified_on=day, verified_by=by)
        for item in items:
            audit.record(
                action=AuditAction.CHANGE,
                actor=by,
                target_type=item._meta.label_lower,
                target_id=item.pk,
                target_label=item.name,
                changed_fields=["verified_on", "verified_by"],
                detail="law verified",
            )
    return len(items)
