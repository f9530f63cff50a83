"""The editor's screen: whose it is, what it shows, and what its forms do."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction, Role
from cityhall.models import AuditEvent, ClosedDay
from notices.models import OutgoingMail
from reservations.enums import Release
from reservations.models import OpeningException, OpeningRule, Reservation, Slot
from reservations.queries import supply as queries
from reservations.services import bookings, supply
from reservations.supply.keys import slot_key
from tests import factories
from tests.reservations import kit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipality")]


@pytest.fixture
def group(department):
    return kit.make_group(department, horizon_days=21, cooling_minutes=0)


@pytest.fixture
def place():
    return kit.make_place()


@pytest.fixture
def service(group, place):
    return kit.make_service(group, place)


@pytest.fixture
def monday():
    """A Monday that has slots, well inside the horizon; no holiday, whatever today is."""
    day = timezone.localdate() + dt.timedelta(days=8)
    day += dt.timedelta(days=-day.weekday() % 7)
    return day


@pytest.fixture
def rule(group, place, service, monday):
    rule = OpeningRule(
        group=group,
        place=place,
        weekdays=[0],
        from_time=dt.time(9),
        until_time=dt.time(10),
        valid_from=monday - dt.timedelta(days=7),
        slot_minutes=20,
        capacity=3,
        public_capacity=2,
        works_on_closed_days=True,
    )
    supply.save_rule(rule=rule, by=None)
    return rule


@pytest.fixture
def address(group, place):
    def of(name, *args):
        return reverse(f"reservations:{name}", args=[group.key, place.key, *args])

    return of


def slot_at(monday, hour, minute=0):
    return Slot.objects.get(starts_at=kit.at(monday, hour, minute))


def rule_form(rule, **changes):
    values = {
        "kind": "open",
        "weekdays": ["0"],
        "from_time": "09:00",
        "until_time": "10:00",
        "slot_minutes": "20",
        "capacity": "3",
        "public_capacity": "2",
        "every_weeks": "1",
        "valid_from": rule.valid_from.isoformat(),
        "valid_until": "",
        "works_on_closed_days": "on",
        "seen_revision": str(rule.revision),
    }
    return values | changes


def texts(response):
    return [str(message) for message in response.context["messages"]]


def test_editor_is_of_the_department_of_the_role(request, login, rule, address, client):
    stranger = factories.make_staff(role=Role.HANDLER, department=factories.make_department("elsewhere"))
    for person, status in (
        (request.getfixturevalue("handler"), 200),
        (request.getfixturevalue("approver"), 200),
        (request.getfixturevalue("administrator"), 200),
        (request.getfixturevalue("clerk"), 404),
        (request.getfixturevalue("auditor"), 404),
        (stranger, 404),
    ):
        response = login(person).get(address("supply_week"))
        assert (person.email, response.status_code) == (person.email, status)
        client.logout()


def test_list_shows_only_what_may_be_edited(login, handler, rule, group, place):
    kit.make_service(kit.make_group(), place)
    response = login(handler).get(reverse("reservations:supply_list"))
    assert response.context["groups"] == [(group, [place])]


def test_roles_of_one_department_give_nothing_in_another(handler, rule, group):
    assert list(queries.editable_groups(handler)) == [group]
    other = factories.make_department("other")
    kit.make_group(other)
    factories.StaffRole.objects.create(user=handler, role=Role.CLERK, department=other, active_from=dt.date(2020, 1, 1))
    again = type(handler).objects.get(pk=handler.pk)
    assert list(queries.editable_groups(again)) == [group]


def test_week_shows_each_slot_with_its_numbers(login, handler, rule, address, monday, service):
    kit.make_reservation(service, slot_at(monday, 9))
    response = login(handler).get(address("supply_week"), {"week": monday.isoformat()})
    week = response.context["week"]
    assert [row.time for row in week.rows] == [dt.time(9), dt.time(9, 20), dt.time(9, 40)]
    assert [(day.date == monday, bool(slot)) for day, slot in week.rows[0].cells] == [(True, True)] + [
        (False, False)
    ] * 6
    assert (week.days[0].taken, week.days[0].capacity) == (1, 9)


def test_week_without_a_sensible_day_is_this_week(login, handler, rule, address):
    today = timezone.localdate()
    client = login(handler)
    for typed in ("", "yesterday", "9999-01-01"):
        week = client.get(address("supply_week"), {"week": typed}).context["week"]
        assert week.monday == today - dt.timedelta(days=today.weekday())


@pytest.mark.parametrize("path", ["supply_day", "supply_slot"])
def test_days_and_slots_that_are_none_are_not_found(login, handler, rule, address, path):
    client = login(handler)
    for typed in ("never", "2026-13-01", "9999-01-01", "2026-11-30T9999"):
        assert client.get(address(path, typed)).status_code == 404


def add_rule(group, place, hour, monday):
    supply.save_rule(
        rule=OpeningRule(
            group=group,
            place=place,
            weekdays=[0, 2],
            from_time=dt.time(hour),
            until_time=dt.time(hour + 1),
            valid_from=monday - dt.timedelta(days=7),
            slot_minutes=20,
            capacity=3,
            public_capacity=2,
        ),
        by=None,
    )


def test_week_view_asks_the_same_number_of_questions_at_one_and_three_rules(
    login, handler, rule, address, monday, group, place, django_assert_num_queries
):
    client = login(handler)
    client.get(address("supply_week"), {"week": monday.isoformat()})
    with django_assert_num_queries(WEEK_QUERIES):
        client.get(address("supply_week"), {"week": monday.isoformat()})
    add_rule(group, place, 13, monday)
    add_rule(group, place, 15, monday)
    with django_assert_num_queries(WEEK_QUERIES):
        response = client.get(address("supply_week"), {"week": monday.isoformat()})
    assert len(response.context["rules"]) == 3


WEEK_QUERIES = 13


def test_rule_is_added_on_the_screen(login, handler, group, place, service, address, monday):
    fresh = OpeningRule(valid_from=monday)
    response = login(handler).post(address("supply_rule_add"), rule_form(fresh, seen_revision=""), follow=True)
    rule = OpeningRule.objects.get()
    assert (rule.weekdays, rule.from_time, rule.capacity) == ([0], dt.time(9), 3)
    assert Slot.objects.filter(business_day=monday).count() == 3
    assert texts(response)[0].startswith("受付時間を保存しました。")


def test_mistakes_in_a_rule_stand_beside_the_week(login, handler, rule, address):
    response = login(handler).post(
        address("supply_rule", rule.public_id), rule_form(rule, until_time="08:00", public_capacity="9", weekdays=[])
    )
    assert response.status_code == 422
    assert {"weekdays"} <= set(response.context["form"].errors)
    assert response.context["week"].days
    rule.refresh_from_db()
    assert rule.until_time == dt.time(10)


def test_taking_time_from_people_is_asked_about_first(login, handler, rule, address, monday, service):
    kit.make_reservation(service, slot_at(monday, 9))
    client, url = login(handler), address("supply_rule", rule.public_id)
    response = client.post(url, rule_form(rule, from_time="09:20"))
    assert (response.status_code, response.context["lost"]) == (422, 1)
    assert slot_at(monday, 9).closed_at is None
    client.post(url, rule_form(rule, from_time="09:20", is_confirmed="on"))
    assert slot_at(monday, 9).closed_at is not None


def test_lowering_the_number_counts_only_who_is_too_many(rule, monday, service):
    for _number in range(3):
        kit.make_reservation(service, slot_at(monday, 9), is_public=False)
    rule.capacity = rule.public_capacity = 1
    assert supply.lost_by_rule(rule) == 2
    rule.refresh_from_db()
    assert supply.lost_by_rule(rule) == 0


def test_slower_editor_is_told(login, handler, rule, address):
    client, url = login(handler), address("supply_rule", rule.public_id)
    client.post(url, rule_form(rule, capacity="5"))
    response = client.post(url, rule_form(rule, capacity="1"))
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()
    assert OpeningRule.objects.get().capacity == 5


def test_rule_ends_on_the_screen(login, handler, rule, address, monday):
    last_day = (monday - dt.timedelta(days=1)).isoformat()
    login(handler).post(address("supply_rule_end", rule.public_id), {"end-last_day": last_day})
    assert slot_at(monday, 9).closed_at is not None


def test_slot_changes_on_the_screen(login, handler, rule, address, monday):
    url = address("supply_slot", slot_key(kit.at(monday, 9)))
    client = login(handler)
    assert client.get(url).context["form"].initial == {"capacity": 3, "public_capacity": 2}
    assert client.post(url, {"capacity": "1", "public_capacity": "2"}).status_code == 422
    client.post(url, {"capacity": "6", "public_capacity": "4"})
    slot = slot_at(monday, 9)
    assert (slot.capacity, slot.public_capacity, slot.is_edited) == (6, 4, True)


def test_closing_a_day_tells_people_and_lists_who_has_no_mail(login, handler, rule, address, monday, service):
    kit.make_reservation(service, slot_at(monday, 9))
    by_phone = kit.make_reservation(service, slot_at(monday, 9, 20), contact=kit.make_contact(email=""))
    url = address("supply_day", monday.isoformat())
    client = login(handler)
    # a place that was given back is kept for a while, but nobody is to be told of it
    given_back = kit.make_reservation(service, slot_at(monday, 9, 20))
    bookings.cancel(reservation=given_back)
    OutgoingMail.objects.all().delete()
    assert client.get(url).context["booked"] == 2
    assert client.post(url, {"reason": ""}).status_code == 422
    response = client.post(url, {"reason": "設備の点検"}, follow=True)
    assert OutgoingMail.objects.count() == 1
    assert by_phone in response.context["affected"]
    read = AuditEvent.objects.filter(action=AuditAction.LIST, target_type="reservation").latest("id")
    assert by_phone.public_id in read.object_ids
    client.post(address("supply_day_reopen", monday.isoformat()))
    assert not OpeningException.objects.exists()
    assert not Reservation.objects.filter(must_move_since__isnull=False).exists()


def test_closing_the_place_is_for_who_may_change_everything_there(
    login, handler, administrator, rule, address, monday, place
):
    other = kit.make_group()
    kit.make_slot(other, place, kit.at(monday, 9))
    url = address("supply_day", monday.isoformat())
    client = login(handler)
    assert "everything" not in client.get(url).context["form"].fields
    client.post(url, {"reason": "停電", "everything": "on"})
    assert Slot.objects.filter(business_day=monday, closed_at__isnull=True).get().group == other
    supply.close_day(place=place, day=monday, reason="停電", by=administrator)
    assert client.post(address("supply_day_reopen", monday.isoformat()), {"everything": "on"}).status_code == 404
    assert OpeningException.objects.filter(group__isnull=True).exists()


def test_hours_of_one_day_on_the_screen(login, handler, rule, address, monday):
    tuesday = (monday + dt.timedelta(days=1)).isoformat()
    client, url = login(handler), address("supply_exception_add", tuesday)
    hours = {"hours-kind": "open", "hours-from_time": "13:00", "hours-until_time": "14:00"}
    assert client.post(url, hours).status_code == 422
    numbers = {"hours-slot_minutes": "30", "hours-capacity": "2", "hours-public_capacity": "1"}
    client.post(url, hours | numbers)
    assert Slot.objects.filter(business_day=tuesday, closed_at__isnull=True).count() == 2
    client.post(address("supply_exception_remove", OpeningException.objects.get().public_id))
    assert not Slot.objects.filter(business_day=tuesday, closed_at__isnull=True).exists()


def test_people_a_holiday_took_the_time_of_are_told_from_a_list(login, handler, rule, address, monday, service):
    OpeningRule.objects.update(works_on_closed_days=False)
    told = kit.make_reservation(service, slot_at(monday, 9))
    left = kit.make_reservation(service, slot_at(monday, 9, 20))
    ClosedDay.objects.create(date=monday, name="夏季休業")
    supply.rebuild()
    client = login(handler)
    assert client.get(reverse("reservations:supply_list")).context["untold"] == 2
    url = reverse("reservations:supply_untold")
    assert client.get(url).context["rows"] == [told, left]
    client.post(url, {"chosen_ids": [told.public_id], "reason": "夏季休業のため"})
    assert client.get(url).context["rows"] == [left]
    told.refresh_from_db()
    assert told.must_move_since is not None


def test_untold_of_other_departments_cannot_be_told(login, handler, rule, monday):
    other = kit.make_group()
    place = kit.make_place()
    service = kit.make_service(other, place)
    slot = kit.make_slot(other, place, kit.at(monday, 9))
    theirs = kit.make_reservation(service, slot)
    Slot.objects.filter(pk=slot.pk).update(closed_at=timezone.now())
    response = login(handler).post(
        reverse("reservations:supply_untold"), {"chosen_ids": [theirs.public_id], "reason": "点検"}
    )
    assert response.context["form"].errors
    theirs.refresh_from_db()
    assert theirs.must_move_since is None


def waves(*rows):
    data = {"waves-TOTAL_FORMS": str(len(rows)), "waves-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        for name, value in zip(("days_before", "at", "percent"), row, strict=True):
            data[f"waves-{number}-{name}"] = value
    return data


RELEASE = {"horizon_days": "21", "lead_minutes": "60", "change_until_minutes": "0", "fixed_days_ahead": "14"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"release": "fixed"}, {"fixed_weekday", "fixed_time"}),
        ({"release": "waves"}, {"__all__"}),
        ({"release": "rolling", "horizon_days": "0"}, {"horizon_days"}),
    ],
)
def test_release_says_what_is_missing(login, handler, rule, address, sent, expected):
    response = login(handler).post(address("supply_release"), RELEASE | sent | waves())
    assert response.status_code == 422
    assert set(response.context["form"].errors) == expected


def test_release_in_waves_on_the_screen(login, handler, rule, address, group):
    client = login(handler)
    wrong = waves(("14", "09:00", "80"), ("3", "09:00", "50"))
    assert client.post(address("supply_release"), RELEASE | {"release": "waves"} | wrong).status_code == 422
    right = waves(("14", "09:00", "50"), ("3", "09:00", "100"), ("", "", ""))
    client.post(address("supply_release"), RELEASE | {"release": "waves"} | right)
    group.refresh_from_db()
    assert group.release == Release.WAVES
    assert [(wave.days_before, wave.percent) for wave in group.waves.all()] == [(14, 50), (3, 100)]


def test_history_tells_changes_in_words(login, handler, rule, address, monday):
    client = login(handler)
    client.post(address("supply_rule", rule.public_id), rule_form(rule, capacity="4", weekdays=["0", "2"]))
    client.post(address("supply_slot", slot_key(kit.at(monday, 9))), {"capacity": "6", "public_capacity": "2"})
    client.post(address("supply_day", monday.isoformat()), {"reason": "点検"})
    lines = [sentence for _event, sentence in client.get(address("supply_history")).context["lines"]]
    assert lines[1].endswith("9:00の枠を変更しました：受付数 4 → 6") or lines[1].endswith(
        "09:00の枠を変更しました：受付数 4 → 6"
    )
    assert lines[0].endswith("を休みにしました（点検）")
    assert lines[2] == "「月 09:00〜10:00」を変更しました：曜日 月 → 月・水、1枠の受付数 3 → 4"
    assert lines[3].startswith("受付時間を追加しました：月 09:00〜10:00、20分ごと、受付数 3（うち予約 2）")
