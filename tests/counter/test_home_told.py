"""What a guide was told stands in the combined form, to be confirmed, and is nowhere asked blank again."""

import datetime as dt

import pytest
import yaml
from django.urls import reverse

from applications.definition import parse
from applications.guide import parse as parse_guide
from applications.required_papers import SOURCE as PAPERS
from applications.services.catalogue import FOLDER, read_catalogue
from applications.services.catalogue.guides import read_guides
from applications.typed import from_answer
from cityhall.conditions.language import Literal
from cityhall.days import today
from counter.combined import Part, combine
from counter.home import open_home
from counter.services import prefills
from counter.services.visits.starting import _brought
from counter.told import told_values
from tests.applications import guidekit
from tests.counter.homekit import APPLICANT, begin, make_forms, token_of, url

DAY = dt.timedelta(days=1)
TELLS = [
    {"concept": "applicant.moving_on", "value": {"answer": "moved_on"}},
    {"concept": "applicant.foreign_members", "value": {"answer": "child"}},
    {"concept": "applicant.lived_elsewhere", "value": {"answer": "child"}},
]
MOVE = {
    "key": "move",
    "title": "引っ越し",
    "fields": [
        {"key": "on", "type": "date", "label": "引っ越しの日", "required": True, "concept": "applicant.moving_on"},
        {"key": "old", "type": "text", "label": "前の市区町村"},
    ],
}
FORM = {"schema": 1, "pages": [MOVE]}
JANUARY = {
    "schema": 1,
    "pages": [
        {
            "key": "january",
            "title": "1月1日",
            "fields": [
                {"key": "away", "type": "yes_no", "label": "市外でしたか", "concept": "applicant.lived_elsewhere"}
            ],
        }
    ],
}
SOURCE = "手続ガイドの答えから"


@pytest.fixture
def guide(municipality, departments):
    return guidekit.make_guide(guidekit.document(tells=TELLS))


def asked(number):
    return reverse("applications:guide_page", args=["move", number])


def walk(client, day, child="no"):
    """Both pages of the guide."""
    sent = {**guidekit.date_of("moved_on", day), "q-child": child, "q-school": "no", "seen": "school", "action": "next"}
    client.post(asked(1), sent)
    client.post(asked(2), {"action": "next"})


def kept(client):
    return prefills.open_kept(token_of(client))


def date(day):
    """As the record's and the guide's days are written into a question."""
    return from_answer(parse(FORM).by_key["on"], {"on": day.isoformat()})


def sent_date(day):
    return {f"q-applicant_moving_on.{part}": value for part, value in date(day).items()}


@pytest.mark.django_db
def test_answers_of_the_guide_stand_in_the_form_with_their_origin(client, guide):
    day = today() - DAY
    walk(client, day)
    begin(client, make_forms(document=FORM), guide="move")
    found = kept(client)
    assert found.values == {"applicant_moving_on": date(day)}
    assert found.sources == {"applicant_moving_on": "guide"}
    page = client.get(url("page", 1))
    assert page.context["told"] == ["引っ越しの日"]
    assert "手続ガイドの答えから入力してあります：「引っ越しの日」" in page.content.decode()
    assert SOURCE in client.get(url("check")).content.decode()
    # what no form asks for waits for what decides by it
    assert open_home(token_of(client)).told["applicant.foreign_members"] == "no"


@pytest.mark.django_db
def test_nothing_is_carried_without_the_guide_or_before_it_is_done(client, guide):
    begin(client, make_forms(document=FORM), guide="move")
    assert kept(client).values == {}
    assert (
        client.post(asked(1), {"q-moved_on.era": "reiwa", "q-moved_on.year": "八", "action": "next"}).status_code == 200
    )
    for key in ("move", "no-such", "x" * 300, "\x00"):
        begin(client, [], guide=key)
        assert kept(client).values == {}


@pytest.mark.django_db
def test_answer_is_the_persons_own_once_it_is_changed(client, guide):
    day = today() - DAY
    walk(client, day)
    procedures = make_forms(document=FORM)
    begin(client, procedures, guide="move")
    client.post(url("page", 1), {**sent_date(day - DAY), "action": "next"})
    assert (kept(client).values["applicant_moving_on"], kept(client).sources) == (date(day - DAY), {})
    # the same guide again, for more procedures: what was typed stays
    begin(client, procedures, guide="move")
    assert kept(client).values["applicant_moving_on"] == date(day - DAY)
    assert client.get(url("page", 1)).context["told"] == []


@pytest.mark.django_db
def test_corrected_answer_of_the_guide_takes_the_place_of_the_old_one(client, guide):
    procedures = make_forms(document=FORM)
    for back in (1, 2):
        walk(client, today() - back * DAY)
        begin(client, procedures, guide="move")
    assert kept(client).values["applicant_moving_on"] == date(today() - 2 * DAY)


