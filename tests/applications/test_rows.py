import io
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pdfminer.high_level import extract_text

from applications import typed
from applications.answers import display_rows
from applications.copy_pdf import copy_pdf
from applications.form_pages import check
from applications.models import Application, ApplicationRevision, Attachment
from applications.row_paths import find
from applications.services import uploads
from tests.applications import household, sample

pytestmark = pytest.mark.django_db

MIO = ("r1", {"name": "高橋　みお", "amount": "５，０００円", "works": "no"})
REN = ("r2", {"name": "高橋　蓮", "works": "yes", "employer": "緑野商店"})


@pytest.fixture
def draft(department, resident):
    return household.start(department, resident)


@pytest.fixture
def browser(login, resident):
    return login(resident)


def _url(draft, number=1):
    return reverse("applications:draft_page", args=[draft.public_id, number])


def _send(browser, draft, *rows, action="next", **more):
    return browser.post(_url(draft), household.page(*rows, action=action, **more))


def _rows(draft):
    draft.refresh_from_db()
    return draft.draft_answers.get("children", [])


def _names(draft):
    return [row["values"].get("name") for row in _rows(draft)]


# --- typed values -------------------------------------------------------------------------------


def _read(data):
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return typed.read(household.form().pages[0].fields, query)


def test_rows_are_read_in_the_order_of_the_page():
    values = _read(household.page(REN, MIO))
    assert [row["id"] for row in values["children"]] == ["r2", "r1"]
    assert values["children"][1]["values"] == {"name": "高橋　みお", "amount": "５，０００円", "works": "no"}


def test_ids_that_are_none_and_repeated_ids_are_left_out():
    values = _read(household.page("r1", "r1", "a.b", "<script>", "", "r" * 25))
    assert values["children"] == [{"id": "r1"}]


def test_more_rows_than_any_group_may_have_are_not_kept():
    values = _read(household.page(*[f"r{number}" for number in range(500)]))
    assert len(values["children"]) == 200


def test_a_text_no_database_can_hold_is_left_out_of_a_row():
    values = _read(household.page(("r1", {"name": "A\x00B", "amount": "1"})))
    assert values["children"][0]["values"] == {"amount": "1"}


def test_find_knows_the_questions_in_rows_and_nothing_else():
    fields = household.form().pages[0].fields
    assert find(fields, "children.r1.photo").key == "children.r1.photo"
    for path in ("children.r1.other", "children.R1.photo", "children.r1", "total.r1.photo", "children.r1.photo.x", ""):
        assert find(fields, path) is None


# --- pages --------------------------------------------------------------------------------------


def test_a_group_begins_with_the_rows_it_needs(browser, draft):
    page = browser.get(_url(draft)).content.decode()
    assert page.count('data-row="r1"') == 1
    assert 'data-row="r2"' not in page


def test_rows_are_kept_and_lead_on(browser, draft):
    response = _send(browser, draft, MIO, REN)
    assert response["Location"] == _url(draft, 2)
    assert _names(draft) == ["高橋　みお", "高橋　蓮"]


def test_a_row_is_added_without_javascript_and_everything_typed_is_kept(browser, draft):
    response = _send(browser, draft, MIO, action="row-add:children")
    assert _names(draft) == ["高橋　みお", None]
    added = _rows(draft)[1]["id"]
    assert response["Location"] == f"{_url(draft)}?open=r1&open={added}#row-children-{added}"
    assert f'id="row-children-{added}"' in browser.get(response["Location"]).content.decode()


def test_a_row_is_taken_out_without_javascript_with_its_files(browser, draft, resident):
    field = find(household.form().pages[0].fields, "children.r1.photo")
    uploads.attach(application=draft, field=field, upload=sample.png(), by=resident.user)
    response = _send(browser, draft, MIO, REN, action="row-remove:children:r1")
    assert response["Location"].endswith("#group-children")
    assert _names(draft) == ["高橋　蓮"]
    assert Attachment.objects.get().removed_at is not None


