"""The search of procedures: what stands in the address, checked."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.queries.procedures import Filters


class ProcedureSearchForm(forms.Form):
    """Words and filters. An address is not filled in by hand: what cannot be right is left out, not refused."""

    q = forms.CharField(label=_("手続をことばで探す"), max_length=100, required=False)
    event = forms.SlugField(max_length=40, required=False)
    department = forms.SlugField(max_length=30, required=False)
    kana = forms.CharField(max_length=1, required=False)

    def filters(self) -> Filters:
        self.full_clean()
        values = self.cleaned_data
        return Filters(
            text=values.get("q", ""),
            life_event=values.get("event", ""),
            department=values.get("department", ""),
            kana_row=values.get("kana", ""),
        )
