"""A place: a button for where one stands, coordinates, and words."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from applications.widgets.base import PartsWidget, text_box


class PlaceWidget(PartsWidget):
    """static/js/place.js shows the button and fills in the coordinates; without it they can be typed, or left out.

    With the setting MAP_TILE_URL static/js/place-map.js shows a map to point at the place.
    """

    template_name = "applications/widgets/place.html"
    labels = {"latitude": _("緯度"), "longitude": _("経度"), "note": _("場所の説明")}

    def __init__(self) -> None:
        numbers = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            {
                "latitude": text_box(**numbers),
                "longitude": text_box(**numbers),
                "note": forms.Textarea(attrs={"rows": "3"}),
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "map_url": settings.MAP_URL,
            "tile_url": settings.MAP_TILE_URL,
            "tile_centre": settings.MAP_CENTRE,
            "tile_source": settings.MAP_SOURCE,
        }
        *numbers, _note = context["widget"]["subwidgets"]
        # what was typed, right or wrong, stays in sight
        context["widget"]["has_numbers"] = any(number["value"] for number in numbers)
        return context
