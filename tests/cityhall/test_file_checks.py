"""Files in quarantine: the check, the virus scanner, and what has no verdict."""

import datetime as dt
import io
import os
import socket
import struct
import subprocess
import sys
import threading
import zlib
from contextlib import closing

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.utils import timezone

from cityhall import scanning, tasks
from cityhall.enums import FileKind, FileState
from cityhall.models import StoredFile
from cityhall.services.files import (
    check_pending_files,
    files_without_verdict,
    is_check_due,
    read_bytes,
    store_bytes,
)
from tests.cityhall.filekit import accept, pdf, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


def verdict_on(content):
    stored = accept(content)
    assert check_pending_files() == 1
    stored.refresh_from_db()
    assert stored.checked_at is not None
    return stored.state


def test_a_sound_pdf_and_a_picture_pass_the_check():
    assert verdict_on(pdf()) == "clean"
    assert verdict_on(picture()) == "clean"
    assert check_pending_files() == 0


def encrypted_pdf():
    import pikepdf

    document = pikepdf.new()
    document.add_blank_page()
    target = io.BytesIO()
    document.save(target, encryption=pikepdf.Encryption(owner="o", user="u"))
    return target.getvalue()


def bomb_pdf(layers=1):
    """A page whose content unpacks to 600 MB."""
    import pikepdf

    packer = zlib.compressobj(1)
    million = b"\0" * 1_000_000
    packed = b"".join(packer.compress(million) for _number in range(600)) + packer.flush()
    for _layer in range(layers - 1):
        packed = zlib.compress(packed, 9)
    document = pikepdf.new()
    page = document.add_blank_page()
    stream = pikepdf.Stream(document, b"")
    filters = pikepdf.Array([pikepdf.Name.FlateDecode] * layers)
    stream.write(packed, filter=filters)
    page.Contents = stream
    target = io.BytesIO()
    document.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return target.getvalue()


@pytest.mark.parametrize("layers", [1, 2])
def test_a_pdf_bomb_is_refused_and_the_worker_lives(layers):
    bomb = bomb_pdf(layers)
    assert len(bomb) < 3_000_000
    assert scanning.pdf_problem(bomb) == "too_big_inside"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n" + b"rubbish " * 50, "unreadable"),
        (b"%PDF-1.7\n%%EOF", "unreadable"),
    ],
)
def test_a_broken_pdf_is_refused(content, reason):
    assert scanning.pdf_problem(content) == reason
    assert verdict_on(content) == "rejected"


def test_an_encrypted_pdf_is_refused():
    assert scanning.pdf_problem(encrypted_pdf()) == "encrypted"


def test_the_check_of_pdfs_runs_without_django():
    code = "import sys; import cityhall.pdf_check; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=django_settings.BASE_DIR, check=False).returncode == 0


def test_a_file_that_is_gone_is_refused():
    stored = accept(picture(), "a.jpg")
    default_storage.delete(stored.path)
    check_pending_files()
    stored.refresh_from_db()
    assert stored.state == "rejected"


def test_one_file_decided_meanwhile_is_left_alone(monkeypatch):
    stored = accept(picture(), "a.jpg")

    def another_worker(_content, _type):
        StoredFile.objects.filter(pk=stored.pk).update(state=FileState.INFECTED)
        return scanning.Verdict(FileState.CLEAN)

    monkeypatch.setattr("cityhall.services.files.scan", another_worker)
    assert check_pending_files() == 0
    stored.refresh_from_db()
    assert stored.state == "infected"


class Scanner:
    """The other end of clamd's protocol: reads INSTREAM for real and answers as told."""

    def __init__(self, path, answer):
        self.answer, self.received = answer, b""
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.server.bind(str(path))
        self.server.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        peer, _address = self.server.accept()
        with peer, peer.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!I", stream.read(4))[0]:
                self.received += stream.read(size)
            peer.sendall(self.answer)

    def close(self):
        self.thread.join(timeout=60)
        self.server.close()


@pytest.fixture
def scanner(settings, tmp_path_factory):
    started = []

    def start(answer):
        path = tmp_path_factory.mktemp("clamd") / "socket"
        settings.CLAMAV_SOCKET = str(path)
        started.append(Scanner(path, answer))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_the_virus_scanner_sees_the_whole_file(scanner):
    stored = accept(pdf(os.urandom(200_000)))
    peer = scanner(b"stream: OK\0")
    assert check_pending_files() == 1
    stored.refresh_from_db()
    assert stored.state == "clean"
    assert peer.received == read_bytes(stored)


def test_a_virus_is_found(scanner):
    stored = accept(pdf())
    scanner(b"stream: Eicar-Signature FOUND\0")
    check_pending_files()
    stored.refresh_from_db()
    assert stored.state == "infected"


