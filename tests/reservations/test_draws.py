"""抽選: the pure drawing, entering once, and one transaction that books the winners."""

import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction, Lane
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices.models import OutgoingMail
from reservations import drawing, tasks
from reservations.drawing import Entry
from reservations.enums import DrawState, Release, ReservationChannel, SupplyKind, WaitlistState, WishState
from reservations.errors import AlreadyWished, DrawNotOver, NotBookable, NotOpenYet, SlotGone, WishesClosed
from reservations.models import Draw, DrawWish, FreedPlace, Reservation, Slot, WaitlistEntry
from reservations.queries import draws as queries
from reservations.queries.displaced import displaced_in
from reservations.services import draws, supply, waitlist
from reservations.services.draws import running
from tests import factories
from tests.reservations import kit

pytestmark = pytest.mark.django_db

SEED = "00" * 32


def test_the_drawn_order_is_that_of_the_hashes():
    entries = [Entry(str(number), ["9"]) for number in range(50)]
    order = [entry.number for entry in drawing.in_drawn_order(entries, SEED)]
    assert order == sorted(
        (str(number) for number in range(50)), key=lambda number: hashlib.sha256(f"{SEED}:{number}".encode()).digest()
    )
    assert order != [entry.number for entry in entries]
    assert [entry.number for entry in drawing.in_drawn_order(reversed(entries), SEED)] == order


def test_nobody_gets_more_than_there_is_and_nobody_loses_beside_an_empty_place():
    entries = [Entry(str(number), ["9", "10"], places=1 + number % 2) for number in range(20)]
    won = drawing.allot(entries, {"9": 5, "10": 4}, SEED)
    places = {entry.number: entry.places for entry in entries}
    used = {slot: sum(places[number] for number, got in won.items() if got == slot) for slot in ("9", "10")}
    assert used == {"9": 5, "10": 4}
    assert len(won) == 20


def test_the_list_tells_every_change():
    entries = [Entry("1", ["9", "10"]), Entry("2", ["10"])]
    text = drawing.list_text(entries, {"9": 1, "10": 3})
    assert text == "room;10;3\nroom;9;1\n1;9,10;1\n2;10;1\n"
    assert drawing.list_text(reversed(entries), {"10": 3, "9": 1}) == text
    assert drawing.list_hash(text) != drawing.list_hash(drawing.list_text(entries, {"9": 2, "10": 3}))


@pytest.fixture
def drawn_group(municipality):
    return kit.make_group(release=Release.DRAW, kind=SupplyKind.EVENT, name="集団健診", max_people=4)


@pytest.fixture
def place(municipality):
    return kit.make_place("center")


@pytest.fixture
def service(drawn_group, place):
    return kit.make_service(drawn_group, place, key="kenshin", minutes=30)


@pytest.fixture
def slots(drawn_group, place, service):
    """Two mornings with one place each; the public may not book before the draw."""
    return [kit.make_slot(drawn_group, place, kit.at(kit.next_week(14), hour), opens_at=None) for hour in (9, 10)]


@pytest.fixture
def draw(drawn_group, place, slots):
    now = timezone.now()
    return draws.open_draw(
        draw=Draw(
            group=drawn_group,
            place=place,
            title="1月の集団健診",
            from_day=kit.next_week(14),
            until_day=kit.next_week(14),
            wishes_from=now - dt.timedelta(hours=1),
            wishes_until=now + dt.timedelta(hours=1),
        ),
        by=None,
    )


def enter(draw, slots, number=None, **fields):
    number = number or DrawWish.objects.count() + 1
    service = draw.group.services.get()
    values = {"contact": kit.make_contact(number), "request_key": f"wish-{number}", "service": service}
    return draws.enter(draw=draw, slots=slots, **values | fields)


def after(draw):
    return draw.wishes_until + dt.timedelta(minutes=1)


def test_the_seed_is_sealed_until_the_draw(draw):
    assert len(draw.seed_hash) == 64
    assert draw.seed == ""
    draws.run(draw=draw, now=after(draw))
    draw.refresh_from_db()
    assert drawing.seed_hash(draw.seed) == draw.seed_hash
    assert draw.seed.encode() not in bytes(draw.sealed_seed)


