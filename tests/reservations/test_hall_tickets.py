"""The ticket in the hand, the call-up screen, and how long one waits."""

import datetime as dt
import json

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import DeviceKind
from notices.models import OutgoingMail
from reservations.enums import TicketEventKind, TicketSource, TicketState
from reservations.errors import ServiceClosed
from reservations.memory import forget_all
from reservations.models import Display, Ticket, TicketEvent
from reservations.services import alerts, desks, queue
from tests import factories
from tests.reservations import kit
from tests.reservations.test_hall_pages import open_always, paired

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def service(place):
    return kit.make_service(
        kit.make_group(letter="B", has_tickets=True, name="証明書"), place, key="juminhyo", minutes=5
    )


@pytest.fixture
def desk(place, service):
    return kit.make_desk(place, "4", [service], floor="1階 北側")


@pytest.fixture
def give(place, service):
    """A ticket given by staff: they decide on the hours."""
    staff = factories.make_user(is_staff=True)

    def give(**fields):
        number = Ticket.objects.count() + 1
        values = {"place": place, "service": service, "source": TicketSource.STAFF, "by": staff}
        return queue.issue(request_key=f"give-{number}", **values | fields)

    return give


def page_of(client, ticket):
    return client.get(reverse("reservations:ticket", args=[ticket.public_id]))


def state_of(client, ticket, **headers):
    return client.get(reverse("reservations:ticket_state", args=[ticket.public_id]), headers=headers)


def test_a_ticket_tells_its_place_in_line(client, give):
    first, _second, third = give(), give(), give()
    assert state_of(client, first).json()["headline"] == "次にお呼びします"
    state = state_of(client, third).json()
    assert (state["ahead"], state["headline"]) == (2, "あなたの前に2組")
    assert state["line"] == "お待ちいただく時間は、およそ12〜23分の見込みです。"


