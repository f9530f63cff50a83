"""Procedures made, copied, opened and closed by staff."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.designer.standing import standing
from applications.enums import ProcedureState
from applications.models import LifeEvent, Procedure
from applications.procedure_facts import procedure_facts
from applications.services import procedures
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from tests.applications.designkit import act, document, make_procedure, messages_of, text_of, url


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
    # nobody has said that it is free; a letter of decision is not one person's
    assert (made.fee, made.needs_approval) == ("", True)
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


# --- where a procedure stands -------------------------------------------------------------------


def words(procedure, **more):
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    return [chip.label for chip in standing(procedure, now=now, **more)]


def test_standing_is_said_in_one_line(procedure):
    number = procedure.current_version.number
    assert words(procedure) == [f"公開中 第{number}版"]
    assert words(procedure, has_draft=True) == [f"公開中 第{number}版", "下書きあり"]
    procedure.opens_at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert words(procedure) == [f"公開中 第{number}版", "期間外（令和8年12月1日 9:00 から）"]
    procedure.opens_at, procedure.closes_at = None, dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert words(procedure) == [f"公開中 第{number}版", "期間外（令和8年11月1日 9:00 まで）"]
    procedure.state = ProcedureState.CLOSED
    assert words(procedure) == ["停止中"]
    procedure.state = ProcedureState.DRAFT
    assert words(procedure) == ["準備中"]


def test_page_of_the_form_says_where_the_procedure_stands(login, handler, procedure):
    client = login(handler)
    chips = client.get(url("design_overview")).context["standing"]
    assert [chip.label for chip in chips] == [f"公開中 第{procedure.current_version.number}版"]
    act(client, "delete:adults")
    chips = client.get(url("design_overview")).context["standing"]
    assert [chip.label for chip in chips][-1] == "下書きあり"


def test_procedure_without_a_version_offers_no_button_that_would_be_refused(login, handler, department):
    procedures.create_procedure(
        key="kara", name="空", name_kana="から", summary="空", department=department, by=handler
    )
    page = login(handler).get(url("design_overview", key="kara"))
    assert page.context["can_open"] is False
    assert 'name="state"' not in text_of(page)


def test_what_the_page_does_not_say_yet_is_named_and_keeps_nothing_back(login, handler, procedure):
    told = {"fee": "", "required_papers": [], "standard_days": None, "needs_approval": False}
    Procedure.objects.filter(pk=procedure.pk).update(**told, state="closed")
    client = login(handler)
    for name in ("design_overview", "design_publish"):
        page = client.get(url(name))
        assert [one.name for one in page.context["missing"]] == list(told)
        assert f'href="{url("design_settings")}#id_fee"' in text_of(page)
    client.post(url("design_state"), {"expected": "closed", "state": "published"})
    row = Procedure.objects.get(pk=procedure.pk)
    assert row.state == ProcedureState.PUBLISHED
    assert "手数料" not in [fact["label"] for fact in procedure_facts(row)]
    known = {"fee": "無料", "required_papers": ["なし"], "standard_days": 5, "needs_approval": True}
    Procedure.objects.filter(pk=procedure.pk).update(**known)
    assert client.get(url("design_publish")).context["missing"] == []
