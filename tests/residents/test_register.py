"""Import of the register: what it writes, what it leaves alone, and what it survives."""

import csv
import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from cityhall.enums import FileKind
from cityhall.errors import StaleState
from cityhall.services.files import store_bytes
from residents.enums import RegisterImportKind, RegisterImportState, ResidentSource
from residents.errors import RegisterFileRefused
from residents.models import ExternalId, Household, RegisterImport, Resident
from residents.services.register import (
    apply_import,
    check_import,
    lifecycle,
    run_slice,
    start_import,
    unfinished_imports,
)

pytestmark = pytest.mark.django_db

HEADINGS = [
    "宛名番号", "世帯番号", "氏名", "フリガナ", "生年月日", "性別", "郵便番号", "都道府県", "市区町村",
    "町名", "番地", "方書", "続柄", "転出日", "死亡日",
]  # fmt: skip
FULL, DIFFERENCE = RegisterImportKind.FULL, RegisterImportKind.DIFFERENCE
NOVEMBER = dt.date(2026, 11, 1)


def row(number="1001", household="H1", name="髙橋　さくら", kana="タカハシ　サクラ", **changes):
    base = {
        "宛名番号": number, "世帯番号": household, "氏名": name, "フリガナ": kana, "生年月日": "19850401",
        "性別": "女", "郵便番号": "123-4567", "都道府県": "緑県", "市区町村": "緑野市", "町名": "本町",
        "番地": "1-2-3", "方書": "", "続柄": "世帯主", "転出日": "", "死亡日": "",
    }  # fmt: skip
    return {**base, **changes}


def csv_of(rows, *, encoding="utf-8-sig", headings=HEADINGS):
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def upload(content, kind=FULL, as_of=NOVEMBER, **options):
    file = store_bytes(content=content, name="juki.csv", content_type="text/csv", kind=FileKind.IMPORT)
    return start_import(kind=kind, as_of=as_of, by=None, file=file, **options)


def finish(run):
    while run_slice(run=run):
        pass
    return run


def check(rows, **options):
    run = upload(csv_of(rows), **options)
    return finish(check_import(run=run, by=None))


def load(rows, **options):
    run = check(rows, **options)
    assert run.state == RegisterImportState.CHECKED, run.refusal
    return finish(apply_import(run=run, by=None))


def counts(run):
    return (run.rows, run.created, run.changed, run.unchanged, run.ended, run.problem_count)


def person(number="1001"):
    return Resident.objects.get(external_ids__value=number)


def test_check_counts_and_writes_nothing():
    run = check([row(), row("1002", name="葛\U000e0100城　太郎")])
    assert counts(run) == (2, 2, 0, 0, 0, 0)
    assert run.state == RegisterImportState.CHECKED
    assert Resident.objects.count() == 0
    assert Household.objects.count() == 0


def test_apply_stores_names_exactly_as_given():
    load([row(), row("1002", name="葛\U000e0100城　𠮷郎", kana="ｶﾂﾗｷﾞ ﾖｼﾛｳ")])
    first, second = person("1001"), person("1002")
    assert (first.full_name, first.family_name, first.given_name) == ("髙橋　さくら", "髙橋", "さくら")
    assert (first.search_name, first.search_kana) == ("高橋さくら", "タカハシサクラ")
    assert second.full_name == "葛\U000e0100城　𠮷郎"
    assert second.full_kana == "ｶﾂﾗｷﾞ ﾖｼﾛｳ"
    assert (second.search_name, second.search_kana) == ("葛城吉郎", "カツラギヨシロウ")
    assert first.birth_date == dt.date(1985, 4, 1)
    assert (first.postal_code, first.address) == ("1234567", "緑県緑野市本町1-2-3")
    assert (first.household_id, first.household.number) == (second.household_id, "H1")
    assert (first.source, first.register_as_of) == (ResidentSource.REGISTER, NOVEMBER)


def test_apply_twice_changes_nothing():
    rows = [row(), row("1002")]
    run = load(rows)
    before = list(Resident.objects.order_by("pk").values())
    assert finish(apply_import(run=run, by=None)).state == RegisterImportState.APPLIED
    again = load(rows)
    assert counts(again) == (2, 0, 0, 2, 0, 0)
    changing = {"register_import_id"}
    after = list(Resident.objects.order_by("pk").values())
    assert [{k: v for k, v in r.items() if k not in changing} for r in after] == [
        {k: v for k, v in r.items() if k not in changing} for r in before
    ]


