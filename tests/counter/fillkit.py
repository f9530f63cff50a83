"""Visits in which questions are asked: forms with concepts, rows and conditions."""

import itertools

from applications.definition import fingerprint
from applications.models import FormVersion, Procedure
from counter.enums import Origin, VisitState
from counter.models import Visit
from counter.services import visits
from tests.applications import sample
from tests.counter.kit import NOW
from tests.reservations import kit

_number = itertools.count(1)
CHILD = [
    {"key": "child_name", "type": "name", "label": "お子さんの氏名", "required": True, "concept": "children[].name"},
    {
        "key": "child_birth",
        "type": "date",
        "label": "お子さんの生年月日",
        "required": True,
        "concept": "children[].birth_date",
    },
    {"key": "school", "type": "text", "label": "学校名"},
]
ALLOWANCE = [
    {"key": "name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"},
    {"key": "birth", "type": "date", "label": "生年月日", "required": True, "concept": "applicant.birth_date"},
    {"key": "phone", "type": "phone", "label": "電話番号", "concept": "applicant.phone"},
    {"key": "children", "type": "rows", "label": "お子さん", "max_rows": 5, "fields": CHILD},
    {
        "key": "kind",
        "type": "choice",
        "label": "受け取り方",
        "required": True,
        "options": [{"value": "bank", "label": "振込"}, {"value": "cash", "label": "窓口"}],
    },
    {
        "key": "bank",
        "type": "text",
        "label": "銀行名",
        "required": True,
        "visible_when": {"eq": [{"answer": "kind"}, "bank"]},
    },
    {
        "key": "passbook",
        "type": "file",
        "label": "通帳の写し",
        "required": True,
        "visible_when": {"eq": [{"answer": "kind"}, "bank"]},
    },
]
MOVING = [
    {"key": "name", "type": "name", "label": "お名前", "required": True, "concept": "applicant.name"},
    {"key": "address", "type": "address", "label": "住所", "required": True, "concept": "applicant.address"},
    {"key": "reason", "type": "text", "label": "引っ越しの理由", "required": True},
]
KIND, BANK, REASON = "p1_kind", "p1_bank", "p2_reason"
"""Keys of the combined form of both."""


def _asks(key, kind, concept="", **more):
    return {"key": key, "type": kind, "label": key, "concept": concept, **more}


_PERSON = [_asks("name", "name", "household[].name"), _asks("birth", "date", "household[].birth_date")]
_OWN_CHILD = [
    _asks("name", "name", "children[].name", required=True),
    _asks("birth", "date", "children[].birth_date", required=True),
    _asks(
        "living",
        "choice",
        "children[].living",
        required=True,
        options=[{"value": "together", "label": "同居"}, {"value": "apart", "label": "別居"}],
    ),
    _asks("school", "text"),
]
FAMILY = [
    _asks("people", "rows", fields=[*_PERSON, _asks("relation", "text", "household[].relationship")], max_rows=5),
    _asks("married", "yes_no", "spouse.exists", required=True),
    _asks("job", "text", "spouse.occupation"),
    _asks("children", "rows", fields=_OWN_CHILD, min_rows=1, max_rows=5),
]
"""A form that asks for the spouse and the children of a household; its only procedure is p1."""


def document(fields):
    return {"schema": 1, "pages": [{"key": "one", "title": "申請者", "fields": fields}]}


def make_procedure(department, fields=ALLOWANCE, **columns):
    return sample.make_procedure(department=department, document=document(fields), standard_days=10, **columns)


def publish(procedure, fields):
    """One more version of a form."""
    values = {"procedure": procedure, "number": 2, "definition": document(fields)}
    version = FormVersion.objects.create(**values, sha256=fingerprint(values["definition"]))
    Procedure.objects.filter(pk=procedure.pk).update(current_version=version)
    return version


def make_place(department):
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return place


def make_both(department):
    """Two procedures: an allowance with children, and a move. The allowance costs 300 yen when it is paid in cash."""
    fee = {
        "key": "cash",
        "label": "窓口払い",
        "amount": {"sum": [300]},
        "when": {"eq": [{"answer": "kind"}, "cash"]},
    }
    return [
        make_procedure(department, name="児童手当", fees=[fee]),
        make_procedure(department, MOVING, name="転居届"),
    ]


def identified(place, by, procedures, *, resident=None, now=NOW, **columns):
    """A visit of somebody who is known, for these procedures."""
    visit = visits.start(place=place, by=by, request_key=f"fill {next(_number)}", now=now)
    visits.identify(visit, documents=["driving_licence"], resident=resident, by=by, now=now)
    visits.add(visit, [(one, "") for one in procedures], origin=Origin.STAFF, by=by, now=now)
    if columns:
        Visit.objects.filter(pk=visit.pk).update(**columns)
    return fresh(visit)


def filling(place, by, procedures, *, now=NOW, **columns):
    """The same, while the questions are asked."""
    visit = identified(place, by, procedures, now=now, **columns)
    visits.begin_questions(visit, by, now=now)
    assert visit.state == VisitState.FILLING
    return fresh(visit)


def name(family="高橋", given="さくら", family_kana="タカハシ", given_kana="サクラ"):
    return {"family": family, "given": given, "family_kana": family_kana, "given_kana": given_kana}


def date(year, month, day, era="western"):
    return {"era": era, "year": str(year), "month": str(month), "day": str(day)}


def person(row_id, given, year, relationship):
    """A row of the household, born on 3 August."""
    values = {"household_name": name(given=given), "household_birth_date": date(year, 8, 3)}
    return {"id": row_id, "values": values | {"household_relationship": relationship}}


ADDRESS = {
    "postal_code": "1000013",
    "prefecture": "東京都",
    "city": "緑野市",
    "town": "緑町",
    "street": "3-30-8",
    "building": "",
}


def complete():
    """Typed values that answer everything both ask for."""
    return {
        "applicant_name": name(),
        "applicant_birth_date": date(1990, 4, 12),
        "applicant_address": dict(ADDRESS),
        KIND: "bank",
        BANK: "緑銀行",
        REASON: "転勤のため",
    }


def child(row="r1", given="一葉", **values):
    found = {"children_name": name(given=given, given_kana="イチヨウ"), "children_birth_date": date(2020, 10, 1)}
    return {"id": row, "values": found | values}


def fresh(visit):
    return Visit.objects.select_related("place", "clerk", "resident", "ticket", "prefill").get(pk=visit.pk)
