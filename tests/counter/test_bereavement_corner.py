"""What a corner for the bereaved begins with, how it stays by reservation only, and what was compared with the law."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cityhall.days import local_date
from cityhall.models import AuditEvent
from counter.checks import check_corners_by_reservation
from counter.models import BereavementCheck, BereavementCorner, ElsewhereItem
from counter.services import bereavements
from counter.services.bereavements.defaults import content
from reservations.errors import GivesNumbers
from reservations.models import ServiceGroup
from tests.applications.casekit import text_of
from tests.counter.bereavementkit import make_corner, make_item
from tests.reservations import kit

pytestmark = pytest.mark.django_db
MANAGEMENT = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")


@pytest.fixture
def corner(municipality, department):
    return make_corner(department)[0]


# --- what a city begins with -----------------------------------------------------------------------------------


def test_the_file_is_loaded_once_and_changes_of_the_city_stay(corner, capsys):
    BereavementCheck.objects.all().delete()
    corner.delete()
    key = corner.service.key
    call_command("load_bereavement", service=key)
    assert "left out: housing" in capsys.readouterr().out
    corner.service.refresh_from_db()
    assert "(/bereavement/)" in corner.service.description
    ElsewhereItem.objects.filter(key="bank").update(name="銀行（市の言葉）", is_active=False)
    call_command("load_bereavement", service=key)
    assert capsys.readouterr().out.startswith("0 new rows")
    assert ElsewhereItem.objects.get(key="bank").name == "銀行（市の言葉）"
    assert ElsewhereItem.objects.count() == len(content()["elsewhere"])


def test_the_corner_is_by_reservation_only(corner):
    group = corner.service.group
    # of a city that had switched numbers on before anything refused it
    group.reservation_only, group.has_tickets, group.letter = False, True, "Z"
    group.save()
    corner.service.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        corner.full_clean()
    assert "予約制" in str(refused.value.message_dict["service"])
    with pytest.raises(GivesNumbers):
        bereavements.save_corner(corner)
    other = kit.make_service(group, name="ほかの業務")
    key = corner.service.key
    corner.delete()
    with pytest.raises(CommandError, match="予約制"):
        call_command("load_bereavement", service=key)
    assert not BereavementCorner.objects.exists()
    other.delete()
    call_command("load_bereavement", service=key)
    group.refresh_from_db()
    assert (group.has_tickets, group.reservation_only) == (False, True)
    BereavementCorner.objects.get().full_clean()


def test_numbers_stay_off_for_the_group_of_the_corner(corner):
    """Whoever tries: a form, a service, the database."""
    group = ServiceGroup.objects.get(pk=corner.service.group_id)
    assert group.reservation_only
    group.has_tickets, group.letter = True, "Z"
    with pytest.raises(ValidationError) as refused:
        group.full_clean(exclude=["reservation_only"])
    assert "予約制の窓口" in str(refused.value.message_dict["has_tickets"])
    rows = ServiceGroup.objects.filter(pk=group.pk)
    with pytest.raises(IntegrityError, match="group_by_reservation_only_gives_no_tickets"), transaction.atomic():
        rows.update(has_tickets=True, letter="Z")
    corner.service.group = kit.make_group(group.department, letter="Y", has_tickets=True)
    with pytest.raises(ValidationError) as refused:
        corner.service.full_clean()
    assert "移せません" in str(refused.value.message_dict["group"])


def test_a_group_without_a_corner_may_give_numbers_again(corner):
    """Out of use, moved to another service, and back."""
    first = corner.service.group
    second = kit.make_service(kit.make_group(first.department), name="もう一つの窓口")
    corner.service = second
    bereavements.save_corner(corner)
    bereavements.save_corner(corner)
    kept = dict(ServiceGroup.objects.values_list("pk", "reservation_only"))
    assert (kept[first.pk], kept[second.group_id]) == (False, True)
    corner.is_active = False
    bereavements.save_corner(corner)
    assert not ServiceGroup.objects.filter(reservation_only=True).exists()


def test_administrators_read_why_numbers_stay_off(corner, administrator, login):
    """The form keeps what was typed and says it by the field; the corner itself is saved through the service."""
    browser = login(administrator)
    group = corner.service.group
    page = reverse("admin:reservations_servicegroup_change", args=[group.pk])
    form = browser.get(page).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields} | {"has_tickets": "on", "letter": "Z"}
    typed |= {f"{prefix}-{name}": 0 for prefix in ("waves", "cancellation_steps", "services") for name in MANAGEMENT}
    answer = browser.post(page, {name: value for name, value in typed.items() if value is not False})
    assert "予約制の窓口で使用中のまとまりです。番号札は発行できません。" in text_of(answer)
    group.refresh_from_db()
    assert not group.has_tickets
    ServiceGroup.objects.update(reservation_only=False)
    values = {"service": corner.service_id, "life_event": corner.life_event_id, "prepare_days": 14, "is_active": "on"}
    browser.post(reverse("admin:counter_bereavementcorner_change", args=[corner.pk]), values)
    group.refresh_from_db()
    assert group.reservation_only


def test_numbers_switched_on_after_the_form_was_checked_are_said(corner, administrator, login, monkeypatch):
    monkeypatch.setattr(BereavementCorner, "clean", lambda self: None)
    ServiceGroup.objects.update(reservation_only=False, has_tickets=True, letter="Z")
    values = {"service": corner.service_id, "life_event": corner.life_event_id, "prepare_days": 9, "is_active": "on"}
    page = reverse("admin:counter_bereavementcorner_change", args=[corner.pk])
    answer = login(administrator).post(page, values)
    form = answer.context["adminform"].form
    # by the field, and what was typed is still there
    assert dict(form.errors) == {"service": [str(GivesNumbers())]}
    assert form["prepare_days"].value() == "9"
    corner.refresh_from_db()
    assert corner.prepare_days != 9


def group_form(browser, group, **typed):
    """What the admin's form of a group sends, with some of it typed anew; None: not ticked."""
    page = reverse("admin:reservations_servicegroup_change", args=[group.pk])
    form = browser.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields} | typed
    values |= {f"{prefix}-{name}": 0 for prefix in ("waves", "cancellation_steps", "services") for name in MANAGEMENT}
    return page, {name: value for name, value in values.items() if value is not False and value is not None}


