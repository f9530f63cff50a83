"""What can be filed at a desk, and why something cannot."""

import datetime as dt

from applications.enums import Channel
from applications.models import Procedure
from applications.models.procedure import ProcedureQuerySet
from applications.permissions import CaseRight
from applications.queries.finding import matching
from applications.queries.intake import receivable
from applications.queries.reach import scope_for
from applications.services.drafts import NotOpen
from applications.services.receptions import NotThisWay
from cityhall.days import local_date
from cityhall.models import User
from counter.errors import NotInMandate, TakenElsewhere
from counter.models import Visit
from residents.queries import living_row_of, mandate_between

MOST_FOUND = 20


def fileable(user: User) -> ProcedureQuerySet:
    """Published procedures that this member of staff may receive, with what a list shows of them."""
    return receivable(user).select_related("department", "current_version").order_by("name_kana", "id")


def find_procedures(user: User, text: str) -> list[Procedure]:
    """Those that fit the words and can be filed at the counter, the best first."""
    pks = matching(text)[: 3 * MOST_FOUND] if text.strip() else []
    rows = {row.pk: row for row in fileable(user).filter(pk__in=pks)}
    found = [rows[pk] for pk in pks if pk in rows and rows[pk].is_taken_by(Channel.COUNTER)]
    return found[:MOST_FOUND]


def hindrance_of(procedure: Procedure, user: User, now: dt.datetime) -> str:
    """Why this member of staff cannot take a filing of the procedure at a counter now, in a sentence, or "".

    The opening period of the portal does not bind a counter: what the city withdrew does, and whose desk it is.
    """
    if not procedure.has_form:
        return str(NotOpen())
    if not procedure.is_taken_by(Channel.COUNTER):
        return str(NotThisWay())
    if is_of_others(procedure, user):
        return str(TakenElsewhere(procedure.department.name, procedure.department.place))
    return ""


def is_of_others(procedure: Procedure, user: User) -> bool:
    """Whether another department receives it than this member of staff does."""
    return not scope_for(user, CaseRight.RECEIVE).covers_procedure(procedure)


def hindrance_in(visit: Visit, procedure: Procedure, user: User, now: dt.datetime) -> str:
    """The same in a visit: who came by a mandate files what it is for."""
    if hindrance := hindrance_of(procedure, user, now):
        return hindrance
    return "" if is_in_mandate(visit, procedure, now) else str(NotInMandate([procedure.name]))


def is_in_mandate(visit: Visit, procedure: Procedure, now: dt.datetime) -> bool:
    """Whether the mandate of who came, or another that they hold of the same person, is for a procedure; True where
    nobody came by a mandate.
    """
    mandate, person = visit.mandate, visit.resident
    if mandate is None or person is None or mandate.covers(procedure.key):
        return True
    principal, today = living_row_of(person), local_date(now)
    other = mandate_between(agent=mandate.agent, principal=principal, procedure_key=procedure.key, on=today)
    return other is not None
