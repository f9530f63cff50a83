"""Conditions and calculations as pages, and what is wrong with a form."""

import pytest
from django.test import Client

from applications.models import FormDesign
from tests.applications.designkit import MEANWHILE, act, document, in_work, make_procedure, small_form, text_of, url


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- conditions and calculations --------------------------------------------------------------
def test_condition_is_built_row_by_row_and_saved(login, handler, procedure):
    client = login(handler)
    address = url("design_logic", "note", "visible")
    with_one = client.post(address, {"revision": "0", "action": "add", "subject": "answer:kind"})
    assert [row.subject.name for row in with_one.context["form"].rows] == ["answer:kind"]
    rows = {"subject-0": "answer:kind", "operator-0": "in", "value-0": ["new"]}
    with_two = client.post(address, {"revision": "0", "action": "add", "subject": "age:birth"} | rows)
    assert len(with_two.context["form"].rows) == 2
    assert not FormDesign.objects.exists()
    rows |= {"subject-1": "age:birth", "operator-1": "lt", "value-1": "18", "joiner": "any"}
    client.post(address, {"revision": "0", "action": "save"} | rows)
    assert document()["pages"][1]["fields"][1]["visible_when"] == {
        "any": [
            {"eq": [{"answer": "kind"}, "new"]},
            {"lt": [{"age_on": [{"answer": "birth"}, {"today": True}]}, 18]},
        ]
    }
    assert "「区分」が「新規」、または" in text_of(client.get(url("design_overview")))
    client.post(address, {"revision": "1", "action": "clear"})
    assert "visible_when" not in document()["pages"][1]["fields"][1]


def test_section_gets_a_condition(login, handler, procedure):
    data = {"revision": "0", "subject-0": "answer:kind", "operator-0": "in", "value-0": "new", "action": "save"}
    login(handler).post(url("design_section_logic", "children"), data)
    assert document()["pages"][1]["visible_when"] == {"eq": [{"answer": "kind"}, "new"]}


def test_condition_from_an_older_page_is_told_and_kept(login, handler, procedure):
    client = login(handler)
    act(client, "down:kind")
    data = {"revision": "0", "subject-0": "answer:kind", "operator-0": "in", "value-0": "new", "action": "save"}
    page = client.post(url("design_logic", "note", "visible"), data)
    assert page.context["form"].error.startswith(MEANWHILE)
    assert page.context["form"].rows[0].values == ("new",)


def test_condition_that_no_row_can_say_is_told_in_words_and_kept(login, handler, administrator, procedure):
    form = small_form()
    form["pages"][1]["fields"][1]["visible_when"] = {"gt": [{"sum": [{"answer": "adults"}, 1]}, 3]}
    in_work(procedure, form, handler)
    address = url("design_logic", "note", "visible")
    page = login(handler).get(address)
    assert "「大人の人数」 ＋ 1が3より大きい" in text_of(page)
    assert 'name="json"' not in text_of(page)
    assert login(handler).post(address, {"revision": "1", "action": "json", "json": "{}"}).status_code == 404
    admin = login(administrator, Client())
    assert 'name="json"' in text_of(admin.get(address))
    admin.post(address, {"revision": "1", "action": "json", "json": '{"filled": {"answer": "kind"}}'})
    assert document()["pages"][1]["fields"][1]["visible_when"] == {"filled": {"answer": "kind"}}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"nonsense": 1}', "[" * 50_000, '{"eq": NaN}', '{"eq": ["\\u0000", 1]}']
)
def test_broken_json_is_told_and_kept(login, administrator, procedure, text):
    page = login(administrator).post(
        url("design_logic", "note", "visible"), {"revision": "0", "action": "json", "json": text}
    )
    assert page.status_code == 200
    assert page.context["json_error"]
    assert page.context["json"] == text
    assert not FormDesign.objects.exists()


def test_calculation_is_built_and_saved(login, handler, procedure):
    client = login(handler)
    client.post(url("design_field_add", "person"), {"revision": "0", "label": "参加費", "type": "calculated"})
    assert "計算の式がありません" in text_of(client.get(url("design_overview")))
    address = url("design_logic", "q1", "value")
    rows = {"quantity-0": "answer:adults", "factor-0": "500", "quantity-1": "sum:child.cost"}
    client.post(address, {"revision": "1", "action": "save"} | rows)
    assert document()["pages"][0]["fields"][-1]["value"] == {
        "sum": [{"times": [{"answer": "adults"}, 500]}, {"sum": {"rows": "child", "of": {"row": "cost"}}}]
    }
    assert "前に直すところ" not in text_of(client.get(url("design_overview")))


@pytest.mark.parametrize(("path", "kind"), [("kind", "value"), ("kind", "nonsense"), ("child", "required")])
def test_logic_that_the_kind_does_not_take_is_not_found(login, handler, procedure, path, kind):
    assert login(handler).get(url("design_logic", path, kind)).status_code == 404


# --- what is wrong ----------------------------------------------------------------------------
def test_every_mistake_is_listed_with_its_place(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["options"] = []
    form["pages"][1]["title"] = ""
    in_work(procedure, form, handler)
    problems = login(handler).get(url("design_overview")).context["overview"].problems
    assert {(one.path, one.page) for one in problems} == {("kind", ""), ("", "children")}


def test_conditions_in_a_circle_are_listed(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][0]["visible_when"] = {"filled": {"answer": "birth"}}
    form["pages"][0]["fields"][1]["visible_when"] = {"filled": {"answer": "kind"}}
    in_work(procedure, form, handler)
    problems = login(handler).get(url("design_overview")).context["overview"].problems
    assert [one.path for one in problems] == ["kind"]
    assert "たがいに" in problems[0].message


def test_options_that_nobody_can_tell_apart_are_listed_and_not_published(login, handler, procedure):
    form = small_form()
    form["pages"][0]["fields"][3] |= {"other": True, "options": [{"value": "x", "label": "その他"}]}
    twins = [{"value": "a", "label": "母"}, {"value": "b", "label": "母"}]
    inner = {"key": "relation", "type": "choice", "label": "続柄", "options": twins}
    form["pages"][1]["fields"][0]["fields"].append(inner)
    in_work(procedure, form, handler)
    client = login(handler)
    problems = client.get(url("design_overview")).context["overview"].problems
    assert [(one.path, one.message.partition("。")[0]) for one in problems] == [
        ("news", "同じことばの選択肢が二つ以上あります: 「その他」"),
        ("child.relation", "同じことばの選択肢が二つ以上あります: 「母」"),
    ]
    client.post(url("design_publish"), {"revision": "1", "change_note": "変更"})
    assert procedure.versions.count() == 2
