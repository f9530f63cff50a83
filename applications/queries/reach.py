"""Where a member of staff holds a right over cases: their departments, and what other departments granted."""

from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.models import Application, Procedure
from applications.permissions import GRANT_RIGHTS, ROLE_RIGHTS, CaseRight
from cityhall.days import today
from cityhall.enums import Role
from cityhall.models import GrantedRight, StaffRole, User
from cityhall.queries.staff import scope_of

CITY_WIDE_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


@dataclass(frozen=True)
class CaseScope:
    """All cases, or all of these departments and these procedures (department id, procedure key) of others.

    `desks` are pairs of departments: the first lets the second receive everything the public files with it. Of its
    cases those lie in the scope that the second received (`Application.desk_department`), and no others: what came
    online or to another desk, and what employees file among themselves, stays with the department.
    """

    everywhere: bool = False
    department_ids: frozenset[int] = frozenset()
    procedures: frozenset[tuple[int, str]] = frozenset()
    desks: frozenset[tuple[int, int]] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.department_ids) or bool(self.procedures) or bool(self.desks)

    @property
    def givers(self) -> frozenset[int]:
        """Departments for which a desk receives all that the public files."""
        return frozenset(giver for giver, _desk in self.desks)

    @property
    def in_whole(self) -> "CaseScope":
        """The scope without the desks: procedures of which every case lies in it, whoever received it."""
        return replace(self, desks=frozenset())

    def at_desks(self) -> dict[int, Q]:
        """What each desk received for the departments that let it, by the department of the desk."""
        by_desk = groupby(sorted(self.desks, key=itemgetter(1)), key=itemgetter(1))
        return {
            desk: Q(desk_department=desk, department_id__in=sorted(giver for giver, _desk in pairs))
            for desk, pairs in by_desk
        }

    def condition(self) -> Q:
        """The scope as a filter, for reads of single cases; lists use `queries.worklist`."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        for received in self.at_desks().values():
            condition |= received
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, procedure__key=key)
        return condition

    def procedure_condition(self) -> Q:
        """The scope as a filter on procedures: those of which some case may lie in it."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        if self.desks:
            condition |= Q(department_id__in=self.givers, takes_public=True)
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, key=key)
        return condition

    def covers(self, application: Application) -> bool:
        """Whether this case lies in the scope."""
        return (
            self.everywhere
            or application.department_id in self.department_ids
            or (application.department_id, application.desk_department_id) in self.desks
            or (application.department_id, application.procedure.key) in self.procedures
        )

    def covers_procedure(self, procedure: Procedure) -> bool:
        """Whether what one receives by this procedure lies in the scope."""
        department = procedure.department_id
        return (
            self.everywhere
            or department in self.department_ids
            or (department in self.givers and procedure.takes_public)
            or (department, procedure.key) in self.procedures
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
    granted = [
        grant for grant in staff.grants if grant.to_department_id in holding and right in GRANT_RIGHTS[grant.kind]
    ]
    return CaseScope(
        department_ids=holding,
        procedures=frozenset((one.from_department_id, one.procedure_key) for one in granted if one.procedure_key),
        desks=frozenset(
            (one.from_department_id, one.to_department_id)
            for one in granted
            if not one.procedure_key and one.from_department_id not in holding
        ),
    )


def desk_for(user: User, procedure: Procedure) -> int | None:
    """For which department a person receives filings of the procedure of another one; None: for its own.

    Of several the first by id, those that receive for the whole department before those with the one procedure.
    """
    own = scope_for(user, CaseRight.RECEIVE).department_ids
    if procedure.department_id in own:
        return None
    granted = [
        grant
        for grant in scope_of(user).grants
        if grant.from_department_id == procedure.department_id
        and grant.to_department_id in own
        and CaseRight.RECEIVE in GRANT_RIGHTS[grant.kind]
        and (grant.procedure_key == procedure.key or (procedure.takes_public and not grant.procedure_key))
    ]
    desks = sorted((bool(grant.procedure_key), grant.to_department_id) for grant in granted)
    return desks[0][1] if desks else None


def holders(right: CaseRight, *, department_id: int, case: Application) -> QuerySet[User]:
    """Staff whose roles today give a right in a department; in that of the case, also who was granted the case."""
    on = today()
    in_force = Q(active_from__lte=on) & (Q(active_until__isnull=True) | Q(active_until__gte=on))
    place = Q(department=department_id)
    if department_id == case.department_id:
        granted = GrantedRight.objects.filter(
            # without a key: what that desk received itself
            Q(procedure_key=case.procedure.key) | Q(procedure_key="", to_department=case.desk_department_id),
            in_force,
            from_department=department_id,
            kind__in=[kind for kind, rights in GRANT_RIGHTS.items() if right in rights],
        )
        place |= Q(department__in=granted.values("to_department"))
    roles = StaffRole.objects.filter(
        in_force, place, role__in=[role for role, rights in ROLE_RIGHTS.items() if right in rights]
    )
    return User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True)
