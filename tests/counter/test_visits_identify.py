"""Who stands at the desk: the documents of the law, a second person, another record than before."""

import datetime as dt

import pytest

from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter import identity
from counter.enums import Companion, Source, VisitEventKind, VisitState
from counter.errors import AuthorityMissing, CompanionUnnamed, MandateOfOthers, NotIdentifiedEnough
from counter.models import Visit
from counter.services import visits
from residents.services import create_mandate, revoke_mandate
from tests import factories
from tests.counter.deskkit import LICENCE, identified, make_place, start
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(department, clerk):
    return start(make_place(department), clerk)


@pytest.mark.parametrize(
    ("documents", "enough"),
    [
        ([], False),
        (["my_number_card"], True),
        (["insurance_certificate"], False),
        (["insurance_certificate", "pension"], True),
        (["insurance_certificate", "student_card"], True),
        (["student_card", "employee_card"], False),
        (["questions"], True),
        (["letter_of_attorney", "insurance_certificate"], False),
        (["driving_licence", "no_such_document"], True),
        (["no_such_document", "pension"], False),
    ],
)
def test_documents_are_one_with_a_photograph_or_two_others(documents, enough):
    assert identity.is_enough(documents) is enough


def test_every_document_says_how_an_application_calls_it():
    assert identity.shown_as(["letter_of_attorney", "pension", "passport"]) == "passport"
    assert identity.shown_as(["letter_of_attorney"]) == "none"
    assert identity.names_of(["pension", "my_number_card"])[0] == "マイナンバーカード"


def test_identified_says_who_by_what_and_when(visit, clerk):
    resident = factories.make_resident()
    done = identified(visit, clerk, resident)
    row = Visit.objects.get(pk=done.pk)
    assert (row.state, row.resident, row.documents) == (VisitState.IDENTIFIED, resident, LICENCE)
    assert (row.identified_by, row.identified_at) == (clerk, NOW)
    event = row.events.last()
    assert (event.kind, event.detail) == (VisitEventKind.IDENTIFIED, "driving_licence")
    audited = AuditEvent.objects.filter(target_type="visit").order_by("-id").first()
    assert (audited.detail, audited.object_ids) == ("identified driving_licence", [resident.public_id])


def test_too_few_documents_change_nothing(visit, clerk):
    with pytest.raises(NotIdentifiedEnough):
        identified(visit, clerk, documents=["pension"])
    assert Visit.objects.get(pk=visit.pk).state == VisitState.OPEN


def test_nobody_on_record_is_identified_too(visit, clerk):
    assert identified(visit, clerk, None).resident is None


def test_record_of_somebody_merged_leads_to_the_living_row(visit, clerk):
    living = factories.make_resident()
    old = factories.make_resident(merged_into=living)
    assert identified(visit, clerk, old).resident == living


def test_companion_needs_a_name(visit, clerk):
    with pytest.raises(CompanionUnnamed):
        identified(visit, clerk, companion=Companion.INTERPRETER, companion_name="　")
    done = identified(visit, clerk, companion=Companion.INTERPRETER, companion_name="グエン")
    assert (done.companion, done.companion_name) == (Companion.INTERPRETER, "グエン")
    # said once more, without: gone
    assert identified(done, clerk).companion_name == ""


@pytest.mark.parametrize("companion", [Companion.PROXY, Companion.GUARDIAN])
def test_who_acts_for_another_shows_by_what_right(visit, clerk, companion):
    resident, agent = factories.make_resident(), factories.make_resident(family="佐藤")
    acting = {"companion": companion, "companion_name": "佐藤 花子"}
    with pytest.raises(AuthorityMissing):
        identified(visit, clerk, resident, **acting)
    identified(visit, clerk, resident, documents=[*LICENCE, "letter_of_attorney"], **acting)
    mandate = make_mandate(resident, agent, clerk)
    assert identified(visit, clerk, resident, mandate=mandate, **acting).mandate == mandate


def test_mandate_of_others_or_over_is_refused(visit, clerk):
    resident, agent, other = (factories.make_resident() for _ in range(3))
    acting = {"companion": Companion.PROXY, "companion_name": "佐藤"}
    theirs = make_mandate(other, agent, clerk)
    with pytest.raises(MandateOfOthers):
        identified(visit, clerk, resident, mandate=theirs, **acting)
    ended = make_mandate(resident, agent, clerk)
    revoke_mandate(mandate=ended, by=clerk)
    with pytest.raises(MandateOfOthers):
        identified(visit, clerk, resident, mandate=ended, **acting)


@pytest.mark.parametrize(("name", "is_same"), [("佐藤 一", True), ("佐藤　二", False)])
def test_second_person_typed_with_another_blank_is_who_signed(visit, clerk, name, is_same):
    resident = factories.make_resident()
    acting = {"companion": Companion.PROXY, "documents": [*LICENCE, "letter_of_attorney"]}
    identified(visit, clerk, resident, companion_name="佐藤　一", **acting)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.SIGNED)
    visit.refresh_from_db()
    identified(visit, clerk, resident, companion_name=name, **acting)
    row = Visit.objects.get(pk=visit.pk)
    assert (row.state, row.values_revision) == ((VisitState.SIGNED, 0) if is_same else (VisitState.FILLING, 1))
    assert row.companion_name == name


def test_another_record_takes_the_words_of_the_first_with_it(visit, clerk):
    first, second = factories.make_resident(), factories.make_resident(family="佐藤")
    identified(visit, clerk, first)
    values = {"applicant_name": {"family": "高橋"}, "applicant_phone": "0420000000"}
    sources = {"applicant_name": Source.RECORD, "applicant_phone": Source.STAFF}
    Visit.objects.filter(pk=visit.pk).update(values=values, sources=sources)
    visit.refresh_from_db()
    identified(visit, clerk, second)
    row = Visit.objects.get(pk=visit.pk)
    assert (row.values, row.values_revision) == ({"applicant_phone": "0420000000"}, 1)


def test_two_desks_identify_and_the_slower_is_told(visit, clerk, handler):
    other = Visit.objects.get(pk=visit.pk)
    identified(visit, clerk)
    with pytest.raises(StaleState):
        identified(other, handler)


def test_closed_visit_identifies_nobody(visit, clerk):
    visits.leave(visit, keep=False, by=clerk, now=NOW)
    with pytest.raises(StaleState):
        identified(visit, clerk)


def make_mandate(principal, agent, by):
    return create_mandate(principal=principal, agent=agent, evidence="委任状", valid_from=dt.date(2026, 1, 1), by=by)
