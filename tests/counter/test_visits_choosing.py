"""What a visit is for: added, dropped, put back; what was typed goes along, what cannot be filed is refused."""

import pytest

from applications.enums import ProcedureState
from applications.models import Procedure
from cityhall.errors import StaleState
from counter.enums import Origin, Source, VisitEventKind, VisitState
from counter.errors import CannotFileHere, NothingChosen, ReasonMissing, TooManyProcedures
from counter.models import Visit, VisitProcedure
from counter.queries.procedures import find_procedures, hindrance_of
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits import choosing
from tests import factories
from tests.counter.deskkit import filling, identified, make_place, procedures_of, start, with_code
from tests.counter.homekit import household_of, publish
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    return make_place(department)


@pytest.fixture
def visit(place, clerk):
    return identified(start(place, clerk), clerk)


def add(visit, procedures, by, reason="聞き取りで分かった", origin=Origin.STAFF):
    return visits.add(visit, [(one, reason) for one in procedures], origin=origin, by=by, now=NOW)


def chosen(visit):
    return [one.procedure for one in chosen_procedures(visit)]


def test_added_procedures_have_their_reason_and_form(visit, clerk, department):
    first, second = procedures_of(department)
    add(visit, [first, second], clerk, origin=Origin.GUIDE)
    rows = list(visit.procedures.all())
    assert [(row.procedure, row.origin, row.reason) for row in rows] == [
        (first, Origin.GUIDE, "聞き取りで分かった"),
        (second, Origin.GUIDE, "聞き取りで分かった"),
    ]
    assert [row.form_version for row in rows] == [first.current_version, second.current_version]
    assert (visit.values_revision, visit.events.last().kind) == (1, VisitEventKind.PROCEDURE_ADDED)


def test_added_twice_is_once(visit, clerk, department):
    (one,) = procedures_of(department, 1)
    add(visit, [one], clerk)
    revision = visit.revision
    add(visit, [one], clerk)
    assert (chosen(visit), visit.revision) == ([one], revision)


def test_dropped_for_a_reason_and_put_back(visit, clerk, department):
    first, second = procedures_of(department)
    add(visit, [first, second], clerk)
    with pytest.raises(ReasonMissing):
        visits.drop(visit, first, reason="　", by=clerk)
    visits.drop(visit, first, reason="すでに済んでいる", by=clerk, now=NOW)
    assert chosen(visit) == [second]
    assert VisitProcedure.objects.get(procedure=first).drop_reason == "すでに済んでいる"
    visits.put_back(visit, first, by=clerk)
    assert chosen(visit) == [first, second]


def test_answers_follow_their_procedure_and_keep_their_source(municipality, place, clerk, department):
    first, second = procedures_of(department)
    visit, _token = with_code(place, clerk, municipality.code, [first, second], values={"p2_child_name": "転居 太郎"})
    identified(visit, clerk)
    carried = visits.drop(visit, first, reason="不要", by=clerk, now=NOW)
    assert (visit.values, visit.sources) == ({"p1_child_name": "転居 太郎"}, {"p1_child_name": Source.BROUGHT})
    assert carried.lost == ()
    carried = visits.drop(visit, second, reason="不要", by=clerk, now=NOW)
    assert (visit.values, len(carried.lost)) == ({}, 1)


def test_people_of_a_dropped_procedure_are_not_those_of_the_one_that_stays(municipality, place, clerk, department):
    first, second = procedures_of(department)
    for procedure, label in ((first, "一緒に引っ越す方"), (second, "加入する方")):
        publish(procedure, household_of(label))
    name = {"family": "転居", "given": "太郎", "family_kana": "テンキョ", "given_kana": "タロウ"}
    marks = {"r1": "in_1", "r2": "in_2"}
    rows = [{"id": key, "values": {"household_name": name, mark: ["yes"]}} for key, mark in marks.items()]
    visit, _token = with_code(place, clerk, municipality.code, [first, second], values={"household": rows})
    identified(visit, clerk)
    carried = visits.drop(visit, second, reason="不要", by=clerk, now=NOW)
    assert visit.values == {"household": [{"id": "r1", "values": {"household_name": name}}]}
    assert not [path for path in visit.sources if ".r2." in path]
    assert [one.label.partition("：")[2] for one in carried.lost] == ["転居 太郎"]
    visits.put_back(visit, second, by=clerk)
    assert visit.values == {"household": rows[:1]}


