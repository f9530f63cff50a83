"""Drafts: saved while a person types, deleted. Nothing typed is refused for being wrong."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import definition, typed
from applications.enums import OPEN_STATES, ApplicantKind, ApplicationState
from applications.models import Application, Attachment, Procedure
from applications.services.applicants import Applicant
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import StoredFile, User
from cityhall.services import audit
from residents.queries import row_ids_of

DONE, PROBLEM = "done", "problem"
"""How a person left a page (`Application.page_states`)."""
_TRIES = 5


class NotOpen(DomainError):
    """The procedure takes no applications at this moment."""

    code = "not_open"
    message = _("この手続は、現在受付期間外です。受付期間をご確認ください。")


class AlreadyFiled(DomainError):
    """One application at a time, and another one is being processed."""

    code = "already_filed"
    message = _("この手続の申請は、すでに受け付けて審査中です。申請状況からご確認ください。")


class FiledOnce(AlreadyFiled):
    """One application a person for good, and there is one."""

    code = "filed_once"
    message = _("この手続は、お一人一回までです。すでに受け付けた申請があります。申請状況からご確認ください。")


class NotEditable(DomainError):
    """The application was sent or withdrawn meanwhile."""

    code = "not_editable"
    message = _("この申請はすでに送信または取り下げされているため、変更できません。")


class TakenMeanwhile(NotEditable):
    """A handler took the case while its applicant was changing it."""

    code = "taken_meanwhile"
    message = _(
        "市の審査が始まったため、変更した内容は送信されていません。はじめに送信した内容で審査します。"
        "変更が必要なときは、メッセージか電話で担当課にお知らせください。"
    )


class DraftConflict(StaleState):
    """The draft was saved elsewhere since this page was opened."""

    code = "draft_conflict"
    message = _("別の画面で入力内容が変更されています。ページを開き直して、内容をご確認ください。")


def refuse_second(procedure: Procedure, applicant: Applicant, *, besides: Application | None = None) -> None:
    """Raises AlreadyFiled where somebody may have one open application and has it, FiledOnce where one for good.

    Somebody is a resident (with the rows merged into theirs), a business, a member of staff, or the address of a
    guest. A withdrawn application does not count.
    """
    if not (procedure.once_per_applicant or procedure.once_ever):
        return
    sent = Application.objects.filter(procedure=procedure, submitted_at__isnull=False)
    others = sent.filter(_is_of(applicant))
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if procedure.once_ever and others.exclude(state=ApplicationState.WITHDRAWN).exists():
        raise FiledOnce
    if procedure.once_per_applicant and others.filter(state__in=OPEN_STATES).exists():
        raise AlreadyFiled


def _is_of(applicant: Applicant) -> Q:
    of_kind = Q(applicant_kind=applicant.kind)
    if applicant.kind == ApplicantKind.STAFF:
        return of_kind & Q(filed_by=applicant.staff)
    if applicant.kind == ApplicantKind.BUSINESS:
        return of_kind & Q(business=applicant.business)
    if applicant.resident is not None:
        return of_kind & Q(resident__in=row_ids_of(applicant.resident))
    # kept folded by whoever starts a guest's draft
    return Q(guest_email=applicant.guest_email) if applicant.guest_email else Q(pk__in=[])


def save_page(
    *,
    application: Application,
    page: definition.Page,
    values: typed.Typed,
    expected_revision: int | None,
    expected_mark: str = "",
    now: dt.datetime | None = None,
) -> int:
    """Keep what stands on one page, right or wrong, and return the draft's new revision.

    With `expected_revision` (autosave) or `expected_mark` (a button) it raises DraftConflict when this page was
    saved differently elsewhere meanwhile; what happened to other pages, which stay as they are, is no conflict.
    Without either this page's values win. Raises NotEditable after submission. Saving the same again writes nothing.
    """
    keys = {field.key for field in page.fields}
    for _attempt in range(_TRIES):
        row = Application.objects.editable().filter(pk=application.pk).first()
        if row is None:
            _keep_unsent(application, keys, values)
            raise NotEditable
        here = typed.with_closed_rows(page.fields, values, row.draft_answers)
        merged = {key: value for key, value in row.draft_answers.items() if key not in keys} | here
        if merged == row.draft_answers:
            return row.draft_revision
        if row.draft_revision != expected_revision:
            _refuse_conflict(row, page, expected_revision, expected_mark)
        if _write(row, merged, now or timezone.now()):
            return row.draft_revision + 1
    raise DraftConflict


def note_page(*, application: Application, page: definition.Page, state: str) -> None:
    """Remember how the person left a page (DONE, PROBLEM). No change of the draft: other windows need not know.

    Locks the application: two pages left at the same moment are both remembered.
    """
    if application.page_states.get(page.key) == state:
        return
    with transaction.atomic():
        rows = Application.objects.select_for_update(no_key=True).filter(pk=application.pk)
        known = rows.values_list("page_states", flat=True).first()
        if known is None:
            # deleted in another window
            return
        application.page_states = known | {page.key: state}
        Application.objects.filter(pk=application.pk).update(page_states=application.page_states)


def page_mark(page: definition.Page, draft: Mapping[str, Any]) -> str:
    """A fingerprint of what the draft holds for one page: tells a page that is out of date from one that is not."""
    keys = {field.key for field in page.fields}
    return definition.fingerprint({key: value for key, value in draft.items() if key in keys})[:16]


def _refuse_conflict(row: Application, page: definition.Page, revision: int | None, mark: str) -> None:
    """Raises DraftConflict when what the page was shown with is no longer what the draft has for it."""
    if revision is None and not mark:
        return
    if not mark or page_mark(page, row.draft_answers) != mark:
        raise DraftConflict


def _keep_unsent(application: Application, keys: set[str], values: typed.Typed) -> None:
    """Let the applicant still read what they changed when a handler was faster. Raises TakenMeanwhile then.

    Nothing is half-sent: the handler reads revisions, and this is none.
    """
    row = Application.objects.filter(pk=application.pk, editing_since__isnull=False).first()
    if row is None:
        return
    merged = {key: value for key, value in row.draft_answers.items() if key not in keys} | values
    Application.objects.filter(pk=row.pk, editing_since__isnull=False).update(draft_answers=merged)
    raise TakenMeanwhile


def _write(row: Application, values: dict[str, Any], now: dt.datetime) -> bool:
    count = (
        Application.objects.editable()
        .filter(pk=row.pk, draft_revision=row.draft_revision)
        .update(draft_answers=values, draft_revision=F("draft_revision") + 1, draft_saved_at=now)
    )
    return count == 1


def delete_draft(*, application: Application, by: User | None, now: dt.datetime | None = None) -> None:
    """Delete a draft that was never sent, with its files (swept from disk later). Raises NotEditable otherwise."""
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(pk=application.pk, state=ApplicationState.DRAFT).first()
        if row is None or row.number:
            raise NotEditable
        discard(row, by=by, detail="draft", now=now or timezone.now())


def discard(draft: Application, *, by: User | None, detail: str, now: dt.datetime) -> None:
    """Delete the rows of a draft the caller has locked, and have its files swept. Audited."""
    attachments = Attachment.objects.filter(application=draft)
    files = list(attachments.values_list("file_id", flat=True))
    attachments.delete()
    StoredFile.objects.filter(pk__in=files).update(delete_after=now)
    public_id, name = draft.public_id, draft.procedure.name
    draft.delete()
    audit.record(
        action=AuditAction.DELETE,
        actor=by,
        target_type="application",
        target_id=public_id,
        target_label=name,
        detail=detail,
    )
