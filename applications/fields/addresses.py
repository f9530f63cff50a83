"""Places where people live and get their post."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.definition import Field
from applications.fields.base import AnswerField, plain_text, refuse_my_number
from applications.widgets import AddressWidget
from cityhall.text import grapheme_length
from residents.addresses import normalize_postal_code

ADDRESS_PART_LENGTH = 120


class AddressAnswer(AnswerField):
    """A postal address in parts. Town, street and building may be blank: some places have none."""

    default_error_messages = {"required": gettext_lazy("住所を入力してください。")}

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=AddressWidget())

    def to_python(self, value: Any) -> dict[str, str] | None:
        parts = {part: plain_text(text) for part, text in (value or {}).items()}
        if not any(parts.values()):
            return None
        code = normalize_postal_code(parts["postal_code"])
        if code is None:
            raise ValidationError(_("郵便番号は7桁の数字で入力してください。"))
        missing = [str(AddressWidget.labels[part]) for part in ("prefecture", "city") if not parts[part]]
        if missing:
            raise ValidationError(_("%(parts)sを入力してください。") % {"parts": "・".join(missing)})
        for part, text in parts.items():
            if grapheme_length(text) > ADDRESS_PART_LENGTH:
                raise ValidationError(
                    _("%(part)sは%(most)s文字以内で入力してください。")
                    % {"part": AddressWidget.labels[part], "most": ADDRESS_PART_LENGTH}
                )
            refuse_my_number(text)
        return {**parts, "postal_code": code}
