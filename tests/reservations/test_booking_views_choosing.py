"""Booking on plain pages: what for, where and when."""

import datetime as dt

import pytest
from django.utils import timezone

from cityhall.days import is_day_off
from cityhall.models import ClosedDay
from reservations.memory import forget_all
from reservations.queries import availability
from reservations.queries.choices import READING
from tests.reservations import kit
from tests.reservations.bookingkit import day_url, held, shown_messages, url

pytestmark = pytest.mark.django_db
SLOT_GONE = "選んだ時間は、ほかの方の予約で埋まりました。別の時間を選んでください。入力した内容は残っています。"
TOO_OFTEN = "短い時間に何度も操作がありました。しばらく待ってから、もう一度お試しください。"


@pytest.fixture
def place(municipality):
    return kit.make_place("hall", name="本庁舎", access="駅から歩いて8分")


@pytest.fixture
def group(department):
    return kit.make_group(department, name="証明書の窓口")


@pytest.fixture
def service(group, place):
    names = {"ja-easy": "じゅうみんひょう"}
    return kit.make_service(
        group, place, key="juminhyo", name="住民票の写し", names=names, what_to_bring="- 本人確認書類"
    )


@pytest.fixture
def slot(group, place):
    return kit.make_slot(group, place)


# --- what for ---------------------------------------------------------------------------------------


def services_shown(client, query=""):
    return [one.key for part in client.get(url("booking_start") + query).context["groups"] for one in part.services]


def test_everything_that_can_be_booked_stands_under_its_group(client, service, group, place):
    later = kit.make_group(group.department, name="戸籍", position=1)
    kit.make_service(later, place, key="koseki", name="婚姻届")
    kit.make_service(group, place, key="gone", name="やめた業務", is_active=False)
    kit.make_service(group, None, key="nowhere", name="どこでもしない業務")
    kit.make_service(kit.make_group(group.department, is_bookable=False), place, key="walk-in")
    kit.make_service(kit.make_group(group.department, kind="facility"), place, key="camp")
    assert services_shown(client) == ["juminhyo", "koseki"]


@pytest.mark.parametrize("words", ["住民票", "ｼﾞｭｳﾐﾝ", "じゅうみんひょう", "窓口　住民票"])
def test_words_find_a_service_in_any_script(client, service, group, place, words):
    kit.make_service(group, place, key="other", name="戸籍の証明書")
    assert services_shown(client, f"?q={words}") == ["juminhyo"]


def test_a_name_is_found_by_its_reading_which_no_page_shows(client, service, group, place):
    kit.make_service(group, place, key="inkan", name="印鑑登録", names={READING: "いんかん とうろく"})
    assert services_shown(client, "?q=いんかん") == ["inkan"]
    assert "とうろく" not in client.get(url("booking_service", "inkan")).text


def test_a_shortened_link_means_one_person(client, service):
    page = client.get(url("booking_month", "juminhyo", "hall"))
    assert page.context["wish"].people == 1


def test_words_that_find_nothing_leave_the_whole_list(client, service):
    answer = client.get(url("booking_start") + "?q=うちゅう")
    assert answer.context["finds_nothing"]
    assert services_shown(client, "?q=うちゅう") == ["juminhyo"]


def test_practice_stands_apart_and_is_found_at_its_own_place_only(client, service, group):
    practice = kit.make_place("practice", is_practice=True)
    trial = kit.make_service(group, practice, key="taiken")
    assert services_shown(client) == ["juminhyo"]
    assert list(client.get(url("booking_start")).context["practice"]) == [trial]
    month = url("booking_month", "taiken", "practice") + "?people=1&variant=on_site"
    assert client.get(url("booking_places", "taiken") + "?people=1").url == month
    kit.make_offer(service, practice)
    month = url("booking_month", "juminhyo", "hall") + "?people=1&variant=on_site"
    assert client.get(url("booking_places", "juminhyo") + "?people=1").url == month


