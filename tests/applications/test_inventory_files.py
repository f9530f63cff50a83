"""The inventory as a file: out and in again, and whatever a spreadsheet makes of it."""

import csv
import datetime as dt
import html
import io
import tempfile
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from applications.enums import InventoryChannel, MeetingReason, OnlinePlan
from applications.inventory.columns import CellWrong, read_count, texts, unguarded, volume_of
from applications.inventory.reading import InventoryFileRefused, read_sheet
from applications.models import InventoryItem, InventoryVolume
from applications.queries.inventory import counts_of, export_table
from applications.services.imports import ChangedSinceLook, FileGone, FileNotChecked
from applications.services.inventory import PlanKind, check_sheet, files, keep_file, read_file, take_over
from applications.services.inventory.files import ProblemsLeft
from cityhall.db import violated
from cityhall.enums import FileState
from cityhall.models import AuditEvent, StoredFile
from cityhall.workbooks import Workbook
from tests.applications.inventorykit import HEADS, YEAR, let_pass, make_item, table
from tests.applications.test_procedures import make_procedure

IMPORT = "/staff/inventory/import/"
COUNTER, ONLINE = InventoryChannel.COUNTER, InventoryChannel.ONLINE
VOLUMES = [f"{YEAR}年度 オンライン", f"{YEAR}年度 窓口"]


def bring_in(data, by, *, leaves_out_problems=False):
    """The way a file goes: kept, checked, looked at, taken over."""
    stored = keep_file(name="棚卸.csv", data=data, by=by)
    let_pass(stored)
    sheet = read_file(stored)
    sight = check_sheet(sheet, by=by)
    return take_over(stored=stored, sheet=sheet, seen=sight.seen, leaves_out_problems=leaves_out_problems, by=by)


def problems(data, by):
    sight = check_sheet(read_sheet(data), by=by)
    return [(problem.row, problem.column) for problem in sight.problems]


def kinds(data, by):
    return [plan.kind.value for plan in check_sheet(read_sheet(data), by=by).plans]


def exported(client):
    return b"".join(client.get("/staff/inventory/export.csv").streaming_content)


# --- cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "count"), [("", None), ("0", 0), ("1,200", 1200), ("１，２００", 1200), ("12件", 12), (" 7 ", 7)]
)
def test_counts_as_people_write_them(cell, count):
    assert read_count(cell) == count


@pytest.mark.parametrize("cell", ["-1", "1.5", "約100", "2147483648", "9" * 5000, "=1+1", "1e3"])
def test_what_is_no_count(cell):
    with pytest.raises(CellWrong):
        read_count(cell)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("2025年度 窓口", (2025, COUNTER)),
        ("２０２５年度　窓口", (2025, COUNTER)),
        ("2025年度電話・その他", (2025, InventoryChannel.OTHER)),
        ("1999年度 窓口", None),
        ("2025年 窓口", None),
        ("2025年度 FAX", None),
    ],
)
def test_headings_of_volumes(heading, cell):
    assert volume_of(heading) == cell


@pytest.mark.parametrize("text", ["=1+1", "+81", "-", "@x", "＝A1", "'", "'=x", "''", "普通", "1,2", 'a"b', "a\nb"])
def test_a_cell_comes_back_as_it_was(department, text):
    item = make_item(department=department, note=text)
    _header, rows = export_table()
    column = [one.heading for one in texts()].index("備考") + 1
    cell = next(iter(rows))[column]
    assert not str(cell).startswith(("=", "+", "-", "@", "＝"))
    assert unguarded(str(cell)) == item.note


# --- out and in ------------------------------------------------------------------------------


