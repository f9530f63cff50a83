"""One form for several procedures: what is asked once, what stays apart, in which order, and what each form is told."""

import re

import pytest
from django.template.loader import render_to_string

from applications.definition import parse
from counter.combined import Part, carry_over, combine, conflicts_between, join, split, words
from counter.form_pages import Filling
from tests.counter.combinedkit import outcome_of_typed, parts_of

PHONE = {"key": "phone", "type": "phone", "label": "電話番号", "concept": "applicant.phone"}
NAME = {"key": "name", "type": "name", "label": "氏名", "concept": "applicant.name", "required": True}
JOBS = [{"value": "employee", "label": "会社員"}, {"value": "none", "label": "無職"}]
JOB = {"key": "job", "type": "choice", "label": "職業", "options": JOBS, "concept": "applicant.occupation"}
ASKS = {"key": "asks", "type": "yes_no", "label": "希望しますか"}
IF_ASKED = {"eq": [{"answer": "asks"}, "yes"]}
CHILD = {"key": "child", "type": "name", "label": "氏名", "required": True, "concept": "children[].name"}
HANAKO = {"family": "緑野", "given": "花子", "family_kana": "ミドリノ", "given_kana": "ハナコ"}
TARO = HANAKO | {"given": "太郎", "given_kana": "タロウ"}


def form(*fields, **page):
    return parse({"schema": 1, "pages": [{"key": "page", "title": "ページ", "fields": list(fields), **page}]})


def parts(*forms):
    return [Part(f"form{number}", one, f"手続{number}") for number, one in enumerate(forms, start=1)]


def combined(*forms, **settings):
    return combine(parts(*forms), **settings)


def children(label, *more, **settings):
    return {"key": "kids", "type": "rows", "label": label, "fields": [CHILD, *more], **settings}


def row(row_id, **values):
    return {"id": row_id, "values": values}


def test_same_concept_is_one_question_and_the_rest_stays_with_its_procedure():
    found = combined(form(NAME, ASKS), form(NAME | {"key": "applicant"}, ASKS))
    assert [page.key for page in found.form.pages] == ["page_applicant", "page_p1", "page_p2"]
    assert [page.title for page in found.form.pages] == ["申請者", "手続1", "手続2"]
    assert list(found.form.by_key) == ["applicant_name", "p1_asks", "p2_asks"]
    assert found.owners["applicant_name"] == (("form1", "name"), ("form2", "applicant"))
    assert found.conflicts == found.apart == ()


def test_limits_are_those_that_suit_both():
    line = {"key": "firm", "type": "text", "label": "勤務先", "concept": "applicant.workplace"}
    found = combined(form(line | {"max_length": 60, "min_length": 2}), form(line | {"max_length": 40, "help": "会社"}))
    field = found.form.by_key["applicant_workplace"]
    assert (field.min_length, field.max_length, field.help) == (2, 40, "会社")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (JOB, JOB | {"options": JOBS[:1]}, "選択肢"),
        (JOB, JOB | {"other": True}, "選択肢"),
        (JOB, {"key": "job", "type": "text", "label": "職業", "concept": "applicant.occupation"}, "種類"),
        (NAME, NAME | {"charset": "ascii"}, "文字の種類"),
    ],
)
def test_what_no_answer_suits_is_asked_twice_and_named(one, other, reason):
    found = combined(form(one), form(other))
    assert list(found.form.by_key) == [f"applicant_{one['concept'].partition('.')[2]}", f"p2_{other['key']}"]
    assert [one.owners for one in found.conflicts] == [(("form1", one["key"]), ("form2", other["key"]))]
    assert reason in found.conflicts[0].message
    assert len(conflicts_between(form(one), form(other))) == 1
    assert conflicts_between(form(one), form(one)) == []


