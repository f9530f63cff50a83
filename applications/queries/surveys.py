"""Internal surveys as those see them who ask and who are asked. Rights follow the roles of today."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from applications.enums import ApplicantKind, ApplicationState, SurveyState
from applications.models import Application, ApplicationRevision, Attachment, Survey, SurveyAddressee
from applications.permissions import SURVEY_ROLES
from cityhall.days import local_date, today
from cityhall.models import Department, StaffRole, User
from cityhall.queries.staff import scope_of

__all__ = [
    "MAIL_ROLES",
    "Standing",
    "addressed_list",
    "addressed_to",
    "addressee_of",
    "addressees_of",
    "all_answers",
    "answer_of",
    "answers_for",
    "answers_of",
    "attachment_of",
    "count_asked",
    "count_waiting",
    "departments_of",
    "drafts_for",
    "is_asked",
    "is_late",
    "is_sent_answer",
    "key_of",
    "no_answers",
    "owned",
    "owned_list",
    "people_of",
    "remindable",
    "standing_of",
]

MAIL_ROLES = SURVEY_ROLES
"""Who of a department is mailed; anybody in it may answer."""
PAGE_SIZE = 50


@dataclass(frozen=True)
class Standing:
    """How far a survey has come."""

    asked: int
    answered: int
    begun: int

    @property
    def open(self) -> int:
        return self.asked - self.answered

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.asked if self.asked else 0


def no_answers() -> Q:
    """That an application answers no survey: a case is what a department handles."""
    return ~Q(procedure__in=Survey.objects.values("procedure"))


def departments_of(user: User | AnonymousUser) -> "QuerySet[Department]":
    """The departments for which a person may ask others."""
    held = [department for department, roles in scope_of(user).roles_in.items() if roles & SURVEY_ROLES]
    return Department.objects.filter(pk__in=held).order_by("position", "code")


def owned(user: User | AnonymousUser) -> QuerySet[Survey]:
    """Surveys that a person looks after: those of the departments where a role of theirs lets them ask."""
    held = [department for department, roles in scope_of(user).roles_in.items() if roles & SURVEY_ROLES]
    return Survey.objects.filter(department__in=held).select_related("department", "procedure__current_version")


def owned_list(user: User | AnonymousUser, state: str = "") -> QuerySet[Survey]:
    """The same for a list, newest first, with `asked`, `answered`; the forms stay in the database."""
    rows = owned(user).defer("procedure__current_version__definition", "procedure__description", "request_text")
    if state:
        rows = rows.filter(state=state)
    return rows.annotate(
        asked=Count("addressees"), answered=Count("addressees", filter=Q(addressees__answered_at__isnull=False))
    ).order_by("-id")


def addressed_to(user: User | AnonymousUser) -> QuerySet[SurveyAddressee]:
    """What a person was asked, for a department of theirs or themselves. A survey in preparation does not exist yet."""
    if not isinstance(user, User) or not user.is_staff or not user.is_active:
        return SurveyAddressee.objects.none()
    asked = Q(department__in=scope_of(user).department_ids) | Q(user=user)
    return SurveyAddressee.objects.filter(asked).exclude(survey__state=SurveyState.DRAFT)


def addressed_list(user: User | AnonymousUser, *, is_waiting: bool) -> QuerySet[SurveyAddressee]:
    """What waits for an answer of the person's, soonest first; or what was answered or closed, newest first."""
    waits = Q(survey__state=SurveyState.OPEN, answered_at__isnull=True)
    rows = addressed_to(user).select_related(
        "survey__department", "department", "user", "draft__filed_by", "application__filed_by"
    )
    rows = rows.defer("draft__draft_answers", "application__draft_answers", "survey__request_text")
    if is_waiting:
        return rows.filter(waits).order_by("survey__answer_by_on", "id")
    return rows.exclude(waits).order_by("-survey_id", "-id")


def count_waiting(user: User | AnonymousUser) -> int:
    """How many answers are asked of the person at this moment. One query."""
    return addressed_to(user).filter(survey__state=SurveyState.OPEN, answered_at__isnull=True).count()


def drafts_for(user: User | AnonymousUser) -> QuerySet[Application]:
    """Answers that a person may fill in, whoever of their department began them."""
    addressed = addressed_to(user)
    return Application.objects.filter(survey_draft__in=addressed, state=ApplicationState.DRAFT)


def answers_for(user: User | AnonymousUser) -> QuerySet[Application]:
    """Answers that were sent and that a person may read as one of those asked; the newest of each only."""
    return Application.objects.filter(survey_answer__in=addressed_to(user))


def addressees_of(survey: Survey) -> QuerySet[SurveyAddressee]:
    """All who were asked, departments first in the order of the city, with who answers and answered."""
    rows = SurveyAddressee.objects.filter(survey=survey)
    rows = rows.select_related("department", "user", "draft__filed_by", "application__filed_by")
    rows = rows.defer("draft__draft_answers", "application__draft_answers")
    return rows.order_by(
        F("department__position").asc(nulls_last=True), F("department__code").asc(nulls_last=True), "user__name", "id"
    )


