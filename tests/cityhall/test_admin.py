import datetime as dt
import io
import re

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cityhall.admin.base import AtLeast, UncountedPaginator
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent, ClosedDay, Department, Device, Municipality, StaffRole, User
from cityhall.references import format_number, new_number
from cityhall.services import audit, devices
from tests import factories

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "cityhall"]


def url(model, page="changelist", *args):
    return reverse(f"admin:cityhall_{model._meta.model_name}_{page}", args=args)


def events(action):
    return AuditEvent.objects.filter(action=action).order_by("id")


def test_every_table_of_the_base_has_a_screen():
    assert {model._meta.model_name for model in MODELS} == {
        "auditevent",
        "auditseal",
        "closedday",
        "department",
        "device",
        "grantedright",
        "municipality",
        "staffrole",
        "storedfile",
        "user",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_every_screen_opens_searches_and_is_audited(model, login, administrator, department):
    browser = login(administrator)
    assert browser.get(url(model)).status_code == 200
    event = events(AuditAction.LIST).get()
    assert (event.actor, event.target_type) == (administrator, model._meta.label_lower)
    assert browser.get(url(model), {"q": "1"}).status_code == 200
    assert events(AuditAction.SEARCH).get().target_type == model._meta.label_lower


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nothing_is_deleted_but_closed_days(model, administrator, rf):
    request = rf.get("/")
    request.user = administrator
    assert admin.site._registry[model].has_delete_permission(request) is (model is ClosedDay)


@pytest.mark.parametrize("person", ["clerk", "handler", "approver"])
def test_other_staff_do_not_come_in(person, login, request):
    assert login(request.getfixturevalue(person)).get(url(AuditEvent)).status_code in (302, 403, 404)
    assert not events(AuditAction.LIST).exists()


def test_the_auditor_reads_and_changes_nothing(login, auditor, department):
    browser = login(auditor)
    assert browser.get(url(Department, "change", department.pk)).status_code == 200
    assert browser.post(url(Department, "change", department.pk), {"name": "x"}).status_code == 403
    assert browser.get(url(Department, "add")).status_code == 403


def test_opening_a_row_is_audited(login, auditor, handler):
    login(auditor).get(url(User, "change", handler.pk))
    event = events(AuditAction.READ).get()
    assert (event.actor, event.target_type, event.target_id) == (auditor, "cityhall.user", str(handler.pk))


def test_a_list_is_one_event_with_its_ids(login, auditor, departments):
    login(auditor).get(url(Department))
    assert sorted(events(AuditAction.LIST).get().object_ids) == sorted(one.pk for one in departments.values())


def test_a_change_is_audited_with_names_of_fields_only(login, administrator, department):
    values = {"name": "こども課", "name_kana": "", "phone": "042-111-2222", "email": "", "place": "", "position": "0"}
    response = login(administrator).post(url(Department, "change", department.pk), values | {"is_active": "on"})
    assert response.status_code == 302
    department.refresh_from_db()
    assert (department.name, department.phone, department.code) == ("こども課", "042-111-2222", "kosodate")
    event = events(AuditAction.CHANGE).get()
    assert event.changed_fields == ["name", "phone"]
    assert "042-111-2222" not in str(AuditEvent.objects.values().get(pk=event.pk))


def test_a_number_is_found_as_the_screens_show_it(login, auditor):
    number = new_number()
    audit.record(action=AuditAction.READ, actor=None, target_type="notice", target_id="x", target_label=number)
    page = login(auditor).get(url(AuditEvent), {"q": format_number(number)}).content.decode()
    assert f">{number}<" in page


def test_the_trail_can_be_searched(login, auditor, handler, resident):
    for number, (actor, action) in enumerate(
        [(handler, AuditAction.READ), (handler, AuditAction.STATE), (None, AuditAction.READ)]
    ):
        audit.record(
            action=action,
            actor=actor,
            target_type="applications.application",
            target_id=f"case-{number}",
            target_label="児童手当",
        )
    browser = login(auditor)

    def found(**query):
        page = browser.get(url(AuditEvent), query).content.decode()
        return sorted(re.findall(r">(case-\d)<", page))

    assert found(target_type="applications.application") == ["case-0", "case-1", "case-2"]
    assert found(actor="HANDLER@city.example.jp") == ["case-0", "case-1"]
    assert found(actor="審査 三郎", action__exact="state") == ["case-1"]
    assert found(target="case-2") == ["case-2"]
    assert found(q="児童") == ["case-0", "case-1", "case-2"]
    assert found(**{"from": "2000-01-01", "until": "2000-12-31"}) == []
    assert found(**{"from": "2000-01-01"}) == ["case-0", "case-1", "case-2"]
    assert found(**{"from": "9999-01-01"}) == []
    assert found(**{"from": "nonsense"}) == []
    assert found(until="9999-12-31") == ["case-0", "case-1", "case-2"]
    assert found(until="0001-01-01") == []
    assert found(**{"from": "0001-01-01"}) == []
    assert found(until="2000-02-31") == []


def test_the_history_of_a_row_is_the_trail_about_it(login, administrator, department):
    browser = login(administrator)
    browser.get(url(Department, "change", department.pk))
    response = browser.get(url(Department, "history", department.pk), follow=True)
    assert response.redirect_chain[0][0].endswith(f"?target_type=cityhall.department&target={department.pk}")
    assert f">{department.pk}<" in response.content.decode()


def test_events_cannot_be_added_or_changed(login, administrator):
    event = audit.record(action=AuditAction.READ, actor=None)
    browser = login(administrator)
    assert browser.get(url(AuditEvent, "add")).status_code == 403
    assert browser.post(url(AuditEvent, "change", event.pk), {"detail": "x"}).status_code == 403
    assert browser.get(url(AuditEvent, "delete", event.pk)).status_code == 403


def test_lists_do_not_count(login, auditor, departments, django_assert_max_num_queries):
    browser = login(auditor)
    with django_assert_max_num_queries(40) as captured:
        assert "_facets" not in browser.get(url(AuditEvent)).content.decode()
        browser.get(url(AuditEvent), {"_facets": "True"})
    assert [query["sql"] for query in captured if "COUNT(" in query["sql"] and "auditevent" in query["sql"]] == []


def test_the_paginator_reads_one_row_more_and_says_so():
    first = UncountedPaginator(list(range(7)), 3, 1)
    assert (str(first.count), first.num_pages) == ("3+", 2)
    assert list(first.page(1)) == [0, 1, 2]
    assert first.page(1).has_next()
    last = UncountedPaginator(list(range(7)), 3, 3)
    assert (str(last.count), last.num_pages) == ("7", 3)
    assert list(last.page(3)) == [6]
    assert not last.page(3).has_next()
    exact = UncountedPaginator(list(range(6)), 3, 2)
    assert (str(exact.count), list(exact.page(2))) == ("6", [3, 4, 5])
    assert AtLeast(51) == 51


def test_every_page_of_a_long_list_can_be_reached(login, administrator):
    for number in range(120):
        factories.make_department(f"d{number:03}")
    browser = login(administrator)
    seen = set()
    for page in ("1", "2", "3"):
        seen |= set(re.findall(r">(d\d{3})<", browser.get(url(Department), {"p": page}).content.decode()))
    assert len(seen) == 120
    assert "50+" in browser.get(url(Department)).content.decode()


@pytest.mark.parametrize("page", ["99", "x", "-1", "0", "999999999", "9" * 23, "9" * 5000])
def test_a_page_that_does_not_exist_is_no_error_500(login, administrator, page):
    assert login(administrator).get(url(Department), {"p": page}).status_code in (200, 302)


def staff_form(**values):
    return {
        "email": "new@city.example.jp",
        "name": "新人 一郎",
        "language": "ja",
        "is_active": "on",
        "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "0",
        "roles-0-role": "handler",
        "roles-0-active_from": "2026-04-01",
    } | values


def test_a_member_of_staff_is_registered_with_a_role(login, administrator, department):
    response = login(administrator).post(url(User, "add"), staff_form(**{"roles-0-department": department.pk}))
    assert response.status_code == 302
    user = User.objects.get(email="new@city.example.jp")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    role = user.roles.get()
    assert (role.role, role.department, role.active_from) == ("handler", department, dt.date(2026, 4, 1))
    event = events(AuditAction.CREATE).get()
    assert set(event.changed_fields) >= {"email", "name", "staffrole.role", "staffrole.department"}
    assert "new@city" not in str(event.changed_fields)


def test_a_role_that_needs_a_department_says_so(login, administrator):
    page = login(administrator).post(url(User, "add"), staff_form()).content.decode()
    assert "この役割には課が必要です。" in page
    assert not User.objects.filter(email="new@city.example.jp").exists()


def test_of_a_resident_only_the_lock_can_be_changed(login, administrator, resident):
    values = {"email": "other@example.jp", "name": "x", "is_staff": "on", "is_superuser": "on"}
    login(administrator).post(url(User, "change", resident.user.pk), values)
    user = User.objects.get(pk=resident.user.pk)
    assert (user.email, user.is_staff, user.is_superuser, user.is_active) == (
        "resident@example.jp",
        False,
        False,
        False,
    )


def test_an_administrator_does_not_change_a_superuser(login, administrator):
    root = User.objects.create_superuser("root@city.example.jp")
    assert login(administrator).post(url(User, "change", root.pk), {"email": "x@example.jp"}).status_code == 403


def test_of_a_role_only_the_dates_can_be_changed(login, administrator, handler, departments):
    role = handler.roles.get()
    login(administrator).post(
        url(StaffRole, "change", role.pk),
        {"role": "approver", "active_from": "2020-01-01", "active_until": "2026-12-31"},
    )
    role.refresh_from_db()
    assert (role.role, role.active_until) == ("handler", dt.date(2026, 12, 31))


def test_a_pairing_code_is_shown_once(login, administrator):
    device = devices.create(kind="kiosk", name="端末1", department=None, by=administrator)
    browser = login(administrator)
    action = {"action": "show_pairing_code", "_selected_action": [device.pk]}
    page = browser.post(url(Device), action, follow=True).content.decode()
    (code,) = re.findall(r"接続コードは (\d{4} \d{4}) です", page)
    assert code not in browser.get(url(Device)).content.decode()
    assert devices.authenticate(devices.pair(code.replace(" ", ""), public_id=device.public_id)) == device
    browser.post(url(Device), action | {"action": "revoke"})
    assert Device.objects.get().revoked_at is not None


def seal_image():
    target = io.BytesIO()
    Image.new("RGBA", (60, 60), (200, 0, 0, 128)).save(target, "PNG")
    return SimpleUploadedFile("seal.png", target.getvalue())


@pytest.fixture
def city_values(municipality):
    return {name: value for name, value in Municipality.objects.values().get().items() if name != "seal_image_id"}


def test_the_city_takes_a_new_seal_and_refuses_a_wrong_code(login, administrator, city_values):
    browser = login(administrator)
    address = url(Municipality, "change", 1)
    page = browser.post(address, city_values | {"code": "132999"}).content.decode()
    assert "検査数字が合いません" in page
    assert browser.post(address, city_values | {"seal_upload": seal_image()}).status_code == 302
    assert Municipality.objects.get().seal_image.content_type == "image/png"
    page = browser.post(
        address, city_values | {"seal_upload": SimpleUploadedFile("seal.png", b"MZ not an image")}
    ).content.decode()
    assert "このファイルは使えません" in page


def test_there_is_one_city(login, administrator, municipality):
    assert login(administrator).get(url(Municipality, "add")).status_code == 403


def test_a_closed_day_can_be_deleted_and_that_is_audited(login, administrator):
    day = ClosedDay.objects.create(date=dt.date(2026, 12, 29), name="年末年始")
    login(administrator).post(url(ClosedDay, "delete", day.pk), {"post": "yes"})
    assert not ClosedDay.objects.exists()
    assert events(AuditAction.DELETE).get().target_label == "2026-12-29 年末年始"
