"""Sending an application, and sending it again after a correction request."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from applications import definition
from applications.enums import ApplicationState, EventKind
from applications.form_pages import Checked, Problem, attached_files, check, draft_values
from applications.models import Application, ApplicationRevision, CorrectionRequest, Procedure
from applications.services.drafts import DraftConflict, NotEditable, NotOpen, refuse_second, refuse_unidentified
from applications.services.receipts import mail_receipt
from applications.services.states import move
from cityhall.days import add_business_days, local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.references import new_number
from cityhall.services import audit
from residents.models import Resident
from residents.names import fold_name


class Incomplete(DomainError):
    """Answers are missing or cannot be understood; `problems` names them."""

    code = "incomplete"
    message = gettext_lazy("入力が足りないところがあります。内容をご確認ください。")

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__()


def submit(
    *,
    application: Application,
    by: User | None,
    resident: Resident,
    draft_revision: int | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """Send a draft, or the answers corrected after a request, and give the draft its public number.

    One transaction: answers checked again, revision, number, applicant's name as it stands today, due
    date, state and event, audit, receipt mail in the outbox. Sending what was sent already changes
    nothing and returns the application: a double click, the back button and a second tab make one.

    `draft_revision` is what the person saw on the check page. Raises DraftConflict when the draft
    changed since, Incomplete, NotOpen, NotIdentified, AlreadyFiled, NotEditable (withdrawn), StaleState.
    Locks the applicant's row when the procedure allows one application a person, then the application.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        if application.procedure.once_per_applicant:
            # two different drafts sent at once: the second waits here and then sees the first
            Resident.objects.select_for_update().get(pk=resident.pk)
        row = (
            Application.objects.select_for_update(of=("self",))
            .select_related("procedure", "form_version")
            .get(pk=application.pk)
        )
        if row.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
            return _already_sent(row)
        if draft_revision is not None and row.draft_revision != draft_revision:
            raise DraftConflict
        checked = check_draft(row)
        if checked.problems:
            raise Incomplete(checked.problems)
        is_first = row.state == ApplicationState.DRAFT
        sent = _send(row, by, resident, moment) if is_first else _send_correction(row, by, moment)
        ApplicationRevision.objects.create(
            application=sent,
            number=sent.revisions.count() + 1,
            answers=checked.answers,
            submitted_by=by,
            submitted_at=moment,
        )
        _record(sent, by, is_first=is_first)
        mail_receipt(sent, is_first=is_first)
        return sent


def check_draft(application: Application) -> Checked:
    """The draft's answers, and the questions that keep it from being sent. Three queries at most."""
    form = definition.form_of(application.form_version)
    return check(form, draft_values(application, form), attached_files(application))


def _already_sent(application: Application) -> Application:
    if application.state == ApplicationState.WITHDRAWN:
        raise NotEditable
    return application


def _send(application: Application, by: User, resident: Resident, now: dt.datetime) -> Application:
    procedure = application.procedure
    if not procedure.is_open(now):
        raise NotOpen
    refuse_unidentified(procedure, resident)
    refuse_second(procedure, resident, besides=application)
    return move(
        application,
        to=ApplicationState.SUBMITTED,
        event=EventKind.SUBMITTED,
        by=by,
        now=now,
        number=_free_number(),
        submitted_at=now,
        due_on=_due_on(procedure, now),
        resident=resident,
        applicant_name=resident.full_name,
        applicant_kana=resident.full_kana,
        applicant_search=fold_name(resident.full_name),
        applicant_search_kana=resident.search_kana,
    )


def _send_correction(application: Application, by: User | None, now: dt.datetime) -> Application:
    answered = CorrectionRequest.objects.filter(application=application, answered_at=None).update(answered_at=now)
    if answered != 1:
        raise StaleState
    return move(application, to=ApplicationState.IN_REVIEW, event=EventKind.RESUBMITTED, by=by, now=now)


def _free_number() -> str:
    """A number no application has; that two requests draw the same new one at once is left to the constraint."""
    number = new_number()
    while Application.objects.filter(number=number).exists():
        number = new_number()
    return number


def _due_on(procedure: Procedure, now: dt.datetime) -> dt.date | None:
    """The end of the standard processing period (行政手続法6条), counted in business days after receipt."""
    if procedure.standard_days is None:
        return None
    return add_business_days(local_date(now), procedure.standard_days)


def _record(application: Application, by: User | None, *, is_first: bool) -> None:
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail="submit" if is_first else "resubmit",
    )
