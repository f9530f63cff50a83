"""The print file of a run: order, sides, counts, cost, what a print house gets."""

import csv
import datetime as dt
import io
import re
import subprocess
import zipfile

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone
from zxingcpp import read_barcode

from cityhall.enums import Role
from cityhall.models import AuditEvent
from cityhall.services.files import read_bytes
from notices import tasks
from notices.models import LetterRun, Notice, PostSettings
from notices.print_house import BUNDLE, batches, bundles
from notices.services import create_letter_run, mark_posted
from notices.services.posting import WrongDay
from tests import factories


@pytest.fixture
def due(available):
    """Letters that are due, for people with these postal codes."""

    def make(*postal_codes, **given):
        people = [factories.make_resident(given=f"{code}子", postal_code=code) for code in postal_codes]
        return [available(person, key=f"letter-{person.pk}", **given) for person in people]

    return make


@pytest.fixture
def run_letters(department, handler):
    def make(key="run-1"):
        run = create_letter_run(department=department, request_key=key, by=handler)
        tasks.build_letters()
        run.refresh_from_db()
        return run

    return make


def text_of(content, page):
    call = ["pdftotext", "-f", str(page), "-l", str(page), "-", "-"]
    text = subprocess.run(call, input=content, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s", "", text)


def post(**fields):
    PostSettings.objects.update_or_create(pk=PostSettings.ONLY_PK, defaults=fields)


def long_body(notices):
    """The text of a letter that takes two pages more."""
    for notice in notices:
        notice.body = "とても長い説明です。" * 200
        notice.save(update_fields=["body"])


@pytest.fixture
def two_sizes(due, issue, drain_documents):
    """Two letters of one sheet and, made first, one of two sheets."""
    person = factories.make_resident(given="長子", postal_code="1000001")
    big = issue(person, key="big")
    long_body([big])
    drain_documents()
    return [big, *due("2000002", "1000013")]


@pytest.fixture
def drain_documents():
    def drain():
        while tasks.make_documents():
            pass

    return drain


def test_letters_stand_in_the_order_of_their_postal_codes(due, run_letters):
    due("9000001", "1000013", "5300001")
    run = run_letters()
    codes = run.items.order_by("position").values_list("notice__recipient_postal_code", "position", "first_page")
    assert list(codes) == [("1000013", 1, 1), ("5300001", 2, 3), ("9000001", 3, 5)]
    content = read_bytes(run.file)
    assert [text_of(content, page)[:9] for page in (1, 3, 5)] == ["〒100-0013", "〒530-0001", "〒900-0001"]


def test_letters_of_as_many_sheets_stand_together(two_sizes, run_letters):
    run = run_letters()
    rows = list(run.items.order_by("position").values_list("notice__recipient_postal_code", "pages", "sheets"))
    assert rows == [("1000013", 2, 1), ("2000002", 2, 1), ("1000001", 3, 2)]
    assert list(run.items.order_by("position").values_list("first_page", flat=True)) == [1, 3, 5]
    # the third page of the big letter is followed by an empty back
    assert (run.page_count, run.sheet_count, run.count) == (8, 4, 3)
    with pikepdf.open(io.BytesIO(read_bytes(run.file))) as pdf:
        assert len(pdf.pages) == 8


def test_printed_on_one_side_no_page_is_empty(two_sizes, run_letters):
    post(is_duplex=False)
    run = run_letters()
    assert (run.page_count, run.sheet_count, run.is_duplex) == (7, 7, False)
    with pikepdf.open(io.BytesIO(read_bytes(run.file))) as pdf:
        assert len(pdf.pages) == 7


def test_cost_is_of_the_settings_when_the_run_was_made(two_sizes, department, handler):
    post(inserts=2, sheet_grams=10, insert_grams=5, envelope_grams=5, rates=[
        {"up_to_grams": 25, "yen": 110}, {"up_to_grams": 50, "yen": 180},
    ])  # fmt: skip
    run = create_letter_run(department=department, request_key="r", by=handler)
    # enclosures of later runs are not in this one
    PostSettings.objects.update(inserts=0)
    tasks.build_letters()
    run.refresh_from_db()
    assert (run.inserts, run.postage_yen) == (2, 110 * 2 + 180)
    assert list(run.items.order_by("position").values_list("postage_yen", flat=True)) == [110, 110, 180]


def test_letter_without_a_rate_goes_to_a_person(two_sizes, run_letters):
    post(rates=[{"up_to_grams": 10, "yen": 110}])
    run = run_letters()
    assert run.count == 2
    item = run.items.get(notice=two_sizes[0])
    assert (item.problem, item.position) == (
        "1通が13gあり、郵送の設定にある料金表を超えています。料金表を確認してください。",
        3,
    )


def test_window_of_the_settings_moves_the_address(due, run_letters):
    due("5300001")
    post(window_top=40, window_left=40)
    content = read_bytes(run_letters().file)
    call = ["pdftotext", "-bbox", "-l", "1", "-", "-"]
    boxes = subprocess.run(call, input=content, capture_output=True, check=True).stdout.decode()
    found = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>〒530-0001', boxes)
    left, top = (float(points) / 72 * 25.4 for points in found.groups())
    # two millimetres stay free inside the window
    assert (left, top) == (pytest.approx(42, abs=0.5), pytest.approx(42, abs=1))


def test_code_of_the_cover_is_read_as_the_check_page(due, run_letters, settings, tmp_path):
    (notice,) = due("1000013")
    (tmp_path / "run.pdf").write_bytes(read_bytes(run_letters().file))
    subprocess.run(["pdftoppm", "-r", "150", "-l", "1", "-png", tmp_path / "run.pdf", tmp_path / "page"], check=True)
    from PIL import Image

    with Image.open(next(tmp_path.glob("page*.png"))) as page:
        assert read_barcode(page).text == f"{settings.SITE_URL}/verify/{notice.number}/"


def test_posted_on_an_earlier_day_is_so_in_the_evidence(due, run_letters, handler):
    (notice,) = due("1000013")
    run = run_letters()
    printed = timezone.now() - dt.timedelta(days=3)
    LetterRun.objects.update(printed_at=printed)
    run.refresh_from_db()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    mark_posted(run, by=handler, posted_on=yesterday)
    run.refresh_from_db()
    event = notice.receipts.get(kind="posted")
    assert run.posted_on == timezone.localdate(event.occurred_at) == yesterday
    assert event.recorded_at > event.occurred_at


@pytest.mark.parametrize("days", [-1, 1])
def test_day_of_posting_lies_between_printing_and_today(due, run_letters, login, handler, days):
    due("1000013")
    run = run_letters()
    wrong = timezone.localdate() + dt.timedelta(days=days)
    with pytest.raises(WrongDay):
        mark_posted(run, by=handler, posted_on=wrong)
    url = reverse("notices:letter_run_posted", args=[run.public_id])
    page = login(handler).post(url, {"posted_on": wrong.isoformat()}).content.decode()
    assert "印刷した日から今日までの日付" in page
    assert "発送日を正しい日付で入力してください" in login(handler).post(url, {"posted_on": "x"}).content.decode()


def test_batches_and_bundles_cover_every_letter_once(two_sizes, run_letters, monkeypatch):
    run = run_letters()
    letters = list(run.items.select_related("notice").order_by("position"))
    assert [(batch.sheets, batch.first, batch.last, batch.count) for batch in batches(letters)] == [
        (1, 1, 2, 2),
        (2, 3, 3, 1),
    ]
    assert [(bundle.number, bundle.first, bundle.last) for bundle in bundles(letters)] == [(1, 1, 2), (2, 3, 3)]
    monkeypatch.setattr("notices.print_house.BUNDLE", 1)
    assert [(bundle.first, bundle.first_postal_code, bundle.count) for bundle in bundles(letters)] == [
        (1, "1000013", 1),
        (2, "2000002", 1),
        (3, "1000001", 1),
    ]
    assert BUNDLE == 100


def test_page_of_sheets_shows_counts_and_names_nobody(two_sizes, run_letters, login, handler):
    run = run_letters()
    page = login(handler).get(reverse("notices:letter_run_sheets", args=[run.public_id])).content.decode()
    assert "8ページ・用紙4枚" in page
    assert "100-0013〜200-0002" in page
    assert two_sizes[0].recipient_name not in page


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_print_house_gets_the_file_and_the_list(due, run_letters, login, handler, encoding):
    (notice,) = due("1000013")
    Notice.objects.filter(pk=notice.pk).update(recipient_name="葛\U000e0100城 𠮷子")
    run = run_letters()
    url = reverse("notices:letter_run_archive", args=[run.public_id])
    answer = login(handler).get(url, {"encoding": encoding})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert sorted(archive.namelist()) == ["letters.csv", "letters.pdf", "sheets.csv"]
        assert archive.read("letters.pdf") == read_bytes(run.file)
        text = archive.read("letters.csv").decode("utf-8-sig" if encoding == "utf-8" else "cp932")
        sheets = archive.read("sheets.csv").decode("utf-8-sig" if encoding == "utf-8" else "cp932")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["郵便番号"] == "100-0013"
    assert row["カスタマバーコード"] == "10000133-30-8-403"
    assert (row["順番"], row["開始ページ"], row["用紙の枚数"], row["郵送料（円）"]) == ("1", "1", "1", "110")
    # the letter has the right letters; CP932 cannot write all of them
    assert row["宛名"] == ("葛\U000e0100城 𠮷子" if encoding == "utf-8" else "葛城 〓子")
    assert sheets.splitlines()[1] == "1,1,1,1,2,110"
    assert AuditEvent.objects.filter(action="export", target_id=run.public_id).exists()


def test_run_of_another_department_is_not_there(due, run_letters, login, departments):
    due("1000013")
    run = run_letters()
    elsewhere = login(factories.make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    for name in ("letter_run_sheets", "letter_run_archive"):
        assert elsewhere.get(reverse(f"notices:{name}", args=[run.public_id])).status_code == 404


def test_letter_settled_by_its_notice_keeps_its_own_place(due, run_letters, handler, login):
    """Letters get their places when the file is made: a page shown before settles the same letter afterwards."""
    held_up, other = due("1000013", "1000012")
    Notice.objects.filter(pk=held_up.pk).update(recipient_address="")
    run = create_letter_run(department=held_up.department, request_key="r", by=handler)
    assert run.items.get(notice=held_up).position == 1
    tasks.build_letters()
    assert run.items.get(notice=held_up).position == 2
    url = reverse("notices:letter_settle", args=[run.public_id, held_up.public_id])
    login(handler).post(url, {"answer": "posted"})
    assert [Notice.objects.get(pk=notice.pk).paper_state for notice in (held_up, other)] == ["posted", "printed"]


def test_waiting_letters_show_what_they_will_cost(due, login, handler):
    due("1000013", "1000014")
    assert "（郵送料の目安 220円）" in login(handler).get(reverse("notices:letter_runs")).content.decode()
