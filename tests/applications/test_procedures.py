"""Finding procedures, reading about one, and the way into an application; the public contract."""

import base64
import datetime as dt
import itertools
import json
import re
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from applications.definition import parse
from applications.enums import ApplicationState, ProcedureMode, ProcedureState
from applications.models import Application, LifeEvent, Procedure
from applications.queries import procedures
from applications.queries.finding import forget_index
from applications.queries.procedures import Filters, Opening
from applications.search import fold, kana_range, kana_rows, query_words, search_text
from applications.services.catalogue import FOLDER, load_catalogue
from applications.services.publishing import publish
from notices.services.catalogue import TYPES_FOLDER, load_types
from portal.demo_city import city_hall
from tests.applications import casekit
from tests.applications.catalogue_files import PROCEDURE
from tests.factories import make_department
from tests.kept import kept
from tests.reading import words

NOW = dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)
LIST = "/procedures/"
EVERYBODY = [
    "anonymous",
    "resident",
    "another_resident",
    "supporter",
    "clerk",
    "contract_clerk",
    "handler",
    "approver",
    "administrator",
    "auditor",
]
_number = itertools.count(1)


def make_procedure(key=None, *, name="犬の登録", kana="いぬのとうろく", department=None, events=(), **fields):
    """A published procedure with a form."""
    key = key or f"procedure-{next(_number)}"
    values = {"summary": "犬を飼い始めたときの手続です。", "keywords": [], "applicant_kinds": ["person"]} | fields
    state = values.pop("state", ProcedureState.PUBLISHED)
    words = [name, kana, values["summary"], *values["keywords"]]
    procedure = Procedure.objects.create(
        key=key,
        name=name,
        name_kana=kana,
        department=department or make_department(),
        search_text=search_text(words),
        **values,
    )
    publish(procedure=procedure, form=parse({"schema": 1, "pages": PROCEDURE["pages"]}))
    Procedure.objects.filter(pk=procedure.pk).update(state=state)
    procedure.life_events.set(events)
    procedure.refresh_from_db()
    return procedure


def make_draft(procedure, resident, **fields):
    values = {
        "procedure": procedure,
        "form_version": procedure.current_version,
        "department": procedure.department,
        "resident": resident,
        "filed_by": resident.user,
        "request_key": f"draft-{next(_number)}",
    }
    return Application.objects.create(**values | fields)


@pytest.fixture
def real(municipality):
    """The catalogue of the product."""

    def make():
        for code, *_words in city_hall.DEPARTMENTS:
            make_department(code)
        load_types(TYPES_FOLDER)
        load_catalogue(folder=FOLDER)

    kept("catalogue", make)


@pytest.fixture
def dog(municipality):
    return make_procedure("dog", description="登録は**生涯に1回**です。", fee="3,000円", standard_days=5)


@pytest.fixture
def browse(client):
    """The page as a person reads it."""

    def get(path, **query):
        answer = client.get(f"{path}?{urlencode(query)}" if query else path)
        assert answer.status_code == 200
        return words(answer.content.decode())

    return get


def found(**filters):
    return set(procedures.search(Filters(**filters)).values_list("name", flat=True))


def titles(page):
    return re.findall(r'class="card__link" href="[^"]+">([^<]+)<', page)


# --- words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ホイク", "ほいく"),
        ("ﾎｲｸ", "ほいく"),
        ("ＡＢＣ１２", "abc12"),
        ("要介護・要支援 認定", "要介護要支援認定"),
        ("児童手当（認定請求）", "児童手当認定請求"),
    ],
)
def test_fold_takes_away_differences_nobody_means(one, other):
    assert fold(one) == fold(other)


def test_fold_keeps_the_long_mark_that_makes_a_word():
    assert fold("サービス") == "さーびす"


def test_query_words_are_few_and_folded():
    assert query_words("  ホイク　入園\t保育 ホイク ") == ["ほいく", "入園", "保育"]
    assert len(query_words("一 二 三 四 五 六 七 八")) == 6
    assert query_words(" ・ 　") == []


