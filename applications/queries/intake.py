"""What staff type in for somebody else: which procedures, which drafts, who may go on with them, who it is for."""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from applications.enums import TAKEN_DOWN, ApplicantKind, ApplicationState, Channel
from applications.models import Application, Procedure
from applications.models.application import EDITABLE_STATES
from applications.models.procedure import ProcedureQuerySet
from applications.permissions import CaseRight
from applications.queries.reach import scope_for
from cityhall.models import User
from residents.models import Business, Resident
from residents.queries import residents_matching
from residents.queries.search import prefix_range

MOST_CANDIDATES = 20
EARLIEST_PAPER = dt.timedelta(days=365)
"""How long a form may have lain before it was typed in: longer is a slip of the pen in the year."""


def may_receive(user: User, application: Application) -> bool:
    """Whether the person receives cases like this one: at the counter of its department, or of one granted it."""
    return scope_for(user, CaseRight.RECEIVE).covers(application)


def receivable(user: User) -> ProcedureQuerySet:
    """Published procedures that the person may type filings of in for somebody, whatever their opening period.

    Of those, only the ones with a way in besides this portal take any (`channels_of`).
    """
    scope = scope_for(user, CaseRight.RECEIVE)
    if not scope:
        return Procedure.objects.none()
    return Procedure.objects.for_public().fillable().filter(scope.procedure_condition())


def channels_of(procedure: Procedure) -> list[Channel]:
    """The ways in by which staff type filings of the procedure in, in the order of the list of all."""
    return [channel for channel in TAKEN_DOWN if procedure.is_taken_by(channel)]


def taken_down(user: User | AnonymousUser) -> QuerySet[Application]:
    """What staff type in for others and may change now: drafts and corrections, of whoever receives such cases."""
    scope = scope_for(user, CaseRight.RECEIVE)
    if not scope:
        return Application.objects.none()
    rows = Application.objects.filter(scope.condition(), channel__in=TAKEN_DOWN, state__in=EDITABLE_STATES)
    return rows.exclude(applicant_kind=ApplicantKind.STAFF)


def open_intakes(user: User) -> QuerySet[Application]:
    """Drafts under way at one's counter, newest first, with what a list shows."""
    drafts = taken_down(user).filter(state=ApplicationState.DRAFT)
    return drafts.select_related("procedure", "resident", "business", "filed_by", "reception").order_by("-id")


def people_matching(text: str) -> list[Resident]:
    """Residents to choose from, by number, name, reading, telephone or birth date; nobody for an empty search."""
    return list(residents_matching(text).select_related("merged_into")[:MOST_CANDIDATES])


def businesses_matching(text: str) -> list[Business]:
    """Businesses to choose from: by corporate number, or by the beginning of the name."""
    words = text.strip()
    if not words:
        return []
    if words.isascii() and words.isdigit():
        return list(Business.objects.filter(corporate_number=words)[:MOST_CANDIDATES])
    return list(Business.objects.filter(prefix_range("name", words)).order_by("name", "id")[:MOST_CANDIDATES])