def test_cp932_file_is_recognised():
    run = upload(csv_of([row(name="高橋　さくら")], encoding="cp932"))
    assert run.encoding == "cp932"
    finish(check_import(run=run, by=None))
    finish(apply_import(run=run, by=None))
    assert person().full_name == "高橋　さくら"


def test_chosen_encoding_that_does_not_fit_is_refused():
    with pytest.raises(RegisterFileRefused):
        upload(csv_of([row()]), encoding="cp932")
    with pytest.raises(RegisterFileRefused):
        upload(b"\xff\xfe\x00\x00,\x81\n")


def test_unknown_birth_parts_are_kept():
    load([row(生年月日="1985-04-00"), row("1002", 生年月日="昭和60年不詳")])
    first, second = person("1001"), person("1002")
    assert (first.birth_year, first.birth_month, first.birth_day, first.birth_date) == (1985, 4, None, None)
    assert (second.birth_year, second.birth_month, second.birth_date) == (1985, None, None)


def test_difference_moves_marries_and_buries():
    load([row(), row("1002", "H1"), row("1003", "H2")])
    run = load(
        [
            row(household="H9", 番地="9-9-9", 方書="みどり荘101"),
            row("1002", "H1", 死亡日="2026-11-03"),
            row("1003", "H2", 転出日="R8.11.2"),
            row("1004", "H9", name="高橋　新太"),
        ],
        kind=DIFFERENCE,
        as_of=dt.date(2026, 11, 4),
    )
    assert counts(run) == (4, 1, 1, 0, 2, 0)
    assert person("1001").household.number == "H9"
    assert person("1001").address == "緑県緑野市本町9-9-9 みどり荘101"
    assert person("1002").died_on == dt.date(2026, 11, 3)
    assert person("1003").moved_out_on == dt.date(2026, 11, 2)
    assert list(Resident.objects.living_here().order_by("pk")) == [person("1001"), person("1004")]


def test_difference_leaves_people_alone_whom_it_does_not_name():
    load([row(), row("1002")])
    load([row("1002", 番地="7")], kind=DIFFERENCE, as_of=dt.date(2026, 11, 2))
    assert person("1001").register_as_of == NOVEMBER
    assert person("1001").moved_out_on is None


def test_full_file_ends_people_it_no_longer_names():
    load([row(), row("1002"), row("1003")])
    later = dt.date(2026, 12, 1)
    run = check([row(), row("1003")], as_of=later)
    assert counts(run) == (2, 0, 0, 2, 1, 0)
    finish(apply_import(run=run, by=None))
    assert counts(run) == (2, 0, 0, 2, 1, 0)
    assert person("1002").moved_out_on == later
    back = load([row(), row("1002"), row("1003")], as_of=later)
    assert (back.changed, person("1002").moved_out_on) == (1, None)


def test_row_with_a_problem_is_skipped_but_the_person_stays():
    load([row(), row("1002")])
    run = load([row(生年月日="1985-02-30", 郵便番号="12"), row("1002")], as_of=dt.date(2026, 12, 1))
    assert counts(run) == (2, 0, 0, 1, 0, 2)
    assert [(problem["row"], problem["field"]) for problem in run.problems] == [(2, "birth"), (2, "postal_code")]
    assert "02-30" not in str(run.problems)
    assert person().moved_out_on is None
    assert person().birth_date == dt.date(1985, 4, 1)


def test_number_that_stands_twice_is_a_problem_of_the_second_row():
    run = load([row(), row(name="別人　一郎")])
    assert counts(run) == (2, 1, 0, 0, 0, 1)
    assert run.problems[0]["row"] == 3
    assert person().full_name == "髙橋　さくら"


def test_blank_and_short_rows_keep_spreadsheet_row_numbers():
    content = csv_of([row()]) + ("," * 14 + "\r\n").encode() + b"1002,H1\r\n"
    run = finish(check_import(run=upload(content), by=None))
    assert [(problem["row"], problem["field"]) for problem in run.problems] == [(4, "")]


def test_import_never_writes_over_what_a_person_told():
    load([row()])
    told = {"phone": "+81312345678", "phone_entered": "03-1234-5678", "contact_email": "a@example.jp", "language": "en"}
    Resident.objects.update(protected_until=dt.date(2027, 3, 31), **told)
    headings = [*HEADINGS, "電話番号", "メールアドレス"]
    content = csv_of([row(番地="5", 電話番号="090-1234-5678", メールアドレス="b@example.jp")], headings=headings)
    run = finish(check_import(run=upload(content, as_of=dt.date(2026, 11, 2)), by=None))
    finish(apply_import(run=run, by=None))
    stored = person()
    assert {name: getattr(stored, name) for name in told} == told
    assert stored.protected_until == dt.date(2027, 3, 31)
    assert stored.street == "5"


