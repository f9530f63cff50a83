"""Certificates at a desk: two kinds with fees, and visits on their way from the first word to the hand."""

import itertools

from applications.enums import FeeDue, ProcedureMode, ResultKind
from counter.enums import Relation
from counter.models import Visit
from counter.services import certificates, visits
from counter.services.certificates import Paid, Requester
from tests.applications import sample
from tests.counter.kit import NOW
from tests.reservations import kit

_number = itertools.count(1)
NAME = {"key": "applicant_name", "type": "name", "label": "氏名", "required": True, "concept": "applicant.name"}
PHONE = {"key": "applicant_phone", "type": "phone", "label": "電話番号", "concept": "applicant.phone"}
COPIES = {"key": "copies", "type": "number", "label": "通数", "required": True, "min": "1", "max": "20", "unit": "通"}
PICKUP = {
    "key": "pickup_place",
    "type": "choice",
    "label": "受け取る場所",
    "required": True,
    "options": [{"value": "now", "label": "その場で"}, {"value": "main", "label": "市民課"}],
}
SCOPE = {
    "key": "scope",
    "type": "choice",
    "label": "必要な人の範囲",
    "required": True,
    "options": [{"value": "self", "label": "本人だけ"}, {"value": "all", "label": "世帯全員"}],
}
FAMILY_REGISTER = (
    {"key": "domicile", "type": "text", "label": "本籍"},
    {"key": "head", "type": "text", "label": "筆頭者の氏名"},
    {
        "key": "certificates",
        "type": "rows",
        "label": "必要な証明書",
        "min_rows": 1,
        "fields": [{"key": "certificate_person", "type": "text", "label": "必要な人の氏名"}],
    },
    COPIES,
)
USE = {"key": "purpose", "type": "text", "label": "使いみち", "required": True}
FEES = [{"key": "issue", "label": "交付手数料", "amount": {"times": [{"answer": "copies"}, 300]}}]


def make_certificate(department, *, fields=(SCOPE, COPIES), name="住民票の写し", **columns):
    pages = [{"key": "one", "title": "証明", "fields": [NAME, PHONE, *fields, PICKUP]}]
    settings = {
        "document": {"schema": 1, "pages": pages},
        "name": name,
        "fees": FEES,
        "fee_due": FeeDue.BEFORE_ISSUE,
        "result_kind": ResultKind.CERTIFICATE,
        "mode": ProcedureMode.SENT_AHEAD,
        "issued_at_once": True,
    }
    return sample.make_procedure(department=department, **settings | columns)


def make_both(department):
    """A resident record, and a certificate of a seal."""
    return [
        make_certificate(department, position=1),
        make_certificate(department, fields=(USE, COPIES), name="印鑑登録証明書", position=2),
    ]


def make_place(department):
    place = kit.make_place()
    kit.make_service(kit.make_group(department), place)
    return place


def begun(place, by, *, resident=None, now=NOW):
    """A visit for certificates, not identified yet."""
    visit = visits.start(place=place, by=by, request_key=f"cert {next(_number)}", resident=resident, now=now)
    certificates.begin(visit)
    return fresh(visit)


def identified(place, by, *, resident=None, now=NOW, documents=("driving_licence",), **fields):
    visit = begun(place, by, resident=resident, now=now)
    visits.identify(visit, documents=documents, resident=resident, by=by, now=now, **fields)
    return fresh(visit)


def asking(place, by, procedures, *, resident=None, values=None, now=NOW, **fields):
    """Everything is answered: all that is missing is the signature."""
    visit = identified(place, by, resident=resident, now=now, **fields)
    for procedure in procedures:
        certificates.choose(visit, procedure, by=by, now=now)
    answers = {"p1_scope": "all"} | ({"p2_purpose": "登記"} if len(procedures) > 1 else {}) | (values or {})
    Visit.objects.filter(pk=visit.pk).update(values=visit.values | answers)
    return fresh(visit)


def signed(place, by, procedures, *, now=NOW, requester=None, **fields):
    visit = asking(place, by, procedures, now=now, **fields)
    certificates.to_signature(visit, requester or Requester(Relation.SELF), by=by, now=now)
    visits.sign(visit, image=None, by=by, now=now)
    return fresh(visit)


def received(place, by, procedures, *, paid=None, total=0, now=NOW, **fields):
    visit = signed(place, by, procedures, now=now, **fields)
    return certificates.receive(visit, by=by, request_key="pay", seen_total=total, paid=paid, now=now)


def paid(place, by, procedures, **fields):
    """Received and paid to the yen, 300 yen a certificate."""
    total = 300 * len(procedures)
    return received(place, by, procedures, paid=Paid("cash"), total=total, **fields)


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)
