"""Certificates ordered beforehand: ordering, every move and every refused one, the counter's list, strangers."""

import datetime as dt
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cityhall.crypto import decrypt
from cityhall.enums import Role
from cityhall.models import AuditEvent, ClosedDay
from notices.models import OutgoingMail
from reservations import tasks
from reservations.contacts import ContactData
from reservations.enums import ExceptionKind, PickupState
from reservations.errors import NotBookable, PickupMoved, TooManyPickups
from reservations.models import OpeningException, PickupItem, PickupOrder
from reservations.queries import pickups as queries
from reservations.services import pickups
from reservations.services.pickups import MOVES, Wanted
from tests import factories
from tests.reservations import kit
from tests.reservations.bookingkit import GUEST, shown_messages, url

pytestmark = pytest.mark.django_db

S = PickupState


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="本庁舎")


@pytest.fixture
def group(department):
    return kit.make_group(department, key="shomei", name="証明書", takes_pickups=True)


@pytest.fixture
def kinds(group, place):
    return [
        kit.make_service(group, place, key="juminhyo", name="住民票の写し"),
        kit.make_service(group, place, key="koseki", name="戸籍の証明書"),
    ]


@pytest.fixture
def day(group):
    return queries.pickup_days(group)[0]


def order(group, kinds, place, number=None, **fields):
    number = number or PickupOrder.objects.count() + 1
    values = {
        "items": [Wanted(kinds[0], 2)],
        "wanted_on": queries.pickup_days(group)[0],
        "contact": kit.make_contact(number),
        "request_key": f"order{number}",
    }
    return pickups.order(group=group, place=place, **values | fields)


@pytest.fixture
def ordered(group, kinds, place):
    return order(group, kinds, place)


def in_state(pickup, state, clerk):
    """The order, brought to a state as it comes to it."""
    if state in (S.READY, S.HANDED_OVER, S.UNCLAIMED):
        pickups.make_ready(pickup=pickup, seen_revision=pickup.revision, by=clerk)
    if state == S.HANDED_OVER:
        pickups.hand_over(pickup=pickup, seen_revision=pickup.revision, document="運転免許証", by=clerk)
    if state == S.UNCLAIMED:
        pickups.mark_unclaimed(now=timezone.now() + dt.timedelta(days=90))
        pickup.refresh_from_db()
    if state == S.CANCELLED:
        pickups.cancel(pickup=pickup, seen_revision=pickup.revision, by=clerk)
    assert pickup.state == state
    return pickup


# --- ordering ---------------------------------------------------------------------------------------


def test_an_order_is_kept_and_confirmed_by_mail(group, kinds, place, day):
    pickup = order(group, kinds, place, items=[Wanted(kinds[0], 2), Wanted(kinds[1])])
    assert (pickup.state, pickup.wanted_on, len(pickup.number)) == (S.ORDERED, day, 11)
    assert list(pickup.items.order_by("id").values_list("service__key", "copies")) == [("juminhyo", 2), ("koseki", 1)]
    mail = OutgoingMail.objects.get()
    assert pickups.page_url(pickup) in decrypt(mail.body)
    assert "住民票" not in mail.subject


def test_the_same_request_is_one_order_and_another_browser_gets_its_own(group, kinds, place):
    one, again = (order(group, kinds, place, 1, request_key="k", holder="a") for _press in range(2))
    other = order(group, kinds, place, 2, request_key="k", holder="b")
    assert one == again != other
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    ["nothing", "twice", "foreign", "copies", "none", "today", "sunday", "far", "place", "off", "inactive"],
)
def test_what_cannot_be_ordered_is_refused(group, kinds, place, day, wrong):
    foreign = kit.make_service(kit.make_group(), place)
    fields = {
        "nothing": {"items": []},
        "twice": {"items": [Wanted(kinds[0]), Wanted(kinds[0])]},
        "foreign": {"items": [Wanted(foreign)]},
        "copies": {"items": [Wanted(kinds[0], 11)]},
        "none": {"items": [Wanted(kinds[0], 0)]},
        "today": {"wanted_on": timezone.localdate()},
        "sunday": {"wanted_on": day + dt.timedelta(days=(6 - day.weekday()) % 7 or 7)},
        "far": {"wanted_on": day + dt.timedelta(days=90)},
    }.get(wrong, {})
    if wrong == "place":
        place = kit.make_place()
    if wrong == "off":
        group.takes_pickups = False
    if wrong == "inactive":
        kinds[0].is_active = False
    with pytest.raises(NotBookable):
        order(group, kinds, place, **fields)
    assert not PickupOrder.objects.exists()