def test_the_page_of_a_service_says_what_to_bring_and_leads_on(client, service):
    page = client.get(url("booking_service", "juminhyo")).text
    assert "本人確認書類" in page
    assert "じゅうみんひょう" in page
    answer = client.get(url("booking_service", "juminhyo") + "?people=2&go=1")
    assert answer.url == url("booking_places", "juminhyo") + "?people=2"


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ("7", "一度に予約できるのは6人までです。それより多いときは、窓口へお電話ください。"),
        ("0", "来る人の数は、1人以上で入力してください。"),
        ("二", "来る人の数は、数字で入力してください。"),
        ("", "来る人の数を入力してください。"),
    ],
)
def test_a_group_too_large_is_told_so_on_every_page(client, service, slot, people, sentence):
    form = client.get(url("booking_service", "juminhyo") + f"?people={people}&go=1").context["form"]
    assert form.errors["people"] == [sentence]
    for path in (
        url("booking_places", "juminhyo"),
        url("booking_month", "juminhyo", "hall"),
        day_url(slot, service, ""),
    ):
        answer = client.get(f"{path.partition('?')[0]}?people={people}")
        assert answer.url.startswith(url("booking_service", "juminhyo"))
        assert client.get(answer.url).context["form"].errors["people"] == [sentence]


def test_a_service_that_takes_no_reservations_is_not_there(client, service, group):
    assert client.get(url("booking_service", "no-such")).status_code == 404
    group.is_bookable = False
    group.save()
    forget_all()
    assert client.get(url("booking_service", "juminhyo")).status_code == 404


# --- where ------------------------------------------------------------------------------------------


def test_one_place_and_one_way_is_not_asked_about(client, service):
    month = url("booking_month", "juminhyo", "hall") + "?people=1&variant=on_site"
    assert client.get(url("booking_places", "juminhyo") + "?people=1").url == month
    assert client.get(url("booking_places", "juminhyo") + "?people=1&all=1").status_code == 200


def test_places_and_ways_are_offered_where_everything_is_done_there(client, service, group, place):
    branch = kit.make_place("branch", name="東支所", position=1)
    kit.make_offer(service, branch, by_phone=True, minutes=40)
    other = kit.make_service(group, place, key="inkan", name="印鑑登録")
    ways = client.get(url("booking_places", "juminhyo") + "?people=1").context["ways"]
    assert [(choice.place.key, choice.minutes, [way for way, _href in links]) for choice, links in ways] == [
        ("hall", 20, ["on_site"]),
        ("branch", 40, ["on_site", "phone"]),
    ]
    both = client.get(url("booking_places", "juminhyo") + f"?also={other.key}&people=1&all=1").context["ways"]
    assert [(choice.place.key, choice.minutes) for choice, _links in both] == [("hall", 40)]


def test_services_of_another_counter_do_not_go_together(client, service, group, place, department):
    kit.make_service(group, place, key="inkan")
    kit.make_service(kit.make_group(department), place, key="kaigo")
    form = client.get(url("booking_service", "juminhyo") + "?people=1&also=kaigo&go=1").context["form"]
    assert form.errors["also"] == ["選んだ用件の中に、いまは予約できないものがあります。"]


# --- when -------------------------------------------------------------------------------------------


def rooms(client, service, slot, query="people=1"):
    page = client.get(url("booking_month", service.key, "hall") + f"?{query}&month={slot.business_day:%Y-%m}")
    return {cell.date: (cell.room.value, bool(cell.href)) for cell in page.context["month"].cells}


def test_the_calendar_says_in_words_how_much_room_a_day_has(client, service, group, place, slot):
    day = slot.business_day
    assert rooms(client, service, slot)[day] == ("free", True)
    kit.make_reservation(service, slot)
    availability.forget()
    assert rooms(client, service, slot)[day] == ("full", True)
    page = client.get(url("booking_month", service.key, "hall") + f"?people=1&month={day:%Y-%m}").text
    assert "満員" in page
    assert "キャンセル待ちに申し込む" in page


def test_a_day_that_opens_later_says_when(client, service, group, place):
    opens_at = kit.at(kit.next_week(2), 9)
    slot = kit.make_slot(group, place, kit.at(kit.next_week(9), 9), opens_at=opens_at)
    page = client.get(url("booking_month", service.key, "hall") + f"?people=1&month={slot.business_day:%Y-%m}")
    assert rooms(client, service, slot)[slot.business_day] == ("not_yet", False)
    day = opens_at.date()
    weekday = "月火水木金土日"[day.weekday()]
    assert f"<strong>受付開始 {day.month}月{day.day}日（{weekday}） 9:00</strong>" in page.text


