"""What a member of staff says before they begin to fill in an internal procedure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.queries.filing import departments_for
from cityhall.models import Department, User


class DepartmentForm(forms.Form):
    """For which of one's departments it is. Who works for one or for the whole city hall is not asked."""

    department = forms.ModelChoiceField(
        label=_("どの課の申請ですか"),
        queryset=Department.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("どの課の申請かを選んでください。"),
            "invalid_choice": _("選んだ課の申請はできません。ご自身の課を選んでください。"),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = list(departments_for(user))
        if len(self.departments) > 1:
            choice: forms.ModelChoiceField[Department] = self.fields["department"]  # type: ignore[assignment]
            choice.queryset = departments_for(user)
        else:
            del self.fields["department"]

    def chosen(self) -> Department | None:
        """The department that was said, or the only one; None for who works for the whole city hall."""
        return self.cleaned_data.get("department") or next(iter(self.departments), None)
