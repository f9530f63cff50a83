"""The pages of others while four slow phones upload."""

import socket
import threading
import time

from urllib3 import PoolManager

from benchmarks.measure import Row, median, percentile

SLOW = 4
SECONDS = 6.0
AIM = 1.5


def rows(origin: str, port: int) -> list[Row]:
    """95th percentile of the list of procedures with and without four uploads of 3 MB that drip in for six seconds."""
    quiet, busy = [], []
    _pages(origin, 1.0)
    for _ in range(3):
        quiet.append(percentile(_pages(origin, SECONDS / 2), 0.95))
        threads = [threading.Thread(target=_drip, args=(port,)) for _ in range(SLOW)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        busy.append(percentile(_pages(origin, SECONDS / 2), 0.95))
        for thread in threads:
            thread.join()
    ratio = median(busy) / median(quiet)
    return [
        Row(
            f"list of procedures while {SLOW} slow uploads run",
            f"p95 {median(busy) * 1000:.1f} ms",
            f"p95 {median(quiet) * 1000:.1f} ms",
            f"{ratio:.2f}",
            f"≤ {AIM}",
            ratio <= AIM,
        )
    ]


def _pages(origin: str, seconds: float) -> list[float]:
    pool = PoolManager(retries=False)
    spent = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        if pool.request("GET", f"{origin}/procedures/").status != 200:
            raise RuntimeError("the page failed")
        spent.append(time.perf_counter() - started)
        time.sleep(0.02)
    return spent


def _drip(port: int) -> None:
    """A phone on a bad line: a POST whose body trickles in."""
    body = b"x" * 3_000_000
    head = (
        f"POST /verify/ HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(head.encode())
        pieces = 60
        try:
            for number in range(pieces):
                line.sendall(body[number * len(body) // pieces : (number + 1) * len(body) // pieces])
                time.sleep(SECONDS / pieces)
            line.recv(1000)
        except OSError:
            # the server may refuse the body early
            return
