"""Form widgets of several boxes: an address, a date by its parts."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cityhall.days import ERAS
from residents.addresses import format_postal_code
from residents.dates import PartialDate

ADDRESS_PARTS: Final[dict[str, str | Promise]] = {
    "postal_code": _("郵便番号"),
    "prefecture": _("都道府県"),
    "city": _("市区町村"),
    "town": _("町名"),
    "street": _("番地"),
    "building": _("建物名・部屋番号"),
}
"""Parts of an address and their labels, in the order of the form and of the answer."""

ERA_CHOICES: Final[list[tuple[str, str | Promise]]] = [
    ("", _("西暦")),
    *((era.key, era.name) for era in reversed(ERAS)),
]

_AUTOCOMPLETE: Final = {
    "postal_code": "postal-code",
    "prefecture": "address-level1",
    "city": "address-level2",
    "town": "address-level3",
    "street": "address-line1",
    "building": "address-line2",
}

# 〒100-0001 is nine characters
_LIMITS: Final[dict[str, dict[str, str | int]]] = {"postal_code": {"inputmode": "numeric", "maxlength": 9}}


def _box(label: str | Promise, **attrs: str | int) -> forms.TextInput:
    return forms.TextInput(attrs={"data-label": label, **attrs})


class PartsWidget(forms.MultiWidget):
    """Several boxes, each with a label of its own; the group is required, not each of its boxes."""

    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "required": False})
        for subwidget in context["widget"]["subwidgets"]:
            subwidget["required"] = False
            subwidget["attrs"].pop("required", None)
        return context


class AddressWidget(PartsWidget):
    """Six boxes; the page's script fills empty ones from the postal code, and a button does so without script."""

    template_name = "residents/widgets/address.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            part: _box(label, autocomplete=_AUTOCOMPLETE[part], **{"data-address-part": part}, **_LIMITS.get(part, {}))
            for part, label in ADDRESS_PARTS.items()
        }
        super().__init__(widgets=boxes, attrs=attrs)

    def decompress(self, value: Any) -> list[str]:
        """The boxes of an answer; a stored postal code gets its hyphen."""
        parts = value if isinstance(value, dict) else {}
        boxes = [str(parts.get(part, "")) for part in ADDRESS_PARTS]
        boxes[0] = format_postal_code(boxes[0])
        return boxes


class DatePartsWidget(PartsWidget):
    """Era, year, month, day: people know their birthday in the era they were born in."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            "era": forms.Select(choices=ERA_CHOICES, attrs={"data-label": _("年号・西暦")}),
            "year": _box(_("年"), inputmode="numeric", maxlength=4),
            "month": _box(_("月"), inputmode="numeric", maxlength=2),
            "day": _box(_("日"), inputmode="numeric", maxlength=2),
        }
        super().__init__(widgets=boxes, attrs=attrs)

    def decompress(self, value: Any) -> list[str]:
        """A stored date is shown in western years, as it is stored."""
        if not isinstance(value, PartialDate):
            return ["", "", "", ""]
        return ["", *("" if part is None else str(part) for part in (value.year, value.month, value.day))]
