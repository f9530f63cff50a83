"""Conditions and calculations in words, for people who never see the JSON. Any tree is told, right or wrong."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from applications.designer.labels import Labels
from cityhall.days import wareki

_MOMENTS = frozenset({"date", "date_time", "time", "today", "add_days"})


def condition_sentence(condition: Any, labels: Labels, *, group: str = "") -> str:
    """「区分」が「新規」, as the end of 「表示する条件:」. `group` is the group in whose row the condition stands."""
    return _Teller(labels, group).condition(condition)


def value_sentence(value: Any, labels: Labels, *, group: str = "") -> str:
    """A calculation in words."""
    return _Teller(labels, group).value(value)


class _Teller:
    """Tells one tree. A method gives an empty text for a body of another shape than its operator's."""

    def __init__(self, labels: Labels, group: str) -> None:
        self._labels = labels
        self._group = group

    def condition(self, tree: Any) -> str:
        name, body = _operator(tree)
        if name in _COMPARISONS:
            text = self._comparison(name, body)
        else:
            tell = _CONDITIONS.get(name)
            text = tell(self, body) if tell else ""
        return text or _("（読み取れない条件）")

    def value(self, tree: Any) -> str:
        if isinstance(tree, bool):
            return _("同意あり") if tree else _("同意なし")
        if isinstance(tree, str):
            return f"「{tree}」"
        if isinstance(tree, int):
            return f"{tree:,}"
        name, body = _operator(tree)
        tell = _VALUES.get(name)
        return (tell(self, body) if tell else "") or _("（読み取れない値）")

    # --- conditions ---------------------------------------------------------------------------------

    def all_of(self, body: Any) -> str:
        return _("、かつ ").join(self._parts(body))

    def any_of(self, body: Any) -> str:
        return _("、または ").join(self._parts(body))

    def _parts(self, body: Any) -> list[str]:
        return [self._inner(part) for part in body] if isinstance(body, list) else []

    def _inner(self, part: Any) -> str:
        name, body = _operator(part)
        text = self.condition(part)
        return f"（{text}）" if name in ("all", "any") and isinstance(body, list) and len(body) > 1 else text

    def negation(self, body: Any) -> str:
        match body:
            case {"filled": value}:
                return _("%(what)sに回答がない") % {"what": self.value(value)}
            case {"contains": [whole, part]}:
                return _("%(what)sに%(part)sが含まれない") % self._pair(whole, part)
            case {"in": [value, [*choices]]}:
                return _("%(what)sが%(choices)sのどれでもない") % self._among(value, choices)
        return _("（%(condition)s）ではない") % {"condition": self.condition(body)}

    def filled(self, body: Any) -> str:
        return _("%(what)sに回答がある") % {"what": self.value(body)}

    def contains(self, body: Any) -> str:
        match body:
            case [whole, part]:
                return _("%(what)sに%(part)sが含まれる") % self._pair(whole, part)
        return ""

    def one_of(self, body: Any) -> str:
        match body:
            case [value, [*choices]]:
                return _("%(what)sが%(choices)sのどれか") % self._among(value, choices)
        return ""

    def some_row(self, body: Any) -> str:
        return self._of_rows(body, _("%(rows)sのどれかの行で、%(where)s"))

    def every_row(self, body: Any) -> str:
        return self._of_rows(body, _("%(rows)sのすべての行で、%(where)s"))

    def _of_rows(self, body: Any, words: str) -> str:
        match body:
            case {"rows": str(rows), "where": where}:
                inner = _Teller(self._labels, rows).condition(where)
                return words % {"rows": self._labels.question(rows), "where": inner}
        return ""

    def _comparison(self, name: str, body: Any) -> str:
        match body:
            case [{"today": True}, {"add_days": _days} as until] if name in _DEADLINES:
                return _DEADLINES[name]() % {"until": self.value(until)}
            case [left, right]:
                is_moment = _operator(right)[0] in _MOMENTS
                words = _COMPARISONS[name][is_moment]()
                return words % {"left": self.value(left), "right": self._right(left, right)}
        return ""

    def _pair(self, whole: Any, part: Any) -> dict[str, str]:
        return {"what": self.value(whole), "part": self._right(whole, part)}

    def _among(self, value: Any, choices: list[Any]) -> dict[str, str]:
        return {"what": self.value(value), "choices": "・".join(self._right(value, choice) for choice in choices)}

    def _right(self, left: Any, right: Any) -> str:
        """What a question is compared with: the words of its option where it has options."""
        name, reference = _operator(left)
        if isinstance(right, str) and isinstance(reference, str) and name in ("answer", "row"):
            return self._labels.option(reference, right, group=self._group if name == "row" else "")
        return self.value(right)

    # --- values -------------------------------------------------------------------------------------

    def answer(self, body: Any) -> str:
        return self._labels.question(str(body))

    def row(self, body: Any) -> str:
        return self._labels.question(str(body), group=self._group)

    def literal(self, body: Any) -> str:
        return str(body)

    def date(self, body: Any) -> str:
        try:
            return wareki(dt.date.fromisoformat(str(body)))
        except ValueError:
            return str(body)

    def today(self, _body: Any) -> str:
        return _("申請する日")

    def age_on(self, body: Any) -> str:
        match body:
            case [birth, {"today": True}]:
                return _("%(birth)sから数えた今の年齢") % {"birth": self.value(birth)}
            case [birth, on]:
                return _("%(birth)sから数えた%(on)sの年齢") % {"birth": self.value(birth), "on": self.value(on)}
        return ""

    def add_days(self, body: Any) -> str:
        match body:
            case [day, days]:
                return _("%(day)sの%(days)s日後") % {"day": self.value(day), "days": self.value(days)}
        return ""

    def times(self, body: Any) -> str:
        match body:
            case [left, right]:
                return _("%(left)s × %(right)s") % {"left": self.value(left), "right": self.value(right)}
        return ""

    def total(self, body: Any) -> str:
        match body:
            case [*parts]:
                return _(" ＋ ").join(self.value(part) for part in parts)
            case {"rows": str(rows), "of": of}:
                words = {"rows": self._labels.question(rows), "of": _Teller(self._labels, rows).value(of)}
                return _("%(rows)sの各行の%(of)sの合計") % words
        return ""

    def count(self, body: Any) -> str:
        match body:
            case {"rows": str(rows), "where": where}:
                words = {"rows": self._labels.question(rows), "where": _Teller(self._labels, rows).condition(where)}
                return _("%(rows)sのうち、%(where)s行の数") % words
            case {"rows": str(rows)}:
                return _("%(rows)sの行数") % {"rows": self._labels.question(rows)}
        return ""

    def lookup(self, body: Any) -> str:
        match body:
            case {"of": of, "in": {**table}}:
                lines = [f"{self._right(of, key)}→{self.value(result)}" for key, result in table.items()]
                if "else" in body:
                    lines.append(_("それ以外→%(result)s") % {"result": self.value(body["else"])})
                return _("%(of)sごとの値（%(lines)s）") % {"of": self.value(of), "lines": "、".join(lines)}
        return ""


