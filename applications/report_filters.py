"""Filters of the lists of reports. What cannot be understood counts as not asked for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import ReportState
from applications.models import ReportKind
from applications.queries.reports import ReportFilter
from applications.queries.worklist import ME, NOBODY
from applications.reports.positions import Position, position
from cityhall.days import wareki

OPEN, CLOSED = "open", "closed"
MONTHS = 12


@dataclass(frozen=True)
class BoardFilter:
    """What everybody may choose by."""

    kind: str = ""
    is_open: bool | None = None
    month: dt.date | None = None


def _kind_choices() -> list[tuple[str, Any]]:
    return [("", _("すべて")), *ReportKind.objects.values_list("key", "name")]


class BoardForm(forms.Form):
    """The public list."""

    kind = forms.ChoiceField(label=_("種類"), required=False)
    state = forms.ChoiceField(
        label=_("状態"),
        required=False,
        choices=[("", _("すべて")), (OPEN, _("受付・対応中")), (CLOSED, _("対応が終わったもの"))],
    )
    month = forms.ChoiceField(label=_("通報の月"), required=False)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["kind"]).choices = _kind_choices()
        months = [(f"{month:%Y-%m}", wareki(month).rpartition("月")[0] + "月") for month in months_back(today)]
        cast("forms.ChoiceField", self.fields["month"]).choices = [("", _("すべて")), *months]

    def wanted(self) -> BoardFilter:
        self.is_valid()
        data = self.cleaned_data
        month = data.get("month")
        state = data.get("state")
        return BoardFilter(
            kind=data.get("kind") or "",
            is_open=state == OPEN if state else None,
            month=dt.date.fromisoformat(f"{month}-01") if month else None,
        )


class ReportFilterForm(forms.Form):
    """The lists of the staff."""

    kind = forms.ChoiceField(label=_("種類"), required=False)
    state = forms.ChoiceField(
        label=_("状態"),
        required=False,
        choices=[("", _("受付・対応中")), *ReportState.choices, ("all", _("すべて"))],
    )
    handler = forms.ChoiceField(
        label=_("担当者"), required=False, choices=[("", _("すべて")), (ME, _("自分")), (NOBODY, _("未定"))]
    )
    age = forms.TypedChoiceField(
        label=_("受付からの日数"),
        required=False,
        coerce=int,
        empty_value=0,  # type: ignore[arg-type] # the stubs think of texts only
        choices=[("", _("すべて")), (7, _("7日を過ぎた")), (14, _("14日を過ぎた")), (30, _("30日を過ぎた"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["kind"]).choices = _kind_choices()

    def wanted(self) -> ReportFilter:
        self.is_valid()
        data = self.cleaned_data
        return ReportFilter(
            kind=data.get("kind") or "",
            state=data.get("state") or "",
            handler=data.get("handler") or "",
            age=data.get("age") or 0,
        )


def origin_of(data: Any, usual: str) -> Position:
    """From where distances are counted: coordinates in the address (`from.latitude`), or the centre of the city."""
    asked = position(data.get("from.latitude", ""), data.get("from.longitude", ""))
    found = asked or position(*usual.split(","))
    if found is None:
        raise ValueError(usual)
    return found


def months_back(day: dt.date, count: int = MONTHS) -> list[dt.date]:
    """The first days of this month and the ones before."""
    months = [day.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months