def test_an_unchanged_state_costs_no_body(client, give):
    ticket = give()
    first = state_of(client, ticket)
    again = state_of(client, ticket, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    queue.leave(ticket=ticket)
    assert state_of(client, ticket, if_none_match=first["ETag"]).status_code == 200


def test_a_called_ticket_says_to_which_desk(client, give, desk, clerk):
    ticket = give()
    desks.sign_on(desk=desk, by=clerk)
    queue.call_next(desk=desk, by=clerk)
    state = state_of(client, ticket).json()
    assert (state["headline"], state["line"], state["rings"]) == ("4番窓口へお越しください", "1階 北側", "called")
    assert "4番窓口へお越しください" in page_of(client, ticket).content.decode()


def test_leaving_is_asked_once_and_happens_once(client, give):
    ticket = give()
    path = reverse("reservations:ticket_leave", args=[ticket.public_id])
    assert client.get(path).status_code == 200
    ticket.refresh_from_db()
    assert ticket.state == TicketState.WAITING
    for _press in range(2):
        client.post(path)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.LEFT
    assert TicketEvent.objects.filter(ticket=ticket, kind=TicketEventKind.LEFT).count() == 1


def test_who_is_away_is_not_called_and_keeps_the_place(client, give, desk, clerk):
    away, other = give(), give()
    client.post(reverse("reservations:ticket_away", args=[away.public_id]))
    away.refresh_from_db()
    assert away.away_until > timezone.now() + dt.timedelta(minutes=19)
    assert "まで呼び出しません" in page_of(client, away).content.decode()
    desks.sign_on(desk=desk, by=clerk)
    assert queue.call_next(desk=desk, by=clerk).pk == other.pk


def test_a_wrong_address_is_refused_and_kept(client, give):
    ticket = give()
    path = reverse("reservations:ticket_alert", args=[ticket.public_id])
    page = client.post(path, {"email": "not an address"})
    assert page.context["form"].errors["email"]
    assert "not an address" in page.content.decode()


def test_one_mail_goes_out_when_the_turn_is_near_and_the_address_is_forgotten(client, give):
    give(), give(), give()
    last = give()
    client.post(reverse("reservations:ticket_alert", args=[last.public_id]), {"email": "guest@example.jp"})
    assert alerts.alert_near() == 0
    queue.leave(ticket=Ticket.objects.order_by("pk").first())
    assert [alerts.alert_near(), alerts.alert_near()] == [1, 0]
    sent = OutgoingMail.objects.get()
    # the link lets anybody give the place up
    assert (sent.is_encrypted, last.public_id in sent.body, last.public_id in decrypt(sent.body)) == (True, False, True)
    assert (sent.to, last.label in sent.subject) == ("guest@example.jp", True)
    last.refresh_from_db()
    assert (last.alert_email, last.alerted_at is not None) == ("", True)
    assert mail.outbox == []


def test_looking_who_is_near_costs_the_same_however_many_asked(give):
    def queries():
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            assert alerts.alert_near() == 0
        return len(captured)

    give(), give(), give()
    waiting = [give() for _number in range(6)]
    Ticket.objects.filter(pk=waiting[0].pk).update(alert_email="first@example.jp")
    one = queries()
    Ticket.objects.filter(pk__in=[row.pk for row in waiting]).update(alert_email="all@example.jp")
    # who is out for a while is looked for at the place they keep
    Ticket.objects.filter(pk=waiting[-1].pk).update(away_until=timezone.now() + dt.timedelta(minutes=5))
    assert queries() == one


def test_nobody_is_told_for_a_ticket_that_ended(client, give):
    ticket = give()
    queue.leave(ticket=ticket)
    client.post(reverse("reservations:ticket_alert", args=[ticket.public_id]), {"email": "guest@example.jp"})
    ticket.refresh_from_db()
    assert ticket.alert_email == ""
    assert alerts.alert_near() == 0


def test_a_ticket_of_nobody_is_not_found(client):
    for name in ("ticket", "ticket_state", "ticket_leave"):
        assert client.get(reverse(f"reservations:{name}", args=["2" * 22])).status_code == 404


@pytest.fixture
def display(client, place):
    return Display.objects.create(
        place=place, name="待合", device=paired(client, DeviceKind.DISPLAY), notice="お静かに"
    )


def board(client, **headers):
    return client.get(reverse("reservations:display_state"), headers=headers)


def test_the_screen_shows_numbers_and_desks_and_no_name(client, display, give, desk, clerk):
    give()
    desks.sign_on(desk=desk, by=clerk)
    ticket = queue.call_next(desk=desk, by=clerk)
    state = board(client).json()
    [call] = state["calls"]
    assert (call["label"], call["desk"], call["is_called"]) == ("B1", "4", True)
    assert state["notice"] == "お静かに"
    shown = client.get(reverse("reservations:display")).content.decode()
    assert "B1" in shown
    assert clerk.name not in shown + json.dumps(state, ensure_ascii=False)
    queue.start(ticket=ticket, by=clerk)
    assert board(client).json()["calls"][0]["is_called"] is False


def test_a_second_call_blinks_again(client, display, give, desk, clerk):
    give()
    desks.sign_on(desk=desk, by=clerk)
    ticket = queue.call_next(desk=desk, by=clerk)
    first = board(client)
    assert board(client, if_none_match=first["ETag"]).status_code == 304
    queue.call_again(ticket=ticket, by=clerk, now=timezone.now() + dt.timedelta(seconds=5))
    again = board(client, if_none_match=first["ETag"])
    assert again.status_code == 200
    assert again.json()["calls"][0]["key"] != first.json()["calls"][0]["key"]


def test_a_first_call_after_going_back_and_a_colleague_who_takes_over_blink_too(client, display, give, desk, clerk):
    give()
    colleague = factories.make_user(is_staff=True)
    second = kit.make_desk(desk.place, "5", list(desk.services.all()))
    desks.sign_on(desk=desk, by=clerk)
    desks.sign_on(desk=second, by=colleague)
    keys = []

    def shown():
        [call] = board(client).json()["calls"]
        keys.append(call["key"])

    ticket = queue.call_next(desk=desk, by=clerk)
    shown()
    queue.transfer(ticket=ticket, by=clerk, desk=desk)
    ticket = queue.call_next(desk=desk, by=clerk)
    assert ticket.calls == 1
    shown()
    queue.take_over(ticket=ticket, desk=second, by=colleague)
    shown()
    assert len(set(keys)) == 3


def test_a_screen_shows_only_its_groups(client, display, give, place):
    other = kit.make_service(kit.make_group(letter="D", has_tickets=True, name="年金"), place)
    display.groups.add(other.group)
    give()
    assert [row["name"] for row in board(client).json()["waiting"]] == ["年金"]


def test_the_screen_costs_the_same_however_many_wait(client, display, give, django_assert_max_num_queries):
    give()
    board(client)
    with django_assert_max_num_queries(14):
        board(client)
    for _ticket in range(5):
        give()
    with django_assert_max_num_queries(14):
        board(client)


def test_everybody_may_see_how_long_one_waits(client, place, service, give):
    open_always(service.group, place)
    give()
    page = client.get(reverse("reservations:waiting_place", args=["hall"]))
    assert "待ち1組" in page.content.decode()
    data = client.get(reverse("reservations:waiting_state", args=["hall"]))
    [row] = data.json()["services"]
    assert (row["key"], row["waiting"], row["light"]) == ("juminhyo", 1, "yellow")
    assert data["Cache-Control"] == "public, max-age=15"
    assert client.get(reverse("reservations:waiting_places")).status_code == 200


def test_the_kiosk_refuses_what_staff_may_give(place, service):
    """Without opening hours the hall is closed on a Sunday for kiosks and phones."""
    sunday = kit.at(kit.next_week(0) + dt.timedelta(days=(6 - kit.next_week(0).weekday()) % 7), 10)
    with pytest.raises(ServiceClosed):
        queue.issue(place=place, service=service, source=TicketSource.KIOSK, request_key="sunday", now=sunday)
