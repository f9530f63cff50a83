"""What is refused before a form is published: every mistake with its field, in words a clerk understands."""

import re

import pytest
import yaml

from applications.conditions import ConditionError, check, parse_condition, parse_value
from applications.definition import DefinitionError, Problem
from applications.models import FormVersion, Procedure
from applications.services.catalogue import CatalogueError, read_catalogue
from applications.services.publishing import publish
from cityhall.conditions import parsing, shapes
from tests.applications.catalogue_files import CatalogueFolder, pages
from tests.applications.condition_forms import ROOT, VECTORS, form_of_pages
from tests.factories import make_department

NAMED = {"key": "n", "type": "number"}
KINDS = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
FIELDS = [
    {"key": "text", "type": "text"},
    NAMED,
    {"key": "d", "type": "date"},
    {"key": "at", "type": "date_time"},
    {"key": "kind", "type": "choice", "options": KINDS, "other": True},
    {"key": "tags", "type": "checkboxes", "options": KINDS},
    {"key": "yes", "type": "yes_no"},
    {"key": "agree", "type": "consent", "consent_text": "同意", "consent_version": "1"},
    {"key": "name", "type": "name"},
    {"key": "paper", "type": "file"},
    {"key": "title", "type": "heading"},
    {"key": "born", "type": "attribute", "concept": "applicant.birth_date"},
    {"key": "sum", "type": "calculated", "value": {"sum": [{"answer": "n"}, 1]}},
    {"key": "rows", "type": "rows", "fields": [{"key": "cell", "type": "text"}, {"key": "fee", "type": "money"}]},
]


def problems_of(*fields, **page):
    form = form_of_pages([{"key": "page", "fields": [*FIELDS, *fields], **page}])
    return [(problem.where, problem.message) for problem in check(form)]


def problem_of_condition(condition):
    """The one problem of a question shown under the condition."""
    [(where, message)] = problems_of({"key": "q", "type": "text", "visible_when": condition})
    assert where == "q"
    return message.removeprefix("表示する条件: ")


A = {"answer": "text"}
GOOD = [
    {"eq": [A, "x"]},
    {"gte": [{"age_on": [{"answer": "born"}, {"today": True}]}, 18]},
    {"lt": [{"answer": "at"}, {"date_time": "2026-11-22T09:00"}]},
    {"in": [{"answer": "kind"}, ["a", "other"]]},
    {"contains": [{"answer": "kind__other"}, "猫"]},
    {"contains": [{"answer": "tags"}, "b"]},
    {"eq": [{"answer": "yes"}, "no"]},
    {"eq": [{"answer": "agree"}, True]},
    {"eq": [{"answer": "name.family_kana"}, "タカハシ"]},
    {"all": [{"filled": {"answer": "paper"}}, {"filled": {"answer": "name"}}, {"filled": {"answer": "rows"}}]},
    {"gt": [{"answer": "sum"}, {"sum": {"rows": "rows", "of": {"row": "fee"}}}]},
    {"some": {"rows": "rows", "where": {"contains": [{"row": "cell"}, A]}}},
    {"eq": [{"count": {"rows": "rows"}}, 2]},
    {"eq": [{"lookup": {"of": {"answer": "kind"}, "in": {"a": 1, "other": {"answer": "n"}}, "else": 0}}, 1]},
    {"lte": [{"today": True}, {"add_days": [{"answer": "d"}, {"answer": "n"}]}]},
]


@pytest.mark.parametrize("condition", GOOD, ids=str)
def test_a_good_condition_has_no_problem(condition):
    assert problems_of({"key": "q", "type": "text", "visible_when": condition}) == []


