"""Forms with which staff find, make and end reservations of others."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.days import today
from cityhall.marks import required_on_condition
from cityhall.my_numbers import StaffTexts
from reservations.enums import ReservationChannel, Variant
from reservations.forms import NOTE_LENGTH, PEOPLE_MESSAGES, refuse_large_group
from reservations.forms_people import TYPED, TYPED_LABEL
from reservations.models import Place, Service, ServiceGroup
from residents.fields import KanaField, PhoneField

_LONGEST_PAST = dt.timedelta(days=366)
_FURTHEST: Final = dt.timedelta(days=400)
_WAYS = (ReservationChannel.PHONE, ReservationChannel.COUNTER)


def _day_field(**more: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=_("日"), required=False, widget=widget, **more)


class DayForm(forms.Form):
    """Which day and place, and of what. What is no choice of theirs counts as no choice."""

    q = forms.CharField(
        label=_("予約番号・カナ・電話番号・メール"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    place = forms.ChoiceField(label=_("場所"), required=False)
    day = _day_field()
    group = forms.ChoiceField(label=_("業務"), required=False)

    def __init__(self, *args: Any, places: Iterable[Place], groups: Iterable[ServiceGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.key: place for place in places}
        self.groups = {group.key: group for group in groups}
        choices = [("", _("すべて")), *((key, group.name) for key, group in self.groups.items())]
        cast("forms.ChoiceField", self.fields["place"]).choices = [(key, one.name) for key, one in self.places.items()]
        cast("forms.ChoiceField", self.fields["group"]).choices = choices
        self.is_valid()
        chosen = self.chosen_place()
        if chosen is not None:
            self.initial["place"] = chosen.key
        self.initial["day"] = self.chosen_day()

    def text(self) -> str:
        return str(self.cleaned_data.get("q", "")).strip()

    def chosen_place(self) -> Place | None:
        asked = self.places.get(self.cleaned_data.get("place", ""))
        return asked or next(iter(self.places.values()), None)

    def chosen_group(self) -> ServiceGroup | None:
        return self.groups.get(self.cleaned_data.get("group", ""))

    def chosen_day(self) -> dt.date:
        day: dt.date | None = self.cleaned_data.get("day")
        is_sensible = day is not None and today() - _LONGEST_PAST <= day <= today() + _FURTHEST
        return day if day is not None and is_sensible else today()


class CheckInForm(forms.Form):
    """The number somebody says at the counter, or what a scanner types from the QR code."""

    code = forms.CharField(
        label=_("受付（予約番号かQRコード）"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("予約番号を入力するか、QRコードを読み取ってください。")},
    )


class VisitForm(forms.Form):
    """What is booked for somebody else, where and on which day: the upper half of the page."""

    service = forms.ChoiceField(label=_("用件"), error_messages={"required": _("用件を選んでください。")})
    place = forms.ChoiceField(label=_("場所"), error_messages={"required": _("場所を選んでください。")})
    day = _day_field()
    people = forms.IntegerField(label=_("人数"), initial=1, min_value=1, error_messages=PEOPLE_MESSAGES)
    variant = forms.ChoiceField(label=_("受け方"), choices=Variant.choices, required=False)
    also = forms.MultipleChoiceField(
        label=_("いっしょに済ませる用件"), required=False, widget=forms.CheckboxSelectMultiple
    )
    q = forms.CharField(
        label=_("住民をさがす"),
        required=False,
        max_length=100,
        help_text=_("住民番号、カナか漢字の氏名、生年月日、電話番号"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, services: Iterable[Service], places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {service.key: service for service in services}
        self.places = {place.key: place for place in places}
        groups: dict[str, list[tuple[str, str]]] = {}
        for service in self.services.values():
            groups.setdefault(service.group.name, []).append((service.key, service.name))
        cast("forms.ChoiceField", self.fields["service"]).choices = [("", _("選択してください")), *groups.items()]
        cast("forms.ChoiceField", self.fields["place"]).choices = [(key, one.name) for key, one in self.places.items()]
        self.fields["day"].initial = today()
        chosen = self.services.get(str(self.data.get("service", "")))
        others = [one for one in self.services.values() if chosen and one.group_id == chosen.group_id]
        cast("forms.MultipleChoiceField", self.fields["also"]).choices = [
            (one.key, one.name) for one in others if one != chosen
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        service = self.services.get(data.get("service", ""))
        if service is not None and "people" in data:
            try:
                refuse_large_group(data["people"], service.group)
            except forms.ValidationError as error:
                self.add_error("people", error)
        return data

    def chosen(self) -> tuple[Service, ...]:
        """The services in order, the first one first."""
        also = [self.services[key] for key in self.cleaned_data["also"]]
        return (self.services[self.cleaned_data["service"]], *also)


class PersonForm(StaffTexts, forms.Form):
    """At what time, and who it is for: a resident the search has found, or what is said on the telephone."""

    time = forms.ChoiceField(
        label=_("時間"), widget=forms.RadioSelect, error_messages={"required": _("時間を選んでください。")}
    )
    who = forms.ChoiceField(
        label=_("予約する方"), widget=forms.RadioSelect, error_messages={"required": _("予約する方を選んでください。")}
    )
    name = required_on_condition(forms.CharField(label=_("お名前"), required=False, max_length=80))
    kana = required_on_condition(KanaField(label=_("フリガナ"), required=False, max_length=80))
    phone = PhoneField(label=_("電話番号"), required=False)
    email = forms.EmailField(
        label=_("メールアドレス"), required=False, max_length=254, help_text=_("予約の内容をお送りします。")
    )
    note = forms.CharField(label=_("連絡事項"), required=False, max_length=NOTE_LENGTH)
    channel = forms.ChoiceField(
        label=_("受付の方法"), widget=forms.RadioSelect, choices=[(one.value, one.label) for one in _WAYS]
    )

    def __init__(
        self,
        *args: Any,
        times: Iterable[tuple[str, str]],
        people: Iterable[tuple[str, str]],
        variant: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.variant = variant
        who = [*people, (TYPED, TYPED_LABEL)]
        cast("forms.ChoiceField", self.fields["who"]).choices = who
        if len(who) == 1:
            self.fields["who"].initial = TYPED
        self.fields["channel"].initial = ReservationChannel.PHONE
        cast("forms.ChoiceField", self.fields["time"]).choices = list(times)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("who") == TYPED:
            if not data.get("name"):
                self.add_error("name", _("お名前を入力してください。"))
            if not data.get("kana") and "kana" not in self.errors:
                self.add_error("kana", _("フリガナを入力してください。"))
            if not data.get("email") and "phone" not in self.errors and not data.get("phone", ("", ""))[0]:
                self.add_error("phone", _("電話番号かメールアドレスの、どちらかを入力してください。"))
        if self.variant == Variant.VIDEO and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("ビデオ通話のリンクを送るメールアドレスを入力してください。"))
        return data


class CancelForm(StaffTexts, forms.Form):
    """Who wants it, and why: the mail to who had booked says both."""

    whose = forms.ChoiceField(
        label=_("取消の理由"),
        widget=forms.RadioSelect,
        choices=[("theirs", _("ご本人からの申し出")), ("citys", _("市の都合"))],
        initial="theirs",
    )
    reason = forms.CharField(
        label=_("お知らせに添える文"), required=False, max_length=200, help_text=_("メールにそのまま入ります。")
    )
