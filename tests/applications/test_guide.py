"""The guide's document, its checks, and the engine. No database."""

import datetime as dt

import pytest

from applications.definition import DefinitionError
from applications.guide import (
    When,
    assess,
    check,
    check_named,
    codes,
    date_problem,
    is_long_ago,
    parse,
    told_anew,
    told_by,
)
from applications.guide.days import last_day
from applications.guide.model import Due, Event
from tests.applications.guidekit import document, with_result

TODAY = dt.date(2026, 11, 24)
MOVED = {"moved_on": "2026-11-20", "child": "no"}


def problems(made):
    with pytest.raises(DefinitionError) as caught:
        parse(made)
    return {(one.where, one.message) for one in caught.value.problems}


def places(made):
    return sorted({where for where, _message in problems(made)})


def tasks(answers, *, made=None, today=TODAY, closed=()):
    found = assess(parse(made or document()), answers, today=today, closed=closed)
    return {task.result.key: task for task in found}


def test_good_guide_is_read_whole_and_has_no_problem():
    guide = parse(document())
    assert check(guide) == []
    assert [one.key for one in guide.results] == ["notice", "allowance", "dog", "licence"]
    assert guide.results[0].elsewhere[0].fee == "無料"
    assert [one.text for one in guide.results[1].reasons] == ["子どもがいるためです。", "小学生のためです。"]


def test_every_mistake_is_told_at_once_with_its_place():
    made = with_result(
        0, title=None, due={"text": "x", "days": 3}, office={"name": "市役所以外"}, papers="本人確認書類"
    )
    made["results"][1]["reason"] = [{"text": "条件つき", "when": {"eq": [{"answer": "child"}, "yes"]}}]
    made["results"][2]["typo"] = 1
    made["results"].append(made["results"][3])
    made["event"]["future_days"] = -1
    made["extra"] = True
    assert places(made) == [
        "guide",
        "guide.event",
        "results.allowance",
        "results.dog",
        "results.notice",
        "results.notice.due",
        "results.notice.office",
    ]


@pytest.mark.parametrize(
    "made",
    [
        None,
        [],
        "x",
        {},
        {"schema": 2},
        document(results={}),
        document(results=[None, 3, []]),
        document(results=[]),
        document(pages=None),
        document(pages="x"),
        document(event=[1]),
        document(title=7),
        document(title="あ" * 101),
        document(intro={"a": "b"}),
        with_result(0, due=None),
        with_result(0, due="いつか"),
        with_result(0, due={"text": "x", "from": {"nothing": 1}}),
        with_result(0, due={"text": "x", "from": 1.5}),
        with_result(0, due={"text": "x", "from": {"answer": "moved_on"}, "days": True}),
        with_result(0, due={"text": "x", "from": {"answer": "moved_on"}, "years": 10**9}),
        with_result(0, when={"all": []}),
        with_result(0, when={"eq": [1]}),
        with_result(0, office={}),
        with_result(0, office={"department": "shimin", "name": "外"}),
        with_result(0, elsewhere=[{"name": "悪い", "url": "javascript:alert(1)"}]),
        with_result(0, elsewhere=[{"name": "悪い", "url": "http://example.jp/"}]),
        with_result(0, papers=[1]),
        with_result(0, reason=[]),
        with_result(0, reason=None),
        with_result(0, key="Bad Key"),
        with_result(0, key=5),
    ],
)
def test_hostile_documents_are_refused_in_sentences(made):
    assert all(message.endswith(("。", "]")) or ":" in message for _where, message in problems(made))


def test_rules_that_mean_nothing_are_refused_with_their_result():
    made = with_result(0, when={"eq": [{"answer": "nobody"}, "yes"]})
    made["results"][1]["when"] = {"eq": [{"answer": "child"}, "maybe"]}
    made["results"][2]["when"] = {"gt": [{"answer": "moved_on"}, 5]}
    made["results"][3]["due"] = {"text": "x", "from": {"answer": "child"}}
    found = [(one.where, one.message.partition(":")[0]) for one in check(parse(made))]
    assert found == [
        ("results.notice", "条件（when）"),
        ("results.allowance", "条件（when）"),
        ("results.dog", "条件（when）"),
        ("results.licence", "期限の起点（from）"),
    ]


def test_questions_that_wait_for_each_other_are_refused():
    made = document()
    made["pages"][0]["fields"][1]["visible_when"] = {"eq": [{"answer": "school"}, "yes"]}
    assert [one.where for one in check(parse(made))] == ["child"]


@pytest.mark.parametrize("kind", ["name", "text", "address", "file", "phone"])
def test_guide_asks_nothing_that_names_a_person(kind):
    made = document()
    made["pages"][1]["fields"].append({"key": "who", "type": kind, "label": "だれ"})
    assert [one.where for one in check(parse(made))] == ["who"]


