"""Background work of the notices. Each task looks for due rows itself and may run twice at once."""

import datetime as dt

from cityhall.services.work import run_due
from notices.models import DocumentJob, LetterRun, NoticeCheck, OutgoingMail
from notices.services import checking, documents, letters, printing, sweeping
from notices.services.sending import Postman


def send_mails() -> int:
    """Send due mails over one connection; the number handled."""
    with Postman() as postman:
        return run_due(OutgoingMail, postman.deliver, wake="notices.tasks.send_mails")


def make_documents() -> int:
    """Set and sign the documents of new notices; the number handled."""
    return run_due(DocumentJob, documents.make_document, wake="notices.tasks.make_documents")


def start_due_letters() -> int:
    """Turn notices that were not opened in time into letters that are due; the number turned."""
    return letters.start_due_letters()


def build_letters() -> int:
    """Build the print files of letter runs; the number handled. A big run takes longer than other work."""
    return run_due(LetterRun, printing.build_run, lease=dt.timedelta(minutes=5), wake="notices.tasks.build_letters")


def check_uploads() -> int:
    """Look into PDFs that people brought to the check page; the number handled."""
    return run_due(NoticeCheck, checking.examine, max_attempts=3, wake="notices.tasks.check_uploads")


def sweep() -> None:
    """Forget what is not needed any more: finished checks, print files of posted letters, bodies of old mails."""
    sweeping.release_files()
    sweeping.sweep_checks()
    sweeping.release_print_files()
    sweeping.wipe_old_mails()


PERIODIC = {
    "notices.tasks.send_mails": dt.timedelta(seconds=30),
    "notices.tasks.make_documents": dt.timedelta(seconds=30),
    "notices.tasks.start_due_letters": dt.timedelta(minutes=5),
    "notices.tasks.build_letters": dt.timedelta(seconds=30),
    "notices.tasks.check_uploads": dt.timedelta(seconds=30),
    "notices.tasks.sweep": dt.timedelta(hours=1),
}