def test_procedure_moved_up_is_asked_first_and_keeps_its_answers(municipality, place, clerk, department):
    first, second, third = procedures_of(department, 3)
    values = {"p1_child_name": "一 太郎", "p3_child_name": "三 太郎"}
    visit, _token = with_code(place, clerk, municipality.code, [first, second, third], values=values)
    identified(visit, clerk)
    visits.move_up(visit, third, by=clerk, now=NOW)
    assert chosen(visit) == [first, third, second]
    event = visit.events.last()
    assert (event.kind, event.detail) == (VisitEventKind.PROCEDURE_MOVED, third.key)
    assert visit.values == {"p1_child_name": "一 太郎", "p2_child_name": "三 太郎"}
    # what was dropped in between keeps its place, and is jumped over
    visits.drop(visit, first, reason="不要", by=clerk, now=NOW)
    revision = visit.revision
    visits.move_up(visit, third, by=clerk, now=NOW)
    assert (chosen(visit), visit.revision) == ([third, second], revision)
    visits.put_back(visit, first, by=clerk)
    assert chosen(visit) == [first, third, second]


def test_order_is_the_business_of_one_tablet_at_a_time(visit, clerk, department):
    first, second = procedures_of(department)
    add(visit, [first, second], clerk)
    slower = Visit.objects.get(pk=visit.pk)
    visits.move_up(visit, second, by=clerk, now=NOW)
    with pytest.raises(StaleState):
        visits.move_up(slower, second, by=clerk, now=NOW)
    assert chosen(visit) == [second, first]


def test_withdrawn_procedure_is_shown_and_goes_no_further(municipality, place, clerk, department):
    first, second = procedures_of(department)
    visit, _token = with_code(place, clerk, municipality.code, [first, second])
    Procedure.objects.filter(pk=first.pk).update(state=ProcedureState.CLOSED)
    identified(visit, clerk)
    assert chosen(visit) == [first, second]
    with pytest.raises(CannotFileHere):
        visits.begin_questions(visit, clerk, now=NOW)
    visits.drop(visit, first, reason="受付が終わった手続", by=clerk, now=NOW)
    visits.begin_questions(visit, clerk, now=NOW)
    with pytest.raises(CannotFileHere):
        visits.put_back(visit, Procedure.objects.get(pk=first.pk), by=clerk)


def test_hindrances_have_sentences(clerk, department):
    open_, online, foreign = [
        *procedures_of(department, 1),
        *procedures_of(department, 1, channels=["online"]),
        *procedures_of(factories.make_department(), 1),
    ]
    assert hindrance_of(open_, clerk, NOW) == ""
    assert "選んだ方法では受け付けていません" in hindrance_of(online, clerk, NOW)
    told = hindrance_of(foreign, clerk, NOW)
    assert (foreign.department.name in told, "この窓口では受け付けられません" in told) == (True, True)


def test_search_finds_what_can_be_filed_here(clerk, department):
    here = procedures_of(department, 1, name="住民票の写しの請求")[0]
    procedures_of(department, 1, name="住民票のオンライン請求", channels=["online"])
    procedures_of(factories.make_department(), 1, name="住民票の閲覧")
    assert find_procedures(clerk, "住民票") == [here]
    assert find_procedures(clerk, " ") == []


def test_questions_begin_with_a_procedure(visit, clerk, department):
    with pytest.raises(NothingChosen):
        visits.begin_questions(visit, clerk)
    add(visit, procedures_of(department, 1), clerk)
    assert visits.begin_questions(visit, clerk, now=NOW).state == VisitState.FILLING


def test_no_more_than_a_visit_holds(visit, clerk, department, monkeypatch):
    monkeypatch.setattr(choosing, "MAX_PROCEDURES", 2)
    add(visit, procedures_of(department, 2), clerk)
    with pytest.raises(TooManyProcedures):
        add(visit, procedures_of(department, 1), clerk)


def test_nothing_changes_before_identity_or_while_it_is_read(place, clerk, department):
    (one,) = procedures_of(department, 1)
    with pytest.raises(StaleState):
        add(start(place, clerk), [one], clerk)
    visit = filling(start(place, clerk, "other"), clerk, procedures_of(department, 1))
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.REVIEWING)
    visit.refresh_from_db()
    with pytest.raises(StaleState):
        add(visit, [one], clerk)
    with pytest.raises(StaleState):
        visits.drop(visit, one, reason="不要", by=clerk)


def test_two_tablets_choose_and_the_slower_is_told(visit, clerk, handler, department):
    first, second = procedures_of(department)
    other = Visit.objects.get(pk=visit.pk)
    add(visit, [first], clerk)
    with pytest.raises(StaleState):
        add(other, [second], handler)
    assert chosen(visit) == [first]
