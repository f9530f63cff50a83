"""A process killed with kill -9 half-way: a booking and its mail are both there or neither is, and places add up."""

import datetime as dt

import pytest
from django.utils import timezone

from notices.models import OutgoingMail
from reservations import tasks
from reservations.enums import ReservationState as S
from reservations.enums import WaitlistState as W
from reservations.models import FreedPlace, Reservation, ReservationEvent, WaitlistEntry
from reservations.services import bookings, reminders, sweeping, waitlist
from tests.killing import run_until_killed
from tests.reservations import kit

pytestmark = pytest.mark.django_db(transaction=True)

# does one thing in a process of its own and stops for ever where the test wants to kill it
SCRIPT = """
import datetime as dt
import importlib, sys, time
import django
django.setup()
from django.utils import timezone
from reservations.contacts import ContactData
from reservations.models import Reservation, Slot, WaitlistEntry
from reservations.services import bookings, reminders, waitlist

module = importlib.import_module(sys.argv[2])
original = getattr(module, sys.argv[3])

def stop(*args, **kwargs):
    if sys.argv[4] == "after":
        original(*args, **kwargs)
    print("here", flush=True)
    time.sleep(60)

setattr(module, sys.argv[3], stop)
first = Reservation.objects.select_related("group", "place", "service").order_by("id").first()
contact = ContactData(name="killed", email="killed@example.jp")
exec(sys.argv[1])
"""
CONFIRM = "bookings.confirm(reservation=first, seen_revision=first.revision, contact=contact)"
CANCEL = "bookings.cancel(reservation=first)"
MOVE = "bookings.move(reservation=first, slots=[Slot.objects.order_by('id').last()])"
ACCEPT = "waitlist.accept(entry=WaitlistEntry.objects.get())"
PACKAGE = "reservations.services.bookings"


def kill_while(code, module, name, when):
    """Run code in another process until `name` of `module` is called, and kill it there."""
    run_until_killed(SCRIPT, code, module, name, when)


@pytest.fixture
def place(municipality):
    return kit.make_place()


@pytest.fixture
def service(department, place):
    return kit.make_service(kit.make_group(department), place)


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        (f"{PACKAGE}.confirming", "step", "after"),
        (f"{PACKAGE}.confirming", "tell", "after"),
        ("notices.services.mail", "wake", "before"),
    ],
)
def test_confirm_killed_anywhere_has_not_happened_and_can_be_done_again(service, place, module, name, when):
    slot = kit.make_slot(service.group, place)
    held = kit.hold(service, slot)
    kill_while(CONFIRM, module, name, when)
    held.refresh_from_db()
    assert (held.state, held.name) == (S.HELD, "")
    assert not OutgoingMail.objects.exists()
    assert not ReservationEvent.objects.exists()
    assert kit.confirm(held).state == S.BOOKED
    assert OutgoingMail.objects.count() == ReservationEvent.objects.count() == 1
    kit.assert_counts_agree()


def test_confirm_killed_and_given_up_frees_the_place(service, place):
    slot, now = kit.make_slot(service.group, place), timezone.now()
    kit.hold(service, slot, now=now)
    kill_while(CONFIRM, f"{PACKAGE}.confirming", "tell", "after")
    assert kit.make_reservation(service, slot, now=now + dt.timedelta(minutes=11)).state == S.BOOKED
    assert OutgoingMail.objects.count() == 1
    kit.assert_counts_agree()


def test_hold_killed_after_it_took_the_place_is_whole_and_ends_as_any_hold(service, place):
    slot = kit.make_slot(service.group, place)
    other = kit.make_slot(service.group, place, kit.at(kit.next_week(), 15))
    kit.make_reservation(service, other)
    code = (
        f"slot = Slot.objects.get(pk={slot.pk})\n"
        "bookings.hold(group=slot.group, place=slot.place, service=first.service, slots=[slot], holder='k',"
        " request_key='k')"
    )
    kill_while(code, f"{PACKAGE}.holding", "write_visit", "after")
    # the first hold of a browser is one step; nobody heard of it, and its time runs out
    assert Reservation.objects.filter(state=S.HELD).count() == 1
    kit.assert_counts_agree()
    later = timezone.now() + dt.timedelta(minutes=11)
    assert kit.hold(service, slot, now=later).state == S.HELD
    assert Reservation.objects.filter(state=S.HELD).count() == 1
    kit.assert_counts_agree()