def test_what_goes_out_comes_in_unchanged(municipality, department, administrator, login):
    procedure = make_procedure("dog", department=department)
    make_item(
        "T1",
        department=department,
        name="=HYPERLINK(1)",
        name_kana="はいぱーりんく",
        procedure=procedure,
        legal_basis="民法, 第1条",
        needs_seal=True,
        meeting_reason=MeetingReason.ORIGINALS,
        legal_bar="-",
        plan=OnlinePlan.PLANNED,
        planned_on="2027-04-01",
        note="一行目\n「二行目」",
        counts={ONLINE: 5, COUNTER: 0},
    )
    make_item("'T2", department=department, name="髙橋﨑①㈱", plan=OnlinePlan.IMPOSSIBLE)
    data = exported(login(administrator))
    assert data.startswith("\ufeff整理番号".encode())
    assert b'"=HYPER' not in data
    assert b",=HYPER" not in data
    assert kinds(data, administrator) == ["unchanged", "unchanged"]
    assert bring_in(data, administrator) == (0, 0)


def test_an_empty_city_gets_the_same_rows(municipality, department, administrator, login):
    make_item("T1", department=department, name="甲", counts={ONLINE: 5, COUNTER: 0})
    make_item("T2", department=department, name="乙", counts={COUNTER: 1200}, plan=OnlinePlan.ONLINE)
    client = login(administrator)
    data = exported(client)
    InventoryItem.objects.all().delete()
    assert bring_in(data, administrator) == (2, 0)
    assert exported(client) == data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_files_of_every_spreadsheet(department, administrator, encoding):
    name = "髙﨑①㈱～の申請" if encoding == "cp932" else "𠮷髙﨑①の申請"
    assert bring_in(table(["T1", name, "kosodate"], encoding=encoding), administrator) == (1, 0)
    assert InventoryItem.objects.get().name == name


def test_columns_that_a_file_leaves_out_stay(department, administrator):
    make_item("T1", department=department, note="残る", needs_seal=True, counts={ONLINE: 5, COUNTER: 7})
    heads = [*HEADS, VOLUMES[1]]
    assert bring_in(table(["T1", "新しい名前", "kosodate", "8"], heads=heads), administrator) == (0, 1)
    item = InventoryItem.objects.get()
    assert (item.name, item.note, item.needs_seal) == ("新しい名前", "残る", True)
    assert counts_of(item) == {(YEAR, "online"): 5, (YEAR, "counter"): 8}


def test_an_empty_volume_means_that_nobody_counted(department, administrator):
    make_item("T1", department=department, name="甲", counts={ONLINE: 5, COUNTER: 7})
    bring_in(table(["T1", "甲", "kosodate", "", "0"], heads=[*HEADS, *VOLUMES]), administrator)
    assert counts_of(InventoryItem.objects.get()) == {(YEAR, "counter"): 0}


def test_the_difference_can_be_read(department, administrator):
    make_item("T1", department=department, name="甲", counts={ONLINE: 1500})
    data = table(["T1", "乙", "kosodate", "1,600"], ["T2", "丙", "kosodate", ""], heads=[*HEADS, VOLUMES[0]])
    sight = check_sheet(read_sheet(data), by=administrator)
    assert sight.of(PlanKind.CHANGED)[0].lines == [("手続名", "甲", "乙"), (VOLUMES[0], "1,500", "1,600")]
    assert [plan.row.values["code"] for plan in sight.of(PlanKind.NEW)] == ["T2"]
    assert InventoryItem.objects.get().name == "甲"


def test_twice_the_same_file_changes_nothing(department, administrator):
    data = table(["T1", "甲", "kosodate", "5"], heads=[*HEADS, VOLUMES[0]])
    assert bring_in(data, administrator) == (1, 0)
    before = InventoryItem.objects.get().changed_at
    events = AuditEvent.objects.count()
    assert bring_in(data, administrator) == (0, 0)
    assert (InventoryItem.objects.get().changed_at, AuditEvent.objects.count()) == (before, events)


def test_twelve_hundred_rows_take_seconds_and_few_queries(department, administrator, django_assert_max_num_queries):
    heads = [*HEADS, *VOLUMES]
    data = table(*([f"T{n:04}", f"手続{n}の申請", "kosodate", str(n), "7"] for n in range(1200)), heads=heads)
    started = time.process_time()
    with django_assert_max_num_queries(40):
        assert bring_in(data, administrator) == (1200, 0)
    changed = table(*([f"T{n:04}", f"手続{n}の届出", "kosodate", str(n + 1), ""] for n in range(1200)), heads=heads)
    assert bring_in(changed, administrator) == (0, 1200)
    assert time.process_time() - started < 10
    assert InventoryVolume.objects.filter(channel="counter").count() == 0


