"""The inventory of procedures: rows and who changes them, two editors, figures, the pages of each role."""

import datetime as dt
import html
import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.enums import Channel, InventoryChannel, OnlinePlan
from applications.inventory.charts import pareto_chart, progress_chart
from applications.inventory.figures import Standing, not_online, pareto, progress
from applications.inventory.years import bounds, current_year, fiscal_year_of
from applications.models import Application, InventoryGoal, InventoryItem, InventoryVolume
from applications.queries import inventory as reads
from applications.queries.inventory import ListFilters
from applications.services.inventory import CodeTaken, ItemChanged, ItemRefused, save_item, seen_of
from applications.services.inventory.items import NotYours
from cityhall.db import violated
from cityhall.models import AuditEvent
from portal.demo_city.inventory import load_inventory
from tests.applications.inventorykit import YEAR, make_item, wanted
from tests.applications.test_procedures import make_draft, make_procedure
from tests.factories import make_department
from tests.reading import words

LIST = "/staff/inventory/"
PAGES = [LIST, f"{LIST}figures/", f"{LIST}progress/"]
COUNTER, ONLINE, POST = InventoryChannel.COUNTER, InventoryChannel.ONLINE, InventoryChannel.POST


def standing(code, total, *, online=0, plan=OnlinePlan.UNDECIDED):
    counts = {"online": online, "counter": total - online}
    return Standing(0, code, code, "課", "dept", plan, counts)


def row_url(item):
    return reverse("applications:inventory_item", args=[item.pk])


def text_of(answer):
    return html.unescape(answer.content.decode())


def values_of(item, **changes):
    names = ["code", "name", "name_kana", "department", "procedure", "legal_basis", "needs_seal", "meeting_reason"]
    names += ["legal_bar", "plan", "planned_on", "note"]
    return {name: getattr(item, name) for name in names} | changes


# --- rows ------------------------------------------------------------------------------------


def test_a_planned_row_has_a_date_whatever_writes_it(department):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_item(department=department, plan=OnlinePlan.PLANNED)
    assert violated(error.value) == "inventory_planned_has_date"


def test_a_volume_stands_once_and_is_never_negative(department):
    item = make_item(department=department, counts={ONLINE: 3})
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        InventoryVolume.objects.create(item=item, fiscal_year=YEAR, channel=ONLINE, count=4)
    assert violated(error.value) == "inventory_volume_unique"
    with pytest.raises(IntegrityError), transaction.atomic():
        InventoryVolume.objects.create(item=item, fiscal_year=YEAR, channel=POST, count=-1)


@pytest.mark.parametrize("percent", [0, 101])
def test_a_goal_is_a_percentage(db, percent):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        InventoryGoal.objects.create(fiscal_year=2026, percent=percent)
    assert violated(error.value) == "inventory_goal_is_percentage"


def test_saving_writes_what_differs_and_says_who_did(department, handler):
    item = make_item(department=department, counts={COUNTER: 10, POST: 2})
    counts = {(YEAR, "counter"): 11, (YEAR, "post"): None, (YEAR, "online"): 0}
    saved = save_item(
        item=item, values=values_of(item, name="緑化の表彰"), counts=counts, seen=seen_of(item), by=handler
    )
    assert (saved.name, reads.counts_of(saved)) == ("緑化の表彰", {(YEAR, "counter"): 11, (YEAR, "online"): 0})
    event = AuditEvent.objects.latest("id")
    assert (event.target_id, sorted(event.changed_fields)) == ("T1", ["name", "volumes"])


def test_saving_the_same_writes_nothing(department, handler):
    item = make_item(department=department, counts={COUNTER: 10})
    events = AuditEvent.objects.count()
    save_item(item=item, values=values_of(item), counts={(YEAR, "counter"): 10}, seen=seen_of(item), by=handler)
    assert AuditEvent.objects.count() == events
    assert InventoryItem.objects.get().changed_at == item.changed_at


def test_of_two_editors_the_second_is_told(department, handler):
    first, second = make_item(department=department), InventoryItem.objects.get()
    seen = seen_of(first)
    save_item(item=first, values=values_of(first, name="甲"), counts={}, seen=seen, by=handler)
    with pytest.raises(ItemChanged):
        save_item(item=second, values=values_of(second, name="乙"), counts={(YEAR, "post"): 5}, seen=seen, by=handler)
    assert InventoryItem.objects.get().name == "甲"
    assert not InventoryVolume.objects.exists()


