"""What was entered in a visit, held against the record of who it is for."""

from collections.abc import Sequence
from typing import Final

from cityhall.models import User
from counter.comparing import compare, entered_in
from counter.enums import VisitEventKind, VisitState
from counter.forms import combined_of
from counter.models import Visit, VisitEvent, VisitProcedure
from counter.queries.veils import entries_for
from counter.queries.visits import chosen_procedures
from residents.queries import visible_address

_JUDGED: Final = (VisitEventKind.IDENTIFIED, VisitEventKind.REDEEMED)


def entered_for(visit: Visit, reader: User, chosen: Sequence[VisitProcedure]) -> dict[str, str]:
    """What was typed of who it is, as far as the reader may see it."""
    if not visit.values:
        return {}
    combined = combined_of(chosen, at_desk=True)
    return entered_in(combined, entries_for(visit, combined, reader).values)


def is_unjudged(visit: Visit) -> bool:
    """Whether a code brought answers after the identification that differ from the record, as who leads it sees them.

    Identified once more, somebody has looked at the differences.
    """
    if visit.state != VisitState.IDENTIFIED or visit.resident is None or not _is_read_late(visit):
        return False
    last = VisitEvent.objects.filter(visit=visit, kind__in=_JUDGED).order_by("-id").first()
    if last is None or last.kind != VisitEventKind.REDEEMED:
        return False
    entered = entered_for(visit, visit.clerk, chosen_procedures(visit))
    address = visible_address(visit.resident, to=visit.clerk)
    return any(one.is_different for one in compare(entered, visit.resident, address=address))


def _is_read_late(visit: Visit) -> bool:
    """Without a statement: whether the code may have been read after the identification; mostly it was before."""
    if visit.prefill is None or visit.identified_at is None:
        return False
    ended_at = visit.prefill.ended_at
    # None where this very request has read it
    return ended_at is None or ended_at >= visit.identified_at
