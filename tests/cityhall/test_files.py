import datetime as dt
import hashlib
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
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone
from PIL import Image

from cityhall import scanning, tasks
from cityhall.enums import FileKind, FileState
from cityhall.http import file_response
from cityhall.models import Municipality, StoredFile
from cityhall.services.files import (
    UploadRefused,
    accept_upload,
    check_pending_files,
    files_without_verdict,
    is_check_due,
    read_bytes,
    store_bytes,
    sweep_files,
)
from cityhall.uploads import sniff
from tests import factories

pytestmark = pytest.mark.django_db

EXIF_ORIENTATION, EXIF_GPS = 0x0112, 0x8825


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


def picture(file_format="JPEG", size=(40, 20), exif=None, mode="RGB", **options):
    target = io.BytesIO()
    Image.new(mode, size, 128).save(target, file_format, **options | ({"exif": exif} if exif else {}))
    return target.getvalue()


def pdf(stream=b"BT ET", extra=b"", pages=1):
    """A small PDF written by hand, so that its faults can be chosen."""
    import pikepdf

    document = pikepdf.new()
    for _number in range(pages):
        page = document.add_blank_page()
        page.Contents = pikepdf.Stream(document, stream)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue() + extra


def upload(content, name="a.pdf"):
    return SimpleUploadedFile(name, content)


def accept(content, name="a.pdf", **options):
    return accept_upload(upload=upload(content, name), kind=FileKind.ATTACHMENT, by=None, **options)


def refusal(content, name="a.pdf", **options):
    with pytest.raises(UploadRefused) as caught:
        accept(content, name, **options)
    assert not StoredFile.objects.exists()
    return caught.value.code, str(caught.value)


def test_store_bytes_writes_file_and_row():
    stored = store_bytes(content=b"abc", name="通知書.pdf", content_type="application/pdf", kind=FileKind.NOTICE)
    stored.refresh_from_db()
    assert read_bytes(stored) == b"abc"
    assert (stored.size, stored.sha256) == (3, hashlib.sha256(b"abc").hexdigest())
    assert (stored.state, stored.name) == ("clean", "通知書.pdf")
    assert stored.checked_at is not None
    top, first, second, name = stored.path.split("/")
    assert (top, name[:2], name[2:4], len(name)) == ("stored", first, second, 32)
    assert [entry.name for entry in os.scandir(os.path.dirname(default_storage.path(stored.path)))] == [name]


def test_a_file_on_disk_is_there_before_its_row(monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append((descriptor > 0, StoredFile.objects.count())))
    store_bytes(content=b"abc", name="x", content_type="text/plain", kind=FileKind.IMPORT)
    assert seen == [(True, 0), (True, 0)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\taro\\書類.pdf", "書類.pdf"),
        ('a"b\r\nX: y.pdf', "a_b__X_ y.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x\0y.pdf", "file"),
        ("\ud800.pdf", "file"),
        ("あ" * 300 + ".pdf", "あ" * 251 + ".pdf"),
    ],
)
def test_names_from_outside_become_harmless(name, kept):
    assert store_bytes(content=b"x", name=name, content_type="text/plain", kind=FileKind.IMPORT).name == kept


def test_an_upload_waits_in_quarantine():
    stored = accept(pdf(), "申請書.pdf")
    assert (stored.state, stored.content_type, stored.name, stored.checked_at) == (
        "pending",
        "application/pdf",
        "申請書.pdf",
        None,
    )
    with pytest.raises(Http404):
        file_response(stored)


def test_an_empty_file_is_refused():
    assert refusal(b"") == ("empty", "ファイルが空です。内容のあるファイルを選んでください。")


def test_a_large_file_is_refused_with_the_limit(settings):
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    code, message = refusal(b"%PDF-" + b"x" * (2 * 1024 * 1024))
    assert code == "too_large"
    assert "2MB以下" in message


def test_photos_have_a_limit_of_their_own(settings):
    settings.UPLOAD_MAX_BYTES = 1000
    settings.UPLOAD_IMAGE_MAX_BYTES = 1_000_000
    content = picture(size=(600, 600), file_format="PNG") + b"x" * 2000
    assert accept(content, "a.png").state == "pending"
    settings.UPLOAD_IMAGE_MAX_BYTES = 1000
    with pytest.raises(UploadRefused, match="大きすぎます"):
        accept(content, "a.png")


