"""Procedures whose answers can be given before a visit."""

from collections.abc import Iterable, Sequence

from applications.enums import Channel
from applications.models import Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.finding import Filters, look_up
from applications.queries.procedures import visible

UNSEEN = ("description", "eligibility", "keywords", "search_text", "catalogue_settings")
"""Long columns of a procedure that no page of the counter shows."""


def is_offered(procedure: Procedure) -> bool:
    """Whether it is one of `offered`, asked of a row that is there."""
    return procedure.has_form and procedure.is_taken_by(Channel.COUNTER) and procedure.takes_public


def offered() -> ProcedureQuerySet:
    """What the public sees and a form is filled in for at a desk; open online or not. With departments."""
    rows = visible().fillable().taken_by(Channel.COUNTER)
    return rows.select_related("current_version").defer(*UNSEEN)


def offered_by_key(keys: Iterable[str]) -> list[Procedure]:
    """The offered ones among these keys, each once, in their order. One query."""
    wanted = list(dict.fromkeys(keys))
    rows = {row.key: row for row in offered().filter(key__in=wanted)}
    return [rows[key] for key in wanted if key in rows]


def offered_pks(filters: Filters) -> list[int]:
    """Ids of the offered ones that fit the words and the life event, in the order of the list. Two statements."""
    pks = set(offered().values_list("pk", flat=True))
    return [pk for pk in look_up(filters).pks if pk in pks]


def offered_in_order(pks: Sequence[int]) -> list[Procedure]:
    """These rows in this order. One query."""
    rows = {row.pk: row for row in offered().filter(pk__in=pks)}
    return [rows[pk] for pk in pks if pk in rows]