def test_winners_are_booked_and_losers_wait(draw, slots):
    wishes = [enter(draw, slots) for _person in range(4)]
    assert draws.run(draw=draw, now=after(draw)) == draws.Drawn(won=2, lost=2)
    won = DrawWish.objects.filter(state=WishState.WON)
    assert {wish.reservation.channel for wish in won} == {ReservationChannel.DRAW}
    assert sorted(Slot.objects.values_list("taken", "taken_public")) == [(1, 1), (1, 1)]
    assert WaitlistEntry.objects.filter(state=WaitlistState.WAITING).count() == 2
    assert sorted(DrawWish.objects.values_list("rank", flat=True)) == [1, 2, 3, 4]
    # each heard twice: that the entry was taken, and what came of it (a loser also of the waiting list)
    results = OutgoingMail.objects.exclude(subject="抽選の申込を受け付けました")
    assert {mail.to for mail in results} == {wish.email for wish in wishes}
    # a thousand results never stand before one confirmation
    assert {mail.lane for mail in results} == {Lane.BULK}


def test_anybody_can_repeat_the_draw(client, draw, slots):
    for _person in range(5):
        enter(draw, slots)
    draws.run(draw=draw, now=after(draw))
    draw.refresh_from_db()
    published = client.get(reverse("reservations:draw_entries", args=[draw.public_id])).content.decode()
    assert hashlib.sha256(published.encode()).hexdigest() == draw.wishes_hash
    lines = [line.split(";") for line in published.splitlines()]
    room = {slot: int(places) for kind, slot, places in lines if kind == "room"}
    entries = [Entry(number, slots.split(","), int(places)) for number, slots, places in lines if number != "room"]
    won = {
        wish.number: queries.key_of(wish.reservation.slots.get().slot) if wish.reservation else None
        for wish in DrawWish.objects.all()
    }
    assert drawing.allot(entries, room, draw.seed) == won
    csv = client.get(reverse("reservations:draw_results", args=[draw.public_id])).content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 6
    assert "来訪" not in csv + published


def test_a_draw_happens_once(draw, slots):
    enter(draw, slots)
    assert draws.run_due(now=after(draw)) == 1
    assert draws.run_due(now=after(draw)) == 0
    stale = Draw.objects.get()
    stale.state = DrawState.COLLECTING
    with pytest.raises(StaleState):
        draws.run(draw=stale, now=after(draw))
    assert Reservation.objects.count() == 1


def test_a_crash_before_the_lot_is_cast_leaves_nothing(draw, slots, monkeypatch):
    enter(draw, slots)
    mails = OutgoingMail.objects.count()

    def broken(*_args, **_fields):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(running, "_keep_places", broken)
        with pytest.raises(RuntimeError):
            draws.run(draw=draw, now=after(draw))
    assert Draw.objects.get().state == DrawState.COLLECTING
    assert (OutgoingMail.objects.count(), Slot.objects.filter(taken__gt=0).count()) == (mails, 0)
    assert draws.run(draw=draw, now=after(draw)).won == 1


def test_a_crash_between_two_batches_goes_on_where_it_was_and_nobody_hears_twice(draw, slots, monkeypatch):
    wishes = [enter(draw, slots) for _person in range(5)]
    draws.cast_lot(draw=draw, now=after(draw))
    assert draws.settle_batch(draw=draw, limit=2) is True

    def killed(*_args, **_fields):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(running, "_console", killed)
        patched.setattr(running, "_book", killed)
        with pytest.raises(RuntimeError):
            draws.run_due(now=after(draw) + dt.timedelta(minutes=5))
    half = Draw.objects.get()
    assert (half.state, half.seed, half.result_hash) == (DrawState.DRAWING, "", "")
    assert DrawWish.objects.filter(state=WishState.OPEN).count() == 3
    # it began before what is booked now would be too late
    assert draws.run_due(now=after(draw) + dt.timedelta(days=30)) == 1
    assert DrawWish.objects.filter(state=WishState.WON).count() == 2
    assert Draw.objects.get().drawn_at == after(draw)
    results = OutgoingMail.objects.exclude(subject__contains="受け付けました")
    assert results.filter(subject="抽選の結果のお知らせ").count() == 3
    assert OutgoingMail.objects.filter(subject__contains="予約を受け付けました").count() == 2
    assert {mail.to for mail in results} <= {wish.email for wish in wishes}
    kit.assert_counts_agree()