@pytest.mark.parametrize(("name", "when"), [("free", "after"), ("tell", "after")])
def test_cancel_killed_in_its_transaction_has_not_happened(service, place, name, when):
    kit.make_reservation(service, kit.make_slot(service.group, place))
    kill_while(CANCEL, f"{PACKAGE}.ending", name, when)
    assert (Reservation.objects.get().state, FreedPlace.objects.count()) == (S.BOOKED, 0)
    assert OutgoingMail.objects.count() == 1
    assert bookings.cancel(reservation=Reservation.objects.get()).state == S.CANCELLED
    assert OutgoingMail.objects.count() == 2
    kit.assert_counts_agree()


def test_cancel_killed_before_the_offer_is_made_good_by_the_task(service, place):
    kit.make_reservation(service, kit.make_slot(service.group, place))
    kit.make_entry(service, place)
    kill_while(CANCEL, f"{PACKAGE}.ending", "offer_next", "before")
    assert (Reservation.objects.get().state, WaitlistEntry.objects.get().state) == (S.CANCELLED, W.WAITING)
    assert FreedPlace.objects.filter(settled_at=None).count() == 1
    for _time in range(2):
        tasks.make_offers()
    assert WaitlistEntry.objects.get().state == W.OFFERED
    assert Reservation.objects.filter(state=S.HELD).count() == 1
    kit.assert_counts_agree()


def test_offer_killed_before_its_commit_offers_nothing_twice(service, place):
    kit.make_reservation(service, kit.make_slot(service.group, place))
    kit.make_entry(service, place)
    kill_while(CANCEL, "reservations.services.offers", "tell_waiting", "after")
    assert WaitlistEntry.objects.get().state == W.WAITING
    mails = OutgoingMail.objects.count()
    tasks.make_offers()
    assert (WaitlistEntry.objects.get().state, OutgoingMail.objects.count()) == (W.OFFERED, mails + 1)
    kit.assert_counts_agree()


def test_move_killed_half_way_keeps_the_old_time_only(service, place):
    old, new = kit.make_slots(service.group, place, 2)
    booked = kit.make_reservation(service, old)
    kill_while(MOVE, f"{PACKAGE}.moving", "tell", "after")
    booked.refresh_from_db()
    assert (booked.starts_at, booked.revision) == (old.starts_at, 1)
    kit.assert_counts_agree()
    assert bookings.move(reservation=booked, slots=[new]).starts_at == new.starts_at
    kit.assert_counts_agree()


def test_accept_killed_half_way_can_be_answered_again(service, place):
    bookings.cancel(reservation=kit.make_reservation(service, kit.make_slot(service.group, place)))
    entry = kit.make_entry(service, place)
    tasks.make_offers()
    kill_while(ACCEPT, f"{PACKAGE}.confirming", "tell", "after")
    assert WaitlistEntry.objects.get().state == W.OFFERED
    assert waitlist.accept(entry=entry).reservation.state == S.BOOKED
    kit.assert_counts_agree()


def test_reminder_killed_before_its_commit_goes_once(service, place):
    day = kit.next_week(10)
    kit.make_reservation(service, kit.make_slot(service.group, place, kit.at(day, 9)))
    now = kit.at(day - dt.timedelta(days=1), 10)
    kill_while(
        f"reminders.remind_due(now=dt.datetime.fromisoformat({now.isoformat()!r}))",
        "reservations.services.reminders",
        "tell",
        "after",
    )
    assert OutgoingMail.objects.count() == 1
    assert [reminders.remind_due(now=now) for _time in range(2)] == [1, 0]
    assert OutgoingMail.objects.count() == 2


def test_sweep_killed_half_way_gives_the_place_back_once(service, place):
    now = timezone.now()
    slot = kit.make_slot(service.group, place)
    kit.hold(service, slot, now=now)
    later = now + dt.timedelta(minutes=11)
    kill_while(
        f"bookings.sweep(now=dt.datetime.fromisoformat({later.isoformat()!r}))",
        "reservations.services.sweeping",
        "expire",
        "after",
    )
    kit.assert_counts_agree()
    assert [sweeping.sweep(now=later) for _time in range(2)] == [1, 0]
    slot.refresh_from_db()
    assert slot.taken == 0
