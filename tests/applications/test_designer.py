"""The designer's list of procedures and of fields: who gets in, what a button does, how many queries it takes."""

import base64
import json

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import FormDesign, FormVersion, Procedure
from cityhall.enums import GrantedRightKind, Role
from cityhall.models import GrantedRight
from tests import factories
from tests.applications import casekit
from tests.applications.designkit import (
    MEANWHILE,
    act,
    document,
    in_work,
    keys,
    long_form,
    make_procedure,
    messages_of,
    small_form,
    text_of,
    url,
)


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- who gets in ------------------------------------------------------------------------------
PEOPLE = {
    "handler": 200,
    "approver": 200,
    "administrator": 200,
    "clerk": 404,
    "contract_clerk": 404,
    "auditor": 404,
    "resident": 404,
    "stranger": 404,
    "granted": 404,
}


@pytest.fixture
def stranger(departments):
    return factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])


@pytest.fixture
def granted(departments):
    """A handler of another department, which may decide here: no right to change a form."""
    GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["shimin"],
        kind=GrantedRightKind.DECISION,
        procedure_key="moshikomi",
        active_from="2020-01-01",
    )
    return factories.make_staff(role=Role.HANDLER, department=departments["shimin"])


@pytest.mark.parametrize("person", PEOPLE)
def test_procedure_opens_for_its_people_only(request, login, procedure, person):
    response = login(request.getfixturevalue(person)).get(url("design_overview"))
    assert response.status_code == PEOPLE[person]
    assert ("放課後児童クラブの申込み" in text_of(response)) == (PEOPLE[person] == 200)


POSTS = {
    "design_act": [],
    "design_copy": [],
    "design_settings": [],
    "design_state": [],
    "design_section_add": [],
    "design_section": ["person"],
    "design_section_logic": ["children"],
    "design_field_add": ["person"],
    "design_field": ["kind"],
    "design_field_preview": ["kind"],
    "design_logic": ["note", "visible"],
    "design_publish": [],
    "design_keep": [],
    "design_restore": [1],
    "design_trial": [1],
    "design_trial_clear": [],
}


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("person", ["stranger", "granted", "clerk", "auditor"])
def test_others_change_nothing(request, login, procedure, name, person):
    before = Procedure.objects.values().get(pk=procedure.pk)
    client = login(request.getfixturevalue(person))
    response = client.post(url(name, *POSTS[name]), {"revision": "0", "action": "delete:kind", "state": "closed"})
    assert response.status_code == 404
    assert Procedure.objects.values().get(pk=procedure.pk) == before
    assert not FormDesign.objects.exists()


def test_list_shows_the_procedures_of_the_own_departments(login, procedure, departments, handler, administrator):
    casekit.make_procedure(departments["kaigo"], name="要介護認定の申請")
    own = text_of(login(handler).get(reverse("applications:design_list")))
    assert "放課後児童クラブの申込み" in own
    assert "要介護認定の申請" not in own
    every = text_of(login(administrator, Client()).get(reverse("applications:design_list")))
    assert "要介護認定の申請" in every


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_whatever_its_length(login, department, handler, django_assert_num_queries, count, resident):
    for number in range(count):
        one = casekit.make_procedure(department, key=f"one-{number}")
        in_work(one, small_form(), handler)
        casekit.make_case(one, resident, state=ApplicationState.DRAFT)
    client = login(handler)
    # session, person, rights (2), departments, procedures, drafts, the city, surveys and preparation sheets that wait
    with django_assert_num_queries(10):
        page = client.get(reverse("applications:design_list"))
    assert page.content.decode().count("1件") == count


def test_list_is_filtered_and_paged(login, department, handler, monkeypatch):
    monkeypatch.setattr("applications.queries.designing.PAGE_LENGTH", 2)
    for number in range(5):
        casekit.make_procedure(department, key=f"k{number}", name=f"手続その{number}")
    client = login(handler)
    first = client.get(reverse("applications:design_list"))
    assert [row["procedure"].key for row in first.context["rows"]] == ["k0", "k1"]
    second = client.get(reverse("applications:design_list") + first.context["next_url"])
    assert [row["procedure"].key for row in second.context["rows"]] == ["k2", "k3"]
    found = client.get(reverse("applications:design_list"), {"text": "その4"})
    assert [row["procedure"].key for row in found.context["rows"]] == ["k4"]


def test_list_goes_by_department_and_reading(login, administrator, departments, monkeypatch):
    monkeypatch.setattr("applications.queries.designing.PAGE_LENGTH", 2)
    for key, department, kana in [
        ("a", "kaigo", "あ"),
        ("b", "kosodate", "ん"),
        ("c", "kosodate", "い"),
        ("d", "kaigo", "い"),
        ("e", "kosodate", "い"),
    ]:
        one = casekit.make_procedure(departments[department], key=key)
        Procedure.objects.filter(pk=one.pk).update(name_kana=kana, state="draft" if key == "d" else "published")
    client, address = login(administrator), reverse("applications:design_list")
    order = sorted(("kaigo", "kosodate"), key=lambda code: (departments[code].position, code))
    wanted = {"kaigo": ["a", "d"], "kosodate": ["c", "e", "b"]}
    found, query = [], ""
    for _page in range(3):
        page = client.get(address + query)
        found += [row["procedure"].key for row in page.context["rows"]]
        query = page.context["next_url"]
    assert found == wanted[order[0]] + wanted[order[1]]
    assert query == ""
    one = client.get(address, {"department": "kaigo", "state": "draft"})
    assert [row["procedure"].key for row in one.context["rows"]] == ["d"]
    tampered = base64.urlsafe_b64encode(json.dumps(["x", 1, [], {}]).encode()).decode()
    assert client.get(address, {"after": tampered}).status_code == 200


