"""Forgetting: what nobody needs any more is not kept."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.models import StoredFile
from notices.enums import LetterRunState
from notices.models import LetterRun, NoticeCheck, OutgoingMail

CHECKS_KEPT = dt.timedelta(days=7)
MAIL_BODIES_KEPT = dt.timedelta(days=90)
# long enough to print a letter again when the post asks; each notice keeps its own document
PRINT_FILES_KEPT = dt.timedelta(days=90)
_ENDED = (WorkState.DONE, WorkState.GIVEN_UP)


def sweep_checks(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Delete finished checks of the public page and hand their files to the file sweep; the number deleted."""
    moment = now or timezone.now()
    with transaction.atomic():
        old = NoticeCheck.objects.filter(state__in=_ENDED, created_at__lt=moment - CHECKS_KEPT).order_by("id")[:limit]
        ids, files = [], []
        for check in old:
            ids.append(check.pk)
            files.append(check.file_id)
        NoticeCheck.objects.filter(pk__in=ids).delete()
        StoredFile.objects.filter(pk__in=[pk for pk in files if pk]).update(delete_after=moment)
    return len(ids)


def wipe_old_mails(*, now: dt.datetime | None = None) -> int:
    """Empty the bodies of mails that ended long ago; that they were sent stays known. The number wiped."""
    moment = now or timezone.now()
    old = OutgoingMail.objects.filter(state__in=_ENDED, created_at__lt=moment - MAIL_BODIES_KEPT, wiped_at__isnull=True)
    return old.update(body="", body_html="", wiped_at=moment)


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
