"""Values that are shown and not asked."""

from typing import Any

from django import forms

from applications.definition import Field
from applications.enums import FieldType


class GivenWidget(forms.Widget):
    """The value in words, in a dashed box. What a page sends under its name is not looked at.

    `data-calculated` is where a script writes a value that follows from the answers above.
    """

    template_name = "applications/widgets/given.html"

    def __init__(self, *, text: str, field: Field) -> None:
        super().__init__()
        self.text = text
        self.field = field

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "text": self.text,
            "unit": self.field.unit,
            "key": self.field.key,
            "is_calculated": self.field.type == FieldType.CALCULATED,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None


class NoWidget(forms.HiddenInput):
    """Nothing at all in the page."""

    template_name = "applications/widgets/nothing.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None