def test_search_text_does_not_match_across_two_parts():
    assert search_text(["犬の登録", "いぬ", "イヌ"]) == "犬の登録\nいぬ"


def test_every_kana_is_in_exactly_one_row():
    rows = [kana_range(row) for row in kana_rows()]
    for code in range(ord("ぁ"), ord("ん") + 1):
        assert sum(first <= chr(code) < after for first, after in rows) == 1, chr(code)
    assert kana_range("ア") is None
    assert kana_range("") is None


SEARCHES = [
    ("保育", "保育施設等の利用申込"),
    ("ほいく", "保育施設等の利用申込"),
    ("ホイク", "保育施設等の利用申込"),
    ("ﾎｲｸ", "保育施設等の利用申込"),
    ("保育園", "保育施設等の利用申込"),
    ("じどうてあて", "児童手当 認定請求"),
    ("児童手当認定", "児童手当 認定請求"),
    ("こども 手当", "児童手当 認定請求"),
    ("母子手帳", "妊娠の届出"),
    ("ペット", "犬の登録"),
    ("ぺっと", "犬の登録"),
    ("国保 やめる", "国民健康保険 喪失届"),
    ("大型ごみ", "粗大ごみ収集申込"),
    ("ヨウカイゴ", "要介護・要支援認定の申請"),
    ("要介護要支援", "要介護・要支援認定の申請"),
    ("がくどう", "放課後児童会 入会"),
    ("学童", "放課後児童会 入会"),
    # not here, and what it takes is
    ("旅券", "戸籍謄本・抄本の請求"),
    ("墓石", None),
]


def test_search_finds_by_the_words_people_use(real):
    for typed, name in SEARCHES:
        names = found(text=typed)
        assert (name in names) if name else not names, typed


def test_who_holds_all_words_leaves_the_others_behind(real):
    assert found(text="水道 開栓") == {"水道の使用開始"}
    assert {"水道の使用開始", "犬の登録"} <= found(text="水道 犬")


def test_a_wildcard_in_a_query_is_an_ordinary_character(real):
    assert found(text="%") == set()
    assert found(text="_") == set()


def test_filters_narrow_together_and_unknown_keys_find_nothing(real):
    assert found(life_event="pregnancy") == {"妊娠の届出", "妊婦アンケート（妊娠8か月ごろ）"}
    assert found(department="suido") == {"水道の使用開始", "水道の使用中止"}
    assert found(department="suido", text="中止") == {"水道の使用中止"}
    assert found(kana_row="や") == {
        "要介護・要支援認定の申請",
        "要介護・要支援更新認定の申請",
        "要介護・要支援状態区分変更認定の申請",
    }
    assert found(life_event="moon") == found(department="moon") == found(kana_row="ア") == set()


def test_only_published_procedures_are_found(dog):
    make_procedure("hidden", name="準備中の手続", state=ProcedureState.DRAFT)
    make_procedure("closed", name="終わった手続", state=ProcedureState.CLOSED)
    assert found() == {"犬の登録"}
    assert [one.key for one in procedures.popular()] == ["dog"]


def test_popular_follows_the_order_of_the_city_without_guides(db):
    make_procedure("second", position=2)
    make_procedure("first", position=1)
    make_procedure("third", position=3)
    make_procedure("guide", position=0, mode=ProcedureMode.GUIDE_ONLY)
    assert [one.key for one in procedures.popular(2)] == ["first", "second"]


def test_popular_takes_one_of_each_department_in_turn(db):
    kaigo, suido = make_department("kaigo"), make_department("suido")
    for position, (key, department) in enumerate(
        [("first", kaigo), ("second", kaigo), ("third", kaigo), ("water", suido)], start=1
    ):
        make_procedure(key, position=position, department=department)
    assert [one.key for one in procedures.popular(3)] == ["first", "water", "second"]


