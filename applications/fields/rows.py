"""Repeating groups: the rows as a whole. Their questions are fields of their own (`form_pages`)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.definition import Field
from applications.fields.base import AnswerField
from applications.row_paths import is_row_id


class RowIdsInput(forms.MultipleHiddenInput):
    """The ids of the rows in their order; the template of the group writes one into each row."""

    use_fieldset = True


class RowsAnswer(AnswerField):
    """Which rows a page sent. Refuses more rows than the group takes, and ids that no page of ours has made."""

    def __init__(self, field: Field) -> None:
        super().__init__(field, widget=RowIdsInput())

    def to_python(self, value: Any) -> list[str]:
        ids = list(value or ())
        if len(set(ids)) != len(ids) or not all(map(is_row_id, ids)):
            raise ValidationError(_("行を読み取れませんでした。ページを開き直して、入力した内容を確かめてください。"))
        if len(ids) > self.question.max_rows:
            raise ValidationError(
                _("%(most)s件まで入力できます（今は%(count)s件です）。不要な行を削除してください。")
                % {"most": self.question.max_rows, "count": len(ids)}
            )
        return ids

    def answers(self, cleaned: Any) -> dict[str, Any]:
        """Nothing: the rows' own questions make the answer."""
        return {}
