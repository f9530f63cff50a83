"""A bank account in parts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.answers import ACCOUNT_TYPES
from applications.typed import BANK, YUCHO, part_name
from applications.widgets.base import PartsWidget, text_box

_KINDS = ((BANK, _("銀行・信用金庫・農協など")), (YUCHO, _("ゆうちょ銀行（記号・番号で入力）")))


class BankWidget(PartsWidget):
    """Boxes for a bank, and symbol and number for the post bank; a style sheet shows one group of them."""

    template_name = "applications/widgets/bank.html"
    labels = {
        "kind": "",
        "bank_name": _("金融機関名"),
        "bank_code": _("金融機関コード（4桁）"),
        "branch_name": _("支店名"),
        "branch_code": _("支店コード・店番（3桁）"),
        "account_type": _("口座の種類"),
        "number": _("口座番号（7桁）"),
        "symbol": _("記号（5桁）"),
        "symbol_number": _("番号（8桁まで）"),
        "holder": _("口座名義（カナ）"),
    }

    def __init__(self) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        types = [("", _("選択してください")), *ACCOUNT_TYPES.items()]
        super().__init__(
            {
                "kind": forms.RadioSelect(choices=_KINDS),
                "bank_name": text_box(autocomplete="off"),
                "bank_code": text_box(**digits),
                "branch_name": text_box(autocomplete="off"),
                "branch_code": text_box(**digits),
                "account_type": forms.Select(choices=types),
                "number": text_box(**digits),
                "symbol": text_box(**digits),
                "symbol_number": text_box(**digits),
                "holder": text_box(autocomplete="off"),
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # where the template begins the group of the post bank
        context["widget"]["symbol_name"] = part_name(name, "symbol")
        return context
