"""Choosing with その他 and a text beside it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.definition import OTHER
from applications.typed import CHOSEN
from applications.widgets.base import PartsWidget, text_box


class OtherWidget(PartsWidget):
    """The options, and a line for その他. A style sheet hides the line while その他 is not chosen."""

    template_name = "applications/widgets/other.html"
    labels = {CHOSEN: "", OTHER: _("「その他」の内容")}

    def __init__(self, chooser: forms.Widget) -> None:
        super().__init__({CHOSEN: chooser, OTHER: text_box()})