def test_import_fills_a_blank_telephone_and_the_protection_it_names():
    load([row()])
    headings = [*HEADINGS, "電話番号", "支援措置期限"]
    content = csv_of([row(電話番号="090-1234-5678", 支援措置期限="2027-03-31")], headings=headings)
    run = finish(check_import(run=upload(content), by=None))
    finish(apply_import(run=run, by=None))
    assert (person().phone, person().phone_entered) == ("+819012345678", "090-1234-5678")
    assert person().protected_until == dt.date(2027, 3, 31)


def test_older_file_is_refused():
    load([row()], as_of=dt.date(2026, 11, 10))
    run = check([row(番地="old")], as_of=dt.date(2026, 11, 9))
    assert run.state == RegisterImportState.REFUSED
    assert "2026-11-10" in run.refusal
    with pytest.raises(StaleState):
        apply_import(run=run, by=None)


def test_file_cut_short_is_refused_until_somebody_says_it_is_right():
    everybody = [row(str(number)) for number in range(1000, 1060)]
    load(everybody)
    later = dt.date(2026, 12, 1)
    run = check(everybody[:30], as_of=later)
    assert run.state == RegisterImportState.REFUSED
    accepted = load(everybody[:30], as_of=later, accepts_missing=True)
    assert accepted.ended == 30


def test_column_of_my_numbers_is_refused():
    digits = "12345678901"
    numbers = []
    for last in range(30):
        eleven = digits[:9] + f"{last:02d}"
        total = sum(
            int(d) * (place + 1 if place <= 6 else place - 5) for place, d in enumerate(reversed(eleven), start=1)
        )
        numbers.append(eleven + str(0 if total % 11 <= 1 else 11 - total % 11))
    run = check([row(number) for number in numbers])
    assert run.state == RegisterImportState.REFUSED
    assert "個人番号" in run.refusal


@pytest.mark.parametrize(
    "mapping",
    [
        {"full_name": "氏名"},
        {"resident_number": "宛名番号"},
        {"resident_number": "宛名番号", "full_name": "宛名番号"},
        {"resident_number": "宛名番号", "full_name": "ない列"},
        {"resident_number": "宛名番号", "full_name": "氏名", "my_number": "世帯番号"},
    ],
)
def test_mapping_that_cannot_be_is_refused(mapping):
    run = upload(csv_of([row()]))
    with pytest.raises(RegisterFileRefused):
        check_import(run=run, by=None, mapping=mapping)
    run.refresh_from_db()
    assert run.state == RegisterImportState.UPLOADED


def test_file_without_rows_is_refused():
    assert check([]).state == RegisterImportState.REFUSED


def test_quote_that_never_ends_is_refused():
    run = upload(csv_of([row()]) + b'"1002,')
    assert finish(check_import(run=run, by=None)).state == RegisterImportState.REFUSED


@pytest.mark.parametrize("dies_in", [2, 3])
def test_import_killed_half_way_goes_on_where_it_stopped(monkeypatch, dies_in):
    monkeypatch.setattr(lifecycle, "BATCH", 2)
    everybody = [row(str(number)) for number in range(1000, 1007)] + [row("1000")]
    run = check(everybody)
    apply_import(run=run, by=None)
    real, calls = lifecycle.batches.write, []

    def dying(*args, **kwargs):
        calls.append(1)
        real(*args, **kwargs)
        if len(calls) == dies_in:
            raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle.batches, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        run_slice(run=run)
    monkeypatch.setattr(lifecycle.batches, "write", real)
    assert Resident.objects.count() == (dies_in - 1) * 2
    assert run_slice(run=run) is False, "the claim of the dead worker still holds"
    assert unfinished_imports() == []
    later = timezone.now() + lifecycle.LEASE + dt.timedelta(seconds=1)
    assert unfinished_imports(later) == [run.pk]
    assert run_slice(run=run, now=lambda: later) is False
    assert run.state == RegisterImportState.APPLIED
    assert counts(run) == (8, 7, 0, 0, 0, 1)
    assert Resident.objects.count() == ExternalId.objects.count() == 7


