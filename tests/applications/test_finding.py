"""Finding procedures by the words people use: everyday queries, spellings, mistakes, order, counts, the index."""

import html
import logging
import re
import threading
import time
from pathlib import Path

import pytest
import yaml
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import ProcedureState
from applications.finding import Entry, Index, Lexicon, LexiconError, lexicon, read_lexicon
from applications.finding.near import NearWords, distance
from applications.models import LifeEvent, Procedure, ReportKind
from applications.queries import finding, procedures
from applications.queries.finding import Filters, look_up
from applications.services.catalogue import FOLDER, load_catalogue
from applications.services.catalogue.report_kinds import load_report_kinds
from applications.services.procedures import set_state
from notices.services.catalogue import TYPES_FOLDER, load_types
from portal.demo_city import city_hall
from portal.demo_city.procedure_names import other_procedures
from tests.applications.test_procedures import make_procedure
from tests.factories import make_department
from tests.kept import kept

LIST = "/procedures/"
QUERIES = yaml.safe_load((Path(__file__).parent / "everyday_queries.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def real(municipality):
    """The catalogue of the product."""

    def make():
        for code, name, *_words in city_hall.DEPARTMENTS:
            make_department(code, name, phone="0420000001")
        load_types(TYPES_FOLDER)
        load_catalogue(folder=FOLDER)
        load_report_kinds(folder=FOLDER)

    kept("catalogue with kinds of reports", make)


def keys(text, **filters):
    rows = procedures.in_order(look_up(Filters(text=text, **filters)).pks)
    return [row.key for row in rows]


def found(entries, text):
    index = Index([Entry(pk=number, **entry) for number, entry in enumerate(entries)], lexicon())
    return [index.entries[pk].name for pk in index.find(text).pks]


def missed():
    """Queries whose right procedure is not among the first three, or not the very first where that is asked for."""
    return [
        row["query"]
        for row in QUERIES
        if not set(keys(row["query"])[: 1 if row.get("first") else 3]) & set(row["right"])
    ]


# --- everyday words --------------------------------------------------------------------------


def test_everyday_queries_find_the_right_procedure_among_the_first_three(real):
    known = set(Procedure.objects.values_list("key", flat=True))
    assert len({row["query"] for row in QUERIES}) == len(QUERIES) >= 150
    assert {key for row in QUERIES for key in row["right"]} <= known
    assert missed() == []


def test_everyday_queries_do_among_twelve_hundred_procedures_too_and_soon(real):
    departments = {row.code: row for row in finding.Department.objects.all()}
    Procedure.objects.bulk_create(
        Procedure(
            key=f"other-{number}",
            name=name,
            summary=f"{name}の手続です。",
            department=departments[code],
            mode="guide_only",
            state=ProcedureState.PUBLISHED,
            applicant_kinds=["person"],
        )
        for number, (name, code) in enumerate(other_procedures(1200 - Procedure.objects.count()))
    )
    assert len(look_up(Filters()).pks) >= 1190
    assert missed() == []
    spent = []
    for row in QUERIES:
        started = time.process_time()
        finding.matching(row["query"])
        spent.append(time.process_time() - started)
    assert sorted(spent)[int(len(spent) * 0.95)] < 0.05


@pytest.mark.parametrize(
    ("words", "leads"), [("道路の穴", True), ("街灯 切れている", True), ("児童手当", False), ("", False)]
)
def test_words_for_damage_lead_to_the_reports_too(client, real, words, leads):
    page = client.get(LIST, {"q": words}).content.decode().partition('id="results-heading"')[2]
    assert (f'href="{reverse("applications:report_list")}"' in page) is leads


def test_its_procedure_leads_to_the_reports_and_has_a_form_of_its_own_only_without_them(client, real):
    url = reverse("applications:procedure_detail", args=["doro-sonsho"])
    ways = [reverse("applications:report_kinds"), reverse("applications:guest_start", args=["doro-sonsho"])]
    page = client.get(url).content.decode()
    assert [f'"{way}"' in page for way in ways] == [True, False]
    ReportKind.objects.update(is_active=False)
    page = client.get(url).content.decode()
    assert [f'"{way}"' in page for way in ways] == [False, True]


def test_the_main_procedure_stands_before_its_siblings(real):
    assert keys("児童手当")[0] == "jido-teate-nintei"
    assert keys("介護認定")[0] == "yokaigo-nintei"
    assert keys("学童")[0] == "hokago-jidokai-nyukai"
    # and a sibling before the main one when it is asked for
    assert keys("児童手当 やめる")[0] == "jido-teate-shometsu"
    assert keys("要介護 更新")[0] == "yokaigo-koshin"


def test_one_procedure_whatever_the_letters(real):
    words = [
        "住民票",
        "じゅうみんひょう",
        "ジュウミンヒョウ",
        "ｼﾞｭｳﾐﾝﾋｮｳ",
        "住 民 票",
        "住民票の写し",
        "住民表",
        "じゅみんひょう",
    ]
    assert {word: keys(word)[0] for word in words} == dict.fromkeys(words, "juminhyo-seikyu")


def test_spellings_of_one_word_find_the_same(real):
    first = keys("引っ越し")
    assert first
    for text in ("引越し", "引越", "ひっこし", "ヒッコシ"):
        assert keys(text) == first, text


def test_a_sentence_is_taken_apart(real):
    assert keys("赤ちゃんが生まれたので手当をもらいたいです")[0] == "jido-teate-nintei"
    assert keys("水道を止めたいのですがどうすればいいですか")[0] == "suido-chushi"


def test_a_word_of_a_query_that_nothing_holds_is_said(real):
    result = look_up(Filters(text="粗大ごみ ケーブルテレビ局"))
    assert result.found.is_partial
    assert keys("粗大ごみ ケーブルテレビ局")[0] == "sodai-gomi"
    assert not look_up(Filters(text="粗大ごみ")).found.is_partial


def test_what_means_nothing_finds_nothing(real):
    for text in ("", "  ", "・。、", "をのが", "ありえないことばです", "%", "_", "\\", "あ" * 100):
        assert finding.matching(text) == (), text


def test_a_word_that_says_little_is_looked_for_when_it_is_all_there_is(real):
    assert len(keys("届出")) > 3
    assert keys("児童手当の申請を出したい") == keys("児童手当")


def test_procedures_for_staff_are_not_found(real):
    assert keys("職員研修") == []


# --- mistakes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "xabc", 1),
        ("abcd", "badc", 2),
    ],
)
def test_distance_counts_letters_and_swaps(one, other, steps):
    assert distance(one, other, 2) == steps
    assert distance(other, one, 2) == steps


