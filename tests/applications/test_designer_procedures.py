"""Procedures made, copied, opened and closed by staff."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.enums import ProcedureState
from applications.models import LifeEvent, Procedure
from applications.services import procedures
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from tests.applications.designkit import document, make_procedure, messages_of, text_of, url


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- a new procedure, a copy ------------------------------------------------------------------
def test_new_procedure_is_in_preparation_with_an_empty_form(login, handler, department):
    response = login(handler).post(
        reverse("applications:design_new"),
        {
            "name": "防災訓練への参加",
            "name_kana": "さんかのもうしこみ",
            "summary": "参加の申込みです。",
            "department": department.pk,
            "key": "bosai-kunren",
        },
    )
    assert response.url == url("design_overview", key="bosai-kunren")
    made = Procedure.objects.get(key="bosai-kunren")
    assert (made.state, made.current_version, made.department) == (ProcedureState.DRAFT, None, department)
    assert "防災訓練への参加" in made.search_text
    assert document("bosai-kunren")["pages"][0]["fields"] == []
    assert AuditEvent.objects.get(action=AuditAction.CREATE, target_id="bosai-kunren").actor == handler


def test_new_procedure_gets_a_key_when_nobody_thinks_of_one(login, handler, department):
    login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk},
    )
    assert Procedure.objects.get().key.startswith("tetsuzuki-")


@pytest.mark.parametrize("name", ["design_new", "design_copy"])
def test_page_sent_twice_makes_one_procedure(login, handler, department, procedure, name):
    client = login(handler)
    address = reverse("applications:design_new") if name == "design_new" else url(name)
    drawn = client.get(address).context["form"]["drawn_key"].value()
    data = {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk, "drawn_key": drawn}
    assert [client.post(address, data).url for _time in "12"] == [url("design_overview", key=drawn)] * 2
    assert (Procedure.objects.count(), AuditEvent.objects.filter(action=AuditAction.CREATE).count()) == (2, 1)
    # back in the browser and other words: another procedure
    assert client.post(address, data | {"name": "別の名前"}).url != url("design_overview", key=drawn)
    assert Procedure.objects.count() == 3


@pytest.mark.parametrize("key", ["Bosai", "new", "import", "bosai_kunren", "防災", "-x", "moshikomi"])
def test_bad_and_taken_keys_are_told_and_kept(login, handler, department, procedure, key):
    page = login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": department.pk, "key": key},
    )
    assert page.context["form"].errors["key"]
    assert f'value="{key}"' in text_of(page)
    assert Procedure.objects.count() == 1


def test_new_procedure_for_another_department_is_refused(login, handler, departments):
    page = login(handler).post(
        reverse("applications:design_new"),
        {"name": "名前", "name_kana": "なまえ", "summary": "概要", "department": departments["kaigo"].pk},
    )
    assert page.context["form"].errors["department"]


def test_copy_takes_settings_and_form_and_leaves_the_past(login, handler, procedure, department):
    event = LifeEvent.objects.create(key="birth", name="出生")
    procedure.life_events.set([event])
    Procedure.objects.filter(pk=procedure.pk).update(
        capacity=30, taken_seats=7, fee="300円", opens_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    )
    login(handler).post(url("design_copy"), {"name": "写し", "department": department.pk, "key": "utsushi"})
    copy = Procedure.objects.get(key="utsushi")
    assert (copy.name, copy.fee, copy.capacity, copy.taken_seats) == ("写し", "300円", 30, 0)
    assert (copy.state, copy.current_version, copy.opens_at, copy.catalogue_settings) == ("draft", None, None, {})
    assert copy.short_code != procedure.short_code
    assert list(copy.life_events.all()) == [event]
    assert document("utsushi") == procedure.current_version.definition


# --- opening and closing ----------------------------------------------------------------------
def test_procedure_is_closed_and_opened(login, handler, procedure):
    client = login(handler)
    client.post(url("design_state"), {"expected": "published", "state": "closed"})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.CLOSED
    stale = client.post(url("design_state"), {"expected": "published", "state": "closed"}, follow=True)
    assert "他の人が先に操作しました" in messages_of(stale)[-1]
    client.post(url("design_state"), {"expected": "closed", "state": "published"})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.PUBLISHED
    events = AuditEvent.objects.filter(target_id="moshikomi", action=AuditAction.STATE)
    assert [event.detail for event in events.order_by("id")] == ["停止中", "公開中"]


def test_procedure_without_a_form_is_not_opened(login, handler, department):
    made = procedures.create_procedure(
        key="kara", name="空", name_kana="から", summary="空", department=department, by=handler
    )
    answer = login(handler).post(
        url("design_state", key="kara"), {"expected": "draft", "state": "published"}, follow=True
    )
    assert "様式が必要です" in messages_of(answer)[0]
    assert Procedure.objects.get(pk=made.pk).state == ProcedureState.DRAFT


@pytest.mark.parametrize("state", ["", "draft", "nonsense"])
def test_other_states_cannot_be_asked_for(login, handler, procedure, state):
    login(handler).post(url("design_state"), {"expected": "published", "state": state})
    assert Procedure.objects.get(pk=procedure.pk).state == ProcedureState.PUBLISHED
