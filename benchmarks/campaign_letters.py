"""The documents of a campaign as one worker makes them, beside setting and signing alone in the same process."""

import os
import time
from dataclasses import dataclass

from cityhall.queries.city import municipality
from notices.models import Campaign, DocumentJob, Notice
from notices.signing import sign
from notices.tasks import make_documents
from notices.typesetting.letters import decision_letter

COUNT = int(os.environ.get("BENCH_LETTERS", "300"))


@dataclass(frozen=True)
class Spent:
    """Seconds for so many letters: by the clock, and of our own processor time."""

    seconds: float
    processor: float
    count: int

    @property
    def milliseconds(self) -> float:
        """Of processor time a letter."""
        return self.processor / self.count * 1000


def all_in(campaign: Campaign) -> Spent:
    """From the claim to the delivery: queries, files, events and alerts included. RuntimeError when nothing waits."""
    # fonts and key are read once a process
    make_documents()
    before = _left(campaign)
    started, processor = time.perf_counter(), time.process_time()
    while (done := before - _left(campaign)) < COUNT:
        if not make_documents():
            raise RuntimeError(f"only {done} documents were waiting")
    return Spent(time.perf_counter() - started, time.process_time() - processor, done)


def alone(campaign: Campaign) -> Spent:
    """Setting and signing of letters of the same campaign, with nothing stored."""
    notices = Notice.objects.filter(campaign=campaign, state="available").select_related(
        "version__notice_type", "department"
    )
    letters, city = list(notices[:COUNT]), municipality()
    started, processor = time.perf_counter(), time.process_time()
    for notice in letters:
        sign(decision_letter(notice, city=city), signer_name=city.name)
    return Spent(time.perf_counter() - started, time.process_time() - processor, len(letters))


def _left(campaign: Campaign) -> int:
    return DocumentJob.objects.filter(notice__campaign=campaign, finished_at=None).count()
