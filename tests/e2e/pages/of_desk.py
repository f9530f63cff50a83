"""Pages of the clerk's tablet."""

from django.urls import reverse

from cityhall.models import Department
from reservations.services import desks, queue
from tests.reservations.queuekit import make_hall


def pages_of_choice(_user):
    """Before anybody sits down, and a desk that a colleague has."""
    hall = _hall()
    yield reverse("reservations:desk")
    yield reverse("reservations:desk_sign_on", args=[hall.place.key, "1"])


def pages_of_desk(user):
    """A desk with somebody at it, people in every list, and a colleague who needs help."""
    hall = _hall()
    desks.sign_on(desk=hall.desks[0], by=user, replaces=True)
    tickets = [hall.issue_now(language="en", people=2) for _number in range(5)]
    queue.be_away(ticket=tickets[0], minutes=20)
    _serve(tickets[1], desk=hall.desks[0], by=user, then=queue.park)
    queue.call(ticket=tickets[2], **hall.seat(1))
    _serve(tickets[3], desk=hall.desks[0], by=user)
    desks.raise_alarm(**hall.seat(1))
    yield reverse("reservations:desk")
    yield reverse("reservations:desk_ticket", args=[tickets[4].public_id])
    yield reverse("reservations:desk_transfer", args=[tickets[3].public_id])


def _hall():
    return make_hall(2, department=Department.objects.get(code="kosodate"), now=None)


def _serve(ticket, *, desk, by, then=None):
    serving = queue.start(ticket=queue.call(ticket=ticket, desk=desk, by=by), by=by)
    if then:
        then(ticket=serving, by=by)
