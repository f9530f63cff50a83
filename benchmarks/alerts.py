"""How long a single notice waits for its mail while the workers are busy with a campaign."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mail_servers import Arrivals, listening
from benchmarks.measure import ROOT, median, percentile
from cityhall.models import User
from notices.models import NoticeType
from notices.services import issue
from notices.services.issuing import newest_version

TIMES = int(os.environ.get("BENCH_ALERTS", "30"))
PATIENCE = 120.0
KIND = "kosodate-center"
ADDRESS = "resident01@example.jp"


@dataclass(frozen=True)
class Waits:
    """Seconds from the commit to the mail server."""

    p95: float
    median: float
    worst: float
    count: int
    seconds: float


def first_alert(var: Path) -> Waits:
    """Issue single notices one after the other under real workers. RuntimeError when a mail does not come."""
    waits: list[float] = []
    with listening() as (arrivals, port):
        worker = _worker(var, port)
        try:
            _wait(arrivals, number=0)
            started = time.monotonic()
            for number in range(1, TIMES + 1):
                waits.append(_wait(arrivals, number=number))
                time.sleep(1)
            seconds = time.monotonic() - started
        finally:
            worker.terminate()
            try:
                worker.wait(60)
            except subprocess.TimeoutExpired:
                worker.kill()
    return Waits(percentile(waits, 0.95), median(waits), max(waits), len(waits), seconds)


def _worker(var: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {
        "BENCH_MAIL_TRANSPORT": "notices.transport.SmtpBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(port),
        "WORKERS": "2",
    }
    with (var / "bench-worker.log").open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, **environment},
            start_new_session=True,
        )


def _wait(arrivals: Arrivals, *, number: int) -> float:
    """Seconds until the mail of a new notice came; the first one also waits for the workers to start."""
    recipient = User.objects.get(email=ADDRESS).resident
    kind = NoticeType.objects.select_related("department").get(key=KIND)
    if kind.department is None:
        raise RuntimeError(f"{KIND} belongs to no department")
    arrivals.at.pop(ADDRESS, None)
    issue(
        notice_type=kind,
        recipient=recipient,
        subject=recipient,
        department=kind.department,
        values=newest_version(kind).sample,
        source_type="",
        source_id="",
        source_label="",
        request_key=f"bench-alert-{time.time_ns()}-{number}",
        by=None,
    )
    committed = time.monotonic()
    while ADDRESS not in arrivals.at:
        if time.monotonic() - committed > PATIENCE:
            raise RuntimeError(f"no mail within {PATIENCE:.0f} s")
        time.sleep(0.01)
    return arrivals.at[ADDRESS] - committed
