"""Strict reading of one mapping of a catalogue file, with every mistake noted and none raised."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from applications.services.catalogue.problems import Problem

_FIRST_YEAR, _LAST_YEAR = 1900, 2999


class Reader:
    """Takes the values of a mapping one by one; what is wrong is noted in `problems` and read as empty."""

    def __init__(self, data: object, *, file: str, path: str, problems: list[Problem]) -> None:
        self.file = file
        self.path = path
        self.problems = problems
        self.data: Mapping[str, Any] = {}
        self._taken: set[str] = set()
        if isinstance(data, dict):
            self.data = data
        else:
            self.note("", _("名前と値の組にしてください。"))

    def note(self, name: str, reason: str) -> None:
        """Note a mistake at a value of this mapping."""
        path = ".".join(part for part in (self.path, name) if part)
        self.problems.append(Problem(self.file, path, reason))

    def take(self, name: str) -> Any:
        """The value as it stands; absent is None."""
        self._taken.add(name)
        return self.data.get(name)

    def text(self, name: str, *, needed: bool = False, most: int | None = None) -> str:
        value = self.take(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            self.note(name, _("文字で書いてください。"))
            return ""
        value = value.strip()
        if most is not None and len(value) > most:
            self.note(
                name, _("%(most)s文字以内にしてください（現在%(count)s文字）。") % {"most": most, "count": len(value)}
            )
        return value

    def flag(self, name: str) -> bool:
        value = self.take(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            self.note(name, _("true か false にしてください。"))
            return False
        return value

    def count(self, name: str, *, least: int = 0, most: int = 32767) -> int | None:
        value = self.take(name)
        if value is None:
            return None
        # bool is an int in Python
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.note(name, _("%(least)s以上%(most)s以下の整数にしてください。") % {"least": least, "most": most})
            return None
        return value

    def texts(self, name: str, *, most: int = 200) -> list[str]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.note(name, _("文字の一覧にしてください。"))
            return []
        for index, item in enumerate(value):
            if len(item) > most:
                self.note(f"{name}[{index}]", _("%(most)s文字以内にしてください。") % {"most": most})
        if len(set(value)) != len(value):
            self.note(name, _("同じものが二度書かれています。"))
        return [item.strip() for item in value]

    def one_of(self, name: str, choices: type[TextChoices], default: TextChoices) -> str:
        value = self.take(name)
        if value is None:
            return default.value
        if value not in choices.values:
            self.note(name, _("次のどれかにしてください: %(choices)s") % {"choices": ", ".join(choices.values)})
            return default.value
        return str(value)

    def some_of(self, name: str, choices: type[TextChoices]) -> list[str]:
        values = self.texts(name)
        unknown = [value for value in values if value not in choices.values]
        if unknown:
            self.note(
                name,
                _("%(unknown)s は使えません。次の中から選んでください: %(choices)s")
                % {"unknown": ", ".join(unknown), "choices": ", ".join(choices.values)},
            )
        return [value for value in values if value in choices.values]

    def moment(self, name: str) -> dt.datetime | None:
        """A time of the city's clock, `2026-11-01 09:00`."""
        value = self.take(name)
        if value is None:
            return None
        try:
            parsed = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            parsed = None
        if parsed is None or not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
            self.note(name, _("日時は 2026-11-01 09:00 の形で書いてください。"))
            return None
        return timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed

    def refuse_rest(self) -> None:
        """Note every name that nobody asked for: a misspelt one must not be lost silently."""
        for name in self.data.keys() - self._taken:
            self.note(str(name), _("知らない設定です。"))
