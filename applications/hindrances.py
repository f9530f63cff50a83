"""What stands in the way of a decision: parts of this app say it, the steps of casework ask before they decide.

A part registers a function in `AppConfig.ready`; casework knows none of them by name.
"""

from collections.abc import Callable

from applications.enums import DecisionKind
from applications.models import Application
from cityhall.errors import DomainError
from cityhall.registry import Registry

Finder = Callable[[Application, DecisionKind], list[str]]
"""Full sentences that say what is missing and what to do; none when nothing stands in the way. Reads only."""

finders: Registry[Finder] = Registry()


class Hindered(DomainError):
    """Something must be settled before the decision; `sentences` say what."""

    code = "hindered"

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(sentences))


def hindrances(application: Application, decision: DecisionKind) -> list[str]:
    """Everything that stands in the way of this decision on this case, in the order of registration."""
    return [sentence for finder in finders for sentence in finder(application, decision)]


def need_no_hindrance(application: Application, decision: DecisionKind) -> None:
    """Raises Hindered. Asked by whoever proposes, signs or makes a decision, also when it was proposed before."""
    found = hindrances(application, decision)
    if found:
        raise Hindered(found)
