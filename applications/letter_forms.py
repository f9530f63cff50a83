"""The form of a letter's text, which may be tried with a real case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from notices.forms_texts import TextForm, initial_of

__all__ = ["LetterForm", "initial_of"]


class LetterForm(TextForm):
    """Title, body, table and appeal text of one kind of letter."""

    case_number = forms.CharField(
        label=gettext_lazy("試しに使う申請の受付番号"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("空欄のときは、見本の値で表示します。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["appeal_text"].help_text = gettext_lazy(
            "期間の月数は ((appeal_months)) と書くと、手続の設定から入ります。"
        )
