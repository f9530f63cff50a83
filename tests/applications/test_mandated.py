import datetime as dt

import pytest
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import Application
from applications.queries.mine import own_applications, own_drafts, own_list
from applications.services import applicants, starting
from applications.services.drafts import AlreadyFiled
from applications.services.editing import start_editing
from applications.services.submission import submit
from applications.services.withdrawal import withdraw
from cityhall.days import today
from cityhall.models import AuditEvent
from residents.models import Mandate, Resident
from residents.services import create_mandate, merge_residents, revoke_mandate
from tests import factories
from tests.applications import filing

pytestmark = pytest.mark.django_db

S = ApplicationState


@pytest.fixture
def procedure(municipality, department):
    return filing.make_procedure(department=department, key="short")


@pytest.fixture
def mandate(resident, supporter, clerk):
    """佐藤 花子 may file for 高橋 さくら."""
    return create_mandate(
        principal=resident, agent=supporter, evidence="委任状", valid_from=dt.date(2020, 1, 1), by=clerk
    )


def start(procedure, supporter, resident, key="k", **more):
    return starting.start(
        procedure=procedure, resident=supporter, by=supporter.user, person=resident, request_key=key, **more
    )


@pytest.fixture
def draft(procedure, mandate, supporter, resident):
    draft = start(procedure, supporter, resident)
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
    draft.refresh_from_db()
    return draft


@pytest.fixture
def sent(draft, supporter):
    return submit(application=draft, by=supporter.user)


# --- services ------------------------------------------------------------------------------------


def test_the_applicant_is_the_principal_and_the_agent_files(draft, supporter, resident, mandate):
    assert (draft.resident, draft.filed_by, draft.mandate) == (resident, supporter.user, mandate)
    assert draft.draft_answers["name"] == "高橋 さくら"
    assert draft.draft_answers["agent"] == "佐藤 花子"
    assert draft.draft_answers["home"]["street"] == "3-30-8"


def test_a_protected_address_is_not_shown_to_the_agent(procedure, mandate, supporter, resident):
    Resident.objects.filter(pk=resident.pk).update(protected_until=today())
    resident.refresh_from_db()
    draft = start(procedure, supporter, resident)
    assert "home" not in draft.draft_answers
    assert draft.draft_answers["name"] == "高橋 さくら"


def test_without_a_mandate_nothing_starts(procedure, supporter, resident):
    with pytest.raises(applicants.MandateEnded):
        start(procedure, supporter, resident)


@pytest.mark.parametrize(
    "columns",
    [
        {"procedure_keys": ["another"]},
        {"valid_from": dt.date(2099, 1, 1)},
        {"valid_until": dt.date(2020, 1, 2)},
        {"revoked_at": "2026-01-01T00:00:00Z"},
    ],
    ids=["other procedure", "not begun", "over", "revoked"],
)
def test_a_mandate_that_does_not_hold_starts_nothing(procedure, supporter, resident, columns):
    values = {"evidence": "委任状", "valid_from": dt.date(2020, 1, 1)} | columns
    Mandate.objects.create(principal=resident, agent=supporter, **values)
    with pytest.raises(applicants.MandateEnded):
        start(procedure, supporter, resident)


def test_a_mandate_ends_with_the_death_of_the_principal(draft, supporter, resident):
    Resident.objects.filter(pk=resident.pk).update(died_on=dt.date(2026, 1, 1))
    with pytest.raises(applicants.MandateEnded):
        submit(application=Application.objects.get(pk=draft.pk), by=supporter.user)


def test_a_mandate_that_ended_meanwhile_refuses_the_sending(draft, mandate, supporter, resident):
    revoke_mandate(mandate=mandate, by=resident.user)
    with pytest.raises(applicants.MandateEnded):
        submit(application=draft, by=supporter.user)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == (S.DRAFT, None)


def test_sending_keeps_both_identities(sent, supporter, resident, mandate):
    sent.refresh_from_db()
    assert (sent.resident, sent.filed_by, sent.mandate) == (resident, supporter.user, mandate)
    assert sent.applicant_name == "高橋 さくら"
    assert sent.revisions.get().submitted_by == supporter.user


