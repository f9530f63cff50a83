"""Whose certificate it is, looked for in the register: audited, and for who may see residents."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from counter.models import Visit
from counter.queries.certificates import order_of
from counter.queries.today import find_people
from residents.models import Resident
from residents.permissions import VIEW
from residents.queries import visible_address


@dataclass(frozen=True)
class Found:
    """What a search for whose certificate it is has found."""

    text: str
    people: Sequence[Resident]

    @property
    def rows(self) -> list[tuple[Resident, str]]:
        """Each with the address, which of the protected is shown to nobody here (支援措置)."""
        return [(one, visible_address(one, to=None)) for one in self.people]


def take_subject(user: User, visit: Visit, public_id: str) -> None:
    """Somebody whom the page names without having picked them: audited, 404 for who may not see residents."""
    order = order_of(visit)
    kept = order.typed.get("subject_person") if order and order.typed else None
    found = order.subject_resident if order and not order.typed else None
    if not public_id or public_id == (kept or (found.public_id if found else "")):
        return
    if not user.has_perm(VIEW):
        raise Http404
    audit_subject(user, visit, public_id)


def audit_subject(user: User, visit: Visit, public_id: str) -> None:
    audit.record(
        action=AuditAction.READ,
        actor=user,
        target_type="resident",
        detail=f"subject of visit {visit.public_id}",
        object_ids=[public_id[:22]],
    )


def find_subjects(user: User, visit: Visit, text: str) -> Found:
    """Whom the words may mean; audited. 404 for who may not see residents."""
    if not user.has_perm(VIEW):
        raise Http404
    people = find_people(text) if text else []
    if text:
        audit.record(
            action=AuditAction.SEARCH,
            actor=user,
            target_type="resident",
            detail=f"subject of visit {visit.public_id}",
            object_ids=[one.public_id for one in people],
        )
    return Found(text, people)
