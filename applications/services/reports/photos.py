"""Photos of a report that is being written: received first, so that no mistake on the page loses them."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.reports.exif import photo_position
from applications.reports.positions import Position
from cityhall.enums import FileKind
from cityhall.models import StoredFile
from cityhall.services.files import UploadRefused, accept_upload

KEPT_UNSENT = dt.timedelta(days=2)
"""How long a photo waits for its report."""


@dataclass(frozen=True)
class Kept:
    """The photos taken, a sentence for each refused, and where the first of them says it was taken."""

    files: Sequence[StoredFile]
    refusals: Sequence[str]
    position: Position | None


def keep_photos(
    *, uploads: "Sequence[UploadedFile[Any]]", held: Collection[str], room: int, now: dt.datetime | None = None
) -> Kept:
    """Receive photos: pictures only, made anew without what the camera wrote into them, in quarantine.

    `held` are the public ids this report has; the same picture again adds nothing. Beyond `room` all are refused.
    The position is read before it is taken out, and is given to the caller only: the person is asked.
    """
    moment = now or timezone.now()
    known = set(StoredFile.objects.filter(public_id__in=held).values_list("sha256", flat=True))
    files: list[StoredFile] = []
    refusals: list[str] = []
    found: Position | None = None
    for upload in uploads:
        if len(files) >= room:
            refusals.append(_no_room(upload))
            continue
        try:
            stored = accept_upload(upload=upload, kind=FileKind.REPORT, by=None, allowed=("image",))
        except UploadRefused as error:
            refusals.append(
                _("「%(name)s」を追加できませんでした。%(reason)s") % {"name": upload.name or "", "reason": error}
            )
            continue
        is_new = stored.sha256 not in known
        ends = moment + KEPT_UNSENT if is_new else moment
        StoredFile.objects.filter(pk=stored.pk).update(delete_after=ends)
        if is_new:
            known.add(stored.sha256)
            files.append(stored)
            found = found or _position_in(upload)
    return Kept(files, refusals, found)


def let_go(public_id: str, *, now: dt.datetime | None = None) -> None:
    """Give up a photo that was never sent; swept from disk later."""
    unsent = StoredFile.objects.filter(kind=FileKind.REPORT, public_id=public_id, report_photo=None)
    StoredFile.objects.filter(pk__in=list(unsent.values_list("pk", flat=True))).update(
        delete_after=now or timezone.now()
    )


def _position_in(upload: "UploadedFile[Any]") -> Position | None:
    upload.seek(0)
    return photo_position(bytes(upload.read()))


def _no_room(upload: "UploadedFile[Any]") -> str:
    return _("「%(name)s」は追加できませんでした。写真の数が上限を超えています。不要な写真を取り外してください。") % {
        "name": upload.name or ""
    }
