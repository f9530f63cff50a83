"""Files to upload, sound and otherwise."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cityhall.enums import FileKind
from cityhall.models import StoredFile
from cityhall.services.files import (
    UploadRefused,
    accept_upload,
)


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
