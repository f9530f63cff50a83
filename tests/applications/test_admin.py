"""The admin of this app: settings can be changed, what happened can only be read."""

import pytest
from django.contrib import admin
from django.urls import reverse

from applications.enums import ApplicationState, EventKind
from applications.models import (
    Application,
    ApplicationEvent,
    Approval,
    CorrectionRequest,
    FormVersion,
    LifeEvent,
    Procedure,
)
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from tests.applications import guidekit
from tests.applications.casekit import make_case, make_procedure

S = ApplicationState
READ_ONLY = [
    "application",
    "applicationevent",
    "applicationrevision",
    "approval",
    "attachment",
    "correctionrequest",
    "formversion",
    "guideversion",
]


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


@pytest.fixture
def case(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW, draft_answers={"bank": "秘密の下書き"})
    ApplicationEvent.objects.create(application=case, kind=EventKind.TAKEN, actor=handler)
    CorrectionRequest.objects.create(application=case, asked_by=handler, message="確認")
    Approval.objects.create(application=case, decision="approve", proposed_by=handler)
    return case


def settings_of(procedure, **changes):
    """What the admin's form sends."""
    data = {
        "state": procedure.state,
        "channels": procedure.channels,
        "fee": procedure.fee,
        "fees": "[]",
        "initial-fees": "[]",
        "fee_due": procedure.fee_due,
        "standard_days": procedure.standard_days or "",
        "retention_years": procedure.retention_years,
        "position": procedure.position,
        "opens_at_0": "",
        "opens_at_1": "",
        "closes_at_0": "",
        "closes_at_1": "",
    }
    return data | changes


@pytest.mark.parametrize("model", [*READ_ONLY, "procedure", "lifeevent"])
@pytest.mark.parametrize("person", ["administrator", "auditor"])
def test_every_list_opens_and_is_audited(request, login, municipality, case, model, person):
    client = login(request.getfixturevalue(person))
    response = client.get(reverse(f"admin:applications_{model}_changelist"))
    assert response.status_code == 200
    event = AuditEvent.objects.filter(target_type=f"applications.{model}").latest("id")
    shown = [row.pk for row in response.context_data["cl"].result_list]
    assert (event.action, event.object_ids) == (AuditAction.LIST, shown)


def test_who_may_file_is_shown_and_not_set(login, municipality, administrator, procedure):
    address = reverse("admin:applications_procedure_change", args=[procedure.pk])
    client = login(administrator)
    form = client.get(address).context["adminform"]
    shown = {name for _title, options in form.fieldsets for name in options["fields"]}
    assert {"once_ever", "allows_guests"} <= shown & set(form.readonly_fields)
    client.post(address, settings_of(procedure, once_ever="on", fee="100円"))
    row = Procedure.objects.get(pk=procedure.pk)
    assert (row.fee, row.once_ever) == ("100円", False)


@pytest.mark.parametrize("model", READ_ONLY)
def test_rows_of_cases_cannot_be_written(administrator, rf, model):
    request = rf.get("/")
    request.user = administrator
    site = {entry._meta.model_name: model_admin for entry, model_admin in admin.site._registry.items()}[model]
    assert site.has_view_permission(request)
    assert not site.has_add_permission(request)
    assert not site.has_change_permission(request)
    assert not site.has_delete_permission(request)


def test_reading_a_case_is_audited_and_hides_the_draft(login, municipality, administrator, case):
    response = login(administrator).get(reverse("admin:applications_application_change", args=[case.pk]))
    assert case.applicant_name in response.content.decode()
    assert "秘密の下書き" not in response.content.decode()
    event = AuditEvent.objects.filter(target_type="applications.application").latest("id")
    assert (event.action, event.target_id) == (AuditAction.READ, str(case.pk))


def test_drafts_do_not_exist_in_the_admin(login, municipality, administrator, procedure, resident):
    draft = make_case(procedure, resident, state=S.DRAFT)
    client = login(administrator)
    response = client.get(reverse("admin:applications_application_changelist"))
    assert list(response.context_data["cl"].result_list) == []
    response = client.get(reverse("admin:applications_application_change", args=[draft.pk]))
    assert response.status_code == 302


def test_case_is_found_by_its_number(login, municipality, administrator, procedure, resident, case):
    make_case(procedure, resident)
    response = login(administrator).get(reverse("admin:applications_application_changelist"), {"q": case.number})
    assert list(response.context_data["cl"].result_list) == [case]


