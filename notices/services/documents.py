"""The document of a notice: set, signed, stored; then the notice is available and its clocks run."""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.enums import FileKind, Lane, WorkState
from cityhall.errors import DomainError
from cityhall.fonts import GlyphMissing
from cityhall.models import StoredFile
from cityhall.queries.city import municipality
from cityhall.services.files import store_bytes
from cityhall.services.work import OUTAGE, OUTAGE_PAUSE, backoff, fail, finish
from notices.effect import effective_on_of
from notices.enums import NoticeState, PaperState, ReceiptKind, SignatureMode
from notices.models import DocumentJob, Notice
from notices.rules import MOST_HOURS, covers
from notices.services.alerts import can_be_told, tell_of_arrival
from notices.services.events import record_events
from notices.services.postage import post_settings
from notices.signing import sign
from notices.typesetting.letters import Window, decision_letter
from residents.enums import ConsentKind
from residents.queries import living_row_of
from residents.services.consents import agreed_text

log = logging.getLogger(__name__)


class _NotWanted(Exception):
    """Another worker took the job over, or the notice was withdrawn: what this one made is thrown away."""


@dataclass(frozen=True)
class _Clock:
    """How a notice reaches somebody who does not open it."""

    paper_required: bool
    paper_due_at: dt.datetime | None


def is_more_due_than_one(*, now: dt.datetime | None = None) -> bool:
    """Whether documents wait for more workers than one."""
    waiting = DocumentJob.objects.filter(
        finished_at__isnull=True, lane__in=list(Lane), state=WorkState.QUEUED, due_at__lte=now or timezone.now()
    )
    return len(waiting.values_list("pk")[:2]) > 1


def make_document(job: DocumentJob, *, now: dt.datetime | None = None) -> None:
    """Do one claimed job: the PDF, the signature, then in one transaction everything that follows from it.

    Running twice, or being killed at any point, makes one available notice, one event and one mail: the
    move from `draft` is conditional and the job is finished in the same transaction. A file written by a
    killed run has no row and is swept. Failures are put on the job: a character that no font has goes to
    a person at once, a missing key is tried again.
    """
    notice = Notice.objects.select_related("version__notice_type", "department", "recipient__user", "document").get(
        pk=job.notice_id
    )
    if notice.state != NoticeState.DRAFT or notice.wiped_at is not None:
        finish(job)
        return
    try:
        content = _signed_letter(notice)
    except GlyphMissing as error:
        log.warning("notice has a character no font has", extra=job.describe())
        fail(job, error=_("この通知書には印刷できない文字があります。%(reason)s") % {"reason": error}, retry_in=None)
        return
    except DomainError as error:
        log.error("notice document failed", extra={**job.describe(), "error": error.code})  # noqa: TRY400
        fail(job, error=str(error), retry_in=backoff(job.attempts, most=OUTAGE_PAUSE), patience=OUTAGE)
        return
    _make_available(notice, job, content, moment=now or timezone.now())


def _signed_letter(notice: Notice) -> bytes:
    city = municipality()
    # the paper speaks the city's language, whatever the worker was started with
    with override(settings.LANGUAGE_CODE):
        content = decision_letter(notice, city=city, window=Window.of(post_settings()))
    if notice.version.notice_type.signature_mode == SignatureMode.NONE:
        return content
    return sign(content, signer_name=city.name)


def _make_available(notice: Notice, job: DocumentJob, content: bytes, *, moment: dt.datetime) -> None:
    try:
        with transaction.atomic():
            stored = store_bytes(
                content=content,
                name=f"{notice.title}_{notice.number}.pdf",
                content_type="application/pdf",
                kind=FileKind.NOTICE,
            )
            _publish(notice, stored, moment=moment)
            _end(job, moment=moment)
            tell_of_arrival(notice, moment=moment)
    except _NotWanted:
        log.info("document was not wanted any more", extra=job.describe())
        # the job of a withdrawn notice ends here; one that was taken over is not ours to end
        finish(job, now=moment)


def _end(job: DocumentJob, *, moment: dt.datetime) -> None:
    if not finish(job, now=moment):
        raise _NotWanted


def _publish(notice: Notice, stored: StoredFile, *, moment: dt.datetime) -> None:
    """Move draft → available and write the events. Raises _NotWanted when the notice was withdrawn meanwhile."""
    clock = _clock_of(notice, moment=moment)
    moved = Notice.objects.filter(pk=notice.pk, state=NoticeState.DRAFT, wiped_at__isnull=True).update(
        state=NoticeState.AVAILABLE,
        document=stored,
        sha256=stored.sha256,
        available_at=moment,
        paper_required=clock.paper_required,
        paper_due_at=clock.paper_due_at,
        reminder_due_at=None if clock.paper_required else _reminder_due_at(notice, moment),
        effective_on=None if clock.paper_required else _effective_on(notice, moment),
        paper_state=PaperState.DUE if clock.paper_required else PaperState.NONE,
    )
    if not moved:
        raise _NotWanted
    record_events([notice.pk], ReceiptKind.AVAILABLE, moment=moment)
    if clock.paper_required:
        record_events([notice.pk], ReceiptKind.PAPER_DUE, moment=moment, detail=_("書面での送付が必要なため"))


def _effective_on(notice: Notice, moment: dt.datetime) -> dt.date | None:
    return effective_on_of(notice.version.notice_type, available_at=moment, opened_at=None)


def _reminder_due_at(notice: Notice, moment: dt.datetime) -> dt.datetime | None:
    hours = notice.version.notice_type.hours_until_reminder
    return None if hours is None else moment + dt.timedelta(hours=min(hours, MOST_HOURS))


def _clock_of(notice: Notice, *, moment: dt.datetime) -> _Clock:
    """When the letter is due.

    Source: デジタル手続法 第7条第1項 — a notice may be digital only for a person who said so. Without that
    word, to the text the kind asks for, or without an account that could open it, the letter is the notice: it is due
    at once and goes out whatever is read online. Nobody who could not be told waits for a clock.
    """
    notice_type = notice.version.notice_type
    hours = notice_type.hours_until_paper
    recipient = living_row_of(notice.recipient)
    consented = not notice_type.consent_required or covers(
        agreed_text(recipient, ConsentKind.DIGITAL_NOTICE), notice_type.consent_text_version
    )
    has_account = recipient.user_id is not None
    if not consented or (not has_account and hours is not None):
        return _Clock(paper_required=True, paper_due_at=moment)
    if hours is None:
        return _Clock(paper_required=False, paper_due_at=None)
    # no calendar has a day for whatever number may be stored
    wait = dt.timedelta(hours=min(hours, MOST_HOURS)) if can_be_told(notice) else dt.timedelta()
    return _Clock(paper_required=False, paper_due_at=moment + wait)
