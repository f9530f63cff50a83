"""What people say of a prefill besides its answers: the day they come, where to send the code."""

import datetime as dt
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.days import closed_between, today
from counter.services.prefills.keeping import LONGEST

_WEEKDAYS: Final = (_("月"), _("火"), _("水"), _("木"), _("金"), _("土"), _("日"))
_SATURDAY: Final = 5


class DayForm(forms.Form):
    """The day of the visit, from a list: nothing to be typed wrong. Nobody needs to know it yet."""

    use_required_attribute = False

    visit_on = forms.ChoiceField(
        label=_("来庁する日"),
        required=False,
        help_text=_("決めておくと、その日の終わりに入力した内容が消えます。決めていなければ、30日後に消えます。"),
        error_messages={
            "invalid_choice": _("来庁する日を、一覧から選び直してください。市役所が開いている日だけを選べます。")
        },
    )

    def __init__(self, *args: Any, chosen: dt.date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"visit_on": chosen.isoformat() if chosen else ""})
        super().__init__(*args, **kwargs)
        days = sorted({*open_days(), *([chosen] if chosen and chosen >= today() else [])})
        field = cast("forms.ChoiceField", self.fields["visit_on"])
        field.choices = [("", _("まだ決めていない")), *((day.isoformat(), _words(day)) for day in days)]

    def day(self) -> dt.date | None:
        """Call after `is_valid()`."""
        text = self.cleaned_data["visit_on"]
        return dt.date.fromisoformat(text) if text else None


class MailForm(forms.Form):
    """Where the code is sent, once."""

    use_required_attribute = False

    email = forms.EmailField(
        label=_("送り先のメールアドレス"),
        help_text=_("この1回の送信にだけ使い、事前入力の内容には残しません。"),
        max_length=254,
        error_messages={
            "required": _("送り先のメールアドレスを入力してください。"),
            "invalid": _("メールアドレスの形が正しくありません。例のように入力してください: hanako@example.jp"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def open_days() -> list[dt.date]:
    """Days on which the city hall is open, as far as answers can wait. One query."""
    first = today()
    last = first + LONGEST
    closed = closed_between(first, last)
    days = (first + dt.timedelta(days=number) for number in range(LONGEST.days + 1))
    return [day for day in days if day.weekday() < _SATURDAY and day not in closed]


def _words(day: dt.date) -> str:
    return _("%(month)s月%(day)s日（%(weekday)s）") % {
        "month": day.month,
        "day": day.day,
        "weekday": _WEEKDAYS[day.weekday()],
    }
