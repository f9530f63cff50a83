"""Sending an application, and sending it again: after a correction request, or changed while nobody has taken it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from applications import definition
from applications.answers import Answers
from applications.applicant_names import names_of
from applications.corrections import lock_of
from applications.enums import ApplicationState, EventKind, ProcedureMode, ProcedureState, Seat
from applications.form_pages import Checked, Problem, attached_files, check, draft_values
from applications.models import Application, ApplicationEvent, ApplicationRevision, CorrectionRequest, Procedure
from applications.notice_actions import record_filed
from applications.prefill import given_answers
from applications.queries.papers import seen_papers
from applications.services.applicants import authorise_again, refuse_ended
from applications.services.desk.checklists import forget_marks
from applications.services.drafts import DraftConflict, NotEditable, NotOpen, TakenMeanwhile, refuse_second
from applications.services.fees.charging import charge
from applications.services.mails import Occasion, tell_applicant
from applications.services.seats import take_seat
from applications.services.states import change, move
from cityhall.days import add_business_days, business_days_left, local_date
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.references import new_number
from cityhall.services import audit
from residents.models import Business, Resident
from residents.queries import living_row_of


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
    draft_revision: int | None = None,
    now: dt.datetime | None = None,
) -> Application:
    """Send a draft and give it its public number; send it again when it was corrected or changed.

    One transaction: answers checked again, revision, number, applicant's name as it stands today, place of a
    limited procedure, due date, state and event, audit, mail in the outbox. Sending what was sent already
    changes nothing and returns the application: a double click, the back button and a second tab make one.

    `by` is None for a guest. `draft_revision` is what was seen on the check page. Raises DraftConflict when the
    draft changed since, Incomplete, NotOpen, what `applicants.authorise_again` raises, AlreadyFiled, Full,
    TakenMeanwhile, NotEditable (withdrawn), StaleState.
    Locks the applicant where a procedure counts applications by person, then the application, then its
    procedure where places are limited or guests are counted.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        _lock_applicant(application)
        row = _lock(application)
        if not row.is_editable:
            return _already_sent(row)
        if draft_revision is not None and row.draft_revision != draft_revision:
            raise DraftConflict
        return _submit_locked(row, by, moment)


def _submit_locked(row: Application, by: User | None, now: dt.datetime) -> Application:
    checked = check_draft(row)
    if checked.problems:
        raise Incomplete(checked.problems)
    if row.editing_since is not None and _is_unchanged(row, checked.answers):
        Application.objects.filter(pk=row.pk).update(editing_since=None)
        return row
    occasion = _send_any(row, by, checked.answers, now)
    _keep_answers(row, by, checked.answers, now)
    charge(row, checked.answers, by=by, now=now)
    _record(row, by, occasion)
    tell_applicant(row, occasion)
    return row


def check_draft(application: Application) -> Checked:
    """The draft's answers, and the questions that keep it from being sent. Three queries, five in a correction.

    Of what was taken down at the counter one more: papers that staff saw there need no files.
    """
    form = definition.form_of(application.form_version)
    lock = lock_of(application)
    given = given_answers(application, form)
    return check(
        form,
        draft_values(application, form),
        attached_files(application),
        given=given,
        lock=lock,
        seen=seen_papers(application),
    )


def _lock_applicant(application: Application) -> None:
    """Two different drafts of one person sent at once: the second waits here and then sees the first."""
    if not _is_counted(application.procedure):
        return
    if application.business_id is not None:
        Business.objects.select_for_update(no_key=True).get(pk=application.business_id)
    elif application.resident is not None:
        Resident.objects.select_for_update(no_key=True).get(pk=living_row_of(application.resident).pk)
    elif application.is_staffs and application.filed_by_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=application.filed_by_id)


def _lock_queue_of_guests(application: Application) -> None:
    """The same for a guest, who is only an address, which no row stands for: the procedure's row is the queue.

    After the application, as who withdraws locks them, and for drafts only: what waits for a place must not want
    the procedure (`services.seats`).
    """
    has_row = application.business_id or application.resident_id or application.is_staffs
    if _is_counted(application.procedure) and not has_row:
        Procedure.objects.select_for_update(no_key=True).get(pk=application.procedure_id)


def _is_counted(procedure: Procedure) -> bool:
    return procedure.once_per_applicant or procedure.once_ever


_OF_SOME = ("resident", "business", "filed_by", "applicant_department", "notice")


def _lock(application: Application) -> Application:
    # what is blank is not joined: a dozen filings of one visit spend a third of their time on this statement
    names = [name for name in _OF_SOME if getattr(application, f"{name}_id") is not None]
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("procedure", "form_version", "department", *names)
    # a process keeps the forms it has read
    return rows.defer("form_version__definition").get(pk=application.pk)


