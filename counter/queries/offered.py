"""Procedures whose answers can be given before a visit."""

from collections.abc import Iterable, Sequence

from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from applications.enums import Channel, ProcedureMode, ProcedureState
from applications.models import Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.queries.finding import Filters, look_up
from applications.queries.procedures import visible

# JSON is not searched on both databases alike; its text is
_AT_A_DESK = Contains(Cast("channels", TextField()), f'"{Channel.COUNTER.value}"')
UNSEEN = ("description", "eligibility", "keywords", "search_text", "catalogue_settings")
"""Long columns of a procedure that no page of the counter shows."""


def has_form(procedure: Procedure) -> bool:
    """Whether the public sees the procedure and it is more than a guide: published, with a form to fill in."""
    is_shown = procedure.state == ProcedureState.PUBLISHED and procedure.mode != ProcedureMode.GUIDE_ONLY
    return is_shown and procedure.current_version_id is not None


def is_at_desks(procedure: Procedure) -> bool:
    """Whether a desk takes it, whatever the portal does."""
    return Channel.COUNTER in procedure.channels


def offered() -> ProcedureQuerySet:
    """What the public sees and a form is filled in for at a desk; open online or not. With departments.

    In the database what `has_form` and `is_at_desks` ask of a row; only what takes filings of the public.
    """
    rows = visible().exclude(mode=ProcedureMode.GUIDE_ONLY).filter(_AT_A_DESK, current_version__isnull=False)
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