def test_numbers_and_links_are_given_once(department, handler):
    procedure = make_procedure("dog", department=department)
    make_item("T1", department=department, procedure=procedure)
    item = make_item("T2", department=department)
    with pytest.raises(CodeTaken):
        save_item(item=item, values=values_of(item, code="T1"), counts={}, seen=seen_of(item), by=handler)
    with pytest.raises(CodeTaken):
        save_item(item=None, values=values_of(item), counts={}, seen="", by=handler)
    with pytest.raises(ItemRefused):
        save_item(item=item, values=values_of(item, procedure=procedure), counts={}, seen=seen_of(item), by=handler)


def test_rows_of_other_departments_are_not_ones_own(departments, handler):
    item = make_item(department=departments["kaigo"])
    own = make_item("T2", department=departments["kosodate"])
    for row, changes in ((item, {}), (own, {"department": departments["kaigo"]})):
        with pytest.raises(NotYours):
            save_item(item=row, values=values_of(row, **changes), counts={}, seen=seen_of(row), by=handler)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_savings_at_the_same_moment_leave_one(department, handler):
    item = make_item(department=department)
    barrier, outcomes = threading.Barrier(2), []

    def save(name):
        try:
            row = InventoryItem.objects.select_related("department").get(pk=item.pk)
            barrier.wait(10)
            save_item(item=row, values=values_of(row, name=name), counts={}, seen=seen_of(row), by=handler)
            outcomes.append(name)
        except ItemChanged:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes.count("stale") == 1
    assert InventoryItem.objects.get().name in outcomes


# --- figures ---------------------------------------------------------------------------------


def test_fiscal_years_turn_on_the_first_of_april():
    assert [fiscal_year_of(dt.date(2026, month, 1)) for month in (1, 3, 4, 12)] == [2025, 2025, 2026, 2026]
    start, end = bounds(2026)
    assert start.isoformat() == "2026-04-01T00:00:00+09:00"
    assert end.isoformat() == "2027-04-01T00:00:00+09:00"


def test_pareto_names_the_few_that_carry_the_volume():
    found = pareto([standing("a", 50), standing("b", 30), standing("c", 15), standing("d", 5), standing("e", 0)])
    assert [(row.standing.code, row.share, row.is_within) for row in found.rows] == [
        ("a", 50.0, True),
        ("b", 80.0, True),
        ("c", 95.0, False),
        ("d", 100.0, False),
    ]
    assert (found.needed, found.total) == (2, 100)


def test_pareto_takes_one_more_where_the_share_is_not_reached_exactly():
    assert pareto([standing("a", 79), standing("b", 11), standing("c", 10)]).needed == 2
    assert pareto([]).rows == ()
    assert pareto([standing("a", 0)]).needed == 0


def test_what_is_not_online_is_ranked_by_what_comes_by_hand():
    rows = [
        standing("small", 10),
        standing("large", 300, online=100, plan=OnlinePlan.PLANNED),
        standing("done", 900, plan=OnlinePlan.ONLINE),
        standing("never", 800, plan=OnlinePlan.IMPOSSIBLE),
    ]
    found = not_online(rows, minutes=15, yen=52)
    assert [(one.standing.code, one.hours, one.yen) for one in found] == [
        ("large", 50.0, 200 * 15 * 52),
        ("small", 2.5, 10 * 15 * 52),
    ]


def test_the_goal_is_reached_by_what_may_be_filed_online():
    rows = [standing("a", 4, online=1, plan=OnlinePlan.ONLINE), standing("b", 1)]
    found = progress("2025年度", rows, 80)
    assert (found.possible_share, found.online_share, found.is_reached, found.missing) == (80.0, 20.0, True, 0)
    short = progress("2025年度", [standing("a", 7, plan=OnlinePlan.ONLINE), standing("b", 4)], 80)
    assert (short.is_reached, short.missing) == (False, 2)
    nothing = progress("2025年度", [], 80)
    assert (nothing.possible_share, nothing.is_reached) == (None, False)


def test_charts_stay_inside_their_frame():
    many = pareto([standing(f"{number:03}", 1000 - number) for number in range(300)])
    chart = pareto_chart(many)
    years = progress_chart([progress("2025年度", [standing("a", 10, online=10, plan=OnlinePlan.ONLINE)], 80)])
    for one in (chart, years):
        for bar in one.bars:
            assert one.left <= bar.x <= bar.x + bar.width <= one.right
            assert 0 <= bar.y <= bar.y + bar.height <= one.baseline + 0.2
    assert len(chart.points.split()) == len(chart.bars) == 40
    # all of it is as high as the scale
    assert years.bars[0].y == years.lines[-1].y


