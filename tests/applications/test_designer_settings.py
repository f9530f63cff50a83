"""The settings of a procedure, and who may change which."""

import datetime as dt

import pytest

from applications.enums import ProcedureMode, ProcedureState
from applications.models import Procedure
from applications.services import procedures
from cityhall.enums import AuditAction, Role
from cityhall.models import AuditEvent, StaffRole
from residents.enums import IdentityLevel
from tests.applications.designkit import make_procedure, messages_of, text_of, url


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def settings_of(client):
    """What the page of the settings would send, unchanged."""
    page = client.get(url("design_settings"))
    form = page.context["form"]
    data = {"seen": page.context["seen"]}
    for field in form:
        value = field.value()
        if value is True:
            data[field.name] = "on"
        elif isinstance(value, dt.datetime):
            data[field.name] = value.strftime("%Y-%m-%dT%H:%M")
        elif isinstance(value, list) and field.name in ("channels", "applicant_kinds", "life_events"):
            data[field.name] = [getattr(one, "pk", one) for one in value]
        elif value is not None and value is not False:
            data[field.name] = value
    return data


def test_settings_saved_unchanged_change_nothing(login, handler, procedure):
    client = login(handler)
    before = Procedure.objects.values().get(pk=procedure.pk)
    answer = client.post(url("design_settings"), settings_of(client), follow=True)
    assert messages_of(answer) == ["設定に変更はありませんでした。"]
    assert Procedure.objects.values().get(pk=procedure.pk) == before


def test_settings_are_saved_and_audited_by_name(login, handler, procedure):
    client = login(handler)
    changed = {
        "fee": "500円",
        "required_papers": "通帳\n\n身分証明書",
        "capacity": "20",
        "has_waiting_list": "on",
        "opens_at": "2026-12-01T08:30",
        "closes_at": "2026-12-28T17:15",
        "keywords": "学童",
    }
    client.post(url("design_settings"), settings_of(client) | changed)
    row = Procedure.objects.get(pk=procedure.pk)
    assert (row.fee, row.required_papers, row.capacity, row.has_waiting_list) == (
        "500円",
        ["通帳", "身分証明書"],
        20,
        True,
    )
    assert row.opens_at == dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)
    assert "学童" in row.search_text
    event = AuditEvent.objects.filter(target_id="moshikomi", action=AuditAction.CHANGE).latest("id")
    assert event.changed_fields == sorted(changed)


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("closes_at", "2020-01-01T00:00", "closes_at"),
        ("name", "", "name"),
        ("mode", "guide_only", "channels"),
        ("mode", "nonsense", "mode"),
        ("capacity", "3", "capacity"),
        ("capacity", "9" * 30, "capacity"),
        ("standard_days", "-4", "standard_days"),
        ("identity_level", "nonsense", "identity_level"),
        ("applicant_kinds", ["alien"], "applicant_kinds"),
        ("life_events", ["999"], "life_events"),
        ("opens_at", "tomorrow", "opens_at"),
    ],
)
def test_mistakes_in_the_settings_are_told_at_their_field(login, approver, procedure, name, value, wrong):
    Procedure.objects.filter(pk=procedure.pk).update(taken_seats=5, opens_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    client = login(approver)
    page = client.post(url("design_settings"), settings_of(client) | {name: value})
    assert page.status_code == 200
    assert wrong in page.context["form"].errors


GUARDS = {"needs_approval": True, "identity_level": "none", "retention_years": 1, "allows_guests": True}


@pytest.mark.parametrize(
    ("person", "may"), [("handler", False), ("approver", True), ("administrator", True), ("approver_elsewhere", False)]
)
def test_who_examines_does_not_decide_how_strictly(request, login, departments, procedure, person, may):
    user = request.getfixturevalue("handler" if person == "approver_elsewhere" else person)
    if person == "approver_elsewhere":
        StaffRole.objects.create(
            user=user, role=Role.APPROVER, department=departments["kaigo"], active_from=dt.date(2020, 1, 1)
        )
    before = Procedure.objects.values(*GUARDS).get(pk=procedure.pk)
    client = login(user)
    data = settings_of(client)
    page = client.get(url("design_settings"))
    assert ('name="needs_approval"' in text_of(page), "上の設定は" in text_of(page)) == (may, not may)
    words = {text for _title, _fields, fixed in page.context["form"].parts() for _label, text, _about in fixed}
    assert words == (set() if may else {"いいえ", IdentityLevel(before["identity_level"]).label, 5})
    sent = {name: "on" if value is True else str(value) for name, value in GUARDS.items()}
    client.post(url("design_settings"), data | sent | {"fee": "700円"})
    row = Procedure.objects.get(pk=procedure.pk)
    assert row.fee == "700円"
    assert {name: getattr(row, name) for name in GUARDS} == (GUARDS if may else before)


LOOSENED = {"needs_approval": False, "identity_level": "email", "retention_years": 1, "allows_guests": True}


@pytest.mark.parametrize("name", LOOSENED)
def test_service_refuses_a_handler_the_guards(handler, approver, procedure, name):
    Procedure.objects.filter(pk=procedure.pk).update(needs_approval=True, identity_level="none", retention_years=5)
    row = Procedure.objects.get(pk=procedure.pk)
    change = {"procedure": row, "values": {name: LOOSENED[name]}, "life_events": []}
    seen = procedures.settings_seen(row, [name])
    with pytest.raises(procedures.GuardsRefused):
        procedures.change_settings(**change, seen=seen, by=handler)
    assert Procedure.objects.values().get(pk=row.pk)[name] == getattr(row, name)
    assert procedures.change_settings(**change, seen=seen, by=approver) == [name]


def test_second_tab_of_the_settings_is_told_and_its_text_is_kept(login, handler, procedure):
    client = login(handler)
    data = settings_of(client)
    client.post(url("design_settings"), data | {"fee": "100円"})
    page = client.post(url("design_settings"), data | {"fee": "200円"})
    assert "先に変更されました" in page.context["form"].non_field_errors()[0]
    assert 'value="200円"' in text_of(page)
    assert Procedure.objects.get(pk=procedure.pk).fee == "100円"
    client.post(url("design_settings"), data | {"fee": "200円", "seen": page.context["seen"]})
    assert Procedure.objects.get(pk=procedure.pk).fee == "200円"


def test_procedure_becomes_a_guide_and_opens_without_a_form(login, handler, department):
    procedures.create_procedure(
        key="moshikomi", name="案内", name_kana="あんない", summary="案内です", department=department, by=handler
    )
    client = login(handler)
    data = settings_of(client) | {"mode": "guide_only", "channels": ["counter"]}
    client.post(url("design_settings"), data)
    client.post(url("design_state"), {"expected": "draft", "state": "published"})
    row = Procedure.objects.get(key="moshikomi")
    assert (row.mode, row.state) == (ProcedureMode.GUIDE_ONLY, ProcedureState.PUBLISHED)
