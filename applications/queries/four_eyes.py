"""Whose eyes are no second pair: who filed a case, who typed it in for somebody, who proposed, who signed before."""

from collections.abc import Mapping, Sequence

from applications.models import Application, ApplicationRevision, Approval
from cityhall.models import User


def is_own_filing(user: User, application: Application) -> bool:
    """Whether a member of staff filed this themselves (庁内の申請): four eyes, others take every step of it."""
    return application.is_staffs and application.filed_by_id == user.pk


def has_typed_in(user: User, application: Application) -> bool:
    """Whether the person typed this in for somebody, or sent it: they neither decide nor approve it."""
    return user.pk in typists_of([application]).get(application.pk, ())


def typists_of(cases: Sequence[Application]) -> dict[int, set[int]]:
    """Case → who typed it in or sent a version of it; of what staff typed in for others only. One query at most."""
    taken_down = {case.pk: {case.filed_by_id} for case in cases if case.is_taken_down}
    if taken_down:
        sent = ApplicationRevision.objects.filter(application__in=taken_down)
        for case, person in sent.values_list("application", "submitted_by"):
            taken_down[case].add(person)
    return {case: {person for person in people if person is not None} for case, people in taken_down.items()}


def barred_from(proposal: Approval, typists: Mapping[int, set[int]] | None = None) -> set[int]:
    """Who signs no step of a proposal and lends nobody a right: its proposer, and whoever filed or typed the case in.

    `typists` is what `typists_of` says when somebody has asked it for many cases.
    """
    case = proposal.application
    typed = typists_of([case]) if typists is None else typists
    return {proposal.proposed_by_id, *typed.get(case.pk, ())} | ({case.filed_by_id} if case.filed_by_id else set())
