"""The inventory out of a file: looked at first, then taken over; the same file twice changes nothing."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import fingerprint
from applications.inventory.columns import texts, volume_heading
from applications.inventory.reading import Cell, Problem, Row, Sheet, read_sheet
from applications.models import InventoryItem, InventoryVolume, Procedure
from applications.queries.inventory import departments_of
from applications.services import imports
from cityhall import workbooks
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError
from cityhall.models import Department, StoredFile, User
from cityhall.services import audit
from cityhall.workbook_reading import is_workbook

_CSV: Final = "text/csv"
CONTENT_TYPES: Final = frozenset({_CSV, workbooks.CONTENT_TYPE})
_MADE_BY_TWO: Final = frozenset({"applications_inventoryitem_code_key", "applications_inventoryitem_procedure_id_key"})
"""The same number, or the same procedure of the portal, by somebody else between our look and our writing."""
_PIECE: Final = 500


class ProblemsLeft(DomainError):
    """The file has rows that cannot be taken over, and nobody chose to leave them out."""

    code = "problems_left"
    message = gettext_lazy(
        "取り込めない行があります。ファイルを直してもう一度選ぶか、「問題のある行を除いて取り込む」を選んでください。"
    )


class PlanKind(StrEnum):
    NEW = auto()
    CHANGED = auto()
    UNCHANGED = auto()
    PROBLEM = auto()


@dataclass
class Plan:
    """What a row of the file comes to; `lines` say heading, old and new value of what differs."""

    row: Row
    kind: PlanKind
    item: InventoryItem | None = None
    values: dict[str, Any] = field(default_factory=dict)
    counts: dict[Cell, int | None] = field(default_factory=dict)
    lines: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Sight:
    """A file beside the database. `seen` marks both: taking over names it."""

    plans: tuple[Plan, ...]
    seen: str

    def of(self, kind: PlanKind) -> list[Plan]:
        return [plan for plan in self.plans if plan.kind == kind]

    @property
    def problems(self) -> list[Problem]:
        return [problem for plan in self.of(PlanKind.PROBLEM) for problem in plan.row.problems]

    @property
    def doable(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.kind in (PlanKind.NEW, PlanKind.CHANGED)]


def keep_file(*, name: str, data: bytes, by: User, now: dt.datetime | None = None) -> StoredFile:
    """Store an upload for a day, in quarantine, once it is seen to be a table. Raises InventoryFileRefused."""
    read_sheet(data)
    content_type = workbooks.CONTENT_TYPE if is_workbook(data) else _CSV
    return imports.keep(name=name, data=data, content_type=content_type, by=by, now=now)


def read_file(stored: StoredFile) -> Sheet:
    """The rows of an upload, before anything is locked. Raises FileGone, InventoryFileRefused."""
    return read_sheet(imports.bytes_of(stored))


def check_sheet(sheet: Sheet, *, by: User) -> Sight:
    """What taking the file over would change; nothing is written. Five queries whatever its length."""
    return _Ground(sheet, by).sight()


def take_over(
    *,
    stored: StoredFile,
    sheet: Sheet,
    seen: str,
    leaves_out_problems: bool,
    by: User,
    now: dt.datetime | None = None,
) -> tuple[int, int]:
    """Write what the file says; how many rows are new and how many changed. One transaction: all of it or nothing.

    Locks the file, then the rows in the order of their ids. Audited. Raises ProblemsLeft, FileNotChecked,
    FileGone, ChangedSinceLook.
    """
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            imports.lock(stored)
            ground = _Ground(sheet, by, locks=True)
            sight = ground.sight()
            if sight.problems and not leaves_out_problems:
                raise ProblemsLeft
            if not sight.doable:
                return 0, 0
            if sight.seen != seen:
                raise imports.ChangedSinceLook
            _write(sight.doable, moment)
            _record(sight.doable, by)
    except IntegrityError as error:
        if violated(error) in _MADE_BY_TWO:
            raise imports.ChangedSinceLook from None
        raise
    return len(sight.of(PlanKind.NEW)), len(sight.of(PlanKind.CHANGED))


class _Ground:
    """What the database holds of a file's rows."""

    def __init__(self, sheet: Sheet, by: User, *, locks: bool = False) -> None:
        self._sheet = sheet
        self._departments = {row.code: row for row in Department.objects.all()}
        self._own = departments_of(by)
        codes = {row.values["code"] for row in sheet.rows if row.values.get("code")}
        items = InventoryItem.objects.filter(code__in=codes).order_by("pk")
        if locks:
            # two files at once: the second sees what the first has written
            list(items.select_for_update().values_list("pk", flat=True))
        self._items = {item.code: item for item in items.select_related("department", "procedure")}
        self._counts: dict[int, dict[tuple[int, str], int]] = {item.pk: {} for item in self._items.values()}
        years = {year for year, _channel in sheet.cells}
        volumes = InventoryVolume.objects.filter(item__in=self._counts, fiscal_year__in=years)
        for item, year, channel, count in volumes.values_list("item", "fiscal_year", "channel", "count"):
            self._counts[item][year, channel] = count
        keys = {row.values["procedure"] for row in sheet.rows if row.values.get("procedure")}
        self._procedures = {
            row.key: row for row in Procedure.objects.filter(key__in=keys).select_related("inventory_item")
        }

    def sight(self) -> Sight:
        plans = tuple(self._plan(row) for row in self._sheet.rows)
        stamps = {item.code: item.changed_at.isoformat() for item in self._items.values()}
        lines = [[plan.row.number, plan.kind.value, plan.lines] for plan in plans]
        return Sight(plans, fingerprint({"stamps": stamps, "plans": lines}))

    def _plan(self, row: Row) -> Plan:
        # what is found beside the database belongs to this look: the sheet may be looked at again
        row = replace(row, problems=[*row.problems])
        item = self._items.get(row.values.get("code", ""))
        values = self._resolved(row, item)
        if row.problems:
            return Plan(row, PlanKind.PROBLEM)
        before = self._counts[item.pk] if item is not None else {}
        counts = {cell: count for cell, count in row.counts.items() if before.get((cell[0], cell[1].value)) != count}
        if item is not None:
            values = {name: value for name, value in values.items() if getattr(item, name) != value}
        lines = [*_lines(item, values), *_count_lines(before, counts)]
        kind = PlanKind.NEW if item is None else PlanKind.CHANGED if lines else PlanKind.UNCHANGED
        return Plan(row, kind, item, values, counts, lines)

    def _resolved(self, row: Row, item: InventoryItem | None) -> dict[str, Any]:
        """The values with rows in the place of keys; what cannot be is added to the row's problems."""
        values = dict(row.values)
        department = self._departments.get(values.get("department", ""))
        if "department" in values:
            values["department"] = department
            if department is None:
                row.refuse("課コード", _("この課コードの課はありません。"))
            elif department.pk not in self._own or (item is not None and item.department_id not in self._own):
                row.refuse("課コード", _("担当する課の手続ではありません。"))
        if "procedure" in values:
            values["procedure"] = self._procedure(row, item)
        self._check_plan(row, values, item)
        return values

    def _procedure(self, row: Row, item: InventoryItem | None) -> Procedure | None:
        key = row.values["procedure"]
        if not key:
            return None
        procedure = self._procedures.get(key)
        if procedure is None:
            row.refuse("ポータルの手続キー", _("このキーの手続は、ポータルにありません。"))
            return None
        linked = getattr(procedure, "inventory_item", None)
        if linked is not None and (item is None or linked.pk != item.pk):
            message = _("整理番号「%(code)s」の行につながっています。") % {"code": linked.code}
            row.refuse("ポータルの手続キー", message)
        return procedure

    def _check_plan(self, row: Row, values: Mapping[str, Any], item: InventoryItem | None) -> None:
        """A file without one of the two columns leaves the other as it is: together they must fit."""
        if row.problems or not {"plan", "planned_on"} & self._sheet.fields:
            return
        old = item or InventoryItem()
        plan, day = values.get("plan", old.plan), values.get("planned_on", old.planned_on)
        if plan == "planned" and day is None:
            row.refuse("予定日", _("「予定あり」の手続には予定日を入れてください。"))