NOT_AS_IT_STANDS = "「%s」は、そのままでは比べられません。「回答がある」や「含む」を使うか、欄を選んでください。"
BAD = [
    ({"filled": {"answer": "nobody"}}, "「nobody」という項目がありません。項目を選び直してください。"),
    ({"filled": {"answer": "name.nick"}}, "「name」に「nick」という欄はありません。"),
    ({"filled": {"answer": "text.family"}}, "「text」に「family」という欄はありません。"),
    ({"filled": {"answer": "title"}}, "「title」は見出しや説明文で、回答がありません。"),
    ({"filled": {"answer": "tags__other"}}, "「tags」には「その他」の欄がありません。"),
    (
        {"filled": {"answer": "cell"}},
        "「cell」はくり返し「rows」の中の項目です。「どれかの行」「すべての行」「合計」「行の数」の中で使ってください。",
    ),
    ({"filled": {"row": "cell"}}, "「cell」を行の項目として使えるのは、くり返しの中だけです。"),
    (
        {"some": {"rows": "rows", "where": {"filled": {"row": "text"}}}},
        "「rows.text」という項目がありません。項目を選び直してください。",
    ),
    (
        {"some": {"rows": "text", "where": {"filled": A}}},
        "「text」はくり返しの項目ではないので、行ごとに調べることができません。",
    ),
    (
        {"eq": [{"count": {"rows": "nobody"}}, 1]},
        "「nobody」という項目がありません。項目を選び直してください。",
    ),
    ({"eq": [A, 1]}, "「文字」と「数」は比べられません。同じ種類どうしにしてください。"),
    ({"lt": [{"answer": "d"}, "2026-04-01"]}, "「日付」と「文字」は比べられません。同じ種類どうしにしてください。"),
    ({"eq": [{"answer": "at"}, {"today": True}]}, "「日時」と「日付」は比べられません。同じ種類どうしにしてください。"),
    ({"in": [{"answer": "n"}, [1, "2"]]}, "「数」と「文字」は比べられません。同じ種類どうしにしてください。"),
    (
        {"eq": [{"answer": "tags"}, "a"]},
        NOT_AS_IT_STANDS % "複数の選択",
    ),
    (
        {"eq": [{"answer": "name"}, "高橋"]},
        NOT_AS_IT_STANDS % "いくつかの欄に分かれた回答",
    ),
    ({"gt": [{"answer": "agree"}, False]}, "「同意」の大小は比べられません。"),
    ({"contains": [{"answer": "n"}, "1"]}, "「含む」を使えるのは、複数の選択か文字です。「数」には使えません。"),
    ({"contains": [A, 1]}, "「文字」が必要なところに「数」があります。"),
    ({"gt": [{"age_on": [A, {"today": True}]}, 1]}, "「日付」が必要なところに「文字」があります。"),
    ({"gt": [{"times": [{"answer": "d"}, 2]}, 1]}, "「数」が必要なところに「日付」があります。"),
    ({"gt": [{"sum": {"rows": "rows", "of": {"row": "cell"}}}, 1]}, "「数」が必要なところに「文字」があります。"),
    (
        {"eq": [{"answer": "kind"}, "z"]},
        "「kind」に「z」という選択肢はありません。選択肢を選び直してください。",
    ),
    ({"ne": ["maybe", {"answer": "yes"}]}, "「yes」に「maybe」という選択肢はありません。選択肢を選び直してください。"),
    (
        {"contains": [{"answer": "tags"}, "other"]},
        "「tags」に「other」という選択肢はありません。選択肢を選び直してください。",
    ),
    (
        {"eq": [{"lookup": {"of": {"answer": "kind"}, "in": {"z": 1}}}, 1]},
        "「kind」に「z」という選択肢はありません。選択肢を選び直してください。",
    ),
    (
        {"eq": [{"lookup": {"of": A, "in": {"a": 1, "b": "x"}}}, 1]},
        "「数」と「文字」は比べられません。同じ種類どうしにしてください。",
    ),
    ({"filled": {"answer": "q"}}, "自分自身の回答で決めることはできません。ほかの項目を選んでください。"),
    ({"bogus": [1, 2]}, "「bogus」という条件はありません。"),
]


@pytest.mark.parametrize(("condition", "sentence"), BAD, ids=[str(condition) for condition, _sentence in BAD])
def test_a_bad_condition_is_named_in_a_sentence(condition, sentence):
    assert problem_of_condition(condition) == sentence


def test_each_setting_and_each_place_names_itself():
    wrong = {"filled": {"answer": "nobody"}}
    found = problems_of(
        {"key": "q", "type": "text", "required_when": wrong},
        {"key": "c", "type": "calculated", "value": {"times": [{"answer": "nobody"}, 2]}},
        {"key": "group", "type": "rows", "fields": [{"key": "x", "type": "text", "visible_when": wrong}]},
        visible_when=wrong,
    )
    sentence = "「nobody」という項目がありません。項目を選び直してください。"
    assert found == [
        ("page 1", f"表示する条件: {sentence}"),
        ("q", f"必須にする条件: {sentence}"),
        ("c", f"計算の式: {sentence}"),
        ("group.x", f"表示する条件: {sentence}"),
    ]


