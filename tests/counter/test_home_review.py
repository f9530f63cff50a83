"""The check page says everything once more, short: people first, blanks folded away, nothing answered hidden."""

from types import SimpleNamespace as Named

import pytest

from benchmarks.families import MOVING_IN
from counter.combined import combine
from counter.form_pages import Filling
from counter.home_review import review
from tests.counter.combinedkit import drawn, parts_of


def reviewed(combined, values):
    return review(Named(filling=Filling(combined, values), origin_of=lambda _key: ""))


@pytest.fixture(scope="module")
def combined():
    return combine(parts_of(*MOVING_IN.needs))


def test_people_stand_before_what_is_asked_ahead_of_them(combined):
    keys = [combined.form.pages[one.number - 1].key for one in reviewed(combined, drawn(combined, "order"))]
    assert keys.index("page_applicant") == 0
    assert keys.index("page_last") < keys.index("page_first") < keys.index("page_p1")


def test_every_answer_is_shown_and_every_blank_that_may_stay_is_named(combined):
    values = drawn(combined, "all", gaps=0.2)
    filling = Filling(combined, values)
    parts = reviewed(combined, values)
    lines = {line.row.key for part in parts for line in part.lines}
    assert set(filling.checked.answers) - {"id"} <= lines | {one for one in filling.checked.answers if "__" in one}
    wrong = {one.key.partition(".")[0] for one in filling.checked.problems}
    assert wrong <= lines
    blank = [label for part in parts for label in part.blank]
    assert blank
    labels = {combined.fields[key].label for key in lines if key in combined.fields}
    # what is folded away has neither an answer nor a problem
    assert all(one.row.is_blank is False or one.problems for part in parts for one in part.lines)
    assert set(blank) - labels


def test_marks_of_a_person_are_said_in_one_line(combined):
    mother = {"family": "高橋", "given": "美咲", "family_kana": "タカハシ", "given_kana": "ミサキ"}
    row = {"id": "r1", "values": {"household_name": mother, "in_1": ["yes"], "in_3": ["yes"]}}
    parts = reviewed(combined, {"household": [row]})
    [person] = next(line for part in parts for line in part.lines if line.row.key == "household").people
    assert person.marks == ("一緒に引っ越す方", "加入する方")
    assert [one.key.rpartition(".")[2] for one in person.rows] == ["household_name"]
    assert "世帯主から見た続柄" in person.blank
