"""Coming in the break of a counter: the ticket is given and says when the desks open again."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.days import TOKYO
from cityhall.models import ClosedDay
from reservations.enums import ExceptionKind, RuleKind, TicketSource
from reservations.models import OpeningException, OpeningRule
from reservations.queries.breaks import break_until
from reservations.services import queue
from tests.reservations import kit
from tests.reservations.queuekit import make_ticket_group

pytestmark = pytest.mark.django_db

# a Tuesday
DAY = dt.date(2026, 11, 24)


def moment(hour, minute=0):
    return dt.datetime.combine(DAY, dt.time(hour, minute), TOKYO)


@pytest.fixture
def counter(municipality):
    place = kit.make_place("hall")
    service = kit.make_service(make_ticket_group(), place, key="juminhyo")
    kit.make_desk(place, services=[service])
    return place, service


def hours(counter, kind=RuleKind.OPEN, first=9, last=17):
    place, service = counter
    fields = {"weekdays": [1], "valid_from": DAY, "from_time": dt.time(first), "until_time": dt.time(last)}
    OpeningRule.objects.create(group=service.group, place=place, kind=kind, **fields)


def until(counter, *clock):
    place, service = counter
    return break_until(place, service.group, moment(*clock))


def test_a_break_ends_when_the_desks_open_again(counter):
    assert until(counter, 12) is None
    hours(counter)
    hours(counter, RuleKind.BREAK, 12, 13)
    found = [until(counter, *clock) for clock in ((8, 59), (9,), (11, 59), (12,), (12, 59), (13,), (17,))]
    assert found == [None, None, None, moment(13), moment(13), None, None]


def test_two_rules_with_a_gap_have_a_break_and_an_evening_counter_has_none(counter):
    hours(counter, first=9, last=12)
    hours(counter, first=13, last=15)
    hours(counter, first=18, last=20)
    assert [until(counter, hour) for hour in (12, 15, 16, 20)] == [moment(13), None, None, None]


def test_a_closed_day_has_no_break(counter):
    hours(counter)
    hours(counter, RuleKind.BREAK, 12, 13)
    closed = OpeningException.objects.create(place=counter[0], date=DAY, kind=ExceptionKind.CLOSED)
    assert until(counter, 12) is None
    closed.delete()
    ClosedDay.objects.create(date=DAY, name="庁舎点検")
    assert until(counter, 12) is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "窓口は13:00に再開"), ("ja-easy", "13:00から じゅんばん"), ("en", "open again at 13:00")],
)
def test_the_pages_say_when_it_opens_again(client, counter, monkeypatch, language, words):
    place, service = counter
    hours(counter)
    hours(counter, RuleKind.BREAK, 12, 13)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(12, 10))
    page = client.get(reverse("reservations:phone_service", args=[place.key, service.key]), {"lang": language})
    assert words in page.text
    ticket = queue.issue(place=place, service=service, source=TicketSource.PHONE, request_key="noon", language=language)
    own = reverse("reservations:ticket", args=[ticket.public_id])
    assert words in client.get(own).text
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(13))
    assert words not in client.get(own).text