def test_closed_days_are_no_days_to_collect(group, kinds, place, day):
    ClosedDay.objects.create(date=day, name="臨時休庁")
    assert day not in queries.pickup_days(group)
    other = queries.pickup_days(group)[0]
    OpeningException.objects.create(place=place, date=other, kind=ExceptionKind.CLOSED)
    with pytest.raises(NotBookable):
        order(group, kinds, place, wanted_on=other)


def test_one_person_has_so_many_orders_and_staff_may_more(group, kinds, place, clerk):
    contact = kit.make_contact()
    for number in range(pickups.MOST_OPEN):
        order(group, kinds, place, number + 1, contact=contact)
    with pytest.raises(TooManyPickups):
        order(group, kinds, place, 99, contact=ContactData(name="別名", email=contact.email))
    assert order(group, kinds, place, 100, contact=contact, by=clerk).created_by == clerk


# --- moves ------------------------------------------------------------------------------------------


def test_from_order_to_hand_over(ordered, clerk):
    pickups.make_ready(pickup=ordered, seen_revision=0, by=clerk)
    pickups.hand_over(pickup=ordered, seen_revision=1, document="マイナンバーカード", by=clerk)
    ordered.refresh_from_db()
    assert (ordered.state, ordered.revision, ordered.handed_over_by) == (S.HANDED_OVER, 2, clerk)
    assert ordered.checked_document == "マイナンバーカード"
    assert ordered.ready_at <= ordered.handed_over_at
    assert OutgoingMail.objects.filter(subject__contains="準備ができました").count() == 1
    assert AuditEvent.objects.filter(target_type="reservations.pickup", action="state").count() == 2


@pytest.mark.parametrize(("state", "to"), list(product(S, (S.READY, S.HANDED_OVER, S.CANCELLED))))
def test_every_move_is_allowed_or_refused(group, kinds, place, clerk, state, to):
    pickup = in_state(order(group, kinds, place), state, clerk)
    seen = {"pickup": pickup, "seen_revision": pickup.revision, "by": clerk}
    acts = {
        S.READY: lambda: pickups.make_ready(**seen),
        S.HANDED_OVER: lambda: pickups.hand_over(document="旅券", **seen),
        S.CANCELLED: lambda: pickups.cancel(**seen),
    }
    if to in MOVES[state]:
        assert acts[to]().state == to
    elif state == to:
        # pressed twice
        assert acts[to]().revision == pickup.revision
    else:
        with pytest.raises(PickupMoved):
            acts[to]()
        pickup.refresh_from_db()
        assert pickup.state == state


def test_of_two_clerks_one_is_told(ordered, clerk, handler):
    mine, theirs = (PickupOrder.objects.get(pk=ordered.pk) for _clerk in range(2))
    pickups.make_ready(pickup=mine, seen_revision=0, by=clerk)
    with pytest.raises(PickupMoved):
        pickups.cancel(pickup=theirs, seen_revision=0, by=handler)
    assert OutgoingMail.objects.filter(subject__contains="取り消しました").count() == 0


def test_nothing_is_handed_over_unchecked(ordered, clerk):
    in_state(ordered, S.READY, clerk)
    with pytest.raises(NotBookable):
        pickups.hand_over(pickup=ordered, seen_revision=1, document="  ", by=clerk)


