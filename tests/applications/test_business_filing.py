import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.queries.mine import business_applications, own_applications
from applications.services import applicants, starting
from applications.services.drafts import AlreadyFiled
from applications.services.submission import submit
from cityhall.references import format_number
from residents.models import BusinessMember
from residents.services import end_member, register_business, verify_business
from residents.services.members import add_member
from tests.applications import filing

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(municipality, department):
    return filing.make_procedure(department=department, applicant_kinds=["business"])


@pytest.fixture
def firm(resident):
    return register_business(
        name="株式会社緑野商店",
        name_kana="ミドリノショウテン",
        corporate_number="7000012050002",
        representative="代表取締役 緑野 太郎",
        by=resident.user,
    )


@pytest.fixture
def colleague(firm, resident, supporter):
    add_member(business=firm, user=supporter.user, by=resident.user)
    return supporter


def start(procedure, person, firm, key="k"):
    return starting.start(procedure=procedure, resident=person, by=person.user, business=firm, request_key=key)


@pytest.fixture
def sent(procedure, firm, resident):
    draft = start(procedure, resident, firm)
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
    return submit(application=Application.objects.get(pk=draft.pk), by=resident.user)


def test_the_business_is_the_applicant(sent, firm, resident):
    sent.refresh_from_db()
    assert (sent.business, sent.resident, sent.filed_by) == (firm, None, resident.user)
    assert (sent.applicant_name, sent.applicant_kana) == ("株式会社緑野商店", "ミドリノショウテン")
    assert sent.revisions.get().answers["firm"] == "株式会社緑野商店"


def test_a_business_the_city_has_not_looked_at_is_warned_of(login, procedure, firm, resident, administrator):
    warning = "市の確認前の事業者です"
    draft = start(procedure, resident, firm)
    pages = [filing.url("draft_page", draft, 1), filing.url("draft_check", draft)]
    browser = login(resident)
    assert all(warning in browser.get(page).text for page in pages)
    verify_business(business=firm, by=administrator)
    assert not any(warning in browser.get(page).text for page in pages)


def test_who_may_not_file_for_it_starts_nothing(procedure, firm, another_resident):
    with pytest.raises(applicants.NotMember):
        start(procedure, another_resident, firm)


def test_a_procedure_for_people_is_not_filed_by_a_business(municipality, firm, resident):
    with pytest.raises(applicants.NotForThem):
        start(filing.make_procedure(applicant_kinds=["person"]), resident, firm)


def test_a_procedure_for_businesses_is_not_filed_by_people(procedure, resident):
    with pytest.raises(applicants.NotForThem):
        starting.start(procedure=procedure, resident=resident, by=resident.user, request_key="k")


def test_a_membership_that_ended_meanwhile_refuses_the_sending(procedure, firm, colleague, resident):
    draft = start(procedure, colleague, firm)
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
    end_member(member=BusinessMember.objects.get(user=colleague.user), by=resident.user)
    with pytest.raises(applicants.NotMember):
        submit(application=Application.objects.get(pk=draft.pk), by=colleague.user)


def test_one_application_a_business(procedure, firm, sent, colleague):
    type(procedure).objects.update(once_per_applicant=True)
    procedure.refresh_from_db()
    with pytest.raises(AlreadyFiled):
        start(procedure, colleague, firm, key="second")


def test_colleagues_see_what_was_sent_and_lose_it_with_the_membership(login, sent, colleague, resident):
    page = filing.url("application_detail", sent)
    assert list(business_applications(colleague.user)) == [sent]
    assert "事業者「株式会社緑野商店」の申請です。" in login(colleague).get(page).text
    end_member(member=BusinessMember.objects.get(user=colleague.user), by=resident.user)
    assert login(colleague).get(page).status_code == 404


def test_who_filed_it_loses_it_with_the_membership(sent, colleague, resident):
    BusinessMember.objects.filter(user=colleague.user).update(is_manager=True)
    end_member(member=BusinessMember.objects.get(user=resident.user), by=colleague.user)
    assert not own_applications(resident.user).exists()


def test_strangers_see_nothing(login, sent, another_resident):
    assert login(another_resident).get(filing.url("application_detail", sent)).status_code == 404


def test_the_handler_sees_whether_the_business_was_checked(login, sent, handler, clerk, firm):
    page = reverse("applications:case_detail", args=[sent.public_id])
    text = login(handler).get(page).text
    for words in ("事業者の登録内容は未確認", "7000012050002", "代表取締役 緑野 太郎", "高橋 さくら"):
        assert words in text
    verify_business(business=firm, by=clerk)
    assert "事業者の登録内容は未確認" not in login(handler).get(page).text


def test_who_has_one_business_starts_at_once(login, procedure, firm, resident):
    draft = filing.begin(login(resident), procedure, "application_start")
    assert draft.business == firm


def test_who_has_none_is_told_to_register_it(login, procedure, another_resident):
    answer = login(another_resident).post(
        reverse("applications:application_start", args=[procedure.key]), {"request_key": "k"}, follow=True
    )
    assert "はじめに事業者を登録してください。" in answer.text
    assert not Application.objects.exists()


def test_the_copy_names_business_and_person(login, sent, resident, monkeypatch):
    seen = {}

    def record(name, context):
        seen.update(context)
        return real(name, context)

    from applications import copy_pdf

    real = copy_pdf.render_to_string
    monkeypatch.setattr(copy_pdf, "render_to_string", record)
    assert login(resident).get(filing.url("application_copy", sent)).content.startswith(b"%PDF")
    html = real("applications/copy.html", seen)
    for words in ("株式会社緑野商店", "7000012050002", "高橋 さくら"):
        assert words in html


def test_the_page_of_the_business_lists_what_colleagues_filed(login, sent, firm, colleague, resident):
    sent.refresh_from_db()
    browser = login(colleague)
    page = browser.get(reverse("residents:business_detail", args=[firm.public_id])).content.decode()
    for words in [format_number(sent.number), sent.procedure.name, "高橋 さくら", "受付済み"]:
        assert words in page, words
    detail = reverse("applications:application_detail", args=[sent.public_id])
    assert detail in page
    assert browser.get(detail).status_code == 200


def test_a_draft_of_a_colleague_is_not_listed(login, procedure, firm, colleague, resident):
    draft = start(procedure, resident, firm)
    page = login(colleague).get(reverse("residents:business_detail", args=[firm.public_id])).content.decode()
    assert draft.public_id not in page


def test_who_left_the_business_sees_no_filing(login, sent, firm, colleague, another_resident, resident):
    end_member(member=BusinessMember.objects.get(user=colleague.user), by=resident.user)
    for stranger in (colleague, another_resident):
        browser = login(stranger)
        assert browser.get(reverse("residents:business_detail", args=[firm.public_id])).status_code == 404
        assert browser.get(reverse("applications:application_detail", args=[sent.public_id])).status_code == 404


def test_the_page_of_the_business_costs_the_same_for_any_number_of_filings(login, procedure, firm, resident):
    browser = login(resident)
    path = reverse("residents:business_detail", args=[firm.public_id])
    costs = []
    for number in (1, 3):
        while Application.objects.count() < number:
            draft = start(procedure, resident, firm, key=f"k{Application.objects.count()}")
            Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
            submit(application=Application.objects.get(pk=draft.pk), by=resident.user)
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            browser.get(path)
        costs.append(len(captured))
    assert costs[0] == costs[1]
