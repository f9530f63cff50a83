"""Finding among 1,200 procedures: the share of everyday queries answered by the first three, and how soon."""

import time
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.test import Client

from applications.enums import ProcedureMode, ProcedureState
from applications.models import Procedure
from applications.queries import finding
from applications.queries.procedures import in_order
from benchmarks.measure import Row, percentile
from cityhall.models import Department
from portal.demo_city.procedure_names import other_procedures

ALL = 1200
AIM_SHARE, AIM_MS = 95, 50
ROUNDS = 5
QUERIES = Path(settings.BASE_DIR) / "tests" / "applications" / "everyday_queries.yaml"


def rows() -> list[Row]:
    """Share and time of the search itself, and the time of its page beside the page of the list without words."""
    queries: list[dict[str, Any]] = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    few = _p95(queries)
    made = _add_procedures()
    try:
        finding.forget_index()
        found = sum(bool(_first_three(one["query"]) & set(one["right"])) for one in queries)
        many = _p95(queries)
        page, plain = (_page_p95(texts) for texts in ([one["query"] for one in queries], [""] * len(queries)))
    finally:
        Procedure.objects.filter(pk__in=made).delete()
        finding.forget_index()
    share = 100 * found / len(queries)
    return [
        Row(
            f"search: right one in the first three, {ALL} procedures",
            f"{found} of {len(queries)} everyday queries",
            "-",
            "-",
            f">= {AIM_SHARE}",
            share >= AIM_SHARE,
        ),
        Row(
            f"search: {ALL} procedures, in memory",
            f"p95 {many:.1f} ms",
            f"p95 {few:.1f} ms at the catalogue's",
            f"{many / few:.2f}",
            f"< {AIM_MS} ms",
            many < AIM_MS,
        ),
        Row(
            f"search: the page, {ALL} procedures",
            f"p95 {page:.0f} ms",
            f"p95 {plain:.0f} ms without words",
            f"{page / plain:.2f}",
            "≤ 2",
            page <= 2 * plain,
        ),
    ]


def _add_procedures() -> list[int]:
    departments = {row.code: row for row in Department.objects.all()}
    names = other_procedures(ALL - len(finding.look_up(finding.Filters()).pks))
    made = Procedure.objects.bulk_create(
        Procedure(
            key=f"bench-search-{number}",
            name=name,
            summary=f"{name}の手続です。",
            department=departments[code],
            mode=ProcedureMode.GUIDE_ONLY,
            state=ProcedureState.PUBLISHED,
            applicant_kinds=["person"],
        )
        for number, (name, code) in enumerate(names)
    )
    return [row.pk for row in made]


def _first_three(text: str) -> set[str]:
    return {row.key for row in in_order(finding.matching(text)[:3])}


def _p95(queries: list[dict[str, Any]]) -> float:
    finding.matching("住民票")
    spent = []
    for _round in range(ROUNDS):
        for one in queries:
            started = time.perf_counter()
            finding.matching(one["query"])
            spent.append(time.perf_counter() - started)
    return 1000 * percentile(spent, 0.95)


def _page_p95(texts: list[str]) -> float:
    client = Client()
    spent = []
    for text in texts:
        started = time.perf_counter()
        status = client.get("/procedures/", {"q": text}).status_code
        spent.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"/procedures/: {status}")
    return 1000 * percentile(spent, 0.95)
