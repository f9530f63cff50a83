"""Load from beside the server, and what came of it."""

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    """One figure: ours, the yardstick of the same run, and what we promised."""

    name: str
    value: str
    yardstick: str
    ratio: str
    aim: str
    ok: bool


@dataclass
class Load:
    """What one spell of wrk saw."""

    rps: float
    p50_ms: float
    p99_ms: float
    errors: int


def wrk(
    url: str,
    *,
    cookie: str = "",
    seconds: int = 4,
    connections: int = 16,
    script: Path | None = None,
    takes_refusals: bool = False,
) -> Load:
    """Requests for some seconds from `connections` keep-alive connections; RuntimeError when any answer was not 2xx.

    `script` is Lua that makes the requests; refusals (4xx) are counted instead where they are to be expected.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", url]
    if cookie:
        command[1:1] = ["-H", f"Cookie: {cookie}"]
    if script:
        command[1:1] = ["-s", str(script)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    errors = (int(bad[1]) if bad else 0) + (sum(map(int, sockets.groups())) if sockets else 0)
    if errors and not (takes_refusals and sockets is None):
        # five hundreds look faster than pages
        raise RuntimeError(f"{url}: {errors} bad answers: {(bad or sockets)[0]}")  # type: ignore[index]
    return Load(
        rps=float(_found(r"Requests/sec:\s+([\d.]+)", output)),
        p50_ms=_milliseconds(_found(r"50%\s+([\d.]+\w+)", output)),
        p99_ms=_milliseconds(_found(r"99%\s+([\d.]+\w+)", output)),
        errors=errors,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk printed no {pattern}")
    return match[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Clients:
    """Python clients at once, each working through its own list of calls."""

    latencies: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def run(self, lists: list[list[Callable[[urllib3.PoolManager], int]]]) -> None:
        """Work through the lists, one thread each; a latency in seconds and a status per call."""
        barrier = threading.Barrier(len(lists))
        lock = threading.Lock()

        def work(calls: list[Callable[[urllib3.PoolManager], int]]) -> None:
            pool = urllib3.PoolManager(retries=False, maxsize=1)
            barrier.wait()
            for call in calls:
                started = time.perf_counter()
                status = call(pool)
                spent = time.perf_counter() - started
                with lock:
                    self.latencies.append(spent)
                    self.statuses.append(status)

        threads = [threading.Thread(target=work, args=(calls,)) for calls in lists]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@contextmanager
def server(port: int, log: Path, *, environment: Mapping[str, str] | None = None) -> Any:
    """The product under granian as in production: a worker process a core, eight blocking threads."""
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "portal.wsgi:application",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--blocking-threads", "8", "--no-ws",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **(environment or {})})
    try:
        pool = urllib3.PoolManager(retries=False)
        for _ in range(150):
            try:
                pool.request("GET", f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def median(values: list[float]) -> float:
    return statistics.median(values)
