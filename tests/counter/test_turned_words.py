"""The pages of the tablet turned round: every word of ours is in the language read, what is Japanese says so."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from applications.enums import PaymentState
from counter.enums import Relation, VisitState
from counter.models import Visit
from counter.services import certificates, invitations, visits
from counter.services.certificates import Requester
from reservations.hall.languages import JAPANESE, LANGUAGES
from residents.enums import ResidentSource
from tests import factories
from tests.applications import sample
from tests.counter import certkit, fillkit, receivingkit, turnedkit
from tests.counter.deskkit import make_place
from tests.counter.turnedkit import check

pytestmark = pytest.mark.django_db
OTHERS = [code for code in LANGUAGES if code != JAPANESE]
others = pytest.mark.parametrize("language", OTHERS)
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


@pytest.fixture
def missing(monkeypatch, language):
    """What the catalogue of the language lacks of the texts that were asked for."""
    return turnedkit.watch(monkeypatch, language)


@pytest.fixture
def place(municipality, department):
    department.place, department.phone = "本庁舎2階 5番", "042-000-1111"
    department.names = {"en": "Citizens’ Division", "ja-easy": "しみんの 課"}
    department.place_names = {"en": "Main building, counter 5", "ja-easy": "本庁舎 5番"}
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


@others
@pytest.mark.parametrize("by", ["person", "procedure"])
def test_review_is_in_the_language_read(desk, place, clerk, department, language, missing, by):
    visit = reviewing(place, clerk, department, language)
    text = check(desk.get(at("visit_review", visit, f"?facing=resident&by={by}")), language, missing)
    words = WORDS[language]
    assert [words[one] for one in ("form:name", "day:label", "proof:label") if words[one] not in text] == [], text
    assert {"en": "23 November 2026", "ja-easy": "令和8年11月23日（2026年）"}[language] in text
    assert {"en": "Citizens’ Division", "ja-easy": "しみんの 課"}[language] in text
    assert department.name not in text
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


@pytest.fixture
def invitation(place, clerk, department, language):
    person = factories.make_resident(source=ResidentSource.REGISTER)
    procedure = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [procedure], resident=person, language=language)
    visits.receive(visit, by=clerk, papers_seen=receivingkit.papers(procedure))
    _invitation, code = invitations.invite(receivingkit.fresh(visit), by=clerk)
    return reverse("counter:invited", args=[code])


@others
def test_invitation_is_in_the_language_of_the_tablet(client, login, invitation, language, missing):
    text = check(client.get(invitation), language, missing)
    assert {"en": "Password: choose one yourself", "ja-easy": "じぶんで きめる ひみつの ことば"}[language] in text
    telephone = login(factories.make_user("new@example.jp"))
    check(telephone.get(invitation), language, missing)
    check(telephone.post(invitation, {"digital": "yes"}, follow=True), language, missing)
    # taken up by somebody else meanwhile
    over = login(factories.make_user()).get(invitation)
    assert over.status_code == 404
    check(over, language, missing)


@pytest.mark.parametrize("language", ["ja"])
def test_language_touched_on_the_invitation_stays(client, invitation, language):
    assert '<html lang="ja">' in client.get(invitation).content.decode()
    assert '<html lang="en">' in client.get(f"{invitation}?lang=en").content.decode()
    assert '<html lang="en">' in client.get(invitation).content.decode()
    assert '<html lang="en">' in client.get(f"{invitation}?lang=xx").content.decode()
    assert '<html lang="ja">' in client.get(f"{invitation}?lang=ja").content.decode()
