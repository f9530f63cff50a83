"""The document of a notice: set, signed, stored; then the notice is available and its clocks run."""

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.enums import FileKind, Lane, WorkState
from cityhall.errors import DomainError
from cityhall.fonts import GlyphMissing
from cityhall.models import Municipality, StoredFile
from cityhall.queries.city import municipality
from cityhall.services.files import write_file
from cityhall.services.work import OUTAGE, OUTAGE_PAUSE, backoff, fail, finish
from cityhall.services.work_batches import finish_all, give_back, still_held
from notices.effect import effective_on_of
from notices.enums import NoticeState, PaperState, ReceiptKind, SignatureMode
from notices.models import DocumentJob, Notice
from notices.rules import MOST_HOURS, covers
from notices.services.alerts import can_be_told, tell_of_arrival
from notices.services.events import record_events
from notices.services.postage import post_settings
from notices.signing import sign
from notices.typesetting.letters import Window, decision_letter
from residents.bulk import update_rows
from residents.enums import ConsentKind
from residents.queries import living_row_of
from residents.services.consents import agreed_texts

log = logging.getLogger(__name__)


BATCH: Final = 40
"""Documents of a campaign that are made together."""
_SECONDS: Final = 1.0
"""How long a batch is set before it is delivered."""


@dataclass(frozen=True)
class _Letter:
    """A document that is signed and on disk, and not delivered yet."""

    job: DocumentJob
    notice: Notice
    file: StoredFile


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
    """Do one claimed job; see `make_documents`."""
    make_documents([job], now=now)


def make_documents(jobs: Sequence[DocumentJob], *, now: dt.datetime | None = None) -> None:
    """Do claimed jobs: the PDFs and signatures, then in one transaction everything that follows from them.

    Running twice, or being killed at any point, makes one available notice, one event and one mail each: only a draft
    under the caller's claim is delivered, and its job ends in the same transaction. A file written by a killed run has
    no row and is swept. Failures are put on the job: a character that no font has goes to a person at once, a missing
    key is tried again. What a batch does not come to within its time, or before a single notice is due, is given back.
    """
    notices = Notice.objects.select_related("recipient__user").prefetch_related("version__notice_type", "department")
    notice_of = notices.in_bulk([job.notice_id for job in jobs])
    letters = _Letters(municipality(), Window.of(post_settings()))
    deadline = time.monotonic() + _SECONDS
    made: list[_Letter] = []
    for place, job in enumerate(jobs):
        if place and (time.monotonic() > deadline or _is_single_due()):
            give_back(jobs[place:], now=now or timezone.now())
            break
        letter = letters.make(job, notice_of[job.notice_id])
        if letter is not None:
            made.append(letter)
    if made:
        _deliver(made, moment=now or timezone.now())


def _is_single_due() -> bool:
    """Whether a notice waits that belongs to no campaign: it comes before the rest of a batch."""
    due = DocumentJob.objects.filter(finished_at__isnull=True, lane=Lane.SINGLE, due_at__lte=timezone.now())
    return due.exists()


@dataclass(frozen=True)
class _Letters:
    """What is the same for all letters of a batch."""

    city: Municipality
    window: Window

    def make(self, job: DocumentJob, notice: Notice) -> _Letter | None:
        """Set, sign and write a letter; None when the job ended without one."""
        if notice.state != NoticeState.DRAFT or notice.wiped_at is not None:
            finish(job)
            return None
        try:
            content = self._signed(notice)
        except GlyphMissing as error:
            log.warning("notice has a character no font has", extra=job.describe())
            said = _("この通知書には印刷できない文字があります。%(reason)s") % {"reason": error}
            fail(job, error=said, retry_in=None)
            return None
        except DomainError as error:
            log.error("notice document failed", extra={**job.describe(), "error": error.code})  # noqa: TRY400
            fail(job, error=str(error), retry_in=backoff(job.attempts, most=OUTAGE_PAUSE), patience=OUTAGE)
            return None
        file = write_file(
            content=content,
            name=f"{notice.title}_{notice.number}.pdf",
            content_type="application/pdf",
            kind=FileKind.NOTICE,
        )
        return _Letter(job, notice, file)

    def _signed(self, notice: Notice) -> bytes:
        # the paper speaks the city's language, whatever the worker was started with
        with override(settings.LANGUAGE_CODE):
            content = decision_letter(notice, city=self.city, window=self.window)
        if notice.version.notice_type.signature_mode == SignatureMode.NONE:
            return content
        return sign(content, signer_name=self.city.name)


