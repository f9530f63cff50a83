"""Lists of files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from applications.models import Attachment
from applications.widgets.base import number_first_id


class FilesWidget(forms.FileInput):
    """Chooses files, and lists those the city has already received, each with a button that takes it out."""

    template_name = "applications/widgets/files.html"
    allow_multiple_selected = True
    use_fieldset = True

    def __init__(self, *, attached: Sequence[Attachment], accept: Sequence[str], max_files: int) -> None:
        types = [*(["image/*"] if "image" in accept else []), *(["application/pdf"] if "pdf" in accept else [])]
        attrs = {
            "accept": ",".join(types),
            "data-file-list": "",
            "data-max-bytes": str(settings.UPLOAD_MAX_BYTES),
            "data-max-files": str(max_files - len(attached)),
        }
        if max_files > 1:
            attrs["multiple"] = "multiple"
        super().__init__(attrs=attrs)
        self.attached = attached
        self.max_files = max_files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        number_first_id(context)
        context["widget"]["attached"] = self.attached
        context["widget"]["has_room"] = len(self.attached) < self.max_files
        context["widget"]["max_files"] = self.max_files
        return context
