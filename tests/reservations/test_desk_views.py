"""The clerk's tablet: every button as a page POST, twice, from old screens, and by people who sit elsewhere."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction, DeviceKind, Role
from cityhall.machines import TOKEN_COOKIE
from cityhall.models import AuditEvent
from cityhall.services import devices
from reservations.enums import Priority, TicketSource, TicketState
from reservations.models import DeskAlarm, DeskSession, Ticket
from reservations.services import desks, queue
from tests import factories
from tests.reservations.kit import make_desk, make_offer, make_place, make_service
from tests.reservations.queuekit import again, make_checked_in, make_hall, make_ticket_group

pytestmark = pytest.mark.django_db
S = TicketState


@pytest.fixture
def hall(municipality):
    return make_hall(2, now=None)


@pytest.fixture
def desk_page(hall, login):
    """The tablet of the first desk."""
    return login(hall.clerks[0])


@pytest.fixture
def beside(hall, login):
    """The tablet of the second desk."""
    return login(hall.clerks[1], Client())


def press(browser, name, *args, **data):
    """One button; the page that follows."""
    return browser.post(reverse(f"reservations:{name}", args=args), data, follow=True)


def act(browser, ticket, action):
    return press(browser, "desk_act", ticket.public_id, action)


def told(response):
    return [str(message) for message in response.context["messages"]]


def home(browser):
    return browser.get(reverse("reservations:desk"))


# --- a day at a desk


def test_small_morning_at_a_desk(hall, desk_page):
    first, second = hall.issue_now(), hall.issue_now()
    assert home(desk_page).context["page"].callable_count == 2
    called = press(desk_page, "desk_next").context["page"]
    assert (called.ticket.pk, called.callable_count) == (first.pk, 1)
    assert act(desk_page, first, "start").context["page"].ticket.state == S.SERVING
    page = act(desk_page, first, "finish-and-next").context["page"]
    assert (again(first).state, page.ticket.pk, page.day.served) == (S.DONE, second.pk, 1)
    act(desk_page, second, "start")
    answer = act(desk_page, second, "finish-and-next")
    assert (again(second).state, told(answer)) == (S.DONE, ["お待ちの方はいません。"])
    assert answer.context["page"].ticket is None


@pytest.mark.parametrize("action", ["call", "again", "start", "finish", "park", "back", "leave", "take-over", "miss"])
def test_every_button_twice_is_one_page_and_no_error(hall, desk_page, action):
    ticket = hall.issue_now()
    if action not in ("call", "leave"):
        press(desk_page, "desk_next")
    if action in ("finish", "park"):
        act(desk_page, ticket, "start")
    answers = [act(desk_page, ticket, action) for _tap in (1, 2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    states = {"call": S.CALLED, "again": S.CALLED, "start": S.SERVING, "finish": S.DONE, "park": S.PARKED}
    later = {"back": S.WAITING, "leave": S.LEFT, "take-over": S.CALLED, "miss": S.CALLED}
    assert again(ticket).state == (states | later)[action]


def test_double_tap_of_finish_and_next_calls_one_person(hall, desk_page):
    first, second, third = (hall.issue_now() for _number in range(3))
    press(desk_page, "desk_next")
    act(desk_page, first, "start")
    for _tap in (1, 2):
        page = act(desk_page, first, "finish-and-next").context["page"]
    assert (page.ticket.pk, again(second).state, again(third).state) == (second.pk, S.CALLED, S.WAITING)


def test_unknown_button_is_no_page(hall, desk_page):
    ticket = hall.issue_now()
    assert act(desk_page, ticket, "delete").status_code == 404


def test_cancelling_a_number_is_asked_once_more(hall, desk_page):
    ticket = hall.issue_now()
    page = desk_page.get(reverse("reservations:desk_ticket", args=[ticket.public_id])).content.decode()
    closed = page[page.index("<summary>番号札を取り消す") :].partition("</details>")[0]
    assert f"{ticket.label} を取り消す" in closed
    assert reverse("reservations:desk_act", args=[ticket.public_id, "leave"]) in closed
    assert page.count("番号札を取り消す") == 1


def test_buttons_are_no_links(hall, desk_page):
    ticket = hall.issue_now()
    address = reverse("reservations:desk_act", args=[ticket.public_id, "call"])
    assert (desk_page.get(address).status_code, again(ticket).state) == (405, S.WAITING)


def test_chosen_person_taken_by_another_desk_says_where(hall, desk_page, beside):
    ticket = hall.issue_now()
    press(beside, "desk_next")
    # the list on the first tablet still shows them
    answer = act(desk_page, ticket, "call")
    assert told(answer) == [f"{ticket.label} の方は、窓口 2 が先に呼び出しました。"]
    assert again(ticket).desk == hall.desks[1]


def test_old_screen_cannot_end_what_a_colleague_took_over(hall, desk_page, beside):
    ticket = hall.issue_now()
    press(desk_page, "desk_next")
    act(beside, ticket, "take-over")
    answer = act(desk_page, ticket, "start")
    assert told(answer) == ["この方は、別の窓口で対応しています。引き継ぐときは「引き継ぐ」を押してください。"]
    assert (again(ticket).state, again(ticket).clerk) == (S.CALLED, hall.clerks[1])


def test_ticket_of_another_place_cannot_be_touched(hall, desk_page):
    branch = make_place()
    make_offer(hall.service, branch)
    ticket = hall.issue_now(place=branch)
    assert act(desk_page, ticket, "call").status_code == 404
    assert desk_page.get(reverse("reservations:desk_ticket", args=[ticket.public_id])).status_code == 404
    assert again(ticket).state == S.WAITING


def test_button_of_who_signed_off_elsewhere_leads_to_the_choice_of_desks(hall, desk_page):
    ticket = hall.issue_now()
    desks.sign_off(session=hall.clerks[0].desk_sessions.get())
    for answer in (press(desk_page, "desk_next"), act(desk_page, ticket, "call"), press(desk_page, "desk_break")):
        assert [desk for desk, _clerk in answer.context["rows"]] == hall.desks
    assert again(ticket).state == S.WAITING


# --- names only where needed


def test_name_is_shown_only_of_who_is_at_the_desk(hall, desk_page):
    now = timezone.now()
    reservation = make_checked_in(hall.place, hall.service, now, note="車いすを使います")
    ticket = queue.issue_for_reservation(reservation=reservation, source=TicketSource.RESERVATION)
    waiting = home(desk_page).content.decode()
    assert ("予約 花子" in waiting, "車いすを使います" in waiting, ticket.label in waiting) == (False, False, True)
    called = press(desk_page, "desk_next").content.decode()
    assert ("予約 花子様" in called, "車いすを使います" in called) == (True, True)


def test_opening_the_sheet_of_a_reservation_is_written_down(hall, desk_page):
    reservation = make_checked_in(hall.place, hall.service, timezone.now())
    ticket = queue.issue_for_reservation(reservation=reservation, source=TicketSource.RESERVATION)
    walk_in = hall.issue_now()
    for one in (ticket, walk_in):
        assert desk_page.get(reverse("reservations:desk_ticket", args=[one.public_id])).status_code == 200
    read = AuditEvent.objects.get(action=AuditAction.READ, target_type="reservations.reservation")
    assert (read.actor, read.target_id, read.detail) == (hall.clerks[0], reservation.public_id, "desk 1")


def test_person_of_another_department_is_a_number(hall, desk_page):
    """A desk serves the services of others too; names and wishes are for who is in charge of them."""
    theirs = make_service(make_ticket_group(factories.make_department()), hall.place)
    hall.desks[0].services.add(theirs)
    reservation = make_checked_in(hall.place, theirs, timezone.now(), note="車いすを使います")
    ticket = queue.issue_for_reservation(reservation=reservation, source=TicketSource.RESERVATION)
    sheet = desk_page.get(reverse("reservations:desk_ticket", args=[ticket.public_id])).content.decode()
    called = press(desk_page, "desk_next").content.decode()
    for page in (sheet, called):
        assert (ticket.label in page, "予約 花子" in page, "車いすを使います" in page) == (True, False, False)
    assert not AuditEvent.objects.filter(action=AuditAction.READ).exists()


def test_sheet_that_asks_for_the_reason_is_read_and_written_down(hall, desk_page):
    reservation = make_checked_in(hall.place, hall.service, timezone.now())
    ticket = queue.issue_for_reservation(reservation=reservation, source=TicketSource.RESERVATION)
    shown = press(desk_page, "desk_priority", ticket.public_id, reason="").content.decode()
    assert "予約 花子" in shown
    assert AuditEvent.objects.filter(action=AuditAction.READ, target_id=reservation.public_id).count() == 1


def test_language_and_reason_stand_beside_the_number(hall, desk_page):
    hall.issue_now(language="en", priority=Priority.HIGH, note="乳児と一緒", people=3)
    shown = home(desk_page).content.decode()
    assert ("English" in shown, "3人" in shown, "乳児と一緒" in shown) == (True, True, False)
    assert "乳児と一緒" in press(desk_page, "desk_next").content.decode()


# --- priority and sending on


def test_priority_without_a_reason_stays_on_the_sheet(hall, desk_page):
    ticket = hall.issue_now()
    answer = press(desk_page, "desk_priority", ticket.public_id, reason=" ")
    assert answer.context["form"].errors == {"reason": ["この項目は必須です。"]}
    assert again(ticket).priority == Priority.NORMAL
    press(desk_page, "desk_priority", ticket.public_id, reason="乳児と一緒")
    assert (again(ticket).priority, again(ticket).note) == (Priority.HIGH, "乳児と一緒")


def test_person_is_sent_to_another_service_and_says_so(hall, desk_page):
    other = make_service(make_ticket_group(hall.department), hall.place, name="転入届")
    ticket = hall.issue_now()
    press(desk_page, "desk_next")
    answer = press(desk_page, "desk_transfer", ticket.public_id, target=f"{hall.place.key}/{other.key}", desk="")
    assert told(answer) == [f"{ticket.label} の方を「本庁舎 転入届」へ送りました。番号はそのままです。"]
    assert (again(ticket).service, again(ticket).label, again(ticket).state) == (other, ticket.label, S.WAITING)
    assert answer.context["page"].ticket is None


def test_person_is_sent_to_one_desk(hall, desk_page):
    ticket = hall.issue_now()
    press(desk_page, "desk_transfer", ticket.public_id, target=f"{hall.place.key}/{hall.service.key}", desk="2")
    assert again(ticket).for_desk == hall.desks[1]


def test_desk_of_another_place_cannot_be_named(hall, desk_page):
    branch = make_place(name="北支所")
    make_offer(hall.service, branch)
    make_desk(branch, "9")
    ticket = hall.issue_now()
    target = f"{branch.key}/{hall.service.key}"
    answer = press(desk_page, "desk_transfer", ticket.public_id, target=target, desk="9")
    assert set(answer.context["form"].errors) == {"desk"}
    answer = press(desk_page, "desk_transfer", ticket.public_id, target=target, desk="2")
    assert "別の場所へ送るときは" in answer.context["form"].errors["desk"][0]
    press(desk_page, "desk_transfer", ticket.public_id, target=target, desk="")
    assert again(ticket).place == branch


def test_number_in_use_elsewhere_stays_on_the_form(hall, desk_page):
    branch = make_place()
    make_offer(hall.service, branch)
    hall.issue_now(place=branch)
    ticket = hall.issue_now()
    answer = press(desk_page, "desk_transfer", ticket.public_id, target=f"{branch.key}/{hall.service.key}", desk="")
    assert answer.context["form"].non_field_errors() == [
        "同じ番号がその場所でも使われているため、送れません。その場所で新しい番号札を発行してください。"
    ]
    assert again(ticket).place == hall.place


# --- sitting down


def test_clerk_chooses_a_desk_and_sits_down(hall, login):
    clerk = factories.make_staff(role=Role.CLERK, department=hall.department, name="新人 六郎")
    make_desk(hall.place, "3", [hall.service])
    browser = login(clerk)
    rows = home(browser).context["rows"]
    assert [(desk.number, user and user.name) for desk, user in rows] == [("1", "窓口 1"), ("2", "窓口 2"), ("3", None)]
    for _tap in (1, 2):
        page = press(browser, "desk_sign_on", hall.place.key, "3").context["page"]
    assert (page.desk.number, DeskSession.objects.filter(user=clerk).count()) == ("3", 1)


def test_paired_tablet_offers_its_own_desk_first(hall, login):
    device = devices.create(kind=DeviceKind.DESK, name="窓口2", department=None, by=None)
    code = devices.new_pairing_code(device, by=None)
    token = devices.pair(code, public_id=device.public_id)
    type(hall.desks[1]).objects.filter(pk=hall.desks[1].pk).update(device=device)
    browser = login(factories.make_staff(role=Role.CLERK, department=hall.department))
    assert home(browser).context["own"] is None
    browser.cookies[TOKEN_COOKIE] = token
    assert home(browser).context["own"] == (hall.desks[1], hall.clerks[1])


def test_taken_desk_asks_before_it_replaces(hall, desk_page):
    answer = press(desk_page, "desk_sign_on", hall.place.key, "2")
    assert told(answer) == ["窓口 2 は、窓口 2 さんが使っています。"]
    assert answer.context["taken"].user == hall.clerks[1]
    page = press(desk_page, "desk_sign_on", hall.place.key, "2", replaces="yes").context["page"]
    assert (page.desk, page.session.user) == (hall.desks[1], hall.clerks[0])
    assert not hall.clerks[1].desk_sessions.filter(ended_at=None).exists()


def test_desk_of_a_strangers_department_is_no_page(hall, login):
    browser = login(factories.make_staff(role=Role.CLERK, department=factories.make_department()))
    assert press(browser, "desk_sign_on", hall.place.key, "1").status_code == 404
    assert home(browser).context["rows"] == []


def test_break_and_end_of_the_day(hall, desk_page):
    ticket = hall.issue_now()
    assert press(desk_page, "desk_break").context["page"].session.break_since is not None
    assert told(act(desk_page, ticket, "call")) == ["この窓口で受付を始めてから、操作してください。"]
    assert press(desk_page, "desk_break_end").context["page"].session.break_since is None
    act(desk_page, ticket, "call")
    assert told(press(desk_page, "desk_sign_off")) == ["先に、いま対応している方の対応を終えるか、保留にしてください。"]
    act(desk_page, ticket, "back")
    assert press(desk_page, "desk_sign_off").context["rows"]


# --- the panic button


def test_alarm_reaches_the_other_desk_and_its_answer_comes_back(hall, desk_page, beside):
    press(desk_page, "desk_alarm")
    assert state(beside)["alarms"] == ["1"]
    assert state(desk_page)["alarms"] == []
    assert "窓口 1（窓口 1さん）から緊急の呼び出しです" in home(beside).content.decode()
    press(beside, "desk_alarm_answer", "1")
    assert "窓口 2さんが向かっています" in home(desk_page).content.decode()
    for _tap in (1, 2):
        press(desk_page, "desk_alarm_close", "1")
    assert state(beside)["alarms"] == []
    assert DeskAlarm.objects.get().closed_at is not None


def test_alarm_of_another_place_cannot_be_answered(hall, desk_page):
    there = make_desk(make_place(), "7")
    alarm = desks.raise_alarm(desk=there, by=hall.clerks[1])
    assert press(desk_page, "desk_alarm_answer", "7").status_code == 404
    alarm.refresh_from_db()
    assert alarm.answered_by is None


# --- what the script asks for


def state(browser, **headers):
    answer = browser.get(reverse("reservations:desk_state"), **headers)
    return json.loads(answer.content) if answer.status_code == 200 else answer.status_code


def test_unchanged_state_costs_a_304(hall, desk_page, monkeypatch):
    # the minute is in the version
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    answer = desk_page.get(reverse("reservations:desk_state"))
    assert state(desk_page, HTTP_IF_NONE_MATCH=answer["ETag"]) == 304
    hall.issue_now()
    assert state(desk_page, HTTP_IF_NONE_MATCH=answer["ETag"])["version"] != json.loads(answer.content)["version"]


def test_version_of_page_and_state_agree(hall, desk_page, monkeypatch):
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    hall.issue_now()
    assert home(desk_page).context["page"].version == state(desk_page)["version"]


# --- who may, and how much it costs


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("clerk", 200),
        ("contract_clerk", 200),
        ("handler", 200),
        ("approver", 200),
        ("administrator", 404),
        ("auditor", 404),
        ("resident", 404),
    ],
)
def test_desk_is_open_to_who_serves(request, municipality, login, person, status):
    browser = login(request.getfixturevalue(person))
    assert home(browser).status_code == status
    assert browser.get(reverse("reservations:desk_state")).status_code == status


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_pages_ask_the_same_number_of_queries_for_any_queue(hall, desk_page):
    """One person in every state against four in each of those that a list shows."""

    def counted():
        addresses = [reverse("reservations:desk"), reverse("reservations:desk_state")]
        return [queries_of(desk_page, address) for address in addresses]

    def bring(count):
        for _number in range(count):
            parked = queue.call(ticket=hall.issue_now(), **hall.seat(1))
            queue.park(ticket=queue.start(ticket=parked, by=hall.clerks[1]), by=hall.clerks[1])
            queue.be_away(ticket=hall.issue_now(language="en"), minutes=10)
            hall.issue_now()

    bring(1)
    hall.issue_now()
    press(desk_page, "desk_next")
    home(desk_page)
    few = counted()
    bring(3)
    assert counted() == few
    assert few[0] <= 24
    assert few[1] <= 10
    assert Ticket.objects.count() == 13
