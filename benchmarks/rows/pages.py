"""Procedure page and my page beside the yardstick; their query counts."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from urllib3 import PoolManager

from applications.models import Procedure
from benchmarks.measure import Load, Row, median, wrk
from benchmarks.people import cookies_of, signed_in
from cityhall.models import User

ROUNDS = 3
AIM = 0.7


def rows(origin: str) -> list[Row]:
    """Requests per second, medians of interleaved rounds, as a ratio to the yardstick."""
    procedure = (
        Procedure.objects.published().filter(key="jido-teate-nintei").first() or Procedure.objects.published()[0]
    )
    resident = User.objects.filter(resident__applications__isnull=False, is_staff=False).distinct()[0]
    client = signed_in(resident)
    cookie = cookies_of(client)
    return [
        _compare("procedure page (anonymous)", origin, f"/procedures/{procedure.key}/", ""),
        _compare("my page (signed in)", origin, "/my/", cookie),
        _queries("procedure page", Client(), f"/procedures/{procedure.key}/"),
        _queries("my page", client, "/my/"),
    ]


def _compare(name: str, origin: str, path: str, cookie: str) -> Row:
    ours: list[Load] = []
    base: list[Load] = []
    answer = PoolManager().request("GET", origin + path, headers={"Cookie": cookie}, redirect=False)
    if answer.status != 200:
        # a redirect would count as a fast page
        raise RuntimeError(f"{path}: {answer.status}")
    wrk(origin + path, cookie=cookie, seconds=1)
    for _ in range(ROUNDS):
        base.append(wrk(f"{origin}/bench/yardstick/", cookie=cookie))
        ours.append(wrk(origin + path, cookie=cookie))
    ours_rps, base_rps = median([load.rps for load in ours]), median([load.rps for load in base])
    p99 = median([load.p99_ms for load in ours])
    ratio = ours_rps / base_rps
    return Row(
        name, f"{ours_rps:.0f}/s, p99 {p99:.0f} ms", f"{base_rps:.0f}/s", f"{ratio:.2f}", f"≥ {AIM}", ratio >= AIM
    )


def _queries(name: str, client: Client, path: str) -> Row:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        status = client.get(path).status_code
    return Row(f"{name}: queries", str(len(captured)), "3", "", "constant (asserted in the tests)", status == 200)
