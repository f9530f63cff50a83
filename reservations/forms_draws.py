"""Entering a draw, and opening one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reservations.enums import Release, SupplyKind
from reservations.forms import ContactForm
from reservations.models import Draw, Place, ServiceGroup, Slot
from reservations.queries.draws import slots_of
from reservations.templatetags.booking import clock, plain_day


class WishForm(ContactForm):
    """The times somebody would like, first to last, and how they are told."""

    people = forms.IntegerField(label=_("来る人の数"), min_value=1, initial=1)
    joins_waitlist = forms.BooleanField(label=_("落選したら、キャンセル待ちに入る"), required=False, initial=True)

    def __init__(self, *args: Any, draw: Draw, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draw = draw
        self.fields["email"].help_text = _(
            "申込の控えと結果をお知らせします。お持ちでない方は、電話番号を入力してください。"
        )
        del self.fields["note"]
        services = draw.group.services.filter(is_active=True, offers__place=draw.place)
        self.fields["service"] = forms.ModelChoiceField(
            services, label=_("用件"), to_field_name="key", empty_label=None
        )
        self.slots = {str(slot.pk): slot for slot in slots_of(draw)}
        choices = [(key, slot_text(slot)) for key, slot in self.slots.items()]
        for number in range(1, draw.max_choices + 1):
            self.fields[f"choice{number}"] = forms.ChoiceField(
                label=_("第%(number)s希望") % {"number": number},
                choices=[("", _("選んでください")), *choices],
                required=number == 1,
                error_messages={"required": _("第1希望の日時を選んでください。")},
            )
        if draw.group.max_people == 1:
            del self.fields["people"]
        if not draw.group.has_waiting_list:
            del self.fields["joins_waitlist"]
        wishes = [f"choice{number}" for number in range(1, draw.max_choices + 1)]
        self.order_fields(["service", *wishes, "people", "name", "kana", "email", "phone", "joins_waitlist"])

    def clean_people(self) -> int:
        people: int = self.cleaned_data["people"]
        if people > self.draw.group.max_people:
            raise forms.ValidationError(_("1件で%(most)s人までです。") % {"most": self.draw.group.max_people})
        return people

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = [data.get(name) for name in self.fields if name.startswith("choice") and data.get(name)]
        if len(set(chosen)) != len(chosen):
            self.add_error(
                f"choice{len(chosen)}", _("同じ日時を2回選んでいます。別の日時にするか、空欄にしてください。")
            )
        return data

    def chosen(self) -> list[Slot]:
        """The slots in the order of liking."""
        names = (name for name in self.fields if name.startswith("choice"))
        return [self.slots[self.cleaned_data[name]] for name in names if self.cleaned_data.get(name)]


class DrawForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    """A new draw of a group that is released by one."""

    class Meta:
        model = Draw
        fields = (
            "group",
            "place",
            "title",
            "text",
            "from_day",
            "until_day",
            "wishes_from",
            "wishes_until",
            "max_choices",
        )
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "from_day": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "until_day": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "wishes_from": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            "wishes_until": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        }

    def __init__(self, *args: Any, groups: QuerySet[ServiceGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawn = groups.filter(release=Release.DRAW).exclude(kind=SupplyKind.COUNTER)
        self.fields["group"] = forms.ModelChoiceField(drawn, label=_("業務のまとまり"))
        self.fields["place"] = forms.ModelChoiceField(Place.objects.filter(is_active=True), label=_("場所"))
        self.fields["max_choices"] = forms.IntegerField(label=_("希望の数"), min_value=1, max_value=5, initial=3)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and first > last:
            self.add_error("until_day", _("最後の日は、最初の日以降にしてください。"))
        start, end = data.get("wishes_from"), data.get("wishes_until")
        if start and end and start >= end:
            self.add_error("wishes_until", _("申込の締切は、開始より後にしてください。"))
        if end and end <= timezone.now():
            self.add_error("wishes_until", _("申込の締切は、今より後にしてください。"))
        if end and first and timezone.localdate(end) >= first:
            self.add_error("wishes_until", _("申込の締切は、対象の最初の日より前にしてください。"))
        return data


def slot_text(slot: Slot) -> str:
    """A time as it stands in a list of choices."""
    return f"{plain_day(slot.starts_at)} {clock(slot.starts_at)}〜{clock(slot.ends_at)}"