# --- what is wrong ---------------------------------------------------------------------------


def test_problems_are_named_by_the_rows_of_the_spreadsheet(department, administrator):
    data = table(
        ["T1", "甲", "kosodate", "必要", "なし", "オンライン化済み", "", "5"],
        [],
        ["", "結合したセル", "kosodate", "", "", "未定", "", ""],
        ["T3", "a\nb", "nowhere", "たぶん", "気分", "いつか", "2026-02-31", "-5"],
        ["T1", "二度目", "kosodate", "", "", "未定", "", ""],
        ["T4", "予定", "kosodate", "", "", "予定あり", "", ""],
        ["T5", "x" * 201, "kosodate", "", "", "未定", "", "", "はみ出し"],
        heads=[*HEADS, "押印", "対面が必要な理由", "オンライン化", "予定日", VOLUMES[0]],
    )
    assert problems(data, administrator) == [
        (4, "整理番号"),
        *((5, column) for column in ("押印", "対面が必要な理由", "オンライン化", "予定日", VOLUMES[0], "課コード")),
        (6, "整理番号"),
        (7, "予定日"),
        (8, ""),
    ]


def test_nothing_changes_on_problems_unless_it_is_chosen(department, administrator):
    data = table(["T1", "甲", "kosodate"], ["T2", "乙", "nowhere"])
    with pytest.raises(ProblemsLeft):
        bring_in(data, administrator)
    assert not InventoryItem.objects.exists()
    assert bring_in(data, administrator, leaves_out_problems=True) == (1, 0)
    assert InventoryItem.objects.get().code == "T1"


def test_a_department_brings_in_its_own_rows_only(departments, handler):
    make_item("T1", department=departments["kaigo"])
    data = table(["T1", "取る", "kosodate"], ["T2", "渡す", "kaigo"], ["T3", "自分の", "kosodate"])
    assert problems(data, handler) == [(2, "課コード"), (3, "課コード")]
    assert kinds(data, handler) == ["problem", "problem", "new"]


def test_links_to_the_portal_are_given_once(department, administrator):
    make_item("T1", department=department, procedure=make_procedure("dog", department=department))
    make_procedure("cat", department=department)
    heads = [*HEADS, "ポータルの手続キー"]
    data = table(
        ["T2", "甲", "kosodate", "dog"], ["T3", "乙", "kosodate", "bird"], ["T4", "丙", "kosodate", "cat"], heads=heads
    )
    assert problems(data, administrator) == [(2, heads[3]), (3, heads[3])]
    assert bring_in(data, administrator, leaves_out_problems=True) == (1, 0)
    assert InventoryItem.objects.get(code="T4").procedure.key == "cat"


