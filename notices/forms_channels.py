"""Forms of the pages where people choose how they are told. They speak to people; the rules stand in the services."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.references import normalize_number
from notices.enums import Channel, InboxCategory
from notices.models import Topic

# shorter than its name elsewhere: two boxes stand side by side on a phone
_SHORT_LABELS = {Channel.PUSH: _("プッシュ")}


class ChoicesForm(forms.Form):
    """One group of boxes for each drawer of the inbox; only ways that the person has."""

    def __init__(
        self,
        data: Any = None,
        *,
        ways: list[Channel],
        chosen: Mapping[str, list[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        for category in InboxCategory:
            self.fields[category.value] = forms.MultipleChoiceField(
                label=category.label,
                required=False,
                choices=[(way.value, _SHORT_LABELS.get(way, way.label)) for way in ways],
                widget=forms.CheckboxSelectMultiple,
                initial=chosen.get(category.value, [way.value for way in ways]),
            )

    def wanted(self) -> dict[str, list[str]]:
        """Drawer → channels."""
        return {name: list(value) for name, value in self.cleaned_data.items()}


class PushForm(forms.Form):
    """What a browser says of its subscription; the script fills it in."""

    endpoint = forms.CharField(max_length=800, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=120, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput)
    device_name = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("携帯電話番号"),
        max_length=30,
        help_text=_("例: 090-1234-5678。確認番号をSMSでお送りします。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("携帯電話番号を入力してください。")},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("確認番号"),
        max_length=12,
        help_text=_("SMSで届いた6桁の数字を入力してください。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("確認番号を入力してください。")},
    )

    def clean_code(self) -> str:
        """Full width and blanks do not matter."""
        return normalize_number(self.cleaned_data["code"])


if TYPE_CHECKING:
    # takes a parameter in the stubs only
    TopicChoiceField = forms.ModelMultipleChoiceField[Topic]
else:
    TopicChoiceField = forms.ModelMultipleChoiceField


class _TopicsField(TopicChoiceField):
    def label_from_instance(self, topic: Topic) -> str:
        return f"{topic.name}（{topic.description}）" if topic.description else topic.name


class TopicMailForm(forms.Form):
    """An address and the topics it wants."""

    topics = _TopicsField(
        label=_("話題"),
        queryset=Topic.objects.none(),
        to_field_name="key",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("受け取りたい話題を選んでください。")},
    )
    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        help_text=_("確認のメールをお送りします。メールの中のページで「登録する」を押すと、配信が始まります。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("メールアドレスを入力してください。"),
            "invalid": _("メールアドレスを確認してください。例: hanako@example.jp"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.filter(is_active=True)  # type: ignore[attr-defined]