def test_richer_kind_is_asked_and_told_to_the_line():
    line = {"key": "head", "type": "text", "label": "世帯主", "concept": "applicant.household_head"}
    found = combined(form(line), form(line | {"type": "name"}))
    assert found.form.by_key["applicant_household_head"].type == "name"
    told = split(found, {"applicant_household_head": HANAKO})
    assert told == {"form1": {"head": "緑野　花子"}, "form2": {"head": HANAKO}}
    assert join(found, told).values == {"applicant_household_head": HANAKO}


def test_chosen_word_is_told_to_the_line_and_found_again():
    line = {"key": "job", "type": "text", "label": "職業", "concept": "applicant.occupation"}
    found = combined(form(line), form(JOB | {"other": True}))
    assert split(found, {"applicant_occupation": {"chosen": "none", "other": ""}})["form1"] == {"job": "無職"}
    assert split(found, {"applicant_occupation": {"chosen": "other", "other": "画家"}})["form1"] == {"job": "画家"}
    assert join(found, {"form1": {"job": "無職"}}).values == {"applicant_occupation": {"chosen": "none", "other": ""}}


def test_required_and_visible_when_any_procedure_says_so():
    found = combined(form(ASKS, PHONE | {"required": True, "visible_when": IF_ASKED}), form(PHONE))
    field = found.form.by_key["applicant_phone"]
    assert (field.visible_when, field.required) == (None, False)
    assert field.required_when == {"eq": [{"answer": "p1_asks"}, "yes"]}


def test_hidden_in_its_own_form_is_blank_to_its_own_conditions():
    """The second form shows the telephone number; the first must not take notice of it."""
    note = {"key": "note", "type": "text", "label": "備考", "visible_when": {"filled": {"answer": "phone"}}}
    found = combined(form(ASKS, PHONE | {"visible_when": IF_ASKED}, note), form(PHONE))
    values = {"applicant_phone": "0428-00-0001", "p1_asks": "no"}
    assert "p1_note" not in outcome_of_typed(found.form, values).visible
    assert "p1_note" in outcome_of_typed(found.form, values | {"p1_asks": "yes"}).visible


def test_question_whose_condition_cannot_be_said_is_asked_apart():
    born = {"key": "born", "type": "date", "label": "生年月日", "concept": "applicant.birth_date"}
    age = {
        "key": "age",
        "type": "calculated",
        "label": "年齢",
        "value": {"age_on": [{"answer": "born"}, {"today": True}]},
    }
    found = combined(form(born), form(ASKS, born | {"visible_when": IF_ASKED}, age))
    assert found.apart == (("form2", "born"),)
    assert list(found.form.by_key) == ["applicant_birth_date", "p2_asks", "p2_born", "p2_age"]


def test_conditions_of_two_forms_make_no_circle():
    job = JOB | {"visible_when": {"filled": {"answer": "phone"}}}
    one = form(ASKS, PHONE | {"visible_when": IF_ASKED}, job)
    other = form(ASKS, JOB | {"visible_when": IF_ASKED}, PHONE | {"visible_when": {"filled": {"answer": "job"}}})
    found = combined(one, other)
    assert found.apart != ()
    assert outcome_of_typed(found.form, {"p1_asks": "yes", "p2_asks": "yes"}).visible >= {"applicant_phone"}


def test_condition_of_a_page_goes_with_its_questions():
    found = combined(form(ASKS), form(NAME, ASKS, visible_when={"filled": {"answer": "name"}}))
    assert found.form.by_key["p2_asks"].visible_when == {"filled": {"answer": "applicant_name"}}
    assert found.form.pages[-1].visible_when == {"filled": {"answer": "applicant_name"}}


def test_nothing_is_asked_before_what_decides_it():
    found = combined(form(ASKS, PHONE | {"visible_when": IF_ASKED}), form(NAME))
    assert [[field.key for field in page.fields] for page in found.form.pages] == [
        ["applicant_name"],
        ["p1_asks", "applicant_phone"],
    ]


