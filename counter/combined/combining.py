"""One form for several procedures: what they all ask for is asked once."""

from collections.abc import Iterator, Sequence

from applications.conditions.plan import plan_of
from applications.definition import Form
from counter.combined.asking import Asking, OmittedError
from counter.combined.keys import tick_key
from counter.combined.model import Combined, Conflict, Owner, Part, Path, fields_of
from counter.combined.paging import Paging
from counter.combined.rewriting import EntangledError
from counter.combined.sorting import Question, Sorting, Spot
from counter.combined.visibility import Visibility, marked_labels


def combine(parts: Sequence[Part], *, at_desk: bool = False) -> Combined:
    """The one form of published forms. The same parts in the same order always give the same form.

    `at_desk` leaves in what is shown from the record. Raises ValueError when two parts have one key.
    """
    if len({part.key for part in parts}) < len(parts):
        raise ValueError("two parts have one key")
    apart: set[Spot] = set()
    omitted: set[Spot] = set()
    while True:
        sorting = Sorting(parts, apart=apart, omitted=omitted, at_desk=at_desk)
        try:
            form = _form(sorting)
        except EntangledError as error:
            if error.spots <= apart:
                raise RuntimeError(f"cannot be combined: {sorted(error.spots)}") from error
            # every attempt shares less than the one before
            apart |= error.spots
        except OmittedError as error:
            omitted.add(error.spot)
        else:
            return _combined(sorting, form, apart)


def conflicts_between(one: Form, other: Form, titles: tuple[str, str] = ("", "")) -> list[Conflict]:
    """What two forms ask for in ways that no answer suits, for whoever publishes one of them."""
    return Sorting([Part("one", one, titles[0]), Part("other", other, titles[1])]).conflicts


def _form(sorting: Sorting) -> Form:
    """Raises EntangledError, OmittedError."""
    visibility = Visibility(sorting)
    asking = Asking(visibility)
    fields = {one.key: (asking.field(one), *asking.counts(one)) for one in sorting.questions}
    form = Form(Paging(visibility, fields).pages())
    _refuse_circles(sorting, form)
    return form


def _refuse_circles(sorting: Sorting, form: Form) -> None:
    """Two forms that look at shared questions in opposite order make a circle that neither has by itself."""
    shared = {one.path: one for one in _with_inside(sorting.questions) if len(one.owners) > 1}
    spots = [
        place.spot
        for cycle in plan_of(form).cycles
        for path in cycle
        if path in shared
        for place in shared[path].owners[1:]
    ]
    if spots:
        raise EntangledError(spots)


def _combined(sorting: Sorting, form: Form, apart: set[Spot]) -> Combined:
    keys = [part.key for part in sorting.parts]
    # a heading with nothing left below it is on no page
    fields = fields_of(form)
    return Combined(
        parts=tuple(sorting.parts),
        form=form,
        owners={path: owners for path, owners in _owners(sorting, keys) if path in fields},
        ticks=dict(_ticks(sorting, keys)),
        left_out=tuple(sorting.left_out),
        conflicts=tuple(sorting.conflicts),
        apart=tuple((keys[number - 1], path) for number, path in sorted(apart)),
    )


def _owners(sorting: Sorting, keys: list[str]) -> Iterator[tuple[Path, tuple[Owner, ...]]]:
    for one in _with_inside(sorting.questions):
        yield one.path, tuple((keys[place.number - 1], place.path) for place in one.owners)


def _ticks(sorting: Sorting, keys: list[str]) -> Iterator[tuple[Owner, str]]:
    for group in sorting.questions:
        labels = marked_labels(group) if group.inside else []
        for place in group.owners if labels else ():
            owner = keys[place.number - 1], place.path
            yield owner, tick_key(labels.index(place.field.label) + 1)


def _with_inside(questions: list[Question]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from question.inside
