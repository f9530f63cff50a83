"""What the rows of a morning add up to, and what is learned from them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cityhall.models import AuditEvent
from reservations.enums import TicketSource
from reservations.models import ServiceTime
from reservations.queries.figures import Line, figures, span_of
from reservations.services import bookings, desks, learning, queue
from reservations.templatetags.seconds import line_name
from tests import factories
from tests.reservations import kit

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def service(place, department):
    group = kit.make_group(department, letter="B", has_tickets=True)
    return kit.make_service(group, place, key="juminhyo", name="住民票の写し", minutes=10)


@pytest.fixture
def desk(place, service, handler):
    desk = kit.make_desk(place, "4", [service])
    desks.sign_on(desk=desk, by=handler)
    return desk


@pytest.fixture
def ten():
    """Ten o'clock of today."""
    return kit.at(timezone.localdate(), 10)


@pytest.fixture
def serve(place, service, desk, handler):
    """Somebody comes at a moment, waits, walks over, is served."""

    def serve(at, *, wait, way, serving, key):
        by = handler
        queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key=key, by=by, now=at)
        ticket = queue.call_next(desk=desk, by=by, now=at + wait)
        ticket = queue.start(ticket=ticket, by=by, now=at + wait + way)
        return queue.finish(ticket=ticket, by=by, now=at + wait + way + serving)

    return serve


def of_today(user, by="service", **fields):
    day = timezone.localdate()
    return figures(span_of(user, from_day=day, until_day=day, **fields), by=by)


def test_a_line_adds_up_waiting_way_and_serving(serve, ten, handler):
    serve(ten, wait=4 * MINUTE, way=MINUTE, serving=10 * MINUTE, key="one")
    serve(ten + 30 * MINUTE, wait=8 * MINUTE, way=MINUTE, serving=20 * MINUTE, key="two")
    [line] = of_today(handler).lines
    assert (line.label, line.tickets) == ("住民票の写し", 2)
    assert (line.waiting, line.longest, line.way, line.serving) == (360, 480, 60, 900)


@pytest.mark.parametrize(("by", "labels"), [("hour", ["10:00〜10:59", "11:00〜11:59"]), ("desk", ["本庁舎 4"])])
def test_lines_are_by_hour_and_desk(serve, ten, handler, by, labels):
    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    serve(ten + 60 * MINUTE, wait=MINUTE, way=MINUTE, serving=MINUTE, key="two")
    assert [line.label for line in of_today(handler, by).lines] == labels
    assert sum(line.tickets for line in of_today(handler, by).lines) == 2


def test_who_did_not_come_is_counted(place, service, desk, handler, ten):
    queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="one", by=handler, now=ten)
    ticket = queue.call_next(desk=desk, by=handler, now=ten + MINUTE)
    for number in range(2, queue.CALLS_BEFORE_MISSED + 1):
        ticket = queue.call_again(ticket=ticket, by=handler, now=ten + number * MINUTE)
    missed = queue.miss(ticket=ticket, by=handler, now=ten + 5 * MINUTE)
    queue.back_to_queue(ticket=missed, by=handler, now=ten + 6 * MINUTE)
    [line] = of_today(handler).lines
    assert line.missed == 1


def test_shares_of_bookings_and_supply(place, service, handler):
    opening, before = kit.at(timezone.localdate(), 9), kit.at(timezone.localdate(), 8)
    slots = kit.make_slots(service.group, place, 4, opening, minutes=10, capacity=2)
    booked = []
    for slot in slots[:3]:
        held = kit.hold(service, slot, is_public=False, by=handler, now=before)
        made = bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact(), now=before)
        booked.append(made.reservation)
    bookings.mark_done(reservation=booked[0], by=handler, now=opening)
    bookings.no_show(reservation=booked[1], by=handler, now=opening)
    bookings.cancel(reservation=booked[2], by=handler, now=opening)
    totals = of_today(handler).totals
    assert (totals.reservations, totals.came, totals.no_show, totals.cancelled) == (3, 1, 1, 1)
    assert totals.no_show_percent == 50
    # what staff held back and give back is free at once
    assert (totals.offered, totals.used, totals.used_percent) == (8, 2, 25)


def test_nothing_is_divided_by_nothing(handler, municipality):
    totals = of_today(handler).totals
    assert (totals.used_percent, totals.no_show_percent, totals.reserved_percent, totals.met_percent) == (None,) * 4


def test_how_often_the_forecast_held(serve, ten, handler):
    # the desk is idle: told to come at once, and called within the minute that is no error
    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    serve(ten + 60 * MINUTE, wait=150 * MINUTE, way=MINUTE, serving=MINUTE, key="two")
    totals = of_today(handler).totals
    assert (totals.forecasts, totals.forecasts_met, totals.met_percent) == (2, 1, 50)


def test_figures_cost_the_same_however_many_were_served(serve, ten, handler):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            of_today(handler)
        return len(captured)

    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    # what a person may see is read once
    queries()
    one = queries()
    for number in range(3):
        serve(ten + (number + 1) * 10 * MINUTE, wait=MINUTE, way=MINUTE, serving=MINUTE, key=f"more{number}")
    assert queries() == one


def test_others_see_nothing_of_our_counters(serve, ten):
    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    stranger = factories.make_staff(role="handler", department=factories.make_department())
    assert of_today(stranger).lines == []
    assert of_today(stranger).totals.tickets == 0


def test_trials_are_not_counted(serve, ten, handler, place):
    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    place.is_practice = True
    place.save()
    assert of_today(handler).lines == []