def test_people_come_in_the_order_of_a_conversation():
    spouse = {"key": "spouse", "type": "name", "label": "配偶者", "concept": "spouse.name"}
    subject = {"key": "who", "type": "name", "label": "子ども", "concept": "subject.name"}
    found = combined(form(ASKS, subject, children("子ども"), spouse), form(NAME))
    assert [page.key for page in found.form.pages] == [
        "page_applicant",
        "page_spouse",
        "page_children",
        "page_subject",
        "page_p1",
    ]


def test_subjects_are_told_apart_by_word_or_by_the_caller():
    who = {"key": "who", "type": "name", "label": "子どもの氏名", "concept": "subject.name"}
    elder, child = form(who | {"label": "被保険者の氏名"}), form(who)
    assert list(combined(elder, child, child).form.by_key) == ["subject_name", "subject2_name"]
    named = [Part("a", child, subject="花子"), Part("b", child, subject="太郎")]
    assert list(combine(named).form.by_key) == ["subject_name", "subject2_name"]


def test_files_and_signatures_are_brought_not_typed():
    paper = {"key": "paper", "type": "file", "label": "通帳"}
    sign = {"key": "sign", "type": "signature", "label": "署名", "required": True}
    home = {"key": "home", "type": "attribute", "label": "住所", "concept": "applicant.address"}
    note = ASKS | {"visible_when": {"not": {"filled": {"answer": "paper"}}}}
    found = combined(form(paper, sign, home, note))
    assert [(one.part, one.path) for one in found.left_out] == [
        ("form1", "paper"),
        ("form1", "sign"),
        ("form1", "home"),
    ]
    assert found.form.by_key["p1_asks"].visible_when is None
    assert list(combined(form(paper, home), at_desk=True).form.by_key) == ["p1_home"]


def test_long_keys_stay_keys():
    long = "a" * 60
    found = combined(form({"key": long, "type": "text", "label": "備考"}))
    (key,) = found.form.by_key
    assert key.startswith("p1_a")
    assert len(key) == 60
    assert split(found, {key: "はい"}) == {"form1": {long: "はい"}}


def test_two_parts_of_one_key_are_refused():
    with pytest.raises(ValueError, match="one key"):
        combine([Part("same", form(NAME)), Part("same", form(NAME))])


# --- rows ----------------------------------------------------------------------------------------


def test_groups_called_alike_are_of_the_same_people():
    found = combined(form(children("子ども", ASKS)), form(children("子ども")))
    assert [one.key for one in found.form.by_key["children"].fields] == ["children_name", "p1_asks"]
    told = split(found, {"children": [row("r1", children_name=HANAKO, p1_asks="yes")]})
    assert told == {
        "form1": {"kids": [row("r1", child=HANAKO, asks="yes")]},
        "form2": {"kids": [row("r1", child=HANAKO)]},
    }


def test_groups_called_otherwise_ask_whom_each_is_about():
    found = combined(form(children("育てている子ども", min_rows=1)), form(children("入学する子ども", min_rows=1)))
    assert [one.key for one in found.form.by_key["children"].fields] == ["children_name", "in_1", "in_2"]
    values = {
        "children": [
            row("r1", children_name=HANAKO, in_1=["yes"], in_2=["yes"]),
            row("r2", children_name=TARO, in_1=["yes"]),
        ]
    }
    told = split(found, values)
    assert [one["id"] for one in told["form1"]["kids"]] == ["r1", "r2"]
    assert told["form2"] == {"kids": [row("r1", child=HANAKO)]}
    assert join(found, told).values == values


def test_mark_is_required_until_enough_rows_have_it():
    found = combined(form(children("育てている子ども", min_rows=1)), form(children("入学する子ども")))
    unmarked = outcome_of_typed(found.form, {"children": [row("r1", children_name=HANAKO)]})
    assert unmarked.required == {"children.r1.children_name", "children.r1.in_1"}
    marked = outcome_of_typed(found.form, {"children": [row("r1", in_1=["yes"]), row("r2", children_name=TARO)]})
    assert marked.required == {"children.r1.children_name", "children.r2.children_name"}
    assert marked.calculated == {"count_children_in_1": "1"}


