"""What is in the file of an extract: columns, versions, groups, formats, and the attachments that are packed."""

import csv
import hashlib
import io

import pytest
from django.core.files.storage import default_storage

from applications.enums import ApplicationState, ExtractFormat, TextEncoding
from applications.extracts.facts import FACTS
from applications.models import ApplicationRevision, ExtractedCase
from cityhall.enums import FileKind, FileState, WorkState
from tests.applications import sample
from tests.applications.extractkit import (
    ANSWERS,
    add_version,
    attach,
    content_of,
    csv_rows,
    make_case,
    make_procedure,
    make_profile,
    rows_of,
    run,
    sheet_cells,
    sheet_line,
    sheet_names,
    unpacked,
)

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- what is in a file -----------------------------------------------------------------------


def test_a_csv_has_a_mark_headings_and_a_line_a_case(procedure, handler):
    case = make_case(procedure)
    columns = ["number", "submitted_on", "answer:name", "answer:income", "answer:born", "answer:phone", "answer:kind"]
    extract = run(make_profile(procedure, handler, columns), handler)
    assert content_of(extract).startswith("\ufeff受付番号,".encode())
    assert rows_of(extract) == [
        [
            *["受付番号", "申請日", "氏名 姓", "氏名 名", "氏名 セイ", "氏名 メイ"],
            *["収入", "生年月日", "電話番号", "区分", "区分 その他の内容"],
        ],
        [
            *[case.number, "2026-11-20", "髙橋", "一葉", "タカハシ", "カズハ"],
            *["-1200000", "1990-04-01", "090-1234-5678", "その他", "再申請"],
        ],
    ]
    assert (extract.state, extract.rows_total, extract.rows_done) == (WorkState.DONE, 1, 1)
    assert extract.file.kind == FileKind.EXTRACT
    assert extract.file.sha256 == hashlib.sha256(content_of(extract)).hexdigest()
    assert extract.file.delete_after == extract.expires_at


def test_every_kind_of_column_of_facts_can_be_written(procedure, handler):
    case = make_case(procedure, state=S.APPROVED, handler=handler, decided_by=handler, decision_reason="要件を満たす")
    heading, line = rows_of(run(make_profile(procedure, handler, list(FACTS)), handler))
    found = dict(zip(heading, line, strict=True))
    assert found["状態"] == "承認"
    assert found["申請ID"] == case.public_id
    assert found["申請日時"] == "2026-11-20 12:00"
    assert found["担当者"] == str(handler)
    assert found["処理期限"] == "2026-12-25"
    assert (found["決定"], found["決定の理由"]) == ("承認", "要件を満たす")
    assert (found["様式の版"], found["提出の回"]) == ("1", "1")


def test_all_versions_stand_in_one_table_by_question_and_by_concept(procedure, handler):
    old = make_case(procedure)
    add_version(procedure)
    new = make_case(procedure, answers={"full_name": "鈴木 健太", "income": "5"})
    columns = ["number", "version", "answer:income", "answer:full_name", "concept:applicant.name", "answer:born"]
    profile = make_profile(procedure, handler, columns, headings="both")
    labels, keys, first, second = rows_of(run(profile, handler))
    # the words of the newest version count
    assert labels[2] == "年間の収入"
    assert keys == [
        *["number", "version", "answer:income", "answer:full_name"],
        "concept:applicant.name",
        *(f"concept:applicant.name.{part}" for part in ["family", "given", "family_kana", "given_kana"]),
        "answer:born",
    ]
    assert first == [old.number, "1", "-1200000", "", "", "髙橋", "一葉", "タカハシ", "カズハ", "1990-04-01"]
    assert second[:5] == [new.number, "2", "5", "鈴木 健太", "鈴木 健太"]


def test_one_version_alone(procedure, handler):
    make_case(procedure)
    add_version(procedure)
    new = make_case(procedure)
    rows = rows_of(run(make_profile(procedure, handler, version=2), handler))
    assert [row[0] for row in rows[1:]] == [new.number]


