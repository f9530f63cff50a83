"""What a guide advised at the desk and this desk cannot receive: it stands on the sheet the resident takes home."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from counter.models import Visit
from counter.services.visits.choosing import CHOOSING


def keep_advice(visit: Visit, guide: str, advised: Sequence[Mapping[str, Any]]) -> None:
    """Keep what this guide advised last, by its key: titles, offices, days and papers, no answer and no reason.

    Nothing is kept of a visit that chooses no more. Locks the visit; its revision stays: nobody has typed anything.
    """
    with transaction.atomic():
        row = Visit.objects.select_for_update(no_key=True).only("state", "advised").get(pk=visit.pk)
        if row.state not in CHOOSING:
            return
        kept = {key: one for key, one in row.advised.items() if key != guide}
        wanted = kept | ({guide: [dict(one) for one in advised]} if advised else {})
        if wanted != row.advised:
            Visit.objects.filter(pk=visit.pk).update(advised=wanted)
