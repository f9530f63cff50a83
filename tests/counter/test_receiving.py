"""All procedures of a visit are received in one transaction, or none of them."""

import pytest
from django.db.models import F

from applications.enums import ApplicationState, Channel, EventKind, IdentityShown, ProcedureMode, ProcedureState, Seat
from applications.models import Application, Attachment, Payment, Reception
from applications.services import starting
from applications.services.practice import end_practice
from applications.services.receptions import Person, Received, start_for
from cityhall.days import local_date
from cityhall.errors import StaleState
from counter.enums import Companion, VisitEventKind, VisitPhase, VisitState
from counter.errors import NothingChosen, ReasonMissing
from counter.models import Visit, VisitPeriod, VisitProcedure
from counter.queries.receiving import filed_of, papers_for, prepared_of
from counter.queries.visits import chosen_procedures
from counter.services import visits
from counter.services.visits.receiving import NotReceived, NotSigned
from notices.models import OutgoingMail
from residents.models import Mandate
from tests import factories
from tests.counter import receivingkit
from tests.counter.deskkit import make_place
from tests.counter.kit import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(municipality, department):
    return make_place(department)


@pytest.fixture
def procedures(department):
    return [receivingkit.make_procedure(department, name=name) for name in ("転入届", "児童手当")]


def receive(visit, by, procedures, **fields):
    return visits.receive(visit, by=by, now=NOW, **{"papers_seen": receivingkit.papers(*procedures)} | fields)


def refusals(caught):
    return [(one.chosen.procedure.name, one.sentences) for one in caught.value.refusals]


def test_every_procedure_becomes_an_application_with_a_number(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident, image=receivingkit.drawing())
    received = receive(visit, clerk, procedures)
    assert (received.state, received.received_at) == (VisitState.RECEIVED, NOW)
    rows = list(VisitProcedure.objects.select_related("application"))
    assert [row.application.procedure for row in rows] == procedures
    for number, row in enumerate(rows, start=1):
        case = row.application
        assert case.number
        assert (case.state, case.channel) == (ApplicationState.SUBMITTED, Channel.COUNTER)
        assert (case.resident, case.filed_by, case.applicant_name) == (resident, clerk, resident.full_name)
        answers = case.revisions.get().answers
        assert (answers["name"], answers["reason"]) == (receivingkit.VALUES["applicant_name"], f"理由{number}")
        assert [event.kind for event in case.events.all()] == [EventKind.SUBMITTED]
    assert visit.events.last().kind == VisitEventKind.RECEIVED
    assert VisitPeriod.objects.get(until_at=None).phase == VisitPhase.PRINT


def test_drafts_of_who_receives_keep_nobody_waiting(place, clerk, procedures, resident, monkeypatch):
    """What is filed at once is no draft: twenty of one's own forms on paper stop no visit."""
    monkeypatch.setattr(starting, "MAX_DRAFTS", 0)
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    assert receive(visit, clerk, procedures).state == VisitState.RECEIVED
    with pytest.raises(starting.TooManyDrafts):
        start_for(
            procedure=procedures[0],
            person=Person(name="高橋 さくら"),
            received=Received(channel=Channel.COUNTER),
            by=clerk,
            request_key="paper",
        )


def test_who_stands_at_the_desk_has_not_to_come_once_more(place, clerk, department, resident):
    sent_ahead = receivingkit.make_procedure(department, mode=ProcedureMode.SENT_AHEAD)
    online = receivingkit.make_procedure(department)
    visit = receivingkit.signed(place, clerk, [sent_ahead, online], resident=resident)
    receive(visit, clerk, [sent_ahead, online])
    case, other = Application.objects.order_by("procedure_id")
    assert (case.visit_held_on, case.awaits_visit, other.visit_held_on) == (local_date(NOW), False, None)
    assert [event.kind for event in case.events.order_by("id")] == [EventKind.SUBMITTED, EventKind.HELD]
    assert not [sentence for filed in filed_of(visit) for sentence in filed.outlook if "来庁" in sentence]


def test_one_drawing_signs_the_form_of_each_procedure(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident, image=receivingkit.drawing())
    receive(visit, clerk, procedures)
    files = list(Attachment.objects.select_related("file"))
    assert [(one.field_key, one.file.sha256 == files[0].file.sha256) for one in files] == [("sign", True)] * 2
    assert len({one.file_id for one in files}) == 2
    answers = Application.objects.first().revisions.get().answers
    assert answers["sign"] == {"file": Application.objects.first().attachments.get().public_id}