def test_a_button_for_no_group_changes_nothing(browser, draft):
    for action in ("row-add:total", "row-remove:nothing:r1", "row-open:children:../x", "row-remove:children:r9"):
        _send(browser, draft, MIO, action=action)
        assert _names(draft) == ["高橋　みお"]


def test_mistakes_in_a_row_are_named_with_the_row(browser, draft):
    response = _send(browser, draft, MIO, ("r2", {"works": "yes"}))
    page = response.content.decode()
    assert re.findall(r'<li [^>]*><a href="#id_q-children\.(r\d)\.(\w+)[^"]*">(.+?)</a>', page) == [
        ("r2", "name", "2. お子さま 氏名：入力してください。"),
        ("r2", "employer", "2. お子さま 勤務先：入力してください。"),
    ]


def test_a_blank_row_nobody_needs_is_not_asked(browser, draft):
    assert _send(browser, draft, MIO, ("r2", {}))["Location"] == _url(draft, 2)
    draft.refresh_from_db()
    checked = check(household.form(), draft.draft_answers, {})
    assert [row["id"] for row in checked.answers["children"]] == ["r1"]


def test_a_blank_row_is_not_counted(browser, draft):
    _send(browser, draft, MIO, ("r2", {}), action="save")
    page = browser.get(_url(draft)).content.decode()
    assert page.count('data-row="r') == 2
    assert "<span data-rows-count>今は1件です。</span>" in page


def test_a_full_group_says_so_at_its_button(login, department, resident):
    draft = household.start(department, resident, max_rows=2)
    browser = login(resident)
    sentence = "2件まで追加しました。これ以上は追加できません。"
    _send(browser, draft, MIO, action="save")
    page = browser.get(_url(draft)).content.decode()
    assert re.search(r"data-row-add aria-describedby", page)
    assert re.search(rf"data-rows-full hidden>{sentence}", page)
    _send(browser, draft, MIO, REN, action="save")
    page = browser.get(_url(draft)).content.decode()
    assert re.search(r"data-row-add disabled aria-describedby", page)
    assert re.search(rf"data-rows-full>{sentence}", page)


def test_too_few_and_too_many_rows_are_refused_in_a_sentence(login, department, resident):
    draft = household.start(department, resident, max_rows=2)
    browser = login(resident)
    assert "1件以上入力してください。" in _send(browser, draft).content.decode()
    page = _send(browser, draft, MIO, REN, ("r3", {"name": "三人目"})).content.decode()
    assert "2件まで入力できます（今は3件です）。不要な行を削除してください。" in page
    # what was typed is kept all the same
    assert _names(draft) == ["高橋　みお", "高橋　蓮", "三人目"]


def test_tampered_row_ids_are_refused_in_a_sentence(browser, draft):
    page = _send(browser, draft, MIO, "../etc").content.decode()
    assert "行を読み取れませんでした。" in page
    assert _names(draft) == ["高橋　みお"]


def test_a_closed_row_of_somebody_elses_making_is_dropped(browser, draft):
    assert _send(browser, draft, MIO, "r77")["Location"] == _url(draft, 2)
    assert _names(draft) == ["高橋　みお"]


def test_many_rows_are_closed_and_keep_what_was_typed(browser, draft):
    rows = [(f"r{number}", {"name": f"子{number}"}) for number in range(1, 21)]
    _send(browser, draft, *rows)
    page = browser.get(_url(draft)).content.decode()
    assert 'name="q-children.open"' not in page.split("<template")[0]
    assert "12. お子さま 子12" in page
    # sent back as the browser would: ids alone
    assert _send(browser, draft, *[row_id for row_id, _values in rows])["Location"] == _url(draft, 2)
    assert _names(draft) == [f"子{number}" for number in range(1, 21)]


def test_a_closed_row_that_needs_another_look_is_opened(browser, draft):
    rows = [(f"r{number}", {"name": f"子{number}"}) for number in range(1, 20)]
    page = _send(browser, draft, *rows, ("r20", {"works": "no"})).content.decode()
    assert 'name="q-children.open" value="r20"' in page
    assert 'name="q-children.open" value="r19"' not in page


