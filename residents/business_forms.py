"""What managers type about a business and whom they invite."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.codes import is_corporate_number
from cityhall.my_numbers import refuse_my_number
from residents.addresses import normalize_postal_code
from residents.fields import KanaField, PhoneField
from residents.models import Business

_BLANKS = re.compile(r"[\s\-‐−－ー]+")


class BusinessForm(forms.Form):
    """A business as its manager writes it down. The number is typed once and stays."""

    corporate_number = forms.CharField(
        label=_("法人番号"),
        max_length=40,
        required=False,
        help_text=_("13桁の番号です。個人事業の方は空欄のままにしてください。マイナンバーは入力しないでください。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("名称"),
        max_length=200,
        validators=[refuse_my_number],
        help_text=_("例: 株式会社緑野商店"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name_kana = KanaField(label=_("名称（フリガナ）"), max_length=200, required=False)
    representative = forms.CharField(
        label=_("代表者"),
        max_length=120,
        validators=[refuse_my_number],
        help_text=_("役職と氏名を入力してください。例: 代表取締役 緑野 太郎"),
    )
    postal_code = forms.CharField(
        label=_("郵便番号"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    address = forms.CharField(label=_("所在地"), max_length=300, validators=[refuse_my_number])
    phone = PhoneField(label=_("電話番号"), required=False)

    def __init__(self, *args: Any, business: Business | None = None, **kwargs: Any) -> None:
        if business is not None:
            kwargs["initial"] = {name: getattr(business, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if business is not None:
            del self.fields["corporate_number"]
        for field in self.fields.values():
            field.error_messages["required"] = _("%(label)sを入力してください。") % {"label": field.label}

    def clean_corporate_number(self) -> str:
        """Thirteen ASCII digits, or nothing. The check digit finds a slip of the finger at once."""
        number = _BLANKS.sub("", unicodedata.normalize("NFKC", self.cleaned_data["corporate_number"]))
        if number and not is_corporate_number(number):
            raise forms.ValidationError(
                _("法人番号の検査数字が合いません。国税庁の法人番号公表サイトなどで、13桁の番号をご確認ください。")
            )
        return number

    def clean_postal_code(self) -> str:
        """Seven digits, or nothing."""
        typed = self.cleaned_data["postal_code"].strip()
        if not typed:
            return ""
        digits = normalize_postal_code(typed)
        if not digits:
            raise forms.ValidationError(_("郵便番号は7桁の数字で入力してください。例: 100-0001"))
        return digits

    def clean_phone(self) -> str:
        """As it was typed, once it is a telephone number."""
        _e164, entered = self.cleaned_data["phone"]
        return str(entered)


class InvitationForm(forms.Form):
    """Whom to invite: by the address they sign in with."""

    email = forms.EmailField(
        label=_("招待する方のメールアドレス"),
        max_length=254,
        help_text=_("その方が利用者登録で確認したメールアドレスです。登録があるかどうかは表示されません。"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    is_manager = forms.BooleanField(label=_("管理者として招待する（担当者の招待と終了もできます）"), required=False)