def test_who_it_is_comes_before_the_mark_and_does_not_wait_for_it():
    birth = {"key": "birth", "type": "date", "label": "生年月日", "concept": "children[].birth_date"}
    found = combined(form(children("育てている子ども", birth)), form(children("入学する子ども", ASKS, min_rows=1)))
    rows = found.form.by_key["children"]
    assert [one.key for one in rows.fields] == ["children_name", "children_birth_date", "in_1", "in_2", "p2_asks"]
    blank = outcome_of_typed(found.form, {"children": [row("r1")]})
    # the birth date is asked by one of them: only for whom that one is about
    assert blank.visible & {f"children.r1.{one.key}" for one in rows.fields} == {
        "children.r1.children_name",
        "children.r1.in_1",
        "children.r1.in_2",
    }


def test_mark_for_some_rows_says_so_and_is_never_called_required():
    found = combined(form(children("育てている子ども")), form(children("入学する子ども", min_rows=1)))
    group = found.form.by_key["children"]
    filling = Filling(found, {"children": [row("r1")]})
    number = next(one for one, page in enumerate(found.form.pages, 1) if group in page.fields)
    blocks = filling.page_form(number, opened=["r1"]).blocks()
    shown = "".join(render_to_string("applications/_block.html", {"block": block}) for block in blocks)
    # the second time for who adds a row without waiting for the server
    shown, _pattern, _rest = shown.partition("<template")
    marks = re.findall(r"に当てはまりますか[^<]*<span[^>]*>(※[^<]+)</span>", shown)
    assert (marks, [group.by_key[key].required for key in ("in_1", "in_2")]) == (
        ["※任意", "※当てはまる方だけ"],
        [False] * 2,
    )


def test_list_says_once_how_many_it_needs_and_names_no_row_that_must():
    found = combined(form(children("育てている子ども")), form(children("入学する子ども", min_rows=1)))
    group = found.form.by_key["children"]
    assert group.help.endswith("「入学する子ども」は、1人以上に印を付けてください。全員に印を付ける必要はありません。")
    # whom a form wants only by its answers is said where it is missed
    when = {"visible_when": {"eq": [{"answer": "asks"}, "yes"]}}
    asks = {"key": "asks", "type": "yes_no", "label": "いますか"}
    some = combined(form(children("育てている子ども")), form(asks, children("入学する子ども", min_rows=1) | when))
    assert "入学する子ども" not in some.form.by_key["children"].help
    number = next(one for one, page in enumerate(found.form.pages, 1) if group in page.fields)
    rows = [row("r1", children_name=HANAKO), row("r2", children_name=TARO)]
    page = Filling(found, {"children": rows}).page_form(number, is_checked=True, opened=["r1", "r2"])
    assert [(one.key, one.message) for one in page.problems()] == [
        ("children.r1.in_2", "まだ足りません。当てはまる方に印を付けてください。全員に付ける必要はありません。")
    ]
    rows[1]["values"]["in_2"] = ["yes"]
    page = Filling(found, {"children": rows}).page_form(number, is_checked=True, opened=["r1", "r2"])
    assert list(page.problems()) == []


def test_second_group_of_a_role_in_one_form_is_of_other_people():
    gone = children("減った子ども") | {"key": "gone"}
    found = combined(form(children("増えた子ども"), gone), form(children("増えた子ども")))
    assert [key for key, field in found.form.by_key.items() if field.fields] == ["children", "p1_gone"]


def test_conditions_over_rows_look_at_the_rows_of_their_own_form():
    many = {"gt": [{"count": {"rows": "kids"}}, 1]}
    found = combined(
        form(children("育てている子ども"), ASKS | {"visible_when": many}), form(children("入学する子ども"))
    )
    rows = [row("r1", children_name=HANAKO, in_1=["yes"]), row("r2", children_name=TARO, in_2=["yes"])]
    assert "p1_asks" not in outcome_of_typed(found.form, {"children": rows}).visible
    rows[1]["values"]["in_1"] = ["yes"]
    assert "p1_asks" in outcome_of_typed(found.form, {"children": rows}).visible


# --- drafts, and versions in between -------------------------------------------------------------


def test_first_draft_wins_and_differences_are_told():
    found = combined(form(PHONE), form(PHONE))
    joined = join(found, {"form1": {"phone": "0428-00-0001"}, "form2": {"phone": "0428-00-0002"}})
    assert joined.values == {"applicant_phone": "0428-00-0001"}
    assert [(one.path, one.taken, one.dropped) for one in joined.differences] == [
        ("applicant_phone", ("form1", "phone"), ("form2", "phone"))
    ]


def test_rows_that_say_different_things_are_two_people():
    found = combined(form(children("育てている子ども")), form(children("入学する子ども")))
    drafts = {"form1": {"kids": [row("r1", child=HANAKO)]}, "form2": {"kids": [row("r1", child=TARO)]}}
    first, second = join(found, drafts).values["children"]
    assert first == row("r1", children_name=HANAKO, in_1=["yes"])
    assert second["id"] != "r1"
    assert second["values"] == {"children_name": TARO, "in_2": ["yes"]}


def test_answers_are_carried_over_to_new_versions():
    note = {"key": "note", "type": "text", "label": "備考"}
    old = combined(form(NAME, ASKS), form(PHONE, note, JOB))
    new = combine([Part("form2", form(PHONE, ASKS, JOB | {"options": JOBS[1:]})), Part("form3", form(NAME))])
    values = {
        "applicant_name": HANAKO,
        "applicant_phone": "0428-00-0001",
        "applicant_occupation": "employee",
        "p1_asks": "yes",
        "p2_note": "よろしく",
    }
    carried = carry_over(old, new, values)
    assert carried.values == {"applicant_name": HANAKO, "applicant_phone": "0428-00-0001"}
    assert [one.path for one in carried.lost] == ["applicant_occupation", "p1_asks", "p2_note"]
    assert [one.path for one in carried.changed] == ["applicant_occupation", "p1_asks"]


def test_rows_are_carried_over_with_whom_they_are_about():
    kept, gone = form(children("入学する子ども", ASKS)), form(children("育てている子ども"))
    old = combined(gone, kept)
    new = combine([Part("form2", kept), Part("form3", gone)])
    rows = [row("r1", children_name=HANAKO, in_1=["yes"]), row("r2", children_name=TARO, in_2=["yes"], p2_asks="no")]
    carried = carry_over(old, new, {"children": rows})
    assert carried.values == {
        "children": [row("r1", children_name=HANAKO), row("r2", children_name=TARO, p1_asks="no", in_1=["yes"])]
    }
    assert carried.lost == ()


@pytest.mark.parametrize(("left", "stays"), [(1, "r1"), (2, "r2")])
def test_who_was_not_marked_for_what_is_left_goes_when_nothing_asks_any_more(left, stays):
    forms = form(children("引っ越す子ども")), form(children("加入する子ども"))
    new = combine([Part(f"form{left}", forms[left - 1])])
    rows = [
        row("r1", children_name=HANAKO, in_1=["yes"]),
        row("r2", children_name=TARO, in_2=["yes"]),
        row("r3", children_name=HANAKO),
    ]
    carried = carry_over(combined(*forms), new, {"children": rows})
    assert [one["id"] for one in carried.values["children"]] == [stays]
    assert [one.path for one in carried.lost] == ["children", "children"]
    assert f"{HANAKO['family']} {HANAKO['given']}" in carried.lost[-1].label
    assert "選ばれていなかった" in carried.lost[-1].message
    # and put back, those who are still there keep what they were marked for
    again = carry_over(new, combined(*forms), carried.values)
    assert [(one["id"], f"in_{left}" in one["values"]) for one in again.values["children"]] == [(stays, True)]


