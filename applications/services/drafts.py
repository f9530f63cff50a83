"""Drafts: started, saved while a person types, deleted. Nothing typed is refused for being wrong."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import definition, typed
from applications.enums import OPEN_STATES, ApplicationState
from applications.models import Application, Attachment, Procedure
from applications.prefill import prefill
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import StoredFile, User
from cityhall.services import audit
from residents.enums import IdentityLevel
from residents.models import Business, Resident
from residents.queries import is_identified, row_ids_of

MAX_DRAFTS = 20
"""Unsent drafts one person may have; each holds files."""
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


class NotIdentified(DomainError):
    """The procedure asks for a better proof of identity than the person has given."""

    code = "not_identified"
    message = _("この手続には、市の窓口またはマイナンバーカードでの本人確認が必要です。市の窓口にご相談ください。")


class TooManyDrafts(DomainError):
    """The person has all the unsent drafts they may have."""

    code = "too_many_drafts"

    def __init__(self) -> None:
        text = gettext(
            "下書きが%(count)s件あるため、新しい申請を始められません。「申請状況」から、不要な下書きを削除してください。"
        )
        super().__init__(text % {"count": MAX_DRAFTS})


class NotEditable(DomainError):
    """The application was sent or withdrawn meanwhile."""

    code = "not_editable"
    message = _("この申請はすでに送信または取り下げされているため、変更できません。")


class DraftConflict(StaleState):
    """The draft was saved elsewhere since this page was opened."""

    code = "draft_conflict"
    message = _("別の画面で入力内容が変更されています。ページを開き直して、内容をご確認ください。")


def start(
    *, procedure: Procedure, resident: Resident, by: User, request_key: str, now: dt.datetime | None = None
) -> Application:
    """A new draft on the procedure's current form, filled with what the city knows.

    The same `request_key` of the same person gives the same draft. Locks the applicant's row.
    Raises NotOpen, NotIdentified, AlreadyFiled, TooManyDrafts.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    earlier = Application.objects.filter(request_key=key).first()
    if earlier:
        return earlier
    if not procedure.is_open(moment) or procedure.current_version is None:
        raise NotOpen
    refuse_unidentified(procedure, resident)
    refuse_second(procedure, resident)
    form = definition.form_of(procedure.current_version)
    try:
        with transaction.atomic():
            # two starts at once: the second waits here and then counts the first
            Resident.objects.select_for_update().get(pk=resident.pk)
            _refuse_one_more(by)
            return Application.objects.create(
                procedure=procedure,
                form_version=procedure.current_version,
                department_id=procedure.department_id,
                resident=resident,
                filed_by=by,
                request_key=key,
                draft_answers=prefill(form, resident),
                created_at=moment,
            )
    except IntegrityError:
        # a double click: the other request was faster
        twin = Application.objects.filter(request_key=key).first()
        if twin is None:
            raise
        return twin


def _refuse_one_more(by: User) -> None:
    if Application.objects.filter(filed_by=by, state=ApplicationState.DRAFT).count() >= MAX_DRAFTS:
        raise TooManyDrafts


def refuse_unidentified(procedure: Procedure, resident: Resident) -> None:
    """Raises NotIdentified when the procedure asks for a better proof of identity."""
    if not is_identified(resident, IdentityLevel(procedure.identity_level)):
        raise NotIdentified


def refuse_second(
    procedure: Procedure,
    resident: Resident | None,
    *,
    business: Business | None = None,
    guest_email: str = "",
    besides: Application | None = None,
) -> None:
    """Raises AlreadyFiled where a person may have one open application and has it, FiledOnce where one for good.

    A person is a resident (with the rows merged into theirs), a business, or the address of a guest. A withdrawn
    application does not count.
    """
    if not (procedure.once_per_applicant or procedure.once_ever):
        return
    sent = Application.objects.filter(procedure=procedure, submitted_at__isnull=False)
    others = sent.filter(_is_of(resident, business, guest_email)).exclude(pk=besides.pk if besides else None)
    if procedure.once_ever and others.exclude(state=ApplicationState.WITHDRAWN).exists():
        raise FiledOnce
    if procedure.once_per_applicant and others.filter(state__in=OPEN_STATES).exists():
        raise AlreadyFiled


def _is_of(resident: Resident | None, business: Business | None, guest_email: str) -> Q:
    if business is not None:
        return Q(business=business)
    if resident is not None:
        return Q(resident__in=row_ids_of(resident), business__isnull=True)
    # kept folded by whoever starts a guest's draft
    return Q(guest_email=guest_email) if guest_email else Q(pk__in=[])


def save_page(
    *,
    application: Application,
    page: definition.Page,
    values: typed.Typed,
    expected_revision: int | None,
    now: dt.datetime | None = None,
) -> int:
    """Keep what stands on one page, right or wrong, and return the draft's new revision.

    With `expected_revision` (autosave) it raises DraftConflict when the draft was saved elsewhere
    meanwhile; without (the person pressed a button and sees what they send) this page's values win and
    the other pages stay as they are. Raises NotEditable after submission. Saving the same again writes nothing.
    """
    keys = {field.key for field in page.fields}
    for _attempt in range(_TRIES):
        row = Application.objects.editable().filter(pk=application.pk).first()
        if row is None:
            raise NotEditable
        if expected_revision is not None and row.draft_revision != expected_revision:
            raise DraftConflict
        merged = {key: value for key, value in row.draft_answers.items() if key not in keys} | values
        if merged == row.draft_answers:
            return row.draft_revision
        if _write(row, merged, now or timezone.now()):
            return row.draft_revision + 1
    raise DraftConflict


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
