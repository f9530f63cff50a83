"""The approval chain of a procedure, a row for each of its three possible steps."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.approvals import MOST_STEPS
from applications.models import ApprovalStep, Procedure
from applications.queries.standing_in import possible_principals
from applications.services.chains import WantedStep
from cityhall.marks import required_on_condition
from cityhall.models import Department


class ChainForm(forms.Form):
    """Rows without a title are no steps; a gap closes by itself."""

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = list(procedure.approval_steps.order_by("position"))
        approvers = possible_principals()
        for number in range(1, MOST_STEPS + 1):
            step = kept[number - 1] if number <= len(kept) else ApprovalStep()
            self._add_row(number, step, procedure, approvers)

    def _add_row(self, number: int, step: ApprovalStep, procedure: Procedure, approvers: Any) -> None:
        title = forms.CharField(
            label=_("職名"), required=False, max_length=40, initial=step.title, help_text=_("例: 係長、課長、部長")
        )
        self.fields[f"title_{number}"] = required_on_condition(title)
        self.fields[f"department_{number}"] = forms.ModelChoiceField(
            label=_("決裁する課"),
            required=False,
            queryset=Department.objects.order_by("position", "code"),
            empty_label=str(_("所管課（%(name)s）") % {"name": procedure.department.name}),
            initial=step.department_id,
        )
        self.fields[f"approver_{number}"] = forms.ModelChoiceField(
            label=_("決裁者"),
            required=False,
            queryset=approvers,
            empty_label=str(_("その課の決裁者なら誰でも")),
            initial=step.approver_id,
        )

    def rows(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """The fields of each step."""
        for number in range(1, MOST_STEPS + 1):
            yield number, [self[f"{name}_{number}"] for name in ("title", "department", "approver")]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, MOST_STEPS + 1):
            has_more = data.get(f"department_{number}") or data.get(f"approver_{number}")
            if has_more and not data.get(f"title_{number}"):
                self.add_error(
                    f"title_{number}", _("職名を入力してください。段階にしないときは、課と決裁者を外してください。")
                )
        return data

    def steps(self) -> list[WantedStep]:
        """What was asked for, in order. Call after `is_valid()`."""
        data = self.cleaned_data
        return [
            WantedStep(cast("str", data[f"title_{number}"]), data[f"department_{number}"], data[f"approver_{number}"])
            for number in range(1, MOST_STEPS + 1)
            if data[f"title_{number}"]
        ]
