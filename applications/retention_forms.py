"""Forms of keeping and disposing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.my_numbers import StaffTexts


class HoldForm(StaffTexts, forms.Form):
    """Why a case is kept beyond its years; blank: it is not."""

    reason = forms.CharField(
        label=_("廃棄しない理由"),
        required=False,
        max_length=200,
        help_text=_("訴訟や調査のために残すときなどに入力します。空欄にすると、保存期限の後に廃棄の対象になります。"),
    )
