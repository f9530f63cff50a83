"""What a My Number card said at the desk, taken into the visit."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.services import audit
from counter.card import CardAttributes
from counter.card_values import asked_of, with_card
from counter.entries import Entries
from counter.enums import Source, VisitEventKind, VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.card import people_of
from counter.queries.visits import chosen_procedures
from counter.services.visits.states import touch

_TAKING: Final = frozenset({VisitState.OPEN, VisitState.IDENTIFIED, VisitState.FILLING})


def take_card(
    visit: Visit, attributes: CardAttributes, *, nonce: str, by: User, now: dt.datetime | None = None
) -> Visit:
    """Keep what the card of the person the visit is for says: blank questions get it, the others have it beside them.

    It stays with the visit for procedures that come later (`filling.fill_known`) and is wiped with it. A card read
    after another takes its place; the same `nonce` is the same reading. Raises StaleState. Audited.
    """
    moment = now or timezone.now()
    if visit.card.get("nonce") == nonce:
        return visit
    if visit.state not in _TAKING:
        raise StaleState
    before = Entries.of(visit)
    combined = combined_of(chosen_procedures(visit), at_desk=True)
    # what a card read before said is gone, and nothing else is: it was somebody else's, or read badly
    fresh = before.without(Source.CARD, but=asked_of(combined, attributes)) if visit.card else before
    entries = with_card(fresh, combined, attributes)
    with transaction.atomic():
        touch(
            visit,
            event=VisitEventKind.SAVED,
            by=by,
            now=moment,
            detail=Source.CARD,
            card=attributes.as_json() | {"nonce": nonce},
            values_revision=visit.values_revision + (entries.values != before.values),
            **entries.columns(),
        )
        audit.record(
            action=AuditAction.READ,
            actor=by,
            target_type="visit",
            target_id=visit.public_id,
            detail=Source.CARD,
            object_ids=[one.public_id for one in people_of(attributes)],
        )
    return visit
