"""What the pages of one's own reservations share: who asks, and that a stranger's reservation does not exist."""

from django.http import Http404, HttpRequest

from cityhall import guests
from cityhall.models import User
from reservations.codes import PURPOSE, WAITLIST_PURPOSE
from reservations.models import Reservation, WaitlistEntry
from reservations.queries.own import SHOWN, WITH, own_reservations
from residents.queries import own_row_ids


def person(request: HttpRequest) -> User | None:
    """The signed-in user; None is a guest."""
    return request.user if isinstance(request.user, User) else None


def own_or_404(request: HttpRequest, public_id: str) -> Reservation:
    """A reservation of the person, or one whose link this browser has shown."""
    user = person(request)
    if user is not None:
        own = own_reservations(user).filter(public_id=public_id).first()
        if own is not None:
            return own
    version = guests.held_version(request.session, PURPOSE, public_id)
    rows = Reservation.objects.filter(public_id=public_id, state__in=SHOWN, secret_version=version or 0)
    found = rows.select_related(*WITH).first() if version is not None else None
    if found is None:
        raise Http404
    return found


def own_entry_or_404(request: HttpRequest, public_id: str) -> WaitlistEntry:
    """A place in a waiting list, in the same way."""
    rows = WaitlistEntry.objects.filter(public_id=public_id)
    rows = rows.select_related("group", "place", "service", "resident", "offer__group", "offer__place")
    user = person(request)
    own = rows.filter(resident__in=own_row_ids(user)).first() if user is not None else None
    if own is not None:
        return own
    version = guests.held_version(request.session, WAITLIST_PURPOSE, public_id)
    found = rows.filter(secret_version=version).first() if version is not None else None
    if found is None:
        raise Http404
    return found


def open_in_browser(request: HttpRequest, row: Reservation | WaitlistEntry) -> None:
    """Let this browser open the row; of a resident who is signed in it needs nothing."""
    user = person(request)
    if user is not None and row.resident_id is not None and row.resident_id in own_row_ids(user):
        return
    purpose = PURPOSE if isinstance(row, Reservation) else WAITLIST_PURPOSE
    guests.remember(request.session, purpose, row.public_id, row.secret_version)


def is_guests_here(request: HttpRequest, row: Reservation | WaitlistEntry) -> bool:
    """Whether the page is open because of a link, and may be closed for the next person at this computer."""
    purpose = PURPOSE if isinstance(row, Reservation) else WAITLIST_PURPOSE
    return row.public_id in guests.held(request.session, purpose)
