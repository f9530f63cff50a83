import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from applications import typed
from applications.enums import ApplicationState
from applications.models import Application, Attachment
from applications.services import applicants, drafts, starting, uploads
from cityhall.ids import public_id
from cityhall.models import AuditEvent, StoredFile
from tests.applications import sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(department):
    return sample.make_procedure(department=department)


@pytest.fixture
def draft(procedure, resident):
    return sample.start(procedure, resident)


def _page_url(draft, number=1):
    return reverse("applications:draft_page", args=[draft.public_id, number])


def _values(number, data):
    page = sample.form().pages[number - 1]
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return page, typed.read(page.fields, query)


# --- services ---------------------------------------------------------------------------------


def test_start_fills_in_what_the_city_knows(draft, resident):
    assert draft.draft_answers == {
        "name": "高橋 さくら",
        "kana": "タカハシ サクラ",
        "birth": {"era": "heisei", "year": "2", "month": "4", "day": "12"},
        "address": {
            "postal_code": "1000013",
            "prefecture": "東京都",
            "city": "緑野市",
            "town": "緑町",
            "street": "3-30-8",
            "building": "郵便ビル403号",
        },
        "phone": "090-1234-5678",
        "email": "resident@example.jp",
    }
    assert (draft.state, draft.number, draft.draft_revision) == (ApplicationState.DRAFT, None, 0)


def test_start_twice_with_the_same_key_gives_the_same_draft(procedure, resident, draft):
    assert sample.start(procedure, resident) == draft
    assert Application.objects.count() == 1


def test_the_same_key_of_another_person_is_another_draft(procedure, draft, another_resident):
    assert sample.start(procedure, another_resident) != draft


@pytest.mark.parametrize("when", ["before", "after", "closed", "guide"])
def test_start_is_refused_when_the_procedure_is_not_open(procedure, resident, when):
    now = timezone.now()
    if when == "before":
        procedure.opens_at = now + timezone.timedelta(seconds=1)
    elif when == "after":
        procedure.closes_at = now
    elif when == "closed":
        procedure.state = "closed"
    else:
        procedure.mode = "guide_only"
    with pytest.raises(drafts.NotOpen):
        starting.start(procedure=procedure, resident=resident, by=resident.user, request_key="k", now=now)


def test_start_is_refused_while_another_one_is_open(department, resident):
    procedure = sample.make_procedure(department=department, once_per_applicant=True)
    sent = sample.start(procedure, resident, "one")
    sample.start(procedure, resident, "two")
    Application.objects.filter(pk=sent.pk).update(state="submitted", number="1", submitted_at=timezone.now())
    with pytest.raises(drafts.AlreadyFiled):
        sample.start(procedure, resident, "three")


@pytest.mark.parametrize(
    ("needed", "proven", "is_enough"),
    [
        ("none", "", True),
        ("email", "", True),
        ("staff", "", False),
        ("staff", "staff", True),
        ("staff", "card", True),
        ("card", "staff", False),
        ("card", "card", True),
    ],
)
def test_start_asks_for_the_proof_of_identity_of_the_procedure(department, resident, needed, proven, is_enough):
    procedure = sample.make_procedure(department=department, identity_level=needed)
    if proven:
        resident.identity_proofs.create(provider="desk", level=proven)
    if is_enough:
        assert sample.start(procedure, resident).state == ApplicationState.DRAFT
    else:
        with pytest.raises(applicants.NotIdentified):
            sample.start(procedure, resident)


def test_save_page_keeps_what_is_wrong_and_leaves_other_pages_alone(draft):
    page, values = _values(2, {"q-income": "たくさん", "q-kind": "unknown", "q-single": ""})
    assert drafts.save_page(application=draft, page=page, values=values, expected_revision=0) == 1
    draft.refresh_from_db()
    assert draft.draft_answers["income"] == "たくさん"
    assert draft.draft_answers["kind"] == "unknown"
    assert draft.draft_answers["name"] == "高橋 さくら"
    assert "single" not in draft.draft_answers


