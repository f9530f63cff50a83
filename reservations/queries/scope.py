"""What a member of staff sees of reservations and the queue: what the departments of their roles are in charge of.

Every staff queryset of this app starts here. Administrators and auditors see all departments.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from cityhall.models import User
from cityhall.queries.staff import scope_of
from reservations.enums import SupplyKind
from reservations.models import Place, Reservation, Service, ServiceGroup, WaitlistEntry
from reservations.queries.own import SHOWN, WITH


def in_charge(user: User | AnonymousUser, path: str = "group__department") -> Q:
    """The condition on rows whose department is at `path`; nothing for everybody but staff."""
    scope = scope_of(user)
    if scope.is_administrator or scope.is_auditor:
        return Q()
    return Q(**{f"{path}__in": scope.department_ids})


def is_in_charge(user: User | AnonymousUser, group: ServiceGroup) -> bool:
    """Whether a group is one of those `in_charge` lets through; no query once the scope is read."""
    scope = scope_of(user)
    return scope.is_administrator or scope.is_auditor or group.department_id in scope.department_ids


def visible_groups(user: User | AnonymousUser) -> QuerySet[ServiceGroup]:
    """Groups of services in use, in the order of the lists."""
    rows = ServiceGroup.objects.filter(in_charge(user, "department"), is_active=True)
    return rows.order_by("position", "key")


def visible_places(user: User | AnonymousUser) -> QuerySet[Place]:
    """Places where one of these groups serves anybody."""
    groups = visible_groups(user).order_by()
    return Place.objects.filter(is_active=True, offers__service__group__in=groups).distinct()


def visible_reservations(user: User | AnonymousUser) -> QuerySet[Reservation]:
    """Reservations; holds are nobody's business yet."""
    return Reservation.objects.filter(in_charge(user), state__in=SHOWN).select_related(*WITH)


def visible_waiting(user: User | AnonymousUser) -> QuerySet[WaitlistEntry]:
    """Everybody who ever waited."""
    return WaitlistEntry.objects.filter(in_charge(user)).select_related(
        "group__department", "place", "service", "resident", "offer"
    )


def bookable_by(user: User | AnonymousUser) -> QuerySet[Service]:
    """What a member of staff may book for somebody at a counter, also what the public does not book."""
    rows = Service.objects.filter(in_charge(user), is_active=True, group__is_active=True)
    rows = rows.filter(group__kind=SupplyKind.COUNTER).select_related("group")
    return rows.order_by("group__position", "group__key", "position", "key")
