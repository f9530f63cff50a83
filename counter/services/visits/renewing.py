"""Taking up the forms that the city published since a visit, or its prefill, began."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from cityhall.errors import StaleState
from cityhall.models import User
from counter.enums import VisitEventKind, VisitState
from counter.models import Visit, VisitProcedure
from counter.queries.renewals import Renewal, renewal_of
from counter.queries.visits import chosen_procedures
from counter.services.visits.states import touch

_RENEWABLE = frozenset({VisitState.IDENTIFIED, VisitState.FILLING})


def renew(visit: Visit, by: User, *, now: dt.datetime | None = None) -> Renewal | None:
    """Carry everything over to the current forms; what is new or asked otherwise is marked to be looked at.

    None when all forms were current already. Raises StaleState.
    """
    if visit.state not in _RENEWABLE:
        raise StaleState
    renewal = renewal_of(visit, chosen_procedures(visit))
    if renewal is None:
        return None
    with transaction.atomic():
        touch(
            visit,
            event=VisitEventKind.RENEWED,
            by=by,
            now=now or timezone.now(),
            detail=" ".join(one.procedure.key for one in renewal.outdated),
            values_revision=visit.values_revision + 1,
            **renewal.entries.columns(),
        )
        for one in renewal.outdated:
            version = renewal.versions.get(one.procedure_id)
            VisitProcedure.objects.filter(pk=one.pk).update(form_version=version)
    return renewal
