import pytest


@pytest.fixture
def own_folder(settings, tmp_path):
    """A folder for the files of one test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }
