"""Makers of procedures and cases for the tests of the staff side."""

import datetime as dt
import hashlib
import itertools
import json

from django.utils import timezone

from applications.enums import ApplicationState, DecisionKind, ProcedureState
from applications.models import Application, ApplicationRevision, FormVersion, Procedure
from cityhall.references import new_number
from notices.enums import NoticeCategory
from notices.models import NoticeType, NoticeTypeVersion
from residents.names import fold_kana, fold_name
from tests import factories
from tests.applications.filing import url

_number = itertools.count(1)
S = ApplicationState
NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)

DEFINITION = {
    "schema": 1,
    "pages": [
        {
            "key": "child",
            "title": "お子さん",
            "intro": "",
            "fields": [
                {"key": "child_name", "type": "text", "label": "お子さんの氏名", "required": True},
                {"key": "birth_date", "type": "date", "label": "生年月日", "required": True},
            ],
        },
        {
            "key": "account",
            "title": "振込先",
            "intro": "",
            "fields": [
                {"key": "bank", "type": "text", "label": "銀行名", "required": False},
                {"key": "paper", "type": "file", "label": "通帳の写し", "required": False},
            ],
        },
    ],
}
ANSWERS = {"child_name": "高橋 一葉", "birth_date": "2026-10-01", "bank": "緑銀行"}


def make_notice_type(**fields):
    number = next(_number)
    notice_type = NoticeType.objects.create(
        **{"key": f"kind-{number}", "name": "結果のお知らせ", "category": NoticeCategory.ANSWERS}
        | {"consent_required": False}
        | fields
    )
    NoticeTypeVersion.objects.create(
        notice_type=notice_type,
        number=1,
        title="((procedure_name))について",
        body="((applicant_name))様\n\n((application_date))の申請（受付番号 ((application_number))）について、"
        "((decision_date))に次のとおり決定しました。\n\n決定：((decision))\n\n理由：((reason))",
    )
    return notice_type


def make_procedure(department, *, key=None, needs_approval=False, notices=True, **fields):
    """A published procedure with a form of two pages, and kinds of notices for its decisions."""
    procedure = Procedure.objects.create(
        key=key or f"procedure-{next(_number)}",
        department=department,
        needs_approval=needs_approval,
        approval_notice_type=make_notice_type() if notices else None,
        refusal_notice_type=make_notice_type() if notices else None,
        **{"name": "児童手当 認定請求", "summary": "児童手当を受けるための申請です。", "standard_days": 30} | fields,
    )
    version = FormVersion.objects.create(
        procedure=procedure,
        number=1,
        definition=DEFINITION,
        sha256=hashlib.sha256(json.dumps(DEFINITION).encode()).hexdigest(),
    )
    procedure.current_version = version
    procedure.state = ProcedureState.PUBLISHED
    procedure.save(update_fields=["current_version", "state"])
    return procedure


def make_case(procedure, resident=None, *, state=S.SUBMITTED, answers=None, **fields):
    """A case as it would stand in a state, with its first revision (a draft has none)."""
    resident = resident or factories.make_resident_user()
    values = {
        "procedure": procedure,
        "form_version": procedure.current_version,
        "department": procedure.department,
        "resident": resident,
        "filed_by": resident.user,
        "state": state,
        "request_key": f"test-{next(_number)}",
        "applicant_name": resident.full_name,
        "applicant_kana": resident.full_kana,
        "applicant_search": fold_name(resident.full_name),
        "applicant_search_kana": fold_kana(resident.full_kana),
    }
    if state != S.DRAFT:
        values |= {"number": new_number(), "submitted_at": NOW, "due_on": dt.date(2026, 12, 25), "revision": 1}
    if state in (S.APPROVED, S.REFUSED, S.COMPLETED):
        decision = DecisionKind.REFUSE if state == S.REFUSED else DecisionKind.APPROVE
        values |= {"decision": decision, "decided_at": timezone.now()}
    case = Application.objects.create(**values | fields)
    if state != S.DRAFT:
        ApplicationRevision.objects.create(
            application=case, number=1, answers=ANSWERS if answers is None else answers, submitted_by=case.filed_by
        )
    return case


def fresh(case):
    return Application.objects.get(pk=case.pk)


def text_of(response):
    return response.content.decode()


def step(client, name, case, **data):
    """Take a step as the page shown for `case` would."""
    return client.post(url(name, case), {"revision": case.revision} | data, follow=True)
