"""A home has read a circular. The first time counts; the row is the record."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.services import audit
from notices.models import Circular, CircularHome, CircularReading
from notices.queries.circulars import is_on_display


class NotOnDisplay(DomainError):
    """Over, withdrawn, or not begun."""

    code = "circular_not_on_display"
    message = _("この回覧は終了しました。")


def mark_read(
    circular: Circular, *, homes: Collection[CircularHome], by: User | None, now: dt.datetime | None = None
) -> None:
    """Somebody of these homes pressed 「読みました」; `by` is None on the tablet of a home. Twice is once.

    Homes of other districts are left out. Raises NotOnDisplay.
    """
    moment = now or timezone.now()
    if not is_on_display(circular, local_date(moment)):
        raise NotOnDisplay
    _write(circular, homes, by=by, moment=moment, on_paper=False)


def mark_read_on_paper(circular: Circular, *, home: CircularHome, by: User, now: dt.datetime | None = None) -> None:
    """The head says that a home has its paper back or has read it; also after the last day. Raises NotOnDisplay."""
    if circular.published_at is None or circular.withdrawn_at is not None:
        raise NotOnDisplay
    _write(circular, [home], by=by, moment=now or timezone.now(), on_paper=True)


def take_back_paper(circular: Circular, *, home: CircularHome, by: User) -> None:
    """The wrong line was touched: only what was entered from paper can be taken back; audited."""
    with transaction.atomic():
        count, _rows = CircularReading.objects.filter(circular=circular, home=home, on_paper=True).delete()
        if count:
            audit.record(
                action=AuditAction.DELETE,
                actor=by,
                target_type="notices.circularreading",
                target_id=circular.public_id,
                target_label=home.name,
            )


def _write(
    circular: Circular, homes: Collection[CircularHome], *, by: User | None, moment: dt.datetime, on_paper: bool
) -> None:
    reached = {district.pk for district in circular.districts.all()}
    rows = [
        CircularReading(circular=circular, home=home, at=moment, by=by, on_paper=on_paper)
        for home in homes
        if home.district_id in reached
    ]
    # the constraint lets the first one stand, also when two press at once
    CircularReading.objects.bulk_create(rows, ignore_conflicts=True)