def test_the_newest_answers_that_were_sent_count(procedure, handler):
    case = make_case(procedure)
    ApplicationRevision.objects.create(application=case, number=2, answers=ANSWERS | {"note": "直しました"})
    rows = rows_of(run(make_profile(procedure, handler, ["answer:note", "revision"]), handler))
    assert rows[1] == ["直しました", "2"]


def test_a_repeating_group_is_a_file_of_its_own(procedure, handler):
    case = make_case(procedure)
    make_case(procedure, answers={"children": []})
    extract = run(make_profile(procedure, handler, ["number", "answer:children"]), handler)
    assert extract.file.name.endswith(".zip")
    files = unpacked(content_of(extract))
    assert sorted(files) == ["お子さん.csv", "申請.csv"]
    assert csv_rows(files["お子さん.csv"]) == [
        ["受付番号", "行", "名前", "誕生日"],
        [case.number, "1", "みなみ", "2020-01-02"],
        [case.number, "2", "そら", ""],
        [case.number, "3", "うみ", ""],
    ]
    assert len(csv_rows(files["申請.csv"])) == 3


def test_a_repeating_group_beside_tells_how_many_there_are(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler, ["answer:children"], groups="beside", rows_beside=2)
    heading, line = rows_of(run(profile, handler))
    assert heading == ["お子さん（件数）", "お子さん1 名前", "お子さん1 誕生日", "お子さん2 名前", "お子さん2 誕生日"]
    assert line == ["3", "みなみ", "2020-01-02", "そら", ""]


def test_a_workbook_keeps_numbers_days_and_telephone_numbers(procedure, handler):
    make_case(procedure, answers={"phone": "+819012345678", "note": "=1+1"})
    columns = ["answer:income", "answer:born", "answer:phone", "answer:note", "answer:children", "submitted_at"]
    extract = run(make_profile(procedure, handler, columns, kind=ExtractFormat.XLSX), handler)
    content = content_of(extract)
    cells = sheet_cells(content)
    assert cells["A2"] == (None, "-1200000", None)
    assert cells["B2"] == (None, "32964", "1")
    assert cells["C2"][:2] == ("inlineStr", "+819012345678")
    assert cells["D2"][:2] == ("inlineStr", "=1+1")
    assert cells["E2"] == (None, "46346.50000000", "2")
    assert sheet_names(content) == ["申請", "お子さん"]
    assert sheet_line(content, 2, number=2)["C"] == "みなみ"


def test_days_in_the_era_calendar_in_both_formats(procedure, handler):
    make_case(procedure)
    for kind in (ExtractFormat.CSV, ExtractFormat.XLSX):
        extract = run(make_profile(procedure, handler, ["answer:born"], kind=kind, dates="wareki"), handler)
        content = content_of(extract)
        words = sheet_cells(content)["A2"][1] if kind == ExtractFormat.XLSX else csv_rows(content)[1][0]
        assert words == "平成2年4月1日"


def test_cp932_replaces_what_it_cannot_hold_and_says_where(procedure, handler):
    name = {"family": "𠮷髙", "given": "葛\U000e0100", "family_kana": "ヨシタカ", "given_kana": "カ"}
    case = make_case(procedure, answers={"name": name, "note": "😀です〜①"})
    profile = make_profile(procedure, handler, ["answer:name", "answer:note"], encoding=TextEncoding.CP932)
    extract = run(profile, handler)
    assert rows_of(extract, "cp932")[1] == ["〓髙", "葛", "ヨシタカ", "カ", "〓です～①"]
    assert extract.report["replaced"] == 3
    assert extract.report["places"] == [
        [case.number, "answer:name.family", "U+20BB7"],
        [case.number, "answer:name.given", "U+E0100"],
        [case.number, "answer:note", "U+1F600"],
    ]


