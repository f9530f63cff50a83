"""One row of the inventory, saved from its page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import InventoryItem, InventoryVolume
from applications.queries.inventory import counts_of, departments_of
from cityhall.db import violated
from cityhall.enums import AuditAction
from cityhall.errors import DomainError, StaleState
from cityhall.models import User
from cityhall.services import audit

Counts = Mapping[tuple[int, str], int | None]
"""By fiscal year and channel; None where nobody has counted."""


class ItemChanged(StaleState):
    """Somebody else saved the row first."""

    code = "item_changed"
    message = _(
        "別の画面で、この手続が先に変更されました。入力した内容はまだ保存されていません。"
        "下の「ほかの人が変更した内容」を確認し、よければもう一度保存してください。"
    )


class CodeTaken(DomainError):
    """Another row has this number."""

    code = "code_taken"
    message = _("この整理番号は、ほかの手続で使われています。別の番号を入力してください。")


class ItemRefused(DomainError):
    """The row would break a rule that the database knows."""

    code = "item_refused"


class NotYours(DomainError):
    """The row belongs, or would belong, to a department of others."""

    code = "not_yours"
    message = _("担当する課の手続だけを変更できます。所管課を確認してください。")


_CONSTRAINTS = {
    "inventory_planned_has_date": _("「予定あり」の手続には予定日を入れてください。"),
    "applications_inventoryitem_procedure_id_key": _(
        "このポータルの手続は、棚卸のほかの行につながっています。手続を選び直してください。"
    ),
}


def seen_of(item: InventoryItem | None) -> str:
    """What a page names as the row it was made from."""
    return item.changed_at.isoformat() if item is not None else ""


def save_item(
    *,
    item: InventoryItem | None,
    values: Mapping[str, Any],
    counts: Counts,
    seen: str,
    by: User,
    now: dt.datetime | None = None,
) -> InventoryItem:
    """Make or change a row with its volumes, by conditional update on when it was changed last. Audited by field name.

    Years and channels that `counts` does not name stay. Nothing that differs: nothing written. Raises
    ItemChanged, CodeTaken, ItemRefused, NotYours.
    """
    own = departments_of(by)
    if values["department"].pk not in own or (item is not None and item.department_id not in own):
        raise NotYours
    moment = now or timezone.now()
    try:
        with transaction.atomic():
            if item is None:
                return _create(values, counts, by, moment)
            if seen != seen_of(item):
                raise ItemChanged
            return _change(item, values, counts, by, moment)
    except IntegrityError as error:
        raise _refusal(error) from None


def _create(values: Mapping[str, Any], counts: Counts, by: User, now: dt.datetime) -> InventoryItem:
    item = InventoryItem.objects.create(**values, changed_at=now)
    _write_counts(item, {}, counts)
    record(item, by, AuditAction.CREATE)
    return item


def _change(
    item: InventoryItem, values: Mapping[str, Any], counts: Counts, by: User, now: dt.datetime
) -> InventoryItem:
    before = counts_of(item)
    changed = {name: value for name, value in values.items() if getattr(item, name) != value}
    names = [*changed, *(["volumes"] if any(before.get(key) != count for key, count in counts.items()) else [])]
    if not names:
        return item
    # of two savings at once the second finds nothing to change, and writes no volumes either
    same = InventoryItem.objects.filter(pk=item.pk, changed_at=item.changed_at)
    if not same.update(**changed, changed_at=now):
        raise ItemChanged
    _write_counts(item, before, counts)
    saved = InventoryItem.objects.select_related("department", "procedure").get(pk=item.pk)
    record(saved, by, AuditAction.CHANGE, changed_fields=names)
    return saved


def _write_counts(item: InventoryItem, before: Mapping[tuple[int, str], int], counts: Counts) -> None:
    for (year, channel), count in sorted(counts.items()):
        if before.get((year, channel)) == count:
            continue
        if count is None:
            item.volumes.filter(fiscal_year=year, channel=channel).delete()
        else:
            InventoryVolume.objects.update_or_create(
                item=item, fiscal_year=year, channel=channel, defaults={"count": count}
            )


def _refusal(error: IntegrityError) -> Exception:
    name = violated(error)
    if name == "applications_inventoryitem_code_key":
        return CodeTaken()
    return ItemRefused(_CONSTRAINTS[name]) if name in _CONSTRAINTS else error


def record(item: InventoryItem, by: User, action: AuditAction, *, changed_fields: list[str] | None = None) -> None:
    """The change as an event of the audit trail."""
    audit.record(
        action=action,
        actor=by,
        target_type="applications.inventoryitem",
        target_id=item.code,
        target_label=item.name,
        department_code=item.department.code,
        changed_fields=changed_fields or [],
    )
