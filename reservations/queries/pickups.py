"""Orders of certificates: what can be ordered, on which days it is collected, and the list at the counter."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from cityhall.days import add_business_days, closed_between, today
from cityhall.links import is_link_secret, link_secret
from cityhall.models import User
from cityhall.references import is_valid_number, normalize_number
from reservations.enums import ExceptionKind, PickupState
from reservations.models import OpeningException, PickupOrder, Place, Service, ServiceGroup
from reservations.queries.scope import in_charge, is_in_charge, listed_groups
from residents.names import fold_kana, is_kana
from residents.queries import own_row_ids
from residents.queries.search import prefix_range

PURPOSE = "pickup"
"""What secrets are derived for, and what browsers remember orders by."""
OPEN = (PickupState.ORDERED, PickupState.READY, PickupState.UNCLAIMED)
"""States in which somebody may still come."""
_DAYS_AHEAD = 30
_SATURDAY = 5


def pickup_groups(user: User | AnonymousUser | None = None) -> QuerySet[ServiceGroup]:
    """Groups that take orders; of staff, those of their departments and what is handed over at their branch."""
    rows = ServiceGroup.objects.filter(is_active=True, takes_pickups=True).order_by("position", "key")
    return rows if user is None else rows.filter(pk__in=listed_groups(user).order_by().values("pk"))


def kinds_of(group: ServiceGroup) -> QuerySet[Service]:
    """The certificates of a group."""
    return group.services.filter(is_active=True).order_by("position", "key")


def places_of(group: ServiceGroup) -> QuerySet[Place]:
    """Where they are handed over to the public."""
    rows = Place.objects.filter(is_active=True, is_practice=False, offers__service__group=group, offers__is_active=True)
    return rows.filter(offers__is_on_site=True).distinct()


def places_for(user: User | AnonymousUser, group: ServiceGroup) -> list[Place]:
    """Those of them for which somebody takes orders: all of a group of theirs, else their own branch. One query."""
    return [place for place in places_of(group) if is_in_charge(user, group, place)]


def pickup_days(group: ServiceGroup, *, first: dt.date | None = None) -> list[dt.date]:
    """The business days on which something ordered now can be collected. Two queries."""
    start = add_business_days(first or today(), group.pickup_lead_days)
    last = start + dt.timedelta(days=_DAYS_AHEAD)
    closed = closed_between(start, last)
    days = (start + dt.timedelta(days=number) for number in range(_DAYS_AHEAD + 1))
    return [day for day in days if day.weekday() < _SATURDAY and day not in closed]


def is_shut(group: ServiceGroup, place: Place, day: dt.date) -> bool:
    """Whether the place, or the group there, is closed on a day by an exception. One query."""
    rows = OpeningException.objects.filter(
        Q(group=group) | Q(group__isnull=True), place=place, date=day, kind=ExceptionKind.CLOSED, from_time__isnull=True
    )
    return rows.exists()


def own_pickups(user: User) -> QuerySet[PickupOrder]:
    """All orders of a resident, the newest first."""
    return _orders().filter(resident__in=own_row_ids(user)).order_by("-created_at", "-id")


def open_pickups(user: User) -> QuerySet[PickupOrder]:
    """Those somebody still has to collect."""
    return own_pickups(user).filter(state__in=OPEN).order_by("wanted_on", "id")


def visible_pickups(user: User | AnonymousUser) -> QuerySet[PickupOrder]:
    """Orders of the departments somebody works for."""
    return _orders().filter(in_charge(user, place="place"))


def counter_list(user: User, place: Place | None, states: Sequence[str]) -> QuerySet[PickupOrder]:
    """What lies, or is to be made, at a place, in the order of the days on which people come."""
    rows = visible_pickups(user).filter(place=place, state__in=states)
    return rows.prefetch_related("items__service").order_by("wanted_on", "wanted_from", "id")


def find(user: User, text: str) -> QuerySet[PickupOrder]:
    """Orders by number or the beginning of the reading, and by that of the name among those still to be collected.

    A number is an equality and a reading a range on an index; a name has none, and few orders are open.
    """
    rows = visible_pickups(user).prefetch_related("items__service").order_by("-wanted_on", "-id")
    words, number = text.strip(), normalize_number(text)
    if is_valid_number(number):
        return rows.filter(number=number)
    if is_kana(words):
        key = fold_kana(words)
        return rows.filter(prefix_range("search_kana", key)) if key else rows.none()
    return rows.filter(state__in=OPEN, name__startswith=words) if words else rows.none()


def by_link(public_id: str, secret: str) -> PickupOrder | None:
    """The order that a link of a mail opens, compared in constant time; None for every other link."""
    row = _orders().filter(public_id=public_id).first()
    # compared with something even where there is nothing: the time of the answer must not tell
    is_right = is_link_secret(secret, PURPOSE, public_id, row.secret_version if row else 1)
    return row if is_right else None


def secret_of(order: PickupOrder) -> str:
    """What opens the page of an order without an account."""
    return link_secret(PURPOSE, order.public_id, order.secret_version)


def _orders() -> QuerySet[PickupOrder]:
    return PickupOrder.objects.select_related("group__department", "place", "resident")