def _already_sent(application: Application) -> Application:
    if application.state == ApplicationState.WITHDRAWN:
        raise NotEditable
    if application.editing_since is not None:
        raise TakenMeanwhile
    return application


def _is_unchanged(application: Application, answers: Answers) -> bool:
    last = application.revisions.order_by("-number").first()
    return last is not None and last.answers == answers


def _keep_answers(application: Application, by: User | None, answers: Answers, now: dt.datetime) -> None:
    ApplicationRevision.objects.create(
        application=application,
        number=application.revisions.count() + 1,
        answers=answers,
        submitted_by=by,
        submitted_at=now,
    )


def _send_any(application: Application, by: User | None, answers: Answers, now: dt.datetime) -> Occasion:
    if application.state == ApplicationState.DRAFT:
        return _send(application, by, answers, now)
    refuse_ended(application, by=by, on=local_date(now))
    if application.state == ApplicationState.RETURNED:
        return _send_correction(application, by, now)
    return _send_edit(application, by, now)


def _send(application: Application, by: User | None, answers: Answers, now: dt.datetime) -> Occasion:
    procedure = application.procedure
    if not _is_taken(application, now):
        raise NotOpen
    person = living_row_of(application.resident) if application.resident else None
    applicant = authorise_again(application, by=by, person=person, on=local_date(now))
    _lock_queue_of_guests(application)
    refuse_second(procedure, applicant, besides=application)
    names = names_of(application, applicant.resident, definition.form_of(application.form_version), answers)
    seat = take_seat(procedure)
    move(
        application,
        to=ApplicationState.SUBMITTED,
        event=EventKind.SUBMITTED,
        by=by,
        now=now,
        number=free_number(),
        submitted_at=now,
        due_on=_due_on(procedure, application.received_on or local_date(now)),
        resident=applicant.resident,
        mandate=applicant.mandate,
        seat=seat,
        **names,
    )
    record_filed(application, by=by, now=now)
    return Occasion.WAITING if seat == Seat.WAITING else Occasion.RECEIVED


def _send_correction(application: Application, by: User | None, now: dt.datetime) -> Occasion:
    waiting = CorrectionRequest.objects.filter(application=application, answered_at=None)
    asked_at = waiting.values_list("asked_at", flat=True).first()
    if asked_at is None or waiting.update(answered_at=now) != 1:
        raise StaleState
    due_on = _due_after(application.due_on, asked_at, now)
    move(application, to=ApplicationState.IN_REVIEW, event=EventKind.RESUBMITTED, by=by, now=now, due_on=due_on)
    forget_marks(application)
    return Occasion.CORRECTED


def _due_after(due_on: dt.date | None, asked_at: dt.datetime, now: dt.datetime) -> dt.date | None:
    """The time the applicant needed for a correction is no part of the standard processing period."""
    if due_on is None:
        return None
    return add_business_days(due_on, business_days_left(local_date(asked_at), local_date(now)))


def _send_edit(application: Application, by: User | None, now: dt.datetime) -> Occasion:
    """The state stays; the revision rises, so that a handler who looks at the old answers is told."""
    change(application, editing_since=None)
    ApplicationEvent.objects.create(application=application, kind=EventKind.EDITED, at=now, actor=by)
    forget_marks(application)
    return Occasion.EDITED


def free_number() -> str:
    """A number no application has; that two requests draw the same new one at once is left to the constraint."""
    number = new_number()
    while Application.objects.filter(number=number).exists():
        number = new_number()
    return number


def _is_taken(application: Application, now: dt.datetime) -> bool:
    """Whether the city takes it now. The opening period is of this portal: paper and the counter have their own."""
    procedure = application.procedure
    if application.is_taken_down:
        return procedure.state == ProcedureState.PUBLISHED and procedure.mode != ProcedureMode.GUIDE_ONLY
    return procedure.is_open(now)


def _due_on(procedure: Procedure, received_on: dt.date) -> dt.date | None:
    """The end of the standard processing period (行政手続法6条), counted in business days after receipt."""
    if procedure.standard_days is None:
        return None
    return add_business_days(received_on, procedure.standard_days)


def _applicant_of(application: Application) -> str:
    """Who applies, for the audit trail, which names nobody: the id of the record, or that there is none."""
    if application.business is not None:
        return f"business {application.business.public_id}"
    return f"resident {application.resident.public_id}" if application.resident else "person without record"


_AUDITED_AS = {Occasion.CORRECTED: "resubmit", Occasion.EDITED: "edit"}


def _record(application: Application, by: User | None, occasion: Occasion) -> None:
    audit.record(
        action=AuditAction.STATE,
        actor=by,
        target_type="application",
        target_id=application.public_id,
        target_label=application.number or "",
        detail=_AUDITED_AS.get(occasion, "submit"),
        on_behalf_of=_applicant_of(application) if application.is_taken_down else "",
    )
