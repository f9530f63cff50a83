"""Which questions an expression looks at."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from cityhall.conditions import language as tree
from cityhall.conditions.language import Node

OTHER_SUFFIX = "__other"


def references(node: Node, *, rows: str = "") -> Iterator[str]:
    """Keys of questions, `rows_key` and `rows_key.sub_key` included; parts are left off.

    `rows` is the group in whose row the expression stands.
    """
    match node:
        case tree.Answer(key):
            yield _question(key)
        case tree.RowAnswer(key):
            yield f"{rows}.{_question(key)}"
        case tree.SomeRow(key) | tree.EveryRow(key) | tree.RowSum(key) | tree.RowCount(key):
            yield key
            rows = key
        case _:
            pass
    for attribute in fields(node):  # type: ignore[arg-type]
        for part in _nodes(getattr(node, attribute.name)):
            yield from references(part, rows=rows)


def _question(key: str) -> str:
    return key.partition(".")[0].removesuffix(OTHER_SUFFIX)


def _nodes(value: Any) -> Iterator[Node]:
    """The nodes in one attribute of a node."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
