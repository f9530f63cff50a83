"""Values that are shown and not asked."""

from typing import Any

from django import forms


class GivenWidget(forms.Widget):
    """The value in words, in a dashed box. What a page sends under its name is not looked at."""

    template_name = "applications/widgets/given.html"

    def __init__(self, *, text: str) -> None:
        super().__init__()
        self.text = text

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["text"] = self.text
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None


class NoWidget(forms.HiddenInput):
    """Nothing at all in the page."""

    template_name = "applications/widgets/nothing.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None
