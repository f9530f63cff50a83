"""Residents in the admin: found like at the counter, addresses protected, imports in three steps."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import AuditAction, Role
from cityhall.models import AuditEvent, StoredFile
from cityhall.services import files
from residents import tasks
from residents.enums import RegisterImportState, ResidentSource
from residents.models import Household, Mandate, RegisterImport, Resident
from residents.names import fold_name
from residents.services.register import run_slice
from tests import factories
from tests.residents.test_register import HEADINGS, csv_of, row

pytestmark = pytest.mark.django_db

CHANGELISTS = [
    "resident", "household", "externalid", "business", "businessmember", "consent", "identityproof", "mandate",
    "registerimport",
]  # fmt: skip


@pytest.fixture
def administrator(login):
    return login(factories.make_staff("admin@city.example.jp", role=Role.ADMINISTRATOR, name="管理 五月"))


@pytest.fixture
def auditor_browser(login, auditor):
    return login(auditor)


def url(name, *args):
    return reverse(f"admin:residents_{name}", args=args)


@pytest.fixture
def protected(db):
    return factories.make_resident(street="秘密1-1", protected_until=dt.date(2999, 1, 1))


@pytest.mark.parametrize("model", CHANGELISTS)
def test_every_list_opens_and_searches(administrator, model):
    assert administrator.get(url(f"{model}_changelist")).status_code == 200
    suffix = "" if model == "registerimport" else "?q=高橋"
    assert administrator.get(url(f"{model}_changelist") + suffix).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_residents_costs_a_constant_number_of_queries(administrator, count, django_assert_num_queries):
    for number in range(count):
        factories.make_resident(household=Household.objects.create(number=str(number)))
    administrator.get(url("resident_changelist"))
    with django_assert_num_queries(9):
        administrator.get(url("resident_changelist"))


def test_search_finds_variants_and_is_written_down(administrator):
    found = factories.make_resident(family="髙橋", search_name=fold_name("髙橋さくら"))
    factories.make_resident(family="鈴木", search_name="鈴木さくら")
    shown = administrator.get(url("resident_changelist"), {"q": "高橋"}).content.decode()
    assert "髙橋" in shown
    assert "鈴木" not in shown
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.object_ids) == (AuditAction.SEARCH, [found.pk])


def test_reading_a_person_is_written_down(auditor_browser, protected):
    auditor_browser.get(url("resident_change", protected.pk))
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.target_id) == (AuditAction.READ, str(protected.pk))


def test_protected_address_needs_the_right(auditor_browser, protected):
    for page in (url("resident_changelist"), url("resident_change", protected.pk)):
        shown = auditor_browser.get(page).content.decode()
        assert "秘密1-1" not in shown
        assert "支援措置のため表示できません" in shown


def test_protected_address_is_shown_with_the_right(administrator, protected):
    assert "秘密1-1" in administrator.get(url("resident_change", protected.pk)).content.decode()


def test_only_what_the_register_does_not_rule_can_be_changed(administrator):
    person = factories.make_resident(source=ResidentSource.REGISTER)
    administrator.post(
        url("resident_change", person.pk),
        {
            "full_name": "別人", "street": "9", "contact_email": "new@example.jp", "language": "ja",
            "protected_until": "2030-03-31",
            **{f"{prefix}-{name}": "0" for prefix in ("external_ids", "identity_proofs", "consents")
               for name in ("TOTAL_FORMS", "INITIAL_FORMS")},
        },
    )  # fmt: skip
    person.refresh_from_db()
    assert (person.full_name, person.contact_email) == ("高橋 さくら", "new@example.jp")
    assert person.protected_until == dt.date(2030, 3, 31)


def test_nobody_adds_or_deletes_people(administrator):
    person = factories.make_resident()
    assert administrator.get(url("resident_add")).status_code == 403
    assert administrator.post(url("resident_delete", person.pk), {"post": "yes"}).status_code == 403


def test_merge_action_keeps_the_row_of_the_register(administrator):
    own = factories.make_resident(user=factories.make_user("a@example.jp"))
    registered = factories.make_resident(source=ResidentSource.REGISTER)
    administrator.post(url("resident_changelist"), {"action": "merge_two", "_selected_action": [own.pk, registered.pk]})
    own.refresh_from_db()
    assert own.merged_into == registered


def test_auditor_merges_nobody(auditor_browser):
    people = [factories.make_resident().pk, factories.make_resident().pk]
    auditor_browser.post(url("resident_changelist"), {"action": "merge_two", "_selected_action": people})
    assert not Resident.objects.filter(merged_into__isnull=False).exists()


def test_mandate_is_written_by_the_service_and_ends_by_revoking(administrator):
    principal, agent = factories.make_resident(), factories.make_resident()
    administrator.post(
        url("mandate_add"),
        {
            "principal": principal.pk, "agent": agent.pk, "reach": "all", "evidence": "委任状",
            "valid_from": "2026-11-01", "valid_until": "",
        },
    )  # fmt: skip
    mandate = Mandate.objects.get()
    assert mandate.created_by.email == "admin@city.example.jp"
    administrator.post(url("mandate_changelist"), {"action": "revoke", "_selected_action": [mandate.pk]})
    mandate.refresh_from_db()
    assert mandate.revoked_at is not None


def test_business_with_a_wrong_check_digit_is_refused(administrator):
    members = {"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    shown = administrator.post(
        url("business_add"), {"corporate_number": "7000012050003", "name": "緑野商店", **members}
    ).content.decode()
    assert "法人番号の検査数字が合いません" in shown


def upload(client, content, **fields):
    file = SimpleUploadedFile("juki.csv", content, content_type="text/csv")
    data = {"file": file, "kind": "full", "as_of": "2026-11-01", "encoding": "", **fields}
    return client.post(url("registerimport_add"), data)


def test_import_is_uploaded_mapped_checked_and_applied(administrator):
    content = csv_of([row(), row("1002", 生年月日="x")])
    run = RegisterImport.objects.get(pk=upload(administrator, content).url.rstrip("/").split("/")[-2])
    page = url("registerimport_change", run.pk)
    assert "列の対応" in administrator.get(page).content.decode()
    administrator.post(url("registerimport_check", run.pk), run.mapping)
    assert "処理中です" in administrator.get(page).content.decode()
    tasks.continue_import(import_id=run.pk)
    shown = administrator.get(page).content.decode()
    assert "この内容で反映する" in shown
    assert "<td>3</td><td>生年月日</td>" in shown
    assert Resident.objects.count() == 0
    administrator.post(url("registerimport_apply", run.pk))
    tasks.continue_import(import_id=run.pk)
    run.refresh_from_db()
    assert run.state == RegisterImportState.APPLIED
    assert Resident.objects.get().full_name == "髙橋　さくら"


def test_import_page_says_what_is_wrong_with_a_file(administrator):
    assert "文字コードを判定できません" in upload(administrator, b"\xff\xff,\x81").content.decode()
    assert "今日までの日付" in upload(administrator, csv_of([row()]), as_of="2999-01-01").content.decode()
    assert RegisterImport.objects.count() == 0


def test_import_with_an_impossible_mapping_stays_as_it_is(administrator):
    upload(administrator, csv_of([row()], headings=[*HEADINGS]))
    run = RegisterImport.objects.get()
    administrator.post(url("registerimport_check", run.pk), {"full_name": "氏名"})
    run.refresh_from_db()
    assert run.state == RegisterImportState.UPLOADED


def test_import_is_for_those_with_the_right(auditor_browser):
    run = RegisterImport.objects.create(kind="full", encoding="utf-8-sig", as_of=dt.date(2026, 11, 1))
    assert auditor_browser.get(url("registerimport_change", run.pk)).status_code == 200
    for answer in (
        auditor_browser.get(url("registerimport_add")),
        auditor_browser.post(url("registerimport_check", run.pk)),
        auditor_browser.post(url("registerimport_apply", run.pk)),
    ):
        assert answer.status_code == 403


def test_sweep_goes_on_with_an_import_whose_worker_was_killed(administrator, django_capture_on_commit_callbacks):
    upload(administrator, csv_of([row()]))
    run = RegisterImport.objects.get()
    administrator.post(url("registerimport_check", run.pk), run.mapping)
    RegisterImport.objects.filter(pk=run.pk).update(lease_until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    with django_capture_on_commit_callbacks() as callbacks:
        tasks.sweep_imports()
    assert len(callbacks) == 1
    assert run_slice(run=run) is False
    tasks.continue_import(import_id=run.pk)
    tasks.continue_import(import_id=0)
    run.refresh_from_db()
    assert run.state == RegisterImportState.CHECKED


def test_file_of_an_import_is_deleted_when_its_time_is_over(administrator):
    upload(administrator, csv_of([row()]))
    run = RegisterImport.objects.get()
    stored = run.file
    tasks.release_import_files()
    assert files.sweep_files() == (0, 0)
    StoredFile.objects.update(delete_after=timezone.now())
    tasks.release_import_files()
    tasks.release_import_files()
    assert files.sweep_files() == (1, 0)
    run.refresh_from_db()
    assert (run.file, run.state) == (None, RegisterImportState.UPLOADED)
    assert not default_storage.exists(stored.path)
    page = administrator.post(url("registerimport_check", run.pk), run.mapping, follow=True)
    assert "もう一度アップロードしてください" in page.text


def test_import_that_runs_keeps_its_file(administrator):
    upload(administrator, csv_of([row()]))
    run = RegisterImport.objects.get()
    administrator.post(url("registerimport_check", run.pk), run.mapping)
    StoredFile.objects.update(delete_after=timezone.now())
    tasks.release_import_files()
    assert files.sweep_files() == (0, 0)
    tasks.continue_import(import_id=run.pk)
    tasks.release_import_files()
    assert files.sweep_files() == (1, 0)
    run.refresh_from_db()
    assert run.state == RegisterImportState.CHECKED
    assert "この内容で反映する" not in administrator.get(url("registerimport_change", run.pk)).text
