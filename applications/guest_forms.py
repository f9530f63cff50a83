"""What a guest types to be reached, and to find an application again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.form_fields import NumberField


class ContactForm(forms.Form):
    """Where the number and the link are sent."""

    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        help_text=_("受付番号と、申請の状況を確認するリンクをお送りします。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("メールアドレスを入力してください。"),
            "invalid": _("メールアドレスの形が正しくありません。「@」の前後をご確認ください。"),
        },
    )


def _number_field() -> NumberField:
    return NumberField(
        label=_("受付番号"),
        max_length=40,
        help_text=_("例: 1234-5678-901"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("受付番号を入力してください。"),
            "invalid": _("受付番号は11桁の数字です。控えやメールをご確認ください。"),
        },
    )


class FindForm(ContactForm):
    """Number and address: the link is mailed again."""

    number = _number_field()
    field_order = ("number", "email")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["email"].help_text = _("申請のときに入力したメールアドレスです。")


class OpenForm(forms.Form):
    """Number and code: the application opens at once."""

    number = _number_field()
    secret = forms.CharField(
        label=_("照会コード"),
        max_length=60,
        help_text=_("受付のメール、または控えに書かれています。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("照会コードを入力してください。")},
    )
