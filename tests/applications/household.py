"""A form in which much depends on the answers: rows, conditions, values that are calculated."""

from applications import definition
from tests.applications import sample

HAS = {"eq": [{"answer": "has_children"}, "yes"]}


def document(**children):
    """Three pages: the household with its children, the school (only with children), the rest."""
    return {
        "schema": 1,
        "pages": [
            {
                "key": "family",
                "title": "世帯",
                "fields": [
                    {"key": "has_children", "type": "yes_no", "label": "お子さまはいますか", "required": True},
                    {
                        "key": "children",
                        "type": "rows",
                        "label": "お子さま",
                        "min_rows": 1,
                        "max_rows": 200,
                        "row_title": "お子さま ((name))",
                        "visible_when": HAS,
                        "fields": _child_fields(),
                    }
                    | children,
                    {
                        "key": "total",
                        "type": "calculated",
                        "label": "月額の合計",
                        "unit": "円",
                        "visible_when": HAS,
                        "value": {"sum": {"rows": "children", "of": {"row": "amount"}}},
                    },
                ],
            },
            {
                "key": "school",
                "title": "学校",
                "visible_when": HAS,
                "fields": [{"key": "school_name", "type": "text", "label": "学校名", "required": True}],
            },
            {
                "key": "rest",
                "title": "そのほか",
                "fields": [
                    {"key": "wants_call", "type": "yes_no", "label": "電話を希望しますか"},
                    {
                        "key": "call_time",
                        "type": "text",
                        "label": "希望の時間帯",
                        "required_when": {"eq": [{"answer": "wants_call"}, "yes"]},
                    },
                ],
            },
        ],
    }


def _child_fields():
    return [
        {"key": "name", "type": "text", "label": "氏名", "required": True},
        {"key": "amount", "type": "number", "label": "月額", "unit": "円", "min": 0},
        {"key": "works", "type": "yes_no", "label": "働いていますか"},
        {
            "key": "employer",
            "type": "text",
            "label": "勤務先",
            "required": True,
            "visible_when": {"eq": [{"row": "works"}, "yes"]},
        },
        {"key": "photo", "type": "photo", "label": "写真", "max_files": 1},
    ]


def form(**children):
    return definition.parse(document(**children))


def start(department, resident, **children):
    return sample.start(sample.make_procedure(department=department, document=document(**children)), resident)


def row(row_id, **values):
    """What a browser sends of one open row."""
    return {f"q-children.{row_id}.{key}": value for key, value in values.items()}


def page(*rows, **more):
    """What a browser sends of the first page: (id, values) of each open row, an id alone for a closed one."""
    ids = [one if isinstance(one, str) else one[0] for one in rows]
    opened = [one for one in rows if not isinstance(one, str)]
    data = {"q-has_children": "yes", "q-children": ids, "q-children.open": [row_id for row_id, _values in opened]}
    for row_id, values in opened:
        data |= row(row_id, **values)
    return data | more
