"""What the desk of a handler reads beside the case itself: points, notes, files, other cases, filters, rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from applications.enums import ApplicationState
from applications.models import Application, CaseFile, CaseNote, ChecklistItem, CheckMark, SavedFilter
from applications.permissions import ROLE_RIGHTS, CaseRight
from applications.queries.scope import is_own_filing, scope_for
from cityhall.days import today
from cityhall.models import StaffRole, User
from residents.queries import row_ids_of

CHECKED_IN = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.RETURNED)
"""States in which points are marked: before anything is proposed."""
MOST_OTHERS = 20


@dataclass(frozen=True)
class Point:
    """A point of the checklist, with who looked at it."""

    item: ChecklistItem
    mark: CheckMark | None


def may_check(user: User, application: Application, *, in_any_state: bool = False) -> bool:
    """Whether the person may mark points of this case, in its state of now."""
    is_open = in_any_state or application.state in CHECKED_IN
    return is_open and _holds(user, application, CaseRight.PROCESS)


def may_add(user: User, application: Application) -> bool:
    """Whether the person may put a note or a file to this case: whoever receives such cases, as long as it is kept."""
    return application.disposed_at is None and _holds(user, application, CaseRight.RECEIVE)


def _holds(user: User, application: Application, right: CaseRight) -> bool:
    return not is_own_filing(user, application) and scope_for(user, right).covers(application)


def points_of(case: Application) -> list[Point]:
    """The checklist of a case: points in use, and those that were marked before they went out of use. Two queries."""
    marks = {mark.item_id: mark for mark in case.check_marks.select_related("checked_by")}
    wanted = Q(procedure=case.procedure_id) & (Q(is_active=True) | Q(pk__in=list(marks)))
    items = ChecklistItem.objects.filter(wanted).order_by("position", "id")
    return [Point(item, marks.get(item.pk)) for item in items]


def unchecked_points(cases: Sequence[Application]) -> dict[int, list[ChecklistItem]]:
    """Case → required points nobody has looked at yet; cases without any are left out. Two queries at most."""
    required = ChecklistItem.objects.filter(
        procedure__in={case.procedure_id for case in cases}, is_active=True, is_required=True
    )
    points = list(required.order_by("position", "id"))
    if not points:
        return {}
    marks = CheckMark.objects.filter(application__in=cases, item__in=points)
    looked_at = set(marks.values_list("application_id", "item_id"))
    found = {
        case.pk: [
            point
            for point in points
            if point.procedure_id == case.procedure_id and (case.pk, point.pk) not in looked_at
        ]
        for case in cases
    }
    return {case: left for case, left in found.items() if left}


def notes_of(case: Application) -> QuerySet[CaseNote]:
    """The notes of the staff, oldest first."""
    return case.notes.select_related("author").order_by("id")


def files_of_case(case: Application) -> QuerySet[CaseFile]:
    """The files the staff put to a case, oldest first."""
    return case.case_files.select_related("file", "added_by").order_by("id")


def other_cases(user: User, case: Application) -> list[Application]:
    """Other open cases of the same resident or business, of the departments the person works for. Newest first.

    What lies with another department is none of theirs, even for those who may read everything.
    """
    if case.business_id is not None:
        same = Q(business=case.business_id)
    elif case.resident is not None:
        same = Q(resident__in=row_ids_of(case.resident), business__isnull=True)
    else:
        return []
    scope = scope_for(user)
    own = scope.condition() if not scope.everywhere else Q(department=case.department_id)
    rows = Application.objects.filter(same, own, is_open=True, submitted_at__isnull=False).exclude(pk=case.pk)
    return list(rows.select_related("procedure", "handler").defer("draft_answers").order_by("-id")[:MOST_OTHERS])


def filters_of(user: User) -> list[SavedFilter]:
    """The saved filters of a person, in the order of their names."""
    return list(SavedFilter.objects.filter(user=user).order_by("name"))


def handlers_in_scope(user: User) -> QuerySet[User]:
    """Staff to whom the person may give cases of their departments; each case is asked about once more."""
    departments = scope_for(user, CaseRight.PROCESS).department_ids
    processing = [role for role, rights in ROLE_RIGHTS.items() if CaseRight.PROCESS in rights]
    roles = StaffRole.objects.active(today()).filter(department__in=departments, role__in=processing)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True).order_by("name", "pk")
