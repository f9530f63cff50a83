"""Answers that nobody types: from the resident's record, calculated, or brought by a link.

They come to the form with `given` and never from the page: whatever a browser sends in their place is not read.
The page shows a calculated value by itself, so that a script can write into it (templates/applications/_block.html).
"""

from typing import Any

from applications.answers import display_text
from applications.definition import Field
from applications.fields.base import AnswerField
from applications.widgets import GivenWidget, NoWidget


class GivenAnswer(AnswerField):
    """A value that is shown, not asked. Its answer is what was given, blank when there is none."""

    def __init__(self, field: Field, given: Any) -> None:
        self.given = given
        text = "" if given is None else display_text(field, given)
        super().__init__(field, widget=GivenWidget(text=text), template_name="applications/widgets/given_field.html")
        self.required = False

    def clean(self, value: Any) -> Any:
        return self.given


class HiddenAnswer(GivenAnswer):
    """A reference from the link that led here. The page holds nothing of it; the check page shows it."""

    def __init__(self, field: Field, given: Any) -> None:
        super().__init__(field, given)
        self.widget = NoWidget()
