"""Giving several cases to one handler, each in a transaction of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from applications.models import Application
from applications.services.casework.handling import assign
from cityhall.errors import DomainError
from cityhall.models import User


@dataclass
class Assigned:
    """What came of it: how many were given, and why the others were not."""

    count: int = 0
    refused: list[tuple[Application, str]] = field(default_factory=list)


def assign_many(*, cases: list[Application], seen: Mapping[str, int], handler: User, by: User) -> Assigned:
    """Give cases to a handler, one by one: a case somebody changed meanwhile keeps no other back.

    `seen` maps public ids to the revisions the person saw. Audited for each case. Those who have it already are
    left as they are.
    """
    result = Assigned()
    for case in cases:
        if case.handler_id == handler.pk:
            continue
        case.revision = seen.get(case.public_id, case.revision)
        try:
            assign(application=case, handler=handler, by=by)
        except DomainError as error:
            result.refused.append((case, str(error)))
        else:
            result.count += 1
    return result