def test_the_portal_counts_what_came_online_this_fiscal_year(department, resident):
    procedure = make_procedure("dog", department=department)
    start, end = bounds(current_year())
    second = dt.timedelta(seconds=1)
    for moment, fields in [
        (start, {}),
        (end - second, {}),
        (start - second, {}),
        (end, {}),
        (start, {"channel": Channel.COUNTER}),
        (start, {"is_practice": True}),
    ]:
        draft = make_draft(procedure, resident)
        Application.objects.filter(pk=draft.pk).update(submitted_at=moment, **fields)
    make_draft(procedure, resident)
    assert reads.portal_counts([procedure.pk], current_year()) == {procedure.pk: 2}
    assert reads.portal_counts([], current_year()) == {}


# --- pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reads_pages", "edits"),
    [
        ("resident", False, False),
        ("clerk", False, False),
        ("contract_clerk", False, False),
        ("handler", True, True),
        ("approver", True, True),
        ("administrator", True, True),
        ("auditor", True, False),
    ],
)
def test_who_reads_and_who_edits(municipality, department, request, login, who, reads_pages, edits):
    item = make_item(department=department, counts={COUNTER: 5})
    client = login(request.getfixturevalue(who))
    for page in [*PAGES, f"{LIST}export.csv"]:
        assert client.get(page).status_code == (200 if reads_pages else 404), page
    for page in (row_url(item), f"{LIST}new/", f"{LIST}import/"):
        assert client.get(page).status_code == (200 if edits else 404), page


def test_a_row_of_another_department_is_listed_and_does_not_open(municipality, departments, handler, login):
    item = make_item(department=departments["kaigo"], name="配食サービスの申請")
    client = login(handler)
    page = text_of(client.get(LIST))
    assert "配食サービスの申請" in page
    assert row_url(item) not in page
    assert client.get(row_url(item)).status_code == 404
    assert client.post(row_url(item), wanted(item, name="乗っ取り")).status_code == 404
    assert InventoryItem.objects.get().name == "配食サービスの申請"


def test_a_department_does_not_move_rows_to_others(municipality, departments, handler, login):
    item = make_item(department=departments["kosodate"])
    answer = login(handler).post(row_url(item), wanted(item, department=departments["kaigo"].pk))
    assert answer.status_code == 200
    assert InventoryItem.objects.get().department == departments["kosodate"]


def test_the_form_saves_row_and_volumes(municipality, department, handler, login):
    item = make_item(department=department, counts={COUNTER: 5})
    changes = {
        "name": "緑化の表彰",
        "plan": "planned",
        "planned_on": f"{YEAR + 2}-04-01",
        "needs_seal": "on",
        f"count_{YEAR}_online": "12",
        f"count_{YEAR}_counter": "",
    }
    answer = login(handler).post(row_url(item), wanted(item, **changes))
    assert answer["Location"] == row_url(item)
    saved = InventoryItem.objects.get()
    assert (saved.name, saved.plan, saved.needs_seal) == ("緑化の表彰", "planned", True)
    assert reads.counts_of(saved) == {(YEAR, "online"): 12}


def test_what_was_typed_stays_when_somebody_was_faster(municipality, department, handler, login):
    item = make_item(department=department, counts={COUNTER: 5})
    client = login(handler)
    sent = wanted(item, name="私の名前", **{f"count_{YEAR}_counter": "6"})
    InventoryItem.objects.update(name="先の名前", changed_at=timezone.now())
    InventoryVolume.objects.update(count=50)
    page = text_of(client.post(row_url(item), sent))
    assert "先に変更されました" in page
    assert 'value="私の名前"' in page
    others = page[page.index("others-title") : page.index("</dl>")]
    assert "先の名前" in others
    assert "<dd>50</dd>" in others
    # what is shown now has been seen: the second time counts
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    assert client.post(row_url(item), sent | {"seen": seen}).status_code == 302
    assert InventoryItem.objects.get().name == "私の名前"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "必須"),
        ({"plan": "planned"}, "「予定あり」の手続には予定日を入れてください。"),
        ({"code": "T2"}, "この整理番号は、ほかの手続で使われています。"),
        ({f"count_{YEAR}_online": "-1"}, f"{YEAR}年度の件数は、0以上の整数で入力してください。"),
        ({f"count_{YEAR}_online": "9" * 30}, f"{YEAR}年度の件数は、0以上の整数で"),
        ({"code": "x" * 41}, "40"),
        ({"name": "a\0b"}, ""),
    ],
)
def test_wrong_values_are_said_and_not_saved(municipality, department, handler, login, changes, sentence):
    item = make_item(department=department)
    make_item("T2", department=department)
    answer = login(handler).post(row_url(item), wanted(item, **changes))
    assert answer.status_code == 200
    page = text_of(answer)
    assert "error-summary" in page
    assert sentence in page
    assert InventoryItem.objects.get(pk=item.pk).changed_at == item.changed_at


