"""Files and photos."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field
from applications.fields.base import AnswerField
from applications.models import Attachment
from applications.widgets import FilesWidget
from cityhall.enums import FileState

_REFUSED = frozenset({FileState.INFECTED, FileState.REJECTED})


class FilesAnswer(AnswerField):
    """The files received for this question. They are stored before the page is checked and never lost by it."""

    default_error_messages = {"required": gettext_lazy("ファイルを添付してください。")}

    def __init__(self, field: Field, attached: Sequence[Attachment]) -> None:
        super().__init__(field, widget=FilesWidget(field, attached))
        self.attached = attached
        # the legend names the group, not the control in it
        self.widget.attrs["aria-label"] = field.label

    def to_python(self, value: Any) -> list[str] | None:
        refuse_unsafe(self.attached)
        return [attachment.public_id for attachment in self.attached] or None


def refuse_unsafe(attached: Sequence[Attachment]) -> None:
    """Raises ValidationError for files that did not pass their check."""
    refused = [attachment.file.name for attachment in attached if attachment.file.state in _REFUSED]
    if refused:
        raise ValidationError(
            _("「%(names)s」は安全を確認できませんでした。取り外して、別のファイルを添付してください。")
            % {"names": "」「".join(refused)}
        )
