import threading

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.urls import reverse

from applications.display import places_words
from applications.enums import ApplicationState, DecisionKind, EventKind, Seat
from applications.models import Application, Procedure
from applications.services import casework, seats
from applications.services.drafts import AlreadyFiled, FiledOnce
from applications.services.seats import BelowTaken, Full, NoSeat, change_capacity, place_in_line
from applications.services.withdrawal import withdraw
from notices.models import OutgoingMail
from tests import factories
from tests.applications.sendkit import make_draft, make_guest_draft, make_procedure, seen, send
from tests.applications.test_races import at_once

pytestmark = pytest.mark.django_db

S = ApplicationState


def make_person(number):
    return factories.make_resident_user(f"person{number}@example.jp")


@pytest.fixture
def event(municipality, department):
    """Two places and a waiting list."""
    return make_procedure(department, capacity=2, has_waiting_list=True)


def send_many(procedure, count):
    """One after the other, each by another person."""
    return [send(make_draft(procedure, person), person) for person in map(make_person, range(count))]


def seats_of(*applications):
    return [seen(application).seat for application in applications]


def taken(procedure):
    return Procedure.objects.get(pk=procedure.pk).taken_seats


def test_first_come_first_served(event):
    sent = send_many(event, 4)
    assert seats_of(*sent) == [Seat.SEATED, Seat.SEATED, Seat.WAITING, Seat.WAITING]
    assert taken(event) == 2
    assert [place_in_line(seen(application)) for application in sent] == [None, None, 1, 2]
    assert "キャンセル待ちとして受け付けました" in OutgoingMail.objects.get(to="person2@example.jp").body


def test_full_without_a_waiting_list_is_refused_and_nothing_is_sent(event):
    Procedure.objects.update(has_waiting_list=False)
    event.refresh_from_db()
    send_many(event, 2)
    late = make_person("late")
    draft = make_draft(event, late)
    with pytest.raises(Full):
        send(draft, late)
    assert (seen(draft).state, seen(draft).number) == (S.DRAFT, None)
    assert not OutgoingMail.objects.filter(to="personlate@example.jp").exists()


def test_unlimited_procedures_give_no_seats(municipality, department):
    procedure = make_procedure(department)
    assert seats_of(*send_many(procedure, 1)) == [Seat.NONE]
    assert taken(procedure) == 0


def test_a_withdrawn_place_goes_to_the_first_in_line(event):
    first, _second, third, fourth = send_many(event, 4)
    withdraw(application=seen(first), by=first.filed_by)
    assert seats_of(first, third, fourth) == [Seat.NONE, Seat.SEATED, Seat.WAITING]
    assert taken(event) == 2
    assert seen(third).events.last().kind == EventKind.SEATED
    assert "繰り上がりました" in OutgoingMail.objects.filter(to="person2@example.jp").last().body
    assert place_in_line(seen(fourth)) == 1


def test_somebody_who_waits_withdraws_and_nobody_moves(event):
    first, second, third, fourth = send_many(event, 4)
    withdraw(application=seen(third), by=third.filed_by)
    assert seats_of(first, second, third, fourth) == [Seat.SEATED, Seat.SEATED, Seat.NONE, Seat.WAITING]
    assert taken(event) == 2


def test_a_freed_place_without_anybody_in_line_is_free(event):
    only = send_many(event, 1)[0]
    withdraw(application=seen(only), by=only.filed_by)
    assert taken(event) == 0


def test_a_refused_place_goes_to_the_first_in_line(event, handler):
    first, _second, third = send_many(event, 3)
    case = casework.take(application=seen(first), by=handler)
    casework.decide(application=case, decision=DecisionKind.REFUSE, reason="対象外です。", by=handler)
    assert seats_of(first, third) == [Seat.NONE, Seat.SEATED]
    assert taken(event) == 2


