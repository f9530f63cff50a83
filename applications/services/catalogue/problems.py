"""What is wrong in the files, all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cityhall.errors import DomainError


@dataclass(frozen=True)
class Problem:
    """One mistake: the file, the place inside it (`pages[1].fields[0].type`), the reason."""

    file: str
    path: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.path}" if self.path else self.file
        return f"{place}: {self.reason}"


class CatalogueError(DomainError):
    """The files cannot be loaded; nothing was changed. `problems` names every mistake found."""

    code = "bad_catalogue"
    message = _("手続カタログに誤りがあります。次の箇所を直してから、もう一度読み込んでください。")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__()

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *map(str, self.problems)])