def test_what_nobody_collects_is_marked_once_the_days_are_over(ordered, clerk, group):
    in_state(ordered, S.READY, clerk)
    last = kit.at(ordered.wanted_on + dt.timedelta(days=group.pickup_keep_days), 12)
    assert pickups.mark_unclaimed(now=last) == 0
    assert pickups.mark_unclaimed(now=last + dt.timedelta(days=1)) == 1
    assert pickups.mark_unclaimed(now=last + dt.timedelta(days=1)) == 0
    ordered.refresh_from_db()
    assert ordered.state == S.UNCLAIMED
    tasks.mark_unclaimed()


def test_what_is_kept_long_hides_nothing_that_is_late(group, kinds, place, clerk, monkeypatch):
    monkeypatch.setattr(pickups, "_BATCH", 1)
    patient = kit.make_group(group.department, key="patient", takes_pickups=True, pickup_keep_days=300)
    kept = order(patient, [kit.make_service(patient, place)], place, 1)
    late = order(group, kinds, place, 2)
    for one in (kept, late):
        in_state(one, S.READY, clerk)
    PickupOrder.objects.filter(pk=kept.pk).update(wanted_on=late.wanted_on - dt.timedelta(days=10))
    now = kit.at(late.wanted_on + dt.timedelta(days=group.pickup_keep_days + 1), 12)
    assert pickups.mark_unclaimed(now=now) == 1
    states = PickupOrder.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [S.READY, S.UNCLAIMED]


def test_residents_cancel_until_it_lies_ready(ordered, clerk):
    in_state(ordered, S.READY, clerk)
    with pytest.raises(PickupMoved):
        pickups.cancel(pickup=ordered, seen_revision=ordered.revision)