@pytest.mark.parametrize("month", ["1999-01", "9999-12", "2026-13", "x", "0000-00", "２０２６-01"])
def test_a_month_that_cannot_be_looked_at_shows_the_nearest(client, service, slot, month):
    answer = client.get(url("booking_month", service.key, "hall") + f"?people=1&month={month}")
    assert answer.status_code == 200
    first = answer.context["month"].first
    last = (timezone.localdate() + dt.timedelta(days=60)).replace(day=1)
    assert first in (timezone.localdate().replace(day=1), last)


@pytest.mark.parametrize("day", ["2026-02-30", "1999-01-04", "9999-01-01", "heute", "2026-1-1"])
def test_a_day_that_is_none_leads_back_to_the_calendar(client, service, slot, day):
    answer = client.get(url("booking_day", service.key, "hall", day) + "?people=1", follow=True)
    assert answer.redirect_chain[0][0].startswith(url("booking_month", service.key, "hall"))
    assert shown_messages(answer.text) == ["選んだ日にちは予約できません。カレンダーから選んでください。"]


def test_a_visit_for_two_services_needs_two_slots_in_a_row(client, service, group, place):
    first, second, third = kit.make_slots(group, place, 3)
    kit.make_service(group, place, key="inkan")
    kit.make_reservation(service, second)
    page = client.get(day_url(first, service, "people=1&also=inkan"))
    times = [time for _heading, part in page.context["parts"] for time in part]
    assert [time.room.value for time in times] == ["full", "full"]
    fourth = kit.make_slot(group, place, third.ends_at)
    reservation = held(client, third, service, query="people=1&also=inkan")
    assert [use.slot_id for use in reservation.slots.order_by("slot__starts_at")] == [third.pk, fourth.pk]
    assert [item.service.key for item in reservation.items.all()] == ["inkan"]


def test_the_calendar_says_that_the_city_hall_is_closed(client, service, group, place):
    """29 December is no holiday by law: the city says so itself. A closed day on which somebody opens can be booked."""
    opened = kit.make_slots(group, place, 1)[0].business_day
    # a week to both sides has a working day of the month, whatever the calendar
    near = [opened + dt.timedelta(days=number) for number in (*range(1, 10), *range(-1, -10, -1))]
    closed = next(day for day in near if day.month == opened.month and not is_day_off(day))
    for date in (opened, closed):
        ClosedDay.objects.create(date=date, name="年末年始")
    page = client.get(url("booking_month", service.key, "hall") + f"?people=1&month={opened:%Y-%m}")
    cells = {cell.date: cell for cell in page.context["month"].cells}
    assert (cells[closed].is_day_off, cells[opened].is_day_off) == (True, False)


@pytest.mark.parametrize("slots", [1, 7])
def test_the_calendar_costs_the_same_however_many_slots_there_are(
    client, service, group, place, slots, django_assert_num_queries
):
    made = kit.make_slots(group, place, slots)
    path = url("booking_month", service.key, "hall") + f"?people=1&month={made[0].business_day:%Y-%m}"
    client.get(path)
    availability.forget()
    with django_assert_num_queries(2):
        client.get(path)
    # the document is shared, and so is what the wish names: the next reader asks for the head of the page alone
    with django_assert_num_queries(1):
        client.get(path)


def test_the_first_page_says_of_whom_an_account_is_asked(client, service, group, place):
    page = client.get(url("booking_start")).text
    assert page.count("登録は要りません。") == 1
    assert "利用者登録とログインが必要です" not in page
    closed = kit.make_group(group.department, allows_guests=False)
    kit.make_service(closed, place)
    page = client.get(url("booking_start")).text
    # beside the counter for everybody, and no longer above all of them
    assert page.count("登録は要りません。") == 1
    assert page.count("予約には、利用者登録とログインが必要です。") == 1


def test_days_too_near_to_prepare_for_say_why(client, service, group, place):
    kit.make_slot(group, place, kit.at(kit.next_week(1), 10))
    month = url("booking_month", service.key, place.key) + "?people=1"
    assert "それより近い日は選べません" not in client.get(month).text
    group.lead_minutes = 2 * 24 * 60
    group.save(update_fields=["lead_minutes"])
    forget_all()
    assert "予約は来る日の2日前までにお取りください" in client.get(f"{month}&month={timezone.localdate():%Y-%m}").text
    # not where no such day is shown
    later = (timezone.localdate() + dt.timedelta(days=40)).strftime("%Y-%m")
    assert "それより近い日は選べません" not in client.get(f"{month}&month={later}").text
