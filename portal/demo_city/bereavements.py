"""The corner for the bereaved in the demo's city hall: its checks and items, and three families to come. Made once."""

import datetime as dt
from typing import Any, Final

from applications.models import LifeEvent
from cityhall.days import TOKYO, today
from cityhall.models import User
from counter.bereavement.enums import Finding
from counter.models import Bereavement, BereavementCorner, BereavementSheet
from counter.services import bereavements
from counter.services.bereavements import Reply
from counter.services.bereavements.defaults import EVENT, load_defaults
from reservations.contacts import ContactData
from reservations.models import Place, Reservation, Service
from reservations.queries.availability import free_slots
from reservations.services import bookings

_SERVICE: Final = "okuyami"
_DAYS_TO_LOOK: Final = 25
_FOUND: Final = {
    "kouki": Reply(Finding.YES, "葬祭費の対象です（5万円）", papers_ready=True),
    "high_cost": Reply(Finding.NO),
    "pension": Reply(Finding.ASK, "納付の記録を年金事務所に照会しています"),
    "care": Reply(Finding.YES, "保険料の還付があります", papers_ready=True),
    "care_refund": Reply(Finding.NO),
}
"""What two departments found already, by check."""
_FAMILIES: Final = (
    ("森 和子", "モリ カズコ", ("森", "正一", "モリ", "ショウイチ"), 14),
    ("岡田 誠", "オカダ マコト", ("岡田", "ハル", "オカダ", "ハル"), 9),
    ("石井 由美", "イシイ ユミ", None, 0),
)
"""Who comes, who died (family, given and their readings), and how many days ago; the last has not answered yet."""
SAID: Final[dict[str, Any]] = {
    "deceased_household": "couple",
    "reported": "yes",
    "household": "head_other",
    "certificates": "yes",
    "insurance": "kouki",
    "funeral": "yes",
    "medical_cost": "no",
    "care": "yes",
    "disabled": "no",
    "pension": "employee",
    "relied": "yes",
    "child_benefits": [],
    "owned": ["land", "light_car", "water"],
    "income": "no_filing",
    "debt": "no",
    "large_estate": "no",
    "card": "yes",
    "accounts": ["tax", "water"],
    "grave": "no",
    "elsewhere": ["licence", "mobile", "insurance"],
    "visitor_relation": "spouse",
    "visitor_roles": ["heir", "mourner", "household"],
    "wishes": "足が悪いので、車いすで伺います。",
}


def load_bereavements() -> None:
    """The corner; one family prepared and partly answered, one that has just answered, one that has only booked."""
    service = Service.objects.filter(key=_SERVICE).first()
    event = LifeEvent.objects.filter(key=EVENT).first()
    if service is None or event is None:
        return
    load_defaults(service=service, event=event)
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("id").first()
    if staff is None or Bereavement.objects.exists():
        return
    corner = BereavementCorner.objects.select_related("life_event__current_guide").get(service=service)
    rows = [_family(corner, number, staff) for number in range(len(_FAMILIES))]
    if rows[0] is not None:
        _prepare(rows[0])


def _family(corner: BereavementCorner, number: int, staff: User) -> Bereavement | None:
    name, kana, deceased, days_ago = _FAMILIES[number]
    reservation = _book(corner.service, number, ContactData(name=name, kana=kana, phone=f"+8142800240{number}"), staff)
    if reservation is None or deceased is None:
        return None
    family, given, family_kana, given_kana = deceased
    died_on = today() - dt.timedelta(days=days_ago)
    values = SAID | {
        "deceased_name": {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana},
        "died_on": _typed(died_on),
        "deceased_birth": _typed(dt.date(1941, 5, 3 + number)),
    }
    row = bereavements.begin(reservation, corner, values=values, by=None)
    return bereavements.send(row, has_agreed=True, by=None)


def _typed(day: dt.date) -> dict[str, str]:
    return {"era": "western", "year": str(day.year), "month": str(day.month), "day": str(day.day)}


def _book(service: Service, number: int, contact: ContactData, staff: User) -> Reservation | None:
    """The first free time from the third day on, each family on another day."""
    place = Place.objects.filter(offers__service=service).first()
    if place is None:
        return None
    free: list[Any] = []
    for ahead in range(2, _DAYS_TO_LOOK):
        chains = free_slots(
            group=service.group,
            place=place,
            minutes=service.minutes,
            day=dt.datetime.now(TOKYO).date() + dt.timedelta(days=ahead),
            is_public=False,
        )
        free += chains[:1]
    if len(free) <= number:
        return None
    booked = bookings.book(
        group=service.group,
        place=place,
        service=service,
        slots=free[number],
        contact=contact,
        request_key=f"demo-bereavement-{number}",
        by=staff,
    )
    return booked.reservation


def _prepare(row: Bereavement) -> None:
    bereavements.prepare(row, by=None)
    for sheet in BereavementSheet.objects.filter(bereavement=row).select_related("department"):
        asked = {one.pk: one.check_row.key for one in sheet.requests.select_related("check_row")}
        replies = {pk: _FOUND[key] for pk, key in asked.items() if key in _FOUND}
        by = User.objects.filter(roles__department=sheet.department, is_active=True).order_by("id").first()
        if replies and by is not None:
            bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=by)