def test_the_database_wants_a_check_before_handing_over(ordered, clerk):
    rows = PickupOrder.objects.filter(pk=ordered.pk)
    for fields in (
        {"state": S.HANDED_OVER},
        {"state": S.HANDED_OVER, "handed_over_at": timezone.now(), "handed_over_by": clerk},
        {"state": S.READY},
        {"name": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**fields)
    for copies in (0, 100):
        with pytest.raises(IntegrityError), transaction.atomic():
            PickupItem.objects.filter(order=ordered).update(copies=copies)


# --- pages ------------------------------------------------------------------------------------------


def typed(kinds, day, **more):
    return (
        GUEST
        | {f"copies_{kinds[0].pk}": "2", f"copies_{kinds[1].pk}": "", "place": "hall", "wanted_on": day.isoformat()}
        | {"wanted_from": "10:00", "subject": "", "relation": "", "request_key": "press"}
        | more
    )


def test_somebody_orders_without_an_account_and_finds_it_by_the_link(client, kinds, day):
    assert client.get(url("pickup_start")).url == url("pickup_new", "shomei")
    assert "住民票の写し" in client.get(url("pickup_new", "shomei")).text
    first, second = (client.post(url("pickup_new", "shomei"), typed(kinds, day)) for _press in range(2))
    pickup = PickupOrder.objects.get()
    assert first.url == second.url == url("pickup_detail", pickup.public_id)
    assert (pickup.wanted_from, pickup.name) == (dt.time(10), "山田 花子")
    assert f"{pickup.number[:4]}-{pickup.number[4:8]}" in client.get(first.url).text
    other = Client()
    assert "/accounts/login/" in other.get(first.url).url
    opened = other.get(url("pickup_open", pickup.public_id, queries.secret_of(pickup)))
    assert opened.url == first.url
    assert other.get(first.url).status_code == 200
    other.post(url("pickup_cancel", pickup.public_id))
    pickup.refresh_from_db()
    assert pickup.state == S.CANCELLED


def test_a_wrong_secret_opens_nothing(client, ordered):
    assert client.get(url("pickup_open", ordered.public_id, "x" * 27)).status_code == 404
    assert client.get(url("pickup_open", "2" * 22, queries.secret_of(ordered))).status_code == 404
    PickupOrder.objects.update(secret_version=2)
    assert client.get(url("pickup_open", ordered.public_id, queries.secret_of(ordered))).status_code == 404


def test_leaving_closes_the_order_for_the_next_person(client, kinds, day):
    client.post(url("pickup_new", "shomei"), typed(kinds, day))
    pickup = PickupOrder.objects.get()
    client.post(url("pickup_leave", pickup.public_id))
    assert "/accounts/login/" in client.get(url("pickup_detail", pickup.public_id)).url


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"copies": ""}, "copies"),
        ({"copies": "0"}, "copies"),
        ({"copies": "11"}, "copies"),
        ({"copies": "x"}, "copies"),
        ({"copies": "-1"}, "copies"),
        ({"place": "moon"}, "place"),
        ({"wanted_on": ""}, "wanted_on"),
        ({"wanted_on": "2020-01-01"}, "wanted_on"),
        ({"wanted_on": "heute"}, "wanted_on"),
        ({"wanted_from": "25:00"}, "wanted_from"),
        ({"subject": "山田 太郎"}, "relation"),
        ({"subject": "123456789018"}, "subject"),
        ({"name": "\x00"}, "name"),
        ({"email": "", "phone": ""}, "email"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_the_rest_is_kept(client, kinds, day, wrong, field):
    names = {"copies": f"copies_{kinds[0].pk}"}
    sent = typed(kinds, day, **{names.get(name, name): value for name, value in wrong.items()})
    page = client.post(url("pickup_new", "shomei"), sent)
    assert page.status_code == 200
    assert page.context["form"].errors[names.get(field, field)]
    assert page.context["form"]["kana"].value() == GUEST["kana"]
    assert not PickupOrder.objects.exists()


def test_residents_have_their_orders_on_their_list_and_others_do_not(
    client, login, resident, another_resident, kinds, day
):
    login(resident, client)
    sent = typed(kinds, day)
    del sent["name"], sent["kana"]
    client.post(url("pickup_new", "shomei"), sent)
    pickup = PickupOrder.objects.get()
    assert pickup.resident == resident
    page = url("pickup_detail", pickup.public_id)
    assert page in client.get(url("my_reservations")).text
    assert client.get(page).status_code == 200
    stranger = login(another_resident, Client())
    assert stranger.get(page).status_code == 404
    assert stranger.post(url("pickup_cancel", pickup.public_id)).status_code == 404
    assert page not in stranger.get(url("my_reservations")).text


def test_staff_take_prepare_and_hand_over_on_pages(client, login, clerk, kinds, day):
    login(clerk)
    answer = client.post(url("staff_pickup_new", "shomei"), typed(kinds, day, channel="phone"))
    pickup = PickupOrder.objects.get()
    assert answer.url == url("staff_pickup", pickup.public_id)
    assert (pickup.created_by, pickup.channel) == (clerk, "phone")
    assert "山田 花子" in client.get(url("staff_pickups")).text
    client.post(url("staff_pickup_ready", pickup.public_id), {"revision": "0"})
    refused = client.post(url("staff_pickup_hand_over", pickup.public_id), {"revision": "1", "document": ""})
    assert refused.context["form"].errors["document"]
    client.post(url("staff_pickup_hand_over", pickup.public_id), {"revision": "1", "document": "運転免許証"})
    pickup.refresh_from_db()
    assert (pickup.state, pickup.handed_over_by) == (S.HANDED_OVER, clerk)
    assert "運転免許証" in client.get(answer.url).text


def test_a_hand_over_pressed_twice_is_one_and_says_who_was_first(client, login, clerk, handler, ordered):
    in_state(ordered, S.READY, clerk)
    login(clerk)
    sent = {"revision": "1", "document": "運転免許証"}
    client.post(url("staff_pickup_hand_over", ordered.public_id), sent, follow=True)
    other = login(handler, Client())
    for browser in (client, other):
        page = browser.post(url("staff_pickup_hand_over", ordered.public_id), sent | {"document": "旅券"}, follow=True)
        [sentence] = shown_messages(page.text)
        assert sentence.startswith("この書類は、")
        assert str(clerk) in sentence
    ordered.refresh_from_db()
    assert (ordered.revision, ordered.checked_document, ordered.handed_over_by) == (2, "運転免許証", clerk)
    assert AuditEvent.objects.filter(target_type="reservations.pickup", action="state").count() == 2


def test_a_stale_row_is_handed_over_once(ordered, clerk, handler):
    in_state(ordered, S.READY, clerk)
    mine, theirs = (PickupOrder.objects.get(pk=ordered.pk) for _clerk in range(2))
    pickups.hand_over(pickup=mine, seen_revision=1, document="旅券", by=clerk)
    later = pickups.hand_over(pickup=theirs, seen_revision=1, document="運転免許証", by=handler)
    assert (later.checked_document, later.handed_over_by, later.revision) == ("旅券", clerk, 2)


def test_words_are_looked_for_in_a_range_of_an_index(clerk):
    assert "LIKE" not in str(queries.find(clerk, "らいほう").query).upper()
    assert [str(word) for word in ("", " ", "\u3000") if queries.find(clerk, word).exists()] == []


@pytest.mark.parametrize("revision", ["", "x", "7", "9" * 30, "-1"])
def test_a_page_out_of_date_moves_nothing(client, login, clerk, ordered, revision):
    login(clerk)
    client.post(url("staff_pickup_ready", ordered.public_id), {"revision": revision})
    ordered.refresh_from_db()
    assert ordered.state == S.ORDERED


def test_staff_of_other_departments_find_no_order(login, departments, ordered):
    for role in (Role.CLERK, Role.HANDLER, Role.APPROVER):
        browser = login(factories.make_staff(role=role, department=departments["kaigo"]), Client())
        assert ordered.name not in browser.get(url("staff_pickups"), {"q": ordered.number}).text
        assert browser.get(url("staff_pickup", ordered.public_id)).status_code == 404
        assert browser.get(url("staff_pickup_new", "shomei")).status_code == 404
        for name in ("ready", "hand_over", "cancel"):
            assert browser.post(url(f"staff_pickup_{name}", ordered.public_id), {"revision": "0"}).status_code == 404
    ordered.refresh_from_db()
    assert ordered.state == S.ORDERED


@pytest.mark.parametrize("words", ["{number}", "ライホウ", "らいほう", "来訪"])
def test_an_order_is_found_at_the_counter(client, login, clerk, ordered, words):
    login(clerk)
    page = client.get(url("staff_pickups"), {"q": words.format(number=ordered.number)})
    assert [row.pk for row in page.context["rows"]] == [ordered.pk]


@pytest.mark.parametrize("query", ["q=%00", "q=12345678901", "state=x", "place=moon", "after=zzz", "q=" + "あ" * 200])
def test_words_that_mean_nothing_break_nothing(client, login, clerk, ordered, query):
    login(clerk)
    assert client.get(url("staff_pickups") + "?" + query).status_code in (200, 404)


def test_the_unclaimed_have_a_list(client, login, clerk, ordered):
    in_state(ordered, S.UNCLAIMED, clerk)
    login(clerk)
    assert client.get(url("staff_pickups")).context["rows"] == []
    page = client.get(url("staff_pickups"), {"state": "unclaimed"})
    assert [row.pk for row in page.context["rows"]] == [ordered.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_counters_list_costs_the_same(group, kinds, place, clerk, count, django_assert_num_queries):
    for number in range(count):
        order(group, kinds, place, number + 1)
    with django_assert_num_queries(5):
        rows = list(queries.counter_list(clerk, place, [S.ORDERED]))
        assert [len(row.items.all()) for row in rows] == [1] * count