def standing_of(addressees: Iterable[SurveyAddressee]) -> Standing:
    """Counts of rows that were read already."""
    rows = list(addressees)
    answered = sum(1 for one in rows if one.answered_at is not None)
    begun = sum(1 for one in rows if one.answered_at is None and one.draft_id is not None)
    return Standing(len(rows), answered, begun)


def is_late(addressee: SurveyAddressee, survey: Survey) -> bool:
    """Whether the answer that counts came after the last day of the deadline (遅れ)."""
    return addressee.answered_at is not None and local_date(addressee.answered_at) > survey.answer_by_on


def answers_of(survey: Survey, *, group: int | None = None) -> list[tuple[SurveyAddressee, ApplicationRevision]]:
    """The answers that count with who gave them, in the order of `addressees_of`. Two queries."""
    rows = addressees_of(survey).filter(application__isnull=False)
    if group is not None:
        rows = rows.filter(department__survey_groups=group)
    found = list(rows)
    revisions = {
        row.application_id: row
        for row in ApplicationRevision.objects.filter(application__survey_answer__survey=survey)
        .select_related("application__form_version")
        .order_by("number")
    }
    return [(one, revisions[one.application_id]) for one in found if one.application_id in revisions]


def key_of(addressee: SurveyAddressee) -> str:
    """How the request keys of all answers of one addressee begin: a department and a person in it may both be asked."""
    return f"survey:{addressee.public_id}:"


def all_answers(addressee: SurveyAddressee) -> QuerySet[Application]:
    """Everything an addressee has sent, newest first: a newer answer counts, the owner still reads those before."""
    rows = Application.objects.filter(
        procedure=addressee.survey.procedure_id,
        applicant_kind=ApplicantKind.STAFF,
        state=ApplicationState.COMPLETED,
        request_key__startswith=key_of(addressee),
    )
    return rows.order_by("-id")


def addressee_of(survey: Survey, application: Application) -> SurveyAddressee | None:
    """Whose answer this is, also when a newer one has replaced it."""
    public_id = application.request_key.split(":")[1]
    rows = SurveyAddressee.objects.filter(survey=survey, public_id=public_id)
    return rows.select_related("survey", "department", "user").first()


def count_asked(survey: Survey, group: int | None = None) -> int:
    """How many answers are asked for, of a group of departments when one is named."""
    rows = SurveyAddressee.objects.filter(survey=survey)
    return rows.filter(department__survey_groups=group).count() if group is not None else rows.count()


def answer_of(survey: Survey, public_id: str) -> Application | None:
    """A sent answer to this survey, the one that counts or an earlier one."""
    rows = Application.objects.filter(procedure=survey.procedure_id, submitted_at__isnull=False, public_id=public_id)
    return rows.select_related("procedure", "form_version", "filed_by", "applicant_department").first()


def attachment_of(survey: Survey, public_id: str) -> Attachment | None:
    """A file of a sent answer to this survey."""
    rows = Attachment.objects.filter(
        application__procedure=survey.procedure_id, application__submitted_at__isnull=False, public_id=public_id
    )
    return rows.select_related("file", "application").first()


def is_sent_answer(user: User | AnonymousUser, public_id: str) -> Application | None:
    """The answer with this id, where the person was asked and somebody has sent it; the drafts it was are over."""
    rows = answers_for(user).select_related("procedure", "form_version", "filed_by")
    return rows.filter(public_id=public_id).first()


def people_of(addressees: Iterable[SurveyAddressee]) -> dict[str, str]:
    """Mail address → name of everybody who hears of a survey, each once. Two queries.

    A department's handlers and approvers of today; where it has none, its own mailbox.
    """
    rows = list(addressees)
    departments = {one.department_id for one in rows if one.department_id is not None}
    named = {one.user_id for one in rows if one.user_id is not None}
    held = StaffRole.objects.active(today()).filter(
        department__in=departments, role__in=MAIL_ROLES, user__is_active=True, user__is_staff=True
    )
    people = User.objects.filter(Q(pk__in=named) | Exists(held.filter(user=OuterRef("pk"))), is_active=True)
    found = {person.email: person.get_full_name() for person in people.order_by("pk") if person.email}
    manned = held.values("department")
    mailboxes = Department.objects.filter(pk__in=departments).exclude(pk__in=manned).exclude(email="")
    for department in mailboxes.order_by("pk"):
        found.setdefault(department.email, department.name)
    return found


def is_asked(user: User, addressee: SurveyAddressee) -> bool:
    """Whether the person may answer: today's roles decide, not who began."""
    if addressee.user_id is not None:
        return addressee.user_id == user.pk
    return addressee.department_id in scope_of(user).department_ids


def remindable(survey: Survey, before: dt.datetime) -> QuerySet[SurveyAddressee]:
    """Who has not answered and was not reminded since that moment."""
    rows = SurveyAddressee.objects.filter(survey=survey, answered_at__isnull=True)
    return rows.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=before))
