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
_PIECE: Final = 250
# kept: making an encoder for each value takes longer than encoding it
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode


def insert_rows(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Insert rows given as {column attribute: value}; columns left out get the model's default.

    Memory stays flat for any iterable. Runs in the caller's transaction; IntegrityError as usual.
    """
    fields = [field for field in model._meta.concrete_fields if not _is_made(field)]
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


def insert_alike(model: type[models.Model], same: Row, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows that differ in few columns: `rows` are the values of `names`, `same` is that of all the others.

    Columns that neither names get the model's default, of which there must be one for all. Values that differ are
    text, whole numbers, or what a JSON column holds. Half the time of `insert_rows` for a wide table on
    PostgreSQL, where the columns that are the same are written down once. Runs in the caller's transaction;
    IntegrityError as usual.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [field for name, field in fields.items() if name not in names and not _is_made(field)]
    values = [_prepared(field, same[field.attname]) if field.attname in same else _default(field)() for field in others]
    columns = ", ".join(f'"{field.column}"' for field in [*(fields[name] for name in names), *others])
    json_places = [place for place, name in enumerate(names) if isinstance(fields[name], models.JSONField)]
    told = (_with_json(row, json_places) for row in rows) if json_places else rows
    with connection.cursor() as cursor:
        if is_postgresql():
            _copy_alike(cursor, f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', told, values)
        else:
            marks = ", ".join(["%s"] * (len(names) + len(others)))
            statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608 - names of models
            cursor.executemany(statement, [(*row, *values) for row in told])


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """So many primary keys that no row has or will get; in the caller's transaction, which inserts rows with them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        # one writer at a time; a row with a number of ours moves the table's counter on
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return list(range(first, first + count))


def one_of(values: Collection[Any], kind: str) -> Any:
    """Very many values for `…__in=`: one array on PostgreSQL, where 2,000 parameters cost as much as the look-up.

    `kind` is the type of the column there: "bigint", "text" or "date".
    """
    if not is_postgresql():
        return values
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])  # noqa: S611 - kind is a word of ours


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set the named columns of rows given as (value, …, primary key); one statement on PostgreSQL."""
    if not rows:
        return
    fields = [*(_field(model, name) for name in names), model._meta.pk]
    prepare = [_preparation(field) for field in fields]
    told = [tuple(step(value) if step else value for step, value in zip(prepare, row, strict=True)) for row in rows]
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if is_postgresql():
            settings = ", ".join(f'"{field.column}" = new.c{place}' for place, field in enumerate(fields[:-1]))
            arrays = ", ".join(f"%s::{_type_of(field)}[]" for field in fields)
            places = ", ".join(f"c{place}" for place in range(len(fields)))
            statement = (
                f'UPDATE "{table}" SET {settings} FROM unnest({arrays}) AS new({places}) '  # noqa: S608 - names of models
                f'WHERE "{table}"."{key}" = new.c{len(names)}'
            )
            cursor.execute(statement, [list(column) for column in zip(*told, strict=True)])
        else:
            settings = ", ".join(f'"{field.column}" = %s' for field in fields[:-1])
            cursor.executemany(f'UPDATE "{table}" SET {settings} WHERE "{key}" = %s', told)  # noqa: S608


def _type_of(field: "models.Field[Any, Any]") -> str:
    """The type of a column as PostgreSQL names it, without its length: a cast would cut what the column refuses."""
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    assert kind is not None  # noqa: S101 - a concrete field has a column
    return kind.partition("(")[0]


def _copy_alike(cursor: Any, statement: str, rows: Iterable[Sequence[Any]], same: Sequence[Any]) -> None:
    """COPY in its text format (PostgreSQL manual, COPY, File Formats), a piece of lines at a time.

    Lines made here cost a third of rows that are given one by one: a line is escaped as a whole.
    """
    end = "".join("\t\\N" if value is None else f"\t{_escaped(str(value))}" for value in same) + "\n"
    remaining = iter(rows)
    with cursor.copy(statement) as copy:
        while piece := list(islice(remaining, _PIECE)):
            copy.write("".join([_line(row) + end for row in piece]))


def _line(row: Sequence[Any]) -> str:
    # no text of the database has U+0000: it parts the columns until the tabs in them are escaped
    line = "\0".join(map(str, row))
    if line.count("\0") != len(row) - 1:
        raise ValueError("U+0000 in a text")
    return _escaped(line).replace("\0", "\t")


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace("\t", "\\t").replace("\r", "\\r")


def _with_json(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    told = list(row)
    for place in places:
        told[place] = _json_text(told[place])
    return told


def _prepared(field: "models.Field[Any, Any]", value: Any) -> Any:
    step = _written(field)
    return step(value) if step else value


def _is_made(field: "models.Field[Any, Any]") -> bool:
    """Whether the database makes the values of a column by itself."""
    return isinstance(field, models.AutoField) or field.generated


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
    return None if value is None else _encode(value)


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
