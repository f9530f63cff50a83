"""Mail and file services that are gone: nobody listens where they should be, and the stored files are not there."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db.models import QuerySet

from benchmarks.measure import ROOT
from cityhall.enums import FileState, WorkState
from cityhall.models import StoredFile
from notices.models import OutgoingMail

_PATIENCE = 60.0
"""Seconds until the worker must have tried to send at least one mail."""


@contextmanager
def services_down(var: Path) -> Iterator[Mapping[str, str]]:
    """No mail server, no virus scanner, no stored files; gives the environment in which the product knows no better.

    A worker runs meanwhile and goes on trying, as it would in an outage.
    """
    environment = {
        "BENCH_MAIL_TRANSPORT": "notices.transport.SmtpBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(_closed_port()),
        "CLAMAV_SOCKET": str(var / "no-scanner.sock"),
    }
    files, away = var / "files", var / "files-away"
    files.rename(away)
    # a file instead of the folder: nothing can be read from it and nothing written to it, by root either
    files.touch()
    with (var / "bench-worker.log").open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        yield environment
    finally:
        worker.terminate()
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
        files.unlink()
        away.rename(files)


def check_nothing_went_out(mails: QuerySet[OutgoingMail], files: list[int]) -> str:
    """That the services were really down: mails wait, the worker tried in vain, files have no verdict. RuntimeError."""
    end = time.monotonic() + _PATIENCE
    while not (tried := mails.filter(attempts__gt=0).exclude(last_error="").count()):
        if time.monotonic() > end:
            raise RuntimeError("no mail was tried: the worker did not run")
        time.sleep(0.5)
    sent = mails.filter(state=WorkState.DONE).count()
    pending = StoredFile.objects.filter(pk__in=files, state=FileState.PENDING).count()
    if sent or pending != len(files):
        raise RuntimeError(f"the services were not down: {sent} mails sent, {len(files) - pending} files checked")
    return f"{mails.count()} mails wait, {tried} were tried in vain, {pending} files have no verdict"


def _closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
