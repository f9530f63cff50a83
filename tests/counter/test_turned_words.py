"""The pages of the tablet turned round: every word of ours is in the language read, what is Japanese says so."""

import html
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from applications.enums import PaymentState
from counter.enums import Relation, VisitState
from counter.models import Visit
from counter.services import certificates, visits
from counter.services.certificates import Requester
from counter.templatetags.facing import is_japanese
from reservations.hall.languages import JAPANESE, LANGUAGES
from tests import factories
from tests.applications import sample
from tests.counter import certkit, fillkit, receivingkit
from tests.counter.deskkit import make_place

pytestmark = pytest.mark.django_db
OTHERS = [code for code in LANGUAGES if code != JAPANESE]
others = pytest.mark.parametrize("language", OTHERS)
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"}
SAID_BY_PAGES = ("aria-label", "title", "alt", "placeholder")
NAMES = {"日本語", "やさしい にほんご"}
"""Names of languages stand in the language itself."""
WORDS = {
    "ja-easy": {
        "page.one:title": "あなた",
        "name:label": "なまえ",
        "day:label": "いつから",
        "people:label": "いっしょの ひと",
        "people.given:label": "その ひとの なまえ",
        "agreed:label": "これで いいです",
        "proof:label": "みせる かみ",
        "proof:help": "コピーを ください",
        "sign:label": "サイン",
        "form:name": "ひっこして きた とどけ",
    },
    "en": {
        "page.one:title": "About you",
        "name:label": "Your name",
        "day:label": "From which day",
        "people:label": "People with you",
        "people.given:label": "Their name",
        "agreed:label": "I am content",
        "proof:label": "Paper to show",
        "proof:help": "A copy, please",
        "sign:label": "Signature",
        "form:name": "Notice of moving in",
    },
}


