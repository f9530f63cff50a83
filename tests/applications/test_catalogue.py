"""The catalogue: real files, strict reading, loading without doing anything twice."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from applications.conditions import check
from applications.enums import ApplicantKind, FieldType, ProcedureMode, ProcedureState, ResultKind
from applications.models import FormVersion, LifeEvent, Procedure
from applications.services import catalogue
from applications.services.catalogue import CatalogueError, ChangeKind, load_catalogue, read_catalogue
from cityhall.models import AuditEvent, Department
from notices.models import NoticeType
from notices.texts import placeholders
from portal.demo_city import city_hall
from tests.applications.catalogue_files import LIFE_EVENTS, CatalogueFolder, make_ground, make_notice_type, pages
from tests.factories import make_department

NATIONAL_LIST = {
    "児童手当 認定請求",
    "児童手当 額の改定の請求/届出",
    "児童手当 氏名変更/住所変更等の届出",
    "児童手当 受給事由消滅の届出",
    "児童手当 未支払の請求",
    "児童手当 寄附の申出",
    "児童手当 寄附変更等の申出",
    "児童手当 学校給食費等の徴収等の申出",
    "児童手当 学校給食費等の徴収等の変更等の申出",
    "児童手当 現況届",
    "支給認定の申請",
    "保育施設等の利用申込",
    "保育施設等の現況届",
    "児童扶養手当の現況届の事前送信",
    "妊娠の届出",
    "要介護・要支援認定の申請",
    "要介護・要支援更新認定の申請",
    "要介護・要支援状態区分変更認定の申請",
    "住所移転後の要介護・要支援認定の申請",
    "居宅（介護予防）サービス計画作成（変更）依頼の届出",
    "介護保険負担割合証の再交付の申請",
    "介護保険被保険者証の再交付の申請",
    "高額介護（予防）サービス費の支給申請",
    "介護保険負担限度額認定の申請",
    "介護保険福祉用具購入費の支給申請",
    "介護保険住宅改修費の支給申請",
    "罹災証明書の発行申請",
}
"""The 27 procedures that every city is to offer online, as the catalogue words them."""
OTHER_FILINGS = [
    "hokago-jidokai-nyukai",
    "hokago-jidokai-henko",
    "hokago-jidokai-kyukai",
    "hokago-jidokai-taikai",
    "nenkin-kanyu",
    "nenkin-menjo",
    "nenkin-gakusei",
    "fuzaisha-tohyo",
    "ningen-dock",
    "kokuho-kanyu",
    "kokuho-soshitsu",
    "kazei-shomei",
    "hitorioya-iryohi",
    "judo-iryohi",
    "koseki-seikyu",
    "juminhyo-seikyu",
    "tenshutsu-todoke",
    "tennyu-yoyaku",
    "kenshu-moshikomi",
    "joho-kokai",
    "kodomo-iryohi",
    "kodomo-iryohi-saikofu",
    "kikenbutsu-hoan",
    "shobo-kunren",
    "sodai-gomi",
    "inu-toroku",
    "inu-shibo",
    "suido-kaishi",
    "suido-chushi",
    "shokuin-saiyo",
    "hatachi-tsudoi",
    "gakusei-oen",
    "denshi-shorei",
    "hoiku-jizen",
    "shugaku-enjo",
    "tsuchi-henko",
    "ninpu-anketo",
    "doro-sonsho",
    "volunteer-josei",
    "shimin-koza",
    "okuyami",
]
"""Keys of the other filings that cities name."""
SHARED_KEYS = {
    "applicant.name": "applicant_name",
    "applicant.kana": "applicant_kana",
    "applicant.birth_date": "applicant_birth_date",
    "applicant.address": "applicant_address",
    "applicant.phone": "applicant_phone",
    "applicant.email": "applicant_email",
    "applicant.bank_account": "account",
    "business.name": "business_name",
    "business.corporate_number": "business_number",
    "business.address": "business_address",
    "business.representative": "business_representative",
    "business.bank_account": "account",
    "children[].name": "child_name",
    "children[].birth_date": "child_birth_date",
}
"""Questions that many forms ask have one key in all of them: programs read one column."""


@pytest.fixture
def files(tmp_path):
    return CatalogueFolder(tmp_path / "catalogue")


@pytest.fixture
def ground(db):
    return make_ground()


@pytest.fixture
def city(db):
    """The departments of the demo city."""
    return [make_department(code, name) for code, name, _kana, _place in city_hall.DEPARTMENTS]


def load(files, **options):
    return {change.key: change for change in load_catalogue(folder=files.folder, **options)}


def rows():
    """All that a load can write, as values."""
    return [
        list(model.objects.order_by("pk").values()) for model in (LifeEvent, Procedure, FormVersion, AuditEvent)
    ] + [list(Procedure.life_events.through.objects.order_by("pk").values())]


def problems(files):
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(files.folder)
    return [(one.file, one.path, one.reason) for one in caught.value.problems]


# --- the catalogue of the product ------------------------------------------------------------


def all_fields(form):
    """The fields of a form, those inside rows too."""
    return [one for field in form.fields for one in (field, *field.fields)]


def test_real_catalogue_holds_the_national_list_with_real_forms():
    forms = {entry.texts["name"]: entry.form for entry in read_catalogue(catalogue.FOLDER).procedures}
    assert len(NATIONAL_LIST) == 27
    assert set(forms) >= NATIONAL_LIST
    for name in NATIONAL_LIST:
        assert len(all_fields(forms[name])) >= 12, name
        assert 2 <= len(forms[name].pages) <= 6, name
    assert len(all_fields(forms["保育施設等の利用申込"])) >= 50


def test_procedures_of_the_national_list_say_everything_a_person_asks_first():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        if entry.texts["name"] in NATIONAL_LIST:
            texts, settings = entry.texts, entry.settings
            assert all((texts["eligibility"], texts["deadline"], texts["description"], texts["legal_basis"])), entry.key
            assert settings["standard_days"], entry.key
            assert len(texts["keywords"]) >= 4, entry.key
            assert texts["applicant_kinds"], entry.key


def test_shared_questions_have_one_wording():
    """The same question of the applicant, of the child or of the insured person reads alike in every form."""
    shared = ("applicant_", "child_name", "child_birth", "insured_", "account", "consent_records", "doctor_", "survey_")
    seen = {}
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        if entry.texts["name"] in NATIONAL_LIST:
            for field in all_fields(entry.form):
                if field.key.startswith(shared):
                    wording = (field.type, field.label)
                    seen.setdefault(field.key, {}).setdefault(wording, []).append(entry.key)
    assert {key: wordings for key, wordings in seen.items() if len(wordings) > 1} == {}


def test_real_forms_never_ask_for_the_my_number_and_take_the_applicant_from_the_record():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        for field in all_fields(entry.form) if entry.form else ():
            assert "個人番号" not in field.label, entry.key
            assert "マイナンバー" not in field.label, entry.key
        concepts = {field.concept for field in entry.form.fields} if entry.form else {"applicant.name"}
        assert concepts & {"applicant.name", "business.name"}, entry.key


def test_real_catalogue_holds_the_other_filings_that_cities_name():
    entries = {entry.key: entry for entry in read_catalogue(catalogue.FOLDER).procedures}
    assert set(entries) >= set(OTHER_FILINGS)
    assert len(entries) >= 66
    for key in OTHER_FILINGS:
        entry = entries[key]
        assert entry.form is None or len(all_fields(entry.form)) >= 10, key
        assert all((entry.texts["summary"], entry.texts["eligibility"], entry.texts["deadline"])), key
        assert len(entry.texts["keywords"]) >= 4, key


def test_rules_of_every_real_form_hold_together():
    """Conditions and calculated values: what the designer would refuse never comes with the product."""
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        assert entry.form is None or list(check(entry.form)) == [], entry.key


def test_shared_questions_have_one_key():
    for entry in read_catalogue(catalogue.FOLDER).procedures:
        for field in all_fields(entry.form) if entry.form else ():
            if field.concept in SHARED_KEYS and field.type != FieldType.ATTRIBUTE:
                assert field.key == SHARED_KEYS[field.concept], (entry.key, field.key)


def test_every_way_to_file_is_used_in_the_real_catalogue():
    entries = {entry.key: entry for entry in read_catalogue(catalogue.FOLDER).procedures}
    texts = [entry.texts for entry in entries.values()]
    assert {text["mode"] for text in texts} == set(ProcedureMode)
    assert {kind for text in texts for kind in text["applicant_kinds"]} == set(ApplicantKind)
    assert {text["result_kind"] for text in texts} == set(ResultKind)
    assert {text["identity_level"] for text in texts} >= {"none", "email", "card"}
    assert (entries["doro-sonsho"].texts["allows_guests"], entries["hatachi-tsudoi"].texts["once_ever"]) == (True, True)
    places = entries["shimin-koza"].settings
    assert (places["capacity"], places["has_waiting_list"]) == (20, True)
    assert entries["shokuin-saiyo"].settings["opens_at"] < entries["shokuin-saiyo"].settings["closes_at"]


def test_every_type_of_question_is_used_in_the_real_catalogue():
    forms = [entry.form for entry in read_catalogue(catalogue.FOLDER).procedures if entry.form]
    assert {field.type for form in forms for field in all_fields(form)} == set(FieldType)


def test_real_catalogue_loads_and_a_second_load_changes_nothing(city, django_assert_num_queries):
    call_command("load_catalogue", verbosity=0)
    entries = read_catalogue(catalogue.FOLDER).procedures
    assert set(Procedure.objects.values_list("name", flat=True)) == {entry.texts["name"] for entry in entries}
    assert FormVersion.objects.count() == sum(entry.form is not None for entry in entries)
    before = rows()
    # one savepoint pair; life events twice, departments, notice types, procedures and their links
    with django_assert_num_queries(8):
        again = load_catalogue(folder=catalogue.FOLDER)
    assert {change.kind for change in again} == {ChangeKind.UNCHANGED}
    assert rows() == before


def test_every_real_procedure_with_a_form_has_both_answers(city):
    call_command("load_catalogue", verbosity=0)
    for procedure in Procedure.objects.exclude(mode="guide_only"):
        assert procedure.approval_notice_type is not None, procedure.key
        assert procedure.refusal_notice_type is not None, procedure.key
        assert procedure.retention_years >= 1
        assert procedure.life_events.exists(), procedure.key


def test_real_notice_texts_name_only_what_a_decision_gives(city):
    call_command("load_catalogue", verbosity=0)
    given = {"application_number", "procedure_name", "applicant_name", "decision_date", "reason", "city_name"}
    for kind in NoticeType.objects.all():
        version = kind.versions.get()
        texts = [version.title, version.body, version.appeal_text, *(row["text"] for row in version.particulars)]
        assert {name for text in texts for name in placeholders(text)} <= given, kind.key
        assert "((reason))" in version.body, kind.key


# --- loading ---------------------------------------------------------------------------------


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
    before = rows()
    assert {change.kind for change in load(files).values()} == {ChangeKind.UNCHANGED}
    assert rows() == before


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
    before = rows()
    planned = load(files, dry_run=True)
    assert rows() == before
    done = load(files)
    assert {key: (one.kind, one.lines) for key, one in planned.items()} == {
        key: (one.kind, one.lines) for key, one in done.items()
    }


def test_command_dry_run_prints_the_difference_and_leaves_nothing(city, capsys):
    before = rows()
    call_command("load_catalogue", dry_run=True)
    printed = capsys.readouterr().out
    assert "＋ inu-toroku 犬の登録" in printed
    assert "    ＋ 項目 dog_name「犬の名前」" in printed
    assert "データベースは変更していません" in printed
    assert (rows(), NoticeType.objects.count()) == (before, 0)


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


# --- strict reading --------------------------------------------------------------------------

SIZE = {"key": "size", "type": "choice", "label": "大きさ"}
MISTAKES = [
    ({"nmae": "…"}, "nmae", "知らない設定です。"),
    ({"name": ""}, "name", "文字で書いてください。"),
    ({"name": 12}, "name", "文字で書いてください。"),
    ({"kana": "イヌノトウロク"}, "kana", "ひらがなで、空白を入れずに書いてください。"),
    ({"key": "cat"}, "key", "キーはファイル名（dog）と同じにしてください。"),
    ({"standard_days": "5"}, "standard_days", "1以上1000以下の整数にしてください。"),
    ({"standard_days": 2.5}, "standard_days", "1以上1000以下の整数にしてください。"),
    ({"needs_approval": "yes"}, "needs_approval", "true か false にしてください。"),
    ({"keywords": "ペット"}, "keywords", "文字の一覧にしてください。"),
    ({"keywords": ["犬", "犬"]}, "keywords", "同じものが二度書かれています。"),
    ({"life_events": ["moon"]}, "life_events", "moon は life_events.yaml にありません。"),
    ({"opens_at": "来週"}, "opens_at", "日時は 2026-11-01 09:00 の形で書いてください。"),
    (
        {"opens_at": "2026-11-02 09:00", "closes_at": "2026-11-01 09:00"},
        "closes_at",
        "受付終了は受付開始より後にしてください。",
    ),
    (
        {"channels": ["counter", "paper"]},
        "channels",
        "online は、案内のみの手続では書けず、ほかの手続では必要です。",
    ),
    (
        {"mode": "guide_only", "pages": None, "channels": ["online"]},
        "channels",
        "online は、案内のみの手続では書けず、ほかの手続では必要です。",
    ),
    (
        {"allows_guests": True},
        "allows_guests",
        "true にできるのは、identity_level が none の手続だけです。",
    ),
    ({"has_waiting_list": True}, "has_waiting_list", "キャンセル待ちには定員（capacity）が必要です。"),
    ({"capacity": 0}, "capacity", "1以上1000000以下の整数にしてください。"),
    ({"mode": "guide_only"}, "pages", "案内のみの手続に質問は書けません。"),
    ({"pages": None}, "pages", "質問がありません。案内だけの手続は mode を guide_only にしてください。"),
    ({"pages": []}, "pages (form)", "ページは1〜30枚にしてください。"),
    (
        {"pages": pages({"key": "x", "type": "telepathy", "label": "…"})},
        "pages (x)",
        "知らない種類の項目です。",
    ),
    (
        {"pages": pages({"key": "dog_name", "type": "text", "label": "…"})},
        "pages (form)",
        "同じキーが二度あります: dog_name",
    ),
    (
        {"pages": pages(SIZE | {"options": [{"value": "s", "label": "小"}, {"value": "s", "label": "大"}]})},
        "pages (size)",
        "選択肢の値が二度あります: 「s」。一つを変えてください。",
    ),
    (
        {"pages": pages(SIZE | {"options": [{"value": "s", "label": "小"}, {"value": "t", "label": "小"}]})},
        "pages (size)",
        "同じことばの選択肢が二つ以上あります: 「小」。ことばを変えるか、一つを消してください。",
    ),
    ({"summary": "あ" * 301}, "summary", "300文字以内にしてください（現在301文字）。"),
]


@pytest.mark.parametrize(("changes", "path", "reason"), MISTAKES)
def test_a_mistake_is_named_with_file_place_and_reason(files, changes, path, reason):
    files.write(**changes)
    assert problems(files) == [("dog.yaml", path, reason)]


def test_all_mistakes_of_all_files_are_named_at_once(files):
    files.write(fee=300, state="open")
    files.write("cat", name="")
    assert [(file, path) for file, path, _reason in problems(files)] == [
        ("cat.yaml", "name"),
        ("dog.yaml", "state"),
        ("dog.yaml", "fee"),
    ]


BROKEN = [
    ("name: [", "2行目", "YAMLの書き方に誤りがあります（did not find expected node content）。"),
    ("key: dog\nkey: cat\n", "2行目", "「key」が二度書かれています"),
    ("key: !!python/object/apply:os.getcwd []\n", "1行目", None),
    ("- 一覧\n", "", "名前と値の組にしてください。"),
    ('name: "a\\0b"\n', "", "使用できない文字が含まれています。その文字を削除してください。"),
    ("{}: 1\n", "1行目", "名前は文字にしてください"),
]


@pytest.mark.parametrize(("text", "path", "reason"), BROKEN)
def test_a_broken_file_is_a_problem_with_its_line(files, text, path, reason):
    files.text("dog", text)
    file, where, why = problems(files)[0]
    assert (file, where) == ("dog.yaml", path)
    assert reason is None or why == reason


def test_missing_life_events_file_is_named(files):
    (files.folder / "life_events.yaml").unlink()
    assert problems(files)[0][0] == "life_events.yaml"


def test_a_life_event_twice_is_refused(files):
    files.life_events([*LIFE_EVENTS, LIFE_EVENTS[0]])
    assert problems(files) == [("life_events.yaml", "", "キー birth が二度あります。")]


def test_values_are_what_stands_in_the_file(files):
    """No `no` that becomes false, no version 2026-04 or day that becomes something else."""
    files.write(fee="x")
    text = (files.folder / "procedures" / "dog.yaml").read_text(encoding="utf-8")
    text = text.replace("fee: x", "fee: no").replace("deadline: 飼い始めた日から30日以内", "deadline: 2026-04-01")
    files.text("dog", text)
    (entry,) = read_catalogue(files.folder).procedures
    assert (entry.settings["fee"], entry.texts["deadline"]) == ("no", "2026-04-01")
