"""Forms of the inbox: searching, and writing back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.enums import InboxCategory
from notices.services.replies import MAX_LENGTH


class InboxForm(forms.Form):
    """What a person looks for in their notices. What cannot be understood counts as not asked for."""

    text = forms.CharField(
        label=_("言葉で探す"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    category = forms.ChoiceField(label=_("分類"), required=False, choices=[("", _("すべて")), *InboxCategory.choices])

    def wanted(self) -> dict[str, Any]:
        """What was understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ReplyForm(forms.Form):
    """Some words; the hidden key makes a double click one answer."""

    body = forms.CharField(
        label=_("返信の内容"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("返信の内容を入力してください。")},
    )
    request_key = forms.CharField(max_length=60, widget=forms.HiddenInput)


class AnswerForm(ReplyForm):
    """What staff say to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("回答の内容")
        self.fields["body"].error_messages["required"] = _("回答の内容を入力してください。")
