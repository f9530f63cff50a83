"""The work list of the staff: one page of cases of one's scope, at the same cost for any number of rows.

`department IN (…) ORDER BY due_order` would read and sort every open case of the departments. One branch
per department (or granted procedure) reads an index in its order; both databases merge the branches and
stop after one page.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.enums import OPEN_STATES, ApplicationState
from applications.models import Application, Procedure
from applications.permissions import GRANT_RIGHTS, ROLE_RIGHTS, CaseRight
from applications.queries.messages import has_unread, unread_cases
from applications.queries.scope import CaseScope, scope_for, visible_cases
from applications.queries.surveys import no_answers
from cityhall import days
from cityhall.models import GrantedRight, StaffRole, User
from cityhall.references import is_valid_number, normalize_number
from residents.names import fold_kana, fold_name, is_kana

PAGE_SIZE = 50
BEYOND_ANY_CHARACTER = "\U0010ffff"
ME, NOBODY, GONE = "me", "nobody", "gone"
"""Handlers that stand for no name; the last for those who may not process the case any more."""
LATE, TODAY, SOON = "late", "today", "soon"
"""How near the due date is, as the filter names it."""
SOON_DAYS = dt.timedelta(days=3)

_SHOWN = (
    *("public_id", "number", "revision", "state", "seat", "channel", "applicant_name", "due_on"),
    *("procedure__name", "department__name", "handler__name", "handler__email", "handler__username"),
)


@dataclass(frozen=True)
class WorkListFilter:
    """What a person looks for. Without a state: what is open; a text looks into all states."""

    state: ApplicationState | None = None
    procedure_id: int | None = None
    # ME, NOBODY, GONE, or the id of an account
    handler: str = ""
    due: str = ""
    # in whatever state: people write when a case is over, too
    unread: bool = False
    text: str = ""


@dataclass(frozen=True)
class WorkListPage:
    """Rows in order; `next_after` is the public id of the last row when there are more."""

    rows: tuple[Application, ...]
    next_after: str = ""


@dataclass(frozen=True)
class _Order:
    """Columns of the order, and which way. Ends with the id: no two rows are equal."""

    column: str
    descending: bool = False

    @property
    def fields(self) -> tuple[str, str]:
        sign = "-" if self.descending else ""
        return (f"{sign}{self.column}", f"{sign}id")

    @property
    def is_by_date(self) -> bool:
        return self.column == "due_order"

    def after(self, row: Application) -> Q:
        """Rows behind this one. The first condition alone bounds the index, the second splits equals."""
        word = "lt" if self.descending else "gt"
        value = getattr(row, self.column)
        return Q(**{f"{self.column}__{word}e": value}) & (
            Q(**{f"{self.column}__{word}": value}) | Q(**{f"id__{word}": row.pk})
        )


BY_DUE_DATE = _Order("due_order")
BY_DUE_DATE_LATEST = _Order("due_order", descending=True)


def work_list(
    *, user: User, wanted: WorkListFilter, today: dt.date, after: str = "", size: int = PAGE_SIZE
) -> WorkListPage:
    """One page of the cases the user may see, soonest due first; found by name: in the order of names."""
    number = normalize_number(wanted.text)
    if is_valid_number(number):
        return WorkListPage(rows=tuple(_with_names(visible_cases(user).filter(number=number))))
    order = _order_of(wanted)
    condition = _condition(user, wanted, today)
    if after:
        last = visible_cases(user).filter(public_id=after).only("pk", order.column).first()
        if last is None:
            return WorkListPage(rows=())
        condition &= order.after(last)
    scope = scope_for(user)
    if wanted.procedure_id is not None and order.is_by_date:
        branches: Sequence[QuerySet[Application]] = _of_procedure(scope, wanted.procedure_id, condition)
    else:
        branches = branches_of(scope=scope, condition=condition, order=order)
    ids = [row[0] for row in _merged(branches, order, limit=size + 1)]
    rows = {row.pk: row for row in _with_names(visible_cases(user).filter(pk__in=ids[:size]))}
    page = tuple(rows[pk] for pk in ids[:size] if pk in rows)
    return WorkListPage(rows=page, next_after=page[-1].public_id if len(ids) > size and page else "")


def count_up_to(limit: int, *, user: User, condition: Q, right: CaseRight = CaseRight.VIEW) -> int:
    """How many cases the user has the right for, counting no further than `limit`."""
    return len(_merged(branches_of(scope=scope_for(user, right), condition=condition), BY_DUE_DATE, limit=limit))


def branches_of(*, scope: CaseScope, condition: Q, order: _Order = BY_DUE_DATE) -> list[QuerySet[Application]]:
    """One queryset per index range to read: a department, or a procedure another department granted.

    What a desk received for whole departments is one range, however many they are.

    Whether a case really lies in the scope is asked once more when the rows of a page are read.
    """
    cases = Application.objects.filter(condition, submitted_at__isnull=False)
    return [cases.filter(place) for place in _places(scope, order)]


def _of_procedure(scope: CaseScope, procedure_id: int, condition: Q) -> Sequence[QuerySet[Application]]:
    """One index range, whoever's procedure it is; of what somebody reads the part of a desk alone, that part.

    One small query, and none for those who receive for no whole department.
    """
    whole = Procedure.objects.filter(scope.in_whole.procedure_condition(), pk=procedure_id)
    if scope.desks and not whole.exists():
        return branches_of(scope=CaseScope(desks=scope.desks), condition=condition)
    return [Application.objects.filter(condition, submitted_at__isnull=False)] if scope else []


def _places(scope: CaseScope, order: _Order) -> Iterator[Q]:
    departments = scope.department_ids
    granted: Iterable[tuple[int, int]] = ()
    # one small query, and none for those who work for their own departments only
    if scope.everywhere:
        departments = frozenset(Procedure.objects.values_list("department_id", flat=True))
    elif scope.procedures:
        named = CaseScope(procedures=scope.procedures).procedure_condition()
        procedures = Procedure.objects.filter(named).exclude(department_id__in=departments)
        granted = procedures.order_by("pk").values_list("pk", "department_id")
    for department in sorted(departments):
        yield Q(department_id=department)
    yield from scope.at_desks().values()
    for procedure, department in granted:
        # the index of names begins with the department, that of due dates with the procedure
        place = Q(procedure_id=procedure) if order.is_by_date else Q(procedure_id=procedure, department_id=department)
        # what stands in the range of a desk is listed there
        desks = {desk for giver, desk in scope.desks if giver == department}
        yield place & ~Q(desk_department__in=desks) if desks else place


def _condition(user: User, wanted: WorkListFilter, today: dt.date) -> Q:
    condition = _states(wanted)
    if wanted.procedure_id is not None:
        condition &= Q(procedure_id=wanted.procedure_id)
    condition &= _handled_by(user, wanted.handler)
    if wanted.unread:
        condition &= Q(pk__in=unread_cases())
    condition &= due_condition(wanted.due, today)
    column, key = _name_key(wanted.text)
    if key:
        # a range, not LIKE: both databases read it from the index
        condition &= Q(**{f"{column}__gte": key, f"{column}__lt": key + BEYOND_ANY_CHARACTER})
    return condition


def _handled_by(user: User, handler: str) -> Q:
    match handler:
        case "":
            return Q()
        case "me":
            return Q(handler=user)
        case "nobody":
            return Q(handler__isnull=True)
        case "gone":
            return handler_is_gone()
    return Q(handler=int(handler)) if handler.isascii() and handler.isdigit() else Q(pk__in=[])


def due_condition(due: str, today: dt.date) -> Q:
    """Cases as near to their due date as LATE, TODAY or SOON say; all without one of them."""
    match due:
        case "late":
            return Q(due_order__lt=today)
        case "today":
            return Q(due_order=today)
        case "soon":
            return Q(due_order__gt=today, due_order__lte=today + SOON_DAYS)
    return Q()


def handler_is_gone() -> Q:
    """Cases whose handler may not process them any more: moved, left, the role ended, or the right was taken back.

    Asked of each open case of an index range; two look-ups in small tables.
    """
    on = days.today()
    processing = [role for role, rights in ROLE_RIGHTS.items() if CaseRight.PROCESS in rights]
    roles = StaffRole.objects.active(on).filter(
        user=OuterRef("handler"), role__in=processing, user__is_active=True, user__is_staff=True
    )
    in_force = GrantedRight.objects.filter(active_from__lte=on, from_department=OuterRef(OuterRef("department")))
    granted = in_force.filter(
        Q(active_until__isnull=True) | Q(active_until__gte=on),
        procedure_key=OuterRef(OuterRef("procedure__key")),
        kind__in=[kind for kind, rights in GRANT_RIGHTS.items() if CaseRight.PROCESS in rights],
    )
    of_own = Exists(roles.filter(department=OuterRef("department")))
    of_granted = Exists(roles.filter(department__in=granted.values("to_department")))
    return Q(~of_own, ~of_granted, handler__isnull=False)


def _states(wanted: WorkListFilter) -> Q:
    if wanted.state is None:
        return no_answers() if wanted.unread or _name_key(wanted.text)[1] else Q(is_open=True)
    if wanted.state == ApplicationState.COMPLETED:
        return no_answers() & Q(state=wanted.state, is_open=False)
    # the second says nothing new, but stands in the indexes of procedures and handlers
    return Q(state=wanted.state, is_open=wanted.state in OPEN_STATES)


def _name_key(text: str) -> tuple[str, str]:
    """The column to search for a name, and what to look for in it: characters or, for kana, the reading."""
    if is_kana(text):
        return "applicant_search_kana", fold_kana(text)
    return "applicant_search", fold_name(text)


def _order_of(wanted: WorkListFilter) -> _Order:
    column, key = _name_key(wanted.text)
    if key:
        return _Order(column)
    return BY_DUE_DATE if wanted.state is None or wanted.state in OPEN_STATES else BY_DUE_DATE_LATEST


def _merged(branches: Sequence[QuerySet[Application]], order: _Order, *, limit: int) -> list[tuple[int, object]]:
    """(id, order column) of the first rows of all branches together."""
    if not branches:
        return []
    parts = [branch.order_by().values_list("id", order.column) for branch in branches]
    if connection.features.supports_slicing_ordering_in_compound:
        # PostgreSQL merges ordered branches only when each says so itself; SQLite merges them anyway
        parts = [part.order_by(*order.fields)[:limit] for part in parts]
    together = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else branches[0].values_list("id", order.column)
    return list(together.order_by(*order.fields)[:limit])


def _with_names(cases: QuerySet[Application]) -> QuerySet[Application]:
    """What a row of the list shows, and nothing else: fifty rows of all columns cost more than the page around them."""
    shown = cases.annotate(has_unread=has_unread()).select_related("procedure", "department", "handler")
    return shown.only(*_SHOWN)