@pytest.mark.parametrize("change", [{"required": False}, {"visible_when": {"eq": [{"answer": "child"}, "yes"]}}])
def test_day_of_the_event_is_always_asked(change):
    made = document()
    made["pages"][0]["fields"][0] |= change
    assert [one.where for one in check(parse(made))] == ["guide.event"]


def test_unknown_procedures_and_departments_are_named():
    found = check_named(parse(document()), procedures=[], departments=["shimin"])
    assert [(one.where, one.message) for one in found] == [
        ("results.allowance", "「児童手当」が案内する手続 allowance がありません。"),
        ("results.allowance", "課 kosodate が登録されていません。"),
    ]


def test_answers_name_results_with_reason_day_and_order():
    found = tasks({**MOVED, "child": "yes", "school": "yes", "owned": ["dog", "car"]})
    assert list(found) == ["dog", "notice", "allowance", "licence"]
    assert [one.when for one in found.values()] == [When.NOW, When.FORTNIGHT, When.FORTNIGHT, When.ANYTIME]
    assert found["allowance"].reasons == ("子どもがいるためです。", "小学生のためです。")
    assert (found["notice"].due_on, found["notice"].opens_on) == (dt.date(2026, 12, 4), dt.date(2026, 11, 20))


def test_hidden_answers_decide_nothing():
    assert tasks({**MOVED, "child": "no", "school": "yes"}).keys() == {"notice"}


TELLS = [
    {"concept": "applicant.moving_on", "value": {"answer": "moved_on"}},
    {"concept": "spouse.exists", "value": "no", "when": {"eq": [{"answer": "school"}, "no"]}},
    {"concept": "spouse.exists", "value": "yes"},
    {"concept": "applicant.foreign_members", "value": {"answer": "school"}},
]


def test_answers_are_told_by_concept_the_first_that_holds_and_hidden_ones_tell_nothing():
    guide = parse(document(tells=TELLS))
    assert check(guide) == []
    told = told_by(guide, {"moved_on": "2026-11-20", "child": "yes", "school": "no"}, today=TODAY)
    assert told == {"applicant.moving_on": "2026-11-20", "spouse.exists": "no", "applicant.foreign_members": "no"}
    # no pupil: the question is hidden, whatever was typed there before
    hidden = told_by(guide, MOVED | {"school": "no"}, today=TODAY)
    assert hidden == {"applicant.moving_on": "2026-11-20", "spouse.exists": "yes"}
    assert told_by(guide, {"moved_on": ["x"], "school": 3}, today=TODAY) == {"spouse.exists": "yes"}
    # asked anew, what it does not say is told so, once for each concept
    anew = told_anew(guide, {"moved_on": ["x"], "school": 3}, today=TODAY)
    assert anew == dict.fromkeys((one.concept for one in guide.tells), "") | {"spouse.exists": "yes"}
    assert "" in anew.values()


@pytest.mark.parametrize(
    "telling",
    [
        {"concept": "applicant.no_such", "value": "x"},
        {"concept": "household[].birth_date", "value": {"answer": "moved_on"}},
        {"concept": "applicant.name", "value": "山田"},
        {"concept": "applicant.moving_on", "value": {"answer": "child"}},
        {"concept": "applicant.moving_on", "value": {"answer": "no_such"}},
        {"concept": "spouse.exists", "value": {"answer": "owned"}},
        {"concept": "spouse.exists", "value": "no", "when": {"eq": [{"answer": "child"}, "maybe"]}},
    ],
)
def test_telling_that_no_question_could_take_or_that_names_somebody_is_refused(telling):
    assert {one.where for one in check(parse(document(tells=[telling])))} == {"guide.tells[1]"}


def test_mistakes_in_tellings_are_told_with_their_place():
    made = document(tells=[{"concept": "applicant.moving_on"}, {"value": "x", "typo": 1}])
    assert places(made) == ["guide.tells[1]", "guide.tells[2]"]


def test_last_day_moves_past_holidays_and_closed_days_of_the_city():
    # 14 days later is Thursday, 31 December: open by the calendar alone
    moved = {"moved_on": "2026-12-17", "child": "no"}
    assert tasks(moved, today=dt.date(2026, 12, 18))["notice"].due_on == dt.date(2026, 12, 31)
    closed = {dt.date(2026, 12, 31), dt.date(2027, 1, 1)}
    assert tasks(moved, today=dt.date(2026, 12, 18), closed=closed)["notice"].due_on == dt.date(2027, 1, 4)
    # 14 days later is Saturday
    assert tasks({"moved_on": "2026-11-14", "child": "no"})["notice"].due_on == dt.date(2026, 11, 30)


