"""A program reads a case at the moment it is cancelled."""

import threading

import pytest
from django.db import connection, transaction

from applications.enums import Channel
from cityhall.enums import DeviceKind
from cityhall.services import devices
from counter.enums import HandOverEventKind, HandOverKind, HandOverOutcome
from counter.models import HandOver, HandOverEvent
from counter.services import hand_overs
from tests.applications import casekit
from tests.applications.test_races import at_once
from tests.counter.kit import NOW
from tests.database import until_somebody_waits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def row(municipality, department, resident):
    case = casekit.make_case(casekit.make_procedure(department), resident, channel=Channel.COUNTER)
    with transaction.atomic():
        return hand_overs.hand_over([case], by=None, now=NOW)[0]


@pytest.fixture
def system(municipality):
    return devices.create(kind=DeviceKind.SYSTEM, name="住民記録", department=None, by=None)


def cancel(row, by):
    with transaction.atomic():
        return hand_overs.call_back(row.application, by=by, now=NOW)


def is_told():
    return HandOver.objects.filter(kind=HandOverKind.CANCEL).exists()


@pytest.mark.parametrize("turn", range(5))
def test_what_is_read_while_it_is_cancelled_is_not_shown_or_called_back(row, system, clerk, turn):
    page = list(HandOver.objects.all())
    shown, _told = at_once(
        lambda: hand_overs.note_read(page, system=system, now=NOW),
        lambda: cancel(row, clerk),
    )
    assert shown in (set(), {row.pk})
    assert is_told() == bool(shown)
    row.refresh_from_db()
    assert row.outcome == HandOverOutcome.SETTLED


def read_without_the_lock(rows, system):
    """The control: looks which are still open and notes them, as `note_read` does, without holding the rows."""
    with transaction.atomic():
        wanted = HandOver.objects.filter(pk__in=[one.pk for one in rows], outcome=HandOverOutcome.OPEN)
        found = set(wanted.values_list("pk", flat=True))
        looked.set()
        cancelled.wait(timeout=60)
        HandOverEvent.objects.bulk_create(
            HandOverEvent(hand_over_id=pk, kind=HandOverEventKind.READ, at=NOW, system=system) for pk in found
        )
    return found


looked, cancelled = threading.Event(), threading.Event()


def test_control_without_the_lock_a_program_keeps_what_nobody_calls_back(row, system, clerk):
    looked.clear()
    cancelled.clear()

    def cancel_in_between():
        looked.wait(timeout=60)
        cancel(row, clerk)
        cancelled.set()

    shown, _none = at_once(lambda: read_without_the_lock([row], system), cancel_in_between)
    assert shown == {row.pk}
    assert not is_told()


def test_who_cancels_waits_for_who_reads(row, system, clerk):
    """The same order of things with `note_read`: the cancellation comes after it, and is told."""
    held = threading.Event()

    def read():
        with transaction.atomic():
            shown = hand_overs.note_read([row], system=system, now=NOW)
            held.set()
            until_somebody_waits()
            return shown

    def cancel_then():
        held.wait(timeout=60)
        return cancel(row, clerk)

    shown, told = at_once(read, cancel_then)
    assert shown == {row.pk}
    assert told.kind == HandOverKind.CANCEL
