"""The resident signs what was read: once for everything, on the tablet or on paper."""

import datetime as dt
import io
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.enums import FileKind
from cityhall.errors import DomainError, StaleState
from cityhall.models import StoredFile, User
from cityhall.services.files import accept_upload, read_bytes
from counter.enums import VisitEventKind, VisitState
from counter.models import Visit, VisitSignature
from counter.queries.signatures import signature_in_force
from counter.services.visits.leading import record
from counter.services.visits.states import move

LEAST_INK: Final = 60
"""Dark pixels of the shortest signature; a finger that rests on the glass leaves fewer."""
TABLET: Final = "tablet"
PAPER: Final = "paper"
_DARK: Final = 128
_SIGNED: Final = frozenset({VisitState.SIGNED, VisitState.RECEIVED})


class EmptySignature(DomainError):
    """Nothing, or a dot, was drawn."""

    code = "empty_signature"
    message = _("署名がありません。枠の中に署名してください。画面に書けないときは「紙に署名する」を選んでください。")


class StillWrong(DomainError):
    """The resident said of an answer that it is wrong."""

    code = "still_wrong"
    message = _("「ちがいます」の印が付いた内容があります。質問に戻って直してから、署名してください。")


def sign(
    visit: Visit, *, image: "UploadedFile[Any] | None", by: User, now: dt.datetime | None = None
) -> VisitSignature:
    """REVIEWING → SIGNED with a drawing, or, without one, because staff say that the paper was signed.

    The signature is for the entries as they are (`values_revision`). Signed twice is signed once: one row is in
    force. Stores the drawing first, then the row. Raises StillWrong, EmptySignature, UploadRefused, StaleState.
    Audited.
    """
    moment = now or timezone.now()
    if visit.state in _SIGNED and (known := signature_in_force(visit)):
        return known
    if visit.state != VisitState.REVIEWING:
        raise StaleState
    if visit.marks:
        raise StillWrong
    stored = _stored(image, by, moment) if image is not None else None
    detail = TABLET if stored else PAPER
    try:
        with transaction.atomic():
            move(visit, to=VisitState.SIGNED, event=VisitEventKind.SIGNED, by=by, now=moment, detail=detail)
            record(visit, by, f"signed on {detail}")
            return VisitSignature.objects.create(
                visit=visit,
                file=stored,
                sha256=stored.sha256 if stored else "",
                values_revision=visit.values_revision,
                at=moment,
                by=by,
            )
    except StaleState:
        if stored:
            _discard(stored, moment)
        raise


def _stored(image: "UploadedFile[Any]", by: User, now: dt.datetime) -> StoredFile:
    """Raises EmptySignature, UploadRefused."""
    if not image.size:
        raise EmptySignature
    stored = accept_upload(upload=image, kind=FileKind.ATTACHMENT, by=by, allowed=("image",))
    if not has_ink(read_bytes(stored)):
        _discard(stored, now)
        raise EmptySignature
    return stored


def _discard(stored: StoredFile, now: dt.datetime) -> None:
    StoredFile.objects.filter(pk=stored.pk).update(delete_after=now)


def has_ink(picture: bytes) -> bool:
    """Whether a picture that was made anew (`accept_upload`) shows more than an empty sheet, or a dot."""
    # imported here: most processes look at no picture
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        drawn = image.convert("RGBA")
    # what is transparent is paper
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    return sum(paper.convert("L").histogram()[:_DARK]) >= LEAST_INK
