"""Procedures and forms as those see them who build them: only those of their departments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q

from applications.designer.keys import highest_number
from applications.designer.operations import Design
from applications.designer.places import new_document
from applications.enums import ApplicationState
from applications.models import Application, FormDesign, FormVersion, Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.permissions import DESIGNING_ROLES, GUARDING_ROLES
from applications.search import query_words
from cityhall.models import Department, User
from cityhall.pages import Page, keyset_page
from cityhall.queries.staff import scope_of

PAGE_LENGTH = 50
_ORDER = ("place", "code", "name_kana", "key")
_UNDER_WAY = (ApplicationState.DRAFT, ApplicationState.RETURNED)


@dataclass(frozen=True)
class DraftCount:
    """Applications that people are filling in, on one version."""

    number: int
    count: int
    is_current: bool


def design_departments(user: User | AnonymousUser) -> "list[Department]":
    """The departments whose procedures a person may build; all of them for administrators."""
    return list(Department.objects.filter(_designed_by(user, "pk")).order_by("position", "code"))


def designable(user: User | AnonymousUser) -> ProcedureQuerySet:
    """Procedures whose form and settings a person may change."""
    return Procedure.objects.filter(_designed_by(user, "department"))


def _designed_by(user: User | AnonymousUser, column: str) -> Q:
    """That the department in this column is one in which the person designs; no condition for administrators."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return Q(pk__in=[])
    staff = scope_of(user)
    if staff.is_administrator:
        return Q()
    held = [department for department, roles in staff.roles_in.items() if roles & DESIGNING_ROLES]
    return Q(**{f"{column}__in": held})


def may_set_guards(user: User | AnonymousUser, procedure: Procedure) -> bool:
    """Whether a person may change who must approve, who may file and how long cases are kept."""
    staff = scope_of(user)
    held = staff.roles_in.get(procedure.department_id, frozenset())
    return staff.is_administrator or bool(held & GUARDING_ROLES)


def design_list(
    user: User, *, text: str = "", department: str = "", state: str = "", after: str = ""
) -> Page[Procedure]:
    """One page of procedures in the order of the departments, then of their readings.

    Each row has `drafts`, the number of applications under way. The documents are not read.
    """
    # the forms of internal surveys are reached from their surveys
    rows = designable(user).without_surveys()
    rows = rows.select_related("department", "design__changed_by", "current_version")
    rows = rows.defer("design__document", "design__deleted", "current_version__definition", "description")
    for word in query_words(text):
        rows = rows.filter(Q(search_text__contains=word) | Q(name__icontains=word))
    if department:
        rows = rows.filter(department__code=department)
    if state:
        rows = rows.filter(state=state)
    rows = rows.annotate(place=F("department__position"), code=F("department__code"))
    page = keyset_page(rows, order=_ORDER, after=after, size=PAGE_LENGTH)
    counts = _drafts_of(page.rows)
    for row in page.rows:
        row.drafts = counts.get(row.pk, 0)  # type: ignore[attr-defined]
    return page


def _drafts_of(procedures: Sequence[Procedure]) -> dict[int, int]:
    under_way = Application.objects.filter(procedure__in=procedures, state__in=_UNDER_WAY, is_practice=False)
    return dict(under_way.order_by().values_list("procedure").annotate(count=Count("id")))


def drafts_by_version(procedure: Procedure) -> list[DraftCount]:
    """How many applications people are filling in on which version, newest first. One query."""
    under_way = Application.objects.filter(procedure=procedure, state__in=_UNDER_WAY, is_practice=False)
    rows = under_way.order_by("-form_version__number").values_list("form_version__number", "form_version_id")
    return [
        DraftCount(number, count, version == procedure.current_version_id)
        for number, version, count in rows.annotate(count=Count("id"))
    ]


def design_of(procedure: Procedure) -> FormDesign:
    """The form in work; where nobody has begun, an unsaved one (revision 0) of the current version."""
    found = getattr(procedure, "design", None)
    if found is not None:
        return cast("FormDesign", found)
    version = procedure.current_version
    document = new_document() if version is None else version.definition
    return FormDesign(
        procedure=procedure,
        document=document,
        revision=0,
        base_version=version,
        key_count=highest_number(document),
    )


def as_design(row: FormDesign) -> Design:
    """The row as the operations take it."""
    return Design(row.document, list(row.deleted), row.key_count)


def versions_of(procedure: Procedure) -> list[FormVersion]:
    """All versions, newest first, without their documents."""
    return list(procedure.versions.defer("definition").order_by("-number"))
