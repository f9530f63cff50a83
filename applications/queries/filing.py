"""For whom a person may file a procedure."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications.models import Procedure
from cityhall.models import Department, User
from cityhall.queries.staff import scope_of
from residents.models import Business, Resident
from residents.queries import businesses_of, principals_of

SELF = "self"


@dataclass(frozen=True)
class Choice:
    """One possible applicant. `value` stands in the page; it is looked up here again, never trusted."""

    value: str
    label: str
    person: Resident | None = None
    business: Business | None = None


def choices_for(*, user: User, own: Resident, procedure: Procedure, on: dt.date) -> list[Choice]:
    """Oneself, people by mandate, businesses: whoever the procedure takes. Two queries at most."""
    choices: list[Choice] = []
    if procedure.is_for_people:
        choices.append(Choice(SELF, _("本人（%(name)s）") % {"name": own.full_name}))
        choices += [
            Choice(f"person:{one.public_id}", _("%(name)sさんの代理") % {"name": one.full_name}, person=one)
            for one in principals_of(own, procedure.key, on)
        ]
    if procedure.is_for_businesses:
        choices += [
            Choice(f"business:{one.public_id}", _("事業者：%(name)s") % {"name": one.name}, business=one)
            for one in businesses_of(user)
        ]
    return choices


def departments_for(user: User) -> QuerySet[Department]:
    """The departments for which a member of staff may file internal procedures."""
    return Department.objects.filter(pk__in=scope_of(user).department_ids).order_by("position", "code")