def _deliver(letters: Sequence[_Letter], *, moment: dt.datetime) -> None:
    """Make the notices available and end their jobs; what nobody wants any more is thrown away."""
    with transaction.atomic():
        wanted = _still_wanted(letters)
        if wanted:
            StoredFile.objects.bulk_create([letter.file for letter in wanted])
            _publish(wanted, moment=moment)
            finish_all([letter.job for letter in wanted], now=moment)
            for letter in wanted:
                # nobody without an account can be told
                if living_row_of(letter.notice.recipient).user_id is not None:
                    tell_of_arrival(letter.notice, moment=moment)
    for letter in letters:
        if letter not in wanted:
            log.info("document was not wanted any more", extra=letter.job.describe())
            # the job of a withdrawn notice ends here; one that was taken over is not ours to end
            finish(letter.job, now=moment)


def _still_wanted(letters: Sequence[_Letter]) -> list[_Letter]:
    """Those that were neither withdrawn nor taken over by another worker; locked until the transaction ends."""
    drafts = Notice.objects.filter(
        pk__in=[letter.notice.pk for letter in letters], state=NoticeState.DRAFT, wiped_at__isnull=True
    )
    # in the order of their ids, as everybody does who locks several
    notices = set(drafts.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    jobs = still_held([letter.job for letter in letters])
    return [letter for letter in letters if letter.notice.pk in notices and letter.job.pk in jobs]


def _publish(letters: Sequence[_Letter], *, moment: dt.datetime) -> None:
    """Move draft → available and write the events; the rows are locked."""
    recipients = {living_row_of(letter.notice.recipient).pk for letter in letters}
    agreed = agreed_texts(recipients, ConsentKind.DIGITAL_NOTICE)
    clocks = [_clock_of(letter.notice, agreed, moment=moment) for letter in letters]
    update_rows(
        Notice,
        _COLUMNS,
        [_columns(letter, clock, moment) for letter, clock in zip(letters, clocks, strict=True)],
    )
    record_events([letter.notice.pk for letter in letters], ReceiptKind.AVAILABLE, moment=moment)
    on_paper = [letter.notice.pk for letter, clock in zip(letters, clocks, strict=True) if clock.paper_required]
    if on_paper:
        record_events(on_paper, ReceiptKind.PAPER_DUE, moment=moment, detail=_("書面での送付が必要なため"))


_COLUMNS: Final = (
    "state",
    "document",
    "sha256",
    "available_at",
    "paper_required",
    "paper_due_at",
    "reminder_due_at",
    "effective_on",
    "paper_state",
)


def _columns(letter: _Letter, clock: _Clock, moment: dt.datetime) -> tuple[Any, ...]:
    """The values of `_COLUMNS`, then the id."""
    notice, on_paper = letter.notice, clock.paper_required
    return (
        NoticeState.AVAILABLE,
        letter.file.pk,
        letter.file.sha256,
        moment,
        on_paper,
        clock.paper_due_at,
        None if on_paper else _reminder_due_at(notice, moment),
        None if on_paper else _effective_on(notice, moment),
        PaperState.DUE if on_paper else PaperState.NONE,
        notice.pk,
    )


def _effective_on(notice: Notice, moment: dt.datetime) -> dt.date | None:
    return effective_on_of(notice.version.notice_type, available_at=moment, opened_at=None)


def _reminder_due_at(notice: Notice, moment: dt.datetime) -> dt.datetime | None:
    hours = notice.version.notice_type.hours_until_reminder
    return None if hours is None else moment + dt.timedelta(hours=min(hours, MOST_HOURS))


def _clock_of(notice: Notice, agreed: Mapping[int, str], *, moment: dt.datetime) -> _Clock:
    """When the letter is due; `agreed` has the words to which people said yes.

    Source: デジタル手続法 第7条第1項 — a notice may be digital only for a person who said so. Without that
    word, to the text the kind asks for, or without an account that could open it, the letter is the notice: it is due
    at once and goes out whatever is read online. Nobody who could not be told waits for a clock.
    """
    notice_type = notice.version.notice_type
    hours = notice_type.hours_until_paper
    recipient = living_row_of(notice.recipient)
    consented = not notice_type.consent_required or covers(
        agreed.get(recipient.pk, ""), notice_type.consent_text_version
    )
    has_account = recipient.user_id is not None
    if not consented or (not has_account and hours is not None):
        return _Clock(paper_required=True, paper_due_at=moment)
    if hours is None:
        return _Clock(paper_required=False, paper_due_at=None)
    # no calendar has a day for whatever number may be stored
    wait = dt.timedelta(hours=min(hours, MOST_HOURS)) if can_be_told(notice) else dt.timedelta()
    return _Clock(paper_required=False, paper_due_at=moment + wait)
