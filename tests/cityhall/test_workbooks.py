"""Workbooks: what a spreadsheet program reads is what was written, and nothing in it is a formula."""

import datetime as dt
from decimal import Decimal

import pytest

from cityhall import workbooks
from cityhall.workbooks import TooLarge, Workbook, column_name
from tests.applications.extractkit import sheet_cells, sheet_names, unpacked


def book_of(tmp_path, rows, headings=(("見出し",),), name="申請"):
    book = Workbook(tmp_path / "book.xlsx")
    sheet = book.add_sheet(name, headings=headings)
    for row in rows:
        sheet.write(row)
    book.close()
    return (tmp_path / "book.xlsx").read_bytes(), book


@pytest.mark.parametrize("text", ["=1+1", "+819012345678", "-5", "@SUM(A1)", "\t=1", "＝1", "－１", "0012345"])
def test_text_stays_the_text_it_is(tmp_path, text):
    content, _book = book_of(tmp_path, [[text]])
    assert sheet_cells(content)["A2"] == ("inlineStr", text, "3")


def test_numbers_and_days_are_what_they_are(tmp_path):
    moment = dt.datetime(2026, 4, 1, 18, 0)
    content, _book = book_of(tmp_path, [[-5, Decimal("1.50"), dt.date(2026, 4, 1), moment, None, "x"]])
    cells = sheet_cells(content)
    assert [cells[f"{letter}2"] for letter in "ABC"] == [(None, "-5", None), (None, "1.50", None), (None, "46113", "1")]
    assert cells["D2"] == (None, "46113.75000000", "2")
    assert "E2" not in cells
    assert cells["F2"][1] == "x"


@pytest.mark.parametrize("cell", [1234567890123456, Decimal("0.1234567890123456"), dt.date(1868, 1, 25)])
def test_what_the_format_cannot_count_is_text(tmp_path, cell):
    content, _book = book_of(tmp_path, [[cell]])
    assert sheet_cells(content)["A2"] == ("inlineStr", str(cell), "3")


def test_markup_and_control_characters_break_nothing(tmp_path):
    text = "<r><t>&amp;</r>\x00\x1b\ud800]]>\r\n_x0041_"
    content, _book = book_of(tmp_path, [[text]])
    # a program reads _x005F_ as the underline it stands for
    assert sheet_cells(content)["A2"][1] == "<r><t>&amp;</r>]]>\n_x005F_x0041_"


def test_a_text_longer_than_a_cell_is_cut_between_characters_and_counted(tmp_path):
    content, book = book_of(tmp_path, [["𠮷" * 20_000, "あ" * 32_767]])
    cells = sheet_cells(content)
    assert cells["A2"][1] == "𠮷" * 16_383
    assert cells["B2"][1] == "あ" * 32_767
    assert book.cut == 1


def test_sheets_get_names_that_the_format_allows(tmp_path):
    book = Workbook(tmp_path / "book.xlsx")
    for name in ["a/b:c*?[x]", "同じ", "同じ", "", "長" * 40, '<&">']:
        book.add_sheet(name, headings=[["x"]])
    book.close()
    names = sheet_names((tmp_path / "book.xlsx").read_bytes())
    assert names == ["a b c   x", "同じ", "同じ (2)", "Sheet", "長" * 31, '<&">']


def test_the_sheets_own_files_are_gone_afterwards(tmp_path):
    content, _book = book_of(tmp_path, [["x"]])
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert sorted(unpacked(content)) == [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    ]


def test_more_rows_or_columns_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    sheet = Workbook(tmp_path / "book.xlsx").add_sheet("x", headings=[["x"]])
    monkeypatch.setattr(workbooks, "MOST_COLUMNS", 2)
    sheet.write(["1", "2"])
    with pytest.raises(TooLarge):
        sheet.write(["1", "2", "3"])
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    with pytest.raises(TooLarge):
        sheet.write(["1"])
    sheet.abandon()


def test_columns_are_named_like_everywhere():
    assert [column_name(place) for place in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_a_reader_of_others_reads_the_same(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    rows = [["=1+1", "0012", -3, Decimal("1.5"), dt.date(2026, 4, 1), dt.datetime(2026, 4, 1, 9, 30), "a\nb"]]
    book_of(tmp_path, rows, headings=(tuple("ABCDEFG"),))
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["申請"]
    cells = [cell.value for cell in sheet[2]]
    assert cells == ["=1+1", "0012", -3, 1.5, dt.datetime(2026, 4, 1), dt.datetime(2026, 4, 1, 9, 30), "a\nb"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "d", "d", "s"]
    assert sheet.freeze_panes == "A2"