def test_who_waits_cannot_be_approved(event, handler):
    waiting = send_many(event, 3)[2]
    case = casework.take(application=seen(waiting), by=handler)
    with pytest.raises(NoSeat):
        casework.decide(application=case, decision=DecisionKind.APPROVE, reason="", by=handler)
    assert (seen(waiting).state, seen(waiting).seat) == (S.IN_REVIEW, Seat.WAITING)


def test_a_reopened_refusal_takes_a_place_again_when_it_is_approved(event, handler):
    first = send_many(event, 1)[0]
    case = casework.take(application=seen(first), by=handler)
    casework.decide(application=case, decision=DecisionKind.REFUSE, reason="対象外です。", by=handler)
    assert taken(event) == 0
    casework.reopen(application=seen(first), reason="誤り", by=handler)
    casework.decide(application=seen(first), decision=DecisionKind.APPROVE, reason="", by=handler)
    assert (seats_of(first), taken(event)) == ([Seat.SEATED], 1)


def test_more_places_let_the_line_move_up(event, administrator):
    sent = send_many(event, 5)
    change_capacity(procedure=event, capacity=4, by=administrator)
    assert seats_of(*sent)[2:] == [Seat.SEATED, Seat.SEATED, Seat.WAITING]
    assert (event.capacity, event.taken_seats) == (4, 4)
    change_capacity(procedure=event, capacity=None, by=administrator)
    assert seats_of(sent[4]) == [Seat.SEATED]


def test_fewer_places_than_taken_are_refused(event, administrator):
    send_many(event, 2)
    with pytest.raises(BelowTaken) as caught:
        change_capacity(procedure=event, capacity=1, by=administrator)
    assert "すでに2人" in str(caught.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Procedure.objects.filter(pk=event.pk).update(capacity=1)


def test_a_limit_that_comes_later_counts_what_was_sent(municipality, department, administrator):
    procedure = make_procedure(department)
    sent = send_many(procedure, 3)
    withdraw(application=seen(sent[0]), by=sent[0].filed_by)
    with pytest.raises(BelowTaken):
        change_capacity(procedure=procedure, capacity=1, by=administrator)
    change_capacity(procedure=procedure, capacity=2, by=administrator)
    assert (seats_of(*sent), procedure.taken_seats) == ([Seat.NONE, Seat.SEATED, Seat.SEATED], 2)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"capacity": 5, "taken_seats": 3}, "残り2（定員5）"),
        ({"capacity": 5, "taken_seats": 5}, "満員"),
        ({"capacity": 5, "taken_seats": 5, "has_waiting_list": True}, "満員（キャンセル待ちを受付中）"),
    ],
)
def test_places_in_words(fields, words):
    assert places_words(Procedure(**fields)) == words


def test_staff_see_the_place_in_line(event, login, handler):
    waiting = send_many(event, 3)[2]
    page = login(handler).get(reverse("applications:case_detail", args=[waiting.public_id])).text
    assert "キャンセル待ち（1番目）" in page
    assert "キャンセル待ち" in login(handler).get(reverse("applications:case_list")).text


def test_applicant_sees_the_place_in_line(event, login):
    waiting = send_many(event, 3)[2]
    browser = login(waiting.resident)
    for name in ("application_done", "application_detail"):
        page = browser.get(reverse(f"applications:{name}", args=[waiting.public_id])).text
        assert "キャンセル待ちの1番目です。" in page


def test_the_procedure_page_counts_down_and_closes_when_full(municipality, department, login, resident):
    procedure = make_procedure(department, capacity=1)
    address = reverse("applications:procedure_detail", args=[procedure.key])
    browser = login(resident)
    assert "残り1（定員1）" in browser.get(address).text
    assert "残り1（定員1）" in browser.get(reverse("applications:procedure_list")).text
    send_many(procedure, 1)
    page = browser.get(address).text
    assert "定員に達しました" in page
    assert reverse("applications:application_start", args=[procedure.key]) not in page
    Procedure.objects.update(has_waiting_list=True)
    page = browser.get(address).text
    assert "キャンセル待ちとして受け付けます。" in page
    assert reverse("applications:application_start", args=[procedure.key]) in page


