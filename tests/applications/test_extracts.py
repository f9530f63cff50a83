"""Extracts from the order to the file: what is in it, who may, what was taken before, and what stops half-way."""

import csv
import datetime as dt
import hashlib
import io
import shutil
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.enums import ApplicationState, ExtractFormat, ExtractScope, TextEncoding
from applications.extracts.facts import FACTS
from applications.extracts.table import Table
from applications.extracts.writing import Writing
from applications.models import ApplicationRevision, Extract, ExtractedCase
from applications.queries.extracts import CaseReader, Limits, forms_of, ids_of, may_fetch, selection
from applications.services import extracts
from applications.services.extracts import making
from applications.tasks import make_extracts, start_extracts, sweep_extracts
from cityhall import queue
from cityhall.days import today
from cityhall.enums import FileKind, FileState, GrantedRightKind, Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, GrantedRight, StaffRole, StoredFile, User
from cityhall.services import work
from cityhall.services.files import sweep_files
from tests import factories
from tests.applications import sample
from tests.applications.extractkit import (
    ANSWERS,
    FIRST,
    add_version,
    attach,
    content_of,
    csv_rows,
    make_case,
    make_procedure,
    make_profile,
    order,
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


def rows_of(extract, encoding="utf-8-sig"):
    return csv_rows(content_of(extract), encoding)


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


# --- which cases -----------------------------------------------------------------------------


def test_drafts_other_procedures_and_disposed_cases_are_not_in_it(procedure, handler, department):
    case = make_case(procedure)
    make_case(procedure, state=S.DRAFT)
    make_case(make_procedure(department))
    gone = make_case(procedure, state=S.COMPLETED, disposed_at=timezone.now())
    assert gone.disposed_at is not None
    rows = rows_of(run(make_profile(procedure, handler), handler))
    assert [row[0] for row in rows[1:]] == [case.number]


def test_limits_by_day_of_tokyo_and_by_state(procedure, handler):
    # 23:59 and 0:00 in Tokyo
    before = make_case(procedure, submitted_at=dt.datetime(2026, 11, 9, 14, 59, tzinfo=dt.UTC))
    first = make_case(procedure, submitted_at=dt.datetime(2026, 11, 9, 15, 0, tzinfo=dt.UTC))
    last = make_case(procedure, submitted_at=dt.datetime(2026, 11, 12, 14, 59, tzinfo=dt.UTC), state=S.IN_REVIEW)
    after = make_case(procedure, submitted_at=dt.datetime(2026, 11, 12, 15, 0, tzinfo=dt.UTC))

    def numbers(**limits):
        rows = rows_of(run(make_profile(procedure, handler), handler, limits=Limits(**limits)))
        return [row[0] for row in rows[1:]]

    period = {"start": dt.date(2026, 11, 10), "end": dt.date(2026, 11, 12)}
    assert numbers(**period) == [first.number, last.number]
    assert numbers(**period, states=("in_review",)) == [last.number]
    assert numbers() == [before.number, first.number, last.number, after.number]


def test_new_since_last_time_and_corrected_since(procedure, handler):
    old = make_case(procedure)
    profile = make_profile(procedure, handler)
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 1
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    new = make_case(procedure)
    extract = run(profile, handler, scope=ExtractScope.NEW)
    assert [row[0] for row in rows_of(extract)[1:]] == [new.number]
    ApplicationRevision.objects.create(application=old, number=2, answers=ANSWERS)
    extract = run(profile, handler, scope=ExtractScope.NEW)
    assert [row[0] for row in rows_of(extract)[1:]] == [old.number]
    # another profile has taken nothing yet
    assert run(make_profile(procedure, handler), handler, scope=ExtractScope.NEW).rows_done == 2
    assert ExtractedCase.objects.filter(profile=profile).count() == 3


def test_a_file_that_nobody_fetched_in_time_has_taken_nothing(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    lost = run(profile, handler, scope=ExtractScope.NEW)
    # it lies ready: nobody needs it twice
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    Extract.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    again = run(profile, handler, scope=ExtractScope.NEW)
    assert (again.rows_done, ExtractedCase.objects.get().extract) == (1, again)
    extracts.note_download(again, by=handler)
    Extract.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    assert (Extract.objects.get(pk=lost.pk).fetched_at, again.profile.taken.count()) == (None, 1)


def test_everything_again_keeps_when_a_case_went_out_first(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    first = run(profile, handler)
    assert run(profile, handler).rows_done == 1
    assert list(ExtractedCase.objects.values_list("extract", flat=True)) == [first.pk]


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["clerk", "contract_clerk", "administrator", "auditor", "resident"])
def test_who_does_not_process_takes_nothing_out(request, procedure, handler, person):
    found = request.getfixturevalue(person)
    user = getattr(found, "user", found)
    profile = make_profile(procedure, handler)
    with pytest.raises(extracts.NotYourProcedure):
        order(profile, user)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.preview(profile=profile, limits=Limits(), scope="all", by=user)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.create_profile(procedure=procedure, name="x", by=user)
    extract = run(profile, handler)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.cancel(extract=extract, by=user)
    assert not may_fetch(user, extract)


def test_a_granted_procedure_may_be_taken_out_while_the_grant_lasts(procedure, department, departments, handler):
    other = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    profile = make_profile(procedure, handler)
    with pytest.raises(extracts.NotYourProcedure):
        order(profile, other)
    grant = GrantedRight.objects.create(
        from_department=department,
        to_department=departments["kaigo"],
        procedure_key=procedure.key,
        kind=GrantedRightKind.PROCESSING,
        active_from=dt.date(2020, 1, 1),
    )
    make_case(procedure)
    # what a person may do is looked up once a request
    assert run(profile, User.objects.get(pk=other.pk)).rows_done == 1
    extract = order(profile, User.objects.get(pk=other.pk))
    GrantedRight.objects.filter(pk=grant.pk).update(active_until=today() - dt.timedelta(days=1))
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.last_error, extract.file) == (WorkState.GIVEN_UP, "not_your_procedure", None)


def protect(case):
    case.resident.protected_until = today()
    case.resident.save(update_fields=["protected_until"])


def test_a_protected_address_is_left_out_and_the_line_says_so(procedure, handler):
    protect(make_case(procedure))
    make_case(procedure)
    profile = make_profile(procedure, handler, ["answer:home", "concept:applicant.address", "protection"])
    extract = run(profile, handler)
    _heading, hidden, shown = rows_of(extract)
    assert hidden == ["支援措置のため表示できません", *[""] * 5] * 2 + ["支援措置"]
    assert shown[1:3] == ["東京都", "緑野市"]
    assert extract.report["protected_hidden"] == 1
    assert may_fetch(handler, extract)


def test_who_may_see_protected_addresses_gets_them_and_others_not_the_file(procedure, handler, department):
    protect(make_case(procedure))
    both = factories.make_staff(role=Role.HANDLER, department=department)
    StaffRole.objects.create(user=both, role=Role.ADMINISTRATOR, active_from=dt.date(2020, 1, 1))
    extract = run(make_profile(procedure, handler, ["answer:home"]), both)
    assert rows_of(extract)[1][1] == "東京都"
    assert extract.report["protected_shown"] == 1
    assert may_fetch(both, extract)
    assert not may_fetch(handler, extract)


def test_the_preview_shows_the_first_ten_and_is_written_down(procedure, handler):
    cases = [make_case(procedure) for _ in range(12)]
    profile = make_profile(procedure, handler, ["number", "answer:children"])
    found = extracts.preview(profile=profile, limits=Limits(), scope=ExtractScope.ALL, by=handler)
    assert found.total == 12
    assert [line[0] for line in found.lines[0]] == [case.number for case in cases[:10]]
    assert len(found.lines[1]) == 10
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.object_ids) == ("list", [case.public_id for case in cases[:10]])
    assert not ExtractedCase.objects.exists()


