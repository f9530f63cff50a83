"""What a member of staff sees of reservations and the queue: what the departments of their roles are in charge of.

A department is in charge of its groups of services, at every place, and of a place that is its own (a branch), with
whatever is done there. Every staff queryset of this app starts here. Administrators and auditors see all departments.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from cityhall.models import User
from cityhall.queries.staff import scope_of
from reservations.enums import SupplyKind
from reservations.models import Place, Reservation, Service, ServiceGroup, ServiceOffer, WaitlistEntry
from reservations.queries.own import SHOWN, WITH


def in_charge(user: User | AnonymousUser, path: str = "group__department", *, place: str = "") -> Q:
    """The condition on rows whose department is at `path`, or at the place at `place`; nothing but for staff."""
    scope = scope_of(user)
    if scope.is_administrator or scope.is_auditor:
        return Q()
    own = Q(**{f"{path}__in": scope.department_ids})
    return own | Q(**{f"{place}__department__in": scope.department_ids}) if place else own


def is_in_charge(user: User | AnonymousUser, group: ServiceGroup, place: Place) -> bool:
    """Whether a group at a place is one of those `in_charge` lets through; no query once the scope is read."""
    scope = scope_of(user)
    own = {group.department_id, place.department_id} & set(scope.department_ids)
    return scope.is_administrator or scope.is_auditor or bool(own)


def visible_groups(user: User | AnonymousUser) -> QuerySet[ServiceGroup]:
    """Groups of services in use that are the departments' own, in the order of the lists."""
    rows = ServiceGroup.objects.filter(in_charge(user, "department"), is_active=True)
    return rows.order_by("position", "key")


def listed_groups(user: User | AnonymousUser) -> QuerySet[ServiceGroup]:
    """The same with those that serve people at a branch of theirs: what a list can be narrowed to."""
    here = Q(pk__in=_served_at_branches(user).values("group"))
    rows = ServiceGroup.objects.filter(_also(in_charge(user, "department"), here), is_active=True)
    return rows.order_by("position", "key")


def visible_places(user: User | AnonymousUser) -> QuerySet[Place]:
    """Places where one of these groups serves anybody, and the departments' own."""
    serves = Q(pk__in=Place.objects.filter(offers__service__group__in=visible_groups(user).order_by()).values("pk"))
    own = _also(in_charge(user, "department"), serves)
    return Place.objects.filter(own, is_active=True, offers__isnull=False).distinct()


def visible_reservations(user: User | AnonymousUser) -> QuerySet[Reservation]:
    """Reservations; holds are nobody's business yet."""
    return Reservation.objects.filter(in_charge(user, place="place"), state__in=SHOWN).select_related(*WITH)


def visible_waiting(user: User | AnonymousUser) -> QuerySet[WaitlistEntry]:
    """Everybody who ever waited."""
    return WaitlistEntry.objects.filter(in_charge(user, place="place")).select_related(
        "group__department", "place", "service", "resident", "offer"
    )


def bookable_by(user: User | AnonymousUser) -> QuerySet[Service]:
    """What a member of staff may book for somebody at a counter, also what the public does not book."""
    here = Q(pk__in=_served_at_branches(user).values("pk"))
    rows = Service.objects.filter(_also(in_charge(user), here), is_active=True, group__is_active=True)
    rows = rows.filter(group__kind=SupplyKind.COUNTER).select_related("group")
    return rows.order_by("group__position", "group__key", "position", "key")


def _also(condition: Q, more: Q) -> Q:
    """Either of them; what lets everything through is no narrower for it."""
    return condition | more if condition else condition


def _served_at_branches(user: User | AnonymousUser) -> QuerySet[Service]:
    """Services that are done at a place of one's own department."""
    offers = ServiceOffer.objects.filter(in_charge(user, "place__department"), is_active=True)
    return Service.objects.filter(offers__in=offers.order_by())
