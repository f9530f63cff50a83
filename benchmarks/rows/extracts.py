"""Extracts of a hundred thousand cases: rows a second, and what they need of memory beside ten thousand."""

import hashlib
import json
import re
import time
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.enums import ApplicationState, ExtractFormat, ExtractScope, ProcedureState, TextEncoding
from applications.extracts.writing import Writing
from applications.models import Application, ApplicationRevision, Extract, ExtractProfile, FormVersion, Procedure
from applications.queries.extracts import Limits
from applications.services import extracts
from applications.tasks import make_extracts
from benchmarks.measure import Row
from cityhall.models import User
from cityhall.references import new_number

SMALL, LARGE = 10_000, 100_000
QUESTIONS = 26
MOST_GROWTH_MB = 50
_BATCH = 5000


def rows() -> list[Row]:
    """CSV in both encodings and XLSX: 30 columns a case, with its marks, from the order to the file."""
    handler = User.objects.get(email="handler@city.example.jp")
    procedure = _procedure(handler)
    found = []
    _fill(procedure, SMALL)
    small = {name: _run(procedure, handler, *kind) for name, kind in _KINDS.items()}
    _fill(procedure, LARGE)
    for name, kind in _KINDS.items():
        rate, memory = _run(procedure, handler, *kind)
        small_rate, small_memory = small[name]
        found.append(
            Row(
                f"extract of {LARGE:,} cases, 30 columns: {name}",
                f"{rate:,.0f} rows/s, {memory:.0f} MB more at the peak",
                f"{small_rate:,.0f} rows/s, {small_memory:.0f} MB at {SMALL:,}",
                f"{rate / small_rate:.2f}",
                f"≤ {MOST_GROWTH_MB} MB",
                memory <= MOST_GROWTH_MB,
            )
        )
    return found


_KINDS = {
    "CSV (UTF-8)": (ExtractFormat.CSV, TextEncoding.UTF_8),
    "CSV (CP932)": (ExtractFormat.CSV, TextEncoding.CP932),
    "XLSX": (ExtractFormat.XLSX, TextEncoding.UTF_8),
}


def _procedure(handler: User) -> Procedure:
    role = handler.roles.select_related("department").first()
    if role is None or role.department is None:
        raise RuntimeError("the handler of the demo has no department")
    fields = [{"key": f"q{number}", "type": "text", "label": f"質問{number}"} for number in range(QUESTIONS)]
    document = {"schema": 1, "pages": [{"key": "page", "title": "質問", "fields": fields}]}
    procedure = Procedure.objects.create(key="bench-extract", name="書き出し", summary="", department=role.department)
    digest = hashlib.sha256(json.dumps(document).encode()).hexdigest()
    version = FormVersion.objects.create(procedure=procedure, number=1, definition=document, sha256=digest)
    procedure.current_version, procedure.state = version, ProcedureState.PUBLISHED
    procedure.save(update_fields=["current_version", "state"])
    return procedure


def _fill(procedure: Procedure, count: int) -> None:
    answers = {f"q{number}": f"髙橋さくら 回答 {number}" for number in range(QUESTIONS)}
    start = Application.objects.filter(procedure=procedure).count()
    for first in range(start, count, _BATCH):
        cases = _cases(procedure, range(first, min(first + _BATCH, count)))
        ApplicationRevision.objects.bulk_create(
            ApplicationRevision(application=case, number=1, answers=answers) for case in cases
        )


def _cases(procedure: Procedure, numbers: range) -> list[Application]:
    """One batch; beside a million others a random number is taken now and then, and the batch is drawn again."""
    try:
        with transaction.atomic():
            return Application.objects.bulk_create(
                Application(
                    procedure=procedure,
                    form_version=procedure.current_version,
                    department=procedure.department,
                    state=ApplicationState.SUBMITTED,
                    number=new_number(),
                    submitted_at=timezone.now(),
                    request_key=f"bench-extract-{number}",
                    applicant_name="高橋 さくら",
                    guest_email="guest@example.jp",
                )
                for number in numbers
            )
    except IntegrityError:
        return _cases(procedure, numbers)


def _run(procedure: Procedure, by: User, kind: str, encoding: str) -> tuple[float, float]:
    """Rows a second and megabytes at the peak above those before."""
    total = Application.objects.filter(procedure=procedure).count()
    profile = ExtractProfile.objects.create(
        procedure=procedure,
        department=procedure.department,
        name=f"{kind} {encoding} {total}",
        format=kind,
        encoding=encoding,
        columns=["number", "submitted_at", "state", "applicant_name", *(f"answer:q{n}" for n in range(QUESTIONS))],
        writing=Writing().stored(),
        created_by=by,
    )
    extract = extracts.order(
        profile=profile, limits=Limits(), scope=ExtractScope.ALL, request_key=profile.public_id, by=by
    )
    before = _forget_peak()
    started = time.perf_counter()
    make_extracts()
    spent = time.perf_counter() - started
    extract = Extract.objects.get(pk=extract.pk)
    if extract.rows_done != total or extract.file is None:
        raise RuntimeError(f"{extract.rows_done} of {total}: {extract.state} {extract.last_error}")
    return total / spent, _memory("VmHWM") - before


def _forget_peak() -> float:
    """Let the kernel count the peak anew (Linux); the megabytes held now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> float:
    match = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if match is None:
        raise RuntimeError(f"the kernel tells no {name}")
    return int(match[1]) / 1024
