"""The designer: a form of 100 fields saved, beside the same save of a form of three."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from applications.enums import ProcedureState
from applications.models import FormDesign, Procedure
from benchmarks.measure import Row, percentile
from benchmarks.people import signed_in
from cityhall.models import Department, User

SMALL, LARGE = 3, 100
SAVES = 40
AIM_SECONDS = 1.0
Act = Callable[[Client, Procedure, int], int]
"""One save from this revision; the status of the answer."""


def rows() -> list[Row]:
    """95th percentile of a field's settings saved, and of a field moved, in this process."""
    user = User.objects.get(email="admin@city.example.jp")
    client = signed_in(user)
    found = []
    for name, act in (("save a field", _save), ("move a field", _move)):
        small, large = (_p95(client, _procedure(user, count), act) for count in (SMALL, LARGE))
        found.append(
            Row(
                f"designer: {name} of a form of {LARGE} fields",
                f"p95 {large * 1000:.0f} ms",
                f"p95 {small * 1000:.0f} ms at {SMALL} fields",
                f"{large / small:.2f}",
                f"< {AIM_SECONDS:.0f} s",
                large < AIM_SECONDS,
            )
        )
    return found


def _procedure(user: User, count: int) -> Procedure:
    """A procedure in preparation whose form has so many fields, a fifth of them with a condition."""
    fields: list[dict[str, Any]] = [
        {"key": f"q{number}", "type": "text", "label": f"質問{number}", "help": "補足の説明です。" * 5}
        for number in range(1, count + 1)
    ]
    for one in fields[4::5]:
        one["visible_when"] = {"filled": {"answer": "q1"}}
    document = {"schema": 1, "pages": [{"key": "page_1", "title": "質問", "fields": fields}]}
    procedure, _made = Procedure.objects.get_or_create(
        key=f"bench-{count}",
        defaults={
            "name": f"{count}項目の手続",
            "summary": "計測用",
            "department": Department.objects.order_by("pk")[0],
            "state": ProcedureState.DRAFT,
        },
    )
    FormDesign.objects.update_or_create(
        procedure=procedure,
        defaults={"document": json.loads(json.dumps(document)), "revision": 1, "changed_by": user},
    )
    return procedure


def _save(client: Client, procedure: Procedure, revision: int) -> int:
    path = reverse("applications:design_field", args=[procedure.key, "q2"])
    return client.post(path, {"revision": revision, "label": f"質問文の{revision}回目の変更"}).status_code


def _move(client: Client, procedure: Procedure, revision: int) -> int:
    path = reverse("applications:design_act", args=[procedure.key])
    action = "down:q1" if revision % 2 else "up:q1"
    return client.post(path, {"revision": revision, "action": action}).status_code


def _p95(client: Client, procedure: Procedure, act: Act) -> float:
    spent = []
    for revision in range(1, SAVES + 1):
        started = time.perf_counter()
        status = act(client, procedure, revision)
        spent.append(time.perf_counter() - started)
        if status != 302:
            raise RuntimeError(f"{procedure.key}: {status}")
    last = FormDesign.objects.get(procedure=procedure).revision
    if last != SAVES + 1:
        # a save that was refused looks fast
        raise RuntimeError(f"{procedure.key}: revision {last}")
    return percentile(spent, 0.95)