def test_save_page_takes_out_what_was_cleared(draft):
    page, values = _values(1, {"q-name": ""})
    drafts.save_page(application=draft, page=page, values=values, expected_revision=None)
    draft.refresh_from_db()
    assert draft.draft_answers == {}


def test_save_page_of_an_old_revision_is_a_conflict(draft):
    page, values = _values(2, {"q-income": "1"})
    drafts.save_page(application=draft, page=page, values=values, expected_revision=0)
    page, values = _values(2, {"q-income": "2"})
    with pytest.raises(drafts.DraftConflict):
        drafts.save_page(application=draft, page=page, values=values, expected_revision=0)
    draft.refresh_from_db()
    assert draft.draft_answers["income"] == "1"
    # pressing a button is the person's own word
    assert drafts.save_page(application=draft, page=page, values=values, expected_revision=None) == 2


def test_saving_the_same_again_writes_nothing(draft):
    page, values = _values(2, {"q-income": "1"})
    drafts.save_page(application=draft, page=page, values=values, expected_revision=0)
    assert drafts.save_page(application=draft, page=page, values=values, expected_revision=1) == 1


def test_save_page_after_submission_is_refused(draft):
    Application.objects.filter(pk=draft.pk).update(state="submitted", number="1", submitted_at=timezone.now())
    page, values = _values(2, {"q-income": "1"})
    with pytest.raises(drafts.NotEditable):
        drafts.save_page(application=draft, page=page, values=values, expected_revision=None)


def test_text_that_no_database_holds_is_not_stored(draft):
    page, values = _values(1, {"q-name": "高橋\0", "q-kana": "たかはし", "q-email": "a\ud800"})
    drafts.save_page(application=draft, page=page, values=values, expected_revision=None)
    draft.refresh_from_db()
    assert draft.draft_answers == {"kana": "たかはし"}


def test_delete_draft_lets_go_of_its_files(draft, resident):
    attachment = uploads.attach(
        application=draft, field=sample.form().by_key["proof"], upload=sample.png(), by=resident.user
    )
    drafts.delete_draft(application=draft, by=resident.user)
    assert not Application.objects.exists()
    assert not Attachment.objects.exists()
    assert StoredFile.objects.get(pk=attachment.file_id).delete_after is not None
    event = AuditEvent.objects.get(action="delete")
    assert (event.target_type, event.target_id, event.actor) == ("application", draft.public_id, resident.user)


def test_delete_draft_never_deletes_what_was_sent(draft, resident):
    Application.objects.filter(pk=draft.pk).update(state="submitted", number="1", submitted_at=timezone.now())
    with pytest.raises(drafts.NotEditable):
        drafts.delete_draft(application=draft, by=resident.user)


# --- pages ------------------------------------------------------------------------------------


def test_start_page_leads_to_the_first_page(login, procedure, resident):
    browser = login(resident)
    url = reverse("applications:application_start", args=[procedure.key])
    response = browser.post(url, {"request_key": public_id()})
    draft = Application.objects.get()
    assert response.url == _page_url(draft)
    assert (draft.filed_by, draft.resident) == (resident.user, resident)


def test_start_again_offers_the_unfinished_one(login, procedure, resident, draft):
    browser = login(resident)
    url = reverse("applications:application_start", args=[procedure.key])
    response = browser.post(url, {"request_key": "other"})
    assert response.templates[0].name == "applications/draft_choice.html"
    assert _page_url(draft) in response.text
    browser.post(url, {"request_key": "other", "new": "1"})
    browser.post(url, {"request_key": "other", "new": "1"})
    assert Application.objects.count() == 2


def test_start_sends_people_without_a_record_to_their_profile(client, procedure):
    from tests import factories

    user = factories.make_user()
    client.force_login(user)
    response = client.post(reverse("applications:application_start", args=[procedure.key]))
    assert response.url == reverse("residents:profile_edit")
    assert not Application.objects.exists()


