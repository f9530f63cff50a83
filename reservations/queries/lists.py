"""Lists that staff work through: who waits for a place, and who must be told something by telephone."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from cityhall.models import User
from reservations.enums import ReservationEventKind, ReservationState, WaitlistState
from reservations.models import Reservation, ReservationEvent, ServiceGroup, WaitlistEntry
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
    """Whose time the city took back and who has not chosen another; who is still to be called comes first.

    `has_mail` says whether a mail told them, `phoned_at` and `phoned_by` who reached them by telephone since.
    """
    rows = visible_reservations(user).filter(must_move_since__isnull=False, state=ReservationState.BOOKED)
    calls = ReservationEvent.objects.filter(
        reservation=OuterRef("pk"), kind=ReservationEventKind.PHONED, at__gte=OuterRef("must_move_since")
    ).order_by("-id")
    rows = rows.annotate(
        has_mail=~_WITHOUT_MAIL,
        phoned_at=Subquery(calls.values("at")[:1]),
        phoned_by=Subquery(calls.values("actor__name")[:1]),
    )
    return rows.order_by("has_mail", F("phoned_at").asc(nulls_first=True), "starts_at", "id")


def offered_by_phone(user: User) -> QuerySet[WaitlistEntry]:
    """To whom a place is offered that no mail tells of; the one that ends first comes first."""
    rows = visible_waiting(user).filter(_WITHOUT_MAIL, state=WaitlistState.OFFERED)
    return rows.order_by("offer_until", "id")
