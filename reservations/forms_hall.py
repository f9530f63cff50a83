"""What is typed in the hall: little."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.ids import public_id
from reservations.enums import Priority


class TicketForm(forms.Form):
    """A ticket for a number of people; staff may let somebody go first, with the reason."""

    request_key = forms.RegexField(r"^[A-Za-z0-9_-]{8,40}$", widget=forms.HiddenInput, required=False)
    people = forms.IntegerField(label=_("人数"), min_value=1, max_value=20, initial=1, required=False)
    priority = forms.ChoiceField(
        label=_("お呼びする順番"),
        choices=[(Priority.NORMAL, _("通常")), (Priority.HIGH, _("優先（体調・乳幼児など）"))],
        initial=Priority.NORMAL,
        required=False,
    )
    note = forms.CharField(
        label=_("優先する理由・引き継ぎ"), max_length=200, required=False, help_text=_("優先にするときは必要です。")
    )

    def __init__(self, *args: Any, with_priority: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_priority:
            del self.fields["priority"], self.fields["note"]

    def clean_people(self) -> int:
        return self.cleaned_data["people"] or 1

    def clean_request_key(self) -> str:
        # a page that lost its key: this press is one request of its own
        return self.cleaned_data["request_key"] or public_id()


class CheckInForm(forms.Form):
    """What a scanner typed, or a person: the code of the QR, or the number of the reservation."""

    code = forms.CharField(label=_("予約番号"), max_length=60)


class AlertForm(forms.Form):
    """Where to say that the turn is near."""

    email = forms.EmailField(label=_("メールアドレス"), max_length=254)
