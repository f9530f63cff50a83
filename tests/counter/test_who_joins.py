"""Whom a procedure concerns is said by somebody: what the register knows of a household only offers people."""

import datetime as dt

import pytest

from applications.enums import FieldType
from applications.form_pages import check
from counter import codes
from counter.combined import combine, split
from counter.combined.asking import TICKED
from counter.combined.keys import HOUSEHOLD
from counter.entries import Entries
from counter.enums import Source
from counter.form_pages import Filling
from counter.forms import combined_of
from counter.queries.sources import beside
from counter.queries.visits import chosen_procedures
from counter.services import prefills, visits
from residents.models import Household
from tests import factories
from tests.counter import fillkit, kit
from tests.counter.combinedkit import parts_of
from tests.counter.fillkit import fresh
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db
MEMBER = [
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "household[].name"},
    {"key": "born", "type": "date", "label": "生年月日", "required": True, "concept": "household[].birth_date"},
]
JOINING = [
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
    {"key": "members", "type": "rows", "label": "加入する方", "min_rows": 1, "max_rows": 5, "fields": MEMBER},
]
LIVING = [
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
    {"key": "there", "type": "rows", "label": "一緒に住む方", "min_rows": 0, "max_rows": 5, "fields": MEMBER},
]


@pytest.fixture
def family(resident):
    """The resident with a husband and a child in the register."""
    house = Household.objects.create(number="1")
    resident.household, resident.relationship = house, "世帯主"
    resident.save(update_fields=["household", "relationship"])
    for given, relationship, year in (("健太", "夫", 1988), ("一葉", "子", 2020)):
        born = dt.date(year, 10, 1)
        factories.make_resident(given=given, household=house, relationship=relationship, birth_date=born)
    return resident


@pytest.fixture
def visit(family, department, clerk):
    procedure = fillkit.make_procedure(department, JOINING, name="国民健康保険 加入届")
    found = fillkit.filling(fillkit.make_place(department), clerk, [procedure], resident=family)
    visits.fill_known(found, clerk, now=NOW)
    return fresh(found)


def combined(visit):
    return combined_of(chosen_procedures(visit), at_desk=True)


def given_names(rows):
    return [
        next(one["given"] for one in row["values"].values() if isinstance(one, dict) and "given" in one) for row in rows
    ]


def joining(visit):
    """Who stands in the form of the one procedure."""
    [values] = split(combined(visit), visit.values).values()
    return given_names(values.get("members", []))


def test_people_of_the_register_are_offered_and_nobody_joins_before_somebody_says_so(visit, clerk):
    form = combined(visit).form
    [tick] = [one.key for one in form.by_key[HOUSEHOLD].fields if one.type == FieldType.CHECKBOXES]
    assert given_names(visit.values[HOUSEHOLD]) == ["健太", "一葉"]
    assert joining(visit) == []
    missing = {one.key for one in check(form, visit.values, {}).problems}
    assert missing == {f"{HOUSEHOLD}.{visit.values[HOUSEHOLD][0]['id']}.{tick}"}
    rows = [dict(row) for row in visit.values[HOUSEHOLD]]
    rows[1] = {"id": rows[1]["id"], "values": {**rows[1]["values"], tick: [TICKED]}}
    page = next(page for page in form.pages if HOUSEHOLD in {one.key for one in page.fields})
    typed = {**visit.values, HOUSEHOLD: rows}
    visits.save_page(visit, page=page, typed=typed, source=Source.STAFF, by=clerk, now=NOW)
    visit = fresh(visit)
    assert joining(visit) == ["一葉"]
    assert not check(form, visit.values, {}).problems


def test_who_applies_is_offered_beside_the_others_and_marked_by_nobody(visit):
    number = next(
        n for n, page in enumerate(combined(visit).form.pages, 1) if HOUSEHOLD in {f.key for f in page.fields}
    )
    rows = Filling(combined(visit), dict(visit.values)).begun(number).values[HOUSEHOLD]
    assert given_names(rows) == ["さくら", "健太", "一葉"]
    assert not any("in_1" in row["values"] for row in rows)


def test_who_was_typed_at_the_desk_is_marked_at_once(department, clerk):
    procedure = fillkit.make_procedure(department, JOINING, name="国民健康保険 加入届")
    visit = fillkit.filling(fillkit.make_place(department), clerk, [procedure])
    row = {"id": "r1", "values": {}}
    filling = Filling(combined(visit), {"household": [row]})
    number = next(n for n, page in enumerate(filling.form.pages, 1) if HOUSEHOLD in {f.key for f in page.fields})
    assert filling.begun(number).values[HOUSEHOLD][0]["values"] == {"in_1": [TICKED]}


def test_list_of_all_who_live_there_is_answered_by_the_register(family, department, clerk):
    procedure = fillkit.make_procedure(department, LIVING)
    visit = fillkit.filling(fillkit.make_place(department), clerk, [procedure], resident=family)
    visits.fill_known(visit, clerk, now=NOW)
    visit = fresh(visit)
    [values] = split(combined(visit), visit.values).values()
    assert given_names(values["there"]) == ["健太", "一葉"]


@pytest.mark.parametrize(("sources", "marks"), [({}, [[TICKED]]), ({"household": Source.RECORD}, [None])])
def test_who_was_typed_at_home_was_meant_and_what_the_record_said_there_was_not(
    department, clerk, municipality, sources, marks
):
    procedure = fillkit.make_procedure(department, JOINING, name="国民健康保険 加入届")
    rows = [{"id": "r1", "values": {"household_name": fillkit.name(given="一葉")}}]
    values = {"applicant_name": fillkit.name(), "household": rows}
    _prefill, token = kit.keep(procedures=[procedure], values=values, sources=sources)
    text = codes.full_code(municipality.code, token)
    found = prefills.find_scanned(text, by=clerk, now=NOW)
    assert [row["values"].get("in_1") for row in found.values["household"]] == marks


@pytest.mark.parametrize("key", ["kokuho-kanyu", "kodomo-iryohi", "jido-teate-nintei"])
def test_shipped_forms_ask_at_a_desk_whom_they_concern(key):
    [part] = parts_of(key)
    assert combine([part]).ticks == {}
    assert len(combine([part], at_desk=True).ticks) == 1


def test_source_stands_with_whom_it_speaks_of_and_no_mark_is_anybodys_word(visit, clerk):
    form = combined(visit).form
    rows = [dict(row) for row in visit.values[HOUSEHOLD]]
    rows[0] = {"id": rows[0]["id"], "values": {**rows[0]["values"], "in_1": [TICKED]}}
    rows.append({"id": "new", "values": {"household_name": fillkit.name(given="湊"), "in_1": [TICKED]}})
    page = next(page for page in form.pages if HOUSEHOLD in {one.key for one in page.fields})
    visits.save_page(visit, page=page, typed={**visit.values, HOUSEHOLD: rows}, source=Source.STAFF, by=clerk, now=NOW)
    told = beside(Entries.of(fresh(visit)), [form.by_key[HOUSEHOLD]])[HOUSEHOLD]
    said = {one.source: one.words for one in (told.said, *told.rest)}
    assert said.keys() == {Source.RECORD, Source.STAFF}
    assert ("健太" in said[Source.RECORD], "健太" in said[Source.STAFF]) == (True, False)
    assert ("湊" in said[Source.STAFF], "当てはまります" in "".join(said.values())) == (True, False)