@pytest.mark.django_db
def test_what_a_corrected_guide_no_longer_says_goes_from_form_source_and_told(client, departments, municipality):
    only_if = {"when": {"eq": [{"answer": "child"}, "yes"]}}
    guidekit.make_guide(guidekit.document(tells=[TELLS[0], *({**one, **only_if} for one in TELLS[1:])]))
    procedures = [*make_forms(1, document=FORM), *make_forms(1, document=JANUARY)]
    walk(client, today() - DAY, child="yes")
    begin(client, procedures, guide="move")
    assert kept(client).sources == dict.fromkeys(("applicant_moving_on", "applicant_lived_elsewhere"), "guide")
    assert set(kept(client).told) == {one["concept"] for one in TELLS}
    walk(client, today() - DAY, child="no")
    # a procedure that comes or goes without a guide takes nothing back
    begin(client, procedures)
    assert set(kept(client).told) == {one["concept"] for one in TELLS}
    begin(client, procedures, guide="move")
    found = kept(client)
    assert found.values == {"applicant_moving_on": date(today() - DAY)}
    assert (found.sources, set(found.told)) == ({"applicant_moving_on": "guide"}, {"applicant.moving_on"})


@pytest.mark.django_db
def test_what_was_typed_stays_when_the_guide_no_longer_says_it(client, departments, municipality):
    when = {"eq": [{"answer": "child"}, "yes"]}
    guidekit.make_guide(guidekit.document(tells=[{**TELLS[2], "when": when}]))
    procedures = make_forms(1, document=JANUARY)
    walk(client, today() - DAY, child="yes")
    begin(client, procedures, guide="move")
    client.post(url("page", 1), {"q-applicant_lived_elsewhere": "no", "action": "next"})
    walk(client, today() - DAY, child="no")
    begin(client, procedures, guide="move")
    assert (kept(client).values, kept(client).told) == ({"applicant_lived_elsewhere": "no"}, {})


@pytest.mark.django_db
def test_procedure_that_is_added_later_finds_the_answers_too(client, guide):
    walk(client, today() - DAY, child="yes")
    (first,) = make_forms(1, document=FORM)
    begin(client, [first], guide="move")
    client.post(url("page", 1), {**sent_date(today() - DAY), "q-p1_old": "東京都千代田区", "action": "next"})
    (later,) = make_forms(1, document=JANUARY)
    begin(client, [later])
    values = kept(client).values
    assert {key: value for key, value in values.items() if "lived" in key} == {"applicant_lived_elsewhere": "yes"}
    # what was taken away since is not filled in again
    client.post(url("page", 1), {"action": "save"})
    assert "applicant_moving_on" not in kept(client).values
    (last,) = make_forms(1, document={"schema": 1, "pages": [APPLICANT]})
    begin(client, [last])
    assert "applicant_moving_on" not in kept(client).values


def test_what_a_question_would_refuse_is_asked():
    past = {**MOVE["fields"][0], "max": "today"}
    combined = combine([Part("a", parse({"schema": 1, "pages": [{**MOVE, "fields": [past]}]}), "手続")])
    tomorrow, told = today() + DAY, "applicant.moving_on"
    assert told_values(combined, {told: today().isoformat()}) == {"applicant_moving_on": date(today())}
    assert told_values(combined, {told: tomorrow.isoformat()}) == {}
    assert told_values(combined, {"applicant.move_kind": "in"}) == {}


def test_birth_date_of_which_the_day_is_unknown_is_taken_where_the_form_takes_it():
    born = {"key": "born", "type": "date", "label": "生年月日", "concept": "applicant.birth_date", "max": "today"}
    for least, is_taken in (("1985-04-01", True), ("1986-01-01", False)):
        document = {"schema": 1, "pages": [{**MOVE, "fields": [{**born, "min": least}]}]}
        values = told_values(combine([Part("a", parse(document), "手続")]), {"applicant.birth_date": "1985"})
        assert list(values) == ["applicant_birth_date"] * is_taken


def test_at_the_desk_the_answer_is_brought_like_everything_from_home():
    assert _brought({"a": "1", "b": "2", "c": "3"}, {"a": "guide", "b": "record"}) == {
        "a": "brought",
        "b": "record",
        "c": "brought",
    }


def test_what_shipped_guides_tell_is_taken_by_a_form_or_decides_a_paper():
    """Nothing is told in vain, and no value but those that the questions with the concept offer."""
    needed = yaml.safe_load(PAPERS.read_text(encoding="utf-8"))["needed"]
    papers = {concept for of in needed.values() for one in of.values() for concept in one.get("unless_told", {})}
    asked = {}
    for entry in read_catalogue(FOLDER).procedures:
        for one in entry.form.fields if entry.form else ():
            asked.setdefault(one.concept, []).append({option.value for option in one.options} or {"yes", "no"})
    for entry in read_guides(FOLDER):
        for one in parse_guide(entry.document).tells:
            offered = asked.get(one.concept, [])
            assert offered or one.concept in papers, (entry.key, one.concept)
            if isinstance(one.value, Literal):
                assert all(one.value.value in options for options in offered), (entry.key, one.concept)