def test_a_callers_limit_comes_first():
    assert refusal(pdf(), max_bytes=10)[0] == "too_large"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + b"\0" * 100, "請求書.pdf"),
        (b"<html><script>", "a.jpg"),
        (b"PK\x03\x04" + b"\0" * 100, "a.docx"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "a.png"),
        (b"GIF89a" + b"\0" * 50, "a.gif"),
    ],
)
def test_the_content_decides_not_the_name(content, name):
    assert refusal(content, name) == (
        "wrong_type",
        "このファイルは使えません。PDF・JPEG・PNG・WebPのファイルを選んでください。",
    )


def test_only_allowed_kinds_are_taken():
    assert refusal(pdf(), allowed=["image"])[1] == (
        "このファイルは使えません。JPEG・PNG・WebPのファイルを選んでください。"
    )
    assert accept(picture(), "a.jpg", allowed=["image", "pdf"]).content_type == "image/jpeg"
    assert accept(pdf(), allowed=["application/pdf"]).content_type == "application/pdf"


def test_heic_is_refused_with_advice():
    code, message = refusal(b"\0\0\0\x18ftypheic" + b"\0" * 100, "IMG_0001.HEIC")
    assert code == "wrong_type"
    assert "互換性優先" in message


def test_a_wrong_ending_is_put_right():
    assert accept(picture("PNG"), "写真.exe").name == "写真.png"


def photo_with_location():
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = 6
    exif[0x010E] = "taro's house"
    exif.get_ifd(EXIF_GPS)[1] = "N"
    return picture(size=(40, 20), exif=exif)


def test_a_photo_is_turned_upright_and_loses_its_location():
    raw = photo_with_location()
    assert b"taro" in raw
    content = read_bytes(accept(raw, "a.jpg"))
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (20, 40)
        assert dict(image.getexif()) == {}
    assert b"taro" not in content


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_other_images_lose_their_metadata_too(file_format):
    exif = Image.Exif()
    exif[0x010E] = "taro"
    content = read_bytes(accept(picture(file_format, exif=exif), "a"))
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == file_format
        assert dict(image.getexif()) == {}
    assert b"taro" not in content


def test_data_hidden_behind_an_image_is_gone():
    content = read_bytes(accept(picture() + b"PK\x03\x04 hidden", "a.jpg"))
    assert b"hidden" not in content


def test_text_in_a_png_is_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "taro")
    assert b"taro" not in read_bytes(accept(picture("PNG", pnginfo=info), "a.png"))


def test_a_large_photo_is_scaled(settings):
    settings.IMAGE_MAX_SIDE = 100
    with Image.open(io.BytesIO(read_bytes(accept(picture(size=(400, 200)), "a.jpg")))) as image:
        assert image.size == (100, 50)


@pytest.mark.parametrize("mode", ["L", "CMYK", "1"])
def test_photos_of_other_colour_models_are_taken(mode):
    assert accept(picture(mode=mode), "a.jpg").content_type == "image/jpeg"


def test_an_image_bomb_is_refused_before_it_is_unpacked(settings):
    settings.IMAGE_MAX_PIXELS = 10_000
    code, message = refusal(picture("PNG", size=(200, 200)), "a.png")
    assert code == "too_many_pixels"
    assert "1万画素" in message