def test_signature_on_paper_is_kept_as_seen(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    receive(visit, clerk, procedures)
    assert [one.papers_seen for one in Reception.objects.all()] == [["proof", "sign"]] * 2
    assert not Attachment.objects.exists()


def test_reception_says_how_the_person_was_known_and_who_was_there(place, clerk, procedures, resident):
    visit = receivingkit.signed(
        place,
        clerk,
        procedures[:1],
        resident=resident,
        companion=Companion.INTERPRETER,
        companion_name="王 小明",
    )
    receive(visit, clerk, procedures)
    reception = Reception.objects.get()
    assert (reception.identity, reception.papers_seen_by) == (IdentityShown.LICENCE, clerk)
    assert reception.identity_note == "運転免許証・運転経歴証明書 / 同席: 王 小明（通訳）"


def test_somebody_without_a_record_applies_under_the_name_they_said(place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures[:1])
    receive(visit, clerk, procedures)
    case = Application.objects.get()
    assert (case.resident, case.applicant_name, case.applicant_kana) == (None, "高橋 さくら", "タカハシ サクラ")
    assert Reception.objects.get().person_name == "高橋　さくら"


def test_proxy_files_by_the_mandate(place, clerk, procedures, resident, supporter):
    mandate = Mandate.objects.create(principal=resident, agent=supporter, evidence="委任状", valid_from=NOW.date())
    visit = receivingkit.signed(
        place,
        clerk,
        procedures[:1],
        resident=resident,
        mandate=mandate,
        companion=Companion.PROXY,
        companion_name=supporter.full_name,
    )
    receive(visit, clerk, procedures)
    assert (Application.objects.get().mandate, Application.objects.get().resident) == (mandate, resident)


def test_fault_in_one_names_it_and_files_none(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    with pytest.raises(NotReceived) as caught:
        receive(visit, clerk, procedures[:1])
    assert refusals(caught) == [("児童手当", ("「本人確認書類の写し」: 書類を確認して、印を付けてください。",))]
    assert (Application.objects.count(), OutgoingMail.objects.count()) == (0, 0)
    kept = receivingkit.fresh(visit)
    assert (kept.state, kept.values, kept.revision) == (VisitState.SIGNED, visit.values, visit.revision)
    # and goes through once the paper was seen
    receive(kept, clerk, procedures)
    assert Application.objects.count() == 2


def test_every_fault_is_told_at_once(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    procedures[0].state = ProcedureState.CLOSED
    procedures[0].save(update_fields=["state"])
    with pytest.raises(NotReceived) as caught:
        receive(visit, clerk, [])
    assert [name for name, _sentences in refusals(caught)] == ["転入届", "児童手当"]
    assert refusals(caught)[0][1] == ("この手続は、現在受付期間外です。受付期間をご確認ください。",)


def test_procedure_may_be_left_out_and_the_others_go_on(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    type(procedures[0]).objects.filter(pk=procedures[0].pk).update(state=ProcedureState.CLOSED)
    receive(visit, clerk, procedures, without={procedures[0].key: "受付を終えたため"})
    dropped, filed = VisitProcedure.objects.all()
    assert (dropped.drop_reason, dropped.dropped_at, dropped.application) == ("受付を終えたため", NOW, None)
    # the answers of the second stay its own
    assert filed.application.revisions.get().answers["reason"] == "理由2"


@pytest.mark.parametrize("reason", ["", "  "])
def test_leaving_out_asks_for_a_reason(place, clerk, procedures, resident, reason):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    with pytest.raises(ReasonMissing):
        receive(visit, clerk, procedures, without={procedures[0].key: reason})
    assert not Application.objects.exists()
    assert not VisitProcedure.objects.exclude(dropped_at=None).exists()


def test_leaving_out_everything_is_refused(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    with pytest.raises(NothingChosen):
        receive(visit, clerk, procedures, without={one.key: "やめる" for one in procedures})


def test_full_procedure_is_named(place, clerk, department, resident):
    full = receivingkit.make_procedure(department, name="木工教室", capacity=0)
    visit = receivingkit.signed(place, clerk, [full], resident=resident)
    with pytest.raises(NotReceived) as caught:
        receive(visit, clerk, [full])
    assert refusals(caught)[0][0] == "木工教室"
    full.capacity = 1
    full.save(update_fields=["capacity"])
    receive(visit, clerk, [full])
    assert Application.objects.get().seat == Seat.SEATED


def test_what_may_be_filed_once_stays_once(place, clerk, department, resident):
    once = receivingkit.make_procedure(department, name="給付金", once_ever=True)
    receive(receivingkit.signed(place, clerk, [once], resident=resident), clerk, [once])
    with pytest.raises(NotReceived) as caught:
        receive(receivingkit.signed(place, clerk, [once], resident=resident), clerk, [once])
    assert refusals(caught)[0][0] == "給付金"
    assert Application.objects.count() == 1


def test_procedure_of_others_is_named(place, clerk, procedures, resident):
    strange = receivingkit.make_procedure(factories.make_department(), name="介護認定")
    visit = receivingkit.signed(place, clerk, [*procedures, strange], resident=resident)
    with pytest.raises(NotReceived) as caught:
        receive(visit, clerk, [*procedures, strange])
    assert [name for name, _sentences in refusals(caught)] == ["介護認定"]


def test_received_twice_is_received_once(place, clerk, handler, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    second = receivingkit.fresh(visit)
    one = receive(visit, clerk, procedures)
    two = receive(second, handler, procedures)
    assert (one, one.received_at) == (two, two.received_at)
    assert Application.objects.count() == 2
    assert list(Application.objects.values_list("filed_by", flat=True)) == [clerk.pk] * 2


def test_changed_after_the_signature_is_not_received(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    Visit.objects.update(values_revision=F("values_revision") + 1)
    with pytest.raises(NotSigned):
        receive(receivingkit.fresh(visit), clerk, procedures)


def test_nothing_is_received_unsigned_or_seen_long_ago(place, clerk, procedures, resident):
    visit = receivingkit.reviewing(place, clerk, procedures, resident=resident)
    with pytest.raises(StaleState):
        receive(visit, clerk, procedures)
    visit = receivingkit.signed(place, clerk, procedures, resident=resident)
    Visit.objects.filter(pk=visit.pk).update(revision=F("revision") + 1)
    with pytest.raises(StaleState):
        receive(visit, clerk, procedures)


def test_form_published_after_the_signature_changes_nothing(place, clerk, procedures, resident):
    visit = receivingkit.signed(place, clerk, procedures[:1], resident=resident)
    signed = procedures[0].current_version
    newer = type(signed).objects.create(
        procedure=procedures[0], number=2, definition=receivingkit.document(help="新しい"), sha256="9" * 64
    )
    type(procedures[0]).objects.filter(pk=procedures[0].pk).update(current_version=newer)
    receive(visit, clerk, procedures)
    assert Application.objects.get().form_version == signed


def test_practice_files_trials_that_nobody_receives(place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures, is_practice=True)
    received = receive(visit, clerk, procedures)
    trials = list(Application.objects.all())
    assert [(one.is_practice, one.state, one.number) for one in trials] == [(True, ApplicationState.DRAFT, None)] * 2
    assert (received.state, OutgoingMail.objects.count()) == (VisitState.RECEIVED, 0)
    # a trial ends, the visit stays
    end_practice(application=trials[0], now=NOW)
    assert sorted(row.application is None for row in VisitProcedure.objects.all()) == [False, True]


def test_practice_names_what_is_missing_too(place, clerk, procedures):
    visit = receivingkit.signed(place, clerk, procedures, is_practice=True)
    with pytest.raises(NotReceived) as caught:
        receive(visit, clerk, [])
    assert len(caught.value.refusals) == 2
    assert not Application.objects.exists()


def test_paper_that_several_ask_for_is_looked_at_once(place, clerk, department, resident):
    one, two = (receivingkit.make_procedure(department) for _number in range(2))
    three = receivingkit.make_procedure(department, proof={"label": "通帳の写し", "required": False})
    visit = receivingkit.signed(place, clerk, [one, two, three], resident=resident)
    papers = papers_for(prepared_of(visit, chosen_procedures(visit), clerk))
    assert [(paper.label, paper.owners, paper.is_required) for paper in papers] == [
        ("本人確認書類の写し", (f"{one.key}:proof", f"{two.key}:proof"), True),
        ("通帳の写し", (f"{three.key}:proof",), False),
    ]


def test_paper_that_no_answer_brings_up_is_not_looked_at(place, clerk, department, resident):
    hidden = {"visible_when": {"eq": [{"answer": "reason"}, "別の理由"]}}
    procedure = receivingkit.make_procedure(department, proof=hidden)
    visit = receivingkit.signed(place, clerk, [procedure], resident=resident)
    assert papers_for(prepared_of(visit, chosen_procedures(visit), clerk)) == []


def test_fees_are_known_before_and_owed_after(place, clerk, department, resident):
    fees = [{"key": "copy", "label": "手数料", "amount": 300}]
    procedure = receivingkit.make_procedure(department, fees=fees)
    visit = receivingkit.signed(place, clerk, [procedure], resident=resident)
    assert [one.total for one in prepared_of(visit, chosen_procedures(visit), clerk)] == [300]
    receive(visit, clerk, [procedure])
    filed = filed_of(visit)
    assert ([one.total for one in filed], Payment.objects.get().amount) == ([300], 300)
    assert filed[0].outlook[0].endswith("が受け付けました。担当者が決まると、審査が始まります。")