def _operator(tree: Any) -> tuple[str, Any]:
    """The one name of a mapping and what stands under it."""
    if isinstance(tree, dict) and len(tree) == 1:
        name, body = next(iter(tree.items()))
        return str(name), body
    return "", None


Tell = Callable[[_Teller, Any], str]
_CONDITIONS: dict[str, Tell] = {
    "all": _Teller.all_of,
    "any": _Teller.any_of,
    "not": _Teller.negation,
    "filled": _Teller.filled,
    "contains": _Teller.contains,
    "in": _Teller.one_of,
    "some": _Teller.some_row,
    "every": _Teller.every_row,
}
_VALUES: dict[str, Tell] = {
    "answer": _Teller.answer,
    "row": _Teller.row,
    "number": _Teller.literal,
    "time": _Teller.literal,
    "date_time": _Teller.literal,
    "date": _Teller.date,
    "today": _Teller.today,
    "age_on": _Teller.age_on,
    "add_days": _Teller.add_days,
    "sum": _Teller.total,
    "count": _Teller.count,
    "times": _Teller.times,
    "lookup": _Teller.lookup,
}
# made when told, so that the language is the reader's: for plain values, and for days and times
_COMPARISONS: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "eq": (lambda: _("%(left)sが%(right)s"), lambda: _("%(left)sが%(right)s")),
    "ne": (lambda: _("%(left)sが%(right)sではない"), lambda: _("%(left)sが%(right)sではない")),
    "gt": (lambda: _("%(left)sが%(right)sより大きい"), lambda: _("%(left)sが%(right)sより後")),
    "gte": (lambda: _("%(left)sが%(right)s以上"), lambda: _("%(left)sが%(right)s以後")),
    "lt": (lambda: _("%(left)sが%(right)s未満"), lambda: _("%(left)sが%(right)sより前")),
    "lte": (lambda: _("%(left)sが%(right)s以下"), lambda: _("%(left)sが%(right)s以前")),
}
_DEADLINES: dict[str, Callable[[], str]] = {
    "lte": lambda: _("申請する日が%(until)sまで"),
    "gt": lambda: _("申請する日が%(until)sを過ぎている"),
}
