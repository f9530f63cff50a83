"""The procedures a resident has used, for choosing the receivers of a mass notice."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Procedure
from cityhall.conditions import Condition
from cityhall.conditions import language as tree
from cityhall.days import local_date
from cityhall.registry import SegmentFact, segment_facts

_KEY = "used"


def register_segment_facts() -> None:
    """Called once, from `AppConfig.ready`."""
    fact = SegmentFact(_KEY, _("手続を利用した方"), "last_days", _last_uses, _procedures, _users_of)
    segment_facts.register(_KEY, fact, position=30)


def _part(procedure_key: str) -> str:
    """Keys of procedures have hyphens, names in the condition language have none."""
    return procedure_key.replace("-", "_")


def _procedures() -> list[tuple[str, str]]:
    rows = Procedure.objects.order_by("name").values_list("key", "name")
    return [(_part(key), name) for key, name in rows]


def _last_uses(ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """For each procedure the day it was last filed."""
    filed = Application.objects.filter(resident__in=ids, submitted_at__isnull=False, is_practice=False)
    rows = filed.order_by().values_list("resident_id", "procedure__key").annotate(last=Max("submitted_at"))
    found: dict[int, dict[str, dt.date]] = defaultdict(dict)
    for pk, key, last in rows:
        if pk is not None:
            found[pk][f"{_KEY}.{_part(key)}"] = local_date(last)
    return found


def _users_of(part: Condition, _today: dt.date) -> Q | None:
    """Everybody who ever filed it; the days are the condition's own business."""
    match part:
        case tree.Compare("eq" | "gt" | "gte" | "lt" | "lte", tree.Answer(key), _) | tree.Filled(tree.Answer(key)):
            keys = [one for one in Procedure.objects.values_list("key", flat=True) if f"{_KEY}.{_part(one)}" == key]
            filed = Application.objects.filter(procedure__key__in=keys, submitted_at__isnull=False)
            return Q(pk__in=filed.order_by().values("resident_id"))
    return None
