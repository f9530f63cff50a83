"""Background work of this app. Each task looks for what is due itself and may run twice at once."""

import datetime as dt

from applications.models import Application, BulkDecisionRow, Extract
from applications.services import bulk, digests, extracts, guests, guide_shares, reports, surveys, sweeping
from applications.services.retention import dispose_due
from cityhall import queue
from cityhall.services.work import is_due, run_due

PERIODIC = {
    # looks whether it is time itself: the scheduler knows intervals, not hours
    "applications.tasks.send_digests": dt.timedelta(minutes=10),
    "applications.tasks.sweep_digests": dt.timedelta(days=1),
    "applications.tasks.decide_bulk": dt.timedelta(seconds=30),
    "applications.tasks.sweep_drafts": dt.timedelta(days=1),
    "applications.tasks.sweep_practice": dt.timedelta(hours=1),
    "applications.tasks.sweep_removed_files": dt.timedelta(days=1),
    "applications.tasks.warn_of_expiry": dt.timedelta(days=1),
    "applications.tasks.dispose": dt.timedelta(hours=1),
    "applications.tasks.sweep_guide_shares": dt.timedelta(days=1),
    "applications.tasks.remind_of_surveys": dt.timedelta(hours=6),
    "applications.tasks.start_extracts": dt.timedelta(seconds=30),
    "applications.tasks.sweep_extracts": dt.timedelta(hours=1),
    "applications.tasks.sweep_reports": dt.timedelta(days=1),
}
# an extract of a hundred thousand cases is one file: it cannot be made in slices of a minute
LONG = {"applications.tasks.make_extracts": dt.timedelta(minutes=30)}

_BATCH = 500
# each is a handful of counts
_DIGESTS = 100


def decide_bulk() -> int:
    """Decide due cases of bulk decisions one by one; the number handled."""
    return run_due(BulkDecisionRow, bulk.decide_row, wake="applications.tasks.decide_bulk")


def send_digests() -> None:
    """Make the daily summaries that are due; a full batch means there are more."""
    if digests.send_digests(limit=_DIGESTS) == _DIGESTS:
        queue.wake("applications.tasks.send_digests")


def sweep_digests() -> None:
    """Delete the marks of summaries of long ago."""
    digests.sweep_digests()


def sweep_drafts() -> None:
    """Delete drafts nobody touches any more; a full batch means there are more."""
    if sweeping.sweep_drafts(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_drafts")


def sweep_practice() -> None:
    """Delete trials that are over; a full batch means there are more."""
    if sweeping.sweep_practice(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_practice")


def mail_guest_link(application_id: int) -> None:
    """Mail a guest the link to an application; asked for with nothing when the look-up found nothing.

    It is queued either way, and what may be mailed is counted here: how long the look-up page takes tells nothing.
    """
    application = Application.objects.select_related("procedure", "department").filter(pk=application_id).first()
    if application is not None and guests.may_mail(application, application.guest_email):
        guests.mail_link(application)


def sweep_removed_files() -> None:
    """Let go of files taken out of drafts; a full batch means there are more."""
    if sweeping.sweep_removed_files(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_removed_files")


def sweep_guide_shares() -> None:
    """Delete kept results of guides that are over; a full batch means there are more."""
    if guide_shares.sweep(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.sweep_guide_shares")


def start_extracts() -> None:
    """Wake the task that makes extracts when one is due: what runs by the clock has no more than a minute."""
    if is_due(Extract):
        queue.wake("applications.tasks.make_extracts")


def make_extracts() -> int:
    """Make the files of due extracts; the number handled."""
    return run_due(
        Extract,
        extracts.make_extract,
        lease=extracts.LEASE,
        max_attempts=3,
        wake="applications.tasks.make_extracts",
    )


def sweep_extracts() -> None:
    """Remove what killed workers left; files past their time go with all others (`cityhall.tasks.sweep_files`)."""
    extracts.sweep_folders()


def sweep_reports() -> None:
    """Wipe who reported and delete photos when a report is over long enough; a full batch means there are more."""
    if reports.sweep(limit=_BATCH) >= _BATCH:
        queue.wake("applications.tasks.sweep_reports")


def remind_of_surveys() -> None:
    """Mail those who have not answered an internal survey whose deadline is near, once."""
    surveys.remind_before_deadlines()


def warn_of_expiry() -> None:
    """Mail those whose drafts will be deleted in 14 days; a full batch means there are more."""
    if sweeping.warn_of_expiry(limit=_BATCH) == _BATCH:
        queue.wake("applications.tasks.warn_of_expiry")


def dispose() -> None:
    """Dispose of the cases of approved lists, as long as there is time."""
    dispose_due()
