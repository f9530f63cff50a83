"""Several people report the same hole: one report goes on, the others point at it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportEventKind, ReportState
from applications.models import Report, ReportEvent
from applications.queries.reports import may_handle, workable_reports
from applications.services.reports.mails import Occasion, tell_reporter
from applications.services.reports.states import check_right, move
from cityhall.errors import DomainError
from cityhall.models import User
from cityhall.references import format_number, normalize_number


class NotMergeable(DomainError):
    """The report named is none that this one may be put to."""

    code = "not_mergeable"
    message = _(
        "その番号の通報にはまとめられません。自分の課の別の通報で、ほかの通報にまとめられていないものを指定してください。"
    )


def merge(*, report: Report, number: str, by: User, now: dt.datetime | None = None) -> Report:
    """Put an open report to another: it is closed as a duplicate and leaves the public list.

    From now on its reporter gets the mails and reads the answers of the other. What had been put to this one goes
    along: no chains. Locks both in the order of their ids. Raises NotAllowed, NotMergeable, StaleState.
    """
    check_right(report, by)
    found = workable_reports(by).filter(number=normalize_number(number)[:20]).exclude(pk=report.pk).first()
    if found is None:
        raise NotMergeable
    with transaction.atomic():
        locked = Report.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        rows = {row.pk: row for row in locked.filter(pk__in=[report.pk, found.pk])}
        original = rows[found.pk]
        # somebody may just have put that one to another, or given it to another department
        if original.state == ReportState.DUPLICATE or not may_handle(by, original):
            raise NotMergeable
        move(
            report,
            to=ReportState.DUPLICATE,
            event=ReportEventKind.MERGED,
            by=by,
            note=format_number(original.number),
            now=now,
            merged_into=original,
            is_public=False,
        )
        Report.objects.filter(merged_into=report).update(merged_into=original)
        _tell_history(original, report, by, now)
        tell_reporter(report, Occasion.MERGED, now=now)
    return report


def unmerge(*, report: Report, by: User, now: dt.datetime | None = None) -> Report:
    """Take a duplicate up as a report of its own again. Mails its reporter. Raises NotAllowed, StaleState."""
    original = report.merged_into
    words = format_number(original.number) if original else ""
    with transaction.atomic():
        move(
            report,
            to=ReportState.IN_PROGRESS,
            event=ReportEventKind.REOPENED,
            by=by,
            note=words,
            now=now,
            merged_into=None,
        )
        tell_reporter(report, Occasion.REOPENED, now=now)
    return report


def _tell_history(original: Report, report: Report, by: User, now: dt.datetime | None) -> None:
    """The other report says what was put to it; its revision stays, nobody's page grows old by it."""
    ReportEvent.objects.create(
        report=original,
        kind=ReportEventKind.MERGED,
        at=now or timezone.now(),
        actor=by,
        note=format_number(report.number),
    )
