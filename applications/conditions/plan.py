"""A form's conditions, read once: each page and field with its expressions, in the order they can be worked out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from applications.definition import Field, Form, Logic, Page
from cityhall.conditions.language import Condition, ConditionError, Node, Value
from cityhall.conditions.parsing import parse_condition, parse_value
from cityhall.conditions.references import references

Read = TypeVar("Read", Condition, Value)
KEPT = 256
"""Plans kept in a process, as many as forms (`definition.form_of`)."""


@dataclass(frozen=True)
class Step:
    """One page (`field` is None) or one field. `where` is `page 2`, `key`, or `rows_key.sub_key` with `group`."""

    where: str
    number: int
    page: Page
    field: Field | None
    group: Field | None
    visible: Condition | None
    required: Condition | None
    value: Value | None

    @property
    def rows(self) -> str:
        """The group in whose row the expressions stand."""
        return self.group.key if self.group else ""

    def looks_at(self, *nodes: Node | None) -> set[str]:
        """The questions these expressions of the step look at."""
        return {key for node in nodes if node for key in references(node, rows=self.rows)}


@dataclass(frozen=True)
class Plan:
    """`steps` in an order in which nothing is needed before it is known; what is in `cycles` has no such order.

    `places` are those of the form, from its beginning; `looked_at` are the questions that any expression looks at.
    """

    steps: tuple[Step, ...]
    places: tuple[str, ...]
    looked_at: frozenset[str]
    cycles: tuple[tuple[str, ...], ...]


def plan_of(form: Form) -> Plan:
    """The plan of a form; a form never changes, so it is made once.

    Expressions that cannot be read are left out: no form is published with one (`checking`).
    """
    return _plan(_Same(form))


class _Same:
    """A form that equals itself only: forms hold JSON and have no hash of their own."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __hash__(self) -> int:
        return id(self.form)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.form is self.form


@lru_cache(maxsize=KEPT)
def _plan(same: _Same) -> Plan:
    steps = {step.where: step for step in _steps(same.form)}
    needs = {where: _needs(step, steps) for where, step in steps.items()}
    cycles = _cycles(needs)
    order = TopologicalSorter(needs).static_order()
    looked_at = {key for step in steps.values() for key in step.looks_at(step.visible, step.required, step.value)}
    return Plan(tuple(steps[where] for where in order), tuple(steps), frozenset(looked_at), tuple(cycles))


def _steps(form: Form) -> Iterator[Step]:
    for number, page in enumerate(form.pages, start=1):
        where = page_place(number)
        visible = _read(parse_condition, page.visible_when, where)
        yield Step(where, number, page, None, None, visible, None, None)
        for field in page.fields:
            yield _step(number, page, field, None)
            for one in field.fields:
                yield _step(number, page, one, field)


def page_place(number: int) -> str:
    """How problems name a page."""
    return f"page {number}"


def _step(number: int, page: Page, field: Field, group: Field | None) -> Step:
    where = f"{group.key}.{field.key}" if group else field.key
    return Step(
        where=where,
        number=number,
        page=page,
        field=field,
        group=group,
        visible=_read(parse_condition, field.visible_when, where),
        required=_read(parse_condition, field.required_when, where),
        value=_read(parse_value, field.value, where),
    )


def _read(parse: Callable[[object, str], Read], document: Logic | None, where: str) -> Read | None:
    try:
        return None if document is None else parse(document, where)
    except ConditionError:
        return None


def _needs(step: Step, steps: dict[str, Step]) -> set[str]:
    """What must be known first. Whether an answer is required is nobody's premise, so it makes no cycle."""
    found = step.looks_at(step.visible, step.value)
    if step.group:
        found.add(step.group.key)
    elif step.field:
        found.add(page_place(step.number))
    # what looks at itself is refused by name, see `checking`
    return {where for where in found if where in steps and where != step.where}


def _cycles(needs: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Every cycle, each opened in `needs` where it was found, so that an order is left."""
    found = []
    while True:
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            cycle = tuple(error.args[1])
            needs[cycle[1]].discard(cycle[0])
            found.append(cycle)
        else:
            return found