def test_a_limit_that_came_since_the_page_was_read_counts(municipality, department, administrator):
    procedure = make_procedure(department)
    person = make_person("stale")
    draft = seen(make_draft(procedure, person))
    assert draft.procedure.capacity is None
    change_capacity(procedure=Procedure.objects.get(pk=procedure.pk), capacity=1, by=administrator)
    with transaction.atomic():
        assert seats.take_seat(draft.procedure) == Seat.SEATED
    assert taken(procedure) == 1


def test_the_designer_moves_the_line_up_and_refuses_too_few(event, handler):
    from applications.services.procedures import SettingsRefused, change_settings, settings_seen

    sent = send_many(event, 4)
    event.refresh_from_db()

    def save(capacity):
        seen_as = settings_seen(event, ["capacity"])
        change_settings(procedure=event, values={"capacity": capacity}, life_events=[], seen=seen_as, by=handler)
        event.refresh_from_db()

    save(3)
    assert seats_of(*sent)[2:] == [Seat.SEATED, Seat.WAITING]
    with pytest.raises(SettingsRefused) as caught:
        save(2)
    assert "すでに3人を受け付けている" in str(caught.value)


# --- one per person -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "state", "error"),
    [
        ("once_ever", S.SUBMITTED, FiledOnce),
        ("once_ever", S.COMPLETED, FiledOnce),
        ("once_ever", S.WITHDRAWN, None),
        ("once_per_applicant", S.IN_REVIEW, AlreadyFiled),
        ("once_per_applicant", S.COMPLETED, None),
        ("once_per_applicant", S.WITHDRAWN, None),
    ],
)
@pytest.mark.parametrize("is_guest", [False, True])
def test_one_for_a_person(municipality, department, resident, setting, state, error, is_guest):
    options = {"identity_level": "none", "allows_guests": True} if is_guest else {}
    procedure = make_procedure(department, **{setting: True}, **options)

    def draft():
        return make_guest_draft(procedure, "guest@example.jp") if is_guest else make_draft(procedure, resident)

    by = None if is_guest else resident
    first, second = draft(), draft()
    Application.objects.filter(pk=send(first, by).pk).update(state=state)
    if error is None:
        assert send(second, by).number
        return
    with pytest.raises(error) as caught:
        send(second, by)
    assert type(caught.value) is error
    assert seen(second).state == S.DRAFT


def test_another_guest_may_file_too(municipality, department):
    procedure = make_procedure(department, once_ever=True, identity_level="none", allows_guests=True)
    for email in ("one@example.jp", "two@example.jp"):
        assert send(make_guest_draft(procedure, email), None).guest_email == email
    assert [application.applicant_name for application in Application.objects.all()] == ["高橋 さくら"] * 2


# --- races --------------------------------------------------------------------------------------

postgresql = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