def test_distance_gives_up_beyond_what_is_allowed():
    assert distance("abcdef", "uvwxyz", 2) == 3
    assert distance("a", "abcdef", 2) == 3


def test_short_words_are_not_guessed_and_long_ones_may_have_two_mistakes():
    near = NearWords(["犬", "年金", "住民票", "こくみんけんこうほけん"])
    assert near.nearest("猫") == []
    assert near.nearest("年全") == []
    assert near.nearest("住民表") == ["住民票"]
    assert near.nearest("こくみんけこうほけ") == ["こくみんけんこうほけん"]


def test_a_mistake_is_told_with_the_word_that_was_taken(real, client):
    page = html.unescape(client.get(LIST, {"q": "住民表", "department": "shimin"}).content.decode())
    assert "「住民表」に合う手続がないため、近いことばで探しました。" in page
    assert re.search(r'href="/procedures/\?q=[^"]+department=shimin">住民票<', page)


# --- the file of words -----------------------------------------------------------------------


def test_the_file_holds_several_hundred_words():
    assert len(lexicon().meanings) > 700


def test_every_meaning_that_this_product_could_have_is_written_as_a_procedure_writes_it(real):
    """A meaning that is in no procedure of the catalogue is for other cities; most must be in ours."""
    text = "\n".join(lexicon().read(text) for text in Procedure.objects.values_list("search_text", flat=True))
    meanings = {word for words in lexicon().meanings.values() for word in words}
    held = {word for word in meanings if word in text}
    assert len(held) > len(meanings) * 0.55


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "surprise: []",
        "words: [{say: [a]}]",
        "words: [{say: [a], mean: []}]",
        "words: [{say: [a], mean: [b], more: [c]}]",
        "spellings: [a]",
        "later: [1]",
        "fillers: [['・']]",
    ],
)
def test_a_wrong_file_is_refused(text):
    with pytest.raises(LexiconError):
        read_lexicon(text)


def test_spellings_are_read_inside_longer_words_and_never_twice():
    words = read_lexicon("spellings: [[引っ越し, 引越し, 引越, ひっこし]]")
    assert {words.read(text) for text in ("引越しの届け", "引越の届け", "ヒッコシの届け", "引っ越しの届け")} == {
        "引っ越しの届け"
    }
    assert Lexicon().read("引越") == "引越"


def test_two_lines_about_one_word_add_up():
    words = read_lexicon("words: [{say: [犬], mean: [犬の登録]}, {say: [犬], mean: [犬の死亡, 犬の登録]}]")
    assert words.meanings["犬"] == ("犬の登録", "犬の死亡")


# --- order -----------------------------------------------------------------------------------


def test_a_name_counts_more_than_a_keyword_and_a_keyword_more_than_a_sentence():
    rows = [
        {"name": "甲の手続", "summary": "緑化のために"},
        {"name": "乙の手続", "keywords": ("緑化",)},
        {"name": "緑化の助成"},
    ]
    assert found(rows, "緑化") == ["緑化の助成", "乙の手続"]
    assert found(rows[:2], "緑化") == ["乙の手続", "甲の手続"]


def test_the_order_of_the_city_settles_what_is_equal():
    rows = [{"name": "緑化の助成一", "position": 2}, {"name": "緑化の助成二", "position": 1}]
    assert found(rows, "緑化") == ["緑化の助成二", "緑化の助成一"]


