"""What is taken as an upload, and what of it is kept."""

import hashlib
import io
import os
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from PIL import Image

from cityhall.enums import FileKind
from cityhall.http import file_response
from cityhall.models import StoredFile
from cityhall.services.files import (
    UploadRefused,
    read_bytes,
    store_bytes,
)
from cityhall.uploads import sniff
from tests.cityhall.filekit import accept, pdf, picture, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]

EXIF_ORIENTATION, EXIF_GPS = 0x0112, 0x8825


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