def test_formulas_of_applicants_are_texts(procedure, handler):
    make_case(procedure, answers={"note": "=cmd|' /C calc'!A0"}, applicant_name="＝田中")
    rows = rows_of(run(make_profile(procedure, handler, ["applicant_name", "answer:note"]), handler))
    assert rows[1] == ["'＝田中", "'=cmd|' /C calc'!A0"]


def test_a_form_of_a_hundred_columns(department, handler):
    fields = [{"key": f"q{number}", "type": "text", "label": f"質問{number}"} for number in range(100)]
    document = {"schema": 1, "pages": [{"key": "p", "title": "p", "fields": fields}]}
    procedure = sample.make_procedure(department=department, document=document)
    make_case(procedure, answers={f"q{number}": str(number) for number in range(100)})
    profile = make_profile(procedure, handler, [f"answer:q{number}" for number in reversed(range(100))])
    heading, line = rows_of(run(profile, handler))
    assert heading[0] == "質問99"
    assert line == [str(number) for number in reversed(range(100))]


def test_columns_that_no_version_knows_are_left_out(procedure, handler):
    case = make_case(procedure)
    columns = ["number", "answer:gone", "concept:spouse.name", "nonsense"]
    assert rows_of(run(make_profile(procedure, handler, columns), handler)) == [["受付番号"], [case.number]]


def test_nothing_to_write_is_a_file_of_headings(procedure, handler):
    extract = run(make_profile(procedure, handler), handler)
    assert rows_of(extract) == [["受付番号"]]
    assert (extract.rows_total, extract.rows_done) == (0, 0)


# --- attachments -----------------------------------------------------------------------------


def test_clean_files_are_packed_with_a_list(procedure, handler):
    case = make_case(procedure)
    good = attach(case, name="../../通帳.pdf", content=b"%PDF good")
    twin = attach(case, name="通帳.pdf", content=b"%PDF twin")
    bad = attach(case, state=FileState.INFECTED, content=b"bad")
    waiting = attach(case, state=FileState.PENDING, content=b"waits")
    answers = ANSWERS | {"paper": [one.public_id for one in (good, twin, bad, waiting)] + ["nothing"]}
    ApplicationRevision.objects.create(application=case, number=2, answers=answers)
    # taken out again: no answer names it
    attach(case, content=b"unnamed")
    extract = run(make_profile(procedure, handler, [], kind=ExtractFormat.FILES), handler)
    files = unpacked(content_of(extract))
    manifest = list(csv.DictReader(io.StringIO(files.pop("manifest.csv").decode("utf-8-sig"))))
    assert files == {
        f"{case.number}_通帳の写し_通帳.pdf": b"%PDF good",
        f"{case.number}_通帳の写し_通帳 (2).pdf": b"%PDF twin",
    }
    assert [row["ZIPの中の名前"] for row in manifest] == [*files, "", "", ""]
    assert manifest[0]["SHA-256"] == hashlib.sha256(b"%PDF good").hexdigest()
    assert [bool(row["備考"]) for row in manifest] == [False, False, True, True, True]
    assert (extract.report["files"], extract.report["files_left_out"]) == (2, 3)
    assert ExtractedCase.objects.count() == 1


def test_a_file_that_is_gone_from_disk_is_told(procedure, handler):
    case = make_case(procedure)
    lost = attach(case)
    default_storage.delete(lost.file.path)
    ApplicationRevision.objects.create(application=case, number=2, answers={"paper": [lost.public_id]})
    extract = run(make_profile(procedure, handler, [], kind=ExtractFormat.FILES), handler)
    assert list(unpacked(content_of(extract))) == ["manifest.csv"]
    assert extract.report["files_left_out"] == 1


def test_a_file_of_somebody_elses_case_is_not_handed_out(procedure, handler):
    case, other = make_case(procedure), make_case(procedure)
    theirs = attach(other, content=b"theirs")
    ApplicationRevision.objects.create(application=case, number=2, answers={"paper": [theirs.public_id]})
    extract = run(make_profile(procedure, handler, [], kind=ExtractFormat.FILES), handler)
    assert list(unpacked(content_of(extract))) == ["manifest.csv"]
