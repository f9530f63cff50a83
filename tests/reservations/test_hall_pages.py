"""Kiosk, phone and floor staff: from a question to a ticket, and every way it can go wrong."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cityhall.days import today
from cityhall.enums import DeviceKind, FileKind, FileState
from cityhall.machines import TOKEN_COOKIE
from cityhall.models import StoredFile
from cityhall.services import devices
from cityhall.services.files import store_bytes
from reservations.enums import ExceptionKind, Priority, ReservationState, TicketSource, TicketState
from reservations.models import Kiosk, OpeningException, OpeningRule, RouteStep, Ticket, TicketEvent
from reservations.services import bookings, queue
from tests.reservations import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality):
    return kit.make_place("hall")


@pytest.fixture
def service(place):
    """Open day and night, so that the tests pass on Sundays as well."""
    group = kit.make_group(letter="B", has_tickets=True)
    open_always(group, place)
    return kit.make_service(group, place, key="juminhyo", names={"en": "Residence record"}, what_to_bring="- 印鑑")


def open_always(group, place):
    OpeningRule.objects.create(
        group=group,
        place=place,
        weekdays=list(range(7)),
        from_time=dt.time.min,
        until_time=dt.time.max,
        valid_from=kit.next_week(-7),
        works_on_closed_days=True,
    )


def paired(client, kind, name="端末"):
    device = devices.create(kind=kind, name=name, department=None, by=None)
    client.cookies[TOKEN_COOKIE] = devices.pair(devices.new_pairing_code(device, by=None), public_id=device.public_id)
    return device


@pytest.fixture
def kiosk(client, place):
    return Kiosk.objects.create(place=place, name="総合受付", device=paired(client, DeviceKind.KIOSK))


def test_a_kiosk_gives_a_ticket_once_for_two_taps(client, kiosk, service):
    page = client.get(reverse("reservations:kiosk_service", args=["juminhyo"]))
    key = page.context["request_key"]
    first = client.post(page.request["PATH_INFO"], {"request_key": key})
    second = client.post(page.request["PATH_INFO"], {"request_key": key})
    ticket = Ticket.objects.get()
    assert (ticket.label, ticket.source, ticket.state) == ("B1", TicketSource.KIOSK, TicketState.WAITING)
    assert first.url == second.url == reverse("reservations:kiosk_ticket", args=[ticket.public_id])
    shown = client.get(first.url)
    assert "B1" in shown.content.decode()
    assert reverse("reservations:ticket", args=[ticket.public_id]) in shown.context["ticket_address"]


def test_a_kiosk_speaks_the_language_that_was_chosen(client, kiosk, service):
    page = client.get(reverse("reservations:kiosk_services") + "?lang=en")
    assert [choice["label"] for choice in page.context["page"].object_list] == ["Residence record"]
    assert all("lang=en" in choice["href"] for choice in page.context["page"].object_list)
    # a language nobody wrote texts for is Japanese
    assert client.get(reverse("reservations:kiosk_home") + "?lang=xx").context["t"]["home"] == "最初の画面へ"


def test_six_services_stand_on_a_page_and_the_rest_on_the_next(client, kiosk, service, place):
    for number in range(6):
        kit.make_service(service.group, place, key=f"more{number}", position=number + 1)
    first = client.get(reverse("reservations:kiosk_services"))
    second = client.get(reverse("reservations:kiosk_services") + "?page=2")
    assert [len(page.context["page"].object_list) for page in (first, second)] == [6, 1]
    # a page that is no number, and one beyond the last
    assert client.get(reverse("reservations:kiosk_services") + "?page=x").status_code == 200
    assert client.get(reverse("reservations:kiosk_services") + "?page=99").context["page"].number == 2


def test_questions_lead_to_a_service_and_leave_out_what_is_not_done_here(client, kiosk, service, place):
    elsewhere = kit.make_service(kit.make_group(letter="D", has_tickets=True), kit.make_place())
    first = RouteStep.objects.create(label="最初", question="どのようなご用件ですか")
    papers = RouteStep.objects.create(parent=first, label="証明書", question="何の証明書ですか")
    RouteStep.objects.create(parent=papers, label="住民票", service=service)
    RouteStep.objects.create(parent=first, label="年金", service=elsewhere)
    dead_end = RouteStep.objects.create(parent=first, label="税", question="何の税ですか")
    RouteStep.objects.create(parent=dead_end, label="納税", service=elsewhere)
    page = client.get(reverse("reservations:kiosk_route"))
    assert [answer["label"] for answer in page.context["answers"]] == ["証明書"]
    below = client.get(page.context["answers"][0]["href"])
    assert below.context["question"] == "何の証明書ですか"
    assert client.get(below.context["answers"][0]["href"]).url == reverse(
        "reservations:kiosk_service", args=["juminhyo"]
    )


def test_without_questions_there_is_no_button_for_them(client, kiosk, service):
    assert client.get(reverse("reservations:kiosk_home")).context["has_questions"] is False
    assert client.get(reverse("reservations:kiosk_route")).status_code == 404


def test_a_closed_service_says_so_and_gives_nothing(client, kiosk, service):
    Kiosk.objects.update(daily_limit=1)
    path = reverse("reservations:kiosk_service", args=["juminhyo"])
    client.post(path, {"request_key": "first-of-the-day"})
    refused = client.post(path, {"request_key": "second-of-the-day"})
    assert refused.status_code == 200
    assert "この業務の受付は、ただいま行っていません" in refused.content.decode()
    assert Ticket.objects.count() == 1
    # who comes next need not press to hear of it
    page = client.get(path)
    assert "番号札を発行していません" in page.content.decode()
    assert "request_key" not in page.content.decode()


def test_keys_for_the_number_stand_on_machines_only(client, kiosk, service, place):
    assert b"data-keypad" in client.get(reverse("reservations:kiosk_check_in")).content
    place.is_practice = True
    place.save()
    assert b"data-keypad" not in client.get(reverse("reservations:phone_check_in", args=["hall"])).content


def test_the_public_page_of_a_closed_place_tells_no_wait(client, service, place):
    path = reverse("reservations:waiting_place", args=["hall"])
    OpeningException.objects.create(place=place, date=today(), kind=ExceptionKind.CLOSED)
    page = client.get(path)
    assert [row.light for row in page.context["rows"]] == ["closed"]
    assert "受付時間外" in page.content.decode()
    assert "分" not in page.content.decode().partition('<ul class="waiting-list">')[2].partition("</ul>")[0]


def test_a_service_without_tickets_says_that_it_is_by_reservation(client, kiosk, service):
    service.group.has_tickets = False
    service.group.save()
    page = client.get(reverse("reservations:kiosk_service", args=["juminhyo"]))
    assert page.context["takes_tickets"] is False
    assert "予約制" in page.content.decode()


@pytest.fixture
def booked_today(service, place):
    # until midnight, whenever the test runs
    slot = kit.make_slot(service.group, place, kit.at(kit.next_week(0), 23, 30), minutes=30)
    morning = kit.at(kit.next_week(0), 8)
    held = kit.hold(service, slot, is_public=False, now=morning)
    return bookings.confirm(reservation=held, seen_revision=held.revision, contact=kit.make_contact(), now=morning)


def test_a_reservation_checks_in_by_its_code_and_a_second_scan_finds_the_same_ticket(client, kiosk, booked_today):
    path = reverse("reservations:kiosk_check_in")
    first = client.post(path, {"code": booked_today.checkin_code})
    second = client.post(path, {"code": booked_today.checkin_code})
    ticket = Ticket.objects.get()
    assert first.url == second.url == reverse("reservations:kiosk_ticket", args=[ticket.public_id])
    booked_today.reservation.refresh_from_db()
    assert booked_today.reservation.state == ReservationState.CHECKED_IN
    assert ticket.priority == Priority.APPOINTMENT


@pytest.mark.parametrize("typed", ["", "FY1", "9999-9999-999", "'; DROP TABLE", "\x00", "あ" * 60])
def test_a_code_of_nobody_is_refused_in_words_and_kept(client, kiosk, typed):
    page = client.post(reverse("reservations:kiosk_check_in"), {"code": typed})
    assert page.status_code == 200
    assert page.context["form"].errors["code"]
    assert Ticket.objects.count() == 0


def test_who_comes_to_a_group_without_tickets_is_shown_where_to_go(client, kiosk, booked_today, service, place):
    service.group.has_tickets = False
    service.group.save()
    service.offers.update(spot="2階 会議室1")
    for _scan in range(2):
        page = client.post(reverse("reservations:kiosk_check_in"), {"code": booked_today.checkin_code})
        shown = page.content.decode()
        assert page.status_code == 200
        assert ("受付が済みました" in shown, "2階 会議室1" in shown, service.name in shown) == (True, True, True)
    booked_today.reservation.refresh_from_db()
    assert booked_today.reservation.state == ReservationState.CHECKED_IN
    assert not Ticket.objects.exists()


def test_a_reservation_of_another_day_or_place_is_told_so(client, kiosk, service, place):
    slot = kit.make_slot(service.group, place)
    held = kit.hold(service, slot)
    booked = bookings.confirm(reservation=held, seen_revision=held.revision, contact=kit.make_contact())
    page = client.post(reverse("reservations:kiosk_check_in"), {"code": booked.checkin_code})
    assert "今日の予約ではありません" in page.content.decode()


def test_machines_that_are_no_kiosk_find_nothing(client, place, service):
    paired(client, DeviceKind.DISPLAY)
    assert client.get(reverse("reservations:kiosk_home")).status_code == 404
    # paired as a kiosk, but nobody said where it stands
    paired(client, DeviceKind.KIOSK)
    assert client.get(reverse("reservations:kiosk_home")).status_code == 404


def test_a_phone_takes_a_ticket_without_paper(client, place, service):
    page = client.get(reverse("reservations:phone_service", args=["hall", "juminhyo"]))
    answer = client.post(page.request["PATH_INFO"], {"request_key": page.context["request_key"]})
    ticket = Ticket.objects.get()
    assert answer.url == reverse("reservations:ticket", args=[ticket.public_id])
    assert ticket.source == TicketSource.PHONE


def test_the_floor_staff_let_somebody_go_first_with_a_reason(client, login, clerk, place, service):
    login(clerk, client)
    path = reverse("reservations:reception_service", args=["hall", "juminhyo"])
    refused = client.post(path, {"request_key": "priority-one", "people": "1", "priority": Priority.HIGH})
    assert refused.status_code == 200
    assert Ticket.objects.count() == 0
    client.post(path, {"request_key": "priority-one", "people": "2", "priority": Priority.HIGH, "note": "妊娠中"})
    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.people, ticket.source) == (Priority.HIGH, 2, TicketSource.STAFF)
    assert TicketEvent.objects.filter(ticket=ticket, actor=clerk).exists()


def test_a_floor_map_is_shown_only_when_it_passed_the_check(client, place):
    path = reverse("reservations:floor_map", args=["hall"])
    assert client.get(path).status_code == 404
    place.floor_map = store_bytes(content=b"map", name="map.png", content_type="image/png", kind=FileKind.SEAL)
    place.save()
    StoredFile.objects.update(state=FileState.PENDING)
    assert client.get(path).status_code == 404
    StoredFile.objects.update(state=FileState.CLEAN)
    assert b"".join(client.get(path).streaming_content) == b"map"


def test_the_pages_cost_the_same_queries_with_more_services(client, kiosk, service, place):
    path = reverse("reservations:kiosk_services")
    client.get(path)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    one = queries()
    kit.make_service(service.group, place, key="second")
    kit.make_service(service.group, place, key="third")
    assert queries() == one


def test_two_kiosks_number_on(client, kiosk, service, place):
    queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="earlier")
    client.post(reverse("reservations:kiosk_service", args=["juminhyo"]), {"request_key": "a-later-one"})
    assert list(Ticket.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2]
