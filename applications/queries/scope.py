"""Which cases a member of staff may see or act on. Every staff queryset of this app starts here."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.enums import ApplicationState, ApprovalState, EventKind
from applications.models import Application, Approval, ApprovalDelegate, ApprovalSignature
from applications.permissions import NEEDED_RIGHT, STATES_FOR, CaseAction, CaseRight
from applications.queries.four_eyes import has_typed_in, is_own_filing
from applications.queries.reach import CaseScope, holders, scope_for
from applications.queries.standing_in import in_force, signer_of
from applications.queries.surveys import no_answers
from cityhall.days import today
from cityhall.models import User
from cityhall.queries.staff import scope_of

__all__ = [
    "CaseScope",
    "allowed_actions",
    "has_typed_in",
    "is_own_filing",
    "may",
    "may_read",
    "possible_handlers",
    "scope_for",
    "visible_cases",
    "waiting_approval",
]


_OF_ANOTHER = (CaseAction.DECIDE, CaseAction.APPROVE)
"""Steps that are another person's than who typed the case in (constraint `application_typed_in_decided_by_another`)."""


def visible_cases(user: User | AnonymousUser) -> QuerySet[Application]:
    """Cases a member of staff may read. A draft is nobody's business but the applicant's, withdrawn or not.

    Beside those of their scope: what waits for a signature of their department, and what they signed.
    """
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return Application.objects.none()
    scope = scope_for(user)
    filed = Application.objects.filter(no_answers(), submitted_at__isnull=False)
    if scope.everywhere:
        return filed
    return filed.filter(scope.condition() | _waits_for_department_of(user) | _signed_by(user))


def _waits_for_department_of(user: User) -> Q:
    """Cases of other departments whose next step is signed in a department where the person approves, or stands in."""
    waiting = Approval.objects.filter(application=OuterRef("pk"), state=ApprovalState.WAITING)
    condition = Q(turn_department__in=scope_for(user, CaseRight.APPROVE).department_ids)
    stands_in = ApprovalDelegate.objects.filter(in_force(today()), delegate=user)
    condition |= Q(Exists(stands_in), turn_department__in=scope_for(user, CaseRight.PROCESS).department_ids)
    return Q(Exists(waiting.filter(condition)), state=ApplicationState.APPROVING)


def _signed_by(user: User) -> Q:
    return Q(Exists(ApprovalSignature.objects.filter(approval__application=OuterRef("pk"), signed_by=user)))


def may_read(user: User | AnonymousUser, application: Application) -> bool:
    """Whether a member of staff may read this case. Residents' own rights are not decided here."""
    if application.submitted_at is None or application.is_survey_answer:
        return False
    return scope_for(user).covers(application) or visible_cases(user).filter(pk=application.pk).exists()


def possible_handlers(application: Application) -> QuerySet[User]:
    """Staff whose roles today let them process a case: of its department, or of one that was granted it."""
    handlers = holders(CaseRight.PROCESS, department_id=application.department_id, case=application)
    if application.is_staffs and application.filed_by_id is not None:
        handlers = handlers.exclude(pk=application.filed_by_id)
    return handlers.order_by("name", "pk")


def waiting_approval(application: Application) -> Approval | None:
    """The proposal that waits for an approver."""
    if application.state != ApplicationState.APPROVING:
        return None
    waiting = application.approvals.filter(state=ApprovalState.WAITING).select_related("proposed_by")
    proposal = waiting.prefetch_related("signatures").first()
    if proposal is not None:
        # the case that the caller has, with its procedure and department
        proposal.application = application
    return proposal


def may(user: User, application: Application, action: CaseAction) -> bool:
    """Whether role and scope give a person the right to a step, whatever the state of the case.

    Of a case that was disposed of nothing is left to work on. Who typed it in for somebody does not decide it alone.
    Taking back one's own proposal needs no approver; a step of a chain may be signed in another department, and by
    somebody who stands in for an approver who is away.
    """
    if application.submitted_at is None or application.disposed_at is not None or is_own_filing(user, application):
        return False
    if action == CaseAction.UNHOLD:
        return _may_unhold(user, application)
    if action in _OF_ANOTHER and has_typed_in(user, application):
        return False
    if scope_for(user, NEEDED_RIGHT[action]).covers(application):
        return True
    if action == CaseAction.APPROVE:
        return _is_among_signers(user, application)
    return action == CaseAction.SEND_BACK and (
        _may_take_back(user, application) or _is_among_signers(user, application)
    )


def _may_take_back(user: User, application: Application) -> bool:
    proposal = waiting_approval(application)
    return (
        proposal is not None
        and proposal.proposed_by_id == user.pk
        and scope_for(user, CaseRight.PROCESS).covers(application)
    )


def _is_among_signers(user: User, application: Application) -> bool:
    """Whether some step of the newest proposal is this person's, signed or to come."""
    newest = application.approvals.order_by("-id").prefetch_related("signatures").first()
    if newest is None:
        return False
    newest.application = application
    return signer_of(user).is_among(newest)


def _may_unhold(user: User, application: Application) -> bool:
    """Who recorded the visit while they receive such cases, and administrators."""
    if scope_of(user).is_administrator:
        return True
    held = application.events.filter(kind=EventKind.HELD).order_by("-id").first()
    return held is not None and held.actor_id == user.pk and scope_for(user, CaseRight.RECEIVE).covers(application)


def allowed_actions(user: User, application: Application) -> frozenset[CaseAction]:
    """The steps a person may take now: right, scope, state, and the way its procedure is decided."""
    state = ApplicationState(application.state)
    steps = {action for action, states in STATES_FOR.items() if state in states} - _closed_steps(application)
    actions = {action for action in steps if may(user, application, action)}
    if CaseAction.APPROVE in actions:
        proposal = waiting_approval(application)
        if proposal is None or signer_of(user).refusal(proposal) is not None:
            actions.discard(CaseAction.APPROVE)
    return frozenset(actions)


def _closed_steps(application: Application) -> frozenset[CaseAction]:
    """Steps that the procedure or what happened so far leaves no place for, whatever the state."""
    closed = {CaseAction.DECIDE if application.procedure.needs_approval else CaseAction.PROPOSE}
    closed.add(CaseAction.COMPLETE if application.awaits_visit else CaseAction.HOLD)
    if application.visit_held_on is None:
        closed.add(CaseAction.UNHOLD)
    return frozenset(closed)
