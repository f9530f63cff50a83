"""What changed between two things that were sent: question by question, rows of a group by their id."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from applications.answers import Row, Section
from applications.corrections import owner_of


@dataclass(frozen=True)
class Change:
    """One question whose answer is another now. None: the question was not there, or its row was not."""

    key: str
    label: str
    before: Row | None
    after: Row | None

    @property
    def question(self) -> str:
        """The key of the question on its page; of the group for a question in a row."""
        return owner_of(self.key)


def changes(
    before: Sequence[Section],
    after: Sequence[Section],
    *,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> list[Change]:
    """Every difference in the order of the newer sections, then what is gone.

    Words are compared, and beside them the answers themselves (`old`, `new`): an address that may not be shown
    has changed all the same.
    """
    was, now = dict(_flat(before)), dict(_flat(after))
    return [
        Change(key, (now.get(key) or was[key])[0], _row(was, key), _row(now, key))
        for key in [*now, *(key for key in was if key not in now)]
        if not _is_same(_row(was, key), _row(now, key)) or ("." not in key and _is_hidden_change(key, now, old, new))
    ]


def _flat(sections: Sequence[Section]) -> Iterator[tuple[str, tuple[str, Row]]]:
    """Path of a question → what it is called, and its answer in words. Groups are their rows' questions."""
    for section in sections:
        for row in section.rows:
            if not row.entries:
                yield row.key, (row.label, row)
            for entry in row.entries:
                for inner in entry.rows:
                    yield inner.key, (f"{entry.title} {inner.label}", inner)


def _row(rows: Mapping[str, tuple[str, Row]], key: str) -> Row | None:
    return rows[key][1] if key in rows else None


def _is_same(before: Row | None, after: Row | None) -> bool:
    """A question without an answer is as good as one that is not there."""
    if before is None or after is None:
        return (before or after or _NOTHING).is_blank
    return (before.text, before.files) == (after.text, after.files)


def _is_hidden_change(
    key: str, now: Mapping[str, tuple[str, Row]], old: Mapping[str, Any], new: Mapping[str, Any]
) -> bool:
    # lists are files and rows, which words tell apart
    is_list = isinstance(old.get(key) or new.get(key), list)
    return key in now and not is_list and old.get(key) != new.get(key)


_NOTHING = Row("", "", "")
