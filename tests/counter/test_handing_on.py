"""A procedure of another department leaves the visit with what was said for it, under a code for that desk."""

import pytest
from django.utils import timezone

from cityhall.enums import Role
from counter import codes
from counter.enums import Origin, PrefillState, Source, VisitState
from counter.models import Prefill, Visit, VisitProcedure
from counter.queries.visits import chosen_procedures
from counter.services import prefills, visits
from tests import factories
from tests.counter import fillkit
from tests.counter.deskkit import identified, make_place, start

pytestmark = pytest.mark.django_db
DOG = [
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
    {"key": "dog", "type": "text", "label": "犬の名前", "required": True},
]


@pytest.fixture
def elsewhere():
    return factories.make_department(name="環境課", place="本庁舎3階 31番窓口")


@pytest.fixture
def dog(elsewhere):
    return fillkit.make_procedure(elsewhere, DOG, name="犬の登録")


@pytest.fixture
def visit(municipality, department, clerk, dog):
    """Brought from home: a procedure of this desk and one of another."""
    own = fillkit.make_procedure(department, fillkit.MOVING, name="転居届")
    found = identified(start(make_place(department), clerk, now=timezone.now()), clerk, now=timezone.now())
    visits.add(found, [(own, "")], origin=Origin.STAFF, by=clerk)
    VisitProcedure.objects.create(
        visit=found, procedure=dog, form_version=dog.current_version, position=2, origin=Origin.PREFILL
    )
    values = {"applicant_name": fillkit.name(), "p1_reason": "転勤", "p2_dog": "ポチ"}
    sources = {"applicant_name": Source.RECORD, "p1_reason": Source.BROUGHT, "p2_dog": Source.BROUGHT}
    Visit.objects.filter(pk=found.pk).update(values=values, sources=sources)
    return fillkit.fresh(found)


@pytest.fixture
def desk(login, clerk):
    return login(clerk)


def url(visit, rest=""):
    return f"/staff/visits/{visit.public_id}/procedures/{rest}"


def test_refusal_names_the_procedure_its_department_and_where_it_is(desk, visit):
    page = desk.get(url(visit)).content.decode()
    assert "この手続は、環境課（本庁舎3階 31番窓口）の窓口で受け付けます。" in page
    said = desk.post(url(visit, "begin/"), {"revision": visit.revision}, follow=True).content.decode()
    assert "この窓口で受け付けられない手続があります：「犬の登録」。" in said


def test_what_was_said_for_it_goes_under_a_code_and_the_rest_goes_on(desk, visit, dog, clerk):
    page = desk.get(url(visit)).content.decode()
    token = page.partition('name="token" value="')[2].partition('"')[0]
    data = {"revision": visit.revision, "reason": "環境課で受け付ける", "token": token}
    spoken = codes.written(codes.spoken_code(token))
    for _tap in range(2):
        said = desk.post(url(visit, f"{dog.key}/drop/"), data, follow=True).content.decode()
        assert (spoken in said, "環境課" in said, "消えました" in said) == (True, True, False)
    [prefill] = Prefill.objects.all()
    assert (prefill.state, [one.procedure for one in prefill.procedures.all()]) == (PrefillState.OPEN, [dog])
    # what the city holds is read by the other desk itself
    assert prefills.open_kept(token).values == {"p1_dog": "ポチ"}
    visit = fillkit.fresh(visit)
    assert [one.procedure.name for one in chosen_procedures(visit)] == ["転居届"]
    assert visit.values["p1_reason"] == "転勤"
    visits.begin_questions(visit, clerk)
    assert visit.state == VisitState.FILLING


def test_other_desk_reads_the_code(visit, dog, elsewhere, clerk, municipality):
    token = codes.new_token()
    visits.hand_on(visit, dog, token=token, reason="環境課で受け付ける", by=clerk)
    other = factories.make_staff("kankyo@example.jp", role=Role.CLERK, department=elsewhere)
    place = make_place(elsewhere)
    code = codes.full_code(municipality.code, token)
    found = visits.start_with_code(text=code, place=place, by=other, request_key="other")
    assert (found.values, found.sources) == ({"p1_dog": "ポチ"}, {"p1_dog": Source.BROUGHT})


def test_own_procedure_is_dropped_as_ever(desk, visit, department):
    own = chosen_procedures(visit)[0].procedure
    data = {"revision": visit.revision, "reason": "希望しない", "token": codes.new_token()}
    said = desk.post(url(visit, f"{own.key}/drop/"), data, follow=True).content.decode()
    assert "消えました" in said
    assert not Prefill.objects.exists()
