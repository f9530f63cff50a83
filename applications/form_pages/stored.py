"""What the database holds of a draft, in the shapes that pages take."""

from collections.abc import Mapping, Sequence

from applications import definition, typed
from applications.models import Application, Attachment

Attached = Mapping[str, Sequence[Attachment]]
"""Path of a question → files received for it."""


def draft_values(application: Application, form: definition.Form) -> typed.Typed:
    """What the person has typed; for a case that staff typed in, what its last revision says."""
    if application.draft_answers or not application.number:
        return dict(application.draft_answers)
    last = application.revisions.order_by("-number").first()
    return typed.from_answers(form.fields, last.answers) if last else {}


def attached_files(application: Application) -> dict[str, list[Attachment]]:
    """The files of a draft by question, oldest first, without those taken out. One query."""
    files: dict[str, list[Attachment]] = {}
    for attachment in application.attachments.filter(removed_at=None).select_related("file").order_by("id"):
        files.setdefault(attachment.field_key, []).append(attachment)
    return files


def file_names(files: Attached) -> dict[str, str]:
    """Attachment public id → name of the file."""
    return {attachment.public_id: attachment.file.name for found in files.values() for attachment in found}
