"""Changing what was sent while nobody at the city hall has taken it: begun, and given up.

Sending the changes is `services.submission.submit`. Until then the case stands in the list as it was sent.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from applications import typed
from applications.definition import form_of
from applications.models import Application, Attachment
from applications.services.drafts import NotEditable
from applications.services.sent_files import ids_in
from applications.services.uploads import bring_back, take_out


def start_editing(*, application: Application, now: dt.datetime | None = None) -> Application:
    """Open what was sent for changes, beginning with the answers as sent. Beginning twice changes nothing.

    Raises NotEditable when a handler has taken the case. Locks the application.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _lock(application)
        if row.may_be_edited and row.editing_since is None:
            reset_draft(row, now=moment, editing_since=moment)
        elif not row.is_editable:
            raise NotEditable
    return row


def stop_editing(*, application: Application, now: dt.datetime | None = None) -> Application:
    """Throw the changes away that were not sent. Doing so twice changes nothing. Locks the application."""
    with transaction.atomic():
        row = _lock(application)
        if row.editing_since is not None:
            reset_draft(row, now=now or timezone.now())
    return row


def reset_draft(application: Application, *, now: dt.datetime, editing_since: dt.datetime | None = None) -> None:
    """Make the draft what was sent last, its files included. The caller has locked the row."""
    last = application.revisions.order_by("-number").first()
    answers = last.answers if last else {}
    Application.objects.filter(pk=application.pk).update(
        draft_answers=typed.from_answers(form_of(application.form_version).fields, answers),
        draft_revision=F("draft_revision") + 1,
        editing_since=editing_since,
    )
    application.refresh_from_db(fields=["draft_answers", "draft_revision", "editing_since"])
    sent = set(ids_in(answers))
    files = Attachment.objects.filter(application=application)
    bring_back(files.filter(public_id__in=sent).exclude(removed_at=None))
    take_out(application, files.filter(removed_at=None).exclude(public_id__in=sent), now=now)


def _lock(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("form_version").get(pk=application.pk)
