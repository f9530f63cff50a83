"""The form of staff who write news."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from notices.models import Topic


class NewsForm(forms.Form):
    """One piece of news. The hidden key makes a double click one draft."""

    topic = forms.ModelChoiceField(
        label=_("話題"),
        queryset=Topic.objects.none(),
        empty_label=_("選んでください"),
        error_messages={"required": _("話題を選んでください。")},
    )
    title = forms.CharField(
        label=_("表題"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("表題を入力してください。")},
    )
    body = forms.CharField(
        label=_("本文"),
        max_length=2000,
        help_text=_("プッシュ通知には、はじめの300文字までが表示されます。"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("本文を入力してください。")},
    )
    url = forms.CharField(
        label=_("リンク"),
        max_length=300,
        required=False,
        help_text=_("このサイトの中は /procedures/ のように、ほかのサイトは https:// から入力してください。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    request_key = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        is_ours = url.startswith("/") and not url.startswith("//")
        if url and not is_ours and not url.startswith("https://"):
            raise forms.ValidationError(_("リンクは / または https:// から始めてください。"), code="not_a_link")
        return url
