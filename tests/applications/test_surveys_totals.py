"""What answers say together: counts, shares, figures, rows, and the lines of the table. No database."""

from decimal import Decimal

from applications.definition import parse
from applications.surveys import table
from applications.surveys.charts import WIDTH, bar_chart, with_charts
from applications.surveys.totals import Given, figures, percent, totals
from tests.applications.surveykit import DOCUMENT

FORM = parse(DOCUMENT)
DAYS = ["令和7年10月1日（2025年）", "令和8年4月1日（2026年）"]
GIVEN = [
    Given("介護保険課", FORM, {"kind": "online", "count": "10", "since": "2026-04-01", "note": "よい"}),
    Given(
        "市民課",
        FORM,
        {
            "kind": "other",
            "kind__other": "電話",
            "count": "3",
            "since": "2025-10-01",
            "tool": [{"id": "r1", "name": "端末", "cost": "1000"}, {"id": "r2", "name": "印刷機", "cost": "500"}],
        },
    ),
    Given("税務課", FORM, {"kind": "online", "paper": ["file1", "file2"]}),
]


def by_key(given=GIVEN):
    return {one.key: one for one in totals(given)}


def test_every_option_is_counted_chosen_or_not():
    kind = by_key()["kind"]
    assert [(share.label, share.count, share.percent) for share in kind.shares] == [
        ("紙", 0, Decimal("0.0")),
        ("オンライン", 2, Decimal("66.7")),
        ("その他", 1, Decimal("33.3")),
    ]
    assert [(said.who, said.text) for said in kind.said] == [("市民課", "電話")]
    assert (kind.answered, kind.asked) == (3, 3)


def test_boxes_are_counted_of_those_who_answered():
    document = {
        "schema": 1,
        "pages": [
            {
                "key": "p",
                "title": "p",
                "fields": [
                    {
                        "key": "c",
                        "type": "checkboxes",
                        "label": "c",
                        "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}],
                    },
                    {"key": "y", "type": "yes_no", "label": "y"},
                ],
            }
        ],
    }
    form = parse(document)
    given = [Given("1", form, {"c": ["a", "b"], "y": "no"}), Given("2", form, {"c": ["a"]}), Given("3", form, {})]
    found = by_key(given)
    assert [(one.count, one.percent) for one in found["c"].shares] == [(2, Decimal("100.0")), (1, Decimal("50.0"))]
    assert [(one.label, one.count) for one in found["y"].shares] == [("はい", 0), ("いいえ", 1)]
    assert found["c"].answered == 2


def test_numbers_have_their_figures():
    found = {figure.label: figure.value for figure in by_key()["count"].figures}
    assert found == {"合計": "13件", "平均": "6.5件", "最小": "3件", "最大": "10件", "中央値": "6.5件"}


def test_figures_are_exact_and_readable():
    values = [Decimal("0.1"), Decimal("0.2"), Decimal(1000000)]
    assert [one.value for one in figures(values)] == ["1,000,000.3", "333,333.43", "0.1", "1,000,000", "0.2"]
    assert percent(1, 0) == Decimal("0.0")


def test_days_are_counted_in_their_order():
    since = by_key()["since"]
    assert [share.label for share in since.shares] == DAYS
    assert [figure.value for figure in since.figures] == DAYS


def test_words_are_listed_with_who_said_them():
    assert [(said.who, said.text) for said in by_key()["note"].said] == [("介護保険課", "よい")]
    assert [(said.who, said.files) for said in by_key()["paper"].said] == [("税務課", ("file1", "file2"))]


def test_a_group_counts_its_rows():
    tool = by_key()["tool"]
    name, cost = tool.parts
    assert (tool.rows, tool.answered, name.asked) == (2, 1, 2)
    assert {figure.label: figure.value for figure in cost.figures}["合計"] == "1,500円"


def test_what_an_older_form_asked_comes_after():
    old = parse(
        {
            "schema": 1,
            "pages": [{"key": "p", "title": "p", "fields": [{"key": "gone", "type": "text", "label": "前の質問"}]}],
        }
    )
    keys = [one.key for one in totals([Given("旧", old, {"gone": "a"}), *GIVEN])]
    assert keys == ["kind", "count", "since", "note", "paper", "tool", "gone"]


def test_nobody_answered():
    assert totals([]) == []


def test_bars_stay_in_the_drawing():
    (drawn, *_others) = with_charts(totals(GIVEN))
    widths = [bar.width for bar in drawn.chart.bars]
    assert widths[0] == 0
    assert max(widths) == widths[1] <= WIDTH - drawn.chart.left
    assert bar_chart([]).bars == ()


def test_every_addressee_has_a_line():
    lines = [
        table.Line("市民課", "課", "回答済み", "甲", "2026-11-22 10:00", "遅れ", FORM, GIVEN[1].answers),
        table.Line("税務課", "課", "未回答"),
    ]
    fields = table.fields_of([FORM])
    assert table.header(fields)[:7] == ["照会先", "種別", "状態", "回答者", "回答日時", "期限後", "方式"]
    first, second = table.rows(lines, fields, {})
    assert first[6:8] == ["電話", "3件"] or first[6].startswith("その他")
    assert first[-1].splitlines() == ["1. 機器：名称 端末、費用 1,000円", "2. 機器：名称 印刷機、費用 500円"]
    assert second == ["税務課", "課", "未回答", "", "", "", *[""] * 6]


def test_two_questions_of_one_name_are_told_apart():
    form = parse(
        {
            "schema": 1,
            "pages": [
                {
                    "key": "p",
                    "title": "p",
                    "fields": [
                        {"key": "a", "type": "text", "label": "数"},
                        {"key": "b", "type": "text", "label": "数"},
                    ],
                }
            ],
        }
    )
    assert table.header(table.fields_of([form]))[6:] == ["数 [a]", "数 [b]"]
