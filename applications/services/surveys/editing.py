"""Making, changing, copying and deleting a survey, and whom it is addressed to."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from applications.enums import SurveyState
from applications.models import FormDesign, Survey, SurveyAddressee
from applications.queries.designing import design_of
from applications.services import procedures
from applications.services.procedures import KeyTaken
from applications.services.surveys.base import SurveyOver, SurveySent, record
from applications.services.surveys.mails import invite
from applications.surveys import new_key
from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import Department, User


@dataclass(frozen=True)
class Texts:
    """What the owner says about a survey."""

    title: str
    answer_by_on: dt.date
    request_text: str = ""
    shows_totals: bool = False
    remind_days: int = 3

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "answer_by_on": self.answer_by_on,
            "request_text": self.request_text,
            "shows_totals": self.shows_totals,
            "remind_days": self.remind_days,
        }


def create_survey(
    *, texts: Texts, department: Department, by: User, key: str = "", source: Survey | None = None
) -> Survey:
    """A survey in preparation with the form for its questions; with `source` its questions and addressees. Audited.

    The same `key` (`surveys.new_key`) of one page gives the same survey: a double click makes one. Raises KeyTaken
    for a key of something else.
    """
    key = key or new_key()
    try:
        return _of_key(key, by) or _create(texts, department, by, key, source)
    except KeyTaken:
        # of two clicks at once the other was faster
        twin = _of_key(key, by)
        if twin is None:
            raise
        return twin


def _of_key(key: str, by: User) -> Survey | None:
    return Survey.objects.filter(procedure__key=key, created_by=by).first()


def _create(texts: Texts, department: Department, by: User, key: str, source: Survey | None) -> Survey:
    document = _questions_of(source) if source is not None else None
    with transaction.atomic():
        procedure = procedures.create_survey_form(
            key=key, name=texts.title, department=department, document=document, by=by
        )
        survey = Survey.objects.create(procedure=procedure, department=department, created_by=by, **texts.columns)
        if source is not None:
            _copy_addressees(source, survey)
        record(survey, by, AuditAction.CREATE)
    return survey


def change_survey(*, survey: Survey, texts: Texts, by: User) -> None:
    """Write what is said about a survey; a deadline that moves is reminded of anew. Audited by name.

    Locks the survey's row. Raises SurveyOver.
    """
    with transaction.atomic():
        row = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if row.state == SurveyState.CLOSED:
            raise SurveyOver
        changed = {name: value for name, value in texts.columns.items() if getattr(row, name) != value}
        if not changed:
            return
        names = list(changed)
        if "answer_by_on" in changed:
            changed["auto_reminded_at"] = None
        Survey.objects.filter(pk=row.pk).update(**changed)
        if "title" in changed:
            procedures.rename_survey_form(row.procedure_id, texts.title)
        record(row, by, AuditAction.CHANGE, changed_fields=names)


def add_addressees(
    *,
    survey: Survey,
    by: User,
    departments: Iterable[Department] = (),
    staff: Iterable[User] = (),
    now: dt.datetime | None = None,
) -> int:
    """Ask these departments and members of staff, too; how many are new. Audited.

    Who is added to a survey that is open is mailed at once. Locks the survey's row, so that two additions at once
    ask everybody once. Raises SurveyOver.
    """
    with transaction.atomic():
        row = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if row.state == SurveyState.CLOSED:
            raise SurveyOver
        known = SurveyAddressee.objects.filter(survey=row)
        asked = set(known.values_list("department_id", flat=True))
        people = set(known.values_list("user_id", flat=True))
        new = [SurveyAddressee(survey=row, department=one) for one in departments if one.pk not in asked]
        new += [SurveyAddressee(survey=row, user=one) for one in staff if one.pk not in people]
        SurveyAddressee.objects.bulk_create(new)
        if new:
            record(row, by, AuditAction.CHANGE, changed_fields=["addressees"])
        if row.state == SurveyState.OPEN:
            invite(row, new, now=now)
    return len(new)


def remove_addressees(*, survey: Survey, addressees: Collection[str], by: User) -> int:
    """Take addressees (public ids) out of a survey in preparation; how many there were. Audited. Raises SurveySent."""
    with transaction.atomic():
        row = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if row.state != SurveyState.DRAFT:
            raise SurveySent
        gone, _by_model = SurveyAddressee.objects.filter(survey=row, public_id__in=addressees).delete()
        if gone:
            record(row, by, AuditAction.CHANGE, changed_fields=["addressees"])
    return gone


def delete_survey(*, survey: Survey, by: User) -> None:
    """Delete a survey in preparation with its form. Audited. Raises SurveySent, StaleState when it is gone.

    A form that has versions is frozen and stays, named as what is left of a deleted survey; nobody can file it.
    """
    with transaction.atomic():
        row = Survey.objects.select_for_update().filter(pk=survey.pk).select_related("procedure").first()
        if row is None:
            raise StaleState
        if row.state != SurveyState.DRAFT:
            raise SurveySent
        record(row, by, AuditAction.DELETE)
        procedure = row.procedure
        row.delete()
        if procedure.versions.exists():
            procedures.retire_survey_form(procedure)
            return
        FormDesign.objects.filter(procedure=procedure).delete()
        procedure.delete()


def _questions_of(source: Survey) -> dict[str, Any]:
    """What was asked; of a survey that was never sent, what is in work."""
    version = source.procedure.current_version
    document: dict[str, Any] = design_of(source.procedure).document if version is None else version.definition
    return document


def _copy_addressees(source: Survey, survey: Survey) -> None:
    """Those that still exist: no department that was dissolved, nobody who left."""
    asked = source.addressees.select_related("department", "user").order_by("id")
    living = [one for one in asked if _is_living(one)]
    SurveyAddressee.objects.bulk_create(
        [SurveyAddressee(survey=survey, department=one.department, user=one.user) for one in living]
    )


def _is_living(addressee: SurveyAddressee) -> bool:
    if addressee.department is not None:
        return addressee.department.is_active
    return addressee.user is not None and addressee.user.is_active and addressee.user.is_staff
