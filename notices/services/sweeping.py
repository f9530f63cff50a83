"""Forgetting: what nobody needs any more is not kept."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.models import StoredFile
from notices.enums import LetterRunState, MailEventKind
from notices.models import LetterRun, MailEvent, NoticeCheck, OutgoingMail
from notices.services.checking import FILE_KEPT

CHECKS_KEPT = dt.timedelta(days=7)
MAIL_BODIES_KEPT = dt.timedelta(days=90)
# long enough to print a letter again when the post asks; each notice keeps its own document
PRINT_FILES_KEPT = dt.timedelta(days=90)
_ENDED = (WorkState.DONE, WorkState.GIVEN_UP)


def sweep_checks(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Delete finished checks of the public page that hold no file any more; the number deleted."""
    moment = now or timezone.now()
    old = NoticeCheck.objects.filter(state__in=_ENDED, created_at__lt=moment - CHECKS_KEPT, file__isnull=True).order_by(
        "id"
    )
    count, _models = NoticeCheck.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()
    return count


def release_files(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Hand files of checks that are over, or were not made in time, to the file sweep; the number handed over.

    A check that still waits answers "unknown" then, like one whose file nobody could read.
    """
    moment = now or timezone.now()
    is_over = Q(state__in=_ENDED) | Q(created_at__lt=moment - FILE_KEPT)
    with transaction.atomic():
        held = NoticeCheck.objects.filter(is_over, file__isnull=False).order_by("id")[:limit]
        files = dict(held.values_list("pk", "file_id"))
        NoticeCheck.objects.filter(pk__in=files).update(file=None)
        StoredFile.objects.filter(pk__in=files.values()).update(delete_after=moment)
    return len(files)


def wipe_old_mails(*, now: dt.datetime | None = None) -> int:
    """Empty the bodies of mails that ended long ago; that they were sent stays known. The number wiped."""
    moment = now or timezone.now()
    old = OutgoingMail.objects.filter(state__in=_ENDED, created_at__lt=moment - MAIL_BODIES_KEPT, wiped_at__isnull=True)
    return old.update(body="", body_html="", wiped_at=moment)


def sweep_mail_events(*, limit: int = 5000, now: dt.datetime | None = None) -> int:
    """Delete what providers told long ago of mails that arrived, or of none of ours; the number.

    That a mail came back stays: the next one that does makes its address a bad one.
    """
    moment = now or timezone.now()
    is_idle = Q(kind__in=(MailEventKind.DELIVERED, MailEventKind.DEFERRED)) | Q(mail__isnull=True)
    old = MailEvent.objects.filter(is_idle, taken_at__lt=moment - MAIL_BODIES_KEPT).order_by("taken_at")
    count, _models = MailEvent.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()
    return count


def release_print_files(*, limit: int = 100, now: dt.datetime | None = None) -> int:
    """Hand the print files of runs posted long ago to the file sweep; the runs and their letters stay. The number."""
    moment = now or timezone.now()
    with transaction.atomic():
        old = LetterRun.objects.filter(
            run_state=LetterRunState.POSTED, posted_at__lt=moment - PRINT_FILES_KEPT, file__isnull=False
        ).order_by("id")
        files = dict(old.values_list("pk", "file_id")[:limit])
        LetterRun.objects.filter(pk__in=files).update(file=None)
        StoredFile.objects.filter(pk__in=files.values()).update(delete_after=moment)
    return len(files)
