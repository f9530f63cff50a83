"""What `script/demo --check` runs beside itself: web server, worker and a mail server on loopback."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as mail_policy
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
# where script/setup put it, before a demo gets a VAR_DIR of its own
VENDOR = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "vendor"
# a machine with other work to do takes its time
START_SECONDS = 120


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailBox:
    """Takes every mail and leaves it in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mails: list[EmailMessage] = []
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = bytes(envelope.content or b"")
        message = BytesParser(policy=mail_policy).parsebytes(content)
        (self.folder / f"{len(self.mails) + 1:02}.eml").write_bytes(content)
        self.mails.append(message)  # type: ignore[arg-type]
        return "250 OK"

    def wait_for(self, address: str, words: str, *, after: int = 0, seconds: float = 120) -> EmailMessage:
        """The first mail to an address with the words in subject or body; TimeoutError when none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in self.mails[after:]:
                if address in str(mail["To"]) and (words in str(mail["Subject"]) or words in text_of(mail)):
                    return mail
            time.sleep(0.2)
        raise TimeoutError(f"no mail to {address} with {words!r} within {seconds:.0f} s")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(preferencelist=("plain",))
    return str(part.get_content()) if part else ""


def environment(folder: Path, port: int, smtp_port: int) -> dict[str, str]:
    """Settings of a fresh demo in a folder of its own."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.demo",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'var' / 'check.sqlite3'}",
        "SITE_URL": f"http://localhost:{port}",
        "MAIL_TRANSPORT_BACKEND": "notices.transport.SmtpBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp_port),
        "WORKERS": "2",
        "HANDOVER_DIR": str(folder / "hand-over"),
    }


@contextlib.contextmanager
def smtp(folder: Path) -> Iterator[tuple[MailBox, int]]:
    """A real SMTP server on loopback."""
    box = MailBox(folder)
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


class Product:
    """The web server and the worker as `script/demo` starts them; the web server can fall over and come back."""

    def __init__(self, env: dict[str, str], folder: Path, port: int) -> None:
        self.env, self.folder, self.address = env, folder, f"http://localhost:{port}/healthz"
        self.commands = {
            "web": [
                str(BIN / "granian"), "--interface", "wsgi", "portal.wsgi:application", "--host", "127.0.0.1",
                "--port", str(port), "--workers", "2", "--blocking-threads", "8", "--no-ws",
            ],
            "worker": [sys.executable, "manage.py", "worker"],
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start one of the two; its words go to the end of its log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.commands[name], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name: str) -> None:
        """Ask one to end, and see that nothing of it is left."""
        process = self.processes.pop(name)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        # children of a worker that did not stop in time
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def kill(self, name: str) -> None:
        """End one with all its children by kill -9, as a machine that loses its power."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def wait_until_up(self) -> None:
        """TimeoutError when a part stopped or the web server does not answer."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if any(process.poll() is not None for process in self.processes.values()):
                raise TimeoutError("a part of the product stopped; see its log")
            with contextlib.suppress(OSError), urllib.request.urlopen(self.address, timeout=2):
                return
            time.sleep(0.2)
        raise TimeoutError(f"{self.address} did not answer")


@contextlib.contextmanager
def product(env: dict[str, str], folder: Path, port: int) -> Iterator[Product]:
    """A fresh demo that runs until the end of the block."""
    shutil.copytree(VENDOR, Path(env["VAR_DIR"]) / "vendor", dirs_exist_ok=True)
    Path(env["HANDOVER_DIR"]).mkdir(exist_ok=True)
    subprocess.run([sys.executable, "manage.py", "prepare_demo", "--residents", "60"], cwd=ROOT, env=env, check=True)
    running = Product(env, folder, port)
    try:
        for name in running.commands:
            running.start(name)
        running.wait_until_up()
        yield running
    finally:
        for name in list(running.processes):
            running.stop(name)
