"""A hall at work: a place, services that give tickets, desks with clerks, people who come."""

import datetime as dt
import itertools
import string
from dataclasses import dataclass, field

from django.utils import timezone

from cityhall.days import TOKYO
from cityhall.enums import Role
from cityhall.models import Department, User
from reservations.enums import Priority, ReservationState, TicketSource
from reservations.models import Desk, Place, Reservation, Service, ServiceGroup, Ticket
from reservations.services import desks, queue
from tests import factories
from tests.reservations.kit import make_desk, make_group, make_place, make_service

# a Tuesday morning
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)
_number = itertools.count(1)


def after(minutes, seconds=0):
    return NOW + dt.timedelta(minutes=minutes, seconds=seconds)


@dataclass
class Hall:
    """One place with one counter; `desks[n]` is where `clerks[n]` sits."""

    department: Department
    place: Place
    group: ServiceGroup
    service: Service
    desks: list[Desk] = field(default_factory=list)
    clerks: list[User] = field(default_factory=list)

    def seat(self, number=0):
        return {"desk": self.desks[number], "by": self.clerks[number]}

    def issue(self, minute=0, **fields):
        """Somebody comes so many minutes after nine."""
        values = {
            "place": self.place,
            "service": self.service,
            "source": TicketSource.KIOSK,
            "request_key": f"request {next(_number)}",
            "now": after(minute),
        }
        return queue.issue(**values | fields)

    def issue_now(self, **fields):
        """Somebody comes at this moment; staff give tickets on a Sunday too."""
        return self.issue(now=timezone.now(), by=self.clerks[0], **fields)

    def issue_many(self, count):
        return [self.issue(minute) for minute in range(count)]

    def issue_high(self, minute=0, **fields):
        return self.issue(minute, priority=Priority.HIGH, note="体調が悪い", by=self.clerks[0], **fields)

    def arrive(self, minute=0, appointment=0, **fields):
        """Somebody with a reservation comes at a minute, appointed for another."""
        reservation = make_checked_in(self.place, self.service, after(appointment), **fields)
        return queue.issue_for_reservation(reservation=reservation, source=TicketSource.RESERVATION, now=after(minute))

    def call(self, minute=0, number=0):
        return queue.call_next(**self.seat(number), now=after(minute))

    def serve(self, minute=0, number=0):
        """The next person, served for a minute and gone; the label."""
        called = self.call(minute, number)
        started = queue.start(ticket=called, by=self.clerks[number], now=after(minute))
        return queue.finish(ticket=started, by=self.clerks[number], now=after(minute, 30)).label


def make_hall(desk_count=1, *, department=None, now=NOW, **group_fields):
    """Everybody is sitting at their desk at nine; with `now=None` at this moment, as pages need it."""
    department = department or factories.make_department()
    place = make_place()
    group = make_ticket_group(department, **group_fields)
    hall = Hall(department, place, group, make_service(group, place))
    for number in range(desk_count):
        clerk = factories.make_staff(role=Role.CLERK, department=department, name=f"窓口 {number + 1}")
        desk = make_desk(place, str(number + 1), [hall.service])
        desks.sign_on(desk=desk, by=clerk, now=now)
        hall.desks.append(desk)
        hall.clerks.append(clerk)
    return hall


def make_ticket_group(department=None, **fields):
    used = set(ServiceGroup.objects.values_list("letter", flat=True))
    letter = next(one for one in string.ascii_uppercase if one not in used)
    return make_group(department, **{"has_tickets": True, "letter": letter} | fields)


def make_checked_in(place, service, starts_at, **fields):
    number = next(_number)
    values = {
        "request_key": f"booking {number}",
        "number": f"R{number:09d}",
        "group": service.group,
        "place": place,
        "service": service,
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=20),
        "business_day": starts_at.astimezone(TOKYO).date(),
        "state": ReservationState.CHECKED_IN,
        "booked_at": NOW - dt.timedelta(days=3),
        "checked_in_at": starts_at,
        "name": "予約 花子",
        "email": "hanako@example.jp",
    }
    return Reservation.objects.create(**values | fields)


def again(ticket):
    """The ticket as it is stored."""
    return Ticket.objects.get(pk=ticket.pk)
