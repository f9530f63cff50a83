"""The admin of fees, disposals, extracts and grants: read or renamed here, moved on pages of their own."""

import datetime as dt

import pytest
from django.contrib import admin
from django.urls import reverse

from applications.admin.grants import GrantedRightAdmin
from applications.models import ExtractProfile, Procedure
from cityhall.enums import AuditAction, GrantedRightKind
from cityhall.models import AuditEvent, GrantedRight
from tests.applications import extractkit, surveykit
from tests.applications.casekit import make_case, make_procedure

READ_ONLY = ["payment", "paymentevent", "dailyclosing", "disposal", "disposalrow", "extract", "extractedcase"]


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


def url(model, page="changelist", *args, app="applications"):
    return reverse(f"admin:{app}_{model}_{page}", args=args)


@pytest.mark.parametrize("model", [*READ_ONLY, "extractprofile"])
@pytest.mark.parametrize("person", ["administrator", "auditor"])
def test_every_list_opens_and_is_audited(request, login, model, person):
    assert login(request.getfixturevalue(person)).get(url(model)).status_code == 200
    event = AuditEvent.objects.filter(target_type=f"applications.{model}").latest("id")
    assert (event.action, event.object_ids) == (AuditAction.LIST, [])


@pytest.mark.parametrize("model", READ_ONLY)
def test_what_happened_is_not_written(administrator, rf, model):
    request = rf.get("/")
    request.user = administrator
    screen = {entry._meta.model_name: one for entry, one in admin.site._registry.items()}[model]
    rights = [screen.has_add_permission, screen.has_change_permission, screen.has_delete_permission]
    assert screen.has_view_permission(request)
    assert [may(request) for may in rights] == [False] * 3


def test_a_profile_is_renamed_and_keeps_its_columns(login, administrator, handler, department):
    profile = extractkit.make_profile(extractkit.make_procedure(department), handler)
    login(administrator).post(url("extractprofile", "change", profile.pk), {"name": "新しい名前", "format": "files"})
    row = ExtractProfile.objects.get(pk=profile.pk)
    assert (row.name, row.format, row.columns) == ("新しい名前", profile.format, profile.columns)
    event = AuditEvent.objects.filter(action=AuditAction.CHANGE, target_type="applications.extractprofile").get()
    assert event.changed_fields == ["name"]


# --- rights between departments ---------------------------------------------------------------------


def granted(departments, procedure, **changes):
    """What the form sends: child care lets long-term care process one procedure."""
    data = {
        "from_department": departments["kosodate"].pk,
        "to_department": departments["kaigo"].pk,
        "kind": GrantedRightKind.PROCESSING,
        "procedure_key": procedure.key,
        "active_from": "2026-04-01",
        "active_until": "",
    }
    return data | changes


def test_a_right_is_given_for_a_procedure_that_is_chosen(login, administrator, departments, procedure):
    browser = login(administrator)
    page = browser.get(url("grantedright", "add", app="cityhall")).content.decode()
    assert f"{procedure.name}（{procedure.key}）" in page
    browser.post(url("grantedright", "add", app="cityhall"), granted(departments, procedure))
    assert GrantedRight.objects.get().procedure_key == procedure.key
    assert procedure.name in browser.get(url("grantedright", app="cityhall")).content.decode()


def test_a_right_is_refused_for_a_procedure_of_somebody_else(login, administrator, departments):
    elsewhere = make_procedure(departments["kaigo"], notices=False)
    data = granted(departments, elsewhere)
    page = login(administrator).post(url("grantedright", "add", app="cityhall"), data)
    assert "所管課の手続ではありません" in page.content.decode()
    unknown = login(administrator).post(
        url("grantedright", "add", app="cityhall"), data | {"procedure_key": "no-such-key"}
    )
    assert list(unknown.context["adminform"].form.errors) == ["procedure_key"]
    assert not GrantedRight.objects.exists()


def test_a_right_of_a_procedure_that_is_gone_can_still_be_ended(login, administrator, departments, procedure):
    right = GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["kaigo"],
        kind=GrantedRightKind.PROCESSING,
        procedure_key="gone",
        active_from=dt.date(2026, 4, 1),
    )
    data = granted(departments, procedure, procedure_key="gone", active_until="2027-03-31")
    login(administrator).post(url("grantedright", "change", right.pk, app="cityhall"), data)
    right.refresh_from_db()
    assert (right.procedure_key, right.active_until) == ("gone", dt.date(2027, 3, 31))


