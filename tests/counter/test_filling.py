"""What is known fills blanks; what somebody says is kept with its source, and beside it what others say."""

import datetime as dt

import pytest

from cityhall.enums import AuditAction
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter.entries import Entries
from counter.enums import Mark, Origin, Source, VisitEventKind, VisitState
from counter.forms import combined_of
from counter.models import Visit
from counter.queries.sources import beside
from counter.queries.visits import chosen_procedures
from counter.services import visits
from residents.models import Household
from tests import factories
from tests.counter import fillkit
from tests.counter.fillkit import KIND, fresh, name
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
IVS = "葛\U000e0100城"


@pytest.fixture
def place(department):
    return fillkit.make_place(department)


@pytest.fixture
def both(department):
    return fillkit.make_both(department)


def form_of(visit):
    return combined_of(chosen_procedures(visit), at_desk=True).form


def page_with(visit, key):
    return next(page for page in form_of(visit).pages if any(one.key == key for one in page.fields))


def save(visit, key, by, source=Source.STAFF, **typed):
    """Save the page of a question with what is typed there, and what was there before."""
    page = page_with(visit, key)
    held = {one.key: visit.values[one.key] for one in page.fields if one.key in visit.values}
    return visits.save_page(visit, page=page, typed=held | typed, source=source, by=by, now=NOW)


def test_record_fills_what_is_blank_and_is_audited(place, both, clerk, resident):
    visit = fillkit.identified(place, clerk, both, resident=resident)
    visits.fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert visit.values["applicant_name"] == name()
    assert visit.values["applicant_phone"] == "090-1234-5678"
    assert set(visit.sources.values()) == {Source.RECORD}
    assert (visit.values_revision, visit.events.last().detail) == (2, Source.RECORD)
    read = AuditEvent.objects.get(target_type="resident", action=AuditAction.READ)
    assert (read.target_id, read.actor) == (resident.public_id, clerk)
    visits.fill_known(visit, clerk, now=NOW)
    assert fresh(visit).revision == visit.revision


def test_what_was_brought_stays_and_the_record_stands_beside_it(place, both, clerk, resident):
    brought = {"applicant_phone": "042-000-0000", "applicant_name": name()}
    sources = dict.fromkeys(brought, Source.BROUGHT)
    visit = fillkit.identified(place, clerk, both, resident=resident, values=brought, sources=sources)
    visits.fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.values["applicant_phone"], visit.sources["applicant_phone"]) == ("042-000-0000", Source.BROUGHT)
    # who says the same has nothing to add
    assert visit.offers == {"applicant_phone": {Source.RECORD: "090-1234-5678"}}
    shown = beside(Entries.of(visit), form_of(visit).questions)["applicant_phone"]
    assert (shown.said.source, [(one.source, one.words) for one in shown.others]) == (
        Source.BROUGHT,
        [(Source.RECORD, "090-1234-5678")],
    )


def test_a_date_in_another_calendar_is_the_same(place, both, clerk, resident):
    brought = {"applicant_birth_date": fillkit.date(1990, 4, 12)}
    sources = {"applicant_birth_date": Source.BROUGHT}
    visit = fillkit.identified(place, clerk, both, resident=resident, values=brought, sources=sources)
    visits.fill_known(visit, clerk, now=NOW)
    assert "applicant_birth_date" not in fresh(visit).offers


def test_protected_address_is_not_filled_in_before_the_eyes_of_a_clerk(place, both, clerk):
    hidden = factories.make_resident(protected_until=dt.date(2099, 3, 31))
    visit = fillkit.identified(place, clerk, both, resident=hidden)
    visits.fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert ("applicant_name" in visit.values, "applicant_address" in visit.values) == (True, False)
    assert "applicant_address" not in visit.offers


