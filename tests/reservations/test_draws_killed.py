"""A draw killed with kill -9: the lot is cast or is not, a batch is whole or has not happened, nobody hears twice."""

import datetime as dt

import pytest
from django.utils import timezone

from notices.models import OutgoingMail
from reservations.enums import DrawState, Release, SupplyKind, WishState
from reservations.models import Draw, DrawWish, Reservation
from reservations.services import draws
from tests.reservations import kit
from tests.reservations.test_crash import kill_while

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES, PLACES = 7, 3
RUNNING = "reservations.services.draws.running"
# in batches of two: four of them
DRAW = """
from reservations.models import Draw
from reservations.services.draws import running
draw = Draw.objects.select_related("group", "place").get()
running.cast_lot(draw=draw, now=draw.wishes_until)
while running.settle_batch(draw=draw, limit=2):
    pass
"""


@pytest.fixture
def draw(municipality):
    group = kit.make_group(release=Release.DRAW, kind=SupplyKind.EVENT, has_waiting_list=False)
    place = kit.make_place("center")
    service = kit.make_service(group, place)
    day = kit.next_week(14)
    slot = kit.make_slot(group, place, kit.at(day, 9), opens_at=None, capacity=PLACES)
    now = timezone.now()
    times = {"wishes_from": now - dt.timedelta(hours=1), "wishes_until": now + dt.timedelta(hours=1)}
    row = draws.open_draw(
        draw=Draw(group=group, place=place, title="集団健診", from_day=day, until_day=day, **times), by=None
    )
    for number in range(ENTRIES):
        contact = kit.make_contact(number + 1)
        draws.enter(draw=row, slots=[slot], contact=contact, request_key=f"wish-{number}", service=service)
    OutgoingMail.objects.all().delete()
    return row


def settled():
    return DrawWish.objects.exclude(state=WishState.OPEN).count()


@pytest.mark.parametrize(
    ("name", "state", "done"),
    [
        ("_write_ranks", DrawState.COLLECTING, 0),
        ("_next_wishes", DrawState.DRAWING, 0),
        ("_console", DrawState.DRAWING, None),
        ("_publish", DrawState.DRAWING, 6),
    ],
)
def test_a_draw_killed_anywhere_goes_on_and_everybody_hears_once(draw, name, state, done):
    kill_while(DRAW, RUNNING, name, "after")
    assert Draw.objects.get().state == state
    # whole batches only, each with its mails
    assert settled() % 2 == 0
    assert OutgoingMail.objects.count() == settled()
    if done is not None:
        assert settled() == done
    lot = dict(DrawWish.objects.values_list("number", "slot")) if state == DrawState.DRAWING else {}
    kit.assert_counts_agree()

    result = draws.run(draw=Draw.objects.get(), now=draw.wishes_until)
    assert (result.won, result.lost) == (PLACES, ENTRIES - PLACES)
    assert Draw.objects.get().state == DrawState.DRAWN
    assert OutgoingMail.objects.count() == OutgoingMail.objects.values("to").distinct().count() == ENTRIES
    assert Reservation.objects.count() == PLACES
    if lot:
        assert lot == dict(DrawWish.objects.values_list("number", "slot"))
    kit.assert_counts_agree()
