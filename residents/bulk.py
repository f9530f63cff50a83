"""Many rows at once: COPY on PostgreSQL, executemany on SQLite. Six times as fast as bulk_create on both.

Signals, defaults of `save()` and validators are not run: callers give rows that are right, and the
constraints of the database still hold.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db import connection, models
from django.db.models.expressions import RawSQL

from cityhall.db import is_postgresql

Row = dict[str, Any]
_BATCH: Final = 5000


def insert_rows(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Insert rows given as {column attribute: value}; columns left out get the model's default.

    Memory stays flat for any iterable. Runs in the caller's transaction; IntegrityError as usual.
    """
    fields = [
        field
        for field in model._meta.concrete_fields
        # the database makes these by itself
        if not isinstance(field, models.AutoField) and not field.generated
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = _values(fields, rows)
    with connection.cursor() as cursor:
        if is_postgresql():
            with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
                for value in values:
                    copy.write_row(value)
        else:
            marks = ", ".join(["%s"] * len(fields))
            statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608 - names of models
            while batch := list(islice(values, _BATCH)):
                cursor.executemany(statement, batch)


def one_of(values: Collection[Any], kind: str) -> Any:
    """Very many values for `…__in=`: one array on PostgreSQL, where 2,000 parameters cost as much as the look-up.

    `kind` is the type of the column there: "bigint", "text" or "date".
    """
    if not is_postgresql():
        return values
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])  # noqa: S611 - kind is a word of ours


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set the named columns of rows given as (value, …, primary key). One statement each, prepared once."""
    if not rows:
        return
    fields = [_field(model, name) for name in names]
    settings = ", ".join(f'"{field.column}" = %s' for field in fields)
    statement = f'UPDATE "{model._meta.db_table}" SET {settings} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608
    prepare = [_preparation(field) for field in fields]
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (*(step(value) if step else value for step, value in zip(prepare, row, strict=False)), row[-1])
                for row in rows
            ],
        )


def _values(fields: Sequence["models.Field[Any, Any]"], rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Rows as lists in the order of the fields. What is the same for all rows is worked out once."""
    places = {field.attname: (place, _written(field)) for place, field in enumerate(fields)}
    fresh = [(field.attname, place, _default(field)) for place, field in enumerate(fields) if _varies(field)]
    same = [None if _varies(field) else _default(field)() for field in fields]
    for row in rows:
        values = same.copy()
        for attname, place, make in fresh:
            if attname not in row:
                values[place] = make()
        for attname, value in row.items():
            place, prepare = places[attname]
            values[place] = prepare(value) if prepare else value
        yield values


def _written(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a value is given to the statement that inserts. COPY takes days and times as they are, and JSON as text."""
    if not is_postgresql():
        return _preparation(field)
    return _json_text if isinstance(field, models.JSONField) else None


def _json_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _default(field: "models.Field[Any, Any]") -> Callable[[], Any]:
    """Makes the prepared default of a column; one that is the same for all rows is prepared once."""
    prepare = _written(field) or _as_it_is
    if _varies(field):
        return lambda: prepare(field.get_default())
    value = prepare(field.get_default())
    return lambda: value


def _varies(field: "models.Field[Any, Any]") -> bool:
    """Whether each row gets a default of its own; a field without a default says so by a class, which can be called."""
    return field.has_default() and callable(field.default)


def _as_it_is(value: Any) -> Any:
    return value


def _preparation(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a Python value becomes one of the database; None when it is one already."""
    if isinstance(field, models.JSONField | models.DateField | models.UUIDField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))
