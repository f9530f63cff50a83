"""On to the review, marks on what is wrong, and back; what is hidden is not kept, sources are counted."""

import pytest

from applications.enums import ProcedureState
from applications.models import Procedure
from cityhall.errors import StaleState
from counter.entries import Entries
from counter.enums import Mark, Source, VisitEventKind, VisitPhase, VisitState
from counter.forms import combined_of
from counter.models import Visit, VisitPeriod
from counter.queries.renewals import renewal_of
from counter.queries.reviews import Reading
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits.reviewing import FormsOutdated, NotComplete, ProcedureEnded
from counter.services.visits.signing import StillWrong
from tests.counter import fillkit
from tests.counter.fillkit import BANK, KIND, REASON, complete, fresh
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(department):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


def asked(values, source=Source.STAFF):
    return {"values": values, "sources": dict.fromkeys(values, source)}


def reading_of(visit):
    chosen = chosen_procedures(visit)
    return Reading(chosen, combined_of(chosen, at_desk=True), Entries.of(visit))


def test_everything_there_leads_to_the_review(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    visits.to_review(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.state, visit.asked_count, visit.brought_count, visit.known_count) == (
        VisitState.REVIEWING,
        6,
        0,
        0,
    )
    assert visit.events.last().kind == VisitEventKind.TO_REVIEW
    assert VisitPeriod.objects.get(until_at=None).phase == VisitPhase.REVIEW


def test_each_question_counts_for_its_own_source(place, both, clerk):
    values = complete() | {"children": [fillkit.child("r1"), fillkit.child("r2", p1_school="緑小学校")]}
    sources = dict.fromkeys(values, Source.BROUGHT) | {
        "applicant_name": Source.RECORD,
        "applicant_birth_date": Source.CARD,
        KIND: Source.STAFF,
        BANK: Source.RESIDENT,
        "children.r2.p1_school": Source.STAFF,
    }
    visit = fillkit.filling(place, clerk, both, values=values, sources=sources)
    visits.to_review(visit, clerk, now=NOW)
    visit = fresh(visit)
    # brought: address, reason, and two answers of each child
    assert (visit.asked_count, visit.brought_count, visit.known_count) == (3, 6, 2)


def test_what_is_missing_is_said_by_page(place, both, clerk):
    values = complete()
    del values[BANK], values["applicant_birth_date"]
    visit = fillkit.filling(place, clerk, both, **asked(values))
    with pytest.raises(NotComplete) as error:
        visits.to_review(visit, clerk, now=NOW)
    pages = {number: [one.key for one in found] for number, found in error.value.by_page().items()}
    assert pages == {1: ["applicant_birth_date"], 3: [BANK]}
    assert fresh(visit).state == VisitState.FILLING


def test_hidden_answers_are_not_kept(place, both, clerk):
    values = complete() | {KIND: "cash"}
    visit = fillkit.filling(place, clerk, both, **asked(values), offers={BANK: {Source.BROUGHT: "別の銀行"}})
    visits.to_review(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert (BANK in visit.values, BANK in visit.sources, visit.offers, visit.values_revision) == (False, False, {}, 2)


def test_a_mark_leads_back_and_is_settled_by_looking(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    visits.to_review(visit, clerk, now=NOW)
    visits.dispute(visit, path=REASON, is_wrong=True, by=clerk, now=NOW)
    visits.dispute(visit, path=REASON, is_wrong=True, by=clerk, now=NOW)
    visits.dispute(visit, path="no_such_question", is_wrong=True, by=clerk, now=NOW)
    visits.back_to_questions(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.state, visit.marks) == (VisitState.FILLING, {REASON: Mark.WRONG})
    assert visit.events.filter(kind=VisitEventKind.DISPUTED).count() == 1
    with pytest.raises(NotComplete) as error:
        visits.to_review(visit, clerk, now=NOW)
    assert [one.key for one in error.value.problems] == [REASON]
    page = combined_of(chosen_procedures(visit), at_desk=True).form.pages[3]
    visits.save_page(visit, page=page, typed={REASON: "進学のため"}, source=Source.STAFF, by=clerk, now=NOW)
    visits.to_review(visit, clerk, now=NOW)
    assert fresh(visit).marks == {}


def test_a_mark_is_taken_back(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    visits.to_review(visit, clerk, now=NOW)
    visits.dispute(visit, path=KIND, is_wrong=True, by=clerk, now=NOW)
    visits.dispute(visit, path=KIND, is_wrong=False, by=clerk, now=NOW)
    assert fresh(visit).marks == {}


def test_two_answers_touched_on_one_page_are_both_marked(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    visits.to_review(visit, clerk, now=NOW)
    as_read, again, late = fresh(visit), fresh(visit), fresh(visit)
    visits.dispute(as_read, path=KIND, is_wrong=True, by=clerk, now=NOW)
    visits.dispute(again, path=REASON, is_wrong=True, by=clerk, now=NOW)
    assert fresh(visit).marks == {KIND: Mark.WRONG, REASON: Mark.WRONG}
    # anything else that happened in between is a conflict
    visits.back_to_questions(again, clerk, now=NOW)
    with pytest.raises(StaleState):
        visits.dispute(late, path=BANK, is_wrong=True, by=clerk, now=NOW)


def test_what_is_marked_is_not_signed(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    visits.to_review(visit, clerk, now=NOW)
    visits.dispute(visit, path=KIND, is_wrong=True, by=clerk, now=NOW)
    with pytest.raises(StillWrong):
        visits.sign(visit, image=None, by=clerk, now=NOW)
    visits.dispute(visit, path=KIND, is_wrong=False, by=clerk, now=NOW)
    assert visits.sign(visit, image=None, by=clerk, now=NOW).values_revision == visit.values_revision


def test_only_what_is_being_read_is_disputed(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    with pytest.raises(StaleState):
        visits.dispute(visit, path=KIND, is_wrong=True, by=clerk, now=NOW)
    with pytest.raises(StaleState):
        visits.back_to_questions(visit, clerk, now=NOW)


def test_withdrawn_procedure_is_dropped_first(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    Procedure.objects.filter(pk=both[1].pk).update(state=ProcedureState.CLOSED)
    with pytest.raises(ProcedureEnded) as error:
        visits.to_review(visit, clerk, now=NOW)
    assert "「転居届」" in str(error.value)


def test_new_version_is_carried_over_with_its_differences(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    assert renewal_of(visit, chosen_procedures(visit)) is None
    new = [
        *fillkit.MOVING[:2],
        fillkit.MOVING[2] | {"label": "引っ越しの事情"},
        {"key": "floor", "type": "number", "label": "階", "required": True},
    ]
    version = fillkit.publish(both[1], new)
    with pytest.raises(FormsOutdated):
        visits.to_review(visit, clerk, now=NOW)
    renewal = visits.renew(visit, clerk, now=NOW)
    assert [note.label for note in renewal.changed] == ["引っ越しの事情", "階"]
    visit = fresh(visit)
    assert visit.values == complete()
    assert visit.sources == dict.fromkeys(complete(), Source.STAFF)
    assert visit.marks == {REASON: Mark.CHANGED, "p2_floor": Mark.CHANGED}
    assert [one.form_version for one in chosen_procedures(visit)] == [both[0].current_version, version]
    assert (visit.events.last().kind, visit.events.last().detail) == (VisitEventKind.RENEWED, both[1].key)
    assert visits.renew(visit, clerk, now=NOW) is None
    with pytest.raises(NotComplete) as error:
        visits.to_review(visit, clerk, now=NOW)
    assert {one.key for one in error.value.problems} == {REASON, "p2_floor"}


def test_review_reads_by_procedure_and_by_person(place, both, clerk):
    values = complete() | {"children": [fillkit.child("r1")]}
    visit = fillkit.filling(place, clerk, both, **asked(values), marks={"children.r1.children_name": Mark.WRONG})
    reading = reading_of(visit)
    allowance, moving = reading.by_procedure()
    assert (allowance.title, allowance.department, allowance.fee) == ("児童手当", "子育て支援課", 0)
    assert [(line.path, line.words) for line in moving.lines] == [
        ("applicant_name", "高橋　さくら（タカハシ　サクラ）"),
        ("applicant_address", "〒100-0013 東京都緑野市緑町3-30-8"),
        (REASON, "転勤のため"),
    ]
    [person] = next(line for line in allowance.lines if line.people).people
    assert next((line.path, bool(line.mark)) for line in person.lines) == ("children.r1.children_name", True)
    titles = [sheet.title for sheet in reading.by_person()]
    assert titles == ["申請者", "子ども", "児童手当", "転居届"]
    # the name is read once, whoever asks for it
    lines = [line.path for sheet in reading.by_person() for line in sheet.lines]
    assert lines.count("applicant_name") == 1


def test_fees_and_papers_follow_the_answers(place, both, clerk):
    visit = fillkit.filling(place, clerk, both, **asked(complete()))
    reading = reading_of(visit)
    assert (reading.fee_total, [(paper.procedure, paper.label, paper.is_required) for paper in reading.papers()]) == (
        0,
        [("児童手当", "通帳の写し", True)],
    )
    cash = reading_of(Visit(values=complete() | {KIND: "cash"}, pk=visit.pk, sources={}))
    assert (cash.fee_total, cash.papers()) == (300, [])