def test_settings_of_a_procedure_change_and_texts_do_not(login, municipality, administrator, procedure):
    url = reverse("admin:applications_procedure_change", args=[procedure.pk])
    data = settings_of(procedure, needs_approval="on", state="closed", name="別の名前", key="other")
    assert login(administrator).post(url, data).status_code == 302
    changed = Procedure.objects.get()
    assert (changed.needs_approval, changed.state) == (True, "closed")
    assert (changed.name, changed.key) == (procedure.name, procedure.key)
    event = AuditEvent.objects.filter(action=AuditAction.CHANGE).latest("id")
    assert (event.target_type, event.changed_fields) == ("applications.procedure", ["needs_approval", "state"])


def test_procedure_without_a_form_is_not_published(login, municipality, administrator, procedure):
    Procedure.objects.filter(pk=procedure.pk).update(state="draft", current_version=None)
    url = reverse("admin:applications_procedure_change", args=[procedure.pk])
    response = login(administrator).post(url, settings_of(procedure, state="published"))
    assert "公開するには様式が必要です。" in response.content.decode()
    assert Procedure.objects.get().state == "draft"


def test_procedure_does_not_close_before_it_opens(login, municipality, administrator, procedure):
    url = reverse("admin:applications_procedure_change", args=[procedure.pk])
    period = {
        "opens_at_0": "2026-12-02",
        "opens_at_1": "09:00",
        "closes_at_0": "2026-12-01",
        "closes_at_1": "09:00",
    }
    response = login(administrator).post(url, settings_of(procedure, **period))
    assert "受付終了は受付開始より後にしてください。" in response.content.decode()
    assert Procedure.objects.get().opens_at is None


@pytest.mark.parametrize(
    ("chosen", "stored"), [(["paper", "online"], ["online", "paper"]), (["counter"], ["online", "counter"])]
)
def test_channels_are_ticked_and_online_stays(login, municipality, administrator, procedure, chosen, stored):
    url = reverse("admin:applications_procedure_change", args=[procedure.pk])
    response = login(administrator).post(url, settings_of(procedure, channels=chosen))
    assert Procedure.objects.get().channels == stored
    assert ("「オンライン」は外せません。" in response.content.decode()) == (stored == ["online", "counter"])


def test_auditor_changes_nothing(login, municipality, auditor, procedure):
    url = reverse("admin:applications_procedure_change", args=[procedure.pk])
    response = login(auditor).post(url, settings_of(procedure, state="closed"))
    assert response.status_code == 403
    assert Procedure.objects.get().state == "published"


@pytest.mark.parametrize("person", ["clerk", "handler", "approver", "contract_clerk", "resident"])
def test_casework_has_no_admin(request, login, municipality, case, person):
    client = login(request.getfixturevalue(person))
    response = client.get(reverse("admin:applications_application_change", args=[case.pk]))
    assert case.applicant_name not in response.content.decode()


def test_list_reads_the_same_number_of_queries_for_more_rows(
    login, municipality, administrator, procedure, resident, django_assert_num_queries
):
    client = login(administrator)
    url = reverse("admin:applications_application_changelist")
    for rows in (1, 3):
        while Application.objects.count() < rows:
            make_case(procedure, resident)
        with django_assert_num_queries(10):
            client.get(url)


def test_versions_show_their_procedure(login, municipality, administrator, procedure):
    response = login(administrator).get(reverse("admin:applications_formversion_changelist"))
    assert list(response.context_data["cl"].result_list) == [FormVersion.objects.get()]


def test_guide_is_published_on_the_pages_of_staff_only(login, municipality, departments, administrator):
    version = guidekit.make_guide()
    address = reverse("admin:applications_lifeevent_change", args=[version.life_event_id])
    client = login(administrator)
    assert {"current_guide", "is_guide_public"} <= set(client.get(address).context["adminform"].readonly_fields)
    client.post(address, {"name": "転入する", "summary": "", "position": 1, "current_guide": "", "is_guide_public": ""})
    version.life_event.refresh_from_db()
    event = version.life_event
    assert (event.name, event.current_guide_id, event.is_guide_public) == ("転入する", version.pk, True)


def test_names_of_a_life_event_have_a_box_a_language(municipality, login, administrator):
    event = LifeEvent.objects.create(key="birth", name="出生", names={"en": "Birth"})
    address = reverse("admin:applications_lifeevent_change", args=[event.pk])
    page = login(administrator).get(address).content.decode()
    assert ('name="names_en" value="Birth"' in page, 'name="names_ne"' in page) == (True, True)
    sent = {"name": "出生", "summary": "", "position": "1", "names_en": "Children", "names_ko": "출생", "names_vi": " "}
    assert login(administrator).post(address, sent).status_code == 302
    assert LifeEvent.objects.get().names == {"en": "Children", "ko": "출생"}
