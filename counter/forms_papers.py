"""Forms of the sheets on which one goes on by hand."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import Channel
from applications.models import Procedure
from applications.queries.intake import EARLIEST_PAPER, channels_of
from cityhall.days import today
from cityhall.models import User
from counter.models import PrefillProcedure
from counter.queries.procedures import fileable
from counter.services.prefills import MAX_PROCEDURES
from counter.services.visits.papers import MOST_SHEETS


class PaperPadForm(forms.Form):
    """Which procedures stand on blank sheets, and how many sheets."""

    use_required_attribute = False

    procedures = forms.MultipleChoiceField(
        label=_("用紙に載せる手続"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("手続を一つ以上選んでください。")},
        help_text=_("同じことを聞く質問は、一つにまとめて印刷します。"),
    )
    count = forms.IntegerField(
        label=_("枚数（人数分）"),
        min_value=1,
        max_value=MOST_SHEETS,
        initial=5,
        help_text=_("1人に1部、別々のQRコードを印刷します。"),
        error_messages={
            "required": _("枚数を入力してください。"),
            "invalid": _("枚数は数字で入力してください。"),
            "min_value": _("枚数は1以上にしてください。"),
            "max_value": _("一度に印刷できるのは%(limit_value)s人分までです。"),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = fileable(user).exclude(current_version=None)
        self.known = {one.key: one for one in found if Channel.COUNTER in channels_of(one)}
        choices = [(key, one.name) for key, one in self.known.items()]
        cast("forms.MultipleChoiceField", self.fields["procedures"]).choices = choices

    def clean_procedures(self) -> list[str]:
        """Raises ValidationError for more than one visit can hold."""
        keys: list[str] = self.cleaned_data["procedures"]
        if len(keys) > MAX_PROCEDURES:
            raise forms.ValidationError(_("一度に選べる手続は20件までです。"))
        return keys

    @property
    def chosen(self) -> list[Procedure]:
        """In the order of the list."""
        wanted = set(self.cleaned_data["procedures"])
        return [one for key, one in self.known.items() if key in wanted]

    @property
    def with_forms(self) -> list[PrefillProcedure]:
        """The same with the forms of today, for `combined_of`; nothing is stored."""
        return [PrefillProcedure(procedure=one, form_version=one.current_version) for one in self.chosen]


class PaperDayForm(forms.Form):
    """The day on which a sheet was handed in."""

    day = forms.DateField()

    def clean_day(self) -> dt.date:
        """Today, or up to a year ago."""
        day: dt.date = self.cleaned_data["day"]
        if not today() - EARLIEST_PAPER <= day <= today():
            raise forms.ValidationError("", code="wrong_day")
        return day
