"""A corner with a small guide, three departments that look things up, and a family with a booking."""

import datetime as dt

from cityhall.enums import Role
from cityhall.models import Department
from counter.models import BereavementCheck, BereavementCorner, ElsewhereItem
from counter.services import bereavements
from tests import factories
from tests.applications import casekit, guidekit
from tests.reservations import kit

DIED_ON = dt.date(2026, 11, 9)
GUIDE = {
    "schema": 1,
    "title": "おくやみの手続ガイド",
    "intro": "",
    "event": {"question": "died_on", "long_ago_years": 5},
    "pages": [
        {
            "key": "person",
            "title": "亡くなった方について",
            "fields": [
                {"key": "died_on", "type": "date", "label": "亡くなった日", "required": True},
                {
                    "key": "insurance",
                    "type": "choice",
                    "label": "健康保険",
                    "options": [{"value": "kokuho", "label": "国民健康保険"}, {"value": "other", "label": "そのほか"}],
                },
                {"key": "care", "type": "yes_no", "label": "介護保険"},
            ],
        }
    ],
    "results": [
        {
            "key": "corner",
            "title": "おくやみコーナー",
            "text": "まとめて受け付けます。",
            "reason": "ご家族が亡くなったためです。",
            "due": {"text": "お早めに", "soon": True},
            "office": {"department": "shimin"},
        },
        {
            "key": "kokuho_end",
            "title": "国民健康保険の資格喪失の届出",
            "text": "届け出ます。",
            "when": {"eq": [{"answer": "insurance"}, "kokuho"]},
            "procedure": "kokuho-soshitsu",
            "reason": "国民健康保険に入っていたためです。",
            "due": {"text": "14日以内", "from": {"answer": "died_on"}, "days": 14},
            "office": {"department": "hoken"},
        },
        {
            "key": "care_end",
            "title": "介護保険被保険者証の返却",
            "text": "返します。",
            "when": {"eq": [{"answer": "care"}, "yes"]},
            "reason": "介護保険の対象だったためです。",
            "due": {"text": "14日以内", "from": {"answer": "died_on"}, "days": 14},
            "office": {"department": "kaigo"},
        },
        {
            "key": "pension",
            "title": "年金の届出",
            "text": "届け出ます。",
            "reason": "年金を止めるためです。",
            "due": {"text": "14日以内", "from": {"answer": "died_on"}, "days": 14},
            "office": {"name": "年金事務所", "place": "駅前"},
        },
    ],
}
VALUES = {
    "deceased_name": {"family": "田中", "given": "茂", "family_kana": "タナカ", "given_kana": "シゲル"},
    "deceased_household": "couple",
    "died_on": {"era": "western", "year": "2026", "month": "11", "day": "9"},
    "insurance": "kokuho",
    "care": "yes",
    "visitor_relation": "spouse",
    "wishes": "車いすで行きます",
}
CITY = ("hoken", "kaigo", "zei")


def make_corner(department, **fields):
    """A service by reservation only, and the guide it asks with; the departments behind it."""
    for code in ("shimin", *CITY):
        Department.objects.get_or_create(code=code, defaults={"name": f"{code}課"})
    procedure = casekit.make_procedure(department, key="kokuho-soshitsu", notices=False)
    guidekit.make_procedure(department=department)
    version = guidekit.make_guide(GUIDE, event=guidekit.make_event("bereavement"))
    group = kit.make_group(department, name="おくやみコーナー")
    service = kit.make_service(group, kit.make_place(), name="おくやみコーナー", minutes=60)
    corner = BereavementCorner(service=service, life_event=version.life_event, **fields)
    bereavements.save_corner(corner)
    make_checks()
    return BereavementCorner.objects.select_related("life_event__current_guide").get(pk=corner.pk), procedure


def make_checks():
    """One for each of three departments; the last is asked whatever the family says."""
    rows = [
        ("kokuho", "hoken", "国保の資格", {"eq": [{"answer": "insurance"}, "kokuho"]}, ["insurance"], ["kokuho_end"]),
        ("care", "kaigo", "介護保険証", {"eq": [{"answer": "care"}, "yes"]}, ["care"], ["care_end"]),
        ("refund", "zei", "市税の還付金", None, [], []),
    ]
    for number, (key, code, title, when, facts, results) in enumerate(rows, start=1):
        values = {"title": title, "when": when, "facts": facts, "results": results, "position": number}
        BereavementCheck.objects.create(key=key, department=Department.objects.get(code=code), **values)


def make_item(key="renounce", **fields):
    values = {"name": "相続の放棄", "office": "家庭裁判所", "law": "民法915条", "months": 3}
    return ElsewhereItem.objects.create(key=key, **values | fields)


def book(corner, days=7, **fields):
    """A booking of the corner."""
    place = corner.service.offers.get().place
    slot = kit.make_slot(corner.service.group, place, kit.at(kit.next_week(days), 10), minutes=60)
    return kit.make_reservation(corner.service, slot, **fields)


def told(corner, reservation=None, *, by=None, **values):
    """What a family sent."""
    row = bereavements.begin(reservation or book(corner), corner, values=VALUES | values, by=by)
    return bereavements.send(row, has_agreed=True, by=by)


def prepared(corner, **fields):
    """Sent, and out at the departments."""
    row = told(corner, **fields)
    bereavements.prepare(row, by=None)
    row.refresh_from_db()
    return row


def sheet_of(row, code):
    return row.sheets.get(department__code=code)


def staff_of(code, role=Role.HANDLER):
    return factories.make_staff(role=role, department=Department.objects.get(code=code))
