"""Small pictures: made once, kept beside their file, gone with it."""

import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from cityhall.enums import FileKind
from cityhall.models import StoredFile
from cityhall.services.files import store_bytes, sweep_files, thumbnail_of
from cityhall.uploads import UploadRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]

LATER = dt.timedelta(days=3)


def store(content):
    return store_bytes(content=content, name="写真.png", content_type="image/png", kind=FileKind.ATTACHMENT)


def picture(size=(900, 600)):
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, "PNG")
    return data.getvalue()


def at_its_hour(stored):
    """A moment days later at which the folder of the file is walked."""
    return (timezone.now() + LATER).replace(hour=int(stored.path.split("/")[1], 16) % 24)


def test_it_is_made_once_and_small(monkeypatch):
    stored = store(picture())
    small = thumbnail_of(stored)
    assert Image.open(io.BytesIO(small)).size == (320, 213)
    monkeypatch.setattr("cityhall.uploads.thumbnail", None)
    assert thumbnail_of(stored) == small


def test_the_sweep_knows_whose_it_is(monkeypatch):
    stored = store(picture())
    small = thumbnail_of(stored)
    assert sweep_files(at_its_hour(stored)) == (0, 0)
    monkeypatch.setattr("cityhall.uploads.thumbnail", None)
    assert thumbnail_of(stored) == small


def test_it_goes_with_its_file():
    stored = store(picture())
    thumbnail_of(stored)
    StoredFile.objects.update(delete_after=timezone.now())
    elsewhere = at_its_hour(stored) + dt.timedelta(hours=1)
    assert sweep_files(elsewhere) == (1, 0)
    assert not default_storage.exists(f"{stored.path}-small")


def test_without_its_file_it_is_an_orphan():
    stored = store(picture())
    thumbnail_of(stored)
    StoredFile.objects.all().delete()
    assert sweep_files(at_its_hour(stored)) == (0, 2)


def test_what_was_left_half_written_is_swept():
    stored = store(picture())
    default_storage.save(f"{stored.path}-small.1234.part", ContentFile(b"x"))
    assert sweep_files(at_its_hour(stored)) == (0, 1)


@pytest.mark.parametrize("content", [b"%PDF-1.7 no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_there_is_none_of_what_is_no_picture(content):
    with pytest.raises(UploadRefused):
        thumbnail_of(store(content))


def test_it_is_not_made_of_more_pixels_than_we_take(settings):
    settings.IMAGE_MAX_PIXELS = 1000
    with pytest.raises(UploadRefused) as caught:
        thumbnail_of(store(picture()))
    assert caught.value.code == "too_many_pixels"
