"""Loading the catalogue: what is written, what a city keeps, and nothing twice."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from applications.enums import ProcedureState
from applications.models import FormVersion, LifeEvent, Procedure
from applications.services.catalogue import CatalogueError, ChangeKind, load_catalogue
from cityhall.models import AuditEvent, Department
from notices.models import NoticeType
from tests.applications.catalogue_files import (
    LIFE_EVENTS,
    CatalogueFolder,
    make_city,
    make_ground,
    make_notice_type,
    pages,
    stored_rows,
)
from tests.factories import make_department


@pytest.fixture
def files(tmp_path):
    return CatalogueFolder(tmp_path / "catalogue")


@pytest.fixture
def ground(db):
    return make_ground()


@pytest.fixture
def city(db):
    return make_city()


def load(files, **options):
    return {change.key: change for change in load_catalogue(folder=files.folder, **options)}


def test_new_procedure_is_published_with_its_form_and_words(files, ground):
    files.write()
    change = load(files)["dog"]
    procedure = Procedure.objects.get(key="dog")
    assert change.kind == ChangeKind.NEW
    assert change.lines == ["＋ 項目 dog_name「名前」", "＋ 項目 sex「性別」", "＋ 項目 age「年齢」"]
    assert (procedure.state, procedure.department, procedure.current_version.number) == ("published", ground, 1)
    assert procedure.search_text.split("\n")[:2] == ["犬の登録", "いぬのとうろく"]
    assert [event.key for event in procedure.life_events.all()] == ["home"]
    assert procedure.approval_notice_type.key == "dog-approved"
    assert AuditEvent.objects.get(target_id="dog").action == "import"


def test_changed_form_becomes_a_new_version_and_the_difference_names_fields(files, ground):
    files.write()
    load(files)
    changed = pages({"key": "breed", "type": "text", "label": "犬の種類"})
    changed[0]["fields"][0]["label"] = "犬の名前"
    del changed[0]["fields"][2]
    files.write(pages=changed, change_note="種類を追加")
    change = load(files)["dog"]
    assert change.kind == ChangeKind.CHANGED
    assert change.lines == [
        "＋ 項目 breed「犬の種類」",
        "－ 項目 age「年齢」",
        "～ 項目 dog_name「犬の名前」: label を変更（旧名称: 名前）",
    ]
    versions = list(FormVersion.objects.order_by("number").values_list("number", "change_note"))
    assert versions == [(1, "初版"), (2, "種類を追加")]
    assert Procedure.objects.get(key="dog").current_version.number == 2


def test_a_change_of_page_texts_alone_is_a_new_version_too(files, ground):
    files.write()
    load(files)
    files.write(pages=pages(intro="犬について入力してください。"))
    assert load(files)["dog"].lines == ["ページの構成・順番・説明文を変更"]
    assert FormVersion.objects.count() == 2


def test_changed_text_changes_the_row_and_no_version(files, ground):
    files.write()
    load(files)
    files.write(summary="新しい説明", keywords=["ペット", "子犬"], life_events=["home", "birth"])
    assert load(files)["dog"].lines == [
        "概要: 犬を飼い始めたときの手続です。 → 新しい説明",
        "検索のことば: ペット、マイクロチップ → ペット、子犬",
        "ライフイベント: home → birth、home",
    ]
    procedure = Procedure.objects.get(key="dog")
    assert "子犬" in procedure.search_text
    assert FormVersion.objects.count() == 1


def test_a_change_far_down_in_a_long_text_is_shown_where_it_is(files, ground):
    files.write(description="あ" * 200 + "前")
    load(files)
    files.write(description="あ" * 200 + "後" * 50)
    assert load(files)["dog"].lines == [f"説明: …{'あ' * 10}前 → …{'あ' * 10}{'後' * 30}…"]


def test_second_load_of_a_changed_catalogue_writes_nothing(files, ground):
    files.write()
    load(files)
    files.write(summary="新しい説明", fee="無料", pages=pages(intro="…"))
    load(files)
    before = stored_rows()
    assert {change.kind for change in load(files).values()} == {ChangeKind.UNCHANGED}
    assert stored_rows() == before


OWN = [
    ("state", ProcedureState.DRAFT, {"state": "published"}),
    ("channels", ["online", "counter", "remote"], {"channels": ["paper", "online"]}),
    ("fee", "3,300円", {"fee": "3,500円"}),
    ("standard_days", 9, {"standard_days": 7}),
    ("needs_approval", True, {"position": 31}),
    ("retention_years", 10, {"retention_years": 3}),
    ("opens_at", dt.datetime(2027, 4, 1, tzinfo=dt.UTC), {"opens_at": "2027-05-01 09:00"}),
    ("closes_at", dt.datetime(2027, 6, 1, tzinfo=dt.UTC), {"closes_at": "2027-07-01 17:00"}),
    ("position", 1, {"position": 99}),
    ("capacity", 30, {"capacity": 20}),
    ("has_waiting_list", True, {"capacity": 20}),
]


@pytest.mark.parametrize(("column", "own", "update"), OWN)
def test_a_setting_the_city_changed_survives_every_load(files, ground, column, own, update):
    files.write()
    load(files)
    Procedure.objects.filter(key="dog").update(**{column: own})
    for _turn in range(2):
        files.write(summary="別の説明", **update)
        load(files)
        procedure = Procedure.objects.get(key="dog")
        assert (getattr(procedure, column), procedure.summary) == (own, "別の説明")


def test_the_department_the_city_chose_is_kept_and_said(files, ground):
    files.write()
    load(files)
    other = make_department("kankyo", "環境課")
    Procedure.objects.filter(key="dog").update(department=other)
    change = load(files)["dog"]
    assert (change.kind, change.kept) == (ChangeKind.UNCHANGED, ["所管課"])
    assert Procedure.objects.get(key="dog").department == other


def test_places_of_an_event_come_with_the_file_and_are_never_fewer_than_are_taken(files, ground):
    files.write(capacity=20, has_waiting_list=True, once_ever=True)
    load(files)
    procedure = Procedure.objects.get(key="dog")
    assert (procedure.capacity, procedure.has_waiting_list, procedure.once_ever) == (20, True, True)
    Procedure.objects.filter(key="dog").update(taken_seats=15)
    files.write(capacity=15, once_ever=True)
    assert load(files)["dog"].lines == ["定員: 20 → 15", "キャンセル待ちを受け付ける: はい → いいえ"]
    files.write(capacity=14, summary="別の説明", once_ever=True)
    with pytest.raises(CatalogueError, match="すでに15人を受け付けているため、定員を14人にできません。"):
        load(files)
    procedure.refresh_from_db()
    assert (procedure.capacity, procedure.summary) == (15, "犬を飼い始めたときの手続です。")


def test_a_procedure_opens_to_guests_when_the_file_says_so(files, ground):
    files.write(identity_level="none", allows_guests=True)
    load(files)
    assert Procedure.objects.get(key="dog").allows_guests
    files.write(identity_level="email")
    assert load(files)["dog"].lines == ["本人確認: none → email", "利用者登録なしで申請できる: はい → いいえ"]


def test_a_change_inside_rows_names_the_question(files, ground):
    def litter(*questions):
        return pages({"key": "puppies", "type": "rows", "label": "子犬", "fields": list(questions)})

    name, sex = ({"key": key, "type": "text", "label": label} for key, label in (("name", "名前"), ("sex", "性別")))
    files.write(pages=litter(name, sex))
    load(files)
    files.write(pages=litter(name | {"max_length": 9}, sex | {"key": "colour", "label": "毛色"}))
    assert load(files)["dog"].lines == [
        "＋ 項目 puppies.colour「毛色」",
        "－ 項目 puppies.sex「性別」",
        "～ 項目 puppies.name「名前」: max_length を変更",
    ]


def test_a_setting_the_city_left_alone_follows_the_catalogue(files, ground):
    files.write()
    load(files)
    files.write(fee="3,500円", opens_at="2027-05-01 09:00")
    lines = load(files)["dog"].lines
    procedure = Procedure.objects.get(key="dog")
    assert procedure.fee == "3,500円"
    assert procedure.opens_at == dt.datetime(2027, 5, 1, 0, 0, tzinfo=dt.UTC)
    assert lines[0] == "手数料: 3,000円 → 3,500円"


CHANNELS = [
    ({}, ["online", "counter"]),
    ({"mode": "guide_only", "pages": None}, ["counter"]),
    ({"channels": ["paper", "remote", "online"]}, ["online", "remote", "paper"]),
]


@pytest.mark.parametrize(("changes", "stored"), CHANNELS)
def test_channels_left_out_go_with_the_mode_and_have_one_order(files, ground, changes, stored):
    files.write(**changes)
    load(files)
    assert Procedure.objects.get(key="dog").channels == stored


def test_a_procedure_without_a_file_stays(files, ground):
    files.write()
    files.write("cat", name="猫の登録")
    load(files)
    (files.folder / "procedures" / "cat.yaml").unlink()
    assert set(load(files)) == {"birth", "home", "dog"}
    assert Procedure.objects.filter(key="cat", state="published").exists()


def test_only_loads_the_named_procedure_and_its_life_events(files, ground):
    files.write()
    files.write("cat", name="猫の登録")
    assert set(load(files, only=["cat"])) == {"home", "cat"}
    assert list(Procedure.objects.values_list("key", flat=True)) == ["cat"]


def test_only_with_an_unknown_key_is_refused(files, ground):
    files.write()
    with pytest.raises(CatalogueError, match=r"bird\.yaml: この手続のファイルはありません。"):
        load(files, only=["bird"])
    assert not Procedure.objects.exists()


def test_dry_run_says_the_same_and_leaves_nothing(files, ground):
    files.write()
    before = stored_rows()
    planned = load(files, dry_run=True)
    assert stored_rows() == before
    done = load(files)
    assert {key: (one.kind, one.lines) for key, one in planned.items()} == {
        key: (one.kind, one.lines) for key, one in done.items()
    }


def test_command_dry_run_prints_the_difference_and_leaves_nothing(city, capsys):
    before = stored_rows()
    call_command("load_catalogue", dry_run=True)
    printed = capsys.readouterr().out
    assert "＋ inu-toroku 犬の登録" in printed
    assert "    ＋ 項目 dog_name「犬の名前」" in printed
    assert "データベースは変更していません" in printed
    assert (stored_rows(), NoticeType.objects.count()) == (before, 0)


def test_command_refuses_bad_files_with_every_problem(files, city):
    files.write(mode="by_fax")
    files.write("cat", department="")
    with pytest.raises(CommandError) as caught:
        call_command("load_catalogue", folder=files.folder)
    assert "dog.yaml: mode: 次のどれかにしてください: online, sent_ahead, guide_only" in str(caught.value)
    assert "cat.yaml: department: 文字で書いてください。" in str(caught.value)
    assert not NoticeType.objects.exists()


def test_unknown_department_and_notice_are_named_and_nothing_is_loaded(files, ground):
    make_notice_type("other")
    files.write(department="kankyo", refusal_notice="dog-gone")
    with pytest.raises(CatalogueError) as caught:
        load(files)
    assert [(one.file, one.path) for one in caught.value.problems] == [
        ("dog.yaml", "department"),
        ("dog.yaml", "refusal_notice"),
    ]
    assert (Procedure.objects.count(), LifeEvent.objects.count()) == (0, 0)
    assert Department.objects.count() == 1


def test_one_bad_file_stops_the_whole_load(files, ground):
    files.write()
    files.write("cat", fee=300)
    with pytest.raises(CatalogueError):
        load(files)
    assert not Procedure.objects.exists()


def test_life_events_have_the_names_of_the_glossaries_where_neither_file_nor_city_has_some(files, ground):
    (files.folder / "texts").mkdir()
    (files.folder / "texts" / "en.yaml").write_text('"住まい": "Home"\n"出生・子育て": "Birth"\n', encoding="utf-8")
    birth, home = LIFE_EVENTS
    files.life_events([birth | {"names": {"ko": "출생", "en": "Children"}}, home])
    files.write()
    load(files)
    events = {one.key: one for one in LifeEvent.objects.all()}
    assert events["birth"].names == {"en": "Children", "ko": "출생"}
    assert events["home"].names == {"en": "Home"}
    LifeEvent.objects.filter(key="home").update(names={"en": "Housing", "vi": "Nhà"})
    load(files)
    assert LifeEvent.objects.get(key="home").names == {"en": "Housing", "vi": "Nhà"}
    load(files, replaces_own=True)
    assert LifeEvent.objects.get(key="home").names == {"en": "Home", "vi": "Nhà"}


@pytest.mark.parametrize("names", [["Birth"], {"xx": "Birth"}, {"en": ""}, {"en": "x" * 61}, {"en": 3}])
def test_bad_names_of_life_events_are_refused(files, ground, names):
    files.life_events([LIFE_EVENTS[0] | {"names": names}, LIFE_EVENTS[1]])
    files.write()
    with pytest.raises(CatalogueError, match="60文字まで"):
        load(files)
