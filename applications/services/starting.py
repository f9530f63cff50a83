"""Beginning an application: for oneself, for somebody else, for a business, as staff, or without an account."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications import definition
from applications.enums import ApplicationState
from applications.models import Application, FormVersion, Procedure
from applications.prefill import prefill, prefill_staff
from applications.services.applicants import GUEST, Applicant, authorise, authorise_staff
from applications.services.drafts import NotOpen, refuse_second
from applications.typed import Typed
from cityhall.days import local_date
from cityhall.errors import DomainError
from cityhall.models import Department, User
from notices.models import Notice
from residents.models import Business, Resident
from residents.queries import living_row_of

MAX_DRAFTS = 20
"""Unsent drafts one person may have; each holds files."""


@dataclass(frozen=True)
class Filled:
    """Answers that were typed and read over before the application begins, on the form they were given to."""

    version: FormVersion
    typed: Typed


class TooManyDrafts(DomainError):
    """The person has all the unsent drafts they may have."""

    code = "too_many_drafts"

    def __init__(self) -> None:
        text = gettext(
            "下書きが%(count)s件あるため、新しい申請を始められません。「申請状況」から、不要な下書きを削除してください。"
        )
        super().__init__(text % {"count": MAX_DRAFTS})


class GuestsNotAllowed(DomainError):
    """The procedure asks for an account."""

    code = "guests_not_allowed"
    message = _("この手続は、利用者登録とログインをしてから申請してください。")


def start(
    *,
    procedure: Procedure,
    resident: Resident,
    by: User,
    request_key: str,
    person: Resident | None = None,
    business: Business | None = None,
    link_values: Mapping[str, str] | None = None,
    notice: Notice | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """A new draft on the procedure's current form, filled with what the city knows.

    `resident` is the person who files; the application is for them, or for `person` (by a mandate), or for
    `business`; `notice` is the one whose button led here. The same `request_key` of the same person gives the same
    draft. Locks the row of who files. Raises NotOpen, NotIdentified, NotForThem, NotMember, MandateEnded,
    AlreadyFiled, TooManyDrafts.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    version = open_version(procedure, moment)
    applicant = authorise(
        procedure=procedure, by=by, own=resident, on=local_date(moment), person=person, business=business
    )
    refuse_second(procedure, applicant)

    def create() -> Application:
        # two starts at once: the second waits here and then counts the first
        Resident.objects.select_for_update(no_key=True).get(pk=resident.pk)
        refuse_one_more(by)
        agent = None if applicant.resident == resident else resident
        values = prefill(
            definition.form_of(version),
            applicant.resident or resident,
            agent=agent,
            business=applicant.business,
            about=living_row_of(notice.subject) if notice else None,
        )
        return create_draft(
            procedure,
            version,
            key,
            applicant,
            moment,
            filed_by=by,
            draft_answers=values,
            link_values=link_values,
            notice=notice,
        )

    return once(key, create)


def start_as_staff(
    *,
    procedure: Procedure,
    by: User,
    department: Department | None,
    request_key: str,
    link_values: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """A new draft of an internal procedure by a member of staff, for a department of theirs.

    The same `request_key` of the same person gives the same draft. Locks the row of who files.
    Raises NotOpen, NotForThem, NotOfDepartment, AlreadyFiled, TooManyDrafts.
    """
    moment = now or timezone.now()
    key = f"{by.pk}:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    version = open_version(procedure, moment)
    applicant = authorise_staff(procedure=procedure, by=by, department=department)
    refuse_second(procedure, applicant)

    def create() -> Application:
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        refuse_one_more(by)
        values = prefill_staff(definition.form_of(version), by)
        return create_draft(
            procedure, version, key, applicant, moment, filed_by=by, draft_answers=values, link_values=link_values
        )

    return once(key, create)


def start_as_guest(
    *,
    procedure: Procedure,
    request_key: str,
    link_values: Mapping[str, str] | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """A new empty draft without an account. The caller lets the browser open it, and nobody else.

    `request_key` must be known to this browser only. Raises NotOpen, GuestsNotAllowed.
    """
    moment = now or timezone.now()
    key = f"guest:{request_key}"[:80]
    if earlier := Application.objects.filter(request_key=key).first():
        return earlier
    version = open_version(procedure, moment)
    if not procedure.allows_guests:
        raise GuestsNotAllowed
    return once(key, lambda: create_draft(procedure, version, key, GUEST, moment, link_values=link_values))


def open_version(procedure: Procedure, now: dt.datetime) -> FormVersion:
    """The form that is filed at this moment. Raises NotOpen."""
    if not procedure.is_open(now) or procedure.current_version is None:
        raise NotOpen
    return procedure.current_version


def once(key: str, create: Callable[[], Application]) -> Application:
    """What `create` makes in one transaction; of two requests with one key, what the faster one made."""
    try:
        with transaction.atomic():
            return create()
    except IntegrityError:
        # a double click: the other request was faster
        twin = Application.objects.filter(request_key=key).first()
        if twin is None:
            raise
        return twin


def create_draft(
    procedure: Procedure,
    version: FormVersion,
    key: str,
    applicant: Applicant,
    now: dt.datetime,
    *,
    link_values: Mapping[str, str] | None,
    **columns: Any,
) -> Application:
    """The row of a draft; who calls has checked the right to it, and passes what else it keeps."""
    return Application.objects.create(
        procedure=procedure,
        form_version=version,
        department_id=procedure.department_id,
        request_key=key,
        link_values=dict(link_values or {}),
        created_at=now,
        **applicant.columns,
        **columns,
    )


def refuse_one_more(by: User) -> None:
    """Raises TooManyDrafts. The caller has locked the row of the person, so that two at once are both counted."""
    if Application.objects.filter(filed_by=by, state=ApplicationState.DRAFT).count() >= MAX_DRAFTS:
        raise TooManyDrafts
