"""Which cases a member of staff may see or act on. Every staff queryset of this app starts here."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.enums import ApplicationState, EventKind
from applications.models import Application, Approval
from applications.permissions import GRANT_RIGHTS, NEEDED_RIGHT, ROLE_RIGHTS, STATES_FOR, CaseAction, CaseRight
from cityhall.days import today
from cityhall.enums import Role
from cityhall.models import GrantedRight, StaffRole, User
from cityhall.queries.staff import scope_of

CITY_WIDE_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


@dataclass(frozen=True)
class CaseScope:
    """All cases, or all of these departments and these procedures (department id, procedure key) of others."""

    everywhere: bool = False
    department_ids: frozenset[int] = frozenset()
    procedures: frozenset[tuple[int, str]] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.department_ids) or bool(self.procedures)

    def condition(self) -> Q:
        """The scope as a filter, for reads of single cases; lists use `queries.worklist`."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, procedure__key=key)
        return condition

    def procedure_condition(self) -> Q:
        """The scope as a filter on procedures."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, key=key)
        return condition

    def covers(self, application: Application) -> bool:
        """Whether this case lies in the scope."""
        return (
            self.everywhere
            or application.department_id in self.department_ids
            or (application.department_id, application.procedure.key) in self.procedures
        )


def scope_for(user: User | AnonymousUser, right: CaseRight = CaseRight.VIEW) -> CaseScope:
    """Where a person holds a right: in departments where a role of theirs gives it, and by grants to those.

    A role counts only in its department: an approver of one is a clerk in another.
    """
    if not isinstance(user, User) or not user.is_active or not user.is_staff:
        return CaseScope()
    staff = scope_of(user)
    if right == CaseRight.VIEW and (staff.is_administrator or staff.is_auditor):
        return CaseScope(everywhere=True)
    holding = frozenset(
        department
        for department, roles in staff.roles_in.items()
        if any(right in ROLE_RIGHTS[role] for role in roles - CITY_WIDE_ROLES)
    )
    return CaseScope(
        department_ids=holding,
        procedures=frozenset(
            (grant.from_department_id, grant.procedure_key)
            for grant in staff.grants
            if grant.to_department_id in holding and right in GRANT_RIGHTS[grant.kind]
        ),
    )


def visible_cases(user: User | AnonymousUser) -> QuerySet[Application]:
    """Cases a member of staff may read. A draft is nobody's business but the applicant's, withdrawn or not."""
    scope = scope_for(user)
    if not scope:
        return Application.objects.none()
    return Application.objects.filter(scope.condition(), submitted_at__isnull=False)


def may_read(user: User | AnonymousUser, application: Application) -> bool:
    """Whether a member of staff may read this case. Residents' own rights are not decided here."""
    return application.submitted_at is not None and scope_for(user).covers(application)


def possible_handlers(application: Application) -> QuerySet[User]:
    """Staff whose roles today let them process a case: of its department, or of one that was granted it."""
    on = today()
    in_force = Q(active_from__lte=on) & (Q(active_until__isnull=True) | Q(active_until__gte=on))
    granted = GrantedRight.objects.filter(
        in_force,
        from_department=application.department_id,
        procedure_key=application.procedure.key,
        kind__in=[kind for kind, rights in GRANT_RIGHTS.items() if CaseRight.PROCESS in rights],
    ).values("to_department")
    roles = StaffRole.objects.filter(
        in_force,
        Q(department=application.department_id) | Q(department__in=granted),
        role__in=[role for role, rights in ROLE_RIGHTS.items() if CaseRight.PROCESS in rights],
    )
    handlers = User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True)
    if application.is_staffs:
        handlers = handlers.exclude(pk=application.filed_by_id)
    return handlers.order_by("name", "pk")


def waiting_approval(application: Application) -> Approval | None:
    """The proposal that waits for an approver."""
    if application.state != ApplicationState.APPROVING:
        return None
    return application.approvals.filter(state="waiting").select_related("proposed_by").first()


def may(user: User, application: Application, action: CaseAction) -> bool:
    """Whether role and scope give a person the right to a step, whatever the state of the case.

    Taking back one's own proposal needs no approver.
    """
    if application.submitted_at is None or is_own_filing(user, application):
        return False
    if action == CaseAction.UNHOLD:
        return _may_unhold(user, application)
    if scope_for(user, NEEDED_RIGHT[action]).covers(application):
        return True
    return action == CaseAction.SEND_BACK and _may_take_back(user, application)


def is_own_filing(user: User, application: Application) -> bool:
    """Whether a member of staff filed this themselves (庁内の申請): four eyes, others take every step of it."""
    return application.is_staffs and application.filed_by_id == user.pk


def _may_take_back(user: User, application: Application) -> bool:
    proposal = waiting_approval(application)
    return (
        proposal is not None
        and proposal.proposed_by_id == user.pk
        and scope_for(user, CaseRight.PROCESS).covers(application)
    )


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
        # four eyes: the proposer waits for another person
        if proposal is None or proposal.proposed_by_id == user.pk:
            actions.discard(CaseAction.APPROVE)
    return frozenset(actions)


def _closed_steps(application: Application) -> frozenset[CaseAction]:
    """Steps that the procedure or what happened so far leaves no place for, whatever the state."""
    closed = {CaseAction.DECIDE if application.procedure.needs_approval else CaseAction.PROPOSE}
    closed.add(CaseAction.COMPLETE if application.awaits_visit else CaseAction.HOLD)
    if application.visit_held_on is None:
        closed.add(CaseAction.UNHOLD)
    return frozenset(closed)
