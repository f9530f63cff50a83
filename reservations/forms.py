"""What people type to book: how many come and for what, and how they are reached."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.form_fields import NumberField
from cityhall.marks import never_required, required_on_condition
from cityhall.my_numbers import refuse_my_number
from reservations.contacts import ContactData, contact_of
from reservations.enums import Variant
from reservations.models import Reservation, Service, ServiceGroup
from reservations.queries.choices import name_for_reader
from residents.fields import KanaField, PhoneField
from residents.phones import format_phone

NOTE_LENGTH: Final = 200
DAY_MESSAGES: Final = {
    "required": _("日にちを入力してください。"),
    "invalid": _("日にちの形が正しくありません。"),
}
PEOPLE_MESSAGES: Final = {
    "required": _("来る人の数を入力してください。"),
    "invalid": _("来る人の数は、数字で入力してください。"),
    "min_value": _("来る人の数は、1人以上で入力してください。"),
}


def refuse_large_group(people: int, group: ServiceGroup) -> int:
    """The number, if so many may come with one reservation. Raises ValidationError."""
    if people > group.max_people:
        sentence = _("一度に予約できるのは%(most)s人までです。それより多いときは、窓口へお電話ください。")
        raise forms.ValidationError(sentence % {"most": group.max_people}, code="too_many_people")
    return people


class SearchForm(forms.Form):
    """Words for what somebody comes for. An address is not filled in by hand: what cannot be right finds nothing."""

    q = forms.CharField(required=False, max_length=100)

    def text(self) -> str:
        return str(self.cleaned_data["q"]).strip() if self.is_valid() else ""


class WishForm(forms.Form):
    """What else is done in the same visit, and how many people come. Stands in the addresses of all later pages."""

    also = forms.MultipleChoiceField(
        label=_("いっしょに済ませたい用件"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(
        label=_("来る人の数"),
        initial=1,
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=PEOPLE_MESSAGES,
    )

    def __init__(self, *args: Any, group: ServiceGroup, others: Iterable[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = list(others)
        self.group = group
        also = cast("forms.MultipleChoiceField", self.fields["also"])
        also.choices = [(one.key, name_for_reader(one)) for one in self.others]
        also.error_messages["invalid_choice"] = _("選んだ用件の中に、いまは予約できないものがあります。")
        if not self.others:
            del self.fields["also"]
        self.fields["people"].help_text = _("ご本人をふくめた人数です。%(most)s人まで予約できます。") % {
            "most": group.max_people
        }

    def clean_people(self) -> int:
        return refuse_large_group(self.cleaned_data["people"], self.group)

    def chosen(self) -> list[Service]:
        """The further services, in the order of the list."""
        keys = self.cleaned_data.get("also", [])
        return [one for one in self.others if one.key in keys]


class ContactForm(forms.Form):
    """Who comes and how they are reached. With `knows_name` the name comes from the record and is not asked."""

    name = forms.CharField(
        label=_("お名前"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("お名前を入力してください。")},
    )
    kana = KanaField(
        label=_("フリガナ"),
        max_length=80,
        error_messages={"required": _("フリガナを入力してください。ひらがなでも入力できます。")},
    )
    email = required_on_condition(
        forms.EmailField(
            label=_("メールアドレス"),
            required=False,
            max_length=254,
            help_text=_("予約番号と、変更・取消のリンクをお送りします。お持ちでない方は、電話番号を入力してください。"),
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            error_messages={"invalid": _("メールアドレスの形が正しくありません。「@」の前後をご確認ください。")},
        )
    )
    phone = required_on_condition(
        PhoneField(label=_("電話番号"), required=False, help_text=_("急な変更のときに、お電話することがあります。"))
    )
    note = forms.CharField(
        label=_("窓口に伝えたいこと"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=_("車いすで来る、手話が必要、ベビーカーで来るなど。病気や個人番号は書かないでください。"),
        widget=forms.Textarea(attrs={"rows": 3, "data-char-count": NOTE_LENGTH}),
    )

    def __init__(self, *args: Any, variant: str = Variant.ON_SITE, knows_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.variant = variant
        if knows_name:
            del self.fields["name"], self.fields["kana"]
        if variant == Variant.VIDEO:
            self.fields["email"].required = True
            self.fields["email"].help_text = _("ビデオ通話に入るリンクを、このアドレスへお送りします。")
            self.fields["email"].error_messages["required"] = _("メールアドレスを入力してください。")
            never_required(self.fields["phone"])
        if variant == Variant.PHONE:
            self.fields["phone"].required = True
            self.fields["phone"].help_text = _("予約の時間に、この番号へお電話します。")
            self.fields["phone"].error_messages["required"] = _("電話番号を入力してください。")
            self.fields["email"].help_text = _("予約番号と、変更・取消のリンクをお送りします。")
            never_required(self.fields["email"])

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        refuse_my_number(name)
        return name

    def clean_note(self) -> str:
        note = str(self.cleaned_data["note"])
        refuse_my_number(note)
        return note

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "email" in self.errors or "phone" in self.errors:
            return data
        if not self.is_reached(data):
            self.add_error("email", _("メールアドレスか電話番号の、どちらかを入力してください。"))
        return data

    def is_reached(self, data: dict[str, Any]) -> bool:
        """Whether the person can be told anything."""
        return bool(data.get("email") or data.get("phone", ("", ""))[0])

    def e164(self) -> str:
        """The telephone number as it is stored."""
        number, _entered = self.cleaned_data["phone"]
        return str(number)


def tell_of_room(form: ContactForm) -> None:
    """Say what the address of somebody who waits is for."""
    form.fields["email"].help_text = _(
        "空きが出たときに、お知らせします。お持ちでない方は、電話番号を入力してください。"
    )


class WaitingForm(ContactForm):
    """The same for the waiting list, with the days that would do."""

    from_day = forms.DateField(label=_("この日から"), error_messages=DAY_MESSAGES)
    until_day = forms.DateField(label=_("この日まで"), error_messages=DAY_MESSAGES)
    field_order = ("from_day", "until_day", "name", "kana", "email", "phone")

    def __init__(self, *args: Any, first: dt.date, last: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last
        tell_of_room(self)
        del self.fields["note"]
        days = {"type": "date", "min": first.isoformat(), "max": last.isoformat()}
        for name in ("from_day", "until_day"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs=days)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and first > last:
            self.add_error("until_day", _("終わりの日は、始まりの日か、それより後の日にしてください。"))
        for name, day in (("from_day", first), ("until_day", last)):
            if day and name not in self.errors and not self.first <= day <= self.last:
                self.add_error(name, _("予約を受け付けている期間の日にちを入力してください。"))
        return data


class OwnChangeForm(ContactForm):
    """How many come, how they are reached, and what the desk should know, of a reservation that is made."""

    people = forms.IntegerField(
        label=_("来る人の数"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=PEOPLE_MESSAGES,
    )
    field_order = ("people", "name", "kana", "email", "phone", "note")

    def __init__(self, *args: Any, reservation: Reservation, **kwargs: Any) -> None:
        self.reservation = reservation
        values = {name: getattr(reservation, name) for name in ("people", "name", "kana", "email", "note")}
        kwargs["initial"] = values | {"phone": format_phone(reservation.phone)}
        knows_name = reservation.resident_id is not None
        super().__init__(*args, variant=reservation.variant, knows_name=knows_name, **kwargs)
        self.fields["email"].help_text = _("ここを変えると、これからのお知らせは新しいアドレスへ届きます。")

    def clean_people(self) -> int:
        return refuse_large_group(self.cleaned_data["people"], self.reservation.group)

    def contact(self) -> ContactData:
        """Who comes, with what was changed."""
        return replace(
            contact_of(self.reservation),
            **{name: self.cleaned_data[name] for name in ("name", "kana", "email") if name in self.cleaned_data},
            phone=self.e164(),
        )


class FindForm(forms.Form):
    """Number and address: the link is mailed again."""

    number = NumberField(
        label=_("予約番号"),
        max_length=40,
        help_text=_("例: 1234-5678-901"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("予約番号を入力してください。"),
            "invalid": _("予約番号は11桁の数字です。予約の控えをご確認ください。"),
        },
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        help_text=_("予約のときに入力したメールアドレスです。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("メールアドレスを入力してください。"),
            "invalid": _("メールアドレスの形が正しくありません。「@」の前後をご確認ください。"),
        },
    )
