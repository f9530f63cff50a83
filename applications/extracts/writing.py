"""How an extract is written: dates, headings, choices, repeating groups, and which version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_ROWS_BESIDE = 20
USUAL_ROWS_BESIDE = 5


class Dates(TextChoices):
    ISO = "iso", _("西暦（2026-04-01）")
    WAREKI = "wareki", _("和暦（令和8年4月1日）")


class Headings(TextChoices):
    LABELS = "labels", _("様式の質問文")
    KEYS = "keys", _("列の記号（様式が変わっても同じ）")
    BOTH = "both", _("質問文の行と、記号の行")


class Choices(TextChoices):
    LABELS = "labels", _("選択肢のことば")
    VALUES = "values", _("選択肢の記号")


class Groups(TextChoices):
    LINES = "lines", _("別の表に、一件ずつ一行で")
    BESIDE = "beside", _("同じ行に、横に並べて")


@dataclass(frozen=True)
class Writing:
    """Settings of a profile. `version` is the number of the one form version whose cases are wanted."""

    dates: str = Dates.ISO.value
    headings: str = Headings.LABELS.value
    choices: str = Choices.LABELS.value
    groups: str = Groups.LINES.value
    rows_beside: int = USUAL_ROWS_BESIDE
    version: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Writing":
        """As it is stored; what is missing has its usual value."""
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def has_values(self) -> bool:
        """Whether choices are written as the values that programs know."""
        return self.choices == Choices.VALUES

    @property
    def has_tables(self) -> bool:
        """Whether repeating groups get tables of their own."""
        return self.groups == Groups.LINES