class TestAtOnce:
    pytestmark = postgresql

    @pytest.mark.parametrize("is_guarded", [True, False])
    def test_the_last_places(self, municipality, department, monkeypatch, is_guarded):
        """Six people, two places. The control reads the number and writes it back: more than two get one."""
        procedure = make_procedure(department, capacity=2)
        people = [make_person(number) for number in range(6)]
        drafts = [make_draft(procedure, person) for person in people]
        if not is_guarded:
            read = threading.Barrier(6)

            def take_unguarded(procedure_id):
                free = Procedure.objects.filter(pk=procedure_id, taken_seats__lt=2).exists()
                read.wait(timeout=60)
                return free

            monkeypatch.setattr(seats, "_take", take_unguarded)
            monkeypatch.setattr(seats, "_locked", lambda procedure_id: Procedure.objects.get(pk=procedure_id))
        results = at_once(*[lambda d=d, p=p: send(d, p) for d, p in zip(drafts, people, strict=True)])
        seated = [result for result in results if isinstance(result, Application)]
        if is_guarded:
            assert sorted(type(result).__name__ for result in results) == ["Application"] * 2 + ["Full"] * 4
            assert taken(procedure) == 2
        else:
            assert len(seated) == 6

    def test_without_a_limit_nobody_waits_and_a_limit_counts_who_is_on_the_way(self, municipality, department):
        """One transaction has sent and is not at its end: another is not held up, who sets a limit is."""
        procedure = make_procedure(department)
        first, second = make_draft(procedure, make_person(1)), make_draft(procedure, make_person(2))

        def impatient(step):
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '300ms'")
                return step()

        with transaction.atomic():
            send(first, first.filed_by)
            [sent] = at_once(lambda: impatient(lambda: send(second, second.filed_by)))
            [limited] = at_once(lambda: impatient(lambda: change_capacity(procedure=procedure, capacity=1, by=None)))
        assert (type(sent), type(limited)) == (Application, OperationalError)
        with pytest.raises(BelowTaken):
            change_capacity(procedure=procedure, capacity=1, by=None)
        change_capacity(procedure=procedure, capacity=2, by=None)
        assert seats_of(first, second) == [Seat.SEATED, Seat.SEATED]

    def test_who_meets_a_limit_that_has_just_come_takes_a_place(self, municipality, department):
        """Two who read that there is none, and hold nothing of the row when they ask for a place."""
        procedure = make_procedure(department)
        change_capacity(procedure=Procedure.objects.get(pk=procedure.pk), capacity=1, by=None)
        assert procedure.capacity is None

        def take():
            with transaction.atomic():
                return seats.take_seat(procedure)

        results = at_once(take, take, take)
        assert sorted(str(getattr(result, "code", result)) for result in results) == ["full", "full", "seated"]

    def test_places_freed_at_once_go_to_different_people(self, event):
        first, second, third, fourth, fifth = send_many(event, 5)
        copies = [seen(application) for application in (first, second)]
        results = at_once(*[lambda c=c: withdraw(application=c, by=c.filed_by) for c in copies])
        assert [type(result) for result in results] == [Application, Application]
        assert seats_of(third, fourth, fifth) == [Seat.SEATED, Seat.SEATED, Seat.WAITING]
        assert taken(event) == 2

    def test_who_moves_up_and_withdraws_at_once_holds_no_place(self, event):
        """Whichever comes first: the place of the first goes to somebody who is still there."""
        for number in range(4):
            procedure = make_procedure(event.department, capacity=1, has_waiting_list=True)
            people = [make_person(f"{number}-{place}") for place in range(3)]
            first, second, third = [send(make_draft(procedure, person), person) for person in people]
            copies = [seen(first), seen(second)]
            results = at_once(*[lambda c=c: withdraw(application=c, by=c.filed_by) for c in copies])
            assert [type(result) for result in results] == [Application, Application]
            assert (seats_of(first, second, third), taken(procedure)) == ([Seat.NONE, Seat.NONE, Seat.SEATED], 1)

    def test_a_guest_sends_and_withdraws_without_a_circle(self, municipality, department):
        """Sending again what one just withdraws: both take the application first, then the procedure."""
        options = {"once_ever": True, "identity_level": "none", "allows_guests": True}
        procedure = make_procedure(department, capacity=5, **options)
        for number in range(4):
            sent = send(make_guest_draft(procedure, f"guest{number}@example.jp"), None)
            copy = seen(sent)
            results = at_once(lambda s=sent: send(s, None), lambda c=copy: withdraw(application=c, by=None))
            assert not any(isinstance(result, OperationalError) for result in results)
            assert (seen(sent).state, taken(procedure)) == (S.WITHDRAWN, 0)

    def test_one_guest_in_two_tabs(self, municipality, department):
        procedure = make_procedure(department, once_ever=True, identity_level="none", allows_guests=True)
        drafts = [make_guest_draft(procedure, "guest@example.jp") for _tab in range(4)]
        results = at_once(*[lambda d=d: send(d, None) for d in drafts])
        assert sorted(type(result).__name__ for result in results) == ["Application"] + ["FiledOnce"] * 3
