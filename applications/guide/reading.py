"""Strict reading of one mapping of a guide's document: every mistake is noted with its place, none raised."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from applications.conditions import ConditionError
from applications.definition import DefinitionError, Problem, values

Found = TypeVar("Found")


class Mapping:
    """Takes the values of a mapping one by one; what is wrong is noted in `problems` and read as empty."""

    def __init__(self, document: object, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems
        self._taken: set[str] = set()
        self.data = self.noting(partial(values.mapping, document, where)) or {}

    def noting(self, read: Callable[[], Found]) -> Found | None:
        """What `read` gives, or None with its mistakes noted."""
        try:
            return read()
        except DefinitionError as error:
            self.problems.extend(error.problems)
        except ConditionError as error:
            self.note(error.reason)
        return None

    def note(self, message: str) -> None:
        self.problems.append(Problem(self.where, message))

    def take(self, name: str) -> Any:
        """The value as it stands; absent is None."""
        self._taken.add(name)
        return self.data.get(name)

    def key(self) -> str:
        self._taken.add("key")
        return self.noting(partial(values.key, self.data, self.where)) or ""

    def text(self, name: str, *, needed: bool = False, most: int = 1000) -> str:
        self._taken.add(name)
        found = self.noting(partial(values.text, self.data, name, self.where, needed=needed)) or ""
        if len(found) > most:
            self.note(_("%(name)s は%(most)s文字以内にしてください。") % {"name": name, "most": most})
        return found.strip()

    def flag(self, name: str) -> bool:
        self._taken.add(name)
        return self.noting(partial(values.flag, self.data, name, self.where)) or False

    def count(self, name: str, default: int = 0, *, most: int = 10_000) -> int:
        self._taken.add(name)
        found = self.noting(partial(values.count, self.data, name, self.where, default))
        if found is not None and found > most:
            self.note(_("%(name)s は0以上%(most)s以下の整数にしてください。") % {"name": name, "most": most})
            return default
        return default if found is None else found

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.take(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
            self.note(_("%(name)s は文字の一覧にしてください。") % {"name": name})
            return ()
        return tuple(one.strip() for one in found)

    def parsed(self, name: str, parse: Callable[[object, str], Found]) -> Found | None:
        """A condition or a value of the condition language; None when there is none."""
        found = self.take(name)
        return None if found is None else self.noting(partial(parse, found, self.where))

    def inside(self, name: str) -> "Mapping":
        """The mapping under a name; an empty one where it is missing."""
        found = self.take(name)
        return Mapping({} if found is None else found, f"{self.where}.{name}", self.problems)

    def several(self, name: str) -> "Iterator[Mapping]":
        """The mappings of a list under a name."""
        found = self.take(name)
        if found is not None and not isinstance(found, list):
            self.note(_("%(name)s は一覧にしてください。") % {"name": name})
            return
        for index, one in enumerate(found or (), start=1):
            yield Mapping(one, f"{self.where}.{name}[{index}]", self.problems)

    def refuse_rest(self) -> None:
        """A misspelt setting must not be lost silently."""
        rest = sorted(map(str, self.data.keys() - self._taken))
        if rest:
            self.note(_("ここでは使えない設定です: %(names)s") % {"names": ", ".join(rest)})
