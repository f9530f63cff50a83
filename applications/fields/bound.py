"""A question in parts on a page: which of its boxes are wrong, and where what is wrong with each is said."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.utils.safestring import SafeString

from applications.fields.mistakes import parts_of
from applications.widgets import PartsWidget


class PartsBoundField(BoundField):
    """Marks just the boxes that are wrong, unless something is wrong with the answer as a whole."""

    has_parts = True
    """For the template of fields."""

    def as_widget(self, *args: Any, **kwargs: Any) -> SafeString:
        self._widget.wrong = self._wrong()
        return super().as_widget(*args, **kwargs)

    def mistakes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every message with the ids of the controls it is about; none when it is about the answer as a whole."""
        for error in self._errors():
            yield error.messages[0], tuple(map(self._id_of, parts_of(error)))

    def place_of(self, control: str) -> str:
        """Id of the list that says what is wrong with a control."""
        part = self._widget.parts[int(control.rpartition("_")[2])]
        return f"{self.auto_id if part in self._widget.in_line else control}_error"

    @property
    def group_errors(self) -> ErrorList:
        """What is said below all boxes."""
        wrong = self._wrong()
        shown = self._errors()
        if wrong is not None:
            shown = [error for error in shown if parts_of(error)[0] in self._widget.in_line]
        return ErrorList(shown, renderer=self.form.renderer, field_id=self.auto_id)

    @property
    def _widget(self) -> PartsWidget:
        return cast("PartsWidget", self.field.widget)

    def _errors(self) -> list[ValidationError]:
        return self.errors.as_data()

    def _wrong(self) -> dict[str, list[str]] | None:
        errors = self._errors()
        if not errors or not all(parts_of(error) for error in errors):
            return None
        wrong: dict[str, list[str]] = {}
        for error in errors:
            first, *others = parts_of(error)
            wrong.setdefault(first, []).append(error.messages[0])
            for part in others:
                wrong.setdefault(part, [])
        return wrong

    def _id_of(self, part: str) -> str:
        return f"{self.auto_id}_{self._widget.parts.index(part)}"
