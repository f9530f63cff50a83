"""What can hardly be meant is asked about once beside the question, and taken when it is so."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.test import Client

from applications import typed
from applications.definition import parse
from counter.combined import Part, combine
from counter.combined.doubting import doubts
from counter.form_pages import Filling, page_context, take
from counter.home import open_home
from tests.counter.homekit import begin, make_forms, token_of, url

TODAY = dt.date(2026, 11, 23)
CHILD = {"era": "reiwa", "year": "2", "month": "4", "day": "1"}
GROWN = {"era": "showa", "year": "63", "month": "4", "day": "1"}
WHO = {
    "key": "who",
    "title": "届け出る方",
    "fields": [
        {"key": "born", "type": "date", "label": "生年月日", "max": "today", "concept": "applicant.birth_date"},
        {
            "key": "people",
            "type": "rows",
            "label": "引っ越す方",
            "fields": [
                {"key": "birth", "type": "date", "label": "生年月日", "concept": "household[].birth_date"},
                {"key": "relation", "type": "text", "label": "続柄", "concept": "household[].relationship"},
            ],
        },
    ],
}
FORM = {"schema": 1, "pages": [WHO]}
FIELDS = tuple(parse(FORM).fields)


def person(row_id, birth=GROWN, relation="妻"):
    return {"id": row_id, "values": {"birth": birth, "relation": relation}}


def found(**values):
    return [(one.path, one.message) for one in doubts(FIELDS, values, today=TODAY)]


def paths(**values):
    return [path for path, _message in found(**values)]


def test_child_that_applies_is_asked_about_and_nobody_else():
    assert found(born=CHILD) == [
        (
            "born",
            "申請する方が15歳より下になります。生年月日は正しいですか。子どもの手続でも、申請するのは保護者の方です。",
        )
    ]
    assert found(born=GROWN) == []
    # fifteen on this very day, and tomorrow
    assert paths(born={"era": "western", "year": "2011", "month": "11", "day": "23"}) == []
    assert paths(born={"era": "western", "year": "2011", "month": "11", "day": "24"}) == ["born"]


@pytest.mark.parametrize("born", [None, {}, {"era": "reiwa", "year": "x"}, {"era": "western", "year": "2030"}, "x", 3])
def test_what_is_no_day_or_lies_ahead_is_the_questions_own_business(born):
    assert found(born=born) == []


def test_oldest_are_asked_about_but_not_the_deceased():
    old = {"era": "western", "year": "1900", "month": "1", "day": "1"}
    assert paths(born=old) == ["born"]
    deceased = parse(
        {
            "schema": 1,
            "pages": [
                {**WHO, "fields": [{"key": "d", "type": "date", "label": "生年月日", "concept": "deceased.birth_date"}]}
            ],
        }
    )
    assert doubts(deceased.fields, {"d": old}, today=TODAY) == []


def test_head_of_the_household_is_no_small_child_and_one():
    assert paths(people=[person("a", CHILD, "世帯主")]) == ["people.a.birth"]
    assert paths(people=[person("a", CHILD, "子")]) == []
    two = [person("a", relation="世帯主"), person("b", relation="世帯主"), person("c")]
    assert paths(people=two) == ["people.a.relation", "people.b.relation"]
    # a row that is closed on the page
    assert paths(people=[{"id": "x"}]) == []


@pytest.mark.parametrize(
    "word",
    ["妻", "夫（未届）", "子", "長男", "二女", "妻の子", "子の妻の父", "同居人", " 孫 ", "こども", "daughter", "父母"],
)
def test_words_for_a_relation_pass(word):
    assert paths(people=[person("a", relation=word)]) == []


@pytest.mark.parametrize(
    "word",
    [
        "つま",
        "おっと",
        "ちち",
        "はは",
        "むすこ",
        "むすめ",
        "こ",
        "つまのこ",
        "まご",
        "ほんにん",
        "せたいぬし",
        "あに",
        "いもうと",
        "そふ",
        "そぼ",
        "ちょうなん",
        "じじょ",
        "どうきょにん",
        "未届の妻",
        "妻（未届）",
        "内縁の妻",
        "内縁の夫",
        "実子",
    ],
)
def test_words_of_easy_japanese_and_those_without_a_marriage_pass(word):
    assert paths(people=[person("a", relation=word)]) == []


@pytest.mark.parametrize(
    "word", ["あああ", "ここ", "つまつま", "内縁", "ねこのこ", "高橋さくら", "妻の", "の子", "12", "？", "ねこ"]
)
def test_words_that_are_none_are_asked_about(word):
    assert paths(people=[person("a", relation=word)]) == ["people.a.relation"]


def filling(values=None):
    return Filling(combine([Part("a", parse(FORM), "手続")]), values or {})


def sent(made, **more):
    """The page as a browser sends it."""
    data = QueryDict(mutable=True)
    data.update(typed.as_data(made.page(1).fields, made.values))
    data.update({"action": "next", "sure": ""} | more)
    return data


def test_page_stays_once_says_why_beside_the_question_and_goes_on():
    made = filling({"applicant_birth_date": CHILD})
    taken = take(made, 1, sent(made))
    assert taken.stays
    # nothing is wrong with it
    assert taken.is_complete
    context = page_context(taken.filling, 1, taken.form)
    assert [(one.key, one.anchor) for one in context["doubts"]] == [
        ("applicant_birth_date", "id_q-applicant_birth_date_group")
    ]
    assert [bool(block.doubt) for block in context["asked"]] == [True]
    again = take(made, 1, sent(made, sure=context["sure"]))
    assert not again.stays
    # another day is another doubt
    other = filling({"applicant_birth_date": {**CHILD, "year": "3"}})
    assert take(other, 1, sent(other, sure=context["sure"])).stays


def test_page_that_asks_nobody_and_other_buttons_never_stay():
    made = filling({"applicant_birth_date": CHILD})
    assert not take(made, 1, {k: v for k, v in sent(made).items() if k != "sure"}).stays
    for action in ("later", "previous", "save"):
        assert not take(made, 1, sent(made, action=action)).stays


@pytest.mark.django_db
def test_home_asks_on_the_page_and_once_more_before_it_is_kept(municipality):
    client = Client()
    begin(client, make_forms(1, document=FORM))
    page = client.get(url("page", 1)).content.decode()
    assert 'name="sure" value=""' in page
    data = {f"q-applicant_birth_date.{part}": value for part, value in CHILD.items()} | {"action": "next", "sure": ""}
    answer = client.post(url("page", 1), data)
    assert answer.status_code == 200
    page = answer.content.decode()
    # in the summary and beside the question
    assert page.count("申請する方が15歳より下になります") == 2
    assert 'href="#id_q-applicant_birth_date_group"' in page
    # it is kept, as everything that is typed
    assert open_home(token_of(client)).filling.values["applicant_birth_date"] == CHILD
    onward = client.post(url("page", 1), data | {"sure": answer.context["sure"]})
    assert onward.url == url("page", 2)
    check = client.get(url("check"))
    assert [(one.page_number, one.key) for one in check.context["doubts"]] == [(1, "applicant_birth_date")]
    assert "念のため、もう一度ご確認ください" in check.content.decode()
