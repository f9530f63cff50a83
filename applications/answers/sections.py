"""Every question of a form with its answer in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.answers.model import FileLink, Row, Section
from applications.answers.words import display_text
from applications.definition import Field, Form
from applications.enums import FieldType

APPLICANT_ADDRESS = "applicant.address"
ADDRESS_HIDDEN = gettext_lazy("支援措置のため表示できません")


def display_rows(
    form: Form,
    answers: Mapping[str, Any],
    *,
    file_names: Mapping[str, str] | None = None,
    hide_address: bool = False,
) -> list[Section]:
    """Every question with its answer in words, by page.

    `file_names` gives the name of each attachment by its public id; a file without a name is called 添付ファイル.
    `hide_address` is for those from whom the applicant's address is protected (支援措置).
    """
    names = file_names or {}
    hidden = APPLICANT_ADDRESS if hide_address else None
    return [
        Section(
            number=number, title=page.title, rows=tuple(_row(field, answers, names, hidden) for field in page.fields)
        )
        for number, page in enumerate(form.pages, start=1)
    ]


def _row(field: Field, answers: Mapping[str, Any], names: Mapping[str, str], hidden_concept: str | None) -> Row:
    answer = answers.get(field.key)
    if answer is not None and field.concept == hidden_concept:
        return Row(field.key, field.label, str(ADDRESS_HIDDEN))
    if field.type == FieldType.FILE:
        files = tuple(FileLink(public_id, names.get(public_id, _("添付ファイル"))) for public_id in answer or ())
        return Row(field.key, field.label, "", files)
    return Row(field.key, field.label, "" if answer is None else display_text(field, answer))
