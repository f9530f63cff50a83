"""The questions on the tablet turned round: in the language the resident reads, and kept as in Japanese."""

import pytest
from django.urls import reverse

from counter.enums import Source, VisitState
from counter.models import Visit
from reservations.hall.languages import JAPANESE, LANGUAGES
from tests.applications import sample
from tests.counter import receivingkit, turnedkit
from tests.counter.deskkit import make_place
from tests.counter.turnedkit import check

pytestmark = pytest.mark.django_db
others = pytest.mark.parametrize("language", [code for code in LANGUAGES if code != JAPANESE])
OPTIONS = [{"value": "bank", "label": "振込"}, {"value": "cash", "label": "窓口"}]
KINDS = [
    {"key": "top", "type": "heading", "label": "はじめの見出し"},
    {"key": "note", "type": "explanation", "label": "説明", "text": "説明を読んでください。"},
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
    {"key": "birth", "type": "date", "label": "生年月日", "required": True, "concept": "applicant.birth_date"},
    {"key": "home", "type": "address", "label": "住所", "required": True, "concept": "applicant.address"},
    {"key": "old", "type": "address", "label": "前の住所", "required": True},
    {"key": "moved", "type": "date", "label": "移った日", "required": True, "max": "today"},
    {"key": "at", "type": "date_time", "label": "いつ", "required": True},
    {"key": "clock", "type": "time", "label": "時刻", "required": True},
    {"key": "phone", "type": "phone", "label": "電話", "required": True},
    {"key": "mail", "type": "email", "label": "メール", "required": True},
    {"key": "kana", "type": "kana", "label": "かな", "required": True},
    {"key": "count", "type": "number", "label": "人数", "required": True, "unit": "人", "min": "1"},
    {"key": "price", "type": "money", "label": "金額", "required": True},
    {"key": "how", "type": "choice", "label": "受け取り方", "required": True, "options": OPTIONS, "other": True},
    {"key": "many", "type": "checkboxes", "label": "あてはまるもの", "required": True, "options": OPTIONS},
    {"key": "list", "type": "choice", "label": "一覧", "required": True, "options": OPTIONS},
    {"key": "sure", "type": "yes_no", "label": "よろしいですか", "required": True},
    {
        "key": "agreed",
        "type": "consent",
        "label": "同意",
        "required": True,
        "consent_text": "調べてよい",
        "consent_version": "1",
    },
    {"key": "bank", "type": "bank_account", "label": "口座", "required": True},
    {
        "key": "branch",
        "type": "text",
        "label": "振込先",
        "required": True,
        "visible_when": {"eq": [{"answer": "how"}, "bank"]},
    },
    {
        "key": "people",
        "type": "rows",
        "label": "一緒の方",
        "min_rows": 1,
        "max_rows": 3,
        "fields": [{"key": "given", "type": "text", "label": "名前", "required": True}],
    },
]
WRONG = {
    "p1_moved.year": "2099",
    "p1_moved.month": "13",
    "p1_moved.day": "x",
    "applicant_home.postal_code": "12",
    "p1_clock": "99",
    "p1_count": "x",
    "p1_price": "-5",
}


@pytest.fixture
def missing(monkeypatch, language):
    return turnedkit.watch(monkeypatch, language)


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


@pytest.fixture
def visit(municipality, department, clerk):
    def make(language, **fields):
        document = {"schema": 1, "pages": [{"key": "one", "title": "質問", "intro": "前書き", "fields": KINDS}]}
        english = {"page.one:title": "Questions", "name:label": "Full name", "how:option.bank": "To a bank account"}
        easy = {"page.one:title": "しつもん", "name:label": "なまえ", "how:option.bank": "ぎんこうへ"}
        document["translations"] = {"en": english, "ja-easy": easy}
        procedure = sample.make_procedure(department=department, document=document, name="児童手当")
        return receivingkit.reviewing(
            make_place(department), clerk, [procedure], language=language, values={}, state=VisitState.FILLING, **fields
        )

    return make


def at(visit, page="", query="?facing=resident"):
    name, more = ("visit_page", [page]) if page else ("visit_missing", [])
    return reverse(f"counter:{name}", args=[visit.public_id, *more]) + query


def post(desk, visit, action="next", page="", **typed):
    sent = {"revision": Visit.objects.get(pk=visit.pk).revision, "action": action, **typed}
    return desk.post(at(visit, page), sent)


@others
def test_questions_are_in_the_language_read(desk, visit, language, missing):
    begun = visit(language)
    text = check(desk.get(at(begun)), language, missing)
    words = {"en": ["Full name", "To a bank account"], "ja-easy": ["なまえ", "ぎんこうへ"]}[language]
    assert [one for one in words if one not in text] == []


@others
def test_mistakes_are_told_in_the_language_read(desk, visit, language, missing):
    begun = visit(language)
    on = " ".join(desk.get(at(begun)).context["on_page"])
    answer = post(desk, begun, on=on, **{f"q-{name}": value for name, value in WRONG.items()})
    check(answer, language, missing)
    assert answer.context["problems"]


@others
def test_page_that_somebody_else_changed_is_told_in_the_language_read(desk, visit, language, missing):
    begun = visit(language)
    on = " ".join(desk.get(at(begun)).context["on_page"])
    answer = desk.post(at(begun), {"revision": 99, "action": "next", "on": on, "q-p1_clock": "12:00"})
    assert answer.status_code == 409
    check(answer, language, missing)


@others
def test_end_of_the_questions_is_told_in_the_language_read(desk, visit, clerk, language, missing):
    begun = visit(language)
    on = desk.get(at(begun)).context["on_page"]
    Visit.objects.filter(pk=begun.pk).update(values={}, sources=dict.fromkeys(on, Source.STAFF))
    check(desk.get(at(begun)), language, missing)


def test_touched_language_keeps_what_was_typed_and_stays_with_the_visit(desk, visit):
    begun = visit("ja")
    on = " ".join(desk.get(at(begun)).context["on_page"])
    answer = post(desk, begun, "speak:en", on=on, **{"q-p1_phone": "03-1234-5678"})
    assert answer.url == at(begun)
    kept = Visit.objects.get(pk=begun.pk)
    assert kept.language == "en"
    assert "03-1234-5678" in str(kept.values)
    assert '<html lang="en">' in desk.get(answer.url).content.decode()
    # what staff read stays Japanese
    assert '<html lang="ja">' in desk.get(at(begun, query="")).content.decode()
    assert post(desk, begun, "speak:xx").url == answer.url
    assert Visit.objects.get(pk=begun.pk).language == "en"
