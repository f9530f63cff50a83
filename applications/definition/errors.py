"""What is wrong with a definition, and where."""

from dataclasses import dataclass

from cityhall.errors import DomainError


@dataclass(frozen=True)
class Problem:
    """One mistake. `where` is the key of the field, `page 2`, or `form`."""

    where: str
    message: str


class DefinitionError(DomainError):
    """The document is no valid form; the message names the page or field of the first mistake, `problems` all."""

    code = "bad_definition"

    def __init__(self, where: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        self.where = where
        self.problems = problems or (Problem(where, message),)
        super().__init__(f"{where}: {message}")

    @classmethod
    def of(cls, problems: tuple[Problem, ...]) -> "DefinitionError":
        """One error for all mistakes, which are at least one."""
        return cls(problems[0].where, problems[0].message, problems)