def test_start_of_a_closed_procedure_goes_back_with_a_sentence(login, procedure, resident):
    procedure.closes_at = timezone.now()
    procedure.save(update_fields=["closes_at"])
    response = login(resident).post(reverse("applications:application_start", args=[procedure.key]), follow=True)
    assert str(drafts.NotOpen.message) in response.text
    assert not Application.objects.exists()


def test_first_page_shows_what_is_known_without_complaints(login, draft, resident):
    response = login(resident).get(_page_url(draft))
    assert 'value="高橋 さくら"' in response.text
    assert 'value="heisei" selected' in response.text
    assert "errorlist" not in response.text
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


DRAFT_PAGE_QUERIES = 11
"""Session, user, resident, application, its files; for the attribute of the form who files for whom (three); for
the frame: city, unread notices."""


@pytest.mark.parametrize("name", ["draft_page", "draft_check"])
def test_pages_cost_the_same_with_one_and_two_files(
    login, draft, resident, django_assert_num_queries, municipality, name
):
    browser = login(resident)
    url = reverse(f"applications:{name}", args=[draft.public_id, 3] if name == "draft_page" else [draft.public_id])
    browser.get(url)
    for color in ("red", "blue"):
        uploads.attach(
            application=draft, field=sample.form().by_key["proof"], upload=sample.png(color), by=resident.user
        )
        with django_assert_num_queries(DRAFT_PAGE_QUERIES):
            assert browser.get(url).status_code == 200


def test_next_goes_on_when_the_page_is_in_order(login, draft, resident):
    response = login(resident).post(_page_url(draft), sample.good_page(1) | {"action": "next"})
    assert response.url == _page_url(draft, 2)


def test_next_with_mistakes_shows_them_and_keeps_everything(login, draft, resident):
    browser = login(resident)
    long_name = "髙" * 10_000
    response = browser.post(_page_url(draft), sample.good_page(1) | {"q-name": long_name, "action": "next"})
    assert response.status_code == 200
    assert "60文字以内で入力してください（今は10,000文字です）。" in response.text
    assert long_name in response.text
    draft.refresh_from_db()
    assert draft.draft_answers["name"] == long_name
    assert long_name in browser.get(_page_url(draft)).text


def test_previous_and_save_keep_wrong_answers(login, draft, resident):
    browser = login(resident)
    response = browser.post(_page_url(draft, 2), {"q-income": "たくさん", "action": "previous"})
    assert response.url == _page_url(draft, 1)
    assert 'value="たくさん"' in browser.get(_page_url(draft, 2)).text
    response = browser.post(_page_url(draft, 2), {"q-income": "もっと", "action": "save"})
    assert response.url == reverse("applications:my_applications")
    assert 'value="もっと"' in browser.get(_page_url(draft, 2)).text


def test_a_page_that_does_not_exist_is_the_first_one(login, draft, resident):
    assert login(resident).get(_page_url(draft, 9)).url == _page_url(draft)


def test_unstorable_text_is_a_sentence_at_its_field(login, draft, resident):
    response = login(resident).post(_page_url(draft), sample.good_page(1) | {"q-name": "高\0橋", "action": "next"})
    assert "使えない文字が含まれています。" in response.text
    draft.refresh_from_db()
    assert draft.draft_answers["phone"] == "０９０−１２３４−５６７８"


def test_last_page_leads_to_the_check_page(login, draft, resident):
    sample.fill(draft, resident.user)
    response = login(resident).post(_page_url(draft, 3), sample.good_page(3) | {"action": "next"})
    assert response.url == reverse("applications:draft_check", args=[draft.public_id])


def test_a_page_opened_from_the_check_page_shows_its_problems_and_leads_back(login, draft, resident):
    browser = login(resident)
    url = f"{_page_url(draft, 2)}?check=1"
    assert "入力してください。" in browser.get(url).text
    response = browser.post(url, sample.good_page(2) | {"action": "next"})
    assert response.url == reverse("applications:draft_check", args=[draft.public_id])


