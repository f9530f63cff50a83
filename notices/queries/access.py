"""Which notices a resident may see, and whose opening counts."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q, QuerySet

from cityhall.days import today
from cityhall.models import User
from notices.models import Notice
from notices.sources import about_procedures
from residents.models import Mandate, Resident
from residents.queries import is_protected, is_same_person, own_row_ids, resident_of, row_ids_of


class Standing(Enum):
    """By which right somebody reads a notice.

    AGENT: a mandate for everything of the recipient's, whose opening counts as theirs (民法99条). LIMITED: a mandate
    for some procedures, one of which the notice is about; the opening is recorded, and the notice stays unopened.
    """

    OWNER = "owner"
    AGENT = "agent"
    LIMITED = "limited"

    @property
    def counts(self) -> bool:
        return self is not Standing.LIMITED


@dataclass(frozen=True)
class _Mandates:
    """Whom a person may act for: in everything, and in some procedures only."""

    full: list[Resident]
    limited: list[tuple[Resident, list[str]]]


def visible_to(user: User) -> QuerySet[Notice]:
    """Notices a resident may see, newest first: their own, and those of others that a mandate of theirs covers.

    A full mandate covers everything, another one what is about its procedures. Notices made for a row that was
    merged into the person's are their own. Drafts are not there yet; withdrawn ones stay, marked. Staff see nothing
    here. With what a list shows; one notice needs more.
    """
    resident = resident_of(user)
    if resident is None:
        return Notice.objects.none()
    mandates = _mandates_of(resident, today())
    recipients = own_row_ids(user)
    if mandates.full:
        recipients = [*recipients, *row_ids_of(*mandates.full).values_list("pk", flat=True)]
    condition = Q(recipient__in=recipients)
    for principal, keys in mandates.limited:
        condition |= _covered(principal, keys)
    notices = Notice.objects.filter(condition, available_at__isnull=False)
    # practice is over when its words are gone; of everything else the evidence stays in the inbox
    notices = notices.exclude(is_practice=True, wiped_at__isnull=False)
    return notices.select_related("department").order_by("-id")


def standing_of(notice: Notice, user: User) -> Standing | None:
    """By which right this user reads the notice; None for everybody else. At most four queries."""
    resident = resident_of(user)
    if resident is None:
        return None
    if is_same_person(resident, notice.recipient):
        return Standing.OWNER
    mandates = _mandates_of(resident, today())
    if any(is_same_person(principal, notice.recipient) for principal in mandates.full):
        return Standing.AGENT
    for principal, keys in mandates.limited:
        if is_same_person(principal, notice.recipient):
            is_covered = Notice.objects.filter(_covered(principal, keys), pk=notice.pk).exists()
            return Standing.LIMITED if is_covered else None
    return None


def may_open(notice: Notice, user: User) -> bool:
    """Whether opening by this user counts: the recipient, or somebody with a mandate for everything of theirs."""
    standing = standing_of(notice, user)
    return standing is not None and standing.counts


def _covered(principal: Resident, keys: list[str]) -> Q:
    rows = list(row_ids_of(principal).values_list("pk", flat=True))
    return Q(recipient__in=rows) & about_procedures(keys, rows)


def _mandates_of(resident: Resident, on: dt.date) -> _Mandates:
    """The mandates in force, in one query; of several from one person all procedures count together.

    Without people whose address is protected: the document carries it, and no agent may see it. Without the dead: a
    right to act for somebody ends with their death (民法111条).
    """
    mandates = Mandate.objects.in_force(on).filter(agent=resident, principal__died_on__isnull=True)
    needed = mandates.select_related("principal").only(
        "procedure_keys", "principal__merged_into", "principal__protected_until"
    )
    full: dict[int, Resident] = {}
    limited: dict[int, tuple[Resident, list[str]]] = {}
    for mandate in needed:
        person = mandate.principal
        if is_protected(person, on=on):
            continue
        if mandate.procedure_keys:
            limited.setdefault(person.pk, (person, []))[1].extend(mandate.procedure_keys)
        else:
            full[person.pk] = person
    return _Mandates(list(full.values()), [pair for pk, pair in limited.items() if pk not in full])