def test_an_enormous_image_is_refused():
    header = b"IHDR" + struct.pack("!IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [header, b"IDAT" + zlib.compress(b"\0" * 100), b"IEND"]
    packed = [struct.pack("!I", len(part) - 4) + part + struct.pack("!I", zlib.crc32(part)) for part in chunks]
    assert refusal(b"\x89PNG\r\n\x1a\n" + b"".join(packed), "a.png")[0] == "too_many_pixels"


def test_a_broken_image_is_refused():
    assert refusal(picture()[:200], "a.jpg")[0] == "unreadable"
    assert refusal(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.png")[0] == "unreadable"


def test_sniff_knows_our_types():
    assert [sniff(picture(name)) for name in ("JPEG", "PNG", "WEBP")] == ["image/jpeg", "image/png", "image/webp"]
    assert sniff(b"%PDF-1.7") == "application/pdf"
    assert sniff(b"") == ""


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
        self.thread.join(timeout=10)
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
        thread.join(timeout=10)
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


def store(name="a.pdf", content_type="application/pdf", **fields):
    return store_bytes(content=b"abc", name=name, content_type=content_type, kind=FileKind.NOTICE, **fields)


def test_sweep_deletes_rows_past_their_time_with_their_files():
    now = timezone.now()
    old = store(delete_after=now - dt.timedelta(seconds=1))
    kept = [store(delete_after=now + dt.timedelta(days=1)), store()]
    assert sweep_files(now) == (1, 0)
    assert not default_storage.exists(old.path)
    assert sorted(StoredFile.objects.values_list("pk", flat=True)) == [row.pk for row in kept]
    assert all(read_bytes(row) == b"abc" for row in kept)


def test_sweep_keeps_what_something_still_needs():
    now = timezone.now()
    seal = store(delete_after=now - dt.timedelta(days=1))
    factories.make_municipality(seal_image=seal)
    assert sweep_files(now) == (0, 0)
    assert read_bytes(Municipality.objects.get().seal_image) == b"abc"


def orphan():
    """A file in storage whose row is gone, and the hour in which its folder is looked at."""
    stored = store()
    StoredFile.objects.filter(pk=stored.pk).delete()
    return stored.path, int(stored.path.split("/")[1], 16) % 24


def test_sweep_deletes_files_without_a_row_after_a_day():
    stored = store()
    path, hour = orphan()
    now = timezone.now().replace(hour=hour)
    assert sweep_files(min(now, timezone.now())) == (0, 0)
    assert default_storage.exists(path)
    assert sweep_files(now + dt.timedelta(days=2)) == (0, 1)
    assert not default_storage.exists(path)
    assert read_bytes(stored) == b"abc"


def test_sweep_walks_all_folders_once_a_day():
    paths = [orphan()[0] for _number in range(50)]
    start = timezone.now() + dt.timedelta(days=2)
    found = [sweep_files(start + dt.timedelta(hours=hour))[1] for hour in range(24)]
    assert sum(found) == 50
    assert max(found) < 25, "a slice of the folders an hour"
    assert not any(default_storage.exists(path) for path in paths)


def test_sweep_stops_when_its_time_is_used():
    now = timezone.now() + dt.timedelta(days=2)
    path, hour = orphan()
    store(delete_after=now - dt.timedelta(days=1))
    assert sweep_files(now.replace(hour=hour), budget_seconds=0) == (0, 0)
    assert default_storage.exists(path)


def test_a_file_renamed_while_the_sweep_looks_is_left_alone(monkeypatch):
    path, hour = orphan()

    def gone(_storage, _path):
        raise FileNotFoundError

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage.get_modified_time", gone)
    assert sweep_files((timezone.now() + dt.timedelta(days=2)).replace(hour=hour)) == (0, 0)
    assert default_storage.exists(path)


def test_file_response_of_a_clean_file():
    response = file_response(store(name='通知 "書".pdf'))
    with closing(response):
        assert b"".join(response.streaming_content) == b"abc"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == "3"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("application/pdf", "inline"),
        ("image/png", "inline"),
        ("text/html", "attachment"),
        ("image/svg+xml", "attachment"),
    ],
)
def test_only_harmless_types_are_shown_in_the_browser(content_type, shown):
    response = file_response(store(content_type=content_type), inline=True)
    response.close()
    assert response["Content-Disposition"].split(";")[0] == shown
    assert ("sandbox" in response.get("Content-Security-Policy", "")) == (content_type != "application/pdf")


def test_the_proxy_hands_out_files_when_told(settings):
    settings.X_ACCEL_PREFIX = "/protected/"
    stored = store()
    response = file_response(stored)
    assert response["X-Accel-Redirect"] == f"/protected/{stored.path}"
    assert response.content == b""


@pytest.mark.parametrize("state", ["pending", "infected", "rejected"])
def test_file_response_hands_out_nothing_else(state):
    with pytest.raises(Http404):
        file_response(store(state=FileState(state)))


def test_file_response_of_a_lost_file():
    stored = store()
    default_storage.delete(stored.path)
    with pytest.raises(Http404):
        file_response(stored)