def test_popular_follows_what_was_filed_lately_once_that_is_enough(department, monkeypatch):
    monkeypatch.setattr(procedures, "_ENOUGH", 3)
    rows = [casekit.make_procedure(department, key=key, position=place) for place, key in enumerate(("a", "b", "c"))]
    casekit.make_case(rows[0], state=ApplicationState.DRAFT)
    casekit.make_case(rows[1])
    casekit.make_case(rows[2])
    assert [one.key for one in procedures.popular()] == ["a", "b", "c"]
    cache.clear()
    casekit.make_case(rows[2])
    assert [one.key for one in procedures.popular()] == ["c", "b", "a"]


def test_life_events_are_counted_by_published_procedures_only(db):
    birth, home = (LifeEvent.objects.create(key=key, name=key, position=n) for n, key in enumerate(("birth", "home")))
    LifeEvent.objects.create(key="empty", name="empty")
    make_procedure(events=[birth, home])
    make_procedure(events=[home])
    make_procedure(events=[birth], state=ProcedureState.DRAFT)
    assert [(row.key, row.procedure_count) for row in procedures.life_events_with_counts()] == [
        ("birth", 1),
        ("home", 2),
    ]


@pytest.mark.parametrize(
    ("fields", "opening"),
    [
        ({}, Opening.OPEN),
        ({"opens_at": NOW}, Opening.OPEN),
        ({"opens_at": NOW + dt.timedelta(seconds=1)}, Opening.NOT_YET),
        ({"closes_at": NOW + dt.timedelta(seconds=1)}, Opening.OPEN),
        ({"closes_at": NOW}, Opening.OVER),
        ({"mode": ProcedureMode.GUIDE_ONLY, "opens_at": NOW + dt.timedelta(days=1)}, Opening.AT_DESK),
    ],
)
def test_opening_at_the_edges(db, fields, opening):
    assert procedures.opening_of(make_procedure(**fields), NOW) == opening


# --- the list --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", EVERYBODY)
def test_list_and_page_are_open_to_everybody(who, dog, request, login, browse):
    if who != "anonymous":
        login(request.getfixturevalue(who))
    assert titles(browse(LIST)) == ["犬の登録"]
    assert "<h1>犬の登録</h1>" in browse("/procedures/dog/")


def test_list_shows_results_of_a_search_in_kana_order(real, browse):
    page = browse(LIST, q="すいどう")
    assert titles(page) == ["水道の使用開始", "水道の使用中止"]
    assert "「すいどう」の検索結果" in page
    assert 'value="すいどう"' in page


def test_empty_result_says_what_to_do(real, browse):
    page = browse(LIST, q="旅券", event="birth")
    assert titles(page) == []
    assert "条件に合う手続は見つかりませんでした" in page
    assert "できごと・担当課・五十音の条件を外す" in page
    assert "緑野市（電話 0420000000）" in page


def test_life_event_and_department_are_named_in_the_heading(real, browse):
    assert "妊娠の手続" in browse(LIST, event="pregnancy")
    assert "市民課の手続" in browse(LIST, department="shimin")
    assert "や行の手続" in browse(LIST, kana="や")


BAD_QUERIES = [
    {"q": "a\0b"},
    {"q": "あ" * 5000},
    {"q": "%00"},
    {"event": "../../etc"},
    {"kana": "あいうえお"},
    {"after": "garbage"},
    {"after": base64.urlsafe_b64encode(json.dumps(["い", 10**30]).encode()).decode()},
    {"after": base64.urlsafe_b64encode(json.dumps(["\0", 1]).encode()).decode()},
    {"after": base64.urlsafe_b64encode(b'["\\ud800", 1]').decode()},
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=range(len(BAD_QUERIES)))
def test_a_bad_address_still_gives_a_list(dog, browse, query):
    assert "手続をさがす" in browse(LIST, **query)


def test_list_goes_on_page_by_page(municipality, department, browse):
    for number in range(31):
        make_procedure(name=f"手続{number:02}", kana="てつづき", department=department)
    first = browse(LIST)
    following = re.search(r'href="([^"]+after=[^"]+)" rel="next"', first)[1]
    second = browse(following)
    assert titles(first) == [f"手続{number:02}" for number in range(30)]
    assert titles(second) == ["手続30"]
    assert 'rel="next"' not in second
    assert f'href="{LIST}" rel="prev"' in second