def test_nobody_on_record_and_a_birth_day_nobody_knows_fill_nothing(place, both, clerk):
    visit = fillkit.identified(place, clerk, both)
    visits.fill_known(visit, clerk, now=NOW)
    assert fresh(visit).values == {}
    nothing = dict.fromkeys(("birth_date", "birth_year", "birth_month", "birth_day"))
    unknown = factories.make_resident(**nothing, family=IVS)
    visit = fillkit.identified(place, clerk, both, resident=unknown)
    visits.fill_known(visit, clerk, now=NOW)
    assert "applicant_birth_date" not in fresh(visit).values
    # the very character, with its variation selector
    assert fresh(visit).values["applicant_name"]["family"] == IVS


def test_as_much_of_a_birth_day_as_is_known_is_filled_in(place, both, clerk):
    partly = factories.make_resident(birth_date=None, birth_day=None)
    visit = fillkit.identified(place, clerk, both, resident=partly)
    visits.fill_known(visit, clerk, now=NOW)
    boxes = fresh(visit).values["applicant_birth_date"]
    assert [boxes[part] for part in ("era", "year", "month", "day", "unknown")] == ["heisei", "2", "4", "", "day"]


def test_children_of_the_household_are_rows(place, both, clerk, resident):
    house = Household.objects.create(number="1")
    resident.household, resident.relationship = house, "世帯主"
    resident.save(update_fields=["household", "relationship"])
    born = dt.date(2020, 10, 1)
    factories.make_resident(given="一葉", household=house, relationship="子", birth_date=born)
    visit = fillkit.identified(place, clerk, both, resident=resident)
    visits.fill_known(visit, clerk, now=NOW)
    [row] = fresh(visit).values["children"]
    assert row["values"]["children_name"]["given"] == "一葉"


def test_page_is_saved_with_its_source_and_what_it_was_stays_beside(place, both, clerk, resident):
    visit = fillkit.identified(place, clerk, both, resident=resident)
    visits.fill_known(visit, clerk, now=NOW)
    visits.begin_questions(visit, clerk, now=NOW)
    save(visit, "applicant_phone", clerk, applicant_phone="042-111-1111")
    visit = fresh(visit)
    assert visit.sources["applicant_phone"] == Source.STAFF
    # what nobody touched keeps its source
    assert visit.sources["applicant_name"] == Source.RECORD
    assert visit.offers["applicant_phone"] == {Source.RECORD: "090-1234-5678"}
    save(visit, "applicant_phone", clerk, applicant_phone="090-1234-5678")
    assert (fresh(visit).sources["applicant_phone"], fresh(visit).offers) == (
        Source.STAFF,
        {},
    )


def test_another_source_is_taken_and_given_back(place, both, clerk):
    offers = {"applicant_phone": {Source.RECORD: "090-1234-5678"}}
    visit = fillkit.filling(
        place,
        clerk,
        both,
        values={"applicant_phone": "042-000-0000"},
        sources={"applicant_phone": Source.BROUGHT},
        offers=offers,
    )
    visits.take(visit, key="applicant_phone", source=Source.RECORD, by=clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.values["applicant_phone"], visit.sources["applicant_phone"]) == ("090-1234-5678", Source.RECORD)
    assert visit.offers == {"applicant_phone": {Source.BROUGHT: "042-000-0000"}}
    visits.take(visit, key="applicant_phone", source=Source.RECORD, by=clerk, now=NOW)
    visits.take(visit, key="applicant_phone", source=Source.BROUGHT, by=clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.values["applicant_phone"], visit.offers) == ("042-000-0000", offers)


def test_what_was_asked_and_left_blank_is_not_filled_again(place, both, clerk, resident):
    visit = fillkit.identified(place, clerk, both, resident=resident)
    visits.fill_known(visit, clerk, now=NOW)
    visits.begin_questions(visit, clerk, now=NOW)
    save(visit, "applicant_phone", clerk, applicant_phone="")
    visits.fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    assert ("applicant_phone" in visit.values, visit.offers["applicant_phone"]) == (
        False,
        {Source.RECORD: "090-1234-5678"},
    )


