"""The inventory as staff read it: rows, figures, and who may change which. All in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from applications.enums import Channel
from applications.inventory.columns import headings, written
from applications.inventory.figures import Progress, Standing, progress
from applications.inventory.years import bounds, current_year
from applications.models import Application, InventoryGoal, InventoryItem, InventoryVolume
from applications.permissions import INVENTORY_ROLES
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of

__all__ = [
    "PAGE_LENGTH",
    "SORTS",
    "YEARS_SHOWN",
    "ListFilters",
    "ListRow",
    "counts_of",
    "departments_of",
    "editable",
    "export_table",
    "goals",
    "item_list",
    "known_years",
    "portal_counts",
    "progress_by_department",
    "progress_by_year",
    "standings",
]

PAGE_LENGTH: Final = 50
YEARS_SHOWN: Final = 5
SORTS: Final = {
    "code": ("code",),
    "name": ("name_kana", "name", "code"),
    "department": ("department__position", "department__code", "code"),
    "volume": ("-volume", "code"),
    "plan": ("plan", F("planned_on").asc(nulls_last=True), "code"),
}


@dataclass(frozen=True)
class ListFilters:
    """What the list shows; empty means all."""

    text: str = ""
    department: str = ""
    plan: str = ""
    bar: str = ""
    seal: str = ""
    meeting: str = ""
    year: int = 0
    sort: str = "code"
    page: int = 1


@dataclass(frozen=True)
class ListRow:
    """A row of the list: `portal` counts what this portal took in this fiscal year, None where it is not linked."""

    item: InventoryItem
    volume: int
    online: int
    portal: int | None
    is_editable: bool


def departments_of(user: User | AnonymousUser) -> set[int]:
    """Ids of the departments whose rows a person may change."""
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return set()
    scope = scope_of(user)
    if scope.is_administrator:
        return set(Department.objects.values_list("pk", flat=True))
    return {department for department, roles in scope.roles_in.items() if roles & INVENTORY_ROLES}


def editable(user: User | AnonymousUser) -> QuerySet[InventoryItem]:
    """Rows that a person may change, with their departments and procedures."""
    rows = InventoryItem.objects.select_related("department", "procedure")
    return rows.filter(department__in=departments_of(user))


def item_list(user: User, filters: ListFilters) -> tuple[list[ListRow], int]:
    """One page of rows with their volumes, and how many rows there are."""
    rows = InventoryItem.objects.filter(_condition(filters)).select_related("department")
    total = rows.count()
    in_year = Q(volumes__fiscal_year=filters.year)
    volume = Coalesce(Sum("volumes__count", filter=in_year), 0, output_field=IntegerField())
    is_online = in_year & Q(volumes__channel=Channel.ONLINE)
    online = Coalesce(Sum("volumes__count", filter=is_online), 0, output_field=IntegerField())
    start = (filters.page - 1) * PAGE_LENGTH
    ordered = rows.annotate(volume=volume, online=online).order_by(*SORTS[filters.sort])
    shown = list(ordered[start : start + PAGE_LENGTH])
    portal = portal_counts([row.procedure_id for row in shown if row.procedure_id], current_year())
    own = departments_of(user)
    return [
        ListRow(
            item=row,
            volume=row.volume,
            online=row.online,
            portal=portal.get(row.procedure_id, 0) if row.procedure_id else None,
            is_editable=row.department_id in own,
        )
        for row in shown
    ], total


def _condition(filters: ListFilters) -> Q:
    condition = Q()
    for word in filters.text.split():
        condition &= Q(name__icontains=word) | Q(name_kana__icontains=word) | Q(code__icontains=word)
    if filters.department:
        condition &= Q(department__code=filters.department)
    if filters.plan:
        condition &= Q(plan=filters.plan)
    if filters.bar:
        condition &= Q(legal_bar="") if filters.bar == "no" else ~Q(legal_bar="")
    if filters.seal:
        condition &= Q(needs_seal=filters.seal == "yes")
    if filters.meeting:
        condition &= ~Q(meeting_reason="") if filters.meeting == "any" else Q(meeting_reason=filters.meeting)
    return condition


def portal_counts(procedures: Collection[int], year: int) -> dict[int, int]:
    """Applications that this portal took in online in a fiscal year, by procedure. One aggregate query."""
    if not procedures:
        return {}
    start, end = bounds(year)
    rows = Application.objects.filter(
        procedure__in=procedures,
        submitted_at__gte=start,
        submitted_at__lt=end,
        channel=Channel.ONLINE,
        is_practice=False,
    )
    return dict(rows.order_by().values_list("procedure").annotate(number=Count("id")))


def counts_of(item: InventoryItem) -> dict[tuple[int, str], int]:
    """The volumes of a row by year and channel."""
    rows = item.volumes.values_list("fiscal_year", "channel", "count")
    return {(year, channel): count for year, channel, count in rows}


def known_years() -> list[int]:
    """Fiscal years of which there are figures, the newest first."""
    rows = InventoryVolume.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
    return list(rows.distinct())


def standings(years: Sequence[int], department: str = "") -> dict[int, list[Standing]]:
    """Every procedure with its filings, for each of the years. Two queries."""
    items = InventoryItem.objects.select_related("department")
    if department:
        items = items.filter(department__code=department)
    counts: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    volumes = InventoryVolume.objects.filter(fiscal_year__in=years)
    for item, year, channel, count in volumes.values_list("item", "fiscal_year", "channel", "count"):
        counts[year, item][channel] = count
    rows = list(items.only("code", "name", "plan", "department__name", "department__code"))
    return {year: [_standing(row, counts.get((year, row.pk), {})) for row in rows] for year in years}


def _standing(row: InventoryItem, counts: dict[str, int]) -> Standing:
    return Standing(
        pk=row.pk,
        code=row.code,
        name=row.name,
        department=row.department.name,
        department_code=row.department.code,
        plan=row.plan,
        counts=counts,
    )


def goals() -> dict[int, int]:
    """The goals in percent by fiscal year."""
    return dict(InventoryGoal.objects.values_list("fiscal_year", "percent"))


def progress_by_year(found: dict[int, list[Standing]], targets: dict[int, int]) -> list[Progress]:
    """The shares of each year, the oldest first. What may be filed online is as it stands today."""
    return [progress(f"{year}年度", found[year], targets.get(year)) for year in sorted(found)]


def progress_by_department(rows: Iterable[Standing], target: int | None) -> list[Progress]:
    """The shares of each department, those with the largest volume first."""
    groups: dict[str, list[Standing]] = defaultdict(list)
    for row in rows:
        groups[row.department].append(row)
    found = [progress(name, group, target) for name, group in groups.items()]
    return sorted(found, key=lambda one: (-one.total, one.label))


def export_table(user: User | None = None) -> tuple[list[str], Iterable[list[str | int]]]:
    """The whole inventory as a table with the years of which there are figures; of `user`'s departments only if given.

    Two queries and one for the years: the table of a city fits in memory.
    """
    years = sorted(known_years())
    items = InventoryItem.objects.select_related("department", "procedure").order_by("code")
    items = items.defer("procedure__description", "procedure__search_text", "procedure__keywords")
    if user is not None:
        items = items.filter(department__in=departments_of(user))
    counts: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    rows = InventoryVolume.objects.values_list("item", "fiscal_year", "channel", "count")
    for item, year, channel, count in rows:
        counts[item][year, channel] = count
    return headings(years), (written(item, counts[item.pk], years) for item in items)