# --- filters, counts, addresses --------------------------------------------------------------


def test_filters_combine_and_each_is_counted_with_the_others(real):
    result = look_up(Filters(text="児童手当", life_event="move-out"))
    assert [row.key for row in procedures.in_order(result.pks)] == ["jido-teate-shometsu"]
    events = {choice.key: choice.count for choice in result.life_events}
    assert events["move-out"] == 1
    assert events["birth"] > 1
    assert {choice.key: choice.count for choice in result.departments}["kosodate"] == 1
    assert sum(choice.count for choice in look_up(Filters()).kana_rows) == len(look_up(Filters()).pks)


def test_without_words_the_list_is_in_kana_order(real):
    rows = procedures.in_order(look_up(Filters(department="suido")).pks)
    assert [row.name for row in rows] == ["水道の使用開始", "水道の使用中止"]
    assert look_up(Filters(life_event="moon")).pks == look_up(Filters(kana_row="ア")).pks == ()


def test_an_address_is_all_that_is_needed(real, client):
    query = {"q": "手当", "event": "birth", "department": "kosodate", "kana": "さ"}
    page = html.unescape(client.get(LIST, query).content.decode())
    assert 'value="手当"' in page
    assert re.search(r'<option value="birth" selected>出生・子育て（\d+件）', page)
    assert re.search(r'<option value="kosodate" selected>', page)
    assert 'aria-current="true"><span class="visually-hidden">さ行' in page
    # other rows keep the rest of the search
    other = re.search(r'href="([^"]+)"[^>]*><span class="visually-hidden">か行', page)[1]
    assert "event=birth" in other
    assert "q=" in other


def test_nothing_found_leads_on(real, client):
    page = html.unescape(client.get(LIST, {"q": "ありえないことば", "department": "zei"}).content.decode())
    assert f'href="{LIST}?event=birth"' in page
    assert "担当の市民税課（電話 0420000001）でもお答えします。" in page
    assert "緑野市（電話 0420000000）" in page


def test_words_are_in_no_log(real, client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get(LIST, {"q": "ひみつのことば"})
    assert not [line for line in caplog.messages if "ひみつ" in line or "%E3%81%B2%E3%81%BF" in line]


# --- the index -------------------------------------------------------------------------------


def test_searching_asks_for_the_stamp_and_the_rows_only(municipality, department, client):
    event = LifeEvent.objects.create(key="home", name="住まい")
    counts = []
    for turn in range(2):
        for number in range(1 + 2 * turn):
            make_procedure(name=f"緑化{turn}{number}", department=department, events=[event])
        finding.forget_index()
        client.get(LIST, {"q": "緑化"})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST, {"q": "緑化"})
        counts.append(len(queries))
        assert not [row for row in queries.captured_queries if "LIKE" in row["sql"]]
    # the stamp, the rows, the city
    assert counts == [3, 3]


def test_a_change_is_found_once_it_is_committed(db, administrator, django_capture_on_commit_callbacks):
    row = make_procedure(name="緑化の助成")
    assert len(finding.matching("緑化")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        set_state(procedure=row, expected="published", state=ProcedureState.CLOSED, by=administrator)
        # not yet committed, and already not shown
        assert procedures.in_order(finding.matching("緑化")) == []
        assert len(finding.matching("緑化")) == 1
    assert finding.matching("緑化") == ()


def test_the_catalogue_renews_the_index(real, django_capture_on_commit_callbacks):
    before = cache.get(finding._STAMP)
    Procedure.objects.filter(key="inu-toroku").update(name="わんわんの登録", catalogue_settings={})
    with django_capture_on_commit_callbacks(execute=True):
        load_catalogue(folder=FOLDER, only=["inu-toroku"], replaces_own=True)
    assert cache.get(finding._STAMP) != before


def test_an_old_index_is_made_anew(db, monkeypatch):
    make_procedure(name="緑化の助成")
    assert len(finding.matching("緑化")) == 1
    make_procedure(name="緑化の表彰")
    assert len(finding.matching("緑化")) == 1
    late = time.monotonic() + 601
    monkeypatch.setattr(finding.time, "monotonic", lambda: late)
    assert len(finding.matching("緑化")) == 2


@pytest.mark.django_db(transaction=True)
def test_while_one_thread_makes_the_index_the_others_search_the_one_before(monkeypatch):
    make_procedure(name="緑化の助成")
    finding.matching("緑化")
    make_procedure(name="緑化の表彰")
    with transaction.atomic():
        finding.renew_stamp()
    begun, may_end, make = threading.Event(), threading.Event(), finding._make

    def slowly(stamp):
        begun.set()
        may_end.wait(20)
        return make(stamp)

    monkeypatch.setattr(finding, "_make", slowly)
    made = []

    def other():
        try:
            made.append(len(finding.matching("緑化")))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert begun.wait(20)
    assert len(finding.matching("緑化")) == 1
    may_end.set()
    thread.join(20)
    assert made == [2]
