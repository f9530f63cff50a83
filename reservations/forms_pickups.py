"""Ordering certificates, and handing them over."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.marks import required_on_condition
from cityhall.my_numbers import StaffTexts, refuse_my_number
from reservations.enums import PickupState, ReservationChannel
from reservations.forms import ContactForm
from reservations.forms_people import SomebodyForm
from reservations.models import Place, Service, ServiceGroup
from reservations.queries.pickups import is_shut, kinds_of, pickup_days, places_of
from reservations.services.pickups import MOST_COPIES, Wanted
from reservations.templatetags.booking import plain_day

_HOURS: Final = tuple(dt.time(hour) for hour in range(9, 17))
_DOCUMENTS: Final = (
    _("マイナンバーカード"),
    _("運転免許証"),
    _("旅券（パスポート）"),
    _("在留カード"),
    _("健康保険の資格確認書など2点"),
    _("委任状と代理人の本人確認書類"),
)


class OrderForm(ContactForm):
    """What, how often, where, when and for whom. One number field for each kind of certificate."""

    place = forms.ChoiceField(
        label=_("受け取る場所"),
        widget=forms.RadioSelect,
        error_messages={"required": _("受け取る場所を選んでください。")},
    )
    wanted_on = forms.TypedChoiceField(
        label=_("受け取る日"),
        coerce=dt.date.fromisoformat,
        error_messages={
            "required": _("受け取る日を選んでください。"),
            "invalid_choice": _("選んだ日には受け取れません。別の日を選んでください。"),
        },
    )
    wanted_from = forms.TypedChoiceField(
        label=_("受け取る時刻のめやす"), coerce=dt.time.fromisoformat, required=False, empty_value=None
    )
    subject = forms.CharField(
        label=_("証明書が必要な方"),
        required=False,
        max_length=80,
        help_text=_("ご本人以外の証明書のときに、その方のお名前を入力してください。"),
    )
    relation = forms.CharField(
        label=_("必要な方との関係"), required=False, max_length=40, help_text=_("例: 同じ世帯の父、代理人")
    )

    def __init__(self, *args: Any, group: ServiceGroup, places: Iterable[Place] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.kinds: dict[str, Service] = {f"copies_{one.pk}": one for one in kinds_of(group)}
        for name, service in self.kinds.items():
            self.fields[name] = required_on_condition(_copies_field(service.name))
        offered = places_of(group) if places is None else places
        self.places: dict[str, Place] = {one.key: one for one in offered}
        place = cast("forms.ChoiceField", self.fields["place"])
        place.choices = [(key, f"{one.name}　{one.address}".strip()) for key, one in self.places.items()]
        if len(self.places) == 1:
            place.initial = next(iter(self.places))
        days = cast("forms.TypedChoiceField", self.fields["wanted_on"])
        days.choices = [
            ("", _("選んでください")),
            *((day.isoformat(), plain_day(day)) for day in pickup_days(group)),
        ]
        hours = cast("forms.TypedChoiceField", self.fields["wanted_from"])
        hours.choices = [("", _("決めていない")), *((f"{at:%H:%M}", f"{at:%H:%M}〜") for at in _HOURS)]
        self.fields["email"].help_text = _(
            "準備ができたときに、お知らせします。お持ちでない方は、電話番号を入力してください。"
        )
        self.fields["note"].label = _("連絡事項")
        self.fields["note"].help_text = _("本籍を載せるなど、証明書に載せたいことを書いてください。")
        for name in ("subject", "relation"):
            self.fields[name].validators.append(refuse_my_number)
        kept = (
            "place",
            "wanted_on",
            "wanted_from",
            "who",
            "name",
            "kana",
            "phone",
            "email",
            "subject",
            "relation",
            "note",
        )
        self.order_fields([*self.kinds, *kept])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.kinds and not any(data.get(name) or name in self.errors for name in self.kinds):
            self.add_error(next(iter(self.kinds)), _("必要な証明書の通数を、1つ以上入力してください。"))
        if data.get("subject") and not data.get("relation") and "relation" not in self.errors:
            self.add_error("relation", _("必要な方との関係を入力してください。"))
        place, day = self.places.get(data.get("place", "")), data.get("wanted_on")
        if place and day and is_shut(self.group, place, day):
            self.add_error("wanted_on", _("この日は、選んだ場所が休みです。別の日を選んでください。"))
        return data

    def wanted(self) -> list[Wanted]:
        """The certificates, in the order of the list."""
        counts = [(service, self.cleaned_data.get(name)) for name, service in self.kinds.items()]
        return [Wanted(service, count) for service, count in counts if count]

    def chosen_place(self) -> Place:
        return self.places[self.cleaned_data["place"]]


class StaffOrderForm(StaffTexts, SomebodyForm, OrderForm):
    """The same for somebody on the telephone."""

    channel = forms.ChoiceField(
        label=_("受付の方法"),
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (ReservationChannel.PHONE, ReservationChannel.COUNTER)],
        initial=ReservationChannel.PHONE,
    )


class HandOverForm(StaffTexts, forms.Form):
    """What was looked at before it was handed over."""

    document = forms.ChoiceField(
        label=_("確認した本人確認書類"),
        widget=forms.RadioSelect,
        choices=[(str(one), one) for one in _DOCUMENTS],
        error_messages={"required": _("お渡しの前に、確認した本人確認書類を選んでください。")},
    )


class CounterForm(forms.Form):
    """Which place and state; what is no choice of theirs counts as none."""

    q = forms.CharField(
        label=_("さがす"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("受付番号・カナ・お名前")}
        ),
    )
    place = forms.ChoiceField(label=_("場所"), required=False)
    state = forms.ChoiceField(
        label=_("状態"),
        required=False,
        choices=[
            ("", _("準備中とお渡し待ち")),
            *((one.value, one.label) for one in (PickupState.ORDERED, PickupState.READY, PickupState.UNCLAIMED)),
            (PickupState.HANDED_OVER.value, PickupState.HANDED_OVER.label),
        ],
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {one.key: one for one in places}
        place = cast("forms.ChoiceField", self.fields["place"])
        place.choices = [(key, one.name) for key, one in self.places.items()]
        self.is_valid()

    def chosen_place(self) -> Place | None:
        asked = self.places.get(self.cleaned_data.get("place", ""))
        return asked or next(iter(self.places.values()), None)

    def states(self) -> list[str]:
        asked = self.cleaned_data.get("state", "")
        return [asked] if asked else [PickupState.ORDERED, PickupState.READY]

    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip()


def _copies_field(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=name,
        required=False,
        min_value=0,
        max_value=MOST_COPIES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "0"}),
        help_text=_("通数（%(most)sまで）") % {"most": MOST_COPIES},
        error_messages={
            "invalid": _("通数は、数字で入力してください。"),
            "max_value": _("一度に申し込めるのは%(most)s通までです。") % {"most": MOST_COPIES},
            "min_value": _("通数は、0以上で入力してください。"),
        },
    )
