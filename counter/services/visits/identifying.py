"""Who stands at the desk: by which documents, for whom, with whom."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

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

_READ: Final = frozenset({VisitState.REVIEWING, VisitState.SIGNED})


class Who(NamedTuple):
    """Keys of who came and of the mandate, and the second person with the name folded."""

    resident: int | None
    companion: str
    name: str
    mandate: int | None


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
    said = who_said(resident=person, companion=companion, name=name, mandate=mandate)
    is_other = visit.state != VisitState.OPEN and who_of(visit) != said
    columns = _columns(visit, person, companion, name, mandate, is_other=is_other)
    columns |= {"documents": shown, "identified_at": moment, "identified_by": by}
    before = _acting(visit)
    detail = " ".join([*shown, companion, *(f"≠{one}" for one in differences)]).strip()
    with transaction.atomic():
        _write(visit, columns, is_other=is_other, by=by, now=moment, detail=detail)
        if before not in (None, _acting(visit)):
            _ask_again(visit)
        record(visit, by, f"identified {detail}")
    return visit


def _write(visit: Visit, columns: dict[str, Any], *, is_other: bool, by: User, now: dt.datetime, detail: str) -> None:
    """Raises StaleState."""
    event = VisitEventKind.IDENTIFIED
    if visit.state == VisitState.OPEN or (is_other and visit.state in _READ):
        to = VisitState.FILLING if visit.state in _READ else VisitState.IDENTIFIED
        move(visit, to=to, event=event, by=by, now=now, detail=detail, **columns)
    elif visit.state in ACTIVE_VISITS:
        touch(visit, event=event, by=by, now=now, detail=detail, **columns)
    else:
        raise StaleState


def who_of(visit: Visit) -> Who:
    """Who the visit says came, and with whom."""
    return Who(visit.resident_id, visit.companion, _folded(visit.companion, visit.companion_name), visit.mandate_id)


def who_said(*, resident: Resident | None, companion: str, name: str, mandate: Mandate | None) -> Who:
    """Who came and with whom, to be compared: a name in another shape or with another blank is the same person's."""
    person, acts = living_row_of(resident) if resident else None, companion in ACTING
    return Who(
        person.pk if person else None, companion, _folded(companion, name), mandate.pk if mandate and acts else None
    )


def _folded(companion: str, name: str) -> str:
    return fold_name(clean_text(name)) if companion else ""


def _acting(visit: Visit) -> tuple[object, ...] | None:
    """Who came and who acts for them, as the identification says: nobody who interprets; None before it."""
    if visit.identified_at is None:
        return None
    who = who_of(visit)
    return who.resident, who.name if who.companion in ACTING else "", who.mandate


def _columns(
    visit: Visit, person: Resident | None, companion: str, name: str, mandate: Mandate | None, *, is_other: bool
) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "resident": person,
        "companion": companion,
        "companion_name": name if companion else "",
        "mandate": mandate if companion in ACTING else None,
    }
    if visit.resident_id and visit.resident_id != (person.pk if person else None):
        # what the record of somebody else had filled in
        columns |= Entries.of(visit).without(Source.RECORD).columns()
    if is_other:
        # signatures are for who signed
        columns |= {"values_revision": visit.values_revision + 1}
    return columns


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
