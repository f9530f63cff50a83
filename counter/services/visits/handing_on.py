"""A procedure that another department receives leaves the visit; what was said for it waits under a code for there."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from applications.models import Procedure
from cityhall.models import User
from counter.combined import CarriedOver, carry_over
from counter.enums import Source
from counter.forms import combined_of
from counter.models import Visit, VisitProcedure
from counter.queries.visits import chosen_procedures
from counter.services import prefills
from counter.services.prefills.keeping import form_of_visit
from counter.services.visits.choosing import drop

_OF_CITY = frozenset({Source.RECORD, Source.CARD})
"""What the other desk reads itself, once it knows who came."""


def hand_on(
    visit: Visit, procedure: Procedure, *, token: str, reason: str, by: User, now: dt.datetime | None = None
) -> CarriedOver:
    """Take a procedure out, and keep what people said for its form as a prefill under this token.

    One transaction; the same token twice is one prefill. Raises ReasonMissing, NotOpen, StaleState. Locks the visit.
    """
    moment = now or timezone.now()
    with transaction.atomic():
        chosen = chosen_procedures(visit)
        said = _said_for(visit, procedure, chosen)
        carried = drop(visit, procedure, reason=reason, by=by, now=moment)
        if all(one.procedure_id != procedure.pk for one in chosen):
            # dropped before: what was kept then stays as it is
            return carried
        prefills.keep(
            token=token,
            procedures=[procedure],
            values=said,
            language=visit.language,
            is_practice=visit.is_practice,
            now=moment,
        )
    return carried


def _said_for(visit: Visit, procedure: Procedure, chosen: Sequence[VisitProcedure]) -> dict[str, Any]:
    """In the form of today of this procedure alone."""
    alone = VisitProcedure(visit=visit, procedure=procedure, form_version=form_of_visit(procedure))
    said = {key: value for key, value in visit.values.items() if visit.sources.get(key) not in _OF_CITY}
    old, new = combined_of(chosen, at_desk=True), combined_of([alone])
    return dict(carry_over(old, new, said).values)