def test_list_asks_the_database_the_same_for_one_and_for_many(
    municipality, department, client, django_assert_num_queries
):
    # the stamp of the index, procedures, the city
    event = LifeEvent.objects.create(key="home", name="住まい")
    make_procedure(department=department, events=[event])
    client.get(LIST)
    with django_assert_num_queries(3):
        client.get(LIST)
    for _turn in range(3):
        make_procedure(events=[event])
    forget_index()
    client.get(LIST)
    with django_assert_num_queries(3):
        assert len(titles(client.get(LIST).content.decode())) == 4


@pytest.mark.parametrize("path", [LIST, "/procedures/dog/"])
def test_pages_are_only_read(dog, client, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


# --- one procedure ---------------------------------------------------------------------------


def test_page_says_what_one_must_know(real, browse):
    page = browse("/procedures/jido-teate-nintei/")
    for text in (
        "対象となる方",
        "請求する方の振込先口座が分かるもの（通帳やキャッシュカードの写真）",
        "出生日・転入日（転出予定日）の翌日から15日以内",
        "受付から20開庁日以内",
        "児童手当法第7条第1項",
        "メールアドレスを確認した利用者登録でログインしてください。",
        "子育て支援課が窓口で確認します。",
        "<strong>生計を維持する程度の高い方</strong>",
    ):
        assert text in page, text


def test_markup_in_texts_is_not_html(municipality, client):
    make_procedure("dog", description='<script>alert(1)</script>[x](javascript:alert(1)) <img src="x">')
    page = client.get("/procedures/dog/").content.decode()
    article = page[page.index("<article") : page.index("</article>")]
    assert "&lt;script&gt;alert(1)" in article
    assert not re.search(r"<script|<img|href=.javascript", article)


def test_stranger_is_asked_to_sign_in_and_comes_back(dog, client):
    page = client.get("/procedures/dog/").content.decode()
    assert f'href="{reverse("account_login")}?next=/procedures/dog/"' in page
    assert reverse("applications:application_start", args=["dog"]) not in page
    assert reverse("applications:guest_start", args=["dog"]) not in page
    assert "ログインして申請する" in page


def test_resident_starts_with_one_button_and_gets_a_draft(dog, resident, login, browse):
    client = login(resident)
    page = browse("/procedures/dog/")
    form = re.search(r'<form method="post" action="([^"]+)".*?</form>', page[page.index("<article") :], re.DOTALL)
    key = re.search(r'name="request_key" value="([^"]{10,})"', form[0])[1]
    answer = client.post(form[1], {"request_key": key})
    draft = Application.objects.get()
    assert (draft.state, draft.resident, draft.form_version) == ("draft", resident, dog.current_version)
    assert answer["Location"] == reverse("applications:draft_page", args=[draft.public_id, 1])


def test_an_own_draft_is_offered_and_nobody_elses(dog, resident, another_resident, login, browse):
    draft = make_draft(dog, resident)
    url = reverse("applications:draft_page", args=[draft.public_id, 1])
    login(resident)
    page = browse("/procedures/dog/")
    assert f'href="{url}"' in page
    assert "新しく申請する" in page
    login(another_resident)
    page = browse("/procedures/dog/")
    assert draft.public_id not in page
    assert "続きから入力する" not in page


def test_a_sent_application_is_no_draft(dog, resident, login, browse):
    make_draft(dog, resident, state=ApplicationState.WITHDRAWN)
    login(resident)
    assert "続きから入力する" not in browse("/procedures/dog/")


@pytest.mark.parametrize("who", ["clerk", "handler", "administrator"])
def test_staff_read_the_page_without_a_button(who, dog, request, login, browse):
    login(request.getfixturevalue(who))
    page = browse("/procedures/dog/")
    assert "職員のアカウントでは申請できません。" in page
    assert "application_start" not in page
    assert f'action="{reverse("applications:application_start", args=["dog"])}"' not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"opens_at": dt.datetime(2099, 4, 1, 0, 0, tzinfo=dt.UTC)}, "令和81年4月1日 9:00 から申請できます。"),
        ({"closes_at": dt.datetime(2026, 3, 31, 8, 0, tzinfo=dt.UTC)}, "令和8年3月31日 17:00 に終了しました。"),
        ({"mode": ProcedureMode.GUIDE_ONLY}, "この手続は、オンラインでは申請できません。"),
    ],
)
def test_what_cannot_be_applied_for_has_no_button(municipality, resident, login, browse, fields, sentence):
    make_procedure("dog", **fields)
    login(resident)
    page = browse("/procedures/dog/")
    assert sentence in page
    assert reverse("applications:application_start", args=["dog"]) not in page