def household(row_id, name, **values):
    return row(row_id, household_name=name, **values)


def test_applicant_is_counted_once_among_those_who_move():
    """The row of the applicant asks for the marks of lists that say everybody, not of those that say who else."""
    both = combine(parts_of("tennyu-yoyaku", "kokuho-kanyu"))
    group = {"household": [household("self", HANAKO, in_1=["yes"], in_2=["yes"]), household("r1", TARO)]}
    values = {"applicant_name": HANAKO, **group}
    found = outcome_of_typed(both.form, values)
    marks = {path for path in found.visible if path.rpartition(".")[2] in ("in_1", "in_2")}
    assert marks == {"household.self.in_2", "household.r1.in_1", "household.r1.in_2"}
    assert found.calculated["p1_mover_count"] == "1"
    told = split(both, values)
    assert told["tennyu-yoyaku"].get("movers") is None
    assert [one["id"] for one in told["kokuho-kanyu"]["members"]] == ["self"]
    # somebody else in that row is one of those who move
    other = values | {"applicant_name": TARO}
    assert outcome_of_typed(both.form, other).calculated["p1_mover_count"] == "2"
    assert [one["id"] for one in split(both, other)["tennyu-yoyaku"]["movers"]] == ["self"]


def test_what_the_visit_answers_is_not_asked_and_told():
    found = combine(parts_of("tennyu-yoyaku", "juminhyo-seikyu"))
    left = {(one.part, one.path) for one in found.left_out}
    assert left >= {
        ("tennyu-yoyaku", "visit_at"),
        ("tennyu-yoyaku", "visit_place"),
        ("tennyu-yoyaku", "together"),
        ("juminhyo-seikyu", "pickup_place"),
        ("juminhyo-seikyu", "pickup_date"),
    }
    assert split(found, {})["juminhyo-seikyu"] == {"pickup_place": "now"}
    assert split(found, {})["tennyu-yoyaku"] == {}


def test_what_a_form_goes_by_or_needs_is_asked_though_it_is_of_the_visit():
    place = {"key": "place", "type": "choice", "label": "受取り", "concept": "applicant.pickup_place", "required": True}
    here = place | {"options": [{"value": "now", "label": "ここ"}, {"value": "main", "label": "本庁"}]}
    later = {"key": "more", "type": "text", "label": "他", "visible_when": {"eq": [{"answer": "place"}, "main"]}}
    elsewhere = place | {"options": [{"value": "main", "label": "本庁"}, {"value": "north", "label": "支所"}]}
    assert combined(form(here)).left_out[0].path == "place"
    assert combined(form(here, later)).left_out == ()
    assert combined(form(elsewhere)).left_out == ()


def test_questions_of_one_procedure_name_it_where_several_could_be_meant():
    found = combine(parts_of("jido-teate-nintei", "kodomo-iryohi")).form.by_key
    assert found["applicant_allowance_reason"].label == "請求の理由（児童手当）"
    assert found["applicant_subsidy_from"].label == "理由が生じた日（子ども医療費助成）"
    assert found["applicant_name"].label == "氏名"
    alone = combine(parts_of("jido-teate-nintei")).form.by_key
    assert alone["applicant_allowance_reason"].label == "請求の理由"


def test_procedures_of_one_name_are_named_in_full():
    titles = ["国民健康保険 加入届", "国民健康保険 喪失届", "児童手当 認定請求"]
    assert [words.short_title(one, titles) for one in titles] == [
        "国民健康保険 加入届",
        "国民健康保険 喪失届",
        "児童手当",
    ]
