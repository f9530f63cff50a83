import datetime as dt
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from applications.enums import FieldType
from counter.enums import SpotAlign, SpotFixed, SpotKind, SpotPart
from counter.layouts import NotPrintable, Value, official_pdf, refusal_pdf, standard_pdf
from counter.layouts.blanks import read_blank
from counter.layouts.checking import all_problems, problems_of, unplaced
from counter.layouts.pictures import as_svg, page_picture
from counter.layouts.reading import chosen, written
from counter.layouts.samples import Sample, sample_paper
from tests.counter.layoutkit import (
    A4,
    FORM,
    IVS_NAME,
    blank_pdf,
    characters,
    curves,
    paper,
    sheet,
    spot,
    squeezed,
    text_of,
)

NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
T = SpotKind
HAIR = 0.4


def draw(one, *spots, **more):
    return official_pdf(one, sheet(*spots, **more), moment=NOW)


def inside(found, place, page=1):
    return [
        one
        for one in found
        if one[1] >= place.x - HAIR
        and one[2] >= place.y - HAIR
        and one[3] <= place.right + HAIR
        and one[4] <= place.bottom + HAIR
    ]


def test_a_text_stands_in_its_place():
    place = spot(question="mail", x=50, y=100, width=70, height=9)
    content = draw(paper(mail="kazuha@example.jp"), place)
    found = characters(content)
    assert "".join(one[0] for one in found) == "kazuha@example.jp"
    assert inside(found, place) == found


def test_a_name_with_a_variation_selector_is_printed_as_itself():
    place = spot(question="who")
    content = draw(paper(who=IVS_NAME), place)
    assert len(characters(content)) >= 4
    assert "".join(one[0][0] for one in characters(content)) == "葛城一葉"
    assert inside(characters(content), place) == characters(content)


def test_a_character_without_a_glyph_goes_to_a_person():
    with pytest.raises(NotPrintable) as caught:
        draw(paper(why="\U0001f9ff"), spot(question="why"))
    assert caught.value.label == "理由"
    assert "U+1F9FF" in str(caught.value)
    content = refusal_pdf(paper(), str(caught.value), moment=NOW)
    assert "印字していません" in text_of(content)


def test_alignment_moves_a_text():
    lefts = {}
    for align in SpotAlign:
        content = draw(paper(mail="a@example.jp"), spot(question="mail", width=100, align=align))
        lefts[align] = min(one[1] for one in characters(content))
    assert lefts[SpotAlign.LEFT] < lefts[SpotAlign.CENTER] < lefts[SpotAlign.RIGHT]


def test_a_long_text_shrinks_before_it_leaves_its_place():
    place = spot(question="why", width=60, height=10, largest=12, smallest=5)
    text = "転居にともなう届出をするため。家族四人で引っ越しました。"
    content = draw(paper(why=text), place)
    found = characters(content)
    assert "".join(one[0] for one in found) == text
    assert inside(found, place) == found


def test_what_does_not_fit_is_written_in_full_on_an_extra_sheet():
    place = spot(question="why", width=40, height=8)
    text = "とても長い理由です。" * 40
    content = draw(paper(why=text), place)
    first = characters(content)
    assert "".join(one[0] for one in first) == "別紙※1"
    assert inside(first, place) == first
    extra = text_of(content, 2)
    assert "※1" in extra
    assert squeezed(text) in extra


def test_a_small_box_holds_at_least_the_mark():
    place = spot(question="why", width=6, height=4)
    content = draw(paper(why="あいうえお" * 30), place)
    found = characters(content)
    assert "".join(one[0] for one in found) == "※1"
    assert inside(found, place) == found


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(alphabet="あ漢字ーカ「」、。（）ABCxyz0123456789-@. \n", min_size=1, max_size=220).filter(str.strip),
    width=st.floats(5, 150),
    height=st.floats(4, 40),
    align=st.sampled_from(list(SpotAlign)),
)
def test_no_character_is_cut_or_leaves_its_place(text, width, height, align):
    place = spot(question="why", x=20, y=20, width=round(width, 1), height=round(height, 1), align=align)
    content = draw(paper(why=text), place)
    first = characters(content)
    assert inside(first, place) == first
    words = "".join(one[0] for one in first)
    wanted = squeezed("".join(text.splitlines()))
    if words != wanted:
        assert words in {"別紙※1", "※1"}
        assert wanted in text_of(content, 2) + text_of(content)


def test_boxes_hold_one_character_each():
    place = spot(question="who", part=SpotPart.KANA, kind=T.BOXES, boxes=10, width=70, height=8)
    content = draw(paper(who=IVS_NAME), place)
    found = characters(content)
    assert "".join(one[0] for one in found) == "カツラギカズハ"
    for index, one in enumerate(found):
        assert one[1] >= 20 + index * 7 - HAIR
        assert one[3] <= 20 + (index + 1) * 7 + HAIR


