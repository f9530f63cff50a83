"""Reports as staff, reporters and the public read them. All lists in a constant number of queries."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from applications.enums import ReportState
from applications.models import Report, ReportEvent, ReportKind, ReportPhoto
from applications.permissions import REPORT_HANDLERS, REPORT_READERS
from applications.queries.worklist import ME, NOBODY
from applications.report_links import is_code_of, is_secret_of
from applications.reports.positions import Position, around, metres_between
from cityhall.days import today
from cityhall.enums import FileState
from cityhall.models import StaffRole, User
from cityhall.queries.staff import scope_of
from cityhall.references import normalize_number

PAGE_SIZE: Final = 50
PUBLIC_PAGE_SIZE: Final = 20
ON_MAP: Final = 200
"""Points one map shows; more cannot be told apart."""
SAME_PLACE: Final = 50
"""Metres within which two reports of a kind may mean the same thing."""
NEAR_FOR_STAFF: Final = 100
NEAR_TO_CHOOSE: Final = 1000
"""Metres within which reports of the same kind are offered for merging, the nearest `TO_CHOOSE` of them."""
TO_CHOOSE: Final = 8
_CANDIDATES: Final = 200


@dataclass(frozen=True)
class ReportFilter:
    """What a list shows. Without a state: what is open; "all" is every state. `age` is days that went by."""

    kind: str = ""
    state: str = ""
    handler: str = ""
    age: int = 0


@dataclass(frozen=True)
class Page:
    """Rows in order; `next_after` is the public id of the last row when there are more."""

    rows: tuple[Report, ...]
    next_after: str = ""


@dataclass(frozen=True)
class Near:
    """A report and how far it is."""

    report: Report
    metres: int


def departments_of(user: User | AnonymousUser, *, handles: bool = False) -> frozenset[int] | None:
    """Departments whose reports a person may read, or work on; None stands for all of them."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return frozenset()
    scope = scope_of(user)
    if not handles and (scope.is_administrator or scope.is_auditor):
        return None
    wanted = REPORT_HANDLERS if handles else REPORT_READERS
    return frozenset(department for department, roles in scope.roles_in.items() if roles & wanted)


def visible_reports(user: User | AnonymousUser) -> QuerySet[Report]:
    """Reports that a member of staff may read: of the departments of their roles."""
    return _in_departments(Report.objects.all(), departments_of(user))


def workable_reports(user: User | AnonymousUser) -> QuerySet[Report]:
    """Reports that a member of staff may work on."""
    return _in_departments(Report.objects.all(), departments_of(user, handles=True))


def takes_reports() -> bool:
    """Whether there is anything that may be reported."""
    return ReportKind.objects.filter(is_active=True).exists()


def may_handle(user: User, report: Report) -> bool:
    """Whether role and department give a person the steps of a report."""
    return report.department_id in (departments_of(user, handles=True) or ())


def possible_handlers(report: Report) -> QuerySet[User]:
    """Staff whose roles today let them work on a report."""
    roles = StaffRole.objects.active(today()).filter(department=report.department_id, role__in=REPORT_HANDLERS)
    return User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True).order_by("name", "pk")


def report_list(
    *, user: User, wanted: ReportFilter, after: str = "", size: int = PAGE_SIZE, now: dt.datetime | None = None
) -> Page:
    """One page of reports the user may read, the newest first."""
    rows = visible_reports(user).filter(_condition(user, wanted, now or timezone.now()))
    return _page(_with_marks(rows), after, size)


def reports_on_map(*, user: User, wanted: ReportFilter, origin: Position, now: dt.datetime | None = None) -> list[Near]:
    """The newest reports with a position, the nearest to `origin` first."""
    rows = visible_reports(user).filter(_condition(user, wanted, now or timezone.now()), latitude__isnull=False)
    newest = list(_with_marks(rows).order_by("-id")[:ON_MAP])
    return _by_distance(newest, origin)


def near_for_staff(user: User, report: Report) -> list[Near]:
    """Other reports near this one that it may be the same as: what is open, of any kind, that the user may work on."""
    place = position_of(report)
    if place is None:
        return []
    rows = workable_reports(user).filter(is_open=True).exclude(pk=report.pk).select_related("kind")
    return _near(rows, place, NEAR_FOR_STAFF)


def same_kind_near(user: User, report: Report) -> list[tuple[Report, int | None]]:
    """Open reports of the same kind that this one may be put to, with the metres to them: the nearest first.

    Where this one has no position, the newest, without metres.
    """
    rows = workable_reports(user).filter(kind=report.kind_id, is_open=True).exclude(pk=report.pk)
    place = position_of(report)
    if place is None:
        return [(row, None) for row in rows.order_by("-id")[:TO_CHOOSE]]
    return [(near.report, near.metres) for near in _near(rows, place, NEAR_TO_CHOOSE)[:TO_CHOOSE]]


def near_for_public(kind: ReportKind, place: Position) -> list[Near]:
    """Open reports of the same kind at the same place, of those everybody may see."""
    rows = public_reports().filter(kind=kind, is_open=True).select_related("kind")
    return _near(rows, place, SAME_PLACE)


def public_reports() -> QuerySet[Report]:
    """What the city shows to everybody."""
    return Report.objects.filter(is_public=True, merged_into__isnull=True)


