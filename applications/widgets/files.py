"""Lists of files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from applications.definition import Field
from applications.enums import FieldType
from applications.models import Attachment
from applications.widgets.base import number_first_id

_TYPES = {"image": "image/*", "pdf": "application/pdf"}


class FilesWidget(forms.FileInput):
    """Chooses files, and lists those the city has already received, each with a button that takes it out.

    static/js/upload.js sends each file as soon as it is chosen. A photo has a second control that opens the
    camera of a phone.
    """

    template_name = "applications/widgets/files.html"
    allow_multiple_selected = True
    use_fieldset = True

    def __init__(self, field: Field, attached: Sequence[Attachment]) -> None:
        attrs = {
            "accept": ",".join(_TYPES[name] for name in ("image", "pdf") if name in field.accept),
            "data-max-bytes": str(settings.UPLOAD_MAX_BYTES),
            "data-max-files": str(field.max_files),
        }
        if field.max_files > 1:
            attrs["multiple"] = "multiple"
        super().__init__(attrs=attrs)
        self.field = field
        self.attached = attached

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        number_first_id(context)
        context["widget"] |= {
            "attached": self.attached,
            "has_room": len(self.attached) < self.field.max_files,
            "max_files": self.field.max_files,
            "max_megabytes": settings.UPLOAD_MAX_BYTES // 1024**2,
            "path": self.field.key,
            "is_photo": self.field.type == FieldType.PHOTO,
        }
        return context