# --- orders ----------------------------------------------------------------------------------


def test_the_button_pressed_twice_is_one_order(procedure, handler):
    profile = make_profile(procedure, handler)
    first = order(profile, handler, key="k")
    assert order(profile, handler, key="k") == first
    make_extracts()
    assert order(profile, handler, key="k") == first
    assert Extract.objects.count() == 1
    assert AuditEvent.objects.filter(action="export").count() == 1


def test_one_at_a_time_for_a_profile(procedure, handler):
    profile = make_profile(procedure, handler)
    order(profile, handler)
    with pytest.raises(extracts.ExtractRunning):
        order(profile, handler)
    make_extracts()
    assert order(profile, handler).state == WorkState.QUEUED


def test_a_file_of_no_columns_is_refused(procedure, handler):
    with pytest.raises(extracts.NothingToExtract):
        order(make_profile(procedure, handler, []), handler)


def test_an_order_keeps_the_profile_as_it_was(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    extract = order(profile, handler)
    extracts.set_columns(profile=profile, chosen={"state"}, by=handler)
    make_extracts()
    extract.refresh_from_db()
    assert rows_of(extract)[0] == ["受付番号"]


@pytest.mark.django_db(transaction=True)
def test_two_people_press_at_once_and_one_is_told(procedure, handler):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time anyway")
    profile = make_profile(procedure, handler)
    barrier, outcomes = threading.Barrier(2), []

    def press(key):
        barrier.wait()
        try:
            order(profile, handler, key=key)
            outcomes.append("made")
        except extracts.ExtractRunning:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(key,)) for key in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "told"]


