"""An address in parts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.typed import PREFIX
from applications.widgets.base import PartsWidget, text_box
from residents.addresses import PostalAddress


class AddressWidget(PartsWidget):
    """Postal code with a look-up (also without JavaScript: a button that sends the page), then the parts."""

    template_name = "applications/widgets/address.html"
    labels = {
        "postal_code": _("郵便番号"),
        "prefecture": _("都道府県"),
        "city": _("市区町村"),
        "town": _("町名"),
        "street": _("番地"),
        "building": _("建物名・部屋番号"),
        "unsettled": _("いまの住まい"),
        "stay": _("よくいる場所（任意）"),
        "reach": _("連絡のしかた（任意）"),
    }
    choices = (("", _("上に入力した住所に住んでいる")), ("yes", _("住所が定まっていない")))

    def __init__(self, *, may_be_unsettled: bool = False) -> None:
        unsettled: dict[str, forms.Widget] = {
            "unsettled": forms.Select(choices=self.choices),
            "stay": text_box(autocomplete="off"),
            "reach": text_box(autocomplete="off"),
        }
        super().__init__(
            {
                "postal_code": text_box(inputmode="numeric", autocomplete="postal-code"),
                "prefecture": text_box(autocomplete="address-level1"),
                "city": text_box(autocomplete="address-level2"),
                "town": text_box(autocomplete="address-line1"),
                "street": text_box(autocomplete="address-line2"),
                "building": text_box(autocomplete="address-line3"),
                **(unsettled if may_be_unsettled else {}),
            }
        )
        # what a look-up without JavaScript has to tell
        self.towns: Sequence[PostalAddress] = ()
        self.note = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = value if isinstance(value, list) else self.decompress(value)
        shown = dict(zip(self.parts, values, strict=True))
        # open where it was said, and where an address is missing: that may be why
        context["widget"]["is_unsettled_open"] = bool(shown.get("unsettled")) or "postal_code" in (self.wrong or {})
        context["widget"] |= {"unsettled_name": f"{name}.unsettled", "reach_name": f"{name}.reach"}
        context["widget"] |= {"towns": self.towns, "note": self.note, "key": name.removeprefix(f"{PREFIX}-")}
        return context
