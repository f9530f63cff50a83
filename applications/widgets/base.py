"""What widgets of several controls share."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from applications.typed import part_name


class PartsWidget(forms.MultiWidget):
    """Several labelled controls in one group; its value maps the name of each part to what was typed."""

    use_fieldset = True
    labels: Mapping[str, Any] = {}
    in_line: Collection[str] = frozenset()
    """Boxes so close to each other that there is no room for a message under one of them."""

    def __init__(self, widgets: Mapping[str, forms.Widget]) -> None:
        super().__init__({**widgets})
        self.parts = tuple(widgets)
        for part, widget in widgets.items():
            if self.labels[part]:
                # the group's template writes it beside the control
                widget.attrs["data-label"] = str(self.labels[part])
        self.wrong: Mapping[str, Sequence[str]] | None = None
        """What is wrong with each part, once the page is checked; None: nothing, or with the answer as a whole."""
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
        values = value if isinstance(value, list) else self.decompress(value)
        if self.wrong is None:
            return super().get_context(name, values, attrs)
        attrs = {key: text for key, text in (attrs or {}).items() if key != "aria-invalid"}
        context = super().get_context(name, values, attrs)
        for part, shown in zip(self.parts, context["widget"]["subwidgets"], strict=True):
            if part in self.wrong:
                self._mark(shown, part, f"{attrs['id']}_error")
        return context

    def _mark(self, shown: dict[str, Any], part: str, group_error: str) -> None:
        """Just the wrong box is marked. What is wrong stands under it, or under the whole line of boxes."""
        is_below = part in self.in_line
        own_error = f"{shown['attrs']['id']}_error"
        shown["attrs"] |= {"aria-invalid": "true", "aria-describedby": group_error if is_below else own_error}
        shown["messages"] = () if is_below or not self.wrong else self.wrong[part]


def number_first_id(context: dict[str, Any]) -> None:
    """The id of the first control of a group ends in _0, where links of the error summary point."""
    attrs = context["widget"]["attrs"]
    if attrs.get("id"):
        attrs["id"] = f"{attrs['id']}_0"


def text_box(**attrs: str) -> forms.TextInput:
    """A line of text with these attributes."""
    return forms.TextInput(attrs=attrs)
