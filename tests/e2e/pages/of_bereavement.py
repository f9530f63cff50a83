"""Pages of the corner for the bereaved: of a family, of the one desk, of a department."""

from django.urls import reverse

from cityhall.models import User
from counter.bereavement.enums import BereavementState, StepState
from counter.models import Bereavement, BereavementSheet
from counter.queries.bereavements import corners
from counter.services import bereavements
from portal.demo_city import bereavements as demo
from reservations.contacts import ContactData
from reservations.models import Place
from reservations.queries.availability import free_slots
from reservations.services import bookings
from tests.reservations import kit


def at(name, *parts):
    return reverse(f"counter:bereavement_{name}", args=parts)


def pages_of_family(user):
    """A resident with a booking: before the first question, every page, the check with what is missing, and sent."""
    corner = corners().get()
    yield at("start")
    silent = _book(corner, user, 1)
    yield at("own", silent.public_id)
    begun = bereavements.begin(_book(corner, user, 2), corner, by=None)
    for number in range(1, 8):
        yield f"{at('page', begun.reservation.public_id, number)}?check=1"
    yield at("check", begun.reservation.public_id)
    yield at("own", begun.reservation.public_id)
    sent = _told(corner, _book(corner, user, 3))
    yield at("own", sent.reservation.public_id)
    yield at("check", sent.reservation.public_id)
    gone = _told(corner, _book(corner, user, 6))
    bereavements.withdraw(gone, by=None)
    yield at("own", gone.reservation.public_id)


def pages_of_corner(user):
    """Who comes, a family before and on the day, the questions on the telephone, the guide sheet."""
    corner = corners().get()
    yield at("corner")
    row = Bereavement.objects.filter(sheets__isnull=False).distinct().first()
    yield at("case", row.public_id)
    row.refresh_from_db()
    step = row.steps.first()
    bereavements.settle(step, to=StepState.NOT_NEEDED, reason="対象でない", seen_revision=step.revision, by=user)
    yield at("family", row.public_id)
    served = Bereavement.objects.filter(state=BereavementState.SENT).first()
    bereavements.prepare(served, by=user)
    yield at("case", served.public_id)
    yield at("family", served.public_id)
    by_phone = bereavements.begin(_book(corner, None, 4), corner, by=user)
    yield at("case", by_phone.public_id)
    yield at("staff_page", by_phone.public_id, 1)
    yield at("staff_check", by_phone.public_id)
    bereavements.close(row, seen_revision=row.revision, by=user)
    yield at("case", row.public_id)


def pages_of_department(user):
    """The sheets of a department: waiting, answered, and one of a booking that was cancelled."""
    yield at("sheets")
    rows = BereavementSheet.objects.filter(department__in=[role.department_id for role in user.roles.all()])
    for sheet in rows.order_by("id")[:2]:
        yield at("sheet", sheet.public_id)
    row = _told(corners().get(), _book(corners().get(), None, 5))
    bereavements.prepare(row, by=None)
    bookings.cancel(reservation=row.reservation)
    gone = row.sheets.filter(department__in=[role.department_id for role in user.roles.all()]).first()
    yield at("sheet", gone.public_id)


def _told(corner, reservation):
    name = {"family": "森", "given": "正一", "family_kana": "モリ", "given_kana": "ショウイチ"}
    day = {"era": "western", "year": "2026", "month": "11", "day": "1"}
    values = demo.SAID | {"deceased_name": name, "died_on": day}
    row = bereavements.begin(reservation, corner, values=values, by=None)
    return bereavements.send(row, has_agreed=True, by=None)


def _book(corner, user, number):
    """A free time of another day each; by staff on the telephone."""
    service, place = corner.service, Place.objects.filter(offers__service=corner.service).first()
    days = (kit.next_week(ahead) for ahead in range(3, 29))
    options = {"group": service.group, "place": place, "minutes": service.minutes, "is_public": False}
    slots = next(found[0] for day in days if (found := free_slots(day=day, **options)))
    staff = User.objects.filter(is_staff=True).order_by("id").first()
    who = {"resident": user.resident} if user else {"name": "石井 由美", "kana": "イシイ ユミ"}
    contact = ContactData(phone=f"+8142800250{number}", **who)
    key = f"axe bereavement {number}"
    where = {"group": service.group, "place": place, "service": service, "slots": slots}
    return bookings.book(**where, contact=contact, request_key=key, by=staff).reservation