def test_a_cell_may_look_at_its_own_row_and_the_whole_form():
    inside = [
        {"key": "a", "type": "number"},
        {"key": "b", "type": "text", "visible_when": {"gt": [{"row": "a"}, {"answer": "n"}]}},
        {"key": "c", "type": "calculated", "value": {"sum": {"rows": "group", "of": {"row": "a"}}}},
    ]
    assert problems_of({"key": "group", "type": "rows", "fields": inside}) == []


def test_the_result_of_a_calculation_is_something_that_can_be_written_down():
    flag = {"lookup": {"of": {"answer": "kind"}, "in": {"a": True}}}
    assert problems_of({"key": "c", "type": "calculated", "value": flag}) == [
        ("c", "計算の式: 「同意」を計算の結果にすることはできません。")
    ]


CIRCLE = "条件や計算がたがいに相手の結果を待つ形になっていて、決まりません（%s）。どれか一つの条件を外してください。"


def shown_by(key, other):
    return {"key": key, "type": "text", "visible_when": {"filled": {"answer": other}}}


@pytest.mark.parametrize(
    ("fields", "place", "way"),
    [
        ([shown_by("a", "b"), shown_by("b", "a")], "a", {"a", "b"}),
        ([shown_by("a", "b"), shown_by("b", "c"), shown_by("c", "a")], "a", {"a", "b", "c"}),
        (
            [
                {"key": "a", "type": "calculated", "value": {"sum": [{"answer": "b"}, 1]}},
                {"key": "b", "type": "calculated", "value": {"times": [{"answer": "a"}, 2]}},
            ],
            "a",
            {"a", "b"},
        ),
        (
            [
                {
                    "key": "group",
                    "type": "rows",
                    "fields": [
                        {"key": "x", "type": "text", "visible_when": {"filled": {"row": "y"}}},
                        {"key": "y", "type": "text", "visible_when": {"filled": {"row": "x"}}},
                    ],
                }
            ],
            "group.x",
            {"x", "y"},
        ),
    ],
    ids=["two", "three", "calculated", "in a row"],
)
def test_a_circle_is_named_once_with_every_field_on_the_way(fields, place, way):
    [(where, message)] = problems_of(*fields)
    assert where == place
    prefix, suffix = CIRCLE.split("%s")
    names = message.removeprefix(prefix).removesuffix(suffix).split(" → ")
    assert names[0] == names[-1]
    assert {name.strip("「」") for name in names} == way


def test_a_page_hidden_by_its_own_question_is_a_circle():
    form = form_of_pages(
        [{"key": "p", "title": "世帯", "fields": [NAMED], "visible_when": {"gt": [{"answer": "n"}, 1]}}]
    )
    [problem] = check(form)
    assert problem.where == "page 1"
    assert "「世帯」" in problem.message
    assert "「n」" in problem.message


def test_two_separate_circles_are_two_problems():
    fields = [shown_by("a", "b"), shown_by("b", "a"), shown_by("c", "e"), shown_by("e", "c")]
    assert [where for where, _message in problems_of(*fields)] == ["a", "c"]


def test_required_of_each_other_is_no_circle():
    one = {"key": "a", "type": "phone", "required_when": {"not": {"filled": {"answer": "b"}}}}
    other = {"key": "b", "type": "phone", "required_when": {"not": {"filled": {"answer": "a"}}}}
    assert problems_of(one, other) == []


def test_a_page_and_a_question_with_one_key_are_refused():
    [problem] = check(form_of_pages([{"key": "n", "title": "世帯", "fields": [NAMED]}]))
    assert problem == Problem("page 1", "ページと項目「n」のキーが同じです。どちらかを変えてください: n")


def test_the_pages_of_the_vectors_are_forms_that_could_be_published():
    found = {vector["name"]: check(form_of_pages(vector["pages"])) for vector in VECTORS["outcomes"]}
    assert {name: problems for name, problems in found.items() if problems} == {}


# --- shape -----------------------------------------------------------------------------------

