"""What is wrong with the boxes of an answer in parts: everything at once, each thing at its own box."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

Read = TypeVar("Read")


class PartError(ValidationError):
    """A mistake in some boxes of a group. The first of them is where the list of mistakes leads."""

    def __init__(self, message: str | Promise, *parts: str) -> None:
        super().__init__(str(message))
        self.parts = parts


class Mistakes:
    """Collects mistakes, so that a person hears of all of them and not of one a time."""

    def __init__(self) -> None:
        self.found: list[PartError | ValidationError] = []

    def add(self, message: str | Promise, *parts: str) -> None:
        self.found.append(PartError(message, *parts))

    def read(self, read: Callable[..., Read], *arguments: Any, part: str, blank: Read, **settings: Any) -> Read:
        """What `read` makes of the arguments; `blank` where it refuses them. What it says belongs to `part`."""
        try:
            return read(*arguments, **settings)
        except ValidationError as error:
            errors: list[ValidationError] = error.error_list
            self.found += [one if isinstance(one, PartError) else PartError(one.messages[0], part) for one in errors]
            return blank

    def concern(self, *parts: str) -> bool:
        """Whether something is wrong with one of these parts."""
        return any(isinstance(one, PartError) and not set(parts).isdisjoint(one.parts) for one in self.found)

    def raise_all(self) -> None:
        """Raises ValidationError unless nothing is wrong."""
        if self.found:
            raise ValidationError(self.found)


def parts_of(error: ValidationError) -> tuple[str, ...]:
    """The boxes that an error names; none when it is about the answer as a whole."""
    return error.parts if isinstance(error, PartError) else ()
