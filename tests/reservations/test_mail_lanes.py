"""What a whole day is told at once never stands before a single booking."""

import pytest

from cityhall.enums import Lane
from notices.models import OutgoingMail
from reservations.enums import ReservationChannel
from reservations.services import mails
from reservations.services.mails import Occasion
from tests.reservations import kit

pytestmark = pytest.mark.django_db
TO_MANY = {
    Occasion.REMINDER,
    Occasion.MUST_MOVE,
    Occasion.HOLDS_AGAIN,
    Occasion.SESSION_CANCELLED,
    Occasion.WAIT_OVER,
}


@pytest.fixture
def booked(municipality):
    service = kit.make_service()
    slot = kit.make_slot(service.group, kit.make_place(), capacity=2)
    return kit.confirm(kit.hold(service, [slot]), kit.make_contact(email="a@example.jp"), by=None)


def test_each_occasion_has_its_lane(booked):
    booked.refresh_from_db()
    OutgoingMail.objects.all().delete()
    lanes = {}
    for occasion in Occasion:
        mails.tell(booked, occasion)
        lanes[occasion] = OutgoingMail.objects.latest("id").lane
    assert {occasion for occasion, lane in lanes.items() if lane == Lane.BULK} == TO_MANY


def test_who_won_a_draw_is_told_with_everybody_else(booked):
    booked.refresh_from_db()
    booked.channel = ReservationChannel.DRAW
    mails.tell(booked, Occasion.BOOKED)
    assert OutgoingMail.objects.latest("id").lane == Lane.BULK
    mails.tell(booked, Occasion.CANCELLED)
    assert OutgoingMail.objects.latest("id").lane == Lane.SINGLE