NO_CONDITIONS = [
    None,
    True,
    "text",
    [],
    {},
    {"eq": [1, 1], "ne": [1, 2]},
    {"eq": [1]},
    {"eq": [1, 2, 3]},
    {"eq": 1},
    {"eq": [1.5, 2]},
    {"eq": [None, 1]},
    {"all": []},
    {"any": {}},
    {"not": []},
    {"in": [1, []]},
    {"in": [1, [{"answer": "a"}]]},
    {"filled": {"answer": "UPPER"}},
    {"filled": {"answer": "a.b.c"}},
    {"filled": {"answer": 5}},
    {"eq": [{"number": "1,5"}, 1]},
    {"eq": [{"number": 1}, 1]},
    {"eq": [{"date": "2026-02-29"}, 1]},
    {"eq": [{"time": "24:00"}, 1]},
    {"eq": [2**53, 1]},
    {"eq": ["あ" * 501, "あ"]},
    {"filled": {"today": False}},
    {"some": {"rows": "a"}},
    {"some": {"rows": "a", "where": {"filled": 1}, "more": 1}},
    {"some": {"rows": ["a"], "where": {"filled": 1}}},
    {"some": {"rows": "a", "where": {"every": {"rows": "b", "where": {"filled": 1}}}}},
    {"eq": [{"sum": {"rows": "a", "of": {"sum": {"rows": "b", "of": 1}}}}, 1]},
    {"eq": [{"sum": []}, 1]},
    {"eq": [{"lookup": {"of": 1, "in": {}}}, 1]},
    {"eq": [{"lookup": {"of": 1, "in": {"a": 1}, "other": 1}}, 1]},
    {"eq": [{"age_on": [1]}, 1]},
    {"eq": [{"__class__": 1}, 1]},
]


@pytest.mark.parametrize("document", NO_CONDITIONS, ids=lambda document: str(document)[:60])
def test_what_is_no_condition_is_refused_with_its_place(document):
    with pytest.raises(ConditionError) as caught:
        parse_condition(document, "field q")
    assert caught.value.where == "field q"
    assert caught.value.reason.endswith("。")


def nested(levels):
    document = {"filled": 1}
    for _level in range(levels):
        document = {"not": document}
    return document


def test_depth_and_size_have_limits():
    parse_condition(nested(10), "q")
    with pytest.raises(ConditionError, match="入れ子が深すぎます"):
        parse_condition(nested(11), "q")
    with pytest.raises(ConditionError, match="入れ子が深すぎます"):
        parse_condition(nested(100_000), "q")
    parse_value({"sum": [1] * 199}, "q")
    with pytest.raises(ConditionError, match="大きすぎます"):
        parse_value({"sum": [1] * 200}, "q")


# --- where it is asked -----------------------------------------------------------------------


def test_publishing_refuses_a_form_with_every_problem_and_stores_nothing(db):
    procedure = Procedure.objects.create(
        key="dog", name="犬の登録", summary="…", department=make_department("kosodate")
    )
    form = form_of_pages([{"key": "p", "fields": [shown_by("a", "b"), shown_by("b", "a"), shown_by("c", "nobody")]}])
    with pytest.raises(DefinitionError) as caught:
        publish(procedure=procedure, form=form)
    assert [problem.where for problem in caught.value.problems] == ["a", "c"]
    assert not FormVersion.objects.exists()


def test_the_catalogue_names_the_conditions_of_a_file(tmp_path):
    files = CatalogueFolder(tmp_path)
    files.write(pages=pages({**shown_by("q", "nobody"), "label": "質問"}, {**shown_by("r", "r"), "label": "別"}))
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(tmp_path)
    assert [(problem.file, problem.path) for problem in caught.value.problems] == [
        ("dog.yaml", "pages (q)"),
        ("dog.yaml", "pages (r)"),
    ]


# --- the reference ---------------------------------------------------------------------------

REFERENCE = (ROOT / "docs/conditions.md").read_text()


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL))
def test_the_examples_of_the_reference_are_good_forms(example):
    assert check(form_of_pages([{"key": "page", "fields": yaml.safe_load(example)}])) == []


def test_the_reference_names_every_operator():
    names = {*parsing._COMPARISONS, *parsing._CONDITIONS, *parsing._VALUES, *shapes._TYPED}
    assert {name for name in names if not re.search(rf'`?["`]{name}["`]', REFERENCE)} == set()
