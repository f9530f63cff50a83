"""The form page: 100 questions, and 200 rows of a group, with conditions. Server time, bytes, queries."""

import gzip
import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.definition import fingerprint
from applications.enums import ProcedureState
from applications.models import Application, FormVersion, Procedure
from applications.services.starting import start
from benchmarks.measure import Row, median
from benchmarks.people import signed_in
from cityhall.models import User

TIMES = 15
AIM_MS = 250
MOST_KILOBYTES = 100
"""Before images, as it goes over the line: the proxy compresses."""


def rows() -> list[Row]:
    """Medians of processor time for pages asked for in this process: a busy machine does not show in it."""
    user = User.objects.filter(resident__isnull=False, is_staff=False).order_by("pk")[0]
    browser = signed_in(user)
    wide = _draft(user, "bench-wide", _wide())
    many = _draft(user, "bench-many", _many())
    answers = {"kids": [{"id": f"r{number}", "values": {"name": f"子{number}", "sum": "1"}} for number in range(200)]}
    Application.objects.filter(pk=many.pk).update(draft_answers=answers)
    return [*_measured("form page of 100 fields", browser, wide), *_measured("form page of 200 rows", browser, many)]


def _measured(name: str, browser: Client, draft: Application) -> list[Row]:
    address = f"/applications/{draft.public_id}/pages/1/"
    spent = []
    for _ in range(TIMES):
        begin = time.process_time()
        answer = browser.get(address)
        spent.append((time.process_time() - begin) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        content = browser.get(address).content
    wire = len(gzip.compress(content)) / 1000
    size = f"{len(content) / 1000:.0f} kB, {wire:.0f} kB compressed"
    ms = median(spent)
    return [
        Row(f"{name}: server", f"{ms:.0f} ms CPU", "", "", f"< {AIM_MS} ms", ms < AIM_MS),
        Row(f"{name}: bytes", size, "", "", f"< {MOST_KILOBYTES} kB compressed", wire < MOST_KILOBYTES),
        Row(f"{name}: queries", str(len(captured)), "", "", "constant (asserted in the tests)", True),
    ]


def _draft(user: User, key: str, fields: list[dict[str, Any]]) -> Application:
    document = {"schema": 1, "pages": [{"key": "page", "title": "計測", "fields": fields}]}
    like = Procedure.objects.order_by("pk")[0]
    procedure = Procedure.objects.create(key=key, name=key, department=like.department)
    procedure.current_version = FormVersion.objects.create(
        procedure=procedure, number=1, definition=document, sha256=fingerprint(document)
    )
    procedure.state = ProcedureState.PUBLISHED
    procedure.save(update_fields=["current_version", "state"])
    return start(procedure=procedure, resident=user.resident, by=user, request_key=key)


def _wide() -> list[dict[str, Any]]:
    """100 questions of ten kinds; every fifth depends on the answer before it."""
    kinds = ["text", "yes_no", "number", "date", "kana", "choice", "long_text", "phone", "name", "address"]
    fields = []
    for number in range(100):
        kind = kinds[number % len(kinds)]
        field: dict[str, Any] = {"key": f"f{number}", "type": kind, "label": f"質問{number}", "help": "説明です。"}
        if kind == "choice":
            field["options"] = [{"value": str(value), "label": f"選択肢{value}"} for value in range(4)]
        if number % 5 == 2:
            field["visible_when"] = {"filled": {"answer": f"f{number - 1}"}}
        fields.append(field)
    return fields


def _many() -> list[dict[str, Any]]:
    """A group of 200 rows with a sum over them."""
    inside = [
        {"key": "name", "type": "text", "label": "氏名", "required": True},
        {"key": "sum", "type": "number", "label": "金額"},
        {"key": "more", "type": "yes_no", "label": "ほかにありますか"},
        {"key": "what", "type": "text", "label": "内容", "visible_when": {"eq": [{"row": "more"}, "yes"]}},
    ]
    group = {"key": "kids", "type": "rows", "label": "お子さま", "max_rows": 200, "fields": inside}
    total = {"sum": {"rows": "kids", "of": {"row": "sum"}}}
    return [group, {"key": "total", "type": "calculated", "label": "合計", "value": total}]
