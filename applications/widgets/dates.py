"""A date in parts, a birth date of which not all is known, and a date with a time."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.typed import DATE_PARTS, UNKNOWN, WESTERN
from applications.widgets.base import PartsWidget, text_box
from cityhall.days import ERAS
from cityhall.days_in_words import is_in_japanese


def _date_boxes(*, is_birthday: bool = False) -> dict[str, forms.Widget]:
    digits = {"inputmode": "numeric", "autocomplete": "off"}
    birthday = {part: {"autocomplete": f"bday-{part}"} for part in ("month", "day")} if is_birthday else {}
    return {
        "era": forms.Select(choices=_calendars()),
        "year": text_box(**digits, maxlength="4"),
        "month": text_box(**{**digits, **birthday.get("month", {})}, maxlength="2"),
        "day": text_box(**{**digits, **birthday.get("day", {})}, maxlength="2"),
    }


def _calendars() -> list[tuple[str, Any]]:
    """The first one stands there by itself: whoever reads another language counts by the western calendar."""
    eras = list(reversed(ERAS))
    if is_in_japanese():
        return [*((era.key, era.name) for era in eras), (WESTERN, _("西暦"))]
    return [(WESTERN, _("西暦")), *((era.key, f"{era.key.title()} ({era.name})") for era in eras)]


class DateWidget(PartsWidget):
    """Era or western calendar, year, month, day: people copy dates from papers of either kind."""

    labels = dict(zip(DATE_PARTS, (_("年号・西暦"), _("年"), _("月"), _("日")), strict=True))
    in_line = frozenset(DATE_PARTS)

    def __init__(self) -> None:
        super().__init__(_date_boxes())


class BirthDateWidget(PartsWidget):
    """The parts of a date, and behind a line to open what nobody knows of it (不詳)."""

    template_name = "applications/widgets/birth_date.html"
    labels = {**DateWidget.labels, UNKNOWN: _("わからないところ")}
    in_line = DateWidget.in_line
    choices = (("", _("すべてわかる")), ("day", _("日がわからない")), ("month", _("月と日がわからない")))

    def __init__(self, *, is_own: bool = False) -> None:
        super().__init__({**_date_boxes(is_birthday=is_own), UNKNOWN: forms.Select(choices=self.choices)})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = value if isinstance(value, list) else self.decompress(value)
        # open where something was said, or where a part is missing: that may be why
        context["widget"]["is_open"] = bool(values[-1]) or bool(self.wrong)
        return context


class DateTimeWidget(PartsWidget):
    """The parts of a date, and the time in one box."""

    template_name = "applications/widgets/date_time.html"
    labels = {**DateWidget.labels, "time": _("時刻（例：13:30、午後1時半）")}
    in_line = DateWidget.in_line

    def __init__(self) -> None:
        super().__init__({**_date_boxes(), "time": text_box(autocomplete="off", size="12")})
