"""Workbooks as other programs write them, and as nobody should."""

import datetime as dt
import io
import zipfile

import pytest

from cityhall.workbook_reading import MOST_UNPACKED, WorkbookRefused, is_workbook, read_lines
from cityhall.workbooks import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(rows, *, texts="", styles="", workbook=None, relations=None, head=""):
    """A package with one sheet, as Excel lays it out."""
    parts = {
        "xl/workbook.xml": workbook
        or f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
        '<sheet name="一" sheetId="1" r:id="rId7"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations
        or '<Relationships><Relationship Id="rId7" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    if texts:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def cells(data):
    return [(line.number, line.cells) for line in read_lines(data)]


def test_what_our_own_writer_wrote_is_read_back(tmp_path):
    written = Workbook(tmp_path / "book.xlsx")
    sheet = written.add_sheet("棚卸", headings=[["整理番号", "手続名", "件数", "予定日"]])
    sheet.write(["T1", "=1+1 & <改行>\nと _x000D_", 1200, dt.date(2027, 4, 1)])
    sheet.write([None, None, None, None])
    sheet.write(["T2", None, None, dt.datetime(2027, 4, 1, 9, 30)])
    written.close()
    data = (tmp_path / "book.xlsx").read_bytes()
    assert is_workbook(data)
    assert cells(data) == [
        (1, ["整理番号", "手続名", "件数", "予定日"]),
        (2, ["T1", "=1+1 & <改行>\nと _x000D_", "1200", "2027-04-01"]),
        (4, ["T2", "", "", "2027-04-01T09:30"]),
    ]


def test_shared_texts_lose_their_readings_and_keep_their_pieces():
    texts = "<si><t>緑化</t><rPh sb='0' eb='2'><t>リョクカ</t></rPh></si><si><r><t>助</t></r><r><t>成</t></r></si>"
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1" t="s"><v>9</v></c></row>'
    assert cells(book(rows, texts=texts)) == [(1, ["緑化", "", "助成", ""])]


@pytest.mark.parametrize(
    ("raw", "text"),
    [("1200", "1200"), ("1200.0", "1200"), ("1.2E3", "1200"), ("0.5", "0.5"), ("1E400", "1E400"), ("#REF!", "#REF!")],
)
def test_numbers_are_written_as_people_write_them(raw, text):
    assert cells(book(f'<row r="1"><c r="A1"><v>{raw}</v></c></row>')) == [(1, [text])]


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (14, "", "2027-04-01"),
        (58, "", "2027-04-01"),
        (176, "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "2027-04-01"),
        (177, "#,##0&quot;yen&quot;", "46478"),
        (178, "[Red]0.00", "46478"),
        (0, "", "46478"),
    ],
)
def test_days_are_known_by_their_format(number, code, text):
    formats = f'<numFmts><numFmt numFmtId="{number}" formatCode="{code}"/></numFmts>' if code else ""
    cell_formats = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    xfs = f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>{cell_formats}'
    rows = '<row r="1"><c r="A1" s="1"><v>46478</v></c></row>'
    assert cells(book(rows, styles=formats + xfs)) == [(1, [text])]


def test_days_of_1904_books_are_counted_from_there():
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><workbookPr date1904="1"/>'
        '<sheets><sheet name="一" sheetId="1" r:id="rId7"/></sheets></workbook>'
    )
    rows = '<row r="1"><c r="A1" s="0"><v>45016</v></c></row>'
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    assert cells(book(rows, styles=styles, workbook=workbook)) == [(1, ["2027-04-01"])]


def test_rows_and_cells_without_references_follow_each_other():
    rows = '<row><c t="inlineStr"><is><t>一</t></is></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    assert cells(book(rows)) == [(1, ["一", "2"]), (2, ["3"])]


def test_a_path_from_the_root_of_the_package_is_found():
    relations = '<Relationships><Relationship Id="rId7" Target="/xl/worksheets/sheet1.xml"/></Relationships>'
    assert cells(book('<row r="2"><c r="B2"><v>5</v></c></row>', relations=relations)) == [(2, ["", "5"])]


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and nothing else",
        b"\xd0\xcf\x11\xe0 an old or encrypted book",
        book("", head=BOMB),
        book("<row r='1'><c r='A1'>"),
        book("", relations="<Relationships/>"),
        book("", workbook="<workbook><sheets/></workbook>"),
        book('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'),
        book('<row r="1"><c r="Ａ1"><v>1</v></c></row>'),
    ],
    ids=["broken", "old", "document type", "cut off", "no target", "no sheet", "beyond the columns", "no letter"],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(data):
    with pytest.raises(WorkbookRefused) as refused:
        cells(data)
    assert "。" in str(refused.value)


def test_what_grows_while_it_is_unpacked_is_stopped():
    data = book(f'<row r="1"><c r="A1"><v>{" " * (MOST_UNPACKED + 1)}</v></c></row>')
    assert len(data) < 100_000
    with pytest.raises(WorkbookRefused, match="大きすぎます"):
        cells(data)


def test_a_csv_is_no_workbook():
    assert not is_workbook("整理番号,手続名\n".encode())