# --- the form as a list -----------------------------------------------------------------------
def test_reading_writes_nothing(login, handler, procedure):
    login(handler).get(url("design_overview"))
    assert not FormDesign.objects.exists()


@pytest.mark.parametrize(
    ("action", "first"),
    [
        ("down:kind", ["birth", "kind", "adults", "news"]),
        ("up:news", ["kind", "birth", "news", "adults"]),
        ("delete:birth", ["kind", "adults", "news"]),
        ("duplicate:kind", ["kind", "q1", "birth", "adults", "news"]),
    ],
)
def test_buttons_of_the_list(login, handler, procedure, action, first):
    act(login(handler), action)
    assert keys(document()) == first
    assert FormDesign.objects.get().changed_by == handler
    # what people fill in stays what it was
    assert keys(FormVersion.objects.get(pk=procedure.current_version_id).definition) == [
        "kind",
        "birth",
        "adults",
        "news",
    ]


def test_deleting_can_be_undone(login, handler, procedure):
    client = login(handler)
    page = act(client, "delete:child")
    assert page.redirect_chain[-1][0].endswith("#undo")
    assert 'id="undo"' in text_of(page)
    act(client, "undo")
    assert document() == FormVersion.objects.get(pk=procedure.current_version_id).definition


def test_several_are_moved_and_deleted(login, handler, procedure):
    client = login(handler)
    act(client, "move-chosen", chosen=["kind", "news"], target="section:children")
    assert keys(document(), 1) == ["child", "note", "kind", "news"]
    act(client, "delete-chosen", chosen=["kind", "child.cost"])
    assert keys(document(), 1) == ["child", "note", "news"]


def test_sections_move_and_go(login, handler, procedure):
    client = login(handler)
    act(client, "section-up:children")
    assert [page["key"] for page in document()["pages"]] == ["children", "person"]
    act(client, "delete-section:person")
    refused = act(client, "delete-section:children")
    assert messages_of(refused) == ["セクションは一つ以上必要です。先に別のセクションを追加してください。"]


GARBAGE = [
    {},
    {"action": ""},
    {"action": "up"},
    {"action": "up:gone"},
    {"action": "nonsense:kind"},
    {"action": "delete-chosen"},
    {"action": "move-chosen", "chosen": "kind", "target": "section:gone"},
    {"action": "drop:kind", "before": "gone"},
    {"action": "undo"},
    {"action": "delete:kind", "revision": "９" * 3},
    {"action": "delete:kind", "revision": "9" * 400},
    {"action": "delete:kind", "revision": "-1"},
    {"action": "delete:kind", "revision": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
]


@pytest.mark.parametrize("data", GARBAGE, ids=str)
def test_garbage_changes_nothing(login, handler, procedure, data):
    response = login(handler).post(url("design_act"), {"revision": "0"} | data)
    assert response.status_code == 302
    assert not FormDesign.objects.exists()


def test_save_from_an_older_page_is_told_and_changes_nothing(login, handler, procedure):
    client = login(handler)
    act(client, "down:kind")
    late = client.post(url("design_act"), {"revision": "0", "action": "delete:kind"}, follow=True)
    assert messages_of(late)[0].startswith(MEANWHILE)
    assert keys(document()) == ["birth", "kind", "adults", "news"]


# --- figures ----------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [3, 100])
def test_save_asks_the_same_however_long_the_form(login, handler, procedure, count, django_assert_num_queries):
    in_work(procedure, long_form(count), handler)
    client = login(handler)
    # session, person, rights (2); the procedure with its form; one write
    with django_assert_num_queries(6):
        answer = client.post(url("design_field", "q2"), {"revision": "1", "label": "新しい質問文"})
    assert answer.status_code == 302
    with django_assert_num_queries(6):
        client.post(url("design_act"), {"revision": "2", "action": "down:q2"})
    assert keys(document())[:3] == ["q1", "q3", "q2"]


@pytest.mark.parametrize("count", [3, 100])
def test_overview_asks_the_same_however_long_the_form(login, handler, procedure, count, django_assert_num_queries):
    in_work(procedure, long_form(count), handler)
    client = login(handler)
    # session, person, rights (2); the procedure with its form; applications under way; the city; surveys and
    # preparation sheets that wait
    with django_assert_num_queries(9):
        page = client.get(url("design_overview"))
    assert page.context["overview"].field_count == count


def test_long_document_is_stored_as_it_is(handler, procedure):
    row = in_work(procedure, long_form(300), handler)
    assert json.loads(json.dumps(FormDesign.objects.get(pk=row.pk).document)) == long_form(300)
