"""The files of an answer that is taken up again."""

import hashlib

from applications.models import Application, Attachment
from cityhall.enums import FileKind, FileState
from cityhall.models import User
from cityhall.services.files import read_bytes, store_bytes


def copy_files(*, source: Application, target: Application, by: User) -> int:
    """Give a new draft copies of the files that were sent; how many. Those still in quarantine or refused stay behind.

    Copies, because a file belongs to one application: a draft that is deleted takes its files with it.
    """
    kept = Attachment.objects.filter(application=source, removed_at=None, file__state=FileState.CLEAN)
    count = 0
    for one in kept.select_related("file").order_by("id"):
        stored = store_bytes(
            content=read_bytes(one.file),
            name=one.file.name,
            content_type=one.file.content_type,
            kind=FileKind.ATTACHMENT,
            by=by,
        )
        key = hashlib.sha256(f"{target.public_id} {one.public_id}".encode()).hexdigest()
        Attachment.objects.create(application=target, field_key=one.field_key, file=stored, request_key=key)
        count += 1
    return count
