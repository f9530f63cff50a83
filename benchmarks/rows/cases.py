"""The staff's screens with a million applications beside ten thousand."""

import time
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.queries.scope import visible_cases
from benchmarks.measure import Row, percentile
from benchmarks.people import signed_in
from cityhall.models import User

SMALL, LARGE = 10_000, 1_000_000
REQUESTS = 60
CASES = 20
AIM = 1.3


@dataclass(frozen=True)
class Seen:
    """95th percentile of a screen's answer in this process, and the queries of one."""

    seconds: float
    queries: int


def rows() -> list[Row]:
    """Work list (first page and a filter) and case screen."""
    handler = User.objects.get(email="handler@city.example.jp")
    client = signed_in(handler)
    _fill(SMALL)
    small = _screens(client, handler)
    _fill(LARGE)
    large = _screens(client, handler)
    count = Application.objects.count()
    return [_row(name, small[name], large[name], count) for name in small]


def _screens(client: Client, handler: User) -> dict[str, Seen]:
    list_url = reverse("applications:case_list")
    shown = visible_cases(handler).filter(is_open=True).values_list("public_id", flat=True)[:CASES]
    cases = [reverse("applications:case_detail", args=[public_id]) for public_id in shown]
    return {
        "work list": _measure(client, [list_url, f"{list_url}?state=in_review"]),
        "case screen": _measure(client, cases),
    }


def _row(name: str, small: Seen, large: Seen, count: int) -> Row:
    ratio = large.seconds / small.seconds
    return Row(
        f"{name}, {count:,} applications",
        f"p95 {large.seconds * 1000:.1f} ms, {large.queries} queries",
        f"p95 {small.seconds * 1000:.1f} ms, {small.queries} queries at {SMALL:,}",
        f"{ratio:.2f}",
        f"≤ {AIM}",
        ratio <= AIM and large.queries <= small.queries,
    )


def _fill(count: int) -> None:
    started = time.perf_counter()
    call_command("load_demo", applications=count, verbosity=0)
    with connection.cursor() as cursor:
        # what autovacuum does within a minute
        cursor.execute("ANALYZE")
    print(f"  {count:,} applications after {time.perf_counter() - started:.0f} s", flush=True)


def _measure(client: Client, paths: list[str]) -> Seen:
    spent = []
    for number in range(REQUESTS + 5):
        path = paths[number % len(paths)]
        started = time.perf_counter()
        status = client.get(path).status_code
        if number >= 5:
            spent.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    with CaptureQueriesContext(connection) as queries:
        client.get(paths[0])
    return Seen(percentile(spent, 0.95), len(queries))
