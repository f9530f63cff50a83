"""Fields on their way: up and down, to another section, into a repeating group and out of it."""

import pytest

from applications.definition import parse
from applications.designer import moving
from applications.designer.operations import DOWN, UP, Design, DesignRefused
from applications.designer.places import NotThere, place_of, places
from applications.designer.showing import problems_of
from applications.models import FormDesign
from tests.applications.designkit import (
    act,
    design,
    document,
    keys,
    make_procedure,
    messages_of,
    small_form,
    text_of,
    url,
)


def paths(document):
    return [place.path for place in places(document)]


def inner(document):
    return [one["key"] for one in place_of(document, "child").field["fields"]]


def test_field_moves_down_and_up_again():
    moved = moving.move_field(design(), "kind", DOWN)
    assert keys(moved.document) == ["birth", "kind", "adults", "news"]
    assert moving.move_field(moved, "kind", UP).document == small_form()


def test_field_at_the_end_of_its_section_moves_into_the_next():
    moved = moving.move_field(design(), "news", DOWN)
    assert keys(moved.document, 1) == ["news", "child", "note"]
    assert moving.move_field(moved, "news", UP).document == small_form()


@pytest.mark.parametrize(("path", "step"), [("kind", UP), ("note", DOWN), ("child.name", UP), ("child.paper", DOWN)])
def test_field_at_the_edge_stays(path, step):
    assert moving.move_field(design(), path, step).document == small_form()


def test_field_moves_inside_its_group():
    moved = moving.move_field(design(), "child.name", DOWN)
    assert paths(moved.document)[-5:] == ["child.birth", "child.name", "child.cost", "child.paper", "note"]


def test_several_fields_move_to_a_section_in_their_order():
    moved, new = moving.move_to(design(), ["news", "kind", "child.name"], "section:children")
    assert keys(moved.document) == ["birth", "adults"]
    assert keys(moved.document, 1) == ["child", "note", "kind", "news", "name"]
    assert new == ["kind", "news", "name"]
    assert inner(moved.document) == ["birth", "cost", "paper"]
    parse(moved.document)


def test_group_takes_its_fields_along():
    moved, new = moving.move_to(design(), ["child", "child.name"], "section:person")
    assert keys(moved.document) == ["kind", "birth", "adults", "news", "child"]
    assert new == ["child"]
    assert inner(moved.document) == ["name", "birth", "cost", "paper"]


def test_field_moves_into_a_group_under_a_key_that_is_free_there():
    moved, new = moving.move_to(design(), ["birth", "adults"], "group:child")
    assert keys(moved.document) == ["kind", "news"]
    assert inner(moved.document) == ["name", "birth", "cost", "paper", "q1", "adults"]
    assert new == ["child.q1", "child.adults"]
    parse(moved.document)


def test_group_refuses_by_name_what_cannot_stand_in_it_and_moves_nothing():
    form = small_form()
    form["pages"][0]["fields"].append({"key": "title", "type": "heading", "label": "区切り"})
    with pytest.raises(
        DesignRefused, match="「区切り」（見出し）、「お子さま」（くり返し）は、くり返しの中に置けません"
    ):
        moving.move_to(Design(form), ["kind", "title", "child"], "group:child")
    with pytest.raises(DesignRefused, match="「お子さま」"):
        moving.move_before(Design(form), "child", "child.name")


def test_conditions_follow_a_question_into_its_group_and_out_again():
    form = small_form()
    seen = {"all": [{"filled": {"answer": "kind"}}, {"eq": [{"answer": "kind"}, "new"]}]}
    form["pages"][1]["fields"][0]["fields"][0]["visible_when"] = seen
    inside, new = moving.move_to(Design(form), ["kind"], "group:child")
    assert new == ["child.kind"]
    assert place_of(inside.document, "child.name").field["visible_when"] == {
        "all": [{"filled": {"row": "kind"}}, {"eq": [{"row": "kind"}, "new"]}]
    }
    assert problems_of(inside.document) == ()
    outside, _new = moving.move_to(inside, ["child.kind"], "section:person")
    assert place_of(outside.document, "child.name").field["visible_when"] == seen
    assert problems_of(outside.document) == ()


def test_questions_that_leave_together_go_on_seeing_each_other():
    form = small_form()
    fields = form["pages"][1]["fields"][0]["fields"]
    fields[2]["required_when"] = {"filled": {"row": "birth"}}
    moved, new = moving.move_to(Design(form), ["child.birth", "child.cost"], "section:children")
    assert new == ["q1", "cost"]
    assert place_of(moved.document, "cost").field["required_when"] == {"filled": {"answer": "q1"}}
    assert problems_of(moved.document) == ()


def test_what_a_condition_cannot_see_any_more_is_listed():
    form = small_form()
    form["pages"][1]["fields"][1]["visible_when"] = {"filled": {"answer": "adults"}}
    moved, _new = moving.move_to(Design(form), ["adults"], "group:child")
    assert [problem.where for problem in problems_of(moved.document)] == ["note"]


def test_rows_of_another_group_are_not_mistaken_for_one_s_own():
    form = small_form()
    other = {"key": "pets", "type": "rows", "label": "犬", "fields": [{"key": "kind", "type": "text", "label": "種類"}]}
    form["pages"][1]["fields"].append(other)
    counted = {"some": {"rows": "pets", "where": {"filled": {"row": "kind"}}}}
    form["pages"][1]["fields"][0]["fields"][0]["visible_when"] = counted
    inside, _new = moving.move_to(Design(form), ["kind"], "group:child")
    outside, _new = moving.move_to(inside, ["child.kind"], "section:person")
    assert place_of(outside.document, "child.name").field["visible_when"] == counted


def test_dragging_puts_a_field_before_another():
    moved, path = moving.move_before(design(), "note", "birth")
    assert (keys(moved.document), path) == (["kind", "note", "birth", "adults", "news"], "note")
    into, path = moving.move_before(design(), "kind", "child.birth")
    assert (inner(into.document), path) == (["name", "kind", "birth", "cost", "paper"], "child.kind")


@pytest.mark.parametrize("target", ["section:nothing", "group:nothing", "group:kind", "", "child"])
def test_place_that_is_gone_is_said_to_be_gone(target):
    with pytest.raises(NotThere):
        moving.move_to(design(), ["kind"], target)


# --- as pages -----------------------------------------------------------------------------------


@pytest.fixture
def procedure(department, municipality):
    return make_procedure(department)


def test_buttons_move_fields_into_a_group_and_out(login, handler, procedure):
    client = login(handler)
    page = text_of(client.get(url("design_overview")))
    assert '<option value="group:child">　くり返し「お子さま」の中</option>' in page
    assert 'name="chosen" value="child.name"' in page
    act(client, "move-chosen", chosen=["adults", "news"], target="group:child")
    assert inner(document()) == ["name", "birth", "cost", "paper", "adults", "news"]
    moved = act(client, "move:child.cost", target="section:person")
    assert keys(document()) == ["kind", "birth", "cost"]
    assert moved.redirect_chain[-1][0].endswith("#field-cost")


def test_page_of_a_field_offers_every_other_place(login, handler, procedure):
    page = login(handler).get(url("design_field", "child.name"))
    assert [one.name for one in page.context["destinations"]] == ["section:person", "section:children"]


def test_refusal_is_told_and_nothing_is_moved(login, handler, procedure):
    refused = act(login(handler), "move-chosen", chosen=["kind", "child"], target="group:child")
    assert "「お子さま」（くり返し）は、くり返しの中に置けません" in messages_of(refused)[0]
    assert not FormDesign.objects.exists()
