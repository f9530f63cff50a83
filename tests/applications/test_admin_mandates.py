"""The admin page of mandates: who is who among people of one name, and which procedures."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from residents.enums import ExternalIdKind
from residents.models import ExternalId, Mandate
from tests import factories
from tests.applications.casekit import make_procedure

ADD = "admin:residents_mandate_add"


@pytest.fixture
def procedure(department):
    return make_procedure(department, key="jido-teate", notices=False)


@pytest.fixture
def namesakes(db):
    """Two people of one name; the elder is in the register."""
    people = [
        factories.make_resident(
            family="髙橋",
            given="一郎",
            given_kana="イチロウ",
            birth_year=day.year,
            birth_month=day.month,
            birth_day=day.day,
            birth_date=day,
        )
        for day in (dt.date(1948, 5, 1), dt.date(1990, 12, 3))
    ]
    ExternalId.objects.create(resident=people[0], kind=ExternalIdKind.RESIDENT_NUMBER, value="0000000005")
    return people


@pytest.fixture
def client(login, administrator):
    return login(administrator)


def sent(principal, agent, **changes):
    return {
        "principal": principal.pk,
        "agent": agent.pk,
        "evidence": "委任状（原本確認）",
        "valid_from": "2026-01-01",
        "valid_until": "",
    } | changes


def find(client, term):
    options = {"app_label": "residents", "model_name": "mandate", "field_name": "agent", "term": term}
    return client.get(reverse("admin:autocomplete"), options).json()["results"]


def test_people_of_one_name_are_told_apart_where_they_are_chosen(client, namesakes, administrator):
    elder, younger = namesakes
    assert {row["id"]: row["text"] for row in find(client, "髙橋一郎")} == {
        str(elder.pk): "髙橋 一郎（タカハシ イチロウ）昭和23年5月1日生 宛名番号 0000000005",
        str(younger.pk): "髙橋 一郎（タカハシ イチロウ）平成2年12月3日生 台帳にない登録",
    }
    looked = AuditEvent.objects.get(action=AuditAction.SEARCH)
    assert (looked.actor, looked.target_type) == (administrator, "residents.resident")
    assert sorted(looked.object_ids) == sorted(person.pk for person in namesakes)


def test_choosing_costs_the_same_for_any_number_of_people(client, namesakes, django_assert_num_queries):
    find(client, "髙橋")
    for _round in range(2):
        with django_assert_num_queries(6):
            find(client, "髙橋")
        factories.make_resident(family="髙橋", given="花", given_kana="ハナ")


def test_a_mandate_is_for_chosen_procedures(client, procedure, resident, supporter, administrator):
    data = sent(resident, supporter, reach="some", procedures=[procedure.pk])
    answer = client.post(reverse(ADD), data)
    assert answer.status_code == 302, answer.context["errors"]
    mandate = Mandate.objects.get()
    assert (mandate.principal, mandate.agent, mandate.procedure_keys) == (resident, supporter, ["jido-teate"])
    assert mandate.created_by == administrator
    assert AuditEvent.objects.filter(detail="mandate created").exists()
    page = client.get(reverse("admin:residents_mandate_change", args=[mandate.pk])).text
    assert procedure.name in page
    assert "jido-teate" not in page
    assert "1件の手続" in client.get(reverse("admin:residents_mandate_changelist")).text


def test_a_mandate_is_for_all_procedures_when_one_says_so(client, procedure, resident, supporter):
    assert client.post(reverse(ADD), sent(resident, supporter, reach="all")).status_code == 302
    assert Mandate.objects.get().procedure_keys == []
    assert "すべての手続" in client.get(reverse("admin:residents_mandate_changelist")).text


@pytest.mark.parametrize(
    ("reach", "chosen", "field"), [("", False, "reach"), ("some", False, "procedures"), ("all", True, "reach")]
)
def test_nothing_left_out_means_all_procedures(client, procedure, resident, supporter, reach, chosen, field):
    data = sent(resident, supporter, reach=reach, procedures=[procedure.pk] if chosen else [])
    page = client.post(reverse(ADD), data)
    assert list(page.context["adminform"].form.errors) == [field]
    assert not Mandate.objects.exists()


def test_a_form_sent_back_still_says_who_is_who(client, procedure, namesakes):
    page = client.post(reverse(ADD), sent(*namesakes)).text
    assert "昭和23年5月1日生 宛名番号 0000000005" in page
    assert "平成2年12月3日生" in page
