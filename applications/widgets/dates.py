"""A date in parts, and a date with a time."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.typed import DATE_PARTS, WESTERN
from applications.widgets.base import PartsWidget, text_box
from cityhall.days import ERAS


def _date_boxes(*, is_birthday: bool = False) -> dict[str, forms.Widget]:
    digits = {"inputmode": "numeric", "autocomplete": "off"}
    birthday = {part: {"autocomplete": f"bday-{part}"} for part in ("month", "day")} if is_birthday else {}
    eras = [(era.key, era.name) for era in reversed(ERAS)]
    return {
        "era": forms.Select(choices=[*eras, (WESTERN, _("西暦"))]),
        "year": text_box(**digits, maxlength="4"),
        "month": text_box(**{**digits, **birthday.get("month", {})}, maxlength="2"),
        "day": text_box(**{**digits, **birthday.get("day", {})}, maxlength="2"),
    }


class DateWidget(PartsWidget):
    """Era or western calendar, year, month, day: people copy dates from papers of either kind."""

    labels = dict(zip(DATE_PARTS, (_("年号・西暦"), _("年"), _("月"), _("日")), strict=True))
    in_line = frozenset(DATE_PARTS)

    def __init__(self, *, is_birthday: bool = False) -> None:
        super().__init__(_date_boxes(is_birthday=is_birthday))


class DateTimeWidget(PartsWidget):
    """The parts of a date, and the time in one box."""

    template_name = "applications/widgets/date_time.html"
    labels = {**DateWidget.labels, "time": _("時刻（例：13:30、午後1時半）")}
    in_line = DateWidget.in_line

    def __init__(self) -> None:
        super().__init__({**_date_boxes(), "time": text_box(autocomplete="off", size="12")})
