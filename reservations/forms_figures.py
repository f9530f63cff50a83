"""What figures are asked for: days, place, and by what the lines are. The counter asks with units of its own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from cityhall.models import User
from reservations.models import Place
from reservations.queries.scope import visible_places

MOST_DAYS = 400
_DAYS_BEFORE = 30


@dataclass(frozen=True)
class Wanted:
    """The first and the last day, one place or all, and the key of the unit."""

    from_day: dt.date
    until_day: dt.date
    place: Place | None
    by: str


class SpanForm(forms.Form):
    """Which days, which place, lines by what. The first of `units` (key to word) is the one nobody chose."""

    from_day = forms.DateField(label=_("この日から"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until_day = forms.DateField(label=_("この日まで"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, user: User, units: Mapping[str, Any]) -> None:
        super().__init__(data)
        self._usual = next(iter(units))
        self.fields["by"] = forms.ChoiceField(label=_("集計の単位"), choices=list(units.items()), required=False)
        self.fields["place"] = forms.ModelChoiceField(
            visible_places(user), label=_("場所"), required=False, to_field_name="key", empty_label=_("すべて")
        )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or self.cleaned_data
        first, last = data.get("from_day"), data.get("until_day")
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            if first > last:
                self.add_error("until_day", _("終わりの日は、始まりの日以降にしてください。"))
            elif (last - first).days > MOST_DAYS:
                self.add_error("until_day", _("一度に集計できるのは400日までです。"))
        return data

    def wanted(self) -> Wanted:
        """What was asked for; where nothing was, or with a mistake, all places of the last thirty days."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        until_day: dt.date = data.get("until_day") or today()
        from_day: dt.date = data.get("from_day") or until_day - dt.timedelta(days=_DAYS_BEFORE)
        return Wanted(from_day, until_day, data.get("place"), data.get("by") or self._usual)