def test_file_that_kills_its_worker_each_time_ends_the_import(monkeypatch):
    run = check([row()])
    apply_import(run=run, by=None)
    moment, calls = [timezone.now()], []

    def killed(*_args, **_kwargs):
        calls.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(lifecycle.batches, "write", killed)
    for _number in range(lifecycle.MOST_LOST_SLICES):
        with pytest.raises(KeyboardInterrupt):
            run_slice(run=run, now=lambda: moment[0])
        moment[0] += lifecycle.LEASE + dt.timedelta(seconds=1)
    for _number in range(4):
        assert run_slice(run=run, now=lambda: moment[0]) is False
    assert (run.state, len(calls)) == (RegisterImportState.REFUSED, 5)
    assert "5回止まったため" in run.refusal
    assert unfinished_imports(moment[0] + dt.timedelta(days=1)) == []


def test_batches_written_between_kills_count_for_the_import(monkeypatch):
    monkeypatch.setattr(lifecycle, "BATCH", 1)
    run = check_import(run=upload(csv_of([row()])), by=None)
    RegisterImport.objects.filter(pk=run.pk).update(
        claim_id="00000000-0000-0000-0000-000000000001", lease_until=timezone.now(), lost_slices=3
    )
    run_slice(run=run)
    assert (run.state, run.lost_slices) == (RegisterImportState.CHECKED, 0)


def test_slices_add_up_to_the_whole(monkeypatch):
    monkeypatch.setattr(lifecycle, "BATCH", 2)
    run = check_import(run=upload(csv_of([row(str(number)) for number in (1, 2, 3, 1, 4)])), by=None)
    slices = 1
    while run_slice(run=run, seconds=0):
        slices += 1
    assert slices == 4
    assert counts(run) == (5, 4, 0, 0, 0, 1)


def test_worker_that_lost_its_claim_writes_nothing(monkeypatch):
    run = check([row()])
    apply_import(run=run, by=None)
    real = lifecycle.batches.compare

    def robbed(*args, **kwargs):
        RegisterImport.objects.filter(pk=run.pk).update(claim_id="00000000-0000-0000-0000-000000000001")
        return real(*args, **kwargs)

    monkeypatch.setattr(lifecycle.batches, "compare", robbed)
    assert run_slice(run=run) is False
    assert Resident.objects.count() == 0


def test_two_imports_are_never_applied_at_once():
    first, second = check([row()]), check([row("1002")])
    apply_import(run=first, by=None)
    with pytest.raises(StaleState):
        apply_import(run=second, by=None)


def test_problems_are_kept_up_to_a_thousand(monkeypatch):
    monkeypatch.setattr(lifecycle, "PROBLEMS_KEPT", 3)
    run = check([row(str(number), 生年月日="x") for number in range(5)])
    assert (run.problem_count, len(run.problems)) == (5, 3)


def test_batch_costs_a_constant_number_of_queries(django_assert_num_queries):
    for count in (1, 3):
        run = check_import(run=upload(csv_of([row(str(number)) for number in range(count)])), by=None)
        with django_assert_num_queries(12):
            run_slice(run=run)


def test_command_checks_then_applies(tmp_path, capsys):
    path = tmp_path / "juki.csv"
    path.write_bytes(csv_of([row(), row("1002", 生年月日="x")]))
    call_command("import_register", str(path), kind="full", as_of=NOVEMBER)
    assert capsys.readouterr().out.splitlines()[0] == (
        "checked: 2 rows, 1 new, 0 changed, 0 unchanged, 0 gone, 1 problems"
    )
    assert Resident.objects.count() == 0
    call_command("import_register", str(path), kind="full", as_of=NOVEMBER, apply=True)
    assert "applied: 2 rows, 1 new" in capsys.readouterr().out
    assert person().full_name == "髙橋　さくら"


def test_command_refuses_what_cannot_be_read(tmp_path):
    path = tmp_path / "juki.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(CommandError):
        call_command("import_register", str(path), kind="full", as_of=NOVEMBER)
    with pytest.raises(CommandError):
        call_command("import_register", str(tmp_path / "none.csv"), kind="full", as_of=NOVEMBER)


@pytest.mark.parametrize(
    "fields",
    [{"state": "applied"}, {"state": "refused"}],
)
def test_constraints_of_an_import_hold(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterImport.objects.create(kind=FULL, encoding="utf-8-sig", as_of=NOVEMBER, **fields)
