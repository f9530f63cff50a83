"""Background work of the notices. Each task looks for due rows itself and may run twice at once."""

import datetime as dt
import time
from collections.abc import Callable

from cityhall import queue
from cityhall.services.work import is_due, run_due
from cityhall.services.work_batches import run_batches
from notices.models import (
    Campaign,
    CircularRound,
    DocumentJob,
    FilingReminder,
    LetterRun,
    LineAccount,
    NoticeCheck,
    OutgoingLine,
    OutgoingMail,
    OutgoingPush,
    OutgoingSms,
    TopicMessage,
)
from notices.services import acted, campaigns, checking, documents, letters, printing, retention, sweeping
from notices.services.alerts.clock import remind_unopened
from notices.services.alerts.outcomes import note_given_up
from notices.services.bounce_mailbox import read_mailbox
from notices.services.bounces import match_events
from notices.services.channels.forgetting import forget_channels
from notices.services.circulars.telling import TASK as TELL_OF_CIRCULARS
from notices.services.circulars.telling import tell_slice
from notices.services.line.answers import Wish, answer
from notices.services.line.sending import LineSender
from notices.services.push.sending import PushSender
from notices.services.sending import Postman
from notices.services.sms import deliver_text
from notices.services.topics.news import spread

# a thousand letters are one file: it cannot be made in slices; a worker that dies of it is made up for after the lease
LETTERS_LEASE = dt.timedelta(minutes=11)
_BUDGET_SECONDS = 2.0
LONG = {"notices.tasks.build_letters": dt.timedelta(minutes=10)}


def send_mails() -> int:
    """Send due mails over one connection; the number handled."""
    with Postman() as postman:
        return run_due(OutgoingMail, postman.deliver, wake="notices.tasks.send_mails", on_given_up=note_given_up)


def send_pushes() -> int:
    """Send due web pushes over kept connections; the number handled."""
    with PushSender() as sender:
        return run_due(OutgoingPush, sender.deliver, wake="notices.tasks.send_pushes", on_given_up=note_given_up)


def send_lines() -> int:
    """Send due LINE messages; the number handled."""
    with LineSender() as sender:
        return run_due(OutgoingLine, sender.deliver, wake="notices.tasks.send_lines", on_given_up=note_given_up)


def send_texts() -> int:
    """Send due text messages; the number handled."""
    return run_due(OutgoingSms, deliver_text, wake="notices.tasks.send_texts", on_given_up=note_given_up)


def answer_on_line(*, reply_token: str, account_id: int, wish: str) -> None:
    """Answer what a friend wrote to the city's LINE account, while its reply token counts."""
    account = LineAccount.objects.filter(pk=account_id).first()
    if account is not None:
        answer(account=account, wish=Wish(wish), reply_token=reply_token)


def read_bounces() -> int:
    """Read the city's bounce mailbox, and match events that came before our own record; the number of events."""
    return read_mailbox() + match_events()


def remind_late() -> int:
    """Tell once more of notices that were not opened in time; the number of them."""
    return _while_time(remind_unopened, wake="notices.tasks.remind_late")


def spread_news() -> int:
    """Write the messages of news to those who want its topic, a slice at a time; the number of slices."""
    return run_due(TopicMessage, spread, wake="notices.tasks.spread_news")


def remind_to_file() -> int:
    """Remind those of a campaign who have not filed, a slice at a time; the number of slices."""
    return run_due(FilingReminder, acted.remind_slice, wake=acted.TASK)


def wipe_contents() -> int:
    """Wipe what notices said whose time is over; the number of them."""
    return _while_time(retention.wipe_contents, wake="notices.tasks.wipe_contents")


def make_documents() -> int:
    """Set and sign the documents of new notices; the number handled. Of many, another worker takes its share."""
    if documents.is_more_due_than_one():
        queue.wake("notices.tasks.make_documents")
    return run_batches(
        DocumentJob,
        documents.make_document,
        documents.make_documents,
        limit=documents.BATCH,
        wake="notices.tasks.make_documents",
    )


def tell_of_circulars() -> int:
    """Tell the households of new circulars that they are there, a slice at a time; the number of slices."""
    return run_due(CircularRound, tell_slice, wake=TELL_OF_CIRCULARS)


def run_campaigns() -> int:
    """One slice of a campaign that is checked, sent or cleared up; it wakes itself while there is more."""
    return run_due(Campaign, campaigns.work_on, wake="notices.tasks.run_campaigns")


def start_campaigns() -> int:
    """Begin campaigns whose time has come; the number of them."""
    return campaigns.start_due()


def start_due_letters() -> int:
    """Turn notices that were not opened in time into letters that are due; the number turned."""
    return _while_time(letters.start_due_letters, wake="notices.tasks.start_due_letters")


def _while_time(step: Callable[[], int], *, wake: str) -> int:
    """Take slice after slice until nothing is left or the time is used; then the task is called again for the rest."""
    deadline = time.monotonic() + _BUDGET_SECONDS
    count = 0
    while handled := step():
        count += handled
        if time.monotonic() >= deadline:
            queue.wake(wake)
            break
    return count


def start_letter_runs() -> None:
    """Wake the task that builds print files when one is due: what runs by the clock has no more than a minute.

    Letters of runs that were given up wait for the next run again.
    """
    letters.release_given_up()
    if is_due(LetterRun):
        queue.wake("notices.tasks.build_letters")


def build_letters() -> int:
    """Build the print files of letter runs; the number handled. A big run takes longer than other work.

    One at a time: two would hold every worker of the lane, and what waits behind them is more urgent.
    """
    if letters.is_building():
        return 0
    return run_due(LetterRun, printing.build_run, lease=LETTERS_LEASE, wake="notices.tasks.build_letters")


def check_uploads() -> int:
    """Look into PDFs that people brought to the check page; the number handled."""
    return run_due(NoticeCheck, checking.examine, max_attempts=3, wake="notices.tasks.check_uploads")


def sweep() -> None:
    """Forget what is not needed any more: finished checks, print files of posted letters, old mails and lists."""
    sweeping.release_files()
    sweeping.sweep_checks()
    sweeping.release_print_files()
    sweeping.wipe_old_mails()
    sweeping.sweep_mail_events()
    campaigns.cancel_untouched()
    forget_channels()


PERIODIC = {
    "notices.tasks.send_mails": dt.timedelta(seconds=30),
    "notices.tasks.send_pushes": dt.timedelta(seconds=30),
    "notices.tasks.send_lines": dt.timedelta(seconds=30),
    "notices.tasks.send_texts": dt.timedelta(seconds=30),
    "notices.tasks.read_bounces": dt.timedelta(minutes=5),
    "notices.tasks.remind_late": dt.timedelta(minutes=5),
    "notices.tasks.spread_news": dt.timedelta(seconds=30),
    "notices.tasks.remind_to_file": dt.timedelta(seconds=30),
    "notices.tasks.wipe_contents": dt.timedelta(days=1),
    TELL_OF_CIRCULARS: dt.timedelta(seconds=30),
    "notices.tasks.make_documents": dt.timedelta(seconds=30),
    "notices.tasks.run_campaigns": dt.timedelta(seconds=30),
    "notices.tasks.start_campaigns": dt.timedelta(seconds=30),
    "notices.tasks.start_due_letters": dt.timedelta(minutes=5),
    "notices.tasks.start_letter_runs": dt.timedelta(seconds=30),
    "notices.tasks.check_uploads": dt.timedelta(seconds=30),
    "notices.tasks.sweep": dt.timedelta(hours=1),
}