def test_postal_code_is_looked_up_without_javascript(login, draft, resident):
    data = sample.good_page(1) | dict.fromkeys(["q-address.prefecture", "q-address.city", "q-address.town"], "")
    response = login(resident).post(_page_url(draft), data | {"action": "lookup:address"})
    draft.refresh_from_db()
    assert draft.draft_answers["address"]["prefecture"] == "東京都"
    assert draft.draft_answers["address"]["city"] == "千代田区"
    assert 'value="千代田区"' in response.text


def test_postal_code_look_up_never_overwrites_unasked(login, draft, resident):
    browser = login(resident)
    response = browser.post(_page_url(draft), sample.good_page(1) | {"action": "lookup:address"})
    draft.refresh_from_db()
    assert draft.draft_answers["address"]["city"] == "緑野市"
    assert 'value="lookup:address:0"' in response.text
    browser.post(_page_url(draft), sample.good_page(1) | {"action": "lookup:address:0"})
    draft.refresh_from_db()
    assert draft.draft_answers["address"]["city"] == "千代田区"


def test_unknown_postal_code_is_a_sentence(login, draft, resident):
    data = sample.good_page(1) | {"q-address.postal_code": "0000000", "action": "lookup:address"}
    assert "この郵便番号の住所は見つかりませんでした。" in login(resident).post(_page_url(draft), data).text


@pytest.mark.parametrize("argument", ["", "name", "nothing", "address:999", "address:x"])
def test_a_strange_look_up_changes_nothing(login, draft, resident, argument):
    response = login(resident).post(_page_url(draft), sample.good_page(1) | {"action": f"lookup:{argument}"})
    assert response.status_code == 200
    draft.refresh_from_db()
    assert draft.draft_answers["address"]["city"] == "緑野市"


def test_check_page_lists_what_is_missing_and_links_there(login, draft, resident):
    response = login(resident).get(reverse("applications:draft_check", args=[draft.public_id]))
    assert "まだ送信できません。" in response.text
    assert f'href="{_page_url(draft, 2)}?check=1#id_q-income"' in response.text
    assert f'href="{_page_url(draft, 3)}?check=1#id_q-proof_group"' in response.text
    assert "この内容で申請する" not in response.text


def test_check_page_shows_all_answers_when_nothing_is_missing(login, draft, resident):
    sample.fill(draft, resident.user)
    response = login(resident).get(reverse("applications:draft_check", args=[draft.public_id]))
    for text in ["平成2年4月12日（1990年）", "1,234,567円", "新規", "就労、介護", "いいえ", "証明書.png", "同意します"]:
        assert text in response.text
    assert "この内容で申請する" in response.text
    assert "まだ送信できません。" not in response.text


def test_delete_asks_first(login, draft, resident):
    browser = login(resident)
    url = reverse("applications:draft_delete", args=[draft.public_id])
    assert "下書きを削除しますか" in browser.get(url).text
    assert Application.objects.exists()
    assert browser.post(url).url == reverse("applications:my_applications")
    assert not Application.objects.exists()


