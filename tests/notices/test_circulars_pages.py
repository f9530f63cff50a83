"""Circulars over HTTP: heads, the city, residents, tablets; and that a head finds nothing else."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import Role
from cityhall.machines import TOKEN_COOKIE
from cityhall.models import AuditEvent
from cityhall.services import devices
from notices.models import Circular, CircularHome, CircularReading
from notices.services import circulars
from tests.factories import make_staff
from tests.notices.circularkit import in_household, make_district, make_home, pdf, publish
from tests.test_access_table import OURS

pytestmark = pytest.mark.django_db
HOMES_QUERIES, CIRCULAR_QUERIES = 8, 13


def url(name, *args):
    return reverse(f"notices:{name}", args=args)


@pytest.fixture
def district(municipality, district_head):
    return make_district(head=district_head)


@pytest.fixture
def elsewhere(municipality):
    return make_district("桜町自治会", towns=["桜町"], head=make_staff(role=Role.DISTRICT_HEAD, name="よその会長"))


@pytest.fixture
def neighbour(resident):
    return in_household(resident)


def sheet(*districts, **more):
    chosen = [district.pk for district in districts]
    return {"title": "清掃", "body": "朝です。", "districts": chosen, "request_key": "k", **more}


def is_folded(page, address):
    """Whether a button stands behind one more press, also without JavaScript."""
    before = page.partition(f'action="{address}"')[0]
    return before != page and before.rfind("<details") > before.rfind("</details>")


# --- a head sees nothing else -----------------------------------------------------------------------

HEADS_PAGES = {"portal:staff_home", "notices:circular_list", "notices:circular_districts", "notices:circular_new"}


def test_a_head_gets_into_no_other_page_of_the_staff(client, login, district, district_head):
    browser = login(district_head)
    entered = {
        address.name
        for address in OURS
        if address.rule.startswith("staff") and not address.has_parts and browser.get(address.path).status_code != 404
    }
    assert entered == HEADS_PAGES
    assert browser.get("/admin/", follow=True).status_code == 404


def test_the_menu_and_the_home_of_a_head_hold_circulars_only(login, district, district_head, department, handler):
    publish([district], by=handler, department=department, title="防災訓練")
    page = login(district_head).get(reverse("portal:staff_home"))
    entries = [row["href"] for part in page.context["staff_menu"] for row in part["entries"]]
    assert entries == [reverse("portal:staff_home"), url("circular_list"), url("circular_districts")]
    assert len(page.context["panels"]) == 1
    assert "防災訓練" in page.content.decode()


def test_heads_find_nothing_of_other_districts(login, district, elsewhere, district_head, handler, department):
    home = make_home(elsewhere, "遠藤")
    theirs = publish([elsewhere], by=elsewhere.heads.get().user)
    both = publish([district, elsewhere], by=handler, department=department, title="防災訓練")
    browser = login(district_head)
    for name, key in (
        ("circular_staff", theirs.public_id),
        ("circular_copies", theirs.public_id),
        ("circular_homes", elsewhere.public_id),
        ("circular_home_new", elsewhere.public_id),
        ("circular_home", home.public_id),
    ):
        assert browser.get(url(name, key)).status_code == 404
    for name, keys in (
        ("circular_publish", [theirs.public_id]),
        ("circular_withdraw", [theirs.public_id]),
        ("circular_withdraw", [both.public_id]),
        ("circular_home_end", [home.public_id]),
        ("circular_tablet_code", [home.public_id]),
        ("circular_tablet_off", [home.public_id]),
        ("circular_paper", [both.public_id, home.public_id]),
    ):
        assert browser.post(url(name, *keys)).status_code == 404
    page = browser.get(url("circular_staff", both.public_id) + f"?district={elsewhere.public_id}").content.decode()
    assert "遠藤" not in page
    assert "桜町自治会" not in page
    assert not CircularReading.objects.exists()


def test_a_head_cannot_send_to_another_district(login, district, elsewhere, district_head):
    answer = login(district_head).post(url("circular_new"), sheet(district, elsewhere))
    assert answer.status_code == 200
    assert "districts" in answer.context["form"].errors
    assert not Circular.objects.exists()


def test_a_head_of_nothing_writes_nothing(login, municipality, district_head):
    browser = login(district_head)
    assert browser.get(url("circular_new")).url == url("circular_list")
    assert browser.post(url("circular_new"), {"title": "お知らせ"}).url == url("circular_list")
    assert not Circular.objects.exists()
    assert list(browser.get(url("circular_list")).context["rows"]) == []


# --- writing ----------------------------------------------------------------------------------------


def test_a_head_writes_looks_and_begins(login, district, district_head):
    browser = login(district_head)
    answer = browser.post(url("circular_new"), sheet(district))
    circular = Circular.objects.get()
    assert answer.url == url("circular_staff", circular.public_id)
    assert (circular.department, circular.published_at) == (None, None)
    assert "まだ下書きです" in browser.get(answer.url).content.decode()
    browser.post(url("circular_edit", circular.public_id), sheet(district, title="清掃（雨天延期あり）"))
    browser.post(url("circular_publish", circular.public_id))
    circular.refresh_from_db()
    assert circular.title == "清掃（雨天延期あり）"
    assert circular.published_at is not None
    page = browser.get(url("circular_staff", circular.public_id)).content.decode()
    assert is_folded(page, url("circular_withdraw", circular.public_id))
    browser.post(url("circular_withdraw", circular.public_id))
    circular.refresh_from_db()
    assert circular.withdrawn_at is not None


def test_the_city_publishes_for_the_department_of_the_person(login, district, elsewhere, handler, department):
    browser = login(handler)
    assert "department" not in browser.get(url("circular_new")).context["form"].fields
    browser.post(url("circular_new"), sheet(district, elsewhere))
    circular = Circular.objects.get()
    assert circular.department == department
    assert set(circular.districts.all()) == {district, elsewhere}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": ""}, "title"),
        ({"body": ""}, "body"),
        ({"districts": []}, "districts"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
    ],
)
def test_what_is_missing_is_said(login, district, district_head, change, wrong):
    answer = login(district_head).post(url("circular_new"), sheet(district) | change)
    assert list(answer.context["form"].errors) == [wrong]


def test_a_pdf_may_stand_for_the_text(login, district, district_head):
    login(district_head).post(url("circular_new"), sheet(district, body="", file=pdf()))
    assert Circular.objects.get().file.name == "ちらし.pdf"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_long(
    count, login, district, district_head, django_assert_max_num_queries
):
    for number in range(count):
        publish([district], by=district_head, title=f"回覧{number}")
    browser = login(district_head)
    browser.get(url("circular_list"))
    with django_assert_max_num_queries(14):
        browser.get(url("circular_list"))


# --- homes ------------------------------------------------------------------------------------------


def test_a_head_writes_homes_down_and_enters_what_came_back_on_paper(login, district, district_head):
    browser = login(district_head)
    page = browser.get(url("circular_home_new", district.public_id))
    written = {"name": "青木", "section": "1班", "wants_paper": "on"} | page.context["form"].initial
    for _click in range(2):
        browser.post(url("circular_home_new", district.public_id), written)
    home = CircularHome.objects.get()
    assert (home.name, home.section, home.wants_paper, home.district) == ("青木", "1班", True, district)
    page = browser.get(url("circular_home", home.public_id)).content.decode()
    assert is_folded(page, url("circular_home_end", home.public_id))
    circular = publish([district], by=district_head)
    browser.post(url("circular_paper", circular.public_id, home.public_id))
    assert CircularReading.objects.get().on_paper
    browser.post(url("circular_paper", circular.public_id, home.public_id), {"answer": "take_back"})
    assert not CircularReading.objects.exists()
    browser.post(url("circular_home_end", home.public_id))
    assert browser.get(url("circular_home", home.public_id)).status_code == 404


def test_copies_are_a_pdf_and_printing_is_audited(login, district, district_head, handler, department):
    home = make_home(district, wants_paper=True)
    circular = publish([district], by=handler, department=department)
    answer = login(district_head).get(url("circular_copies", circular.public_id))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert AuditEvent.objects.get(action="print").object_ids == [home.public_id]


# --- residents --------------------------------------------------------------------------------------


def test_a_resident_joins_reads_and_says_so(login, district, district_head, neighbour):
    circular = publish([district], by=district_head)
    browser = login(neighbour)
    assert "一斉清掃" not in browser.get(url("circular_board")).content.decode()
    assert browser.get(url("circular_page", circular.public_id)).status_code == 404
    browser.post(url("circular_join"), {"district": district.public_id, "name": "高橋"})
    assert [card["is_read"] for card in browser.get(url("circular_board")).context["cards"]] == [False]
    assert browser.get(url("circular_page", circular.public_id)).status_code == 200
    assert not CircularReading.objects.exists()
    browser.post(url("circular_read", circular.public_id))
    reading = CircularReading.objects.get()
    assert (reading.home.name, reading.by) == ("高橋", neighbour.user)
    assert [card["is_read"] for card in browser.get(url("circular_board")).context["cards"]] == [True]


def test_other_people_neither_read_nor_leave_for_a_home(login, district, district_head, neighbour, another_resident):
    circular = publish([district], by=district_head)
    home = circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    browser = login(another_resident)
    assert browser.get(url("circular_page", circular.public_id)).status_code == 404
    assert browser.post(url("circular_read", circular.public_id)).status_code == 404
    assert browser.post(url("circular_leave", home.public_id)).status_code == 404
    home.refresh_from_db()
    assert home.ended_at is None


def test_nobody_joins_a_district_of_another_town(login, elsewhere, neighbour):
    answer = login(neighbour).post(url("circular_join"), {"district": elsewhere.public_id, "name": "高橋"})
    assert "district" in answer.context["form"].errors
    assert not CircularHome.objects.exists()


def test_my_page_shows_what_is_unread(login, district, district_head, neighbour):
    browser = login(neighbour)
    assert "お住まいの地域の回覧板を見る" in browser.get("/my/").content.decode()
    circulars.join(district=district, resident=neighbour, name="高橋", by=neighbour.user)
    publish([district], by=district_head)
    assert "一斉清掃" in browser.get("/my/").content.decode()


def test_a_protected_person_is_offered_no_name(login, district, neighbour):
    neighbour.protected_until = timezone.localdate()
    neighbour.save(update_fields=["protected_until"])
    form = login(neighbour).get(url("circular_board")).context["form"]
    assert form.initial == {}


# --- tablets ----------------------------------------------------------------------------------------


@pytest.fixture
def tablet(district, district_head):
    """A browser on a wall, paired through the pages."""
    home = make_home(district)
    device, code = circulars.new_tablet_code(home, by=district_head)
    browser = Client()
    browser.cookies[TOKEN_COOKIE] = devices.pair(code, public_id=device.public_id)
    return browser


def test_a_head_shows_a_code_that_pairs_the_tablet(login, district, district_head):
    home = make_home(district)
    page = login(district_head).post(url("circular_tablet_code", home.public_id))
    home.refresh_from_db()
    assert home.device.public_id in page.context["address"]
    browser = Client()
    cache.clear()
    browser.post(reverse("portal:device", args=[home.device.public_id]), {"code": page.context["code"]})
    assert "青木" in browser.get(url("tablet_home")).content.decode()


def test_a_tablet_reads_without_signing_in(tablet, district, district_head):
    circular = publish([district], by=district_head)
    assert [card["title"] for card in tablet.get(url("tablet_home")).context["unread"]] == ["一斉清掃"]
    assert "日曜の朝です" in tablet.get(url("tablet_circular", circular.public_id)).content.decode()
    assert not CircularReading.objects.exists()
    assert tablet.post(url("tablet_read", circular.public_id)).url == url("tablet_home")
    reading = CircularReading.objects.get()
    assert (reading.home.name, reading.by, reading.on_paper) == ("青木", None, False)
    assert [card["title"] for card in tablet.get(url("tablet_home")).context["read"]] == ["一斉清掃"]


def test_a_tablet_sees_its_district_only_and_no_page_of_people(tablet, elsewhere):
    theirs = publish([elsewhere], by=elsewhere.heads.get().user)
    for name in ("tablet_circular", "tablet_sheet", "tablet_file"):
        assert tablet.get(url(name, theirs.public_id)).status_code == 404
    assert tablet.post(url("tablet_read", theirs.public_id)).status_code == 404
    assert tablet.get(url("circular_board")).status_code == 302
    assert tablet.get(reverse("reservations:kiosk_home")).status_code == 404


def test_a_tablet_shows_the_attachment_between_ways_back(tablet, district, district_head):
    circular = publish([district], by=district_head, upload=pdf())
    sheet_url = url("tablet_sheet", circular.public_id)
    assert f'href="{sheet_url}"' in tablet.get(url("tablet_circular", circular.public_id)).content.decode()
    page = tablet.get(sheet_url).content.decode()
    file_url = url("tablet_file", circular.public_id)
    assert f'<iframe class="tablet__file" src="{file_url}#' in page
    assert f'href="{url("tablet_home")}"' in page
    answer = tablet.get(file_url)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    # our own page holds it in a frame; no other site may
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    without = publish([district], by=district_head, title="紙なし")
    assert tablet.get(url("tablet_sheet", without.public_id)).status_code == 404


def test_a_circular_taken_back_meanwhile_leads_a_tablet_home(tablet, district, district_head):
    circular = publish([district], by=district_head, upload=pdf())
    circulars.withdraw(circular, by=district_head)
    for answer in (
        tablet.get(url("tablet_circular", circular.public_id), follow=True),
        tablet.get(url("tablet_sheet", circular.public_id), follow=True),
        tablet.post(url("tablet_read", circular.public_id), follow=True),
    ):
        assert answer.redirect_chain[-1][0] == url("tablet_home")
        assert "この回覧は終わりました" in answer.content.decode()
    assert not CircularReading.objects.exists()


# --- long lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["circular_homes", "circular_staff"])
def test_homes_come_page_by_page_each_once(login, district, district_head, name, monkeypatch):
    monkeypatch.setattr("notices.views.circulars.homes.PAGE_SIZE", 2)
    monkeypatch.setattr("notices.views.circulars.staff.HOMES_SHOWN", 2)
    homes = [make_home(district, f"家{number}", section="1班", position=number) for number in range(5)]
    circular = publish([district], by=district_head)
    circulars.mark_read(circular, homes=homes[:1], by=None)
    key = district.public_id if name == "circular_homes" else circular.public_id
    browser, address, seen = login(district_head), url(name, key), []
    following = address
    while following:
        page = browser.get(following)
        rows = page.context["homes"]
        seen += [row if name == "circular_homes" else row[0] for row in rows]
        assert len(rows) <= 2
        following = page.context["next_url"] and address + page.context["next_url"]
    # on the page of a circular who has not read it stands first
    assert seen == (homes if name == "circular_homes" else [*homes[1:], homes[0]])


def test_search_among_homes_stays_on_the_next_page(login, district, district_head, monkeypatch):
    monkeypatch.setattr("notices.views.circulars.homes.PAGE_SIZE", 1)
    for name in ("青木", "青山", "井上"):
        make_home(district, name)
    page = login(district_head).get(url("circular_homes", district.public_id), {"text": "青"})
    assert [home.name for home in page.context["homes"]] == ["青木"]
    assert page.context["home_count"] == 3
    following = login(district_head).get(url("circular_homes", district.public_id) + page.context["next_url"])
    assert [home.name for home in following.context["homes"]] == ["青山"]


@pytest.mark.parametrize("count", [1, 3])
def test_homes_take_the_same_queries_however_many(login, district, district_head, count, django_assert_num_queries):
    for number in range(count):
        make_home(district, f"家{number}")
    circular = publish([district], by=district_head)
    browser = login(district_head)
    for address, queries in (
        (url("circular_homes", district.public_id), HOMES_QUERIES),
        (url("circular_staff", circular.public_id), CIRCULAR_QUERIES),
    ):
        browser.get(address)
        with django_assert_num_queries(queries):
            browser.get(address)


def test_pdf_of_a_draft_is_taken_off_over_the_page(login, district, district_head):
    browser = login(district_head)
    browser.post(url("circular_new"), sheet(district) | {"file": pdf()})
    draft = Circular.objects.get()
    assert "takes_file_off" in browser.get(url("circular_edit", draft.public_id)).context["form"].fields
    browser.post(url("circular_edit", draft.public_id), sheet(district, takes_file_off="on"))
    draft.refresh_from_db()
    assert draft.file is None
    browser.post(url("circular_edit", draft.public_id), sheet(district) | {"file": pdf()})
    # without text and without file nothing is left
    empty = sheet(district, takes_file_off="on", body="")
    assert "body" in browser.post(url("circular_edit", draft.public_id), empty).context["form"].errors
