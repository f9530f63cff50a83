import pytest

from applications import definition
from applications.answers import display_rows
from applications.differences import changes

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "family",
            "title": "ご家族",
            "fields": [
                {"key": "note", "type": "text", "label": "備考"},
                {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                {
                    "key": "children",
                    "type": "rows",
                    "label": "お子さん",
                    "row_title": "お子さん ((name))",
                    "max_rows": 5,
                    "fields": [
                        {"key": "name", "type": "text", "label": "氏名"},
                        {"key": "paper", "type": "file", "label": "書類", "max_files": 2},
                    ],
                },
            ],
        }
    ],
}
FORM = definition.parse(DOCUMENT)
NAMES = {"a": "一枚目.png", "b": "二枚目.png"}
HOME = {
    "postal_code": "1000013",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "緑町",
    "street": "1",
    "building": "",
}


def children(**rows):
    return {"children": [{"id": row_id, **answers} for row_id, answers in rows.items()]}


def told(old, new, **options):
    """(path, label, text before, text after); None where there was nothing to answer."""
    before, after = (display_rows(FORM, answers, file_names=NAMES, **options) for answers in (old, new))
    return [
        (one.key, one.label, one.before and words(one.before), one.after and words(one.after))
        for one in changes(before, after, old=old, new=new)
    ]


def words(row):
    return row.text or "、".join(file.name for file in row.files)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"note": "同じ"}, {"note": "同じ"}, []),
        ({}, {"note": "あり"}, [("note", "備考", "", "あり")]),
        ({"note": "あり"}, {}, [("note", "備考", "あり", "")]),
        # a row that moved is the same row
        (
            children(r1={"name": "みなみ"}, r2={"name": "一葉"}),
            children(r2={"name": "一葉"}, r1={"name": "みなみ"}),
            [],
        ),
        (
            children(r1={"name": "みなみ"}, r2={"name": "一葉"}),
            children(r2={"name": "一葉 "}, r1={"name": "みなみ"}),
            [("children.r2.name", "1. お子さん 一葉 氏名", "一葉", "一葉 ")],
        ),
        (
            children(r1={"name": "みなみ", "paper": ["a"]}),
            children(r1={"name": "みなみ", "paper": ["a", "b"]}),
            [("children.r1.paper", "1. お子さん みなみ 書類", "一枚目.png", "一枚目.png、二枚目.png")],
        ),
        (
            children(r1={"name": "みなみ"}),
            children(r1={"name": "みなみ"}, r2={"name": "一葉"}),
            [("children.r2.name", "2. お子さん 一葉 氏名", None, "一葉")],
        ),
        (
            children(r1={"name": "みなみ"}, r2={"name": "一葉"}),
            children(r1={"name": "みなみ"}),
            [("children.r2.name", "2. お子さん 一葉 氏名", "一葉", None)],
        ),
        (children(r1={"name": "みなみ"}), {}, [("children.r1.name", "1. お子さん みなみ 氏名", "みなみ", None)]),
    ],
)
def test_changes_by_question_and_row(old, new, expected):
    assert told(old, new) == expected


def test_a_hidden_address_has_changed_all_the_same():
    hidden = "支援措置のため表示できません"
    new = {"home": HOME | {"street": "2"}}
    assert told({"home": HOME}, new, hide_address=True) == [("home", "住所", hidden, hidden)]
    assert told({"home": HOME}, {"home": HOME}, hide_address=True) == []
