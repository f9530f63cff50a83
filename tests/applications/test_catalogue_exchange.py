"""Procedures between cities: written as files, looked at, taken over; what the city changed stays."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse

from applications.enums import ProcedureState
from applications.models import FormVersion, LifeEvent, Procedure
from applications.queries.exchange import exportable
from applications.services import catalogue, designing
from applications.services.catalogue import ChangeKind, export, load_catalogue, read_catalogue, zipped
from applications.services.procedures import create_procedure
from applications.services.publishing import publish
from applications.surveys import new_key
from cityhall.enums import FileState
from cityhall.models import AuditEvent, Department, StoredFile
from cityhall.services.files import sweep_files
from notices.models import NoticeType
from portal.demo_city import city_hall
from tests.applications import sample
from tests.applications.catalogue_files import CatalogueFolder, make_notice_type, pages
from tests.applications.packagekit import (
    dog,
    dogs,
    everything,
    package,
    said,
    stored,
    take,
    upload,
    uploaded,
)
from tests.factories import make_department, make_staff


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def files(tmp_path):
    return CatalogueFolder(tmp_path / "catalogue")


@pytest.fixture
def ground(departments):
    """The department and the notice types that the dog needs."""
    for key in ("dog-approved", "dog-refused"):
        make_notice_type(key)
    return departments["kosodate"]


@pytest.fixture
def admin(administrator, login):
    return login(administrator)


@pytest.fixture
def real_departments(db):
    return [make_department(code, name) for code, name, *_rest in city_hall.DEPARTMENTS]


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def load(folder, **options):
    return {change.key: change for change in load_catalogue(folder=folder, **options)}


def publish_another_form(procedure, *fields):
    """What the designer does."""
    document = {"schema": 1, "pages": pages(*fields)}
    publish(procedure=procedure, form=designing.checked_form(document), change_note="市で変更")


BREED = {"key": "breed", "type": "text", "label": "犬の種類"}
COLOUR = {"key": "colour", "type": "text", "label": "毛の色"}


# --- export ----------------------------------------------------------------------------------


def test_the_whole_catalogue_read_back_changes_nothing_and_has_the_same_bytes(real_departments, tmp_path):
    call_command("load_catalogue", verbosity=0)
    before = everything()
    files = export(exportable()).files
    assert len(files) == Procedure.objects.count() + 1
    write(tmp_path, files)
    assert {change.kind for change in load(tmp_path).values()} == {ChangeKind.UNCHANGED}
    assert everything() == before
    # as another city sees it: the same forms, texts and settings, read from the text
    ours = {entry.key: entry for entry in read_catalogue(catalogue.FOLDER).procedures}
    theirs = {entry.key: entry for entry in read_catalogue(tmp_path).procedures}
    assert theirs.keys() == ours.keys()
    for key, entry in theirs.items():
        own = ours[key]
        assert (entry.form, entry.texts, entry.settings) == (own.form, own.texts, own.settings), key
        assert sorted(entry.life_events) == sorted(own.life_events), key
        assert (entry.approval_notice, entry.refusal_notice) == (own.approval_notice, own.refusal_notice), key
        assert entry.keeps_settings, key
    assert zipped(export(exportable()).files) == zipped(files)


def test_export_leaves_people_and_counts_at_home(files, ground):
    files.write(capacity=30)
    load(files.folder)
    Procedure.objects.update(taken_seats=12)
    (text,) = [content.decode() for path, content in export(exportable()).files.items() if "dog" in path]
    assert "12" not in text.replace("<", "")
    assert "short_code" not in text
    assert text.index("keep_settings: true") > text.index("# ここから市の設定です。")
    assert text.index("fee:") > text.index("keep_settings: true")


ODD = ["no", "2026-04-01", "true", "１２", "1.5", "a: b # c", "- x", "第1条\n第2条\n", "𠮷野家", "“引用”", "* 注", "%d"]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_survive_the_way_there_and_back(files, ground, text):
    files.write(description=text, pages=pages({"key": "odd", "type": "text", "label": text, "help": f" {text}"}))
    load(files.folder)
    write(files.folder, export(exportable()).files)
    before = everything()
    assert load(files.folder)["dog"].kind == ChangeKind.UNCHANGED
    assert everything() == before


def test_a_procedure_that_could_not_be_read_is_not_handed_out(files, ground, admin):
    files.write()
    files.write("cat", name="猫の登録")
    load(files.folder)
    Procedure.objects.filter(key="dog").update(name_kana="")
    page = admin.post(reverse("applications:procedure_export"), {"key": ["dog", "cat"]})
    assert [(one.file, one.path) for one in page.context["problems"]] == [("dog.yaml", "kana")]
    assert page.context["chosen"] == ["cat"]
    assert not AuditEvent.objects.filter(action="export").exists()


def test_one_comes_as_yaml_and_several_as_zip(files, ground, admin):
    files.write()
    files.write("cat", name="猫の登録")
    load(files.folder)
    url = reverse("applications:procedure_export")
    one = admin.post(url, {"key": "dog"})
    assert (one["Content-Type"], "dog.yaml" in one["Content-Disposition"]) == ("application/yaml", True)
    assert one.content.decode().startswith("key: dog\n")
    several = admin.post(url, {"all": "1"})
    with zipfile.ZipFile(BytesIO(several.content)) as archive:
        assert archive.namelist() == ["procedures/cat.yaml", "procedures/dog.yaml"]
    events = AuditEvent.objects.filter(action="export").order_by("pk")
    assert [event.object_ids for event in events] == [["dog"], ["cat", "dog"]]


def test_life_events_of_the_city_go_along(files, ground, admin):
    files.write(life_events=["home"])
    load(files.folder)
    LifeEvent.objects.filter(key="home").update(key="own-event", name="市の行事")
    response = admin.post(reverse("applications:procedure_export"), {"key": "dog"})
    with zipfile.ZipFile(BytesIO(response.content)) as archive:
        assert archive.read("life_events.yaml").decode() == "- key: own-event\n  name: 市の行事\n  position: 20\n"


def test_handlers_export_their_department_only(files, ground, handler, login):
    files.write()
    files.write("cat", name="猫の登録", department="shimin")
    load(files.folder)
    client = login(handler)
    page = client.get(reverse("applications:procedure_export"))
    assert [[row.key for row in rows] for _department, rows in page.context["groups"]] == [["dog"]]
    answer = client.post(reverse("applications:procedure_export"), {"all": "1", "key": "cat"})
    assert "dog.yaml" in answer["Content-Disposition"]
    nothing = client.post(reverse("applications:procedure_export"), {"department": "shimin"})
    assert said(nothing) == ["書き出す手続を一つ以上選んでください。"]


def test_command_writes_what_load_reads(files, ground, tmp_path, capsys):
    files.write()
    files.write("cat", name="猫の登録")
    load(files.folder)
    call_command("export_catalogue", tmp_path / "out", only=["cat"])
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.yaml"))
    assert written == ["life_events.yaml", "procedures/cat.yaml"]
    assert "2件のファイル" in capsys.readouterr().out
    assert [entry.key for entry in read_catalogue(tmp_path / "out").procedures] == ["cat"]
    with pytest.raises(CommandError, match="bird"):
        call_command("export_catalogue", tmp_path / "out", only=["bird"])


# --- a second, empty city --------------------------------------------------------------------


@pytest.fixture
def other_city(real_departments):
    """The whole catalogue of a city that is gone again: only its files are left, and departments."""
    with transaction.atomic():
        call_command("load_catalogue", verbosity=0)
        files = export(exportable()).files
        transaction.set_rollback(True)
    assert not Procedure.objects.exists()
    return files


def test_command_fills_a_second_empty_city(other_city, tmp_path):
    # this city calls one of its departments something else
    Department.objects.filter(code="kaigo").update(code="chouju")
    write(tmp_path, other_city)
    with pytest.raises(CommandError, match="kaigo"):
        call_command("load_catalogue", folder=tmp_path, verbosity=0)
    assert not Procedure.objects.exists()
    call_command("load_catalogue", folder=tmp_path, department=["kaigo=chouju"], verbosity=0)
    before = everything()
    assert Procedure.objects.count() == len(other_city) - 1
    assert Procedure.objects.filter(department__code="chouju").exists()
    assert NoticeType.objects.get(key="kaigo-approved").department.code == "chouju"
    # from now on the city has its own department, and the files need no translation
    call_command("load_catalogue", folder=tmp_path, verbosity=0)
    assert everything() == before


def test_browser_fills_a_second_empty_city(other_city, admin):
    Department.objects.filter(code="kaigo").update(code="chouju")
    address = uploaded(admin, zipped(other_city))
    before = everything()
    first = admin.get(address)
    assert first.context["outlook"].unknown_departments == ("kaigo",)
    assert everything() == before
    address += "?department.kaigo=chouju"
    page = admin.get(address).context
    keys = [row.change.key for row in page["rows"]]
    assert (page["outlook"].problems, len(keys)) == ((), len(other_city) - 1)
    assert {row.change.kind for row in page["rows"]} == {ChangeKind.NEW}
    done = take(admin, address, *keys)
    assert said(done) == [f"{len(keys)}件の手続を取り込みました。"]
    assert Procedure.objects.count() == len(keys)
    assert set(Procedure.objects.values_list("state", flat=True)) == {ProcedureState.DRAFT}
    assert Procedure.objects.get(key="yokaigo-nintei").department.code == "chouju"
    assert {row.change.kind for row in done.context["rows"]} == {ChangeKind.UNCHANGED}
    assert FormVersion.objects.count() == Procedure.objects.filter(current_version__isnull=False).count()


# --- looking, and taking over ----------------------------------------------------------------


def test_looking_stores_the_file_for_a_day_and_nothing_else(ground, admin, administrator):
    before = everything()
    address = uploaded(admin, dogs())
    page = admin.get(address).context
    (row,) = page["rows"]
    assert (row.change.kind, row.question_count, row.form_changes) == (ChangeKind.NEW, 3, [])
    assert [event.key for event in page["outlook"].life_events] == ["home"]
    assert everything() == before
    file = stored()
    assert (file.uploaded_by, file.state) == (administrator, FileState.CLEAN)
    assert dt.timedelta(hours=23) < file.delete_after - file.created_at <= dt.timedelta(hours=24, minutes=1)
    sweep_files(now=file.delete_after + dt.timedelta(minutes=1))
    assert not StoredFile.objects.exists()
    assert admin.get(address).status_code == 404


def test_taking_over_makes_the_procedure_in_preparation(ground, admin, administrator):
    address = uploaded(admin, dogs())
    assert said(take(admin, address, "dog")) == ["1件の手続を取り込みました。"]
    procedure = Procedure.objects.get(key="dog")
    assert (procedure.state, procedure.fee, procedure.department) == ("draft", "3,000円", ground)
    assert procedure.current_version.number == 1
    event = AuditEvent.objects.get(action="import", target_id="dog")
    assert event.actor == administrator


def test_taking_over_publishes_when_asked(ground, admin):
    address = uploaded(admin, dogs())
    take(admin, address, "dog", publishes="yes")
    assert Procedure.objects.get(key="dog").state == "published"


def test_taking_over_twice_does_nothing_twice(ground, admin):
    address = uploaded(admin, dogs())
    seen = admin.get(address).context["outlook"].seen
    for expected in ("1件の手続を取り込みました。", "選んだ手続は、すでに取り込まれています。何も変更していません。"):
        again = admin.post(address, {"key": "dog", "seen": seen}, follow=True)
        assert said(again) == [expected]
    assert (FormVersion.objects.count(), AuditEvent.objects.filter(action="import").count()) == (1, 1)


def test_a_database_that_changed_meanwhile_is_told_and_shown_anew(files, ground, admin):
    files.write()
    load(files.folder)
    address = uploaded(admin, dogs(summary="新しい概要"))
    seen = admin.get(address).context["outlook"].seen
    Procedure.objects.filter(key="dog").update(fee="無料")
    before = everything()
    told = admin.post(address, {"key": "dog", "seen": seen}, follow=True)
    assert said(told)[0].startswith("差分を表示した後で、手続の内容が変更されました。")
    assert everything() == before
    assert said(take(admin, address, "dog")) == ["1件の手続を取り込みました。"]
    assert Procedure.objects.get(key="dog").summary == "新しい概要"


def test_only_the_chosen_procedures_are_taken(ground, admin):
    files = {
        "procedures/dog.yaml": dog(),
        "procedures/cat.yaml": dog(key="cat", name="猫の登録", life_events=["birth"]),
    }
    address = uploaded(admin, package(files))
    assert said(take(admin, address)) == ["取り込む手続を一つ以上選んでください。"]
    take(admin, address, "cat")
    assert list(Procedure.objects.values_list("key", flat=True)) == ["cat"]
    # life events that come with the product, and only those needed
    assert list(LifeEvent.objects.values_list("key", flat=True)) == ["birth"]


def test_a_file_in_quarantine_is_shown_and_not_taken(ground, admin):
    address = upload(admin, dogs()).url
    told = take(admin, address, "dog")
    assert said(told)[0].startswith("ファイルの検査がまだ終わっていません。")
    assert not Procedure.objects.exists()
    StoredFile.objects.update(state=FileState.INFECTED)
    gone = admin.get(address, follow=True)
    assert said(gone) == ["このファイルは使えません。もう一度アップロードしてください。"]
    assert gone.redirect_chain[-1][0] == reverse("applications:procedure_import")


def test_nobody_else_sees_the_file(ground, admin, handler, login):
    address = uploaded(admin, dogs())
    other = make_staff("admin2@city.example.jp", role="administrator", name="管理 七郎")
    assert admin.get(address).status_code == 200
    assert login(other).get(address).status_code == 404
    client = login(handler)
    assert [client.get(url).status_code for url in (address, reverse("applications:procedure_import"))] == [404, 404]


def test_an_unknown_department_is_chosen_from_a_list(ground, admin):
    address = uploaded(admin, dogs(department="kankyo"))
    page = admin.get(address)
    assert (page.context["outlook"].unknown_departments, page.context["rows"]) == (("kankyo",), [])
    assert "ファイルの課「kankyo」にあたる課" in page.content.decode()
    chosen = f"{address}?department.kankyo=shimin&department.x=nowhere"
    done = take(admin, chosen, "dog")
    assert said(done) == ["1件の手続を取り込みました。"]
    assert Procedure.objects.get(key="dog").department.code == "shimin"


# --- what the city changed -------------------------------------------------------------------


@pytest.fixture
def changed(files, ground):
    """A procedure of the catalogue whose form, name and fee the city has changed."""
    files.write()
    load(files.folder)
    procedure = Procedure.objects.get(key="dog")
    publish_another_form(procedure, BREED)
    Procedure.objects.filter(pk=procedure.pk).update(name="わんちゃんの登録", fee="無料")
    return procedure


def current(key="dog"):
    row = Procedure.objects.select_related("current_version").get(key=key)
    return (
        row.name,
        row.summary,
        row.fee,
        [field["key"] for field in row.current_version.definition["pages"][0]["fields"]],
    )


OWN = ["dog_name", "sex", "age", "breed"]


def test_load_keeps_a_form_and_a_name_that_the_city_changed(files, changed):
    files.write(name="犬の登録届", summary="新しい概要", pages=pages(COLOUR))
    for _turn in range(2):
        change = load(files.folder)["dog"]
        assert change.own == ["様式", "名称"]
        assert change.kept == ["手数料"]
        assert current() == ("わんちゃんの登録", "新しい概要", "無料", OWN)
    assert change.kind == ChangeKind.UNCHANGED
    assert "わんちゃんの登録" in Procedure.objects.get(key="dog").search_text


def test_load_replaces_them_when_asked_and_follows_again(files, changed, capsys):
    files.write(pages=pages(COLOUR), change_note="毛の色")
    call_command("load_catalogue", folder=files.folder)
    assert "市が変更しているため維持（置き換えるには --replace-forms）: 様式、名称" in capsys.readouterr().out
    assert current()[3] == OWN
    call_command("load_catalogue", folder=files.folder, replace_forms=True, verbosity=0)
    assert current() == ("犬の登録", "犬を飼い始めたときの手続です。", "無料", [*OWN[:3], "colour"])
    files.write(name="犬の届出")
    load(files.folder)
    assert current() == ("犬の届出", "犬を飼い始めたときの手続です。", "無料", OWN[:3])


def test_browser_says_so_and_replaces_only_when_ticked(ground, admin, changed):
    address = uploaded(admin, dogs(summary="隣の市の概要", fee="9,000円", pages=pages(COLOUR)))
    page = admin.get(address)
    (row,) = page.context["rows"]
    assert "市が様式を変更しています。" in page.content.decode()
    assert (row.change.own, row.change.kept) == (["様式", "名称"], ["手数料"])
    assert [(one.kind, one.label) for one in row.form_changes] == [
        ("added", "項目「毛の色」"),
        ("removed", "項目「犬の種類」"),
    ]
    take(admin, address, "dog")
    assert current() == ("わんちゃんの登録", "隣の市の概要", "無料", OWN)
    take(admin, address, replace="dog")
    assert current() == ("犬の登録", "隣の市の概要", "無料", [*OWN[:3], "colour"])


def test_settings_of_the_receiving_city_all_stay(files, ground, admin):
    """Also those that the city never touched: they are another city's."""
    files.write()
    load(files.folder)
    address = uploaded(admin, dogs(fee="9,000円", standard_days=20, state="closed", summary="新しい概要"))
    take(admin, address, "dog")
    row = Procedure.objects.get(key="dog")
    assert (row.fee, row.standard_days, row.state, row.summary) == ("3,000円", 5, "published", "新しい概要")
    # the product's own catalogue still leads where the city left a setting alone
    files.write(fee="3,500円")
    load(files.folder)
    assert Procedure.objects.get(key="dog").fee == "3,500円"


