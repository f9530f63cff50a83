"""A name in parts."""

from django.utils.translation import gettext_lazy as _

from applications.widgets.base import PartsWidget, text_box


class NameWidget(PartsWidget):
    """Family and given name, and the reading of both."""

    template_name = "applications/widgets/name.html"
    labels = {"family": _("姓"), "given": _("名"), "family_kana": _("姓のフリガナ"), "given_kana": _("名のフリガナ")}

    def __init__(self, *, is_own: bool = False) -> None:
        """`is_own`: the name of whoever is typing, which the browser may know."""
        family, given = ("family-name", "given-name") if is_own else ("off", "off")
        super().__init__(
            {
                "family": text_box(autocomplete=family),
                "given": text_box(autocomplete=given),
                "family_kana": text_box(autocomplete="off"),
                "given_kana": text_box(autocomplete="off"),
            }
        )