def test_rows_that_stayed_keep_their_source(place, both, clerk):
    rows = [fillkit.child("r1")]
    visit = fillkit.filling(place, clerk, both, values={"children": rows}, sources={"children": Source.BROUGHT})
    new = fillkit.child("r2", given="二葉", p1_school="緑小学校")
    save(visit, "children", clerk, Source.RESIDENT, children=[*rows, new])
    entries = Entries.of(fresh(visit))
    assert [entries.source_of(path) for path in ("children.r1.children_name", "children.r2.p1_school")] == [
        Source.BROUGHT,
        Source.RESIDENT,
    ]


def test_row_that_was_added_and_left_alone_says_nothing(place, both, clerk):
    visit = fillkit.filling(place, clerk, both)
    save(visit, "children", clerk, children=[{"id": "r1", "values": {}}])
    visit = fresh(visit)
    assert (len(visit.values["children"]), visit.sources) == (1, {})


def test_two_tablets_the_slower_is_told(place, both, clerk, handler):
    visit = fillkit.filling(place, clerk, both)
    other = fresh(visit)
    save(visit, KIND, clerk, p1_kind="cash")
    with pytest.raises(StaleState):
        save(other, KIND, handler, p1_kind="bank")
    assert fresh(visit).values == {KIND: "cash"}


def test_nothing_is_saved_before_the_questions_or_after(place, both, clerk):
    visit = fillkit.identified(place, clerk, both)
    with pytest.raises(StaleState):
        save(visit, KIND, clerk, p1_kind="cash")
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.REVIEWING)
    with pytest.raises(StaleState):
        visits.fill_known(fresh(visit), clerk, now=NOW)


def test_saving_the_same_writes_nothing_and_no_value_is_in_an_event(place, both, clerk):
    visit = fillkit.filling(place, clerk, both)
    save(visit, KIND, clerk, p1_kind="cash")
    count = visit.events.count()
    save(fresh(visit), KIND, clerk, p1_kind="cash")
    assert visit.events.count() == count
    assert [event.detail for event in visit.events.filter(kind=VisitEventKind.SAVED)] == ["questions", "page_p1"]


def test_record_of_somebody_else_goes_when_it_was_somebody_else(place, both, clerk, resident, another_resident):
    visit = fillkit.identified(place, clerk, both, resident=resident)
    Visit.objects.filter(pk=visit.pk).update(values={"p2_reason": "転勤のため"}, sources={"p2_reason": Source.BROUGHT})
    visit = fresh(visit)
    visits.fill_known(visit, clerk, now=NOW)
    visits.identify(visit, documents=["driving_licence"], resident=another_resident, by=clerk, now=NOW)
    visit = fresh(visit)
    assert (visit.values, visit.offers) == ({"p2_reason": "転勤のため"}, {})
    visits.fill_known(visit, clerk, now=NOW)
    assert fresh(visit).values["applicant_name"]["family"] == "鈴木"


def test_sources_offers_and_marks_move_with_their_questions(place, department, clerk):
    first, second = fillkit.make_both(department)
    third = fillkit.make_procedure(department, fillkit.MOVING, name="もう一つの転居届")
    visit = fillkit.filling(
        place,
        clerk,
        [first, second, third],
        values={"p3_reason": "転勤のため", KIND: "cash"},
        sources={"p3_reason": Source.BROUGHT, KIND: Source.STAFF},
        offers={"p3_reason": {Source.STAFF: "進学のため"}},
        marks={"p3_reason": Mark.WRONG},
    )
    visits.drop(visit, second, reason="今日はしない", by=clerk, now=NOW)
    visit = fresh(visit)
    assert visit.values == {"p2_reason": "転勤のため", KIND: "cash"}
    assert visit.sources == {"p2_reason": Source.BROUGHT, KIND: Source.STAFF}
    assert (visit.offers, visit.marks) == (
        {"p2_reason": {Source.STAFF: "進学のため"}},
        {"p2_reason": Mark.WRONG},
    )
    visits.add(visit, [(second, "")], origin=Origin.STAFF, by=clerk, now=NOW)
    assert fresh(visit).values["p3_reason"] == "転勤のため"
