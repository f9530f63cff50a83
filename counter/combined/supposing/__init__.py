"""What follows from earlier answers, or is nearly always so, stands there to be confirmed (docs/combined-forms.md).

Only what must be answered is supposed, and only while it is blank: what somebody cleared is never filled in again
behind their back, because the page does not let them go on without an answer.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications.definition import Field
from applications.enums import FieldType
from applications.typed import Typed
from counter.combined.model import Combined, Path
from counter.combined.supposing.known import Known
from counter.combined.supposing.questions import suppose_plain
from counter.combined.supposing.rows import RELATIVES, suppose_rows

__all__ = ["RELATIVES", "Supposed", "suppose"]

_ROUNDS: Final = 3
"""One thing that is supposed leads to another on the same page: a spouse to "has a spouse"."""


@dataclass(frozen=True)
class Supposed:
    """Typed values with what is supposed for some questions, and where that stands (`key`, `group.row.key`)."""

    values: Typed
    paths: frozenset[Path] = frozenset()


def suppose(combined: Combined, values: Mapping[str, Any], fields: Sequence[Field], *, today: dt.date) -> Supposed:
    """The typed values with what can be supposed for these questions of the form. Nothing typed is changed."""
    found, paths = dict(values), set[Path]()
    for _round in range(_ROUNDS):
        before = len(paths)
        for field in fields:
            known = Known(combined, found, today)
            for path, value in (
                suppose_rows(known, field) if field.type == FieldType.ROWS else suppose_plain(known, field)
            ):
                found[field.key] = value
                paths.add(path)
        if len(paths) == before:
            break
    return Supposed(found, frozenset(paths))
