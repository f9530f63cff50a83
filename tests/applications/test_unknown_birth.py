"""生年月日不詳: a birth date whose day, or month and day, nobody knows, from the box to the print."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from applications import typed
from applications.answers import display_text
from applications.definition import Field, Page
from applications.enums import FieldType
from applications.fields import build
from applications.form_pages import PageForm
from applications.letters.answers import _words as letter_words
from applications.records import _birth
from residents.dates import PartialDate, counted_day, in_words, read_iso
from residents.models import Resident

BIRTH = Field(key="birth", type=FieldType.DATE, label="生年月日", concept="applicant.birth_date", required=True)
OTHER_DAY = Field(key="day", type=FieldType.DATE, label="いつ")


def parts(era, year, month="", day="", unknown=""):
    found = {"era": era, "year": year, "month": month, "day": day}
    return found | ({"unknown": unknown} if unknown else {})


@pytest.mark.parametrize(
    ("sent", "answer", "words"),
    [
        (parts("showa", "20", "3", unknown="day"), "1945-03", "昭和20年3月日不詳（1945年）"),
        (parts("showa", "20", unknown="month"), "1945", "昭和20年月日不詳（1945年）"),
        (parts("western", "1945", "12", unknown="day"), "1945-12", "昭和20年12月日不詳（1945年）"),
        # two eras share the year: the western one is what is known
        (parts("heisei", "元", unknown="month"), "1989", "1989年月日不詳"),
        (parts("heisei", "元", "2", unknown="day"), "1989-02", "平成元年2月日不詳（1989年）"),
        (parts("showa", "20", "3", "9"), "1945-03-09", "昭和20年3月9日（1945年）"),
    ],
)
def test_unknown_parts_are_stored_and_said(sent, answer, words):
    field = build(BIRTH)
    assert field.clean(sent) == answer
    assert display_text(BIRTH, answer) == words
    # what gives the answer again is what was typed, or the same day by the western calendar
    assert field.clean(typed.from_answer(BIRTH, {"birth": answer})) == answer


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (parts("showa", "20", unknown="day"), ("month",)),
        (parts("showa", "20", "3", "9", unknown="day"), ("day",)),
        (parts("showa", "20", "3", unknown="month"), ("month",)),
        (parts("showa", "x", "3", unknown="day"), ("year",)),
        (parts("showa", "64", "3", unknown="day"), ("era", "year")),
        (parts("showa", "70", unknown="month"), ("era", "year")),
        (parts("reiwa", "20", unknown="month"), ()),
        # without a word on it a missing day is missing
        (parts("showa", "20", "3"), ("day",)),
    ],
)
def test_what_is_wrong_is_said_at_its_box(sent, wrong):
    field = Field(**{**BIRTH.__dict__, "max": "today"}) if not wrong else BIRTH
    with pytest.raises(ValidationError) as caught:
        build(field).clean(sent)
    assert tuple(part for error in caught.value.error_list for part in getattr(error, "parts", ())) == wrong


def test_only_births_have_unknown_parts():
    with pytest.raises(Exception, match="日を入力"):
        build(OTHER_DAY).clean(parts("showa", "20", "3", unknown="day"))
    assert "不詳" not in PageForm(Page("one", "t", "", (OTHER_DAY,))).as_div()
    page = PageForm(Page("one", "t", "", (BIRTH,))).as_div()
    assert 'name="q-birth.unknown"' in page
    assert "<details" in page
    assert "open>" not in page


def test_disclosure_is_open_where_something_was_said_or_is_missing():
    said = PageForm(Page("one", "t", "", (BIRTH,)), initial={"birth": parts("showa", "20", "3", unknown="day")})
    assert "open>" in said.as_div()
    sent = typed.as_data([BIRTH], {"birth": parts("showa", "20", "3")})
    assert "open>" in PageForm(Page("one", "t", "", (BIRTH,)), data=sent).as_div()


def test_what_was_typed_has_the_part_only_where_it_was_said():
    data = typed.as_data([BIRTH], {"birth": parts("showa", "20", "3", unknown="day")})
    assert typed.read([BIRTH], data) == {"birth": parts("showa", "20", "3", unknown="day")}
    assert (
        "unknown" not in typed.read([BIRTH], typed.as_data([BIRTH], {"birth": parts("showa", "20", "3", "9")}))["birth"]
    )
    # nothing else was typed
    assert typed.read([BIRTH], typed.as_data([BIRTH], {"birth": parts("showa", "", unknown="month")})) == {}


def test_other_languages_begin_with_the_western_calendar():
    with translation.override("en"):
        assert next(key for key, _name in build(OTHER_DAY).widget.widgets[0].choices) == "western"
        assert display_text(BIRTH, "1945-03") == "March 1945 (day unknown)"
        assert display_text(BIRTH, "1945") == "1945 (month and day unknown)"
    assert next(key for key, _name in build(OTHER_DAY).widget.widgets[0].choices) == "reiwa"


def test_record_and_letter_keep_what_is_not_known():
    person = Resident(birth_year=1945, birth_month=3)
    assert _birth(person) == "1945-03"
    assert _birth(Resident(birth_date=dt.date(1990, 1, 15))) == "1990-01-15"
    assert _birth(Resident()) == ""
    assert letter_words(BIRTH, "1945-03", {}) == "昭和20年3月日不詳"


@pytest.mark.parametrize("text", ["", "1945-3", "1945-13", "0000", "1945-00", "1945-03-00", "1945-02-30", "x"])
def test_other_texts_are_no_dates(text):
    assert (read_iso(text), counted_day(text)) == (None, None)


def test_unknown_days_count_as_the_last_they_can_be():
    found = [counted_day(text) for text in ("1945-03-09", "1944-02", "1945")]
    assert found == [dt.date(1945, 3, 9), dt.date(1944, 2, 29), dt.date(1945, 12, 31)]
    assert in_words(PartialDate(1926)) == "1926年月日不詳"
