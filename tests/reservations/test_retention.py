"""Forgetting who came: what is due is wiped once, what is open or young stays, and the figures do not change."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from reservations import tasks
from reservations.codes import page_url
from reservations.enums import (
    DrawState,
    PickupState,
    ReservationState,
    TicketSource,
    WaitlistState,
    WishState,
)
from reservations.errors import PickupMoved
from reservations.models import (
    Draw,
    DrawWish,
    PickupItem,
    PickupOrder,
    Reservation,
    ReservationEvent,
    Ticket,
    WaitlistEntry,
)
from reservations.queries import bookings as find
from reservations.queries import pickups as pickup_queries
from reservations.queries.figures import figures, span_of
from reservations.services import bookings, draws, pickups, queue, retention
from reservations.services.pickups import Wanted
from tests import factories
from tests.reservations import kit
from tests.reservations.queuekit import make_ticket_group

pytestmark = pytest.mark.django_db

PERSON = ("name", "kana", "search_kana", "email", "phone")
LATER = dt.timedelta(days=7 + 90 + 1)


@pytest.fixture
def service(municipality, department):
    place = kit.make_place("hall")
    return kit.make_service(kit.make_group(department, has_waiting_list=True), place)


@pytest.fixture
def place(service):
    return service.offers.get().place


def visit(service, place, state=ReservationState.DONE, **fields):
    """A booking of next week that came to an end."""
    slot = kit.make_slot(service.group, place, kit.at(kit.next_week(), 9) + dt.timedelta(minutes=20 * count()))
    row = kit.make_reservation(service, slot, **fields)
    Reservation.objects.filter(pk=row.pk).update(state=state, note="車いすで行きます")
    return Reservation.objects.get(pk=row.pk)


def count():
    return Reservation.objects.count()


def path_of(link):
    return "/" + link.partition("://")[2].partition("/")[2]


def is_wiped(row):
    row.refresh_from_db()
    assert (row.wiped_at is not None) == (row.name == "")
    return row.wiped_at is not None and row.resident_id is None and not any(getattr(row, name) for name in PERSON)


def test_who_came_is_forgotten_ninety_days_after_the_day_and_not_before(service, place):
    row = visit(service, place)
    now = timezone.now()
    for early in (now, now + LATER - dt.timedelta(days=1)):
        assert retention.wipe(now=early) is False
        assert not is_wiped(row)
    number, revision = row.number, row.revision
    retention.wipe(now=now + LATER)
    assert is_wiped(row)
    assert (row.note, row.holder, row.checkin_lookup) == ("", "", None)
    assert (row.number, row.people, row.state, row.revision) == (number, 1, ReservationState.DONE, revision + 1)
    assert row.wiped_at == now + LATER


def test_the_days_are_set_per_installation(service, place, settings):
    settings.VISITOR_KEPT_DAYS = 10
    row = visit(service, place)
    retention.wipe(now=timezone.now() + dt.timedelta(days=18))
    assert is_wiped(row)


def test_wiping_twice_changes_nothing_and_stands_in_the_audit_trail_once(service, place):
    row = visit(service, place)
    now = timezone.now() + LATER
    retention.wipe(now=now)
    revision = Reservation.objects.get(pk=row.pk).revision
    assert retention.wipe(now=now + LATER) is False
    assert Reservation.objects.get(pk=row.pk).revision == revision
    events = AuditEvent.objects.filter(action=AuditAction.DELETE, target_type="reservations.reservation")
    assert events.get().object_ids == [row.public_id]


@pytest.mark.parametrize("state", [ReservationState.BOOKED, ReservationState.CHECKED_IN])
def test_what_is_still_open_keeps_its_person(service, place, state):
    row = visit(service, place)
    Reservation.objects.filter(pk=row.pk).update(state=state, checked_in_at=timezone.now())
    retention.wipe(now=timezone.now() + LATER)
    assert not is_wiped(row)


def test_a_residents_account_is_let_go_and_staff_stay_named(service, place, department):
    resident = factories.make_resident_user()
    user = resident.user
    clerk = factories.make_staff(role="clerk", department=department)
    row = visit(service, place, contact=kit.make_contact(resident=resident), by=user)
    ReservationEvent.objects.create(reservation=row, kind="done", actor=clerk)
    assert ReservationEvent.objects.filter(reservation=row, actor=user).exists()
    retention.wipe(now=timezone.now() + LATER)
    assert is_wiped(row)
    assert row.booked_by is None
    actors = list(ReservationEvent.objects.filter(reservation=row).values_list("actor", flat=True))
    assert actors == [None, clerk.pk]


def test_the_database_lets_an_actor_be_cleared_and_never_changed(service, place, department):
    clerk, other = (factories.make_staff(role="clerk", department=department) for _ in range(2))
    row = visit(service, place)
    event = ReservationEvent.objects.create(reservation=row, kind="done", actor=clerk)
    rows = ReservationEvent.objects.filter(pk=event.pk)
    for change in ({"actor": other}, {"kind": "no_show"}, {"actor": None, "detail": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    assert rows.update(actor=None) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(actor=other)


def test_nobody_is_nameless_but_who_was_wiped(service, place):
    row = visit(service, place)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.filter(pk=row.pk).update(name="")


def test_it_goes_in_batches_and_a_batch_is_whole_or_nothing(service, place, monkeypatch):
    rows = [visit(service, place) for _ in range(3)]
    now = timezone.now() + LATER
    assert retention.wipe(limit=2, now=now) is True
    assert sorted(is_wiped(row) for row in rows) == [False, True, True]

    def killed(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention.audit, "record", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            retention.wipe(now=now)
    assert sorted(is_wiped(row) for row in rows) == [False, True, True]
    assert retention.wipe(now=now) is False
    assert all(is_wiped(row) for row in rows)


def test_the_task_asks_for_itself_again_while_there_is_more(service, place, monkeypatch):
    visit(service, place)
    Reservation.objects.update(business_day=timezone.localdate() - LATER)
    woken = []
    monkeypatch.setattr(tasks.queue, "wake", woken.append)
    monkeypatch.setattr(tasks.retention.wipe, "__kwdefaults__", {"limit": 1, "now": None})
    tasks.wipe_persons()
    tasks.wipe_persons()
    assert woken == ["reservations.tasks.wipe_persons"]
    assert tasks.PERIODIC["reservations.tasks.wipe_persons"] == dt.timedelta(days=1)


def test_figures_are_what_they_were(service, place, department):
    handler = factories.make_staff(role="handler", department=department)
    for _ in range(3):
        visit(service, place)
    visit(service, place, state=ReservationState.NO_SHOW)
    span = span_of(handler, from_day=kit.next_week(), until_day=kit.next_week())
    before = figures(span, by="service")
    assert (before.totals.reservations, before.totals.no_show) == (4, 1)
    retention.wipe(now=timezone.now() + LATER)
    after = figures(span, by="service")
    assert (list(after.lines), after.totals) == (list(before.lines), before.totals)
    kit.assert_counts_agree()


def test_who_waited_is_forgotten_and_who_waits_is_not(service, place):
    over, waits = kit.make_entry(service, place), kit.make_entry(service, place)
    WaitlistEntry.objects.filter(pk=over.pk).update(state=WaitlistState.EXPIRED)
    retention.wipe(now=timezone.now() + dt.timedelta(days=21 + 91))
    assert (is_wiped(over), is_wiped(waits)) == (True, False)


def test_who_entered_a_draw_is_forgotten_and_the_published_list_stays(service, place):
    day = kit.next_week()
    draw = Draw.objects.create(
        group=service.group, place=place, title="キャンプ場", from_day=day, until_day=day,
        wishes_from=timezone.now(), wishes_until=timezone.now() + dt.timedelta(days=1),
        seed_hash="0" * 64, sealed_seed=b"", seed="1" * 64, wishes_hash="2" * 64, published_list="1;2;3\n",
        drawn_at=timezone.now(), state=DrawState.DRAWN,
    )  # fmt: skip
    wishes = [
        DrawWish.objects.create(
            draw=draw, service=service, request_key=f"w{number}", number=f"10{number}", person_key=f"{number}" * 64,
            name="山田", email="yamada@example.jp", state=WishState.LOST, rank=number,
        )
        for number in (1, 2)
    ]  # fmt: skip
    assert retention.wipe_wishes(before=day, limit=9, now=timezone.now()) == 0
    retention.wipe(now=timezone.now() + LATER)
    assert [is_wiped(wish) for wish in wishes] == [True, True]
    assert [wish.person_key for wish in wishes] == [f"wiped-{wish.public_id}" for wish in wishes]
    assert Draw.objects.get().published_list == "1;2;3\n"


def test_who_ordered_documents_is_forgotten_with_whom_they_were_about(department, place):
    group = kit.make_group(department, takes_pickups=True)
    kind = kit.make_service(group, place)
    clerk = factories.make_staff(role="clerk", department=department)
    day = pickup_queries.pickup_days(group)[0]
    rows = [
        pickups.order(
            group=group, place=place, items=[Wanted(kind, 1, "本籍を記載")], wanted_on=day, subject="山田 太郎",
            relation="父", note="電話は夜に", contact=kit.make_contact(), request_key=f"k{number}", by=clerk,
        )
        for number in range(2)
    ]  # fmt: skip
    pickups.make_ready(pickup=rows[0], seen_revision=0, by=clerk)
    pickups.hand_over(pickup=rows[0], seen_revision=1, document="運転免許証", by=clerk)
    retention.wipe(now=timezone.now() + dt.timedelta(days=130))
    assert [is_wiped(row) for row in rows] == [True, False]
    done = PickupOrder.objects.get(pk=rows[0].pk)
    assert (done.subject, done.relation, done.note) == ("", "", "")
    assert (done.state, done.checked_document, done.handed_over_by) == (PickupState.HANDED_OVER, "運転免許証", clerk)
    assert list(PickupItem.objects.order_by("order").values_list("copies", "detail")) == [(1, ""), (1, "本籍を記載")]


def test_documents_nobody_collected_do_not_keep_the_person_for_ever(department, place):
    group = kit.make_group(department, takes_pickups=True, pickup_keep_days=7)
    kind = kit.make_service(group, place)
    clerk = factories.make_staff(role="clerk", department=department)
    day = pickup_queries.pickup_days(group)[0]
    row = pickups.order(
        group=group, place=place, items=[Wanted(kind, 1, "本籍を記載")], wanted_on=day, subject="山田 太郎",
        relation="父", note="電話は夜に", contact=kit.make_contact(), request_key="k", by=clerk,
    )  # fmt: skip
    pickups.make_ready(pickup=row, seen_revision=0, by=clerk)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    assert pickups.mark_unclaimed(now=noon + dt.timedelta(days=8)) == 1
    # ninety days after the last day on which it was kept ready
    retention.wipe(now=noon + dt.timedelta(days=97))
    assert not is_wiped(row)
    retention.wipe(now=noon + dt.timedelta(days=98))
    assert is_wiped(row)
    left = PickupOrder.objects.get()
    assert (left.subject, left.relation, left.note, left.items.get().detail) == ("", "", "", "")
    assert (left.state, left.number) == (PickupState.CANCELLED, row.number)
    with pytest.raises(PickupMoved):
        pickups.hand_over(pickup=left, seen_revision=left.revision, document="運転免許証", by=clerk)
    assert retention.wipe_unclaimed(before=day + dt.timedelta(days=900), limit=9, now=noon) == 0


def test_the_address_of_a_ticket_goes_with_the_day_and_its_note_later(department, municipality):
    place = kit.make_place("hall2")
    group = make_ticket_group(department=department)
    service = kit.make_service(group, place)
    kit.make_desk(place, services=[service])
    clerk = factories.make_staff(role="clerk", department=department)
    ticket = queue.issue(place=place, service=service, source=TicketSource.STAFF, request_key="t", by=clerk)
    Ticket.objects.update(alert_email="near@example.jp", note="杖の方")
    now = timezone.now()
    retention.wipe(now=now)
    assert Ticket.objects.values_list("alert_email", "note").get() == ("near@example.jp", "杖の方")
    retention.wipe(now=now + dt.timedelta(days=1))
    assert Ticket.objects.values_list("alert_email", "note").get() == ("", "杖の方")
    retention.wipe(now=now + dt.timedelta(days=91))
    assert Ticket.objects.values_list("alert_email", "note", "pk").get() == ("", "", ticket.pk)


def test_the_link_says_that_it_was_wiped_and_a_wrong_one_says_nothing(client, service, place):
    row = visit(service, place)
    retention.wipe(now=timezone.now() + LATER)
    answer = client.get(path_of(page_url(row)))
    assert answer.status_code == 410
    assert "保存期間が過ぎています" in answer.text
    wrong = client.get(reverse("reservations:link_open", args=[row.public_id, "x" * 20]))
    assert wrong.status_code == 404
    assert "保存期間" not in wrong.text


def test_the_links_of_waiting_wishing_and_ordering_say_it_too(client, service, place, department):
    entry = kit.make_entry(service, place)
    WaitlistEntry.objects.filter(pk=entry.pk).update(name="", email="", phone="", wiped_at=timezone.now())
    assert client.get(path_of(page_url(entry))).status_code == 410
    day = kit.next_week()
    draw = Draw.objects.create(
        group=service.group, place=place, title="抽選", from_day=day, until_day=day, wishes_from=timezone.now(),
        wishes_until=timezone.now() + dt.timedelta(days=1), seed_hash="0" * 64, sealed_seed=b"",
    )  # fmt: skip
    wish = DrawWish.objects.create(
        draw=draw, service=service, request_key="w", number="10", person_key="p", wiped_at=timezone.now()
    )
    address = reverse("reservations:draw_wish", args=[wish.public_id, draws.secret_of(wish)])
    assert client.get(address).status_code == 410
    order = PickupOrder.objects.create(
        number="77", request_key="p", group=service.group, place=place, wanted_on=day, wiped_at=timezone.now()
    )
    address = reverse("reservations:pickup_open", args=[order.public_id, pickup_queries.secret_of(order)])
    assert client.get(address).status_code == 410


def test_staff_find_it_by_its_number_without_a_name(client, login, service, place, department):
    clerk = factories.make_staff(role="clerk", department=department)
    row = visit(service, place)
    retention.wipe(now=timezone.now() + LATER)
    assert list(find.find(clerk, row.email)) == []
    login(clerk)
    page = client.get(reverse("reservations:staff_reservation", args=[row.public_id]))
    assert page.text.count("（消去済み）") >= 1
    assert row.name not in page.text
    found = client.get(reverse("reservations:staff_day"), {"q": row.number})
    assert "（消去済み）" in found.text


def test_a_cancelled_booking_is_forgotten_after_the_day_it_was_for(service, place):
    slot = kit.make_slot(service.group, place)
    row = kit.make_reservation(service, slot)
    bookings.cancel(reservation=row)
    retention.wipe(now=timezone.now() + LATER)
    assert is_wiped(row)
