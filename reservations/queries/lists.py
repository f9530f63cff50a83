"""Lists that staff work through: who waits for a place, and who must be told something by telephone."""

from django.db.models import Q, QuerySet

from cityhall.models import User
from reservations.enums import ReservationState, WaitlistState
from reservations.models import Reservation, ServiceGroup, WaitlistEntry
from reservations.queries.scope import visible_reservations, visible_waiting

# a resident without a sign-in address or one of their own is reached by nothing else, either
_WITHOUT_MAIL = Q(email="") & (
    Q(resident__isnull=True)
    | (Q(resident__contact_email="") & (Q(resident__user__isnull=True) | Q(resident__user__email__isnull=True)))
)


def waiting_rows(user: User, group: ServiceGroup | None = None) -> QuerySet[WaitlistEntry]:
    """Everybody who waits or is asked, in the order in which they are asked."""
    rows = visible_waiting(user).filter(state__in=[WaitlistState.WAITING, WaitlistState.OFFERED])
    return rows.filter(group=group) if group else rows


def to_tell(user: User) -> QuerySet[Reservation]:
    """Whose time the city took back and who has not chosen another; those without mail are called first."""
    rows = visible_reservations(user).filter(must_move_since__isnull=False, state=ReservationState.BOOKED)
    return rows.annotate(has_mail=~_WITHOUT_MAIL).order_by("has_mail", "starts_at", "id")


def offered_by_phone(user: User) -> QuerySet[WaitlistEntry]:
    """To whom a place is offered that no mail tells of; the one that ends first comes first."""
    rows = visible_waiting(user).filter(_WITHOUT_MAIL, state=WaitlistState.OFFERED)
    return rows.order_by("offer_until", "id")
