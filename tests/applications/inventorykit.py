"""Rows of the inventory and files of it, for tests."""

import csv
import io

from applications.enums import InventoryChannel
from applications.inventory.years import current_year
from applications.models import InventoryItem, InventoryVolume
from cityhall.enums import FileState
from cityhall.models import StoredFile

HEADS = ["整理番号", "手続名", "課コード"]
YEAR = current_year() - 1


def make_item(code="T1", *, department, name="緑化の助成", counts=(), **fields):
    """A row; `counts` are pairs of a channel and a number of last year."""
    item = InventoryItem.objects.create(code=code, name=name, department=department, **fields)
    for channel, count in dict(counts).items():
        InventoryVolume.objects.create(item=item, fiscal_year=YEAR, channel=channel, count=count)
    return item


def table(*rows, heads=HEADS, encoding="utf-8"):
    """A CSV file as a spreadsheet writes it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode(encoding)


def wanted(item, **changes):
    """What a form sends to keep a row as it is, but for some changes."""
    counts = {(row.fiscal_year, row.channel): row.count for row in item.volumes.all()}
    data = {
        "seen": item.changed_at.isoformat(),
        "code": item.code,
        "name": item.name,
        "name_kana": item.name_kana,
        "department": item.department_id,
        "procedure": item.procedure_id or "",
        "legal_basis": item.legal_basis,
        "meeting_reason": item.meeting_reason,
        "legal_bar": item.legal_bar,
        "plan": item.plan,
        "planned_on": item.planned_on or "",
        "note": item.note,
    }
    if item.needs_seal:
        data["needs_seal"] = "on"
    for year in (YEAR + 1, YEAR, YEAR - 1):
        for channel in InventoryChannel:
            data[f"count_{year}_{channel.value}"] = counts.get((year, channel.value), "")
    return data | changes


def let_pass(stored):
    """What the check of uploads does for a clean file."""
    StoredFile.objects.filter(pk=stored.pk).update(state=FileState.CLEAN)
