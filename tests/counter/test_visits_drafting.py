"""Home with what was entered: drafts of the resident's own account, and nothing left in the visit."""

import pytest
from django.utils import timezone

from applications.definition import fingerprint
from applications.enums import ApplicationState, ProcedureState
from applications.models import Application, FormVersion, Procedure
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from counter.enums import Companion, Origin, VisitState
from counter.models import Visit
from counter.services import visits
from counter.services.visits.drafting import NothingKept
from tests import factories
from tests.counter import fillkit
from tests.counter.deskkit import filling, identified, make_place, procedures_of, start, with_code

pytestmark = pytest.mark.django_db
PICKED_UP = [
    {
        "key": "place",
        "type": "choice",
        "label": "受取り",
        "concept": "applicant.pickup_place",
        "required": True,
        "options": [{"value": "now", "label": "窓口へ行った日に、その場で"}, {"value": "post", "label": "郵送"}],
    },
    {"key": "reason", "type": "text", "label": "理由", "required": True},
]
VALUES = {"p1_child_name": "高橋 一", "p2_child_name": "高橋 二"}


@pytest.fixture
def procedures(department):
    return procedures_of(department, 2)


@pytest.fixture
def visit(municipality, department, clerk, resident, procedures):
    now = timezone.now()
    made, _token = with_code(make_place(department), clerk, municipality.code, procedures, values=VALUES, now=now)
    return identified(made, clerk, resident, now=now)


def typed_in(procedure):
    return Application.objects.get(procedure=procedure).draft_answers.get("child_name")


def test_drafts_are_the_residents_own_and_the_visit_is_wiped(visit, clerk, resident, procedures):
    kept = visits.leave_with_drafts(visit, by=clerk)
    drafts = Application.objects.all()
    assert {(one.filed_by, one.resident, one.state) for one in drafts} == {
        (resident.user, resident, ApplicationState.DRAFT)
    }
    assert ([typed_in(one) for one in procedures], kept.refused) == (["高橋 一", "高橋 二"], ())
    row = Visit.objects.get()
    assert (row.state, row.values, row.resident, row.wiped_at is not None) == (VisitState.CLOSED, {}, None, True)
    made = AuditEvent.objects.filter(target_type="visit", detail__startswith="draft ").values_list("actor", flat=True)
    assert list(made) == [clerk.pk, clerk.pk]


def test_what_is_not_online_is_named_and_the_rest_kept(visit, clerk, procedures):
    Procedure.objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    kept = visits.leave_with_drafts(visit, by=clerk)
    assert [name for name, _sentence in kept.refused] == [procedures[0].name]
    assert "受付期間外" in kept.refused[0][1]
    assert [one.procedure for one in kept.drafts] == [procedures[1]]


def test_nothing_to_keep_changes_nothing(visit, clerk):
    Procedure.objects.update(state=ProcedureState.CLOSED)
    with pytest.raises(NothingKept):
        visits.leave_with_drafts(visit, by=clerk)
    row = Visit.objects.get()
    assert (row.state, row.values, Application.objects.count()) == (VisitState.IDENTIFIED, VALUES, 0)


def test_draft_says_nothing_that_only_the_visit_answered(municipality, department, clerk, resident):
    """Picked up on the spot: that is over with the visit."""
    one = fillkit.make_procedure(department, PICKED_UP)
    made = filling(start(make_place(department), clerk, now=timezone.now()), clerk, [one], resident, now=timezone.now())
    visits.leave_with_drafts(made, by=clerk)
    assert "place" not in Application.objects.get().draft_answers


def test_form_published_meanwhile_takes_the_answers_over(visit, clerk, procedures):
    first = procedures[0]
    definition = first.current_version.definition | {"pages": [*reversed(first.current_version.definition["pages"])]}
    newer = FormVersion.objects.create(procedure=first, number=2, definition=definition, sha256=fingerprint(definition))
    Procedure.objects.filter(pk=first.pk).update(current_version=newer)
    visits.leave_with_drafts(visit, by=clerk)
    assert (Application.objects.get(procedure=first).form_version, typed_in(first)) == (newer, "高橋 一")


def test_slower_desk_is_told_and_makes_no_drafts(visit, clerk, handler):
    other = Visit.objects.get()
    visits.take_over(visit, handler)
    with pytest.raises(StaleState):
        visits.leave_with_drafts(other, by=clerk)
    assert Application.objects.count() == 0


def test_only_for_who_stands_there_with_an_account(municipality, department, clerk, resident, procedures):
    now = timezone.now()
    place = make_place(department)
    without = identified(start(place, clerk, "a", now=now), clerk, factories.make_resident(), now=now)
    nobody = identified(start(place, clerk, "b", now=now), clerk, None, now=now)
    unknown = start(place, clerk, "c", now=now, resident=resident)
    acting = {"companion": Companion.PROXY, "companion_name": "佐藤", "documents": ["passport", "letter_of_attorney"]}
    proxied = identified(start(place, clerk, "d", now=now), clerk, resident, now=now, **acting)
    assert [visits.may_draft(one) for one in (without, nobody, unknown, proxied)] == [False] * 4
    with pytest.raises(StaleState):
        visits.leave_with_drafts(without, by=clerk)


def test_page_offers_it_and_says_what_became_of_it(visit, clerk, login, procedures):
    Procedure.objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    browser, url = login(clerk), f"/staff/visits/{visit.public_id}/leave/"
    assert "下書きに移して終わる" in browser.get(url).content.decode()
    for _tap in range(2):
        answer = browser.post(url, {"revision": visit.revision, "keep": "drafts"}, follow=True)
    assert Application.objects.count() == 1
    assert answer.status_code == 200
    other = visits.start(place=visit.place, by=clerk, request_key="x")
    assert "下書きに移して終わる" not in browser.get(f"/staff/visits/{other.public_id}/leave/").content.decode()


def test_message_names_both(visit, clerk, login, procedures):
    Procedure.objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    url = f"/staff/visits/{visit.public_id}/leave/"
    answer = login(clerk).post(url, {"revision": visit.revision, "keep": "drafts"}, follow=True)
    text = answer.content.decode()
    assert "1件を、ご本人の下書きに残しました。" in text
    assert f"「{procedures[0].name}」は下書きにできませんでした。" in text


def test_added_by_staff_is_kept_as_well(visit, clerk, department):
    (more,) = procedures_of(department, 1)
    visits.add(visit, [(more, "希望")], origin=Origin.STAFF, by=clerk)
    assert len(visits.leave_with_drafts(visit, by=clerk).drafts) == 3