def test_closed_days_of_the_city_do_not_prolong_what_is_due_elsewhere():
    made = with_result(
        0,
        due={"text": "x", "from": {"answer": "moved_on"}, "days": 14, "moves": True},
        office={"name": "税務署", "place": "駅前"},
    )
    closed = {dt.date(2026, 12, 4)}
    assert tasks(MOVED, made=made, closed=closed)["notice"].due_on == dt.date(2026, 12, 4)


def test_overdue_and_not_yet_are_said_plainly():
    assert tasks({"moved_on": "1986-11-20", "child": "no"})["notice"].when == When.OVERDUE
    ahead = tasks({"moved_on": "2026-12-20", "child": "no"})["notice"]
    assert (ahead.when, ahead.opens_on, ahead.due_on) == (When.NOT_YET, dt.date(2026, 12, 20), dt.date(2027, 1, 4))


@pytest.mark.parametrize(
    ("days_left", "when"),
    [
        (-1, When.OVERDUE),
        *[(0, When.NOW), (7, When.NOW)],
        *[(8, When.FORTNIGHT), (14, When.FORTNIGHT)],
        *[(15, When.MONTH), (31, When.MONTH)],
        (32, When.LATER),
    ],
)
def test_groups_begin_and_end_on_their_days(days_left, when):
    made = with_result(0, due={"text": "x", "from": {"answer": "moved_on"}})
    day = TODAY + dt.timedelta(days=days_left)
    assert tasks({"moved_on": day.isoformat(), "child": "no"}, made=made)["notice"].when == when


@pytest.mark.parametrize("answers", [{}, {"moved_on": "never", "child": 3}, {"moved_on": None, "owned": "dog"}])
def test_tampered_answers_never_raise_and_give_no_day(answers):
    found = tasks(answers)
    assert found["notice"].due_on is None


def test_days_beyond_the_calendar_are_no_day():
    made = with_result(0, due={"text": "x", "from": {"answer": "moved_on"}, "years": 100})
    assert tasks({"moved_on": "9999-01-01", "child": "no"}, made=made)["notice"].due_on is None


@pytest.mark.parametrize(
    ("start", "due", "end"),
    [
        ("2026-11-30", Due("x", months=3), "2027-02-28"),
        ("2027-11-30", Due("x", months=3), "2028-02-29"),
        ("2028-02-29", Due("x", years=1), "2029-02-28"),
        ("2026-01-31", Due("x", months=4), "2026-05-31"),
        ("2026-12-31", Due("x", months=10), "2027-10-31"),
        ("2026-11-02", Due("x", days=6), "2026-11-08"),
        ("2026-11-02", Due("x", years=2, months=1, days=1), "2028-12-03"),
    ],
)
def test_months_and_years_end_as_the_civil_code_counts(start, due, end):
    assert last_day(due, dt.date.fromisoformat(start)) == dt.date.fromisoformat(end)


def test_days_that_cannot_be_meant_are_told_in_a_sentence():
    past, planned = Event("d"), Event("d", future_days=30)
    assert date_problem(past, TODAY, TODAY) == ""
    assert date_problem(past, TODAY + dt.timedelta(days=1), TODAY).startswith("まだ来ていない日付です")
    assert date_problem(planned, TODAY + dt.timedelta(days=30), TODAY) == ""
    assert date_problem(planned, TODAY + dt.timedelta(days=31), TODAY).startswith("30日より先")
    assert date_problem(past, dt.date(1905, 1, 1), TODAY).startswith("120年より前")


def test_long_ago_begins_the_day_after_so_many_years():
    event = Event("d", long_ago_years=10)
    assert not is_long_ago(event, dt.date(2016, 11, 24), TODAY)
    assert is_long_ago(event, dt.date(2016, 11, 23), TODAY)
    assert is_long_ago(event, dt.date(2016, 2, 29), dt.date(2026, 3, 1))


def test_codes_are_read_however_they_are_typed_and_slips_are_noticed():
    for _ in range(50):
        code = codes.random_code()
        assert len(code) == codes.LENGTH
        assert codes.read_code(f" {codes.written(code).upper()} ") == code
        wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
        assert codes.read_code(wide) == code
        for place in range(codes.LENGTH):
            other = codes.ALPHABET[(codes.ALPHABET.index(code[place]) + 1) % len(codes.ALPHABET)]
            assert codes.read_code(code[:place] + other + code[place + 1 :]) == ""
        for place in range(codes.LENGTH - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert swapped == code or codes.read_code(swapped) == ""
    assert codes.read_code("") == codes.read_code("abc") == codes.read_code("x" * 500) == ""
