"""Fields of forms for what the base itself defines."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.references import is_valid_number, normalize_number


class NumberField(forms.CharField):
    """A public number as people type it: with hyphens, blanks, in full width. Cleans to its digits."""

    default_error_messages = {"invalid": _("番号は11桁の数字です。控えやメールをご確認ください。")}

    def clean(self, value: object) -> str:
        number = normalize_number(super().clean(value))
        if number and not is_valid_number(number):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return number