def test_filters_combine_and_the_list_sorts_by_volume(municipality, department, handler, login):
    make_item("T1", department=department, name="甲の申請", counts={COUNTER: 5}, needs_seal=True)
    make_item("T2", department=department, name="乙の申請", counts={COUNTER: 50}, legal_bar="民法")
    other = make_department("other", "別の課")
    make_item(
        "T3", department=other, name="丙の申請", plan=OnlinePlan.ONLINE, counts={ONLINE: 9}, meeting_reason="identity"
    )

    def codes(**filters):
        rows, total = reads.item_list(handler, ListFilters(year=YEAR, **filters))
        assert total == len(rows)
        return [row.item.code for row in rows]

    assert codes() == ["T1", "T2", "T3"]
    assert codes(sort="volume") == ["T2", "T3", "T1"]
    assert codes(seal="yes") == ["T1"]
    assert codes(bar="yes") == ["T2"]
    assert codes(bar="no", seal="no") == codes(meeting="any") == codes(meeting="identity") == ["T3"]
    assert codes(plan="online", department="other") == ["T3"]
    assert codes(text="乙 申請") == codes(text="T2") == ["T2"]
    page = text_of(login(handler).get(LIST, {"sort": "volume", "year": YEAR, "text": "申請"}))
    assert page.index("乙の申請") < page.index("丙の申請") < page.index("甲の申請")


@pytest.mark.parametrize(
    "query",
    [{"page": "99999999999999"}, {"page": "-1"}, {"year": "x"}, {"sort": "id; drop"}, {"plan": "?"}, {"text": "a\0"}],
)
def test_a_bad_address_still_gives_the_list(municipality, department, handler, login, query):
    make_item(department=department)
    assert "緑化の助成" in text_of(login(handler).get(LIST, query))


def test_numbers_that_no_row_can_have_find_nothing(municipality, handler, login):
    assert login(handler).get(f"{LIST}99999999999999999999/").status_code == 404


def test_pages_ask_the_database_the_same_for_one_and_for_many(municipality, department, resident, handler, login):
    client = login(handler)
    procedure = make_procedure("dog", department=department)
    make_item("T0", department=department, procedure=procedure, counts={COUNTER: 5})
    counts = {}
    for page in [*PAGES, f"{LIST}export.csv"]:
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(page))
        counts[page] = len(queries)
    for number in range(1, 60):
        more = make_procedure(department=make_department())
        make_item(f"T{number}", department=more.department, procedure=more, counts={COUNTER: number, ONLINE: 3})
    for page, before in counts.items():
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(page))
        assert len(queries) == before, page


def test_the_figures_say_how_few_carry_the_volume(municipality, department, handler, login, settings):
    settings.MINUTES_PER_FILING, settings.YEN_PER_MINUTE = 12, 50
    make_item("T1", department=department, name="甲の申請", counts={COUNTER: 90}, plan=OnlinePlan.UNDECIDED)
    make_item("T2", department=department, name="乙の申請", counts={COUNTER: 10}, plan=OnlinePlan.ONLINE)
    page = words(text_of(login(handler).get(f"{LIST}figures/")))
    assert "この1件で、全体の80%を占めます" in page
    assert "およそ18時間（54,000円）" in page
    assert page.count("chart__bar ") == 2
    assert 'role="img"' in page


def test_the_progress_is_shown_by_year_and_department(municipality, department, handler, login):
    InventoryGoal.objects.create(fiscal_year=YEAR, percent=60)
    make_item("T1", department=department, counts={COUNTER: 45, ONLINE: 5}, plan=OnlinePlan.ONLINE)
    make_item("T2", department=department, counts={POST: 50})
    page = text_of(login(handler).get(f"{LIST}progress/"))
    assert "目標：件数の60%をオンラインで申請できるようにする" in page
    assert "<strong>50.0%</strong>" in page
    assert "あと10件分" in page
    assert "実際にオンラインで申請されたのは5.0%（5件）です。" in page
    assert re.search(r'<th scope="row">子育て支援課</th><td class="num">100</td><td class="num">50.0%</td>', page)


def test_without_figures_the_pages_say_so(municipality, department, handler, login):
    make_item(department=department)
    for page in PAGES[1:]:
        assert "まだ登録されていません" in text_of(login(handler).get(page))


def test_the_demo_city_has_an_inventory_that_is_always_the_same(municipality, department):
    make_procedure("dog", department=department)
    assert load_inventory() > 1
    rows = reads.standings([YEAR])[YEAR]
    total = sum(row.total for row in rows)
    assert load_inventory() == 0
    assert sum(row.total for row in reads.standings([YEAR])[YEAR]) == total > 0
    assert InventoryGoal.objects.get(fiscal_year=YEAR).percent == 80