def test_between_two_batches_nobody_gets_what_was_won(draw, slots, service, place, clerk):
    for _person in range(2):
        enter(draw, slots)
    draws.cast_lot(draw=draw, now=after(draw))
    kit.assert_counts_agree()
    waits = kit.make_entry(service, place)
    tasks.sweep()
    tasks.make_offers()
    waits.refresh_from_db()
    assert waits.state == WaitlistState.WAITING
    with pytest.raises(NotOpenYet):
        kit.hold(service, slots[0])
    with pytest.raises(SlotGone):
        kit.hold(service, slots[0], is_public=False, by=clerk)
    while draws.settle_batch(draw=draw, limit=1):
        with pytest.raises(NotOpenYet):
            kit.hold(service, slots[0])
        kit.assert_counts_agree()
    assert DrawWish.objects.filter(state=WishState.WON).count() == 2
    assert not FreedPlace.objects.filter(settled_at__isnull=True).exists()
    assert sorted(Slot.objects.values_list("taken", "taken_public")) == [(1, 1), (1, 1)]


def test_a_day_closed_between_two_batches_asks_the_winner_to_move(draw, slots, place, drawn_group):
    enter(draw, slots[:1])
    draws.cast_lot(draw=draw, now=after(draw))
    supply.close_day(place=place, group=drawn_group, day=slots[0].business_day, reason="工事", by=None)
    draws.run_due(now=after(draw))
    winner = DrawWish.objects.get().reservation
    slot = Slot.objects.get(pk=slots[0].pk)
    assert (slot.closed_at is not None, slot.taken) == (True, 1)
    assert displaced_in([slot.pk], now=timezone.now()) == [winner]


def test_the_result_is_sealed_at_the_end_and_anybody_can_count_it(client, draw, slots):
    for _person in range(5):
        enter(draw, slots)
    draws.run(draw=draw, now=after(draw))
    draw.refresh_from_db()
    rows = DrawWish.objects.select_related("slot").order_by("rank")
    lines = "".join(f"{row.number};{queries.key_of(row.slot) if row.slot else ''}\n" for row in rows)
    assert draw.result_hash == hashlib.sha256(lines.encode()).hexdigest()
    assert draw.result_hash in client.get(reverse("reservations:draw", args=[draw.public_id])).text
    event = AuditEvent.objects.filter(target_type="reservations.draw", action=AuditAction.STATE).get()
    assert event.detail == f"drawn {draw.result_hash}"


def test_the_page_says_that_it_is_being_drawn(client, login, draw, slots, clerk):
    wish = enter(draw, slots)
    draws.cast_lot(draw=draw, now=after(draw))
    page = client.get(reverse("reservations:draw", args=[draw.public_id])).text
    assert "抽選しています" in page
    assert wish.number not in page
    assert client.get(reverse("reservations:draw_results", args=[draw.public_id])).status_code == 404
    for refused in (
        lambda: draws.withdraw(wish=wish, now=after(draw)),
        lambda: draws.cancel_draw(draw=draw, by=clerk),
        lambda: enter(draw, slots),
    ):
        with pytest.raises((WishesClosed, StaleState)):
            refused()


def test_what_cannot_be_booked_any_more_is_told_like_a_loss(draw, slots, drawn_group, caplog):
    wish = enter(draw, slots, people=2)
    draws.cast_lot(draw=draw, now=after(draw))
    drawn_group.max_people = 1
    drawn_group.save()
    draws.run_due(now=after(draw))
    wish.refresh_from_db()
    assert (wish.state, wish.slot, wish.rank) == (WishState.LOST, None, 1)
    assert "drawn and not booked" in caplog.text
    kit.assert_counts_agree()
    assert Slot.objects.filter(taken__gt=0).count() == 0


def test_nobody_draws_before_the_end(draw):
    with pytest.raises(DrawNotOver):
        draws.run(draw=draw)


def test_one_entry_each_however_the_address_is_written(draw, slots):
    enter(draw, slots, contact=kit.make_contact(1, email="me@example.jp"))
    for number, address in enumerate(("me@example.jp", "ME+2@example.jp"), start=2):
        with pytest.raises(AlreadyWished):
            enter(draw, slots, number, contact=kit.make_contact(number, email=address))
    assert DrawWish.objects.count() == 1


def test_the_same_request_is_one_entry(draw, slots):
    first = enter(draw, slots, 1)
    assert enter(draw, slots, 1).pk == first.pk
    assert OutgoingMail.objects.count() == 1


