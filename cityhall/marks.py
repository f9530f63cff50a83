"""What stands beside the label of a question: 必須, 任意, or 条件により必須 (`templates/components/_mark.html`)."""

from typing import TypeVar

from django import forms

F = TypeVar("F", bound=forms.Field)


def required_on_condition(field: F) -> F:
    """The field with the mark that it must be answered in some cases; the form's `clean` says in which."""
    field.is_required_on_condition = True  # type: ignore[attr-defined]
    return field


def never_required(field: forms.Field) -> None:
    """Takes the mark off again, where the case in which the field must be answered cannot come."""
    field.is_required_on_condition = False  # type: ignore[attr-defined]