def test_both_hear_of_it(sent, supporter, resident):
    assert {address for address, _body in filing.mails()} == {supporter.user.email, resident.user.email}


def test_the_identity_asked_for_is_of_who_files(procedure, mandate, supporter, resident):
    type(procedure).objects.update(identity_level="staff")
    procedure.refresh_from_db()
    resident.identity_proofs.create(provider="窓口", level="staff")
    with pytest.raises(applicants.NotIdentified) as refused:
        start(procedure, supporter, resident)
    assert "市の窓口での本人確認" in str(refused.value)
    supporter.identity_proofs.create(provider="窓口", level="staff")
    assert start(procedure, supporter, resident).resident == resident


def test_one_application_a_person_counts_the_principals(procedure, sent, supporter, resident):
    type(procedure).objects.update(once_per_applicant=True)
    procedure.refresh_from_db()
    with pytest.raises(AlreadyFiled):
        start(procedure, supporter, resident, key="second")
    own = starting.start(procedure=procedure, resident=supporter, by=supporter.user, request_key="own")
    assert own.resident == supporter


# --- who sees it -----------------------------------------------------------------------------------


def test_a_draft_is_only_of_the_agent(draft, supporter, resident):
    assert list(own_drafts(supporter.user)) == [draft]
    assert not own_drafts(resident.user).exists()


def test_what_was_sent_is_the_principals_too(login, sent, supporter, resident):
    assert list(own_list(resident.user)) == [sent]
    assert list(own_list(supporter.user)) == [sent]
    page = login(resident).get(filing.url("application_detail", sent)).text
    assert "佐藤 花子さんが代理で入力した申請です。" in page
    page = login(supporter).get(filing.url("application_detail", sent)).text
    assert "高橋 さくらさんの代理での申請です。" in page


def test_the_agent_sees_it_no_more_when_the_mandate_is_over(login, sent, mandate, supporter, resident):
    revoke_mandate(mandate=mandate, by=resident.user)
    assert not own_applications(supporter.user).exists()
    assert login(supporter).get(filing.url("application_detail", sent)).status_code == 404
    assert list(own_applications(resident.user)) == [sent]


def test_strangers_see_nothing(login, sent, another_resident):
    assert login(another_resident).get(filing.url("application_detail", sent)).status_code == 404


def test_the_handler_sees_both(login, sent, handler, mandate):
    page = login(handler).get(reverse("applications:case_detail", args=[sent.public_id])).text
    for words in ("高橋 さくら", "佐藤 花子", "委任状", "代理人"):
        assert words in page


# --- the pages ---------------------------------------------------------------------------------------


def choose(browser, procedure, **data):
    return browser.post(reverse("applications:application_start", args=[procedure.key]), data)


def test_the_person_chooses_for_whom(login, procedure, mandate, supporter, resident):
    browser = login(supporter)
    page = choose(browser, procedure, request_key="k").text
    assert "どなたの申請ですか" in page
    assert "本人（佐藤 花子）" in page
    assert "高橋 さくらさんの代理" in page
    draft = filing.begin(browser, procedure, "application_start", new="1", **{"for": f"person:{resident.public_id}"})
    assert (draft.resident, draft.mandate) == (resident, mandate)


def test_nobody_is_asked_who_can_only_file_for_themselves(login, procedure, resident):
    draft = filing.begin(login(resident), procedure, "application_start")
    assert (draft.resident, draft.mandate) == (resident, None)


@pytest.mark.parametrize("wanted", ["person:2222222222222222222222", "business:x", "", "self "])
def test_somebody_who_is_no_choice_starts_nothing(login, procedure, mandate, supporter, wanted):
    page = choose(login(supporter), procedure, request_key="k", **{"for": wanted}).text
    assert "どなたの申請かを選んでください。" in page
    assert not Application.objects.exists()


def test_a_stranger_is_no_choice(login, procedure, mandate, supporter, another_resident):
    choose(login(supporter), procedure, request_key="k", **{"for": f"person:{another_resident.public_id}"})
    assert not Application.objects.exists()


