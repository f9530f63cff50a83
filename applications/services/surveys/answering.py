"""Answering a survey: one draft for a department, whoever works on it, and one answer that counts."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import definition, typed
from applications.answers import Answers
from applications.applicant_names import names_of
from applications.enums import ApplicantKind, ApplicationState, EventKind, SurveyState
from applications.models import Application, ApplicationRevision, Survey, SurveyAddressee
from applications.prefill import prefill_staff
from applications.queries.surveys import is_asked, key_of
from applications.services.drafts import DraftConflict, NotEditable
from applications.services.states import move
from applications.services.submission import Incomplete, check_draft, free_number
from applications.services.surveys.base import NotSentYet, SurveyOver, record
from applications.services.surveys.files import copy_files
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.ids import short_code
from cityhall.models import User


class NotAsked(DomainError):
    """The person does not work for the department that was asked, or not any more."""

    code = "not_asked"
    message = gettext_lazy("この照会の照会先の課の職員として登録されていないため、回答できません。")


class AnsweredMeanwhile(NotEditable):
    """A colleague sent this very draft; what counts is there, and can be answered anew."""

    code = "answered_meanwhile"

    def __init__(self, by: str) -> None:
        text = _("%(name)sさんが、先にこの照会の回答を送信しました。直すときは「回答し直す」を押してください。")
        super().__init__(text % {"name": by})


def begin_answer(*, addressee: SurveyAddressee, by: User, now: dt.datetime | None = None) -> Application:
    """The draft of an addressee: the one a colleague began, or a new one; answering anew begins with what was sent.

    Two who begin at once get the same draft: locks the addressee's row, and where an answer is taken up again the
    files of it are copied. Raises NotAsked, NotSentYet, SurveyOver.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        row = _lock(Q(pk=addressee.pk))
        if row is None or not is_asked(by, row):
            raise NotAsked
        refuse_over(row.survey)
        if row.draft is not None:
            return row.draft
        draft = _create(row, by, moment)
        SurveyAddressee.objects.filter(pk=row.pk).update(draft=draft)
    return draft


def _create(addressee: SurveyAddressee, by: User, now: dt.datetime) -> Application:
    survey = addressee.survey
    version = survey.procedure.current_version
    if version is None:
        raise NotSentYet
    form = definition.form_of(version)
    last = addressee.application
    draft = Application.objects.create(
        procedure=survey.procedure,
        form_version=version,
        department_id=survey.department_id,
        request_key=f"{key_of(addressee)}{short_code()}{short_code()}",
        applicant_kind=ApplicantKind.STAFF,
        applicant_department_id=addressee.department_id,
        filed_by=by,
        created_at=now,
        draft_saved_at=now,
        draft_answers=prefill_staff(form, by) if last is None else _typed_again(form, last),
    )
    if last is not None:
        copy_files(source=last, target=draft, by=by)
    return draft


def _typed_again(form: definition.Form, last: Application) -> typed.Typed:
    """What was sent, as somebody would have typed it; questions that the form does not ask any more are left out."""
    revision = last.revisions.order_by("-number").first()
    return typed.from_answers(form.fields, revision.answers) if revision else {}


def send_answer(
    *, application: Application, by: User, draft_revision: int | None = None, now: dt.datetime | None = None
) -> Application:
    """Send the draft of a survey: complete at once, linked to its addressee, never a case. Audited.

    One transaction: answers checked again, number, revision, the two states with their events, link. Whoever sends
    it is who answered. Sent twice by one person it stays one answer; a colleague who was slower is told.
    `draft_revision` is what was seen on the check page. Locks the addressee, then the application. Raises NotAsked,
    SurveyOver, DraftConflict, Incomplete, AnsweredMeanwhile, NotEditable.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        addressee = _lock(Q(draft=application.pk) | Q(application=application.pk))
        if addressee is None:
            raise NotEditable
        if not is_asked(by, addressee):
            raise NotAsked
        row = _lock_draft(application)
        if row.state != ApplicationState.DRAFT:
            return _already_sent(row, by)
        refuse_over(addressee.survey)
        if draft_revision is not None and row.draft_revision != draft_revision:
            raise DraftConflict
        checked = check_draft(row)
        if checked.problems:
            raise Incomplete(checked.problems)
        _complete(row, by, checked.answers, moment)
        SurveyAddressee.objects.filter(pk=addressee.pk).update(application=row, answered_at=moment, draft=None)
        record(addressee.survey, by, AuditAction.STATE, detail=f"answer {row.public_id}")
    return row


def _complete(application: Application, by: User, answers: Answers, now: dt.datetime) -> None:
    application.filed_by = by
    form = definition.form_of(application.form_version)
    columns: dict[str, Any] = names_of(application, None, form, answers)
    move(
        application,
        to=ApplicationState.SUBMITTED,
        event=EventKind.SUBMITTED,
        by=by,
        now=now,
        number=free_number(),
        submitted_at=now,
        filed_by=by,
        **columns,
    )
    ApplicationRevision.objects.create(
        application=application, number=1, answers=answers, submitted_by=by, submitted_at=now
    )
    # kept as long as its survey: a total that loses answers over the years would be wrong
    move(application, to=ApplicationState.COMPLETED, event=EventKind.COMPLETED, by=by, now=now, keep_until=None)


def _already_sent(application: Application, by: User) -> Application:
    if application.filed_by_id != by.pk:
        raise AnsweredMeanwhile(application.applicant_name)
    return application


def refuse_over(survey: Survey) -> None:
    """Raises NotSentYet, SurveyOver when no answer is taken. Late ones are, until the owner closes the survey."""
    if survey.state == SurveyState.DRAFT:
        raise NotSentYet
    if survey.state == SurveyState.CLOSED:
        raise SurveyOver


def _lock(condition: Q) -> SurveyAddressee | None:
    """The row of one addressee, locked, with what it says of the survey by then."""
    row = SurveyAddressee.objects.select_for_update(no_key=True).filter(condition).first()
    if row is None:
        return None
    survey = Survey.objects.select_related("department", "procedure__current_version").get(pk=row.survey_id)
    row.survey = survey
    return row


def _lock_draft(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    related = ("procedure", "form_version", "department", "filed_by", "applicant_department")
    return rows.select_related(*related).get(pk=application.pk)
