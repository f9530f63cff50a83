"""Procedures of two versions, cases of them, and readers of what came out that know nothing of our writers."""

import csv
import hashlib
import io
import itertools
import json
import re
import zipfile
from xml.etree import ElementTree

from applications.enums import ExtractFormat, ExtractScope, TextEncoding
from applications.extracts.writing import Writing
from applications.models import Attachment, Extract, ExtractProfile, FormVersion
from applications.queries.extracts import Limits
from applications.services import extracts
from applications.tasks import make_extracts
from cityhall.enums import FileKind, FileState
from cityhall.services.files import read_bytes, store_bytes
from tests.applications import casekit, sample

_number = itertools.count(1)
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

FIRST = {
    "schema": 1,
    "pages": [
        {
            "key": "person",
            "title": "申請者",
            "fields": [
                {"key": "name", "type": "name", "label": "氏名", "concept": "applicant.name"},
                {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                {"key": "income", "type": "money", "label": "収入"},
                {"key": "born", "type": "date", "label": "生年月日"},
                {"key": "phone", "type": "phone", "label": "電話番号"},
                {"key": "note", "type": "long_text", "label": "備考"},
                {"key": "account", "type": "bank_account", "label": "振込先"},
                {
                    "key": "kind",
                    "type": "choice",
                    "label": "区分",
                    "other": True,
                    "options": [{"value": "new", "label": "新規"}, {"value": "change", "label": "変更"}],
                },
                {"key": "paper", "type": "file", "label": "通帳の写し", "max_files": 3},
                {
                    "key": "children",
                    "type": "rows",
                    "label": "お子さん",
                    "max_rows": 10,
                    "fields": [
                        {"key": "child", "type": "text", "label": "名前"},
                        {"key": "birth", "type": "date", "label": "誕生日"},
                    ],
                },
            ],
        }
    ],
}
SECOND = {
    "schema": 1,
    "pages": [
        {
            "key": "person",
            "title": "申請者",
            "fields": [
                {"key": "full_name", "type": "text", "label": "申請者の氏名", "concept": "applicant.name"},
                {"key": "income", "type": "money", "label": "年間の収入"},
                {"key": "note", "type": "long_text", "label": "ご意見"},
            ],
        }
    ],
}
ANSWERS = {
    "name": {"family": "髙橋", "given": "一葉", "family_kana": "タカハシ", "given_kana": "カズハ"},
    "home": {
        "postal_code": "1000013",
        "prefecture": "東京都",
        "city": "緑野市",
        "town": "緑町",
        "street": "1-2-3",
        "building": "",
    },
    "income": "-1200000",
    "born": "1990-04-01",
    "phone": "090-1234-5678",
    "note": "よろしくお願いします。",
    "account": {
        "bank_code": "0001",
        "bank_name": "緑",
        "branch_code": "012",
        "branch_name": "中央",
        "account_type": "ordinary",
        "number": "0012345",
        "holder": "ﾀｶﾊｼ ｶｽﾞﾊ",
    },
    "kind": "other",
    "kind__other": "再申請",
    "children": [
        {"id": "r1", "child": "みなみ", "birth": "2020-01-02"},
        {"id": "r2", "child": "そら"},
        {"id": "r3", "child": "うみ"},
    ],
}


def make_procedure(department, **fields):
    return sample.make_procedure(department=department, document=FIRST, **fields)


def add_version(procedure, document=SECOND):
    """A newer form, which is the current one from now on."""
    number = procedure.versions.count() + 1
    digest = hashlib.sha256(json.dumps(document).encode()).hexdigest()
    version = FormVersion.objects.create(procedure=procedure, number=number, definition=document, sha256=digest)
    procedure.current_version = version
    procedure.save(update_fields=["current_version"])
    return version


def make_case(procedure, resident=None, *, answers=None, **fields):
    return casekit.make_case(procedure, resident, answers=ANSWERS | (answers or {}), **fields)


def attach(case, *, name="通帳.pdf", content=b"%PDF-1.4 x", key="paper", state=FileState.CLEAN, content_type=None):
    """A file of the case; its public id is to stand in the answers."""
    stored = store_bytes(
        content=content,
        name=name,
        content_type=content_type or "application/pdf",
        kind=FileKind.ATTACHMENT,
        state=state,
    )
    return Attachment.objects.create(
        application=case, field_key=key, file=stored, request_key=f"extract-{next(_number)}"
    )


def make_profile(procedure, by, columns=None, *, kind=ExtractFormat.CSV, encoding=TextEncoding.UTF_8, **writing):
    return ExtractProfile.objects.create(
        procedure=procedure,
        department=procedure.department,
        name=f"抽出{next(_number)}",
        format=kind,
        encoding=encoding,
        columns=["number"] if columns is None else columns,
        writing=Writing(**writing).stored(),
        created_by=by,
    )


def order(profile, by, *, scope=ExtractScope.ALL, limits=None, key=None):
    return extracts.order(
        profile=profile,
        limits=limits or Limits(),
        scope=scope,
        request_key=key or f"order-{next(_number)}",
        by=by,
    )


def run(profile, by, **arguments):
    """Order a file and let the worker make it."""
    extract = order(profile, by, **arguments)
    make_extracts()
    return Extract.objects.select_related("file", "profile").get(pk=extract.pk)


def content_of(extract):
    return read_bytes(extract.file)


def csv_rows(content, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def rows_of(extract, encoding="utf-8-sig"):
    return csv_rows(content_of(extract), encoding)


def unpacked(content):
    """Name → content of a ZIP that passes its own check."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def sheet_names(content):
    book = ElementTree.fromstring(unpacked(content)["xl/workbook.xml"])
    return [sheet.get("name") for sheet in book.iter(f"{_SHEET}sheet")]


def sheet_cells(content, number=1):
    """Place → (kind, text) of every cell: `inlineStr` is text, None a number; a formula fails."""
    sheet = ElementTree.fromstring(unpacked(content)[f"xl/worksheets/sheet{number}.xml"])
    assert not list(sheet.iter(f"{_SHEET}f"))
    return {
        cell.get("r"): (cell.get("t"), "".join(cell.itertext()), cell.get("s")) for cell in sheet.iter(f"{_SHEET}c")
    }


def sheet_line(content, row, number=1):
    """The texts of one line by column letter."""
    cells = sheet_cells(content, number)
    return {re.sub(r"\d", "", place): cell[1] for place, cell in cells.items() if re.sub(r"\D", "", place) == str(row)}