def test_the_check_page_says_what_to_do_when_the_mandate_is_over(login, draft, mandate, supporter, resident):
    browser = login(supporter)
    revoke_mandate(mandate=mandate, by=resident.user)
    answer = browser.post(filing.url("application_submit", draft), {"draft_revision": "0"}, follow=True)
    assert str(applicants.MandateEnded.message) in answer.text


@pytest.mark.parametrize("end", ["revoked", "died"])
def test_a_draft_shows_nothing_of_the_principal_when_the_mandate_is_over(
    login, draft, mandate, supporter, resident, end
):
    browser = login(supporter)
    assert "高橋" in browser.get(filing.url("draft_check", draft)).text
    if end == "revoked":
        revoke_mandate(mandate=mandate, by=resident.user)
    else:
        Resident.objects.filter(pk=resident.pk).update(died_on=dt.date(2026, 1, 1))
    reads = [filing.url(name, draft) for name in ("draft_check", "draft_delete", "application_copy")]
    for path in [*reads, reverse("applications:draft_page", args=[draft.public_id, 1])]:
        page = browser.get(path)
        assert (page.status_code, str(applicants.MandateEnded.message) in page.text) == (403, True)
        assert not [word for word in ("高橋", "タカハシ", "3-30-8") if word in page.text]
    api = reverse("api_draft_files", args=[draft.public_id])
    assert browser.get(api).json()["code"] == "mandate_ended"
    listed = browser.get(reverse("applications:my_applications")).text
    assert draft.public_id in listed
    assert "高橋" not in listed
    browser.post(filing.url("draft_delete", draft))
    assert not Application.objects.exists()


@pytest.mark.parametrize("end", ["revoked", "died"])
def test_what_was_sent_is_not_changed_by_an_agent_whose_mandate_is_over(login, sent, mandate, supporter, resident, end):
    start_editing(application=sent)
    Application.objects.filter(pk=sent.pk).update(draft_answers=sent.draft_answers | {"wish": "午後"})
    if end == "revoked":
        revoke_mandate(mandate=mandate, by=resident.user)
    else:
        Resident.objects.filter(pk=resident.pk).update(died_on=dt.date(2026, 1, 1))
    for step in (submit, withdraw):
        with pytest.raises(applicants.MandateEnded):
            step(application=Application.objects.get(pk=sent.pk), by=supporter.user)
    assert login(supporter).get(filing.url("application_withdraw", sent)).status_code == 404
    row = Application.objects.get(pk=sent.pk)
    assert (row.state, row.revisions.count()) == (S.SUBMITTED, 1)


def test_mandates_given_and_held(login, clerk, procedure, supporter, resident):
    create_mandate(
        principal=resident,
        agent=supporter,
        procedure_keys=["short"],
        evidence="委任状",
        valid_from=dt.date(2020, 1, 1),
        by=clerk,
    )
    given = login(resident).get(reverse("applications:mandate_list")).text
    assert "佐藤 花子" in given
    assert procedure.name in given
    held = login(supporter).get(reverse("applications:mandate_list")).text
    assert "高橋 さくら" in held
    assert "代理権を取り消す" not in held


def test_the_principal_revokes_and_twice_changes_nothing(login, mandate, resident):
    browser, path = login(resident), reverse("applications:mandate_revoke", args=[mandate.public_id])
    for _time in range(2):
        assert browser.post(path).url == reverse("applications:mandate_list")
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None
    assert AuditEvent.objects.filter(detail="mandate revoked").count() == 1


def test_nobody_else_revokes(login, mandate, supporter, another_resident, clerk):
    path = reverse("applications:mandate_revoke", args=[mandate.public_id])
    for person in (supporter, another_resident, clerk):
        assert login(person).post(path).status_code == 404
    mandate.refresh_from_db()
    assert mandate.revoked_at is None


def test_merged_rows_keep_what_was_filed_for_them(sent, resident, administrator):
    registered = factories.make_resident(source="register")
    merge_residents(source=resident, target=registered, by=administrator)
    user = Resident.objects.get(pk=registered.pk).user
    assert list(own_applications(user)) == [sent]