class Reader(HTMLParser):
    """Texts and spoken attributes of a page, each with the nearest `lang` around it."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], []
        self.feed(page)

    @property
    def language(self):
        return next((lang for _tag, lang in reversed(self.open) if lang), "")

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.open.append((tag, given.get("lang", "")))
        said = [value for name, value in attrs if value and (name in SAID_BY_PAGES or name.startswith("data-"))]
        self.found += [(self.language, value) for value in said]
        if tag in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if text := data.strip():
            self.found.append((self.language, text))


class Missing:
    """Stands behind a catalogue and notes what it was asked for in vain."""

    def __init__(self, behind):
        self.behind, self.asked = behind, set()

    def gettext(self, message):
        self.asked.add(message)
        return self.behind.gettext(message) if self.behind else message

    def ngettext(self, one, many, number):
        self.asked.add(one)
        return self.behind.ngettext(one, many, number) if self.behind else one


@pytest.fixture
def missing(monkeypatch, language):
    """What the catalogue of the language lacks of the texts that were asked for."""
    catalogue = trans_real.translation(language)
    watcher = Missing(catalogue._fallback)
    monkeypatch.setattr(catalogue, "_fallback", watcher)
    return watcher


@pytest.fixture
def place(municipality, department):
    department.place, department.phone = "本庁舎2階 5番", "042-000-1111"
    department.save()
    return make_place(department)


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def translated(department):
    document = receivingkit.document()
    fields = document["pages"][0]["fields"]
    fields[1] = {"key": "day", "type": "date", "label": "いつから"}
    fields.append({"key": "agreed", "type": "yes_no", "label": "よろしいですか"})
    inside = [{"key": "given", "type": "text", "label": "名前"}]
    fields.append({"key": "people", "type": "rows", "label": "一緒の方", "row_title": "((given))", "fields": inside})
    document["translations"] = WORDS
    fees = [{"key": "copy", "label": "証明手数料", "amount": 300}]
    return sample.make_procedure(department=department, document=document, name="転入届", fees=fees)


VALUES = {
    "p1_day": fillkit.date(2026, 11, 23),
    "p1_agreed": "yes",
    "p1_people": [{"id": "r1", "values": {"given": "高橋花子"}}],
}


def reviewing(place, clerk, department, language, **fields):
    # the second form has no words of other languages
    procedures = [translated(department), receivingkit.make_procedure(department, name="国民年金の届出")]
    values = receivingkit.VALUES | {"p2_reason": "理由2"} | VALUES
    return receivingkit.reviewing(place, clerk, procedures, language=language, values=values, **fields)


def at(name, visit, query="?facing=resident"):
    return reverse(f"counter:{name}", args=[visit.public_id]) + query


def is_on(message, shown):
    """Whether what a catalogue was asked for in vain came to the page; other texts are looked up and not shown."""
    pieces = [piece.strip() for piece in re.split(r"%\(\w+\)s|\{\w+\}|\n", html.unescape(message))]
    japanese = [piece for piece in pieces if is_japanese(piece)]
    return bool(japanese) and all(piece in shown for piece in japanese)


def check(answer, language, missing):
    """No text of ours was looked for in vain, and Japanese stands on no page of another language unmarked."""
    page = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    assert f'<html lang="{"ja" if language == "ja-easy" else language}"' in page
    reader = Reader(page)
    shown = "\n".join(text for _lang, text in reader.found)
    lacking = "\n".join(text for text in sorted(missing.asked) if is_on(text, shown))
    assert lacking == ""
    if language != "ja-easy":
        wrong = [text for lang, text in reader.found if lang != "ja" and is_japanese(text) and text not in NAMES]
        assert [text for text in wrong if "緑野市" not in text] == []
    return " ".join(text for _lang, text in reader.found)


@others
@pytest.mark.parametrize("by", ["person", "procedure"])
def test_review_is_in_the_language_read(desk, place, clerk, department, language, missing, by):
    visit = reviewing(place, clerk, department, language)
    text = check(desk.get(at("visit_review", visit, f"?facing=resident&by={by}")), language, missing)
    words = WORDS[language]
    assert [words[one] for one in ("form:name", "day:label", "proof:label") if words[one] not in text] == [], text
    assert {"en": "23 November 2026", "ja-easy": "令和8年11月23日（2026年）"}[language] in text
    assert {"en": "300 yen", "ja-easy": "300円"}[language] in re.sub(r"\s+", " ", text)


@others
def test_marked_answers_are_told_in_the_language_read(desk, place, clerk, department, language, missing):
    visit = reviewing(place, clerk, department, language)
    post = {"revision": visit.revision, "action": "wrong:p1_day:1"}
    answer = desk.post(at("visit_review", visit), post, follow=True)
    check(answer, language, missing)
    fine = {"revision": receivingkit.fresh(visit).revision, "action": "fine"}
    check(desk.post(at("visit_review", visit), fine, follow=True), language, missing)


@others
def test_box_to_sign_in_is_in_the_language_read(desk, place, clerk, department, language, missing):
    visit = reviewing(place, clerk, department, language)
    text = check(desk.get(at("visit_sign", visit)), language, missing)
    assert WORDS[language]["form:name"] in text
    empty = desk.post(at("visit_sign", visit), {"revision": visit.revision, "action": "sign"})
    check(empty, language, missing)
    stale = desk.post(at("visit_sign", visit), {"revision": visit.revision + 9, "action": "paper"})
    check(stale, language, missing)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.FILLING)
    check(desk.post(at("visit_sign", visit), {"revision": 0, "action": "paper"}), language, missing)


@others
def test_numbers_and_the_question_are_in_the_language_read(desk, place, clerk, department, language, missing):
    visit = reviewing(place, clerk, department, language, resident=factories.make_resident())
    signed = receivingkit.fresh(visit)
    visits.sign(signed, image=None, by=clerk)
    chosen = [one.procedure for one in visit.procedures.select_related("procedure")]
    visits.receive(signed, by=clerk, papers_seen=receivingkit.papers(*chosen))
    text = check(desk.get(at("visit_received", visit)), language, missing)
    assert WORDS[language]["form:name"] in text
    check(desk.post(at("visit_rate", visit, ""), {"score": "9"}, follow=True), language, missing)
    check(desk.post(at("visit_invite", visit, ""), {}), language, missing)


@others
def test_certificates_are_signed_in_the_language_read(desk, place, clerk, department, language, missing):
    visit = certkit.asking(place, clerk, certkit.make_both(department), resident=factories.make_resident())
    asker = Requester(Relation.THIRD, reason="相続の手続", subject="高橋 一郎")
    certificates.to_signature(visit, asker, by=clerk)
    Visit.objects.filter(pk=visit.pk).update(language=language)
    check(desk.get(at("certificate_sign", visit)), language, missing)
    check(desk.post(at("certificate_sign", visit), {"revision": 0, "action": "paper"}), language, missing)


@others
def test_states_of_fees_and_relations_have_words(language, missing):
    with translation.override(language):
        labels = [str(one.label) for words in (PaymentState, Relation) for one in words]
    assert labels
    assert missing.asked == set()


def test_touched_language_stays_with_the_visit(desk, place, clerk, department):
    visit = reviewing(place, clerk, department, "ja")
    sent = {"lang": "en", "page": "visit_review", "by": "procedure"}
    answer = desk.post(at("visit_language", visit, ""), sent)
    assert answer.url == at("visit_review", visit, "?facing=resident&by=procedure")
    assert desk.post(at("visit_language", visit, ""), sent).url == answer.url
    assert receivingkit.fresh(visit).revision == visit.revision
    assert 'value="en" lang="en" aria-current="true"' in desk.get(answer.url).content.decode()
    assert '<html lang="en">' in desk.get(at("visit_sign", visit, "")).content.decode()
    # what staff read stays Japanese
    assert '<html lang="ja">' in desk.get(at("visit_review", visit, "")).content.decode()


@pytest.mark.parametrize("sent", [{"lang": "xx", "page": "visit_review"}, {"lang": "en", "page": "//example.com"}])
def test_other_languages_and_pages_are_not_taken(desk, place, clerk, department, sent):
    visit = reviewing(place, clerk, department, "ja")
    answer = desk.post(at("visit_language", visit, ""), sent)
    assert (answer.status_code, answer.url.startswith("/staff/visits/")) == (302, True)
    assert receivingkit.fresh(visit).language == ("ja" if sent["lang"] == "xx" else "en")


def test_visit_of_another_place_keeps_its_language(login, place, clerk, department, contract_clerk, resident):
    visit = reviewing(place, clerk, department, "ja")
    answer = login(resident.user).post(at("visit_language", visit, ""), {"lang": "en", "page": "visit_review"})
    assert (answer.status_code, receivingkit.fresh(visit).language) == (404, "ja")