def test_who_withdraws_may_enter_again(draw, slots):
    wish = enter(draw, slots, 1)
    draws.withdraw(wish=wish)
    with pytest.raises(StaleState):
        draws.withdraw(wish=wish)
    again = enter(draw, slots, 2, contact=kit.make_contact(1))
    assert again.pk != wish.pk
    assert draws.run(draw=draw, now=after(draw)) == draws.Drawn(won=1, lost=0)


def test_wishes_have_their_time(draw, slots):
    with pytest.raises(WishesClosed):
        enter(draw, slots, now=after(draw))
    with pytest.raises(WishesClosed):
        enter(draw, slots, now=draw.wishes_from - dt.timedelta(seconds=1))
    wish = enter(draw, slots)
    with pytest.raises(WishesClosed):
        draws.withdraw(wish=wish, now=after(draw))


def test_only_drawn_times_can_be_wished_for(draw, slots, place):
    foreign = kit.make_slot(kit.make_group(), place)
    for chosen in ([], [foreign], [slots[0], slots[0]]):
        with pytest.raises(NotBookable):
            enter(draw, chosen)
    with pytest.raises(NotBookable):
        enter(draw, slots, people=5)


def test_a_group_of_another_kind_is_not_drawn(place):
    group = kit.make_group()
    now = timezone.now()
    day = kit.next_week()
    counter = kit.make_group(release=Release.DRAW)
    for wrong in (group, counter):
        draw = Draw(group=wrong, place=place, title="x", from_day=day, until_day=day, wishes_from=now)
        with pytest.raises(NotBookable):
            draws.open_draw(draw=draw, by=None)


def test_a_draw_that_is_called_off_tells_everybody(draw, slots, clerk):
    wish = enter(draw, slots)
    draws.cancel_draw(draw=draw, by=clerk)
    assert OutgoingMail.objects.filter(to=wish.email, subject="抽選の中止のお知らせ").count() == 1
    with pytest.raises(StaleState):
        draws.cancel_draw(draw=draw, by=clerk)
    assert draws.run_due(now=after(draw)) == 0


