"""Bad input and bad days at the counter that no other test lives through: docs/counter-bad-days.md has them all."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from applications.enums import ProcedureState
from applications.models import Procedure
from counter import codes
from counter.enums import VisitState
from counter.errors import CannotFileHere
from counter.models import Prefill, PrefillScan, Visit
from counter.queries.visits import chosen_procedures
from counter.services import prefills, visits
from counter.services.visits.reviewing import NotComplete
from tests import factories
from tests.counter import fillkit
from tests.counter.fillkit import complete, fresh
from tests.counter.kit import NOW, keep

pytestmark = pytest.mark.django_db
CODE = "/staff/visits/start/code/"


@pytest.fixture
def place(municipality, department):
    cache.clear()
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


def text_of(response):
    return response.content.decode()


def reviewed(place, clerk, both, **values):
    """A visit with these answers, as far as it gets."""
    visit = fillkit.filling(place, clerk, both, values=complete() | values)
    visits.to_review(visit, clerk, now=NOW)
    return fresh(visit)


# --- the code ----------------------------------------------------------------------------------------------------


def expire(token, clerk, city):
    Prefill.objects.update(expires_at=timezone.now())


def use(token, clerk, city):
    prefills.redeem(prefills.find_scanned(codes.full_code(city, token), by=clerk), by=clerk, now=timezone.now())


def delete(token, clerk, city):
    prefills.delete(token=token)


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (expire, "この事前入力は期限が過ぎたため、内容は消去されました。窓口で内容をお聞きします。"),
        (use, "この事前入力は、すでに窓口で読み取られています。二度は使えません。"),
        (delete, "この事前入力は、ご本人が削除しました。窓口で内容をお聞きします。"),
    ],
)
def test_a_code_that_is_over_says_why_and_the_visit_begins_without_it(
    municipality, place, department, clerk, handler, login, happens, sentence
):
    _prefill, token = keep(procedures=fillkit.make_both(department), now=timezone.now())
    happens(token, handler, municipality.code)
    desk, code = login(clerk), codes.full_code(municipality.code, token)
    answer = desk.post(CODE, {"code": code, "request_key": "a"})
    assert sentence in text_of(answer)
    assert (f'value="{code}"' in text_of(answer), Visit.objects.count()) == (True, 0)
    assert PrefillScan.objects.last().by == clerk
    desk.post("/staff/visits/start/", {"request_key": "b"})
    assert Visit.objects.get().values == {}


def test_who_comes_with_somebody_elses_photograph_is_not_taken_for_them(municipality, place, department, clerk, login):
    """What was brought says one name, the document another: staff must say they judged it, or nothing goes on."""
    sakura = factories.make_resident()
    other = factories.make_resident(family="佐藤", given="健", family_kana="サトウ", given_kana="タケシ")
    procedures = fillkit.make_both(department)
    values = {"applicant_name": fillkit.name()}
    _prefill, token = keep(procedures=procedures, values=values, now=timezone.now())
    desk = login(clerk)
    desk.post(CODE, {"code": codes.full_code(municipality.code, token), "request_key": "a"})
    visit = Visit.objects.get()
    page = f"/staff/visits/{visit.public_id}/identify/"
    sent = {"revision": visit.revision, "documents": ["driving_licence"], "companion": ""}
    answer = desk.post(page, sent | {"who": other.public_id, "text": "サトウ"})
    assert (answer.status_code, Visit.objects.get().state) == (422, VisitState.OPEN)
    assert "氏名" in text_of(answer)
    desk.post(page, sent | {"who": sakura.public_id, "text": "タカハシ"})
    assert (Visit.objects.get().state, Visit.objects.get().resident) == (VisitState.IDENTIFIED, sakura)


# --- who comes ---------------------------------------------------------------------------------------------------


def test_somebody_without_a_fixed_address_is_served(place, both, clerk):
    """Prefecture, municipality and its own postal code are enough; the rest is said in words."""
    nowhere = {"prefecture": "東京都", "city": "緑野市", "town": "（住所不定）"}
    blank = {"postal_code": "198-0000", "street": "", "building": ""}
    visit = reviewed(place, clerk, both, applicant_address=blank | nowhere)
    assert (visit.state, visit.resident) == (VisitState.REVIEWING, None)
    assert visit.values["applicant_address"]["town"] == "（住所不定）"


def test_a_reading_nobody_knows_is_asked_for_and_can_be_said_to_be_unknown(place, both, clerk):
    with pytest.raises(NotComplete) as error:
        reviewed(place, clerk, both, applicant_name=fillkit.name(family_kana="", given_kana=""))
    assert {one.key for one in error.value.problems} == {"applicant_name"}
    assert "フリガナ" in str(error.value.problems[0].message)
    visit = reviewed(place, clerk, both, applicant_name=fillkit.name(family_kana="フメイ", given_kana="フメイ"))
    assert visit.state == VisitState.REVIEWING


def test_a_name_with_a_variation_selector_stays_as_the_register_has_it(place, both, clerk):
    name = fillkit.name(family="葛\U000e0100城", family_kana="カツラギ")
    assert reviewed(place, clerk, both, applicant_name=name).values["applicant_name"]["family"] == "葛\U000e0100城"


def test_a_birth_day_nobody_knows_is_named_and_keeps_what_is_known(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, values=complete() | {"applicant_birth_date": fillkit.date(1990, 4, "")})
    with pytest.raises(NotComplete) as error:
        visits.to_review(visit, clerk, now=NOW)
    assert [(one.key, str(one.message)) for one in error.value.problems] == [
        ("applicant_birth_date", "日を入力してください。")
    ]
    kept = fresh(visit).values["applicant_birth_date"]
    assert (kept["year"], kept["month"], kept["day"]) == ("1990", "4", "")


# --- what the city did meanwhile -----------------------------------------------------------------------------------


def test_a_procedure_withdrawn_between_home_and_desk_is_shown_and_the_rest_goes_on(
    municipality, place, department, clerk
):
    procedures = fillkit.make_both(department)
    _prefill, token = keep(procedures=procedures, values={fillkit.REASON: "転勤のため"})
    Procedure.objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    found = prefills.find_scanned(codes.full_code(municipality.code, token), by=clerk, now=NOW)
    assert found.values == {fillkit.REASON: "転勤のため"}
    text = codes.full_code(municipality.code, token)
    visit = visits.start_with_code(text=text, place=place, by=clerk, request_key="k", now=NOW)
    visits.identify(visit, documents=["driving_licence"], resident=None, by=clerk, now=NOW)
    with pytest.raises(CannotFileHere):
        visits.begin_questions(visit, clerk, now=NOW)
    visits.drop(visit, procedures[0], reason="受付を終えたため", by=clerk, now=NOW)
    visits.begin_questions(visit, clerk, now=NOW)
    assert [one.procedure for one in chosen_procedures(visit)] == [procedures[1]]
    assert "転勤のため" in fresh(visit).values.values()
