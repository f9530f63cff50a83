"""Forms for the tests of the designer."""

from applications.designer.operations import Design


def small_form():
    """Two sections: a choice, a date, a number, and a group of rows with a file in it."""
    return {
        "schema": 1,
        "pages": [
            {
                "key": "person",
                "title": "申請する方",
                "fields": [
                    {
                        "key": "kind",
                        "type": "choice",
                        "label": "区分",
                        "required": True,
                        "options": [{"value": "new", "label": "新規"}, {"value": "change", "label": "変更"}],
                    },
                    {"key": "birth", "type": "date", "label": "生年月日", "required": True},
                    {"key": "adults", "type": "number", "label": "大人の人数"},
                    {
                        "key": "news",
                        "type": "checkboxes",
                        "label": "お知らせ",
                        "options": [{"value": "mail", "label": "メール"}, {"value": "post", "label": "郵便"}],
                    },
                ],
            },
            {
                "key": "children",
                "title": "お子さま",
                "fields": [
                    {
                        "key": "child",
                        "type": "rows",
                        "label": "お子さま",
                        "max_rows": 5,
                        "fields": [
                            {"key": "name", "type": "text", "label": "氏名", "required": True},
                            {"key": "birth", "type": "date", "label": "生年月日"},
                            {"key": "cost", "type": "money", "label": "費用"},
                            {"key": "paper", "type": "file", "label": "証明書"},
                        ],
                    },
                    {"key": "note", "type": "text", "label": "備考"},
                ],
            },
        ],
    }


def design():
    return Design(small_form())


def long_form(count):
    """One section of `count` questions, every fifth with a condition on the one before it."""
    fields = [{"key": f"q{number}", "type": "text", "label": f"質問{number}"} for number in range(1, count + 1)]
    for one in fields[4::5]:
        one["visible_when"] = {"filled": {"answer": f"q{int(one['key'][1:]) - 1}"}}
    return {"schema": 1, "pages": [{"key": "page_1", "title": "質問", "fields": fields}]}


def keys(document, page=0):
    return [one["key"] for one in document["pages"][page]["fields"]]