def test_the_database_keeps_one_entry_each_and_a_winner_with_a_reservation(draw, slots):
    wish = enter(draw, slots)
    with pytest.raises(IntegrityError), transaction.atomic():
        DrawWish.objects.filter(pk=wish.pk).update(state=WishState.WON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(state=DrawState.DRAWN)


def fields(slots, **more):
    return {
        "request_key": "one-press",
        "service": "kenshin",
        "choice1": slots[0].pk,
        "choice2": slots[1].pk,
        "people": "1",
        "name": "高橋 さくら",
        "kana": "タカハシ サクラ",
        "email": "sakura@example.jp",
        "phone": "",
        "joins_waitlist": "on",
    } | more


def test_somebody_enters_on_a_page_and_finds_the_entry_again(client, draw, slots):
    page = client.get(reverse("reservations:draw", args=[draw.public_id]))
    assert draw.seed_hash in page.content.decode()
    path = reverse("reservations:draw_enter", args=[draw.public_id])
    first, second = (client.post(path, fields(slots)) for _press in range(2))
    wish = DrawWish.objects.get()
    assert first.url == second.url
    own = client.get(first.url).content.decode()
    assert f"{wish.number[:4]}-{wish.number[4:8]}" in own
    client.post(first.url)
    wish.refresh_from_db()
    assert wish.state == WishState.WITHDRAWN


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"choice1": ""}, "choice1"),
        ({"choice1": "999999"}, "choice1"),
        ({"people": "5"}, "people"),
        ({"people": "x"}, "people"),
        ({"email": "", "phone": ""}, "email"),
        ({"name": "\x00"}, "name"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_the_rest_is_kept(client, draw, slots, wrong, field):
    page = client.post(reverse("reservations:draw_enter", args=[draw.public_id]), fields(slots, **wrong))
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert page.context["form"]["kana"].value() == "タカハシ サクラ"
    assert not DrawWish.objects.exists()


def test_the_same_time_twice_is_no_second_choice(client, draw, slots):
    again = fields(slots, choice2=slots[0].pk)
    page = client.post(reverse("reservations:draw_enter", args=[draw.public_id]), again)
    assert page.context["form"].errors["choice2"]


def test_a_second_entry_of_a_person_is_told_so(client, draw, slots):
    path = reverse("reservations:draw_enter", args=[draw.public_id])
    client.post(path, fields(slots))
    page = client.post(path, fields(slots, request_key="another-press"))
    assert "既に申し込まれています" in page.content.decode()


def test_nobody_opens_an_entry_without_its_secret(client, draw, slots):
    wish = enter(draw, slots)
    assert client.get(f"/draws/wishes/{wish.public_id}/{'x' * 43}/").status_code == 404


def test_staff_open_a_draw_of_their_own_groups_only(client, login, handler, drawn_group, draw):
    login(handler, client)
    assert client.get(reverse("reservations:staff_draw", args=[draw.public_id])).status_code == 404
    mine = kit.make_group(handler.roles.get().department, release=Release.DRAW, kind=SupplyKind.EVENT)
    place = kit.make_place()
    day = kit.next_week(30)
    now = timezone.localtime()
    typed = {
        "group": mine.pk,
        "place": place.pk,
        "title": "教室の抽選",
        "from_day": day.isoformat(),
        "until_day": day.isoformat(),
        "wishes_from": now.strftime("%Y-%m-%dT%H:%M"),
        "wishes_until": (now + dt.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
        "max_choices": "3",
    }
    refused = client.post(reverse("reservations:staff_draw_new"), typed | {"wishes_until": typed["wishes_from"]})
    assert refused.context["form"].errors["wishes_until"]
    client.post(reverse("reservations:staff_draw_new"), typed)
    made = Draw.objects.get(title="教室の抽選")
    assert made.seed_hash
    assert client.get(reverse("reservations:staff_draw", args=[made.public_id])).status_code == 200
    assert "教室の抽選" in client.get(reverse("reservations:staff_draws")).content.decode()


def test_the_list_of_draws_says_when_there_is_none(client, municipality):
    assert "今はありません" in client.get(reverse("reservations:draw_list")).content.decode()


def test_a_resident_enters_with_the_name_on_record(client, login, resident, draw, slots):
    login(resident, client)
    typed = fields(slots)
    del typed["name"], typed["kana"]
    client.post(reverse("reservations:draw_enter", args=[draw.public_id]), typed)
    assert DrawWish.objects.get().resident == resident
    assert factories.make_resident() != resident


def test_who_waits_already_as_often_as_one_may_stops_no_draw(draw, drawn_group, place, service, slots):
    drawn_group.max_open_per_contact = 1
    drawn_group.save()
    contact = kit.make_contact(7, email="", phone="+819000000007")
    day = kit.next_week(14)
    spans = {"group": drawn_group, "place": place, "service": service, "from_day": day, "until_day": day}
    waitlist.join(**spans, contact=contact, request_key="before")
    for number in range(1, 4):
        enter(draw, slots, number)
    enter(draw, slots, 4, contact=contact)
    assert draws.run_due(now=after(draw)) == 1
    assert DrawWish.objects.filter(state=WishState.OPEN).count() == 0


def test_places_that_staff_took_are_not_drawn(draw, service, slots):
    kit.hold(service, slots[0], is_public=False, by=factories.make_user(is_staff=True))
    enter(draw, slots)
    enter(draw, slots)
    assert draws.run(draw=draw, now=after(draw)) == draws.Drawn(won=1, lost=1)


def test_what_begins_too_soon_is_not_drawn(draw, drawn_group, slots):
    drawn_group.lead_minutes = 60 * 24 * 30
    drawn_group.save()
    enter(draw, slots)
    assert draws.run(draw=draw, now=after(draw)) == draws.Drawn(won=0, lost=1)


def test_one_draw_that_cannot_be_drawn_does_not_stop_the_next(draw, drawn_group, place, slots, monkeypatch):
    day = kit.next_week(14)
    broken = Draw(group=drawn_group, place=place, title="壊れた抽選", from_day=day, until_day=day)
    broken.wishes_from, broken.wishes_until = draw.wishes_from, draw.wishes_until
    draws.open_draw(draw=broken, by=None)
    enter(draw, slots)
    settle = running._publish

    def refuse(row, *args, **fields):
        if row.pk == broken.pk:
            raise NotBookable
        settle(row, *args, **fields)

    monkeypatch.setattr(running, "_publish", refuse)
    assert draws.run_due(now=after(draw)) == 1
    assert Draw.objects.get(pk=draw.pk).state == DrawState.DRAWN


def test_guests_enter_only_where_guests_may(client, draw, drawn_group, slots):
    drawn_group.allows_guests = False
    drawn_group.save()
    page = client.post(reverse("reservations:draw_enter", args=[draw.public_id]), fields(slots))
    assert page.context["form"].non_field_errors()
    assert not DrawWish.objects.exists()
