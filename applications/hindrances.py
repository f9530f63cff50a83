"""What stands in the way of a decision: parts of this app say it, the steps of casework ask before they decide.

A part registers a function in `AppConfig.ready`; casework knows none of them by name.
"""

from collections.abc import Callable, Mapping, Sequence

from applications.enums import DecisionKind
from applications.models import Application
from cityhall.errors import DomainError
from cityhall.registry import Registry

Finder = Callable[[Sequence[Application], DecisionKind], Mapping[int, list[str]]]
"""Id of a case → full sentences that say what is missing and what to do; cases with nothing in the way are left out.

Reads only, in a number of queries that does not grow with the cases.
"""

finders: Registry[Finder] = Registry()


class Hindered(DomainError):
    """Something must be settled before the decision; `sentences` say what."""

    code = "hindered"

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(sentences))


def hindrances_of(cases: Sequence[Application], decision: DecisionKind) -> dict[int, list[str]]:
    """What stands in the way of this decision on each of these cases, in the order of registration."""
    found: dict[int, list[str]] = {}
    for finder in finders:
        for case, sentences in finder(cases, decision).items():
            found.setdefault(case, []).extend(sentences)
    return found


def hindrances(application: Application, decision: DecisionKind) -> list[str]:
    """Everything that stands in the way of this decision on one case."""
    return hindrances_of([application], decision).get(application.pk, [])


def need_no_hindrance(application: Application, decision: DecisionKind) -> None:
    """Raises Hindered. Asked by whoever proposes, signs or makes a decision, also when it was proposed before."""
    found = hindrances(application, decision)
    if found:
        raise Hindered(found)