def test_numbers_in_boxes_may_begin_at_the_right():
    place = spot(question="born", part=SpotPart.YEAR, kind=T.BOXES, boxes=2, width=14, align=SpotAlign.RIGHT)
    found = characters(draw(paper(born="2019-10-01"), place))
    assert [one[0] for one in found] == ["元"]
    assert found[0][1] >= 27


def test_more_characters_than_boxes_go_to_the_extra_sheet():
    place = spot(question="who", part=SpotPart.KANA, kind=T.BOXES, boxes=3, width=30)
    content = draw(paper(who=IVS_NAME), place)
    assert text_of(content, 1) == "別紙※1"
    assert "カツラギカズハ" in text_of(content, 2)


def test_a_circle_lies_round_its_option():
    one = spot(question="kind", kind=T.CIRCLE, option="in", x=40, y=50, width=16, height=7)
    other = spot(2, question="kind", kind=T.CIRCLE, option="out", x=70, y=50, width=16, height=7)
    found = curves(draw(paper(kind="in"), one, other))
    assert len(found) == 1
    assert found[0] == pytest.approx((40, 50, 56, 57), abs=0.5)


def test_a_tick_and_an_era_are_marked():
    tick = spot(question="agrees", kind=T.CHECK, option="yes", x=22, y=60, width=4, height=4)
    era = spot(2, question="born", part=SpotPart.ERA, kind=T.CIRCLE, option="showa", x=50, y=60, width=6, height=6)
    found = curves(draw(paper(agrees="yes", born="1985-04-01"), tick, era))
    assert len(found) == 2
    assert curves(draw(paper(agrees="no", born="1990-04-01"), tick, era)) == []


def test_rows_without_a_place_follow_on_the_extra_sheet():
    people = [{"id": f"r{n}", "name": IVS_NAME | {"given": f"{n}子"}, "tie": "子"} for n in range(1, 4)]
    content = draw(paper(people=people), spot(question="people.1.name"), spot(2, y=50, question="people.2.name"))
    first, extra = text_of(content, 1), text_of(content, 2)
    assert [one in first for one in ("1子", "2子", "3子")] == [True, True, False]
    assert [one in extra for one in ("1子", "2子", "3子", "続柄")] == [False, False, True, True]


def test_answers_without_a_place_are_printed_when_asked_for():
    one = paper(mail="kazuha@example.jp", why="引っ越し")
    assert "引っ越し" not in text_of(draw(one, spot(question="mail")))
    assert "引っ越し" in text_of(draw(one, spot(question="mail"), prints_rest=True), 2)


def test_every_page_is_laid_over_its_own():
    sizes = (A4, (297.0, 210.0))
    place = spot(question="mail", page=2, x=250, y=190, width=45)
    content = draw(paper(mail="a@example.jp"), place, sizes=sizes)
    assert text_of(content, 1) == ""
    found = characters(content, 2)
    assert inside(found, place) == found


@pytest.mark.parametrize("shift", [0, 5])
def test_a_page_cut_out_of_a_larger_sheet_is_measured_as_it_is_seen(shift):
    blank = blank_pdf(A4, shift=shift)
    assert read_blank(blank).sizes == (A4,)
    place = spot(question="mail", x=50, y=100, width=70)
    found = characters(draw(paper(mail="a@example.jp"), place, blank=blank))
    assert min(one[1] for one in found) == pytest.approx(50 + shift, abs=HAIR)


def test_a_turned_page_is_printed_the_way_it_is_read(tmp_path):
    blank = blank_pdf(A4, rotate=90)
    assert read_blank(blank).sizes == ((297.0, 210.0),)
    place = spot(question="mail", x=200, y=150, width=80)
    content = draw(paper(mail="a@example.jp"), place, sizes=((297.0, 210.0),), blank=blank)
    assert text_of(content) == "a@example.jp"


def test_an_address_under_protection_is_left_out():
    from dataclasses import replace

    home = {"postal_code": "1980001", "prefecture": "東京都", "city": "緑野市", "town": "中央", "street": "9"}
    one = replace(paper(home=home), hidden_concept="applicant.address", hidden_text="支援措置のため表示できません")
    spots = (
        spot(question="home", part=SpotPart.POSTAL_FIRST),
        spot(2, y=50, question="home", part=SpotPart.LINE),
    )
    text = text_of(draw(one, *spots))
    assert text == "支援措置のため表示できません"


@pytest.mark.parametrize(
    ("kind", "answer", "part", "expected"),
    [
        ("date", "2026-11-20", "", "令和8年11月20日"),
        ("date", "2026-11-20", "era", "令和"),
        ("date", "2026-11-20", "western_year", "2026"),
        ("date", "1868-01-01", "era", "西暦"),
        ("time", "09:05", "hour", "9"),
        ("time", "09:05", "minute", "05"),
        ("name", IVS_NAME, "", "葛\U000e0100城　一葉"),
        ("name", IVS_NAME, "given_kana", "カズハ"),
        ("address", {"postal_code": "1980001", "town": "中央"}, "postal_last", "0001"),
        ("bank_account", {"account_type": "savings", "number": "7654321"}, "account_type", "貯蓄"),
        ("bank_account", {"account_type": "savings", "number": "7654321"}, "number", "7654321"),
        ("money", "1234567", "", "1,234,567"),
        ("date", "unreadable", "year", ""),
    ],
)
def test_parts_of_answers(kind, answer, part, expected):
    from applications.enums import FieldType

    assert written(Value(FieldType(kind), answer), SpotPart(part)) == expected