def test_a_procedure_that_the_city_made_itself_is_all_its_own(files, ground, administrator):
    create_procedure(
        key="dog", name="市の手続", name_kana="しのてつづき", summary="市の概要", department=ground, by=administrator
    )
    publish_another_form(Procedure.objects.get(key="dog"), BREED)
    files.write()
    before = current()
    change = load(files.folder)["dog"]
    assert (change.kind, change.own[:3]) == (ChangeKind.UNCHANGED, ["様式", "名称", "ふりがな"])
    assert current() == before
    load(files.folder, replaces_own=True)
    assert current() == ("犬の登録", "犬を飼い始めたときの手続です。", "", OWN[:3])


def test_a_city_and_a_file_that_cannot_both_be_right_leave_the_citys(files, ground):
    files.write(opens_at="2027-04-01 09:00", closes_at="2027-06-01 17:00")
    load(files.folder)
    Procedure.objects.filter(key="dog").update(closes_at=dt.datetime(2027, 5, 1, tzinfo=dt.UTC), identity_level="card")
    files.write(opens_at="2027-05-10 09:00", closes_at="2027-06-01 17:00", identity_level="none", allows_guests=True)
    change = load(files.folder)["dog"]
    row = Procedure.objects.get(key="dog")
    assert row.opens_at == dt.datetime(2027, 4, 1, tzinfo=dt.UTC)
    assert row.closes_at == dt.datetime(2027, 5, 1, tzinfo=dt.UTC)
    assert (row.allows_guests, row.identity_level) == (False, "card")
    assert set(change.kept) == {"受付開始", "受付終了", "利用者登録なしで申請できる"}
    assert change.own == ["本人確認"]


def test_the_questions_of_a_survey_go_to_no_other_city(municipality, department):
    offered = sample.make_procedure(department=department, key="offered")
    sample.make_procedure(department=department, key=new_key())
    assert list(exportable()) == [offered]