def test_a_file_too_long_for_the_scanner_is_refused(scanner):
    stored = accept(pdf())
    scanner(b"INSTREAM size limit exceeded. ERROR\0")
    assert check_pending_files() == 1
    stored.refresh_from_db()
    assert stored.state == "rejected"


def test_a_scanner_that_hangs_up_in_the_middle_is_heard(settings, tmp_path_factory):
    """As clamd does at its StreamMaxLength: it answers and closes while the file is still being sent."""
    path = tmp_path_factory.mktemp("clamd") / "socket"
    settings.CLAMAV_SOCKET = str(path)
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as server:
        server.bind(str(path))
        server.listen()

        def serve():
            peer, _address = server.accept()
            with peer:
                peer.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                peer.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        verdict = scanning.scan(b"x" * 5_000_000, "image/jpeg")
        thread.join(timeout=60)
    assert verdict == scanning.Verdict(FileState.REJECTED, "too_large_to_scan")


def test_without_a_verdict_the_file_stays_in_quarantine(scanner):
    stored = accept(pdf())
    scanner(b"")
    now = timezone.now()
    assert check_pending_files(now=now) == 0
    stored.refresh_from_db()
    assert (stored.state, stored.check_attempts) == ("pending", 1)
    assert stored.check_due_at == now + dt.timedelta(minutes=2)


def test_without_the_scanner_the_round_ends_and_nothing_is_counted(settings, tmp_path):
    first, second = accept(pdf()), accept(pdf())
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody-listens")
    assert check_pending_files() == 0
    for stored in (first, second):
        stored.refresh_from_db()
        assert (stored.state, stored.check_attempts) == ("pending", 0)
    settings.CLAMAV_SOCKET = ""
    assert check_pending_files() == 2


@pytest.fixture
def scanned(monkeypatch):
    """The contents scanned, in order; one that begins with "?" gets no verdict."""
    seen = []

    def scan(content, _type):
        seen.append(content)
        if content.startswith(b"?"):
            raise scanning.ScannerUnavailable("no verdict")
        return scanning.Verdict(FileState.CLEAN)

    monkeypatch.setattr("cityhall.services.files.scan", scan)
    return seen


def wait_for_check(content, kind=FileKind.ATTACHMENT):
    return store_bytes(
        content=content, name="a.pdf", content_type="application/pdf", kind=kind, state=FileState.PENDING
    )


def test_files_without_a_verdict_do_not_stand_before_the_others(scanned):
    for number in range(20):
        wait_for_check(b"?%d" % number)
    sound = wait_for_check(b"sound")
    assert check_pending_files(limit=20) == 0
    assert check_pending_files(limit=20) == 1
    sound.refresh_from_db()
    assert sound.state == "clean"
    assert len(scanned) == 21


def test_a_file_that_kills_the_worker_is_counted_and_put_off(monkeypatch):
    stored = wait_for_check(b"deadly")

    def killed(_content, _type):
        raise KeyboardInterrupt

    monkeypatch.setattr("cityhall.services.files.scan", killed)
    with pytest.raises(KeyboardInterrupt):
        check_pending_files()
    stored.refresh_from_db()
    assert (stored.state, stored.check_attempts, is_check_due()) == ("pending", 1, False)


def test_a_file_never_checked_through_is_tried_hourly_and_told_to_staff(scanned):
    stored = wait_for_check(b"?")
    now = timezone.now()
    for attempt in range(1, 9):
        assert files_without_verdict() == (1 if attempt > 5 else 0)
        check_pending_files(now=now)
        stored.refresh_from_db()
        assert stored.check_attempts == attempt
        now = stored.check_due_at
    assert now - timezone.now() > dt.timedelta(hours=2)
    assert check_pending_files(now=now - dt.timedelta(minutes=59)) == 0
    assert len(scanned) == 8


def test_attachments_are_checked_first_and_strangers_files_never(scanned):
    wait_for_check(b"stranger", FileKind.CHECK)
    wait_for_check(b"import", FileKind.IMPORT)
    wait_for_check(b"attachment")
    assert check_pending_files() == 2
    assert scanned == [b"attachment", b"import"]
    assert not is_check_due()


def test_checks_stop_when_their_time_is_used(scanned):
    wait_for_check(b"one")
    assert check_pending_files(budget_seconds=0) == 0
    assert scanned == []
    assert is_check_due()


def test_the_task_goes_on_while_files_wait(scanned, monkeypatch):
    woken = []
    monkeypatch.setattr("cityhall.queue._push", lambda path, _ids: woken.append(path))
    monkeypatch.setattr("cityhall.queue.transaction.on_commit", lambda run: run())
    for number in range(21):
        wait_for_check(b"%d" % number)
    tasks.check_files()
    assert woken == ["cityhall.tasks.check_files"]
    tasks.check_files()
    assert len(woken) == 1
    assert len(scanned) == 21