def public_list(*, kind: str, is_open: bool | None, month: dt.date | None, after: str = "") -> Page:
    """One page of public reports with the photos staff chose: what is open, then what is over, each the newest first.

    Three queries at most.
    """
    rows = public_reports()
    if kind:
        rows = rows.filter(kind__key=kind)
    if is_open is not None:
        rows = rows.filter(is_open=is_open)
    if month is not None:
        following = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        rows = rows.filter(received_at__gte=_midnight(month), received_at__lt=_midnight(following))
    chosen = ReportPhoto.objects.filter(is_public=True, file__state=FileState.CLEAN).order_by("id")
    shown = rows.select_related("kind").prefetch_related(Prefetch("photos", queryset=chosen, to_attr="shown_photos"))
    return _page(shown, after, PUBLIC_PAGE_SIZE, opens_first=True)


def visible_report(user: User, public_id: str) -> Report:
    """One report with what its page shows. Raises Report.DoesNotExist."""
    rows = visible_reports(user).select_related("kind", "department", "handler", "merged_into")
    return rows.get(public_id=public_id)


def events_of(report: Report) -> list[ReportEvent]:
    """What happened, the newest first."""
    return list(report.events.select_related("actor").order_by("-id"))


def photos_of(report: Report) -> list[ReportPhoto]:
    """The photos with their files, as they were given."""
    return list(report.photos.select_related("file").order_by("id"))


def find_by_code(number: str, typed: str) -> Report | None:
    """The report whose number and code somebody shows. The same work for a number that is nobody's.

    The secret of the link opens it as well: reports were once told it as their code.
    """
    report = _for_reporter().filter(number=normalize_number(number)[:20]).first()
    is_right = is_code_of(report or Report(), typed) | is_secret_of(report or Report(), typed)
    return report if is_right else None


def find_by_link(public_id: str, secret: str) -> Report | None:
    """The report by the id and the secret in a link."""
    report = _for_reporter().filter(public_id=public_id).first()
    # compared with something even where there is nothing: the time of the answer must not tell
    return report if is_secret_of(report or Report(), secret) else None


def find_held(public_id: str, version: int) -> Report | None:
    """The report that a browser has shown the secret of, while that secret is in force."""
    return _for_reporter().filter(public_id=public_id, secret_version=version).first()


def export_rows(user: User, wanted: ReportFilter, now: dt.datetime | None = None) -> Iterator[Report]:
    """Reports the user may read, the oldest first, read as they are written out."""
    rows = visible_reports(user).filter(_condition(user, wanted, now or timezone.now()))
    return rows.select_related("kind", "department", "handler", "merged_into").order_by("id").iterator(chunk_size=500)


def count_reports(user: User, condition: Q, limit: int) -> int:
    """How many reports of one's departments meet the condition, counting no further than `limit`."""
    return workable_reports(user).filter(condition)[:limit].count()


def position_of(report: Report) -> Position | None:
    """Where it is, when the person said so on the map."""
    if report.latitude is None or report.longitude is None:
        return None
    return Position(report.latitude, report.longitude)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _in_departments(rows: QuerySet[Report], departments: frozenset[int] | None) -> QuerySet[Report]:
    return rows if departments is None else rows.filter(department__in=departments)


def _condition(user: User, wanted: ReportFilter, now: dt.datetime) -> Q:
    condition = Q()
    if wanted.state in ReportState.values:
        condition &= Q(state=wanted.state)
    elif not wanted.state:
        condition &= Q(is_open=True)
    if wanted.kind:
        condition &= Q(kind__key=wanted.kind)
    if wanted.handler == ME:
        condition &= Q(handler=user)
    if wanted.handler == NOBODY:
        condition &= Q(handler__isnull=True)
    if wanted.age:
        condition &= Q(received_at__lt=now - dt.timedelta(days=wanted.age))
    return condition


def _with_marks(rows: QuerySet[Report]) -> QuerySet[Report]:
    has_photo = Exists(ReportPhoto.objects.filter(report=OuterRef("pk")))
    # counted for the rows of the page: a join would group all rows before the page is cut
    twins = Report.objects.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    duplicates = Coalesce(Subquery(twins.annotate(count=Count("pk")).values("count")), 0)
    return rows.annotate(has_photo=has_photo, duplicate_count=duplicates).select_related(
        "kind", "department", "handler"
    )


def _page(rows: QuerySet[Report], after: str, size: int, *, opens_first: bool = False) -> Page:
    if after:
        last = Report.objects.filter(public_id=after).only("pk", "is_open").first()
        if last is None:
            return Page(rows=())
        following = Q(pk__lt=last.pk)
        if opens_first:
            following = Q(is_open=False) | following if last.is_open else Q(is_open=False) & following
        rows = rows.filter(following)
    found = list(rows.order_by(*(["-is_open"] if opens_first else []), "-id")[: size + 1])
    page = tuple(found[:size])
    return Page(rows=page, next_after=page[-1].public_id if len(found) > size else "")


def _near(rows: QuerySet[Report], place: Position, metres: int) -> list[Near]:
    """A box the index can look for, then the distance."""
    box = around(place, metres)
    inside = rows.filter(
        latitude__gte=box.south, latitude__lte=box.north, longitude__gte=box.west, longitude__lte=box.east
    )
    found = _by_distance(list(inside.order_by("-id")[:_CANDIDATES]), place)
    return [near for near in found if near.metres <= metres]


def _by_distance(reports: Sequence[Report], origin: Position) -> list[Near]:
    places = [(report, position_of(report)) for report in reports]
    found = [Near(report, round(metres_between(origin, place))) for report, place in places if place is not None]
    return sorted(found, key=lambda near: near.metres)


def _for_reporter() -> QuerySet[Report]:
    return Report.objects.select_related("kind", "department", "merged_into__department")