def test_what_a_mark_marks():
    from applications.enums import FieldType

    assert chosen(Value(FieldType.CHECKBOXES, ["a", "b"])) == {"a", "b"}
    assert chosen(Value(FieldType.BANK_ACCOUNT, {"account_type": "ordinary"}), SpotPart.ACCOUNT_TYPE) == {"ordinary"}
    assert chosen(Value(FieldType.DATE, "2020-01-01"), SpotPart.ERA) == {"reiwa"}


def test_wrong_places_are_named():
    wrong = [
        spot(1, question="gone"),
        spot(2, question="mail", x=200),
        spot(3, question="mail", y=295),
        spot(4, question="mail", page=2),
        spot(5, question="kind", kind=T.CIRCLE, option="sideways"),
        spot(6, question="mail", part=SpotPart.YEAR),
        spot(7, question="mail", kind=T.IMAGE, y=100),
        spot(8, question="people.1.nothing", y=120),
        spot(9, fixed=SpotFixed.NUMBER, y=140),
    ]
    found = [(one.number, one.field) for one in all_problems(wrong, FORM, (A4,)) if not one.is_hint]
    assert found == [
        (1, "source"), (2, "x"), (3, "y"), (4, "page"), (5, "option"), (6, "part"), (7, "kind"), (8, "source"),
    ]  # fmt: skip


def test_two_texts_on_each_other_are_hinted_at():
    found = problems_of(spot(2, question="mail", x=30), FORM, (A4,), [spot(1, question="why")])
    assert [(one.field, one.is_hint) for one in found] == [("x", True)]
    circle = spot(2, question="kind", kind=T.CIRCLE, option="in", x=30)
    assert problems_of(circle, FORM, (A4,), [spot(1, question="why")]) == []


def test_questions_without_a_place_are_listed():
    assert "理由" in unplaced([spot(question="mail")], FORM)
    assert "氏名" not in unplaced([spot(fixed=SpotFixed.APPLICANT_NAME)], FORM)


@pytest.mark.parametrize("sample", list(Sample))
def test_the_default_sheet_holds_every_answer(sample):
    one = sample_paper(FORM, sample, title="住民異動届", city="緑野市", mayor="緑野市長", department="市民課")
    content = standard_pdf(one, moment=NOW)
    text = text_of(content)
    shown = ["種類", "理由", "メール"] + ([] if sample == Sample.BLANK else ["一緒に動く方", "続柄"])
    assert [label for label in shown if label not in text] == []
    if sample == Sample.HARD:
        assert one.answers["why"] in text
        assert one.answers["mail"] in text
        assert text.count("海砂利水魚之水行末雲来末風来末") == 10


def test_a_page_is_shown_as_a_picture():
    picture = page_picture(blank_pdf(A4, (297.0, 210.0)), 2)
    assert picture.startswith(b"\x89PNG")
    assert page_picture(b"no pdf at all", 1) == b""


def test_a_signature_is_cropped_to_its_ink_and_a_photo_is_whole():
    drawing = Image.new("RGBA", (1088, 400), (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (100, 100, 400, 160))
    stored = io.BytesIO()
    drawing.save(stored, "PNG")
    found = re.search(r'width="(\d+)" height="(\d+)"', as_svg(stored.getvalue(), is_drawn=True))
    width, height = (int(one) for one in found.groups())
    assert 300 < width < 400
    assert 60 < height < 160
    assert 'width="900"' in as_svg(stored.getvalue())
    blank = io.BytesIO()
    Image.new("RGB", (100, 50), "white").save(blank, "PNG")
    assert 'width="100" height="50"' in as_svg(blank.getvalue(), is_drawn=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("1945-03", ("昭和", "20", "1945", "3", "不詳")),
        ("1945", ("昭和", "20", "1945", "不詳", "不詳")),
        ("1989", ("西暦", "1989", "1989", "不詳", "不詳")),
        ("1945-03-09", ("昭和", "20", "1945", "3", "9")),
        ("x", ("", "", "", "", "")),
    ],
)
def test_boxes_of_a_birth_date_say_what_is_unknown(answer, words):
    parts = (SpotPart.ERA, SpotPart.YEAR, SpotPart.WESTERN_YEAR, SpotPart.MONTH, SpotPart.DAY)
    value = Value(FieldType.DATE, answer)
    assert tuple(written(value, part) for part in parts) == words
    assert chosen(value, SpotPart.ERA) == ({"showa"} if words[0] == "昭和" else frozenset())


def test_birth_date_in_one_box_says_what_is_unknown():
    assert written(Value(FieldType.DATE, "1945-03")) == "昭和20年3月日不詳"
    assert written(Value(FieldType.DATE, "x")) == "x"
