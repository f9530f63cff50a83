"""Which notices a resident may see, and whose opening counts."""

import datetime as dt

from django.db.models import QuerySet

from cityhall.days import today
from cityhall.models import User
from notices.models import Notice
from residents.models import Mandate, Resident
from residents.queries import is_protected, is_same_person, own_row_ids, resident_of, row_ids_of


def visible_to(user: User) -> QuerySet[Notice]:
    """Notices a resident may see, newest first: their own and those of people they hold a full mandate for.

    Notices made for a row that was merged into the person's are their own. Drafts are not there yet;
    withdrawn ones stay, marked. Staff see nothing here. With what a list shows; one notice needs more.
    """
    resident = resident_of(user)
    if resident is None:
        return Notice.objects.none()
    recipients = own_row_ids(user)
    if principals := _full_principals(resident, today()):
        recipients = [*recipients, *row_ids_of(*principals).values_list("pk", flat=True)]
    notices = Notice.objects.filter(recipient__in=recipients, available_at__isnull=False)
    return notices.select_related("department").order_by("-id")


def may_open(notice: Notice, user: User) -> bool:
    """Whether opening by this user counts: the recipient, or somebody with a mandate for everything of theirs."""
    resident = resident_of(user)
    if resident is None:
        return False
    if is_same_person(resident, notice.recipient):
        return True
    return any(is_same_person(principal, notice.recipient) for principal in _full_principals(resident, today()))


def _full_principals(resident: Resident, on: dt.date) -> list[Resident]:
    """People who gave a mandate for all procedures: a notice may be about anything.

    Without those whose address is protected: the document carries it, and no agent may see it.
    """
    mandates = Mandate.objects.in_force(on).filter(agent=resident).select_related("principal")
    needed = mandates.only("procedure_keys", "principal__merged_into", "principal__protected_until")
    people = (mandate.principal for mandate in needed if not mandate.procedure_keys)
    return [person for person in people if not is_protected(person, on=on)]
