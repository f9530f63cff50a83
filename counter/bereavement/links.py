"""Where the corner meets the pages of others: after a booking, below a guide, beside a desk, in the menu."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.queries.guide import Left
from cityhall.models import User
from cityhall.registry import NavigationItem, SubjectPanel, desk_panels, guide_panels, navigation, visit_panels
from counter.models import Bereavement, BereavementCorner, Visit
from counter.queries.bereavements import ANSWER, corner_of, corners, sheets_waiting, visible_bereavements
from reservations.by_reservation import needs
from reservations.followers import after_booking
from reservations.models import Reservation, Ticket
from reservations.staff_home import RESERVATIONS

SERVE: Final = "counter.serve_visitor"
_GUIDE: Final = "applications:guide_result"


def register_bereavement() -> None:
    """Called once, from `AppConfig.ready`."""
    after_booking.register("counter.bereavement", to_questions, position=200)
    guide_panels.register(
        "counter.bereavement", SubjectPanel("counter/bereavement/_guide_panel.html", shown), position=5
    )
    desk_panels.register(
        "counter.bereavement", SubjectPanel("counter/bereavement/_desk_panel.html", at_desk), position=5
    )
    visit_panels.register(
        "counter.bereavement", SubjectPanel("counter/bereavement/_visit_panel.html", in_visit), position=5
    )
    corner = NavigationItem(_("おくやみコーナー"), "counter:bereavement_corner", "staff", SERVE, group=RESERVATIONS)
    navigation.register("counter.bereavement", corner, position=40)
    sheets = NavigationItem(
        _("おくやみの準備票"), "counter:bereavement_sheets", "staff", ANSWER, waiting, group=RESERVATIONS
    )
    navigation.register("counter.bereavement_sheets", sheets, position=41)
    needs.register("counter.bereavement", is_of_corner)


def is_of_corner(group_id: int) -> bool:
    """Who walks in gets no number for a corner in use."""
    return BereavementCorner.objects.filter(is_active=True, service__group=group_id).exists()


def to_questions(_request: HttpRequest, reservation: Reservation) -> str:
    """Who books the corner goes straight on to its questions; "" for every other booking."""
    corner = corner_of(reservation)
    return reverse("counter:bereavement_own", args=[reservation.public_id]) if corner else ""


def shown(request: HttpRequest, _left: Left) -> dict[str, Any] | None:
    """The way to the corner at the result of its own guide, and of no other."""
    match = request.resolver_match
    if match is None or match.view_name != _GUIDE:
        return None
    return {} if corners().filter(life_event__key=match.kwargs.get("key", "")).exists() else None


def at_desk(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """What was prepared for who is called to a desk; nothing for bookings of anything else."""
    if ticket.reservation_id is None or not request.user.has_perm(SERVE):
        return None
    row = Bereavement.objects.only("public_id").filter(reservation=ticket.reservation_id, wiped_at=None).first()
    return {"row": row} if row else None


def in_visit(request: HttpRequest, visit: Visit) -> dict[str, Any] | None:
    """The way back from a visit to the list it began with; one query, and none for visits without a booking."""
    booked = {visit.reservation_id, visit.ticket.reservation_id if visit.ticket else None} - {None}
    if not booked or not request.user.has_perm(SERVE):
        return None
    rows = visible_bereavements(request.user).filter(reservation__in=booked)
    public_id = rows.values_list("public_id", flat=True).first()
    return {"public_id": public_id} if public_id else None


def waiting(request: HttpRequest) -> int:
    """Sheets that wait for an answer of this person's departments."""
    return sheets_waiting(request.user, timezone.now()) if isinstance(request.user, User) else 0