def test_a_corner_that_was_left_with_numbers_keeps_none_once_somebody_saves_its_group(corner, administrator, login):
    group = ServiceGroup.objects.get(pk=corner.service.group_id)
    ServiceGroup.objects.update(reservation_only=False, has_tickets=True, letter="Z")
    browser = login(administrator)
    page, values = group_form(browser, group, description="そのまま")
    answer = browser.post(page, values)
    assert "has_tickets" in answer.context["adminform"].form.errors
    assert answer.context["adminform"].form["description"].value() == "そのまま"
    page, values = group_form(browser, group, has_tickets=None)
    assert browser.post(page, values).status_code == 302
    group.refresh_from_db()
    assert (group.has_tickets, group.reservation_only) == (False, True)
    assert check_corners_by_reservation(app_configs=None, databases=["default"]) == []


def test_a_service_of_a_corner_left_with_numbers_goes_to_no_other_group(corner):
    ServiceGroup.objects.update(reservation_only=False)
    corner.service.group = kit.make_group(corner.service.group.department, letter="Y", has_tickets=True)
    with pytest.raises(ValidationError) as refused:
        corner.service.full_clean()
    assert "移せません" in str(refused.value.message_dict["group"])


def test_a_group_that_became_one_of_a_corner_while_its_form_was_open_gives_no_numbers(
    corner, administrator, login, monkeypatch
):
    """The mark is written between the check of the form and the save: without the lock the save would take it off."""
    group = ServiceGroup.objects.get(pk=corner.service.group_id)
    browser = login(administrator)
    page, values = group_form(browser, group, has_tickets="on", letter="Z")
    monkeypatch.setattr(ServiceGroup, "clean", lambda self: None)
    monkeypatch.setattr(ServiceGroup, "validate_constraints", lambda self, exclude=None: None)
    answer = browser.post(page, values)
    assert dict(answer.context["adminform"].form.errors) == {"has_tickets": [str(GivesNumbers())]}
    assert answer.context["adminform"].form["letter"].value() == "Z"
    group.refresh_from_db()
    assert (group.has_tickets, group.reservation_only) == (False, True)


def test_corners_from_before_keep_their_group(corner):
    """The migration; where the city had switched numbers on it is not overruled."""
    keep = import_module("counter.migrations.0020_corners_by_reservation_only").keep
    ServiceGroup.objects.update(reservation_only=False)
    keep(apps, None)
    assert ServiceGroup.objects.get(pk=corner.service.group_id).reservation_only
    ServiceGroup.objects.update(reservation_only=False, has_tickets=True, letter="Z")
    keep(apps, None)
    assert not ServiceGroup.objects.get(pk=corner.service.group_id).reservation_only


def test_every_row_of_the_file_can_be_kept_and_speaks_of_the_shipped_guide():
    import yaml
    from django.conf import settings

    from counter.bereavement.questions import own_form

    guide = yaml.safe_load((settings.BASE_DIR / "applications/catalogue/guides/bereavement.yaml").read_text())
    results = {row["key"] for row in guide["results"]}
    asked = {field["key"] for page in guide["pages"] for field in page["fields"]} | own_form().by_key.keys()
    for row in content()["checks"]:
        made = BereavementCheck(**{name: value for name, value in row.items() if name != "department"})
        made.clean_fields(exclude=["department"])
        assert set(row.get("facts", [])) <= asked, row["key"]
    for row in content()["elsewhere"]:
        ElsewhereItem(**row).clean_fields()
    for row in (*content()["checks"], *content()["elsewhere"]):
        assert set(row.get("results", [])) <= results, row["key"]
        assert _answers_in(row.get("when")) <= asked, row["key"]


