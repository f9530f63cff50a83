"""What widgets of several controls share."""

from collections.abc import Mapping
from typing import Any

from django import forms

from applications.typed import part_name


class PartsWidget(forms.MultiWidget):
    """Several labelled controls in one group; its value maps the name of each part to what was typed."""

    use_fieldset = True
    labels: Mapping[str, Any] = {}

    def __init__(self, widgets: Mapping[str, forms.Widget]) -> None:
        super().__init__({**widgets})
        self.parts = tuple(widgets)
        for part, widget in widgets.items():
            if self.labels[part]:
                # the group's template writes it beside the control
                widget.attrs["data-label"] = str(self.labels[part])
        # a dot: no question's key can hold one, so no other control can have the same name
        self.widgets_names = [part_name("", part) for part in widgets]

    def decompress(self, value: Any) -> list[Any]:
        return [(value or {}).get(part, "") for part in self.parts]

    def value_from_datadict(  # type: ignore[override]  # the field takes the parts by name
        self, data: Any, files: Any, name: str
    ) -> dict[str, Any]:
        values = super().value_from_datadict(data, files, name)
        return {part: value or "" for part, value in zip(self.parts, values, strict=True)}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # a bound form gives back the mapping that value_from_datadict made
        return super().get_context(name, value if isinstance(value, list) else self.decompress(value), attrs)


def number_first_id(context: dict[str, Any]) -> None:
    """The id of the first control of a group ends in _0, where links of the error summary point."""
    attrs = context["widget"]["attrs"]
    if attrs.get("id"):
        attrs["id"] = f"{attrs['id']}_0"


def text_box(**attrs: str) -> forms.TextInput:
    """A line of text with these attributes."""
    return forms.TextInput(attrs=attrs)
