"""Reads of single cases, for the screens of the staff."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from applications.answers import Row, Section, display_rows
from applications.definition import Form, form_of
from applications.differences import Change, changes
from applications.models import (
    Application,
    ApplicationEvent,
    ApplicationRevision,
    Approval,
    CaseNote,
    CorrectionRequest,
    Message,
    Reception,
)
from applications.models import CaseFile as StaffFile
from applications.permissions import CaseAction
from applications.queries.applicants import Applicant, applicant_of, is_address_hidden
from applications.queries.approvals import Chain, PossibleSigner, chains_of, possible_signers
from applications.queries.desk import Point, files_of_case, notes_of, other_cases, points_of
from applications.queries.messages import messages_of
from applications.queries.papers import papers_of, seen_papers
from applications.queries.scope import allowed_actions, may_read, visible_cases, waiting_approval
from cityhall.models import User
from notices.models import Notice
from notices.queries import of_source

SOURCE_TYPE = "application"
"""What notices call the thing they answer when it is a case; `source_id` is its public id."""

__all__ = [
    "SOURCE_TYPE",
    "CaseFile",
    "SentRevision",
    "case_file",
    "may_read",
    "newest_sections",
    "notices_of",
    "sent_revision",
    "visible_case",
]


@dataclass(frozen=True)
class Correction:
    """A request for correction with the questions it names."""

    request: CorrectionRequest
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SentRevision:
    """What was sent at one time, and what was new about it. The first has nothing to differ from."""

    revision: ApplicationRevision
    sections: list[Section]
    changes: list[Change]


@dataclass(frozen=True)
class CaseFile:
    """Everything the case screen shows, read at a constant number of queries."""

    case: Application
    applicant: Applicant | None
    actions: frozenset[CaseAction]
    sections: list[Section]
    # what is different in the newest revision
    changes: list[Change]
    # every time something was sent, newest first, without the answers
    revisions: list[ApplicationRevision]
    events: list[ApplicationEvent]
    corrections: list[Correction]
    # every proposal with its signatures, newest first
    chains: list[Chain]
    waiting: Approval | None
    # who may sign the step that is next
    signers: list[PossibleSigner]
    notices: list[Notice]
    messages: list[Message]
    # of the staff alone
    points: list[Point]
    notes: list[CaseNote]
    staff_files: list[StaffFile]
    # other open cases of the same person or business, of the reader's departments
    others: list[Application]
    reception: Reception | None

    @property
    def changed_keys(self) -> frozenset[str]:
        """Questions that are answered differently now."""
        return frozenset(change.question for change in self.changes)


def visible_case(user: User, public_id: str) -> Application:
    """The case if the person may see it. Raises Application.DoesNotExist for strangers and wrong ids alike."""
    # what most cases leave blank (business, mandate …) is read where it is shown: to plan fourteen tables took longer
    # than to read them
    cases = visible_cases(user).select_related("procedure", "department", "form_version", "resident", "handler")
    return cases.get(public_id=public_id)


def case_file(*, user: User, case: Application) -> CaseFile:
    """The whole file of a case the user may see, without an address that is protected from them."""
    form = form_of(case.form_version)
    sent = list(case.revisions.select_related("submitted_by").order_by("-number")[:2])
    applicant = applicant_of(case, to=user)
    waiting = waiting_approval(case)
    reception = Reception.objects.filter(application=case).first()
    sections, differences = _words(
        form,
        sent,
        _file_names(case),
        hide_address=is_address_hidden(case, to=user),
        seen=papers_of(reception),
    )
    return CaseFile(
        case=case,
        applicant=applicant,
        actions=allowed_actions(user, case),
        sections=sections,
        changes=differences,
        revisions=list(case.revisions.select_related("submitted_by").defer("answers").order_by("-number")),
        events=list(case.events.select_related("actor").order_by("id")),
        corrections=[
            Correction(request, _comment_rows(form, request))
            for request in case.corrections.select_related("asked_by").order_by("-id")
        ],
        chains=chains_of(case),
        waiting=waiting,
        signers=possible_signers(waiting) if waiting else [],
        notices=list(notices_of(case).prefetch_related("receipts")),
        messages=messages_of(case),
        points=points_of(case),
        notes=list(notes_of(case)),
        staff_files=list(files_of_case(case)),
        others=other_cases(user, case),
        reception=reception,
    )


def sent_revision(*, user: User, case: Application, number: int) -> SentRevision | None:
    """What was sent the n-th time as the user may see it, or None."""
    rows = case.revisions.select_related("submitted_by").filter(number__in=[number - 1, number])
    sent = list(rows.order_by("-number"))
    if not sent or sent[0].number != number:
        return None
    form = form_of(case.form_version)
    sections, differences = _words(
        form, sent, _file_names(case), hide_address=is_address_hidden(case, to=user), seen=seen_papers(case)
    )
    return SentRevision(sent[0], sections, differences)


def _words(
    form: Form, sent: list[ApplicationRevision], names: Mapping[str, str], *, hide_address: bool, seen: Collection[str]
) -> tuple[list[Section], list[Change]]:
    """The newest of up to two revisions in words, and how it differs from the one before."""
    answers: list[Mapping[str, Any]] = [revision.answers for revision in sent]
    sections = [
        display_rows(form, one, file_names=names, hide_address=hide_address, seen=seen) for one in answers or [{}]
    ]
    if len(sections) == 1:
        return sections[0], []
    return sections[0], changes(sections[1], sections[0], old=answers[1], new=answers[0])


def newest_sections(*, user: User, case: Application) -> list[Section]:
    """The newest answers in words as the user may see them, for the form that asks for corrections."""
    newest = case.revisions.order_by("-number").first()
    answers = newest.answers if newest else {}
    return display_rows(
        form_of(case.form_version),
        answers,
        file_names=_file_names(case),
        hide_address=is_address_hidden(case, to=user),
        seen=seen_papers(case),
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
