"""An extract as tables: one line a case, and a table for every repeating group that gets one."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from applications.definition import Form
from applications.extracts.columns import (
    ANSWER,
    CONCEPT,
    AnswerColumn,
    BesideColumn,
    CaseRow,
    Column,
    FactColumn,
    GroupTable,
    Heading,
    Offer,
    concept_label,
    find_concept,
    find_question,
)
from applications.extracts.facts import FACTS
from applications.extracts.writing import Headings, Writing
from cityhall.workbooks import Cell

Line = tuple[int, Sequence[Cell]]
"""The number of a table, from 0, and cells."""


class Table:
    """The tables of a profile. Columns that no version knows any more are left out."""

    def __init__(self, *, names: Sequence[str], forms: Sequence[Form], writing: Writing) -> None:
        self._offer = Offer(forms)
        self._writing = writing
        self.columns: list[Column] = []
        self.groups: list[GroupTable] = []
        for name in names:
            self._add(name)

    @property
    def titles(self) -> list[str]:
        """A name for each table."""
        return [_("申請"), *(group.label for group in self.groups)]

    @property
    def headings(self) -> list[tuple[Heading, ...]]:
        """The headings of each table."""
        cases = tuple(heading for column in self.columns for heading in column.headings)
        return [cases, *(group.headings for group in self.groups)]

    def heading_lines(self) -> list[list[list[str]]]:
        """For each table the lines above its cells: words, keys, or both."""
        return [self._lines(headings) for headings in self.headings]

    def lines(self, row: CaseRow) -> Iterator[Line]:
        """Everything of one case."""
        yield 0, [cell for column in self.columns for cell in column.cells(row)]
        for place, group in enumerate(self.groups, start=1):
            for line in group.lines(row):
                yield place, line

    def _lines(self, headings: Sequence[Heading]) -> list[list[str]]:
        labels, keys = [one.label for one in headings], [one.key for one in headings]
        if self._writing.headings == Headings.BOTH:
            return [labels, keys]
        return [keys] if self._writing.headings == Headings.KEYS else [labels]

    def _add(self, name: str) -> None:
        if name in FACTS:
            self.columns.append(FactColumn(name))
            return
        fields = self._offer.fields_of(name)
        if not fields:
            return
        if name.startswith(CONCEPT):
            key = name.removeprefix(CONCEPT)
            column = AnswerColumn(name=name, label=concept_label(key), fields=fields, find=find_concept(key))
            self.columns.append(column)
        elif not self._offer.is_group(name):
            key = name.removeprefix(ANSWER)
            find = find_question(key)
            self.columns.append(AnswerColumn(name=name, label=fields[0].label, fields=fields, find=find))
        elif self._writing.has_tables:
            self.groups.append(GroupTable(name=name, label=fields[0].label, fields=fields))
        else:
            most = self._writing.rows_beside
            self.columns.append(BesideColumn(name=name, label=fields[0].label, fields=fields, most=most))
