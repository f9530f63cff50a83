"""A small catalogue on disk that a test may bend."""

import copy

import yaml

from applications.models import FormVersion, LifeEvent, Procedure
from cityhall.models import AuditEvent
from notices.models import NoticeType
from portal.demo_city import city_hall
from tests import factories

LIFE_EVENTS = [
    {"key": "birth", "name": "出生・子育て", "summary": "赤ちゃんが生まれたとき", "position": 10},
    {"key": "home", "name": "住まい", "position": 20},
]
PROCEDURE = {
    "key": "dog",
    "name": "犬の登録",
    "kana": "いぬのとうろく",
    "summary": "犬を飼い始めたときの手続です。",
    "description": "登録は**生涯に1回**です。",
    "eligibility": "犬を飼っている方",
    "deadline": "飼い始めた日から30日以内",
    "keywords": ["ペット", "マイクロチップ"],
    "department": "kosodate",
    "life_events": ["home"],
    "state": "published",
    "mode": "online",
    "legal_basis": "狂犬病予防法第4条",
    "fee": "3,000円",
    "standard_days": 5,
    "required_papers": ["注射済証"],
    "applicant_kinds": ["person"],
    "approval_notice": "dog-approved",
    "refusal_notice": "dog-refused",
    "position": 30,
    "change_note": "初版",
    "pages": [
        {
            "key": "dog",
            "title": "犬",
            "fields": [
                {"key": "dog_name", "type": "text", "label": "名前", "required": True, "max_length": 30},
                {
                    "key": "sex",
                    "type": "choice",
                    "label": "性別",
                    "options": [{"value": "m", "label": "オス"}, {"value": "f", "label": "メス"}],
                },
                {"key": "age", "type": "number", "label": "年齢", "min": 0, "max": 30, "unit": "歳"},
            ],
        }
    ],
}


class CatalogueFolder:
    """Files of a catalogue; `write` changes one, `text` writes it as it is."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "procedures").mkdir(parents=True)
        self.life_events(LIFE_EVENTS)

    def life_events(self, rows):
        (self.folder / "life_events.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")

    def write(self, stem="dog", **changes):
        data = copy.deepcopy(PROCEDURE) | {"key": stem} | changes
        self.text(stem, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))

    def text(self, stem, text):
        (self.folder / "procedures" / f"{stem}.yaml").write_text(text, encoding="utf-8")


def pages(*fields, **page):
    """The pages of a form with these questions after the dog's name."""
    named = copy.deepcopy(PROCEDURE["pages"])
    named[0]["fields"] += fields
    named[0] |= page
    return named


def make_notice_type(key):
    return NoticeType.objects.create(key=key, name=f"通知 {key}", category="answers", consent_text_version="1")


def make_ground():
    """What a catalogue stands on: the department and the notice types that PROCEDURE names."""
    for key in ("dog-approved", "dog-refused"):
        make_notice_type(key)
    return factories.make_department("kosodate")


def make_city():
    """The departments of the demo city, which the real files name."""
    return [factories.make_department(code, name) for code, name, _kana, _place in city_hall.DEPARTMENTS]


def stored_rows():
    """All that a load can write, as values."""
    return [
        list(model.objects.order_by("pk").values()) for model in (LifeEvent, Procedure, FormVersion, AuditEvent)
    ] + [list(Procedure.life_events.through.objects.order_by("pk").values())]