HOSTILE = {
    "empty": b"",
    "only a mark": b"\xef\xbb\xbf",
    "one column": b"a\n1\n",
    "no headings of ours": table(["1", "2", "3"], heads=["a", "b", "c"]),
    "a heading missing": table(["T1", "x"], heads=["整理番号", "手続名"]),
    "a heading more": table(["T1", "x", "kosodate", "y"], heads=[*HEADS, "謎の列"]),
    "a heading twice": table(["T1", "x", "kosodate", "y"], heads=[*HEADS, "整理番号"]),
    "a volume twice": table(["T1", "x", "kosodate", "1", "2"], heads=[*HEADS, "2025年度 窓口", "２０２５年度 窓口"]),
    "utf-16": table(["T1", "x", "kosodate"], encoding="utf-16"),
    "neither encoding": "整理番号,手続名\n".encode() + b"\x81\xff\xfe",
    "a quote that never ends": ",".join(HEADS).encode() + b'\nT1,"x,kosodate\n',
    "a spreadsheet": b"PK\x03\x04" + b"\0" * 200,
    "too many rows": table(*(["T1", "x", "kosodate"] for _row in range(5001))),
    "too large": b"a" * 5_000_001,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_files_that_are_no_inventory_are_refused(administrator, data):
    with pytest.raises(InventoryFileRefused):
        keep_file(name="x.csv", data=data, by=administrator)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("cell", ["a\0b", "x" * 5000])
def test_cells_that_cannot_be_stored_are_problems(department, administrator, cell):
    assert problems(table(["T1", cell, "kosodate"]), administrator) == [(2, "手続名")]


def test_rows_with_fewer_cells_are_read_and_trailing_commas_too(department, administrator):
    data = ",".join([*HEADS, "備考", ""]).encode() + "\nT1,甲,kosodate\nT2,乙,kosodate,,,,\n".encode()
    assert kinds(data, administrator) == ["new", "new"]


# --- the way of a file -----------------------------------------------------------------------


def test_a_file_waits_for_its_check(department, administrator):
    stored = keep_file(name="x.csv", data=table(["T1", "甲", "kosodate"]), by=administrator)
    sheet = read_file(stored)
    seen = check_sheet(sheet, by=administrator).seen
    arguments = {"stored": stored, "sheet": sheet, "seen": seen, "leaves_out_problems": False, "by": administrator}
    with pytest.raises(FileNotChecked):
        take_over(**arguments)
    StoredFile.objects.update(state=FileState.INFECTED)
    with pytest.raises(FileGone):
        take_over(**arguments)
    assert not InventoryItem.objects.exists()


def test_what_changed_since_the_look_is_looked_at_again(department, administrator):
    make_item("T1", department=department, name="甲")
    stored = keep_file(name="x.csv", data=table(["T1", "乙", "kosodate"]), by=administrator)
    let_pass(stored)
    sheet = read_file(stored)
    seen = check_sheet(sheet, by=administrator).seen
    InventoryItem.objects.update(name="丙")
    with pytest.raises(ChangedSinceLook):
        take_over(stored=stored, sheet=sheet, seen=seen, leaves_out_problems=False, by=administrator)
    assert InventoryItem.objects.get().name == "丙"


def test_the_pages_lead_from_the_file_to_the_rows(municipality, department, handler, login):
    client = login(handler)
    make_item("T1", department=department, name="甲")
    upload = SimpleUploadedFile("棚卸.csv", table(["T1", "乙", "kosodate"], ["T2", "<b>丙</b>", "nowhere"]))
    answer = client.post(IMPORT, {"file": upload})
    stored = StoredFile.objects.get()
    check = reverse("applications:inventory_check", args=[stored.public_id])
    assert answer["Location"] == check
    page = client.get(check).content.decode()
    text = html.unescape(page)
    assert "この課コードの課はありません。" in text
    assert "<b>丙" not in page
    seen = text.split('name="seen" value="')[1].split('"')[0]
    assert client.post(check, {"seen": seen, "leave_out": "yes"})["Location"] == check
    assert InventoryItem.objects.get().name == "甲"
    let_pass(stored)
    assert client.post(check, {"seen": seen})["Location"] == check
    assert client.post(check, {"seen": seen, "leave_out": "yes"})["Location"] == "/staff/inventory/"
    assert InventoryItem.objects.get().name == "乙"
    # pressed again: nothing happens twice
    assert client.post(check, {"seen": seen, "leave_out": "yes"})["Location"] == "/staff/inventory/"


def test_a_file_is_its_senders_alone(municipality, department, handler, approver, login):
    stored = keep_file(name="x.csv", data=table(["T1", "甲", "kosodate"]), by=handler)
    check = reverse("applications:inventory_check", args=[stored.public_id])
    assert login(handler).get(check).status_code == 200
    assert login(approver).get(check).status_code == 404


@pytest.mark.parametrize("size", [0, 50_000_000])
def test_the_page_refuses_what_is_empty_or_far_too_large(municipality, handler, login, size):
    upload = SimpleUploadedFile("x.csv", b"a" * size)
    answer = login(handler).post(IMPORT, {"file": upload})
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not StoredFile.objects.exists()


def test_the_sample_of_the_documentation_is_read(municipality, administrator, department):
    data = (Path(__file__).parents[2] / "docs" / "inventory-sample.csv").read_bytes()
    sheet = read_sheet(data)
    assert len(sheet.rows) > 3
    assert not [problem for row in sheet.rows for problem in row.problems]
    assert next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[0] == "整理番号"


# --- workbooks -------------------------------------------------------------------------------


def workbook(*rows, heads=HEADS):
    """The same table as a spreadsheet program saves it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = Workbook(path)
        sheet = book.add_sheet("棚卸", headings=[heads])
        for row in rows:
            sheet.write(row)
        book.close()
        return path.read_bytes()


def test_a_workbook_says_what_the_csv_says(department, handler):
    heads = [*HEADS, "オンライン化", "予定日", *VOLUMES]
    day = dt.date(YEAR + 2, 4, 1)
    as_book = read_sheet(workbook(["X1", "緑化の助成", "kosodate", "予定あり", day, 1200, None], heads=heads))
    as_text = read_sheet(table(["X1", "緑化の助成", "kosodate", "予定あり", day, "1,200", ""], heads=heads))
    assert [(row.number, row.values, row.counts, row.problems) for row in as_book.rows] == [
        (row.number, row.values, row.counts, row.problems) for row in as_text.rows
    ]
    assert as_book.rows[0].values["planned_on"] == day


def test_a_workbook_is_looked_at_and_taken_over_on_the_pages(login, municipality, handler, department):
    data = workbook(["X1", "緑化の助成", department.code])
    browser = login(handler)
    answer = browser.post(IMPORT, {"file": SimpleUploadedFile("棚卸.xlsx", data)})
    stored = StoredFile.objects.get(kind="import")
    assert answer["Location"] == reverse("applications:inventory_check", args=[stored.public_id])
    let_pass(stored)
    page = browser.get(answer["Location"])
    browser.post(answer["Location"], {"seen": page.context["sight"].seen})
    assert InventoryItem.objects.get().name == "緑化の助成"


@pytest.mark.parametrize(
    ("data", "words"),
    [(workbook(["X1"], heads=["整理番号", "手続名"]), "課コード"), (b"PK\x03\x04 cut off", "保存し直して")],
)
def test_a_workbook_that_is_no_inventory_is_refused_in_a_sentence(login, municipality, handler, data, words):
    page = login(handler).post(IMPORT, {"file": SimpleUploadedFile("棚卸.xlsx", data)})
    assert words in page.context["form"].errors["file"][0]
    assert not StoredFile.objects.exists()


def test_a_conflict_is_told_apart_from_other_refusals_of_the_database(monkeypatch, department, handler):
    """The same number by somebody else means another look; whatever else the database refuses is no conflict."""
    data = table(["X1", "緑化の助成", department.code])
    stored = keep_file(name="棚卸.csv", data=data, by=handler)
    let_pass(stored)
    sheet = read_file(stored)
    seen = check_sheet(sheet, by=handler).seen
    write = files._write

    def meanwhile(plans, now):
        make_item("X1", department=department)
        write(plans, now)

    monkeypatch.setattr(files, "_write", meanwhile)
    with pytest.raises(ChangedSinceLook):
        take_over(stored=stored, sheet=sheet, seen=seen, leaves_out_problems=False, by=handler)

    def impossible(plans, now):
        InventoryItem.objects.create(code="X2", name="予定なし", department=department, plan=OnlinePlan.PLANNED)

    monkeypatch.setattr(files, "_write", impossible)
    with pytest.raises(IntegrityError) as refused:
        take_over(stored=stored, sheet=sheet, seen=seen, leaves_out_problems=False, by=handler)
    assert violated(refused.value) == "inventory_planned_has_date"
    assert not InventoryItem.objects.exists()
