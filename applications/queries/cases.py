"""Reads of single cases, for the screens of the staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from applications.answers import Row, Section, display_rows
from applications.definition import Form, form_of
from applications.models import Application, ApplicationEvent, Approval, CorrectionRequest
from applications.permissions import CaseAction
from applications.queries.applicants import Applicant, applicant_of, is_address_hidden
from applications.queries.scope import allowed_actions, may_read, visible_cases, waiting_approval
from cityhall.models import User
from notices.models import Notice
from notices.queries import of_source

SOURCE_TYPE = "application"
"""What notices call the thing they answer when it is a case; `source_id` is its public id."""

__all__ = ["SOURCE_TYPE", "CaseFile", "case_file", "may_read", "notices_of", "visible_case"]


@dataclass(frozen=True)
class Correction:
    """A request for correction with the questions it names."""

    request: CorrectionRequest
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class CaseFile:
    """Everything the case screen shows, read at a constant number of queries."""

    case: Application
    applicant: Applicant | None
    actions: frozenset[CaseAction]
    sections: list[Section]
    # questions answered differently in the newest revision than in the one before
    changed_keys: frozenset[str]
    revision_number: int
    events: list[ApplicationEvent]
    corrections: list[Correction]
    proposals: list[Approval]
    waiting: Approval | None
    notices: list[Notice]


def visible_case(user: User, public_id: str) -> Application:
    """The case if the person may see it. Raises Application.DoesNotExist for strangers and wrong ids alike."""
    return (
        visible_cases(user)
        .select_related("procedure", "department", "form_version", "business", "filed_by")
        .select_related("resident__user", "resident__merged_into", "handler", "decided_by")
        .get(public_id=public_id)
    )


def case_file(*, user: User, case: Application) -> CaseFile:
    """The whole file of a case the user may see, without an address that is protected from them."""
    form = form_of(case.form_version)
    revisions = list(case.revisions.order_by("-number")[:2])
    newest = revisions[0] if revisions else None
    answers: Mapping[str, Any] = newest.answers if newest else {}
    applicant = applicant_of(case, to=user)
    return CaseFile(
        case=case,
        applicant=applicant,
        actions=allowed_actions(user, case),
        sections=display_rows(
            form,
            answers,
            file_names=_file_names(case),
            hide_address=applicant is not None and applicant.is_address_hidden,
        ),
        changed_keys=_changed(answers, revisions[1].answers) if len(revisions) > 1 else frozenset(),
        revision_number=newest.number if newest else 0,
        events=list(case.events.select_related("actor").order_by("id")),
        corrections=[
            Correction(request, _comment_rows(form, request))
            for request in case.corrections.select_related("asked_by").order_by("-id")
        ],
        proposals=list(case.approvals.select_related("proposed_by", "decided_by").order_by("-id")),
        waiting=waiting_approval(case),
        notices=list(notices_of(case).prefetch_related("receipts")),
    )


def newest_sections(*, user: User, case: Application) -> list[Section]:
    """The newest answers in words as the user may see them, for the form that asks for corrections."""
    newest = case.revisions.order_by("-number").first()
    answers = newest.answers if newest else {}
    return display_rows(
        form_of(case.form_version),
        answers,
        file_names=_file_names(case),
        hide_address=is_address_hidden(case, to=user),
    )


def notices_of(application: Application) -> QuerySet[Notice]:
    """Decision notices of a case, newest first."""
    return of_source(SOURCE_TYPE, application.public_id)


def _comment_rows(form: Form, request: CorrectionRequest) -> tuple[Row, ...]:
    return tuple(
        Row(field.key, field.label, request.comments[field.key])
        for field in form.fields
        if field.key in request.comments
    )


def _file_names(case: Application) -> dict[str, str]:
    # also files taken out later: an older revision names them
    return dict(case.attachments.values_list("public_id", "file__name"))


def _changed(newest: Mapping[str, Any], before: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(key for key in newest.keys() | before.keys() if newest.get(key) != before.get(key))
