"""What an uploaded file really is, whatever its name says; images are made anew without their metadata."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError

if TYPE_CHECKING:
    from PIL.Image import Image

PDF = "application/pdf"
JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
IMAGES = frozenset({JPEG, PNG, WEBP})
GROUPS = {"image": IMAGES, "pdf": frozenset({PDF})}
"""What form definitions call the kinds of files."""
SUFFIXES = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", WEBP: ".webp"}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_QUALITY = 88
THUMBNAIL_SIDE = 320
"""Pixels: sharp at half the width on the screen of a phone."""
# a 50-megapixel image takes 200 MB while it is decoded: two at a time in a process
_decoding = threading.BoundedSemaphore(2)


class UploadRefused(DomainError):
    """A file that is not taken, with the reason in a sentence."""

    code = "upload_refused"

    def __init__(self, code: str, message: object) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Content:
    """Bytes and what they are."""

    data: bytes
    content_type: str


def sniff(head: bytes) -> str:
    """The type by the first bytes, or "" for anything we do not take."""
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    return ""


def rebuild_image(data: bytes) -> Content:
    """The picture alone: turned upright, at most IMAGE_MAX_SIDE pixels long, without EXIF and location.

    Raises UploadRefused (unreadable, too_many_pixels). At most two decodes run in a process; others wait.
    """
    # imported here: processes that take no uploads never need it
    from PIL import Image

    with _decoding, _refusing(), Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        _check_pixels(image)
        return _encode(_upright(image), str(image.format))


def thumbnail(data: bytes, side: int) -> bytes:
    """A small JPEG of a picture we have made anew before, at most `side` pixels long. About 20 ms for a large photo.

    Raises UploadRefused for one with more pixels than we take, and for what is no picture.
    """
    # imported here: processes that show no pictures never need it
    from PIL import Image

    with _decoding, _refusing(), Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        _check_pixels(image)
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        small = image.convert("RGBA")
        # what is transparent is paper
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        target = io.BytesIO()
        paper.save(target, "JPEG", quality=75)
        return target.getvalue()


@contextmanager
def _refusing() -> Iterator[None]:
    """What the decoder says of a file, in a sentence."""
    from PIL import Image, UnidentifiedImageError

    try:
        yield
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise UploadRefused(
            "unreadable", _("画像を読み取れません。ファイルが壊れていないか確認し、もう一度お試しください。")
        ) from None


def _check_pixels(image: "Image") -> None:
    if image.width * image.height > settings.IMAGE_MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> UploadRefused:
    return UploadRefused(
        "too_many_pixels",
        _("画像の画素数が多すぎます（上限 %(limit)s万画素）。小さくしてからもう一度お試しください。")
        % {"limit": settings.IMAGE_MAX_PIXELS // 10_000},
    )


def _upright(image: "Image") -> "Image":
    from PIL import ImageOps

    side = settings.IMAGE_MAX_SIDE
    # JPEG decodes straight to a half or a quarter: less memory for large photos
    image.draft("RGB", (side, side))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((side, side))
    return upright


def _encode(image: "Image", file_format: str) -> Content:
    if file_format == "JPEG" and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    target = io.BytesIO()
    # the colour profile stays (phones use Display P3); it says nothing of the person
    extra = {"icc_profile": image.info["icc_profile"]} if image.info.get("icc_profile") else {}
    image.info.clear()
    if file_format == "PNG":
        image.save(target, "PNG", **extra)
    else:
        image.save(target, file_format, quality=_QUALITY, **extra)
    return Content(target.getvalue(), f"image/{file_format.lower()}")