# --- stopped half-way ------------------------------------------------------------------------


def folders():
    return list((Path(settings.VAR_DIR) / "extracts").glob("*"))


def test_cancelled_before_it_began_makes_nothing(procedure, handler):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    extracts.cancel(extract=extract, by=handler)
    assert make_extracts() == 0
    with pytest.raises(StaleState):
        extracts.cancel(extract=extract, by=handler)
    extract.refresh_from_db()
    assert extract.cancelled_at is not None
    assert not ExtractedCase.objects.exists()


@pytest.mark.parametrize("moment", ["_keep", "_publish"])
def test_cancelled_while_it_is_made_leaves_no_file_and_no_marks(procedure, handler, monkeypatch, moment):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    stored = set(StoredFile.objects.values_list("pk", flat=True))
    real = getattr(making, moment)

    def cancelled_first(*arguments, **fields):
        if Extract.objects.filter(pk=extract.pk, cancelled_at=None).exists():
            extracts.cancel(extract=extract, by=handler)
        return real(*arguments, **fields)

    monkeypatch.setattr(making, moment, cancelled_first)
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.file) == (WorkState.DONE, None)
    assert extract.cancelled_at is not None
    assert set(StoredFile.objects.values_list("pk", flat=True)) == stored
    assert not ExtractedCase.objects.exists()
    assert folders() == []


class Killed(BaseException):
    """What nothing catches."""


def test_a_killed_worker_leaves_nothing_and_the_next_makes_one_file(procedure, handler, monkeypatch):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)

    def killed(*_arguments):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(making, "_publish", killed)
        patch.setattr(shutil, "rmtree", lambda *_a, **_k: None)
        with pytest.raises(Killed):
            make_extracts()
    extract.refresh_from_db()
    assert extract.state == WorkState.RUNNING
    assert len(folders()) == 1
    # nobody else has it while the lease lasts
    assert make_extracts() == 0
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now(), lease_until=timezone.now())
    assert make_extracts() == 1
    extract.refresh_from_db()
    assert (extract.state, extract.attempts, extract.rows_done) == (WorkState.DONE, 2, 1)
    assert StoredFile.objects.filter(kind=FileKind.EXTRACT).count() == 1
    assert folders() == []


def test_a_worker_that_lost_its_lease_publishes_nothing(procedure, handler):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    [slow] = work.claim_due(Extract)
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now())
    [quick] = work.claim_due(Extract)
    making.make_extract(slow)
    assert not StoredFile.objects.filter(kind=FileKind.EXTRACT).exists()
    making.make_extract(quick)
    extract.refresh_from_db()
    assert extract.state == WorkState.DONE
    assert StoredFile.objects.filter(kind=FileKind.EXTRACT).count() == 1


def test_a_failure_is_tried_again_and_says_no_name(procedure, handler, monkeypatch):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)

    def full(**_arguments):
        raise OSError("disk full of 髙橋")

    with monkeypatch.context() as patch:
        patch.setattr(making, "store_made", full)
        make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.last_error) == (WorkState.FAILED, "OSError")
    assert not ExtractedCase.objects.exists()
    assert folders() == []
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now())
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.rows_done) == (WorkState.DONE, 1)


def test_old_folders_are_swept_and_young_ones_stay(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "extracts" / "1-x").mkdir(parents=True)
    sweep_extracts()
    assert len(folders()) == 1
    assert extracts.sweep_folders(now=timezone.now() + dt.timedelta(days=2)) == 1
    assert folders() == []


def test_the_clock_wakes_the_long_task_only_when_something_is_due(
    procedure, handler, monkeypatch, django_capture_on_commit_callbacks
):
    pushed = []
    monkeypatch.setattr("django_q.tasks.async_task", lambda *arguments, **options: pushed.append((arguments, options)))
    with django_capture_on_commit_callbacks(execute=True):
        start_extracts()
    assert pushed == []
    order(make_profile(procedure, handler), handler)
    with django_capture_on_commit_callbacks(execute=True):
        start_extracts()
    [(arguments, options)] = pushed
    assert arguments == (queue.RUNNER, "applications.tasks.make_extracts")
    assert options["q_options"]["timeout"] == 1800


# --- expiry ----------------------------------------------------------------------------------


def test_the_file_goes_after_its_time_and_the_record_stays(procedure, handler, settings):
    settings.EXTRACT_HOURS = 2
    make_case(procedure)
    before = timezone.now()
    extract = run(make_profile(procedure, handler), handler)
    path = extract.file.path
    assert dt.timedelta(hours=2) <= extract.expires_at - before < dt.timedelta(hours=2, minutes=5)
    sweep_files(extract.expires_at - dt.timedelta(seconds=1))
    assert default_storage.exists(path)
    sweep_files(extract.expires_at)
    assert not default_storage.exists(path)
    extract.refresh_from_db()
    assert (extract.file, extract.rows_done) == (None, 1)
    assert ExtractedCase.objects.count() == 1


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


# --- queries ---------------------------------------------------------------------------------


def test_a_portion_costs_three_queries_however_many_cases(procedure, handler):
    for count in (1, 3):
        for _ in range(count):
            make_case(procedure)
        profile = make_profile(procedure, handler, ["number", "answer:name", "handler", "answer:paper"])
        cases = selection(profile=profile, by=handler, limits=Limits(), scope=ExtractScope.NEW, version=None)
        reader = CaseReader(procedure, Writing(), handler)
        table = Table(names=profile.columns, forms=[form for _n, form in reader.forms.values()], writing=Writing())
        ids = ids_of(cases)
        with CaptureQueriesContext(connection) as queries:
            lines = [line for rows in reader.portions(cases, ids, 500) for row in rows for line in table.lines(row)]
        assert len(lines) == len(ids)
        assert len(queries) == 3


def test_portions_cover_every_case_once(procedure, handler, monkeypatch):
    numbers = [make_case(procedure).number for _ in range(7)]
    monkeypatch.setattr(making, "CHUNK", 3)
    assert [row[0] for row in rows_of(run(make_profile(procedure, handler), handler))[1:]] == numbers


def test_the_forms_are_read_once(procedure):
    add_version(procedure)
    with CaptureQueriesContext(connection) as queries:
        found = forms_of(procedure)
    assert len(queries) == 1
    assert [number for number, _form in found.values()] == [2, 1]


# --- profiles --------------------------------------------------------------------------------


def test_a_new_profile_has_facts_and_every_question(procedure, handler):
    profile = extracts.create_profile(procedure=procedure, name="会計", by=handler)
    questions = [field["key"] for field in FIRST["pages"][0]["fields"]]
    assert profile.columns[:4] == ["number", "submitted_at", "state", "applicant_name"]
    assert profile.columns[4:] == [f"answer:{key}" for key in questions]
    with pytest.raises(extracts.NameTaken):
        extracts.create_profile(procedure=procedure, name="会計", by=handler)


def test_columns_move_by_name(procedure, handler):
    profile = make_profile(procedure, handler, ["number", "state", "handler"])

    def move(name, way):
        extracts.move_column(profile=profile, name=name, move=way, by=handler)
        profile.refresh_from_db()
        return profile.columns

    assert move("handler", "up") == ["number", "handler", "state"]
    assert move("number", "down") == ["handler", "number", "state"]
    assert move("state", "top") == ["state", "handler", "number"]
    assert move("handler", "drop") == ["state", "number"]
    events = AuditEvent.objects.count()
    assert move("state", "up") == ["state", "number"]
    assert move("number", "down") == ["state", "number"]
    assert move("handler", "top") == ["state", "number"]
    assert move("state", "sideways") == ["state", "number"]
    assert AuditEvent.objects.count() == events


def test_chosen_columns_keep_their_places(procedure, handler):
    profile = make_profile(procedure, handler, ["state", "number"])
    extracts.set_columns(profile=profile, chosen={"number", "state", "answer:note", "nonsense"}, by=handler)
    profile.refresh_from_db()
    assert profile.columns == ["state", "number", "answer:note"]
