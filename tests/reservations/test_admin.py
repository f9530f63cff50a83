"""The admin of this app: settings can be changed, what happened can only be read."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from reservations.models import (
    Desk,
    Display,
    Draw,
    Kiosk,
    OpeningRule,
    Place,
    RouteStep,
    Service,
    ServiceGroup,
    ServiceOffer,
    Slot,
    SlotSeries,
)
from reservations.permissions import ROLE_PERMISSIONS
from tests.reservations import kit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipality")]

SETTINGS = (Place, Desk, ServiceGroup, Service, ServiceOffer, RouteStep, Display, Kiosk, SlotSeries)
REGISTERED = {model: entry for model, entry in admin.site._registry.items() if model._meta.app_label == "reservations"}
READ_ONLY = tuple(model for model in REGISTERED if model not in SETTINGS)


@pytest.fixture
def hall(department):
    """One of everything that is set, and a booking."""
    group, place = kit.make_group(department, letter="H"), kit.make_place()
    service = kit.make_service(group, place)
    kit.make_desk(place, "1", [service])
    Display.objects.create(place=place, name="1階")
    Kiosk.objects.create(place=place, name="入口")
    RouteStep.objects.create(label="証明書がほしい", service=service)
    SlotSeries.objects.create(group=group, place=place, title="教室")
    slot = kit.make_slot(group, place)
    kit.make_reservation(service, slot)
    return group


def address(model, page="changelist", *args):
    return reverse(f"admin:reservations_{model._meta.model_name}_{page}", args=args)


def test_what_can_be_looked_at_is_what_the_roles_say():
    seen = {
        permission.removeprefix("reservations.view_")
        for permissions in ROLE_PERMISSIONS.values()
        for permission in permissions
        if permission.startswith("reservations.view_")
    }
    tables = {model._meta.model_name for model in apps.get_app_config("reservations").get_models()} & seen
    assert {model._meta.model_name for model in REGISTERED} == tables - {"releasewave", "cancellationstep"}


@pytest.mark.parametrize("person", ["administrator", "auditor"])
def test_every_list_opens_and_is_audited(request, login, hall, person):
    client = login(request.getfixturevalue(person))
    for model in REGISTERED:
        response = client.get(address(model))
        assert (model, response.status_code) == (model, 200)
        event = AuditEvent.objects.filter(target_type=model._meta.label_lower).latest("id")
        shown = [row.pk for row in response.context_data["cl"].result_list]
        assert (event.action, event.object_ids) == (AuditAction.LIST, shown)


def test_every_search_answers(login, administrator, hall):
    client = login(administrator)
    for model, entry in REGISTERED.items():
        if entry.search_fields:
            assert (model, client.get(address(model), {"q": "1"}).status_code) == (model, 200)


def test_every_row_opens(login, administrator, hall):
    client = login(administrator)
    for model in REGISTERED:
        row = model.objects.first()
        if row is not None:
            response = client.get(address(model, "change", row.pk))
            assert (model, response.status_code) == (model, 200)


def test_what_happened_cannot_be_written(rf, administrator):
    request = rf.get("/")
    request.user = administrator
    for model in READ_ONLY:
        entry = REGISTERED[model]
        can = (
            entry.has_view_permission(request),
            entry.has_add_permission(request),
            entry.has_change_permission(request),
            entry.has_delete_permission(request),
        )
        assert (model, can) == (model, (True, False, False, False))


def test_settings_are_written_by_administrators_alone(rf, administrator, auditor, handler):
    request = rf.get("/")
    for person, expected in ((administrator, True), (auditor, False), (handler, False)):
        request.user = person
        for model in SETTINGS:
            entry = REGISTERED[model]
            assert (model, entry.has_change_permission(request)) == (model, expected)
            assert not entry.has_delete_permission(request)


def test_a_changed_place_is_written_down(login, administrator, hall):
    place = Place.objects.get()
    form = login(administrator).get(address(Place, "change", place.pk)).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None and name != "key"}
    login(administrator).post(address(Place, "change", place.pk), data | {"name": "新庁舎"})
    place.refresh_from_db()
    event = AuditEvent.objects.filter(action=AuditAction.CHANGE, target_type="reservations.place").get()
    assert (place.name, event.changed_fields) == ("新庁舎", ["name"])


def test_how_slots_open_is_shown_and_not_set(login, administrator, hall):
    response = login(administrator).get(address(ServiceGroup, "change", hall.pk))
    fields = response.context["adminform"].form.fields
    assert {"release", "horizon_days", "key"}.isdisjoint(fields)
    assert "max_people" in fields


def test_slots_follow_a_group_that_is_switched_on_when_that_is_stored(
    login, administrator, hall, django_capture_on_commit_callbacks
):
    place = kit.make_place()
    OpeningRule.objects.create(
        group=hall,
        place=place,
        weekdays=list(range(7)),
        from_time=dt.time(9),
        until_time=dt.time(10),
        valid_from=kit.next_week(),
        works_on_closed_days=True,
    )
    ServiceGroup.objects.filter(pk=hall.pk).update(is_active=False)
    client = login(administrator)
    form = client.get(address(ServiceGroup, "change", hall.pk)).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    for prefix in ("waves", "cancellation_steps", "services"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    made = Slot.objects.filter(group=hall, place=place)
    with django_capture_on_commit_callbacks() as callbacks:
        response = client.post(address(ServiceGroup, "change", hall.pk), data | {"is_active": "on"})
        assert (response.status_code, made.exists()) == (302, False)
    for callback in callbacks:
        callback()
    assert made.exists()


def test_the_sealed_seed_of_a_draw_is_shown_to_nobody():
    assert "sealed_seed" in REGISTERED[Draw].exclude
