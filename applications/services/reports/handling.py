"""The steps of the staff. Each writes its event, and tells those who reported what concerns them."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportEventKind, ReportState
from applications.models import Report, ReportEvent, ReportKind
from applications.queries.reports import possible_handlers
from applications.services.reports.mails import Occasion, tell_reporters
from applications.services.reports.states import NotAllowed, change, check_right, move
from cityhall.errors import DomainError, StaleState
from cityhall.models import User


class AnswerMissing(DomainError):
    """A step that the reporter reads about has no words."""

    code = "answer_missing"
    message = _("通報者への回答を入力してください。")


def take(*, report: Report, by: User, now: dt.datetime | None = None) -> Report:
    """Become the handler. Raises NotAllowed, StaleState."""
    return assign(report=report, handler=by, by=by, now=now)


def assign(*, report: Report, handler: User, by: User, now: dt.datetime | None = None) -> Report:
    """Give a report to somebody who may work on it. Raises NotAllowed, StaleState."""
    _need_open(report, by)
    if not possible_handlers(report).filter(pk=handler.pk).exists():
        raise NotAllowed
    return change(report, event=ReportEventKind.ASSIGNED, by=by, note=str(handler), now=now, handler=handler)


def start(*, report: Report, by: User, now: dt.datetime | None = None) -> Report:
    """Begin to work on it; without a handler whoever begins is it. Mails. Raises NotAllowed, StaleState."""
    with transaction.atomic():
        handler = report.handler or by
        move(report, to=ReportState.IN_PROGRESS, event=ReportEventKind.STARTED, by=by, now=now, handler=handler)
        tell_reporters(report, Occasion.STARTED, now=now)
    return report


def answer(*, report: Report, text: str, by: User, now: dt.datetime | None = None) -> Report:
    """Write to the reporter, in whatever state; the newest answer is shown. Mails.

    Raises AnswerMissing, NotAllowed, StaleState.
    """
    words = _need(text)
    if report.state == ReportState.DUPLICATE:
        # those who reported it read the answer of the report that goes on
        check_right(report, by)
        raise StaleState
    with transaction.atomic():
        change(report, event=ReportEventKind.ANSWERED, by=by, note=words, now=now, answer=words)
        tell_reporters(report, Occasion.ANSWERED, now=now)
    return report


def finish(*, report: Report, text: str, by: User, now: dt.datetime | None = None) -> Report:
    """The matter is settled, with the answer of the city. Mails. Raises AnswerMissing, NotAllowed, StaleState."""
    return _close(report, ReportState.DONE, _need(text), by, now)


def refuse_as_not_ours(*, report: Report, text: str, by: User, now: dt.datetime | None = None) -> Report:
    """Not the city's to mend; the text says whose it is and how to reach them. Mails. Raises as `finish`."""
    return _close(report, ReportState.NOT_OURS, _need(text), by, now)


def reopen(*, report: Report, reason: str, by: User, now: dt.datetime | None = None) -> Report:
    """Take a closed report up again; the reason is for staff. Mails. Raises AnswerMissing, NotAllowed, StaleState."""
    words = _need(reason, _("再開する理由を入力してください。"))
    if report.state == ReportState.DUPLICATE:
        check_right(report, by)
        raise StaleState
    with transaction.atomic():
        move(report, to=ReportState.IN_PROGRESS, event=ReportEventKind.REOPENED, by=by, note=words, now=now)
        tell_reporters(report, Occasion.REOPENED, now=now)
    return report


def move_kind(*, report: Report, kind: ReportKind, by: User, now: dt.datetime | None = None) -> Report:
    """Put an open report under another kind, and with it into the department of that kind, duplicates included.

    In another department nobody handles it yet. Raises NotAllowed, StaleState.
    """
    _need_open(report, by)
    goes_away = kind.department_id != report.department_id
    words = f"{report.kind} → {kind}（{kind.department}）"
    handler = None if goes_away else report.handler
    with transaction.atomic():
        change(
            report,
            event=ReportEventKind.MOVED,
            by=by,
            note=words,
            now=now,
            kind=kind,
            department=kind.department,
            handler=handler,
        )
        twins = Report.objects.filter(merged_into=report)
        moment = now or timezone.now()
        ReportEvent.objects.bulk_create(
            [ReportEvent(report=twin, kind=ReportEventKind.MOVED, at=moment, actor=by, note=words) for twin in twins]
        )
        twins.update(kind=kind, department=kind.department, handler=None, revision=F("revision") + 1)
    return report


def note(*, report: Report, text: str, by: User, now: dt.datetime | None = None) -> None:
    """Write something down for colleagues, in whatever state and revision. Raises AnswerMissing, NotAllowed."""
    check_right(report, by)
    words = _need(text, _("メモを入力してください。"))
    ReportEvent.objects.create(
        report=report, kind=ReportEventKind.NOTED, at=now or timezone.now(), actor=by, note=words
    )


def _close(report: Report, to: ReportState, words: str, by: User, now: dt.datetime | None) -> Report:
    with transaction.atomic():
        move(report, to=to, event=ReportEventKind(to.value), by=by, note=words, now=now, answer=words)
        tell_reporters(report, Occasion.CLOSED, now=now)
    return report


def _need_open(report: Report, by: User) -> None:
    """Raises NotAllowed, StaleState."""
    check_right(report, by)
    if report.state not in (ReportState.RECEIVED, ReportState.IN_PROGRESS):
        raise StaleState


def _need(text: str, message: object | None = None) -> str:
    """Raises AnswerMissing."""
    words = text.strip()
    if not words:
        raise AnswerMissing(message)
    return words
