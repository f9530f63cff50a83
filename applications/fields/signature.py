"""Signatures: drawn on the screen and received as a picture, or the name typed instead."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field
from applications.fields.base import AnswerField, plain_text
from applications.fields.files import refuse_unsafe
from applications.models import Attachment
from applications.widgets import SignatureWidget
from cityhall.my_numbers import refuse_my_number
from cityhall.text import grapheme_length

TYPED_LENGTH = 100


class SignatureAnswer(AnswerField):
    """A drawing counts before a typed name: whoever has drawn has signed."""

    default_error_messages = {"required": gettext_lazy("署名するか、お名前を入力してください。")}

    def __init__(self, field: Field, attached: Sequence[Attachment]) -> None:
        self.attached = attached
        super().__init__(field, widget=SignatureWidget(attached=attached))

    def to_python(self, value: Any) -> dict[str, str] | None:
        refuse_unsafe(self.attached)
        if self.attached:
            return {"file": self.attached[-1].public_id}
        name = plain_text((value or {}).get("typed"))
        refuse_my_number(name)
        if grapheme_length(name) > TYPED_LENGTH:
            raise ValidationError(_("%(most)s文字以内で入力してください。") % {"most": TYPED_LENGTH})
        return {"typed": name} if name else None
