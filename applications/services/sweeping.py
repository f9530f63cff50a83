"""What people left behind: drafts nobody touches any more, trials, and files that were taken out and never sent."""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from applications.enums import ApplicationState
from applications.models import Application, Attachment
from applications.retention import DRAFT_KEPT, WARNED_BEFORE
from applications.services.drafts import discard
from applications.services.mails import Occasion, tell_applicant
from applications.services.practice import PRACTICE_KEPT
from applications.services.uploads import REMOVED_KEPT
from cityhall.models import StoredFile

GUEST_DRAFT_KEPT = dt.timedelta(days=2)
"""How long a guest's draft stays that no address was given for: no other browser can open it."""


def sweep_drafts(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Delete drafts without a change for `DRAFT_KEPT` that were warned of, with their files; the number deleted.

    Audited, without an actor.

    One transaction each, which locks the draft and looks once more: somebody may just have come back to it.
    """
    moment = now or timezone.now()
    told = Q(expiry_warned_at__lte=moment - WARNED_BEFORE, expiry_warned_at__gt=moment - DRAFT_KEPT)
    # touched after the warning: it is warned of again
    told &= Q(draft_saved_at=None) | Q(draft_saved_at__lte=F("expiry_warned_at"))
    swept = _discard_all(_abandoned(moment - DRAFT_KEPT).filter(told), limit, "draft abandoned", moment)
    unreachable = _abandoned(moment - GUEST_DRAFT_KEPT).filter(filed_by=None, guest_email="")
    return swept + _discard_all(unreachable, limit - swept, "guest draft abandoned", moment)


def warn_of_expiry(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Tell those whose drafts will be deleted `WARNED_BEFORE` from now, without content; the number told.

    One transaction each, which locks the draft. Somebody without an address is told by the card of the draft alone,
    and the desk by its list: the person a draft is typed in for cannot open it, and may not know of it.
    """
    moment = now or timezone.now()
    before = moment - DRAFT_KEPT + WARNED_BEFORE
    # a warning from before the last change, of answers or files, was for nothing
    fresh = Q(expiry_warned_at=None) | Q(expiry_warned_at__lt=F("draft_saved_at")) | Q(expiry_warned_at__lt=before)
    old = _abandoned(before).filter(fresh)
    warned = 0
    for pk in list(old.order_by("created_at", "id").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            rows = Application.objects.select_for_update(of=("self",), no_key=True)
            draft = rows.select_related("procedure", "department").filter(pk=pk).first()
            if draft is not None and old.filter(pk=pk).exists():
                Application.objects.filter(pk=pk).update(expiry_warned_at=moment)
                if not draft.is_taken_down:
                    tell_applicant(draft, Occasion.DRAFT_EXPIRES)
                warned += 1
    return warned


def sweep_practice(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Delete trials `PRACTICE_KEPT` after they were begun, with their files; the number deleted."""
    moment = now or timezone.now()
    over = Application.objects.filter(is_practice=True, created_at__lte=moment - PRACTICE_KEPT)
    return _discard_all(over, limit, "practice", moment)


def _discard_all(rows: QuerySet[Application], limit: int, detail: str, now: dt.datetime) -> int:
    swept = 0
    for pk in list(rows.order_by("created_at", "id").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            draft = Application.objects.select_for_update().filter(pk=pk).first()
            if draft is not None and rows.filter(pk=pk).exists():
                discard(draft, by=None, detail=detail, now=now)
                swept += 1
    return swept


def sweep_removed_files(*, limit: int = 500, now: dt.datetime | None = None) -> int:
    """Let go of files that were taken out `REMOVED_KEPT` ago and never sent; the number. Swept from disk later.

    Locks each application in turn: its applicant may just be bringing the file back.
    """
    moment = now or timezone.now()
    removed = _removed_unsent(moment - REMOVED_KEPT)
    swept = 0
    for application_id, attachment_id in list(removed.order_by("id").values_list("application_id", "pk")[:limit]):
        with transaction.atomic():
            # without the row the attachment is gone as well
            Application.objects.select_for_update(no_key=True).filter(pk=application_id).first()
            attachment = removed.filter(pk=attachment_id).first()
            if attachment is not None:
                attachment.delete()
                StoredFile.objects.filter(pk=attachment.file_id).update(delete_after=moment)
                swept += 1
    return swept


def _abandoned(before: dt.datetime) -> QuerySet[Application]:
    files = Attachment.objects.filter(application=OuterRef("pk"))
    return Application.objects.filter(
        ~Exists(files.filter(Q(created_at__gte=before) | Q(removed_at__gte=before))),
        Q(draft_saved_at=None) | Q(draft_saved_at__lt=before),
        state=ApplicationState.DRAFT,
        # the number is as blank, but unique: SQLite would look for the one row without it
        submitted_at=None,
        is_practice=False,
        created_at__lt=before,
    )


def _removed_unsent(before: dt.datetime) -> QuerySet[Attachment]:
    # taken out after it was sent, a file that a revision names has no end (`uploads.take_out`)
    never_sent = Q(application__submitted_at=None) | Q(removed_at__lt=F("application__submitted_at"))
    return Attachment.objects.filter(never_sent | Q(file__delete_after__isnull=False), removed_at__lt=before)