def _lines(item: InventoryItem | None, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    columns = {column.field: column for column in texts()}
    found = []
    for name, value in values.items():
        write = columns[name].write
        old = write(getattr(item, name)) if item is not None else ""
        if (new := write(value)) != old:
            found.append((columns[name].heading, old, new))
    return found


def _count_lines(
    before: Mapping[tuple[int, str], int], counts: Mapping[Cell, int | None]
) -> list[tuple[str, str, str]]:
    found = []
    for (year, channel), count in counts.items():
        old = before.get((year, channel.value))
        shown = ["" if number is None else f"{number:,}" for number in (old, count)]
        found.append((volume_heading(year, channel), shown[0], shown[1]))
    return found


def _write(plans: Collection[Plan], now: dt.datetime) -> None:
    """Rows first, then their volumes, in pieces: 1,200 rows are a few statements."""
    new = [plan for plan in plans if plan.kind == PlanKind.NEW]
    for plan in new:
        plan.item = InventoryItem(**plan.values, changed_at=now)
    InventoryItem.objects.bulk_create([plan.item for plan in new if plan.item], batch_size=_PIECE)
    old = [plan for plan in plans if plan.kind == PlanKind.CHANGED]
    for plan in old:
        for name, value in {**plan.values, "changed_at": now}.items():
            setattr(plan.item, name, value)
    fields = sorted({name for plan in old for name in plan.values} | {"changed_at"})
    InventoryItem.objects.bulk_update([plan.item for plan in old if plan.item], fields, batch_size=_PIECE)
    _write_counts(plans)


def _write_counts(plans: Collection[Plan]) -> None:
    rows, gone = [], []
    for plan in plans:
        for (year, channel), count in plan.counts.items():
            if count is None:
                gone.append((plan.item, year, channel))
            else:
                rows.append(InventoryVolume(item=plan.item, fiscal_year=year, channel=channel, count=count))
    InventoryVolume.objects.bulk_create(
        rows,
        batch_size=_PIECE,
        update_conflicts=True,
        unique_fields=["item", "fiscal_year", "channel"],
        update_fields=["count"],
    )
    for item, year, channel in gone:
        InventoryVolume.objects.filter(item=item, fiscal_year=year, channel=channel).delete()


def _record(plans: Collection[Plan], by: User) -> None:
    """One event for the file, with the numbers of its rows."""
    audit.record(
        action=AuditAction.IMPORT,
        actor=by,
        target_type="applications.inventoryitem",
        object_ids=[plan.row.values["code"] for plan in plans],
        changed_fields=sorted({heading for plan in plans for heading, _old, _new in plan.lines}),
    )