def _answers_in(node):
    if isinstance(node, dict):
        return {node["answer"]} if "answer" in node else set().union(*map(_answers_in, node.values()))
    return set().union(*map(_answers_in, node)) if isinstance(node, list) else set()


def test_an_administrator_cannot_keep_a_condition_that_nobody_can_read(corner, administrator, login):
    browser = login(administrator)
    item = make_item()
    data = {"key": "x", "name": "相続の放棄", "office": "家庭裁判所", "years": 0, "months": 3, "days": 0, "position": 0}
    address = f"/admin/counter/elsewhereitem/{item.pk}/change/"
    assert "条件として読めません" in text_of(
        browser.post(address, data | {"when": '{"sometimes": 1}', "results": "[]"})
    )
    assert browser.post(address, data | {"when": "", "results": "[]", "months": 4}).status_code == 302
    item.refresh_from_db()
    assert item.months == 4


# --- what was compared with the law ------------------------------------------------------------------------------


def test_items_are_verified_by_somebody_on_a_day_and_that_is_audited(corner, administrator, login):
    item, other = make_item(), make_item("bank", name="預貯金", law="")
    browser = login(administrator)
    menu, items = reverse("admin:index"), reverse("admin:counter_elsewhereitem_changelist")
    assert all("法令の確認が済んでいない項目が2件" in text_of(browser.get(page)) for page in (menu, items))
    assert "verified=no" in text_of(browser.get(menu))
    data = {"action": "verify", "_selected_action": [item.pk]}
    assert "1件を確認済みにしました。" in text_of(browser.post(items, data, follow=True))
    item.refresh_from_db()
    assert (item.verified_on, item.verified_by) == (local_date(timezone.now()), administrator)
    event = AuditEvent.objects.get(detail="law verified")
    assert (event.actor, event.target_label, event.changed_fields) == (
        administrator,
        "相続の放棄",
        ["verified_by", "verified_on"],
    )
    rest = text_of(browser.get(f"{items}?verified=no"))
    assert ("預貯金" in rest, "相続の放棄" in rest) == (True, False)
    assert "相続の放棄" in text_of(browser.get(f"{items}?verified=yes"))
    bereavements.verify([other.pk], by=administrator)
    assert not any("法令の確認が済んでいない" in text_of(browser.get(page)) for page in (menu, items))


@pytest.mark.parametrize(
    ("field", "value", "stays"), [("months", 4, False), ("law", "民法", False), ("position", 9, True)]
)
def test_what_was_verified_and_is_changed_is_not_verified_any_more(corner, administrator, login, field, value, stays):
    item = make_item()
    bereavements.verify([item.pk], by=administrator)
    browser = login(administrator)
    page = reverse("admin:counter_elsewhereitem_change", args=[item.pk])
    form = browser.get(page).context["adminform"].form
    assert not {"verified_on", "verified_by"} & set(form.fields)
    typed = {name: form[name].value() for name in form.fields} | {field: value, "when": "null", "results": "[]"}
    answer = browser.post(
        page, {name: shown for name, shown in typed.items() if shown or (shown == 0 and shown is not False)}
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    item.refresh_from_db()
    assert getattr(item, field) == value
    assert (item.verified_on is not None, item.verified_by is not None) == (stays, stays)


def test_nobody_but_administrators_verifies(corner, auditor, login):
    item = make_item()
    data = {"action": "verify", "_selected_action": [item.pk]}
    browser = login(auditor)
    browser.post(reverse("admin:counter_elsewhereitem_changelist"), data)
    item.refresh_from_db()
    assert item.verified_on is None
    assert "法令の確認が済んでいない" not in text_of(browser.get(reverse("admin:index")))


def test_who_verified_has_a_day(corner, administrator):
    item = make_item()
    with pytest.raises(IntegrityError, match="elsewhere_item_verified_on_a_day"), transaction.atomic():
        ElsewhereItem.objects.filter(pk=item.pk).update(verified_by=administrator)


def test_a_corner_that_was_left_with_numbers_is_named_by_the_checks(corner):
    assert check_corners_by_reservation(app_configs=None, databases=["default"]) == []
    ServiceGroup.objects.update(reservation_only=False)
    assert check_corners_by_reservation(app_configs=None) == []
    (found,) = check_corners_by_reservation(app_configs=None, databases=["default"])
    assert (found.id, corner.service.group.key in found.msg) == ("counter.W001", True)
    BereavementCorner.objects.update(is_active=False)
    assert check_corners_by_reservation(app_configs=None, databases=["default"]) == []
