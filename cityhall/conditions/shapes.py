"""The outer shape of an expression's JSON: one operator a mapping, pairs, keys, literals, and how much of it."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from cityhall.conditions.decimals import number
from cityhall.conditions.language import ConditionError, Literal, Scalar
from cityhall.conditions.moments import date, date_time, time

MAX_DEPTH = 12
MAX_NODES = 200
MAX_TEXT = 500
MAX_WHOLE = 2**53 - 1
"""A larger whole number is written {"number": "…"}: reading plain JSON, a browser would round it."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,79}")
_PATH = re.compile(r"[a-z][a-z0-9_]{0,79}(?:\.[a-z][a-z0-9_]{0,59})?")
_TYPED: dict[str, Callable[[str], Scalar | None]] = {
    "number": number,
    "date": date,
    "date_time": date_time,
    "time": time,
}


class Shapes:
    """What every reader of an expression needs. Each method raises ConditionError with a sentence."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.nodes = 0

    def operator(self, document: object, depth: int) -> tuple[str, object]:
        """The one name of a mapping and what stands under it."""
        self.count(depth)
        if isinstance(document, float):
            raise self.error(_('小数は {"number": "1.5"} の形で書いてください。'))
        if not isinstance(document, dict) or len(document) != 1:
            raise self.error(_("条件や値は、名前が一つだけの組で書いてください。"))
        name, body = next(iter(document.items()))
        return str(name), body

    def count(self, depth: int) -> None:
        """One node more; neither deep nor large expressions are read to their end."""
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise self.error(_("条件の入れ子が深すぎます。%(most)s段までにしてください。") % {"most": MAX_DEPTH})
        if self.nodes > MAX_NODES:
            raise self.error(_("条件が大きすぎます。部品は%(most)s個までにしてください。") % {"most": MAX_NODES})

    def several(self, name: str, body: object) -> list[object]:
        if not isinstance(body, list) or not body:
            raise self.error(_("%(name)s には、一つ以上並べてください。") % {"name": name})
        return body

    def two(self, name: str, body: object) -> tuple[object, object]:
        if not isinstance(body, list) or len(body) != 2:
            raise self.error(_("%(name)s には、二つ並べてください。") % {"name": name})
        return body[0], body[1]

    def rows_and(self, name: str, part: str, body: object) -> tuple[str, object]:
        """The key of {"rows": key, part: …} and what stands under the part, None where it is left out."""
        if not isinstance(body, dict) or not {"rows"} <= body.keys() <= {"rows", part}:
            raise self.error(_("%(name)s には rows と %(part)s を書いてください。") % {"name": name, "part": part})
        key = body["rows"]
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise self.error(_("%(name)s の rows には、くり返しの項目のキーを書いてください。") % {"name": name})
        return key, body.get(part)

    def path(self, name: str, body: object) -> str:
        if not isinstance(body, str) or not _PATH.fullmatch(body):
            raise self.error(_("%(name)s には、項目のキーを書いてください。") % {"name": name})
        return body

    def plain_literal(self, value: bool | str | int) -> Literal:
        if isinstance(value, bool):
            return Literal(value)
        if isinstance(value, int):
            if abs(value) > MAX_WHOLE:
                raise self.error(_('大きな数は {"number": "…"} の形で書いてください。'))
            return Literal(Decimal(value))
        if len(value) > MAX_TEXT:
            raise self.error(_("文字は%(most)s字までにしてください。") % {"most": MAX_TEXT})
        return Literal(value)

    def typed_literal(self, name: str, body: object) -> Literal | None:
        """The literal of {"number": "1.5"} and its like; None when the name is none of theirs."""
        read = _TYPED.get(name)
        if read is None:
            return None
        value = read(body) if isinstance(body, str) else None
        if value is None:
            raise self.error(_("%(name)s の値が正しくありません。") % {"name": name})
        return Literal(value)

    def error(self, message: str) -> ConditionError:
        return ConditionError(self.where, message)
