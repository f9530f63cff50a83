"""A small guide that a test may bend, and the city around it."""

import copy

import yaml

from applications.enums import ProcedureMode, ProcedureState
from applications.models import GuideVersion, LifeEvent, Procedure
from applications.services.guides import add_version, publish_version
from tests import factories

DOCUMENT = {
    "schema": 1,
    "title": "引っ越しのガイド",
    "intro": "引っ越す方へ。",
    "event": {"question": "moved_on", "future_days": 180, "long_ago_years": 3},
    "pages": [
        {
            "key": "move",
            "title": "引っ越しについて",
            "fields": [
                {"key": "moved_on", "type": "date", "label": "引っ越した日", "required": True},
                {"key": "child", "type": "yes_no", "label": "子どもがいますか", "required": True},
                {
                    "key": "school",
                    "type": "yes_no",
                    "label": "小学生ですか",
                    "required": True,
                    "visible_when": {"eq": [{"answer": "child"}, "yes"]},
                },
            ],
        },
        {
            "key": "things",
            "title": "持ち物",
            "fields": [
                {
                    "key": "owned",
                    "type": "checkboxes",
                    "label": "持っているもの",
                    "options": [{"value": "car", "label": "車"}, {"value": "dog", "label": "犬"}],
                }
            ],
        },
    ],
    "results": [
        {
            "key": "notice",
            "title": "転入届",
            "text": "窓口で届け出ます。",
            "reason": "住所が変わるためです。",
            "due": {
                "text": "14日以内",
                "from": {"answer": "moved_on"},
                "days": 14,
                "moves": True,
                "opens": {"answer": "moved_on"},
            },
            "office": {"department": "shimin"},
            "papers": ["本人確認書類", "転出証明書"],
            "elsewhere": [{"name": "マイナポータル", "url": "https://myna.go.jp/", "fee": "無料"}],
        },
        {
            "key": "allowance",
            "title": "児童手当",
            "text": "請求してください。",
            "procedure": "allowance",
            "when": {"eq": [{"answer": "child"}, "yes"]},
            "reason": [
                {"text": "子どもがいるためです。"},
                {"text": "小学生のためです。", "when": {"eq": [{"answer": "school"}, "yes"]}},
            ],
            "due": {"text": "15日以内", "from": {"answer": "moved_on"}, "days": 15, "moves": True, "late": "すぐに。"},
            "office": {"department": "kosodate"},
            "papers": ["本人確認書類", "口座が分かるもの"],
        },
        {
            "key": "dog",
            "title": "犬の登録",
            "text": "届け出ます。",
            "when": {"contains": [{"answer": "owned"}, "dog"]},
            "reason": "犬がいるためです。",
            "due": {"text": "すみやかに", "soon": True},
            "office": {"name": "保健所", "place": "駅前", "phone": "0120-000-000"},
        },
        {
            "key": "licence",
            "title": "運転免許証",
            "text": "警察署で変えます。",
            "when": {"contains": [{"answer": "owned"}, "car"]},
            "reason": "車があるためです。",
            "due": {"text": "期限はありません"},
            "office": {"name": "警察署", "place": "駅の東"},
        },
    ],
}


def document(**changes):
    """The guide with other values at its top."""
    return copy.deepcopy(DOCUMENT) | changes


def with_result(number, **changes):
    """The guide with one result changed; None takes a setting away."""
    made = copy.deepcopy(DOCUMENT)
    made["results"][number].update(changes)
    made["results"][number] = {name: value for name, value in made["results"][number].items() if value is not None}
    return made


def as_yaml(made):
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False)


def make_procedure(key="allowance", *, state=ProcedureState.PUBLISHED, **fields):
    """A procedure for the guide to point at; without a form, so done at the desk."""
    department = fields.pop("department", None) or factories.Department.objects.get(code="kosodate")
    values = {"name": "児童手当の請求", "summary": "請求", "mode": ProcedureMode.GUIDE_ONLY, "department": department}
    return Procedure.objects.create(key=key, state=state, **values | fields)


def make_event(key="move", **fields):
    return LifeEvent.objects.create(key=key, name="転入", summary="引っ越してきたとき", **fields)


def make_guide(made=None, *, event=None, by=None):
    """A public guide; the procedure it names exists."""
    if not Procedure.objects.filter(key="allowance").exists():
        make_procedure()
    event = event or make_event()
    version, _is_new = add_version(life_event=event, document=made or document(), change_note="初版", by=by)
    publish_version(version=version, expected=event.current_guide_id, by=by, accepts_hidden=True)
    event.refresh_from_db()
    return GuideVersion.objects.select_related("life_event").get(pk=version.pk)


def date_of(key, day):
    """A date as a page sends it."""
    return {
        f"q-{key}.era": "western",
        f"q-{key}.year": day.year,
        f"q-{key}.month": day.month,
        f"q-{key}.day": day.day,
    }