def test_period_is_said_even_with_one_end(municipality, browse):
    make_procedure("dog", closes_at=timezone.now() + dt.timedelta(days=400))
    assert re.search(r"<dd>令和.*まで</dd>", browse("/procedures/dog/"))


@pytest.mark.parametrize("state", [ProcedureState.DRAFT, ProcedureState.CLOSED])
def test_what_is_not_published_does_not_exist(municipality, client, administrator, login, state):
    make_procedure("dog", state=state)
    login(administrator)
    for path in ("/procedures/dog/", "/procedures/cat/", "/api/v1/procedures/dog/"):
        assert client.get(path).status_code == 404


def test_page_asks_the_database_the_same_with_many_applications(dog, resident, login, django_assert_max_num_queries):
    client = login(resident)
    client.get("/procedures/dog/")
    with django_assert_max_num_queries(12) as first:
        client.get("/procedures/dog/")
    for _turn in range(3):
        make_draft(dog, resident)
    with django_assert_max_num_queries(12) as second:
        client.get("/procedures/dog/")
    assert len(first.captured_queries) == len(second.captured_queries)


# --- the public contract ---------------------------------------------------------------------


def test_api_lists_procedures_to_everybody(real, client):
    answer = client.get("/api/v1/procedures/", {"q": "すいどう"}).json()
    assert sorted(row["key"] for row in answer["results"]) == ["suido-chushi", "suido-kaishi"]
    row = answer["results"][0]
    assert row["department"] == {"code": "suido", "name": "suido", "phone": "", "email": "", "place": ""}
    assert "current_version" not in row


def test_api_gives_the_frozen_definition_with_its_fingerprint(real, client):
    answer = client.get("/api/v1/procedures/hoiku-riyo-moshikomi/").json()
    version = Procedure.objects.get(key="hoiku-riyo-moshikomi").current_version
    assert answer["current_version"]["definition"] == version.definition
    assert answer["current_version"]["sha256"] == version.sha256
    assert len(list(parse(answer["current_version"]["definition"]).fields)) >= 30


def test_api_of_a_guide_has_no_form(real, client):
    answer = client.get("/api/v1/procedures/tennyu-todoke/").json()
    assert (answer["mode"], answer["current_version"]) == ("guide_only", None)


def test_api_refuses_in_its_own_shape(dog, client):
    answer = client.get("/api/v1/procedures/cat/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("cursor", ["p=abc", "p=%00", "r=1&p=x", "p=１", "p=99999999999999999999"])
def test_api_answers_a_forged_cursor_with_a_refusal(dog, client, cursor):
    answer = client.get("/api/v1/procedures/", {"cursor": base64.b64encode(cursor.encode()).decode()})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_api_goes_on_from_its_own_cursor(municipality, department, client):
    for _turn in range(51):
        make_procedure(department=department)
    first = client.get("/api/v1/procedures/").json()
    second = client.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (50, 1, None)


def test_api_list_asks_the_database_the_same_for_many(municipality, client, django_assert_num_queries):
    event = LifeEvent.objects.create(key="home", name="住まい")
    make_procedure(events=[event])
    client.get("/api/v1/procedures/")
    with django_assert_num_queries(2):
        client.get("/api/v1/procedures/")
    for _turn in range(3):
        make_procedure(events=[event])
    with django_assert_num_queries(2):
        assert len(client.get("/api/v1/procedures/").json()["results"]) == 4
