"""A date in parts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.typed import DATE_PARTS, WESTERN
from applications.widgets.base import PartsWidget, text_box
from cityhall.days import ERAS


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
                "year": text_box(**digits, maxlength="4"),
                "month": text_box(**{**digits, **birthday.get("month", {})}, maxlength="2"),
                "day": text_box(**{**digits, **birthday.get("day", {})}, maxlength="2"),
            }
        )
