"""A text that is agreed to."""

from typing import Any

from django import forms

from applications.typed import GIVEN
from applications.widgets.base import number_first_id


class ConsentWidget(forms.CheckboxInput):
    """A checkbox with the text that is agreed to above it."""

    template_name = "applications/widgets/consent.html"
    use_fieldset = True

    def __init__(self, *, text: str) -> None:
        super().__init__()
        self.text = text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["consent_text"] = self.text
        context["widget"]["value"] = GIVEN
        number_first_id(context)
        return context
