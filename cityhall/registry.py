"""What lower apps tell the portal above them. Filled in `AppConfig.ready`, read-only afterwards.

Only the registries named here exist; knowledge that flows down is an ordinary import.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise

from cityhall.conditions import Condition

T = TypeVar("T")


class Registry(Generic[T]):
    """An ordered list of entries, unique by key; registering a key twice is a programming error."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, T]] = {}

    def register(self, key: str, entry: T, *, position: int = 100) -> None:
        if key in self._entries:
            raise ValueError(f"{key} is registered already")
        self._entries[key] = (position, entry)

    def __iter__(self) -> Iterator[T]:
        return iter(entry for _position, entry in sorted(self._entries.values(), key=lambda pair: pair[0]))


@dataclass(frozen=True)
class NavigationItem:
    """A link of a main menu. `audience` is "resident" or "staff"; staff items show only with the permission.

    `count` says how much waits behind it for this person, in one query at most; 0 shows nothing. `group` names the
    part of the staff's menu it stands in, which opens and closes; without one it always shows.
    """

    label: str | Promise
    url_name: str
    audience: str
    permission: str = ""
    count: Callable[[HttpRequest], int] | None = None
    group: str | Promise = ""


@dataclass(frozen=True)
class Panel:
    """A part of a page made by a lower app: a template and what it needs, or None to show nothing."""

    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True)
class SegmentFact:
    """Something known of every resident that the receivers of a mass notice are chosen by.

    `key` is its name in the condition language; `kind` says how the builder asks for it: "number" (from … to),
    "choice", "list" (one of several a person has), "flag", "last_days" (days by choice: `key.choice` is the last)
    or "people" (rows with an age). `facts_for` gives what is known of residents by id, by `key` or `key.part`; a
    blank is an absent key. `prefilter` turns a part of a condition about this fact alone into a look-up that an
    index can answer and that leaves out nobody whom the condition takes, or None; `is_exact` says that it takes
    nobody else.
    """

    key: str
    label: str | Promise
    kind: str
    facts_for: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
    choices: Callable[[], list[tuple[str, str]]] = list
    prefilter: Callable[[Condition, dt.date], Q | None] = lambda _part, _today: None
    is_exact: bool = False
    help: str | Promise = ""


@dataclass(frozen=True)
class SubjectPanel:
    """A part of the page of one thing, made by an app above the one that has the page: `context` is given the thing."""

    template: str
    context: Callable[[HttpRequest, Any], Any]


navigation: Registry[NavigationItem] = Registry()
my_page_panels: Registry[Panel] = Registry()
staff_home_panels: Registry[Panel] = Registry()
business_panels: Registry[SubjectPanel] = Registry()
desk_panels: Registry[SubjectPanel] = Registry()
"""Beside who is called to a desk or served there: the thing is the ticket."""
visit_panels: Registry[SubjectPanel] = Registry()
"""Above the pages of a visit at the desk: the thing is the visit."""
guide_panels: Registry[SubjectPanel] = Registry()
"""On the page of what a guide found, above the results: the thing is what is left (`applications.queries.guide`)."""
segment_facts: Registry[SegmentFact] = Registry()


def shown_panels(panels: Registry[SubjectPanel], request: HttpRequest, thing: Any) -> list[dict[str, Any]]:
    """The parts that apps above have for one thing: `template` and what it is given as `shown`."""
    found = ((panel.template, panel.context(request, thing)) for panel in panels)
    return [{"template": template, "shown": shown} for template, shown in found if shown is not None]
