"""A name in other languages, one box a language."""

from typing import Any

from django import forms

from cityhall.languages import LANGUAGES

MOST = 100


class NamesWidget(forms.MultiWidget):
    """The boxes, each with the language's own name before it."""

    template_name = "cityhall/admin/names.html"

    def __init__(self) -> None:
        texts: dict[str, forms.Widget | type[forms.Widget]] = {
            code.replace("-", "_"): forms.TextInput(
                attrs={"maxlength": MOST, "lang": "ja" if code == "ja-easy" else code, "aria-label": own}
            )
            for code, own in LANGUAGES.items()
        }
        super().__init__(texts)

    def decompress(self, value: Any) -> list[str]:
        """Language → name, to the boxes."""
        return [str((value or {}).get(code, "")) for code in LANGUAGES]


class NamesField(forms.MultiValueField):
    """Language → name; what is blank has no entry."""

    widget = NamesWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = tuple(forms.CharField(required=False, max_length=MOST) for _code in LANGUAGES)
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Any) -> dict[str, str]:
        """The boxes, to language → name."""
        return {code: text for code, text in zip(LANGUAGES, data_list or [], strict=False) if text}
