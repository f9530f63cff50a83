"""The staff work list with a million applications beside ten thousand."""

import time

from django.core.management import call_command
from django.db import connection
from django.test import Client

from applications.models import Application
from benchmarks.measure import Row, percentile
from benchmarks.people import signed_in
from cityhall.models import User

SMALL, LARGE = 10_000, 1_000_000
REQUESTS = 60
AIM = 1.3


def rows() -> list[Row]:
    """95th percentile of the work list's answer in this process, first page and a filter."""
    handler = User.objects.get(email="handler@city.example.jp")
    client = signed_in(handler)
    _fill(SMALL)
    small = _p95(client)
    _fill(LARGE)
    large = _p95(client)
    ratio = large / small
    return [
        Row(
            f"work list, {Application.objects.count():,} applications",
            f"p95 {large * 1000:.1f} ms",
            f"p95 {small * 1000:.1f} ms at {SMALL:,}",
            f"{ratio:.2f}",
            f"≤ {AIM}",
            ratio <= AIM,
        )
    ]


def _fill(count: int) -> None:
    started = time.perf_counter()
    call_command("load_demo", applications=count, verbosity=0)
    with connection.cursor() as cursor:
        # what autovacuum does within a minute
        cursor.execute("ANALYZE")
    print(f"  {count:,} applications after {time.perf_counter() - started:.0f} s", flush=True)


def _p95(client: Client) -> float:
    spent = []
    for number in range(REQUESTS + 5):
        path = "/staff/cases/" if number % 2 else "/staff/cases/?state=in_review"
        started = time.perf_counter()
        status = client.get(path).status_code
        if number >= 5:
            spent.append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
    return percentile(spent, 0.95)
