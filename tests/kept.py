"""Rows that take long to make, made once in a process and put in again for every other test that wants them."""

import re

from django.db import connection

from tests.database import filled_tables, triggers_off

_made = {}


def kept(key, make):
    """Leave the database as `make` does. Ids are the same each time; what a test changes concerns no other.

    What `make` finds has to be the same each time too; it returns nothing, and tests look up what they need.
    """
    if key in _made:
        with triggers_off(connection, _made[key]):
            for table, rows in _made[key].items():
                _replace(table, rows)
        return
    before = {table: set(_read(table)) for table in filled_tables(connection)}
    make()
    after = {table: _read(table) for table in filled_tables(connection)}
    _made[key] = {table: rows for table, rows in after.items() if set(rows) != before.get(table, set())}


def _read(table):
    """All rows, each in a form that `_replace` takes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({_columns(cursor, table)}) TO STDOUT') as copy:
                return bytes(b"".join(copy)).splitlines(keepends=True)
        # with a plus before it a column comes as it is stored, and not as the type it is declared with
        columns = re.sub('("[^"]+")', r"+\1", _columns(cursor, table))
        return cursor.connection.execute(f'SELECT {columns} FROM "{table}"').fetchall()


def _replace(table, rows):
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}"')
        columns = _columns(cursor, table)
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                copy.write(b"".join(rows))
            return
        marks = re.sub('"[^"]+"', "?", columns)
        cursor.connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)


def _columns(cursor, table):
    """The columns that are written; generated ones write themselves."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
    else:
        # hidden 2 and 3: generated
        cursor.execute(f'PRAGMA table_xinfo("{table}")')
        names = [row[1] for row in cursor.fetchall() if not row[6]]
    return ", ".join(f'"{name}"' for name in names)
