"""Finding reservations: the day at a place, one by what is known of it, one's own, one by the link of a mail."""

import datetime as dt
import re
import unicodedata

from django.db.models import Q, QuerySet

from cityhall.days import today
from cityhall.models import User
from cityhall.references import is_valid_number, normalize_number
from reservations.codes import is_secret_of, opened_by, read_checkin_code
from reservations.models import Place, Reservation, WaitlistEntry
from reservations.queries.own import own_reservations
from reservations.queries.scope import visible_reservations
from reservations.services.limits import same_mailbox
from residents.names import fold_kana, is_kana
from residents.phones import PhoneInvalid, parse_phone
from residents.queries import residents_matching
from residents.queries.search import prefix_range

_MOST_PEOPLE = 50


def day_list(user: User, place: Place | None, day: dt.date) -> QuerySet[Reservation]:
    """What the departments of a member of staff have booked at a place on a day, in the order of time."""
    return visible_reservations(user).filter(place=place, business_day=day).order_by("starts_at", "id")


def of_resident(user: User) -> QuerySet[Reservation]:
    """All reservations of a resident, the newest first."""
    return own_reservations(user).order_by("-starts_at", "-id")


def find(user: User, text: str) -> QuerySet[Reservation]:
    """Reservations by number, QR code, mail address, telephone, reading or name, as staff ask at the telephone.

    Everything is an equality or a range on an index but a name in kanji, which is looked for among those to come.
    """
    rows = visible_reservations(user).order_by("-starts_at", "-id")
    words = unicodedata.normalize("NFKC", text).strip()
    return rows.filter(_condition(words)) if words else rows.none()


def find_exactly(user: User, text: str) -> QuerySet[Reservation]:
    """The reservation of a whole number or QR code; none for a name, a telephone or an address, which others share."""
    words = unicodedata.normalize("NFKC", text).strip()
    is_exact = bool(read_checkin_code(words)) or is_valid_number(normalize_number(words))
    return find(user, words) if is_exact else visible_reservations(user).none()


def by_link(public_id: str, secret: str) -> Reservation | None:
    """The reservation that a link of a mail opens, compared in constant time; None for every other link."""
    rows = Reservation.objects.select_related("group__department", "place", "service", "series", "resident")
    row = rows.filter(public_id=public_id).first()
    # compared with something even where there is nothing: the time of the answer must not tell
    is_right = is_secret_of(row or Reservation(), secret)
    return row if row is not None and is_right else None


def entry_by_link(public_id: str, secret: str) -> WaitlistEntry | None:
    """The same for a place in the waiting list."""
    rows = WaitlistEntry.objects.select_related("group__department", "place", "service", "resident", "offer")
    row = rows.filter(public_id=public_id).first()
    is_right = is_secret_of(row or WaitlistEntry(), secret)
    return row if row is not None and is_right else None


def _condition(words: str) -> Q:
    code, number = read_checkin_code(words), normalize_number(words)
    if code:
        return opened_by(code)
    if is_valid_number(number):
        return Q(number=number)
    if "@" in words:
        return same_mailbox(words)
    if re.fullmatch(r"[\d+() -]+", words):
        return _phone_condition(words)
    if is_kana(words):
        key = fold_kana(words)
        return prefix_range("search_kana", key) if key else Q(pk__in=())
    people = list(residents_matching(words).values_list("pk", flat=True)[:_MOST_PEOPLE])
    return Q(resident__in=people) | Q(business_day__gte=today(), name__startswith=words)


def _phone_condition(words: str) -> Q:
    try:
        e164, _entered = parse_phone(words)
    except PhoneInvalid:
        return Q(pk__in=())
    return Q(phone=e164)