def test_the_page_and_its_csv_say_the_same(client, login, serve, ten, handler):
    serve(ten, wait=4 * MINUTE, way=MINUTE, serving=10 * MINUTE, key="one")
    login(handler, client)
    page = client.get(reverse("reservations:queue_figures"))
    assert "4分00秒" in page.content.decode()
    table = client.get(reverse("reservations:queue_figures_csv") + "?by=service").getvalue().decode("utf-8-sig")
    assert table.splitlines()[1] == "住民票の写し,1,240,240,60,600,0"
    assert AuditEvent.objects.filter(action="export", target_type="reservations.figures", actor=handler).exists()


@pytest.mark.parametrize(
    ("day", "said"), [(dt.date(2026, 11, 23), "11月23日（月）"), (dt.date(2025, 12, 3), "2025年12月3日（水）")]
)
def test_a_day_is_said_as_people_say_it(day, said, monkeypatch):
    monkeypatch.setattr("reservations.templatetags.seconds.today", lambda: dt.date(2026, 11, 23))
    assert line_name(Line(day.isoformat(), day=day)) == said


@pytest.mark.parametrize(
    "query", ["from_day=x", "from_day=2026-12-31&until_day=2026-01-01", "until_day=2026-01-01&from_day=2020-01-01"]
)
def test_a_wrong_span_is_told_and_counts_the_last_month(client, login, handler, municipality, query):
    login(handler, client)
    page = client.get(f"{reverse('reservations:queue_figures')}?{query}")
    assert page.status_code == 200
    assert page.context["form"].errors
    assert page.context["figures"].span.until_day == timezone.localdate()


def test_serving_times_are_learned_by_hour(serve, ten, service, place):
    for number in range(3):
        at = ten + number * 15 * MINUTE
        serve(at, wait=MINUTE, way=MINUTE, serving=(4 + number) * MINUTE, key=f"ten{number}")
    serve(ten + 120 * MINUTE, wait=MINUTE, way=MINUTE, serving=12 * MINUTE, key="noon")
    assert learning.learn() == 2
    learned = ServiceTime.objects.get(service=service, place=place, hour=10)
    assert (learned.served, learned.mean_seconds, learned.spread_seconds) == (3, 300, 49)
    # again: the same rows, not more of them
    assert learning.learn() == 2
    assert ServiceTime.objects.count() == 2


def test_a_press_too_many_teaches_nothing(serve, ten):
    serve(ten, wait=MINUTE, way=MINUTE, serving=dt.timedelta(seconds=2), key="slip")
    serve(ten + 10 * MINUTE, wait=MINUTE, way=MINUTE, serving=dt.timedelta(hours=4), key="lunch")
    assert learning.learn() == 0


def test_what_nobody_comes_for_is_forgotten(serve, ten):
    serve(ten, wait=MINUTE, way=MINUTE, serving=5 * MINUTE, key="one")
    learning.learn()
    assert learning.learn(now=timezone.now() + dt.timedelta(days=90)) == 0
    assert not ServiceTime.objects.exists()


def test_who_was_taken_over_is_one_person_served(place, service, desk, handler, department, ten):
    colleague = factories.make_staff(role="handler", department=department)
    second = kit.make_desk(place, "5", [service])
    desks.sign_on(desk=second, by=colleague)
    queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="one", by=handler, now=ten)
    ticket = queue.start(ticket=queue.call_next(desk=desk, by=handler, now=ten), by=handler, now=ten + MINUTE)
    ticket = queue.take_over(ticket=ticket, desk=second, by=colleague, now=ten + 5 * MINUTE)
    queue.finish(ticket=ticket, by=colleague, now=ten + 9 * MINUTE)
    assert [line.tickets for line in of_today(handler).lines] == [1]
    assert of_today(handler).totals.tickets == 1


def test_desks_of_the_same_number_at_two_places_are_two_lines(serve, place, service, handler, ten):
    serve(ten, wait=MINUTE, way=MINUTE, serving=MINUTE, key="one")
    branch = kit.make_place("east", name="東支所", position=1)
    kit.make_offer(service, branch)
    there = kit.make_desk(branch, "4", [service])
    desks.sign_on(desk=there, by=handler)
    queue.issue(place=branch, service=service, source=TicketSource.STAFF, request_key="two", by=handler, now=ten)
    ticket = queue.start(ticket=queue.call_next(desk=there, by=handler, now=ten), by=handler, now=ten + MINUTE)
    queue.finish(ticket=ticket, by=handler, now=ten + 9 * MINUTE)
    lines = of_today(handler, "desk").lines
    assert [(line.label, line.tickets) for line in lines] == [("本庁舎 4", 1), ("東支所 4", 1)]
    assert [line.label for line in of_today(handler, "desk", place=branch).lines] == ["4"]


def test_a_closed_slot_offers_what_is_in_it(place, service, handler):
    opening, before = kit.at(timezone.localdate(), 9), kit.at(timezone.localdate(), 8)
    empty, used, _open = kit.make_slots(service.group, place, 3, opening, capacity=4)
    held = kit.hold(service, used, is_public=False, by=handler, now=before)
    bookings.confirm(reservation=held, seen_revision=0, contact=kit.make_contact(), now=before)
    type(empty).objects.filter(pk__in=[empty.pk, used.pk]).update(closed_at=timezone.now())
    totals = of_today(handler).totals
    assert (totals.offered, totals.used) == (5, 1)
