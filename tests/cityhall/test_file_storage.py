"""Stored files: what the sweep deletes, and how they are handed out."""

import datetime as dt
from contextlib import closing

import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import timezone

from cityhall.enums import FileKind, FileState
from cityhall.http import file_response
from cityhall.models import Municipality, StoredFile
from cityhall.services.files import (
    read_bytes,
    store_bytes,
    sweep_files,
)
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


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
