"""A person whose own row was merged into the register's keeps every notice."""

import pytest
from django.urls import reverse

from applications.enums import DecisionKind
from applications.services.casework.decision_notices import issue_decision_notice
from cityhall.services.work import claim_due
from notices import queries
from notices.models import DocumentJob, Notice, OutgoingMail
from notices.services import open_notice
from notices.services.alerts import alert_address
from notices.services.documents import make_document
from residents.enums import ConsentKind, ResidentSource
from residents.models import Resident
from residents.services import consents, merge_residents
from tests import factories
from tests.applications import casekit
from tests.notices.test_receipts import give_mandate

pytestmark = pytest.mark.django_db


def url(name, notice):
    return reverse(f"notices:{name}", args=[notice.public_id])


@pytest.fixture
def registered():
    return factories.make_resident(source=ResidentSource.REGISTER, street="9-9-9")


@pytest.fixture
def merge(administrator, registered):
    def join(own):
        merge_residents(source=own, target=registered, by=administrator)
        return Resident.objects.get(pk=registered.pk)

    return join


def test_person_sees_opens_and_downloads_what_came_before_the_merge(login, available, consenting, merge):
    notice = available(consenting)
    person = merge(consenting)
    client = login(person)
    assert "児童手当 認定通知書" in client.get(reverse("notices:my_notices")).text
    page = client.post(url("notice_open", notice), follow=True)
    assert "要件を満たすため" in page.text
    assert page.context["reading"].is_for_other is False
    assert b"".join(client.get(url("notice_document", notice)).streaming_content).startswith(b"%PDF-")
    events = notice.receipts.filter(kind__in=["opened", "downloaded"]).order_by("id")
    assert [(event.kind, event.detail) for event in events] == [("opened", ""), ("downloaded", "")]


def test_mark_of_unread_notices_counts_them(login, available, consenting, merge):
    available(consenting)
    page = login(merge(consenting)).get(reverse("portal:my_page"))
    assert page.context["unread_notices"] == 1


def test_agent_of_the_merged_person_still_opens(available, consenting, supporter, merge):
    notice = available(consenting)
    give_mandate(consenting, supporter)
    merge(consenting)
    assert list(queries.visible_to(supporter.user)) == [notice]
    assert open_notice(notice, by=supporter.user).state == "opened"


def test_notices_follow_a_chain_of_merges(available, consenting, registered, merge, administrator):
    notice = available(consenting)
    merge(consenting)
    last = factories.make_resident(source=ResidentSource.REGISTER)
    merge_residents(source=Resident.objects.get(pk=registered.pk), target=last, by=administrator)
    last.refresh_from_db()
    assert Resident.objects.get(pk=consenting.pk).merged_into == last
    assert list(queries.visible_to(last.user)) == [notice]


def test_stranger_sees_nothing_of_a_merged_person(available, consenting, another_resident, merge):
    notice = available(consenting)
    merge(consenting)
    assert not queries.visible_to(another_resident.user).exists()
    assert not queries.may_open(notice, another_resident.user)


def test_notice_for_the_old_row_goes_to_the_living_one(available, consenting, merge):
    person = merge(consenting)
    old = Resident.objects.get(pk=consenting.pk)
    notice = available(old)
    assert (notice.recipient, notice.subject, notice.recipient_street) == (person, person, "9-9-9")
    assert (notice.paper_state, OutgoingMail.objects.get().to) == ("none", "resident@example.jp")


def test_notice_in_the_making_is_told_and_timed_by_the_living_row(issue, available, consenting, merge):
    draft = issue(consenting)
    person = merge(consenting)
    assert alert_address(Notice.objects.get(pk=draft.pk)) == person.user.email
    notice = available(Resident.objects.get(pk=consenting.pk))
    assert notice == draft
    assert (notice.paper_required, OutgoingMail.objects.get().to) == (False, person.user.email)


def test_word_against_digital_notices_after_the_merge_counts(issue, available, consenting, merge):
    issue(consenting)
    person = merge(consenting)
    consents.withdraw(resident=person, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-04", by=person.user)
    assert available(Resident.objects.get(pk=consenting.pk)).paper_required


def test_decision_on_an_old_application_reaches_the_person(
    municipality, city_key, department, handler, resident, login, merge
):
    case = casekit.make_case(
        casekit.make_procedure(department), resident, state="approved", decision=DecisionKind.APPROVE
    )
    person = merge(resident)
    case.refresh_from_db()
    notice = issue_decision_notice(case, by=handler, now=casekit.NOW)
    assert notice.recipient == person
    for job in claim_due(DocumentJob, now=casekit.NOW):
        make_document(job, now=casekit.NOW)
    page = login(person).get(reverse("applications:application_detail", args=[case.public_id]))
    assert list(page.context["notices"]) == [notice]
