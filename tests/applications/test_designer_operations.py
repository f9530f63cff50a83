"""What a designer does to a document, without a database."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.definition import parse
from applications.designer import moving, operations
from applications.designer.operations import DOWN, UP, Design, DesignRefused
from applications.designer.options import options_text, read_options
from applications.designer.places import NotThere, new_document, place_of, places
from applications.enums import FieldType
from tests.applications.designkit import design, keys, small_form


def paths(document):
    return [place.path for place in places(document)]


def test_operations_leave_the_design_they_were_given_alone():
    before = design()
    untouched = copy.deepcopy(before)
    moving.move_field(before, "kind", DOWN)
    operations.delete_fields(before, ["kind", "child.cost"])
    operations.rename_field(before, "kind", "art")
    operations.duplicate_field(before, "child")
    assert before == untouched


def test_sections_move():
    moved = operations.move_page(design(), "person", DOWN)
    assert [page["key"] for page in moved.document["pages"]] == ["children", "person"]
    assert operations.move_page(moved, "children", UP).document == moved.document


def test_new_keys_are_never_given_twice():
    first, path = operations.add_field(design(), page="person", kind=FieldType.TEXT, label="勤務先")
    gone = operations.delete_fields(first, [path])
    _second, other = operations.add_field(gone, page="person", kind=FieldType.NUMBER, label="年収")
    assert (path, other) == ("q1", "q2")


def test_counting_goes_on_after_the_keys_of_the_document():
    document = small_form()
    document["pages"][0]["fields"][0]["key"] = "q41"
    _design, path = operations.add_field(Design(document), page="person", kind=FieldType.TEXT, label="新しい質問")
    assert path == "q42"


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind != FieldType.ROWS])
def test_every_kind_can_be_added(kind):
    added, path = operations.add_field(design(), page="person", kind=kind, label="質問")
    assert place_of(added.document, path).field["type"] == kind.value


def test_field_is_added_to_a_group():
    added, path = operations.add_field(design(), page="children", kind=FieldType.TEXT, label="続柄", group="child")
    assert path == "child.q1"
    assert paths(added.document)[-2:] == ["child.q1", "note"]


def test_copy_has_a_key_of_its_own_and_looks_at_itself():
    document = small_form()
    group = document["pages"][1]["fields"][0]
    group["fields"][2]["visible_when"] = {"some": {"rows": "child", "where": {"filled": {"row": "name"}}}}
    copied, path = operations.duplicate_field(Design(document), "child")
    twin = place_of(copied.document, path).field
    assert (path, twin["label"]) == ("q1", "お子さま（コピー）")
    assert twin["fields"][2]["visible_when"]["some"]["rows"] == "q1"
    assert keys(copied.document, 1) == ["child", "q1", "note"]


def test_renaming_changes_every_condition_on_the_field():
    document = small_form()
    document["pages"][1]["visible_when"] = {"eq": [{"answer": "kind"}, "new"]}
    document["pages"][1]["fields"][1]["required_when"] = {"filled": {"answer": "kind__other"}}
    renamed, path = operations.rename_field(Design(document), "kind", "art")
    assert path == "art"
    assert renamed.document["pages"][1]["visible_when"] == {"eq": [{"answer": "art"}, "new"]}
    assert renamed.document["pages"][1]["fields"][1]["required_when"] == {"filled": {"answer": "art__other"}}


@pytest.mark.parametrize("key", ["Kind", "1st", "a__b", "", "ｋｅｙ", "birth", "a" * 61, "a b"])
def test_bad_and_taken_keys_are_refused(key):
    with pytest.raises(DesignRefused):
        operations.rename_field(design(), "kind", key)


def test_deleted_fields_come_back_where_they_were():
    gone = operations.delete_fields(design(), ["kind", "adults", "child.cost"])
    assert keys(gone.document) == ["birth", "news"]
    assert operations.put_back(gone).document == small_form()


def test_deletions_come_back_one_after_the_other():
    gone = operations.delete_fields(operations.delete_fields(design(), ["kind"]), ["birth"])
    once = operations.put_back(gone)
    assert keys(once.document) == ["birth", "adults", "news"]
    assert operations.put_back(once).document == small_form()
    with pytest.raises(NotThere):
        operations.put_back(operations.put_back(once))


def test_deleted_section_comes_back_with_its_fields():
    gone = operations.delete_page(design(), "children")
    assert operations.put_back(gone).document == small_form()


def test_returned_field_gets_a_new_key_when_its_own_was_taken():
    gone = operations.delete_fields(design(), ["note"])
    taken, _path = operations.rename_field(gone, "kind", "note")
    back = operations.put_back(taken)
    assert keys(back.document, 1) == ["child", "q1"]


def test_field_comes_back_at_the_end_when_its_section_is_gone():
    gone = operations.delete_page(operations.delete_fields(design(), ["note"]), "children")
    # the section first, so that only the field is put back
    alone = Design(gone.document, gone.deleted[1:], gone.key_count)
    assert "note" in keys(operations.put_back(alone).document)


def test_last_section_stays():
    with pytest.raises(DesignRefused, match="一つ以上"):
        operations.delete_page(Design(new_document()), "page_1")


@pytest.mark.parametrize(
    "act",
    [
        lambda one: moving.move_field(one, "nothing", UP),
        lambda one: operations.delete_fields(one, ["nothing"]),
        lambda one: operations.change_field(one, "child.nothing", {}),
        lambda one: operations.move_page(one, "nothing", UP),
        lambda one: moving.move_to(one, ["kind"], "section:nothing"),
        lambda one: operations.duplicate_field(one, "kind.name"),
    ],
)
def test_what_is_gone_is_said_to_be_gone(act):
    with pytest.raises(NotThere):
        act(design())


STEPS = st.sampled_from(["up", "down", "delete", "undo", "copy", "to_page", "to_group", "section_up"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(0, 30)), max_size=12))
def test_any_sequence_of_buttons_leaves_a_form_that_could_be_published(steps):
    current = design()
    for name, number in steps:
        known = paths(current.document)
        path = known[number % len(known)] if known else ""
        try:
            current = STEP_FUNCTIONS[name](current, path)
        except (NotThere, DesignRefused):
            continue
    every = paths(current.document)
    assert len(every) == len(set(every))
    emptied = [page for page in current.document["pages"] if not page["fields"]]
    if not emptied and all(
        place.field["type"] != "rows" or place.field["fields"] for place in places(current.document)
    ):
        parse(current.document)


def _copy(current, path):
    return operations.duplicate_field(current, path)[0]


STEP_FUNCTIONS = {
    "up": lambda current, path: moving.move_field(current, path, UP),
    "down": lambda current, path: moving.move_field(current, path, DOWN),
    "delete": lambda current, path: operations.delete_fields(current, [path]),
    "undo": lambda current, _path: operations.put_back(current),
    "copy": _copy,
    "to_page": lambda current, path: moving.move_to(current, [path], "section:children")[0],
    "to_group": lambda current, path: moving.move_to(current, [path], "group:child")[0],
    "section_up": lambda current, _path: operations.move_page(current, "children", UP),
}


# --- options ------------------------------------------------------------------------------------


def test_options_keep_their_values_when_words_and_lines_move():
    before = [{"value": "a", "label": "新規"}, {"value": "b", "label": "変更"}]
    assert read_options("b | 内容の変更\na | 新規", before) == [
        {"value": "b", "label": "内容の変更"},
        {"value": "a", "label": "新規"},
    ]
    assert read_options("変更\n新規", before) == before[::-1]


def test_new_options_get_values_nobody_has():
    before = [{"value": "o1", "label": "はじめ"}]
    found = read_options("o1 | はじめ\n二番目\n\n 三番目 ", before)
    assert found == [*before, {"value": "o2", "label": "二番目"}, {"value": "o3", "label": "三番目"}]


def test_value_of_a_removed_option_goes_to_no_other():
    assert read_options("新しい", [{"value": "o1", "label": "古い"}]) == [{"value": "o2", "label": "新しい"}]


def test_options_survive_being_shown():
    options = [{"value": "a", "label": "新規"}, {"value": "b", "label": "その他の変更"}]
    assert read_options(options_text(options), []) == options
