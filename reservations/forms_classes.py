"""Joining a class, and what staff type to make one."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.days import TOKYO
from cityhall.my_numbers import StaffTexts
from reservations.enums import ReservationChannel
from reservations.forms import PEOPLE_MESSAGES, ContactForm, refuse_large_group, tell_of_room
from reservations.forms_people import SomebodyForm
from reservations.models import Place, ServiceGroup, Slot, SlotSeries
from reservations.templatetags.booking import clock, plain_day

_MOST_SEATS = 999


class SeatsForm(forms.Form):
    """Which sessions, where they are joined one by one, and for how many people."""

    sessions = forms.TypedMultipleChoiceField(
        label=_("参加する回"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("参加する回を1つ以上選んでください。"),
            "invalid_choice": _("選んだ回には、もう申し込めません。ほかの回を選んでください。"),
        },
    )
    people = forms.IntegerField(
        label=_("参加する人の数"),
        initial=1,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=PEOPLE_MESSAGES,
    )

    def __init__(self, *args: Any, series: SlotSeries, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = series.group
        if series.takes_sessions:
            choices = [(slot.pk, session_text(slot)) for slot in slots]
            cast("forms.TypedMultipleChoiceField", self.fields["sessions"]).choices = choices
        else:
            del self.fields["sessions"]
        self.fields["people"].help_text = _("%(most)s人まで一緒に申し込めます。") % {"most": self.group.max_people}

    def clean_people(self) -> int:
        return refuse_large_group(self.cleaned_data["people"], self.group)

    def slot_ids(self) -> Collection[int]:
        """The sessions that were chosen; none where all of them are meant."""
        return set(self.cleaned_data.get("sessions", ()))


class WaitForm(ContactForm):
    """Waiting for a seat: for which session, and how somebody is told."""

    session = forms.TypedChoiceField(
        label=_("待つ回"), coerce=int, error_messages={"required": _("待つ回を選んでください。")}
    )
    people = forms.IntegerField(label=_("参加する人の数"), initial=1, min_value=1, error_messages=PEOPLE_MESSAGES)
    field_order = ("session", "people", "name", "kana", "email", "phone")

    def __init__(self, *args: Any, series: SlotSeries, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = series.group
        tell_of_room(self)
        del self.fields["note"]
        if series.takes_sessions:
            choices = [(slot.pk, session_text(slot)) for slot in slots]
            cast("forms.TypedChoiceField", self.fields["session"]).choices = choices
        else:
            del self.fields["session"]

    def clean_people(self) -> int:
        return refuse_large_group(self.cleaned_data["people"], self.group)

    def slot_id(self) -> int | None:
        return cast("int | None", self.cleaned_data.get("session"))


class StaffSeatsForm(StaffTexts, SomebodyForm, SeatsForm):
    """The same for somebody on the telephone."""

    channel = forms.ChoiceField(
        label=_("受付の方法"),
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (ReservationChannel.PHONE, ReservationChannel.COUNTER)],
        initial=ReservationChannel.PHONE,
    )
    field_order = ("sessions", "people", "who", "name", "kana", "phone", "email", "note", "channel")


class SeriesForm(StaffTexts, forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """The words of a class, and how it is joined."""

    class Meta:
        model = SlotSeries
        fields = ("group", "place", "title", "description", "takes_sessions")
        widgets = {"description": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "takes_sessions": _("選ばないと、1件の申込で全部の回に参加します。"),
            "description": _("対象の方、内容、持ち物など。"),
        }

    def __init__(self, *args: Any, groups: QuerySet[ServiceGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"] = forms.ModelChoiceField(groups, label=_("業務のまとまり"), to_field_name="key")
        offered = Place.objects.filter(is_active=True, offers__service__group__in=groups, offers__is_active=True)
        self.fields["place"] = forms.ModelChoiceField(offered.distinct(), label=_("場所"), to_field_name="key")
        if self.instance.pk is not None:
            # its sessions stand in the slots of both
            del self.fields["group"], self.fields["place"]
            if self.instance.reservations.exists():
                del self.fields["takes_sessions"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        group, place = data.get("group"), data.get("place")
        if group and place and not group.services.filter(offers__place=place, is_active=True).exists():
            self.add_error("place", _("この業務は、選んだ場所では行っていません。別の場所を選んでください。"))
        return data


class SessionForm(forms.Form):
    """Day, time and seats of one more session."""

    day = forms.DateField(
        label=_("日"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("日にちを入力してください。"), "invalid": _("日にちの形が正しくありません。")},
    )
    from_time = forms.TimeField(label=_("開始"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    until_time = forms.TimeField(label=_("終了"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    seats = forms.IntegerField(label=_("定員"), min_value=1, max_value=_MOST_SEATS)
    public_seats = forms.IntegerField(
        label=_("うち予約で開く数"),
        min_value=0,
        max_value=_MOST_SEATS,
        required=False,
        help_text=_("空欄にすると定員と同じです。残りは窓口と電話で受け付けます。"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from_time"), data.get("until_time")
        if first and last and first >= last:
            self.add_error("until_time", _("終了は、開始より後の時刻にしてください。"))
        if data.get("day") and first and dt.datetime.combine(data["day"], first, TOKYO) <= timezone.now():
            self.add_error("day", _("これから始まる日時を入力してください。"))
        _check_seats(self, data)
        return data


class NumbersForm(forms.Form):
    """Other seats for one session."""

    seats = forms.IntegerField(label=_("定員"), min_value=0, max_value=_MOST_SEATS)
    public_seats = forms.IntegerField(label=_("うち予約で開く数"), min_value=0, max_value=_MOST_SEATS, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        _check_seats(self, data)
        return data


class OpenForm(forms.Form):
    """From when a class may be booked."""

    opens_at = forms.DateTimeField(
        label=_("申込の開始"),
        required=False,
        help_text=_("空欄にすると、公開と同時に申込を始めます。"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )


class OffForm(StaffTexts, forms.Form):
    """Why a session is called off."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=80,
        help_text=_("申し込んだ方へのメールに、このまま書かれます。例: 講師の都合のため"),
        error_messages={"required": _("理由を入力してください。")},
    )


class CodeForm(forms.Form):
    """What the camera or the scanner read, or the number somebody says."""

    code = forms.CharField(
        label=_("予約番号かQRコード"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={"required": _("予約番号を入力するか、QRコードを読み取ってください。")},
    )


def session_text(slot: Slot) -> str:
    """A session as it stands in a list of choices."""
    return f"{plain_day(slot.starts_at)} {clock(slot.starts_at)}〜{clock(slot.ends_at)}"


def _check_seats(form: forms.Form, data: dict[str, Any]) -> None:
    seats, public = data.get("seats"), data.get("public_seats")
    if seats is None:
        return
    if public is None and "public_seats" not in form.errors:
        data["public_seats"] = seats
    elif public is not None and public > seats:
        form.add_error("public_seats", _("予約で開く数は、定員以下にしてください。"))
