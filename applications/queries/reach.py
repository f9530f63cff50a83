"""Where a member of staff holds a right over cases: their departments, and what other departments granted."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from applications.enums import ApplicantKind
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

    Departments that let theirs receive everything the public files with them stand in `granted_departments`: what
    employees file and are asked among themselves stays with them.
    """

    everywhere: bool = False
    department_ids: frozenset[int] = frozenset()
    procedures: frozenset[tuple[int, str]] = frozenset()
    granted_departments: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.department_ids) or bool(self.procedures) or bool(self.granted_departments)

    def condition(self) -> Q:
        """The scope as a filter, for reads of single cases; lists use `queries.worklist`."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        if self.granted_departments:
            condition |= Q(department_id__in=self.granted_departments) & of_the_public()
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, procedure__key=key)
        return condition

    def procedure_condition(self) -> Q:
        """The scope as a filter on procedures."""
        if self.everywhere:
            return Q()
        condition = Q(department_id__in=self.department_ids)
        if self.granted_departments:
            condition |= Q(department_id__in=self.granted_departments, takes_public=True)
        for department_id, key in sorted(self.procedures):
            condition |= Q(department_id=department_id, key=key)
        return condition

    def covers(self, application: Application) -> bool:
        """Whether this case lies in the scope."""
        return (
            self.everywhere
            or application.department_id in self.department_ids
            or (application.department_id in self.granted_departments and not application.is_staffs)
            or (application.department_id, application.procedure.key) in self.procedures
        )

    def covers_procedure(self, procedure: Procedure) -> bool:
        """Whether what is filed by this procedure lies in the scope."""
        department = procedure.department_id
        return (
            self.everywhere
            or department in self.department_ids
            or (department in self.granted_departments and procedure.takes_public)
            or (department, procedure.key) in self.procedures
        )


def of_the_public() -> Q:
    """Applications of people and businesses: no employee filed them as one."""
    return ~Q(applicant_kind=ApplicantKind.STAFF)


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
        granted_departments=frozenset(one.from_department_id for one in granted if not one.procedure_key) - holding,
    )


def holders(right: CaseRight, *, department_id: int, case: Application) -> QuerySet[User]:
    """Staff whose roles today give a right in a department; in that of the case, also who was granted the case."""
    on = today()
    in_force = Q(active_from__lte=on) & (Q(active_until__isnull=True) | Q(active_until__gte=on))
    place = Q(department=department_id)
    if department_id == case.department_id:
        granted = GrantedRight.objects.filter(
            in_force,
            from_department=department_id,
            # without a key: everything the public files there
            procedure_key__in=[case.procedure.key] if case.is_staffs else [case.procedure.key, ""],
            kind__in=[kind for kind, rights in GRANT_RIGHTS.items() if right in rights],
        )
        place |= Q(department__in=granted.values("to_department"))
    roles = StaffRole.objects.filter(
        in_force, place, role__in=[role for role, rights in ROLE_RIGHTS.items() if right in rights]
    )
    return User.objects.filter(pk__in=roles.values("user"), is_active=True, is_staff=True)