def test_all_procedures_are_chosen_by_name_and_for_receiving_only(login, administrator, departments, procedure):
    browser = login(administrator)
    data = granted(departments, procedure, procedure_key="*")
    refused = browser.post(url("grantedright", "add", app="cityhall"), data).content.decode()
    assert "すべての手続を任せられるのは「受付」だけです" in refused
    browser.post(url("grantedright", "add", app="cityhall"), data | {"kind": GrantedRightKind.RECEPTION})
    right = GrantedRight.objects.get()
    assert right.procedure_key == ""
    assert "すべての手続" in browser.get(url("grantedright", app="cityhall")).content.decode()
    # opened again it says what it is, and saved unchanged it stays so
    page = browser.get(url("grantedright", "change", right.pk, app="cityhall"))
    assert page.context["adminform"].form["procedure_key"].value() == "*"


RECEPTION = "admin:cityhall_grantedright_reception"


def test_a_desk_is_given_whole_departments_at_once(login, administrator, departments):
    browser = login(administrator)
    assert reverse(RECEPTION) in browser.get(url("grantedright", app="cityhall")).content.decode()
    chosen = [departments[code].pk for code in ("kosodate", "kaigo")]
    data = {"to_department": departments["shimin"].pk, "from_departments": chosen, "active_from": "2026-04-01"}
    for created, kept in ((2, 0), (0, 2)):
        page = browser.post(reverse(RECEPTION), data, follow=True).content.decode()
        assert f"新しく{created}課、期間の変更0課、変更なし{kept}課" in page
    found = GrantedRight.objects.order_by("from_department").values_list("from_department", "kind", "procedure_key")
    assert sorted(found) == sorted((pk, GrantedRightKind.RECEPTION, "") for pk in chosen)
    history = AuditEvent.objects.filter(target_type="cityhall.grantedright", action=AuditAction.CREATE)
    assert [event.actor for event in history] == [administrator] * 2


def test_a_desk_grant_that_is_wrong_keeps_what_was_chosen(login, administrator, departments):
    desk = departments["shimin"].pk
    data = {
        "to_department": desk,
        "from_departments": [desk],
        "active_from": "2026-04-01",
        "active_until": "2026-03-31",
    }
    page = login(administrator).post(reverse(RECEPTION), data)
    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["active_until", "from_departments"])
    assert f'value="{desk}" selected' in page.content.decode()
    assert not GrantedRight.objects.exists()


@pytest.mark.parametrize("person", ["auditor", "handler", "clerk"])
def test_only_administrators_give_whole_departments(request, login, person):
    assert login(request.getfixturevalue(person)).get(reverse(RECEPTION)).status_code in (302, 403)


def test_who_may_only_add_rights_does_not_change_those_there_are(login, administrator, monkeypatch):
    monkeypatch.setattr(GrantedRightAdmin, "has_change_permission", lambda *_args: False)
    assert login(administrator).get(reverse(RECEPTION)).status_code == 403


# --- internal surveys are no procedures -------------------------------------------------------------


@pytest.fixture
def survey(department, handler):
    return surveykit.make_survey(department, handler)


def test_surveys_are_listed_among_procedures_only_when_asked_for(login, administrator, procedure, survey):
    browser = login(administrator)
    assert list(browser.get(url("procedure")).context_data["cl"].result_list) == [procedure]
    asked = browser.get(url("procedure"), {"kind": "survey"})
    assert list(asked.context_data["cl"].result_list) == [survey.procedure]
    versions = browser.get(url("formversion")).context_data["cl"].result_list
    assert [version.procedure for version in versions] == [procedure]


def test_surveys_are_offered_nowhere_as_procedures(login, administrator, handler, approver, procedure, survey):
    assert list(Procedure.objects.without_surveys()) == [procedure]
    filters = login(handler).get(reverse("applications:case_list")).context["form"]
    assert list(filters.fields["procedure"].queryset) == [procedure]
    profile = login(handler).get(reverse("applications:extract_new")).context["form"]
    assert list(profile.fields["procedure"].queryset) == [procedure]
    reason = login(approver).get(reverse("applications:reason_new")).context["form"]
    assert list(reason.fields["procedure"].queryset) == [procedure]
    grant = login(administrator).get(url("grantedright", "add", app="cityhall")).content.decode()
    assert survey.procedure.key not in grant


def test_a_fee_is_found_by_the_number_of_its_case(login, administrator, procedure, resident):
    case = make_case(procedure, resident)
    payment = case.payments.create(fee_key="copy", label="証明書", amount=300)
    other = make_case(procedure, resident).payments.create(fee_key="copy", label="証明書", amount=300)
    found = login(administrator).get(url("payment"), {"q": case.number}).context_data["cl"].result_list
    assert (list(found), other.amount) == ([payment], 300)
