"""Controls that Django does not bring: dates in three parts, addresses, and lists of files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from applications.models import Attachment
from applications.typed import DATE_PARTS, GIVEN, PREFIX, WESTERN
from cityhall.days import ERAS
from residents.addresses import PostalAddress


class PartsWidget(forms.MultiWidget):
    """Several labelled controls in one group; its value maps the name of each part to what was typed."""

    use_fieldset = True
    labels: Mapping[str, Any] = {}

    def __init__(self, widgets: Mapping[str, forms.Widget]) -> None:
        super().__init__({**widgets})
        self.parts = tuple(widgets)
        for part, widget in widgets.items():
            # the group's template writes it beside the control
            widget.attrs["data-label"] = str(self.labels[part])
        # a dot: no question's key can hold one, so no other control can have the same name
        self.widgets_names = [f".{part}" for part in widgets]

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(part, "") for part in self.parts]

    def value_from_datadict(  # type: ignore[override]  # the field takes the parts by name
        self, data: Any, files: Any, name: str
    ) -> dict[str, str]:
        values = super().value_from_datadict(data, files, name)
        return {part: value or "" for part, value in zip(self.parts, values, strict=True)}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # a bound form gives back the mapping that value_from_datadict made
        return super().get_context(name, value if isinstance(value, list) else self.decompress(value), attrs)


def _number_id(context: dict[str, Any]) -> None:
    """The id of the first control of a group ends in _0, where links of the error summary point."""
    attrs = context["widget"]["attrs"]
    if attrs.get("id"):
        attrs["id"] = f"{attrs['id']}_0"


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs=attrs)


class DateWidget(PartsWidget):
    """Era or western calendar, year, month, day: people copy dates from papers of either kind."""

    labels = dict(zip(DATE_PARTS, (_("年号・西暦"), _("年"), _("月"), _("日")), strict=True))

    def __init__(self, *, is_birthday: bool = False) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        birthday = {part: {"autocomplete": f"bday-{part}"} for part in ("month", "day")} if is_birthday else {}
        eras = [(era.key, era.name) for era in reversed(ERAS)]
        super().__init__(
            {
                "era": forms.Select(choices=[*eras, (WESTERN, _("西暦"))]),
                "year": _text(**digits, maxlength="4"),
                "month": _text(**{**digits, **birthday.get("month", {})}, maxlength="2"),
                "day": _text(**{**digits, **birthday.get("day", {})}, maxlength="2"),
            }
        )


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
    }

    def __init__(self) -> None:
        super().__init__(
            {
                "postal_code": _text(inputmode="numeric", autocomplete="postal-code"),
                "prefecture": _text(autocomplete="address-level1"),
                "city": _text(autocomplete="address-level2"),
                "town": _text(autocomplete="address-line1"),
                "street": _text(autocomplete="address-line2"),
                "building": _text(autocomplete="address-line3"),
            }
        )
        # what a look-up without JavaScript has to tell
        self.towns: Sequence[PostalAddress] = ()
        self.note = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"towns": self.towns, "note": self.note, "key": name.removeprefix(f"{PREFIX}-")}
        return context


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
        _number_id(context)
        return context


class FilesWidget(forms.FileInput):
    """Chooses files, and lists those the city has already received, each with a button that takes it out."""

    template_name = "applications/widgets/files.html"
    allow_multiple_selected = True
    use_fieldset = True

    def __init__(self, *, attached: Sequence[Attachment], accept: Sequence[str], max_files: int) -> None:
        types = [*(["image/*"] if "image" in accept else []), *(["application/pdf"] if "pdf" in accept else [])]
        attrs = {
            "accept": ",".join(types),
            "data-file-list": "",
            "data-max-bytes": str(settings.UPLOAD_MAX_BYTES),
            "data-max-files": str(max_files - len(attached)),
        }
        if max_files > 1:
            attrs["multiple"] = "multiple"
        super().__init__(attrs=attrs)
        self.attached = attached
        self.max_files = max_files

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        _number_id(context)
        context["widget"]["attached"] = self.attached
        context["widget"]["has_room"] = len(self.attached) < self.max_files
        context["widget"]["max_files"] = self.max_files
        return context
