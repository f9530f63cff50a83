"""Everything of a prefill once more, short: people first, what was left blank folded away, nothing answered hidden."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from applications.answers import Entry, Row, Section, display_rows
from applications.corrections import owner_of
from applications.form_pages import Problem
from counter.combined.keys import page_key
from counter.home import Home

_FIRST = page_key("first")


@dataclass(frozen=True)
class Person:
    """One row of a group: its answers, what it is marked for, and the questions without an answer."""

    title: str
    rows: tuple[Row, ...]
    marks: tuple[str, ...]
    blank: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """An answer, what is wrong with it, and who has given it where it was not typed."""

    row: Row
    problems: tuple[Problem, ...] = ()
    origin: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Part:
    """A page: its lines, and the questions that may stay blank and were left so."""

    number: int
    title: str
    lines: tuple[Line, ...]
    blank: tuple[str, ...]


def review(home: Home) -> list[Part]:
    """Every answer by page, the people before what is asked ahead of them; pages with nothing on them are left out."""
    checked = home.filling.checked
    problems: dict[str, list[Problem]] = {}
    for problem in checked.problems:
        problems.setdefault(owner_of(problem.key), []).append(problem)
    reviewing = _Reviewing(home, problems)
    form = home.filling.form
    found = [reviewing.part(one) for one in display_rows(form, checked.answers)]
    found = [one for one in found if one.lines or one.blank]
    pages = {number: page.key for number, page in enumerate(form.pages, 1)}
    last_of_people = max((at for at, one in enumerate(found) if not _is_of_procedure(pages[one.number])), default=0)
    ahead = [one for one in found if pages[one.number] == _FIRST]
    people = [one for one in found[: last_of_people + 1] if one not in ahead]
    return [*people, *ahead, *found[last_of_people + 1 :]]


def _is_of_procedure(key: str) -> bool:
    return key.removeprefix(page_key("p")).isdecimal()


@dataclass(frozen=True)
class _Reviewing:
    home: Home
    problems: Mapping[str, Sequence[Problem]]

    def part(self, section: Section) -> Part:
        lines = [self._line(row) for row in section.rows]
        shown = [one for one in lines if not one.row.is_blank or one.problems]
        blank = tuple(one.row.label for one in lines if one not in shown)
        return Part(section.number, section.title, tuple(_with_headings(shown, section.rows)), blank)

    def _line(self, row: Row) -> Line:
        people = tuple(self._person(row.key, entry) for entry in row.entries)
        return Line(row, tuple(self.problems.get(row.key, ())), self.home.origin_of(row.key), people)

    def _person(self, group: str, entry: Entry) -> Person:
        ticks = self._ticks(group)
        keys = {one.key: one.key.rpartition(".")[2] for one in entry.rows}
        rows = tuple(one for one in entry.rows if not one.is_blank and keys[one.key] not in ticks)
        marks = tuple(ticks[keys[one.key]] for one in entry.rows if not one.is_blank and keys[one.key] in ticks)
        blank = tuple(one.label for one in entry.rows if one.is_blank and keys[one.key] not in ticks)
        return Person(entry.title, rows, marks, blank)

    def _ticks(self, group: str) -> dict[str, str]:
        """What the marks of a group say of somebody."""
        combined = self.home.filling.combined
        return {
            tick: combined.part_fields[owner].label
            for owner, tick in combined.ticks.items()
            if combined.places[owner] == group
        }


def _with_headings(lines: Sequence[Line], rows: Sequence[Row]) -> Iterator[Line]:
    """A heading that stood above a question which is folded away goes to the next one below it."""
    shown = {one.row.key: one for one in lines}
    heading = ""
    for row in rows:
        heading = row.heading or heading
        if line := shown.get(row.key):
            yield Line(_headed(line.row, heading), line.problems, line.origin, line.people)
            heading = ""


def _headed(row: Row, heading: str) -> Row:
    return Row(row.key, row.label, row.text, row.files, heading, row.entries, row.map_url, row.is_given)