def test_one_closed_row_is_opened_for_changes(browser, draft):
    rows = [(f"r{number}", {"name": f"子{number}"}) for number in range(1, 13)]
    _send(browser, draft, *rows)
    ids = [row_id for row_id, _values in rows]
    response = _send(browser, draft, *ids, action="row-open:children:r7")
    assert response["Location"] == f"{_url(draft)}?open=r7#row-children-r7"
    page = browser.get(response["Location"]).content.decode()
    assert 'name="q-children.r7.name" value="子7"' in page
    assert 'name="q-children.r8.name"' not in page


def test_two_hundred_rows_are_a_page_a_phone_can_show(browser, draft, django_assert_num_queries):
    """Closed rows are a line each, and their number changes no number of queries."""
    with CaptureQueriesContext(connection) as one_row:
        browser.get(_url(draft))
    rows = [{"id": f"r{number}", "values": {"name": f"子{number}", "amount": "1000"}} for number in range(200)]
    Application.objects.filter(pk=draft.pk).update(draft_answers={"has_children": "yes", "children": rows})
    with django_assert_num_queries(len(one_row)):
        page = browser.get(_url(draft)).content
    assert len(page) < 200_000
    assert "200,000円" in page.decode()


# --- files in rows ------------------------------------------------------------------------------


def test_a_file_in_a_row_belongs_to_the_row(browser, draft):
    _send(browser, draft, MIO, REN, **{"q-children.r2.photo": sample.png()})
    attachment = Attachment.objects.get()
    assert attachment.field_key == "children.r2.photo"
    page = browser.get(_url(draft)).content.decode()
    assert "証明書.png" in page[page.index('data-row="r2"') :]
    assert "証明書.png" not in page[: page.index('data-row="r2"')]


def test_answers_of_rows_name_their_files(draft, resident):
    field = find(household.form().pages[0].fields, "children.r1.photo")
    attachment = uploads.attach(application=draft, field=field, upload=sample.png(), by=resident.user)
    values = {"has_children": "yes", "children": [{"id": "r1", "values": {"name": "みお"}}]}
    checked = check(household.form(), values, {"children.r1.photo": [attachment]})
    assert checked.answers["children"] == [{"id": "r1", "name": "みお", "photo": [attachment.public_id]}]


# --- words --------------------------------------------------------------------------------------

ANSWERS = {
    "has_children": "yes",
    "children": [
        {"id": "r1", "name": "みお", "amount": "5000", "works": "no"},
        {"id": "r2", "name": "蓮", "works": "yes", "employer": "緑野商店"},
    ],
    "total": "5000",
    "school_name": "緑野小学校",
}


def test_rows_in_words_leave_out_what_their_conditions_hide():
    row = display_rows(household.form(), ANSWERS)[0].rows[1]
    assert [(entry.title, [one.label for one in entry.rows]) for entry in row.entries] == [
        ("1. お子さま みお", ["氏名", "月額", "働いていますか", "写真"]),
        ("2. お子さま 蓮", ["氏名", "月額", "働いていますか", "勤務先", "写真"]),
    ]


def test_the_check_page_shows_each_row_and_what_is_wrong_with_it(browser, draft):
    _send(browser, draft, MIO, ("r2", {"name": "蓮", "works": "yes"}))
    page = browser.get(reverse("applications:draft_check", args=[draft.public_id])).content.decode()
    assert "1. お子さま 高橋　みお" in page
    assert "2. お子さま 蓮 勤務先：入力してください。" in page


def test_the_printed_copy_has_the_rows(draft, municipality):
    sent = Application(procedure=draft.procedure, department=draft.department, number="1", submitted_at=timezone.now())
    revision = ApplicationRevision(application=sent, number=1, answers=ANSWERS)
    content = copy_pdf(sent, revision, display_rows(household.form(), ANSWERS))
    text = extract_text(io.BytesIO(content)).replace("\n", "")
    assert "お子さま：2. お子さま 蓮" in text
    assert "緑野商店" in text


def test_typed_values_come_back_from_answers():
    values = typed.from_answers(household.form().fields, ANSWERS)
    assert values["children"][1] == {"id": "r2", "values": {"name": "蓮", "works": "yes", "employer": "緑野商店"}}
