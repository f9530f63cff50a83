"""What a member of staff may see and do: every staff queryset starts from here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from cityhall import days
from cityhall.enums import GrantedRightKind, Role
from cityhall.models import GrantedRight, StaffRole, User
from cityhall.role_rights import permissions_of

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Grant:
    """A right in force that one department of the person received from another."""

    kind: GrantedRightKind
    from_department_id: int
    to_department_id: int
    procedure_key: str


@dataclass(frozen=True)
class StaffScope:
    """Roles in force today, own departments, and what other departments let them do.

    `granted` maps a kind of right to pairs (id of the department that owns the procedure, procedure key; "" is all).
    A role counts in the department it was given for: `roles_in` says which, `grants` who received what.
    """

    roles: frozenset[Role] = frozenset()
    department_ids: frozenset[int] = frozenset()
    granted: Mapping[GrantedRightKind, frozenset[tuple[int, str]]] = field(default_factory=dict)
    roles_in: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    is_administrator: bool = False
    is_auditor: bool = False


NOBODY = StaffScope()


def scope_of(user: AbstractBaseUser | AnonymousUser, on: dt.date | None = None) -> StaffScope:
    """The scope of a user; two queries, then kept on the user object for the rest of the request."""
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return NOBODY
    kept: StaffScope | None = getattr(user, "_staff_scope", None)
    if kept is None:
        kept = _read_scope(user, on or days.today())
        user._staff_scope = kept  # type: ignore[attr-defined]
    return kept


def departments_where(user: AbstractBaseUser | AnonymousUser, permission: str) -> frozenset[int] | None:
    """Departments in which a role of the user carries a permission; None means every one.

    `has_perm` joins all roles of a person: who approves in one department and receives in another approves in the
    first alone. Administrators act everywhere, auditors wherever the right is one of theirs.
    """
    scope = scope_of(user)
    if scope.is_administrator or (scope.is_auditor and permission in permissions_of(Role.AUDITOR)):
        return None
    return frozenset(
        department
        for department, roles in scope.roles_in.items()
        if any(permission in permissions_of(role) for role in roles)
    )


def may_in(user: AbstractBaseUser | AnonymousUser, permission: str, department_id: int | None) -> bool:
    """Whether a user has a permission in one department; what belongs to none is for those who act everywhere."""
    departments = departments_where(user, permission)
    return departments is None or department_id in departments


def rows_for(
    rows: QuerySet[M], user: AbstractBaseUser | AnonymousUser, permission: str, *, department: str = "department"
) -> QuerySet[M]:
    """Rows of the departments in which the user has a permission; `department` is the path to it."""
    departments = departments_where(user, permission)
    return rows if departments is None else rows.filter(**{f"{department}__in": departments})


def _read_scope(user: User, on: dt.date) -> StaffScope:
    held = list(StaffRole.objects.active(on).filter(user=user).values_list("role", "department_id"))
    roles_in: dict[int, set[Role]] = {}
    for role, department in held:
        if department is not None:
            roles_in.setdefault(department, set()).add(Role(role))
    roles = frozenset(Role(role) for role, _department in held)
    grants = _grants_to(frozenset(roles_in), on)
    return StaffScope(
        roles=roles,
        department_ids=frozenset(roles_in),
        granted={
            kind: frozenset((grant.from_department_id, grant.procedure_key) for grant in grants if grant.kind == kind)
            for kind in GrantedRightKind
        },
        roles_in={department: frozenset(held_there) for department, held_there in roles_in.items()},
        grants=grants,
        is_administrator=user.is_superuser or Role.ADMINISTRATOR in roles,
        is_auditor=Role.AUDITOR in roles,
    )


def _grants_to(department_ids: frozenset[int], on: dt.date) -> tuple[Grant, ...]:
    if not department_ids:
        return ()
    in_force = GrantedRight.objects.filter(to_department__in=department_ids, active_from__lte=on).filter(
        Q(active_until__isnull=True) | Q(active_until__gte=on)
    )
    columns = ("kind", "from_department_id", "to_department_id", "procedure_key")
    return tuple(
        Grant(GrantedRightKind(kind), giver, receiver, key)
        for kind, giver, receiver, key in in_force.values_list(*columns)
    )
