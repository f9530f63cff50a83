"""Who stands at the desk: by which documents, for whom, with whom."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from cityhall.days import local_date
from cityhall.errors import StaleState
from cityhall.models import User
from cityhall.text import clean_text
from counter import identity
from counter.entries import Entries
from counter.enums import ACTING, ACTIVE_VISITS, Companion, Source, VisitEventKind, VisitState
from counter.errors import AuthorityMissing, CompanionUnnamed, MandateOfOthers, NotIdentifiedEnough
from counter.models import CertificateOrder, Visit
from counter.services.visits.leading import record
from counter.services.visits.states import move, touch
from residents.models import Mandate, Resident
from residents.names import fold_name
from residents.queries import living_row_of

_WHO: Final = ("resident", "companion", "companion_name", "mandate")
_READ: Final = frozenset({VisitState.REVIEWING, VisitState.SIGNED})


def identify(
    visit: Visit,
    *,
    documents: Collection[str],
    resident: Resident | None,
    by: User,
    companion: str = "",
    companion_name: str = "",
    mandate: Mandate | None = None,
    differences: Sequence[str] = (),
    now: dt.datetime | None = None,
) -> Visit:
    """Say by which documents it is known who came, and whom the visit is for; `resident` None: nobody on record.

    OPEN → IDENTIFIED; said again while the visit is active, it replaces what was said. Where that is somebody else, or
    another person acts, what was read or signed before counts no more: → FILLING. `differences` names what was
    entered otherwise than the city has it and was judged to be the same person nevertheless: names of fields only.
    Somebody else in the place of who came or acts: what a superior said of them (支援措置) is asked again.
    Raises NotIdentifiedEnough, CompanionUnnamed, AuthorityMissing, MandateOfOthers, StaleState. Audited.
    """
    moment = now or timezone.now()
    shown, name = identity.known(documents), clean_text(companion_name.strip())
    person = living_row_of(resident) if resident else None
    if companion and not name:
        raise CompanionUnnamed
    _check(shown, Companion(companion), mandate, person, local_date(moment))
    columns: dict[str, Any] = {
        "documents": shown,
        "resident": person,
        "companion": companion,
        "companion_name": name if companion else "",
        "mandate": mandate if companion in ACTING else None,
        "identified_at": moment,
        "identified_by": by,
    }
    if visit.resident_id and visit.resident_id != (person.pk if person else None):
        # what the record of somebody else had filled in
        columns |= Entries.of(visit).without(Source.RECORD).columns()
    is_other = visit.state != VisitState.OPEN and any(getattr(visit, name) != columns[name] for name in _WHO)
    if is_other:
        # signatures are for who signed
        columns |= {"values_revision": visit.values_revision + 1}
    before = _who(visit)
    detail = " ".join([*shown, companion, *(f"≠{one}" for one in differences)]).strip()
    with transaction.atomic():
        if visit.state == VisitState.OPEN or (is_other and visit.state in _READ):
            to = VisitState.FILLING if visit.state in _READ else VisitState.IDENTIFIED
            move(visit, to=to, event=VisitEventKind.IDENTIFIED, by=by, now=moment, detail=detail, **columns)
        elif visit.state in ACTIVE_VISITS:
            touch(visit, event=VisitEventKind.IDENTIFIED, by=by, now=moment, detail=detail, **columns)
        else:
            raise StaleState
        if before not in (None, _who(visit)):
            _ask_again(visit)
        record(visit, by, f"identified {detail}")
    return visit


def _who(visit: Visit) -> tuple[object, ...] | None:
    """Who came and who acts for them, as the identification says; None before it."""
    if visit.identified_at is None:
        return None
    acts = fold_name(visit.companion_name) if visit.companion in ACTING else ""
    return visit.resident_id, acts, visit.mandate_id


def _ask_again(visit: Visit) -> None:
    order = CertificateOrder.objects.filter(visit=visit).first()
    if order is None or not (order.confirmed_by or order.typed.get("confirmed_by")):
        return
    order.confirmed_by = ""
    order.typed = {key: value for key, value in order.typed.items() if key != "confirmed_by"}
    order.save(update_fields=["confirmed_by", "typed"])


def _check(
    shown: Sequence[str],
    companion: Companion,
    mandate: Mandate | None,
    resident: Resident | None,
    today: dt.date,
) -> None:
    if not identity.is_enough(shown):
        raise NotIdentifiedEnough
    if companion not in ACTING:
        return
    if mandate is None and not identity.shows_authority(shown):
        raise AuthorityMissing
    if mandate is not None and not Mandate.objects.in_force(today).filter(pk=mandate.pk, principal=resident).exists():
        raise MandateOfOthers