@pytest.mark.parametrize("name", ["draft_page", "draft_check", "draft_delete"])
def test_a_sent_application_cannot_be_edited(login, draft, resident, name):
    Application.objects.filter(pk=draft.pk).update(state="submitted", number="1", submitted_at=timezone.now())
    arguments = [draft.public_id, 1] if name == "draft_page" else [draft.public_id]
    response = login(resident).post(reverse(f"applications:{name}", args=arguments), {"q-name": "別人"})
    if name != "draft_check":
        assert response.url == reverse("applications:application_detail", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.draft_answers["name"] == "高橋 さくら"


@pytest.mark.parametrize("name", ["draft_page", "draft_check", "draft_delete", "application_detail"])
def test_a_draft_is_nobody_elses(login, client, draft, another_resident, clerk, administrator, name):
    arguments = [draft.public_id, 1] if name == "draft_page" else [draft.public_id]
    url = reverse(f"applications:{name}", args=arguments)
    assert client.get(url).url.startswith("/accounts/login/")
    for person in (another_resident, clerk, administrator):
        assert login(person).get(url).status_code == 404


# --- autosave ---------------------------------------------------------------------------------


def _autosave(browser, draft, data, *, revision=0, page=1):
    return browser.post(
        f"{reverse('api_draft_save', args=[draft.public_id])}?page={page}",
        data,
        content_type="application/json",
        headers={"X-Draft-Revision": str(revision)},
    )


def test_autosave_keeps_half_an_answer(login, draft, resident):
    browser = login(resident)
    response = _autosave(browser, draft, {"q-income": "12", "q-reasons": ["care"]}, page=2)
    assert response.status_code == 200
    assert response.json()["revision"] == 1
    draft.refresh_from_db()
    assert draft.draft_answers["income"] == "12"
    assert draft.draft_answers["reasons"] == ["care"]
    assert draft.draft_answers["name"] == "高橋 さくら"
    assert draft.draft_saved_at.isoformat() == response.json()["saved_at"]


def test_autosave_tells_what_is_still_wrong_when_it_is_asked(login, draft, resident):
    browser = login(resident)
    assert "problems" not in _autosave(browser, draft, {"q-income": "twelve"}, page=2).json()
    url = f"{reverse('api_draft_save', args=[draft.public_id])}?page=2&check=1"
    answer = browser.post(url, {"q-income": "x"}, content_type="application/json", headers={"X-Draft-Revision": "1"})
    (income,) = [one for one in answer.json()["problems"] if one["key"] == "income"]
    assert (income["anchor"], income["place"], income["controls"]) == ("id_q-income", "id_q-income_error", [])
    headers = {"X-Draft-Revision": str(answer.json()["revision"])}
    answer = browser.post(url, {"q-income": "12"}, content_type="application/json", headers=headers)
    assert "income" not in [one["key"] for one in answer.json()["problems"]]


def test_autosave_of_an_old_page_is_told(login, draft, resident):
    browser = login(resident)
    _autosave(browser, draft, {"q-income": "1"}, page=2)
    response = _autosave(browser, draft, {"q-income": "2"}, page=2)
    assert response.status_code == 409
    assert response.json() == {"code": "draft_conflict", "message": str(drafts.DraftConflict.message), "fields": {}}


def test_autosave_refuses_what_is_no_page(login, draft, resident):
    browser = login(resident)
    assert _autosave(browser, draft, {}, page=9).status_code == 400
    assert _autosave(browser, draft, {}, page="x").status_code == 400
    assert _autosave(browser, draft, {}, revision="").status_code == 400
    assert _autosave(browser, draft, ["a"]).status_code == 400
    assert _autosave(browser, draft, {"q-name": {"a": "b"}}).status_code == 400
    assert _autosave(browser, draft, {"q-name": "a\0"}).status_code == 400
    draft.refresh_from_db()
    assert draft.draft_revision == 0


def test_autosave_is_nobody_elses(login, client, draft, another_resident, clerk):
    assert _autosave(client, draft, {"q-name": "x"}).status_code == 401
    for person in (another_resident, clerk):
        assert _autosave(login(person), draft, {"q-name": "x"}).status_code == 404


def test_autosave_needs_the_token(draft, resident):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(resident.user)
    assert _autosave(browser, draft, {"q-name": "x"}).status_code == 403


def test_two_windows_that_leave_pages_are_both_remembered(draft):
    page, other = sample.form().pages[:2]
    windows = [Application.objects.get(pk=draft.pk) for _number in range(2)]
    drafts.note_page(application=windows[0], page=page, state=drafts.DONE)
    drafts.note_page(application=windows[1], page=other, state=drafts.PROBLEM)
    draft.refresh_from_db()
    assert draft.page_states == windows[1].page_states == {page.key: "done", other.key: "problem"}


def test_a_page_of_a_draft_that_is_gone_is_not_noted(draft):
    window = Application.objects.get(pk=draft.pk)
    drafts.delete_draft(application=draft, by=None)
    drafts.note_page(application=window, page=sample.form().pages[0], state=drafts.DONE)
    assert not Application.objects.exists()
