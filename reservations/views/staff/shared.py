"""What the staff's pages share: who asks, that a reservation of another department does not exist, who read what."""

from django.http import Http404, HttpRequest

from cityhall.enums import AuditAction
from cityhall.models import User
from cityhall.services import audit
from reservations.models import Reservation
from reservations.queries.scope import visible_reservations


def staff_of(request: HttpRequest) -> User:
    """The member of staff; `staff_only` let nobody else through."""
    return request.user  # type: ignore[return-value]


def reservation_or_404(request: HttpRequest, public_id: str) -> Reservation:
    """A reservation the person may see."""
    found = visible_reservations(staff_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def note(reservation: Reservation, user: User, action: AuditAction, detail: str = "") -> None:
    """Write down what somebody did with a person's reservation."""
    audit.record(
        action=action,
        actor=user,
        target_type="reservation",
        target_id=reservation.public_id,
        target_label=reservation.number or "",
        detail=detail,
        department_code=reservation.group.department.code,
    )


def note_list(user: User, rows: "list[Reservation]", *, is_search: bool) -> None:
    """A page of a list is one event with what it showed."""
    audit.record(
        action=AuditAction.SEARCH if is_search else AuditAction.LIST,
        actor=user,
        target_type="reservation",
        object_ids=[row.public_id for row in rows],
    )
