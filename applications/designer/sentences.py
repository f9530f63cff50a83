"""Conditions and calculations in words, for people who never see the JSON. Any tree is told, right or wrong."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from applications.designer.labels import Labels
from cityhall.days import wareki


def condition_sentence(condition: Any, labels: Labels, *, group: str = "") -> str:
    """「区分」が「新規」のとき, without the verb: 「区分」が「新規」. `group` is the group whose row it stands in."""
    return _Teller(labels, group).condition(condition)


def value_sentence(value: Any, labels: Labels, *, group: str = "") -> str:
    """A calculation in words."""
    return _Teller(labels, group).value(value)


class _Teller:
    """One tree told; `_group` changes inside the condition of a row."""

    def __init__(self, labels: Labels, group: str) -> None:
        self._labels = labels
        self._group = group

    def condition(self, tree: Any) -> str:
        name, body = _operator(tree)
        match name, body:
            case (("all" | "any"), [*parts]):
                word = _("、かつ ") if name == "all" else _("、または ")
                return word.join(self._inner(part) for part in parts)
            case "not", {"filled": value}:
                return _("%(what)sに回答がない") % {"what": self.value(value)}
            case "not", {"contains": [whole, part]}:
                return _("%(what)sに%(part)sが含まれない") % self._pair(whole, part)
            case "not", {"in": [value, [*choices]]}:
                return _("%(what)sが%(choices)sのどれでもない") % self._among(value, choices)
            case "not", _:
                return _("（%(condition)s）ではない") % {"condition": self.condition(body)}
            case "filled", _:
                return _("%(what)sに回答がある") % {"what": self.value(body)}
            case "contains", [whole, part]:
                return _("%(what)sに%(part)sが含まれる") % self._pair(whole, part)
            case "in", [value, [*choices]]:
                return _("%(what)sが%(choices)sのどれか") % self._among(value, choices)
            case (("some" | "every"), {"rows": str(rows), "where": where}):
                return self._of_rows(name, rows, where)
            case (("eq" | "ne" | "gt" | "gte" | "lt" | "lte"), [left, right]):
                return self._comparison(name, left, right)
        return _("（読み取れない条件）")

    def value(self, tree: Any) -> str:
        if isinstance(tree, bool):
            return _("同意あり") if tree else _("同意なし")
        if isinstance(tree, int | str):
            return f"「{tree}」" if isinstance(tree, str) else f"{tree:,}"
        name, body = _operator(tree)
        match name, body:
            case "answer", str():
                return self._labels.question(body)
            case "row", str():
                return self._labels.question(body, group=self._group)
            case (("number" | "time" | "date_time"), str()):
                return body
            case "date", str():
                return _day(body)
            case "today", _:
                return _("申請する日")
            case "age_on", [birth, {"today": True}]:
                return _("%(birth)sから数えた今の年齢") % {"birth": self.value(birth)}
            case "age_on", [birth, on]:
                return _("%(birth)sから数えた%(on)sの年齢") % {"birth": self.value(birth), "on": self.value(on)}
            case "add_days", [day, days]:
                return _("%(day)sの%(days)s日後") % {"day": self.value(day), "days": self.value(days)}
            case "sum", [*parts]:
                return _(" ＋ ").join(self.value(part) for part in parts)
            case "times", [left, right]:
                return _("%(left)s × %(right)s") % {"left": self.value(left), "right": self.value(right)}
            case (("sum" | "count"), {"rows": str(rows)}):
                return self._over_rows(name, rows, body)
            case "lookup", {"of": of, "in": {**table}}:
                return self._table(of, table, body.get("else"))
        return _("（読み取れない値）")

    def _inner(self, part: Any) -> str:
        name, body = _operator(part)
        text = self.condition(part)
        return f"（{text}）" if name in ("all", "any") and isinstance(body, list) and len(body) > 1 else text

    def _comparison(self, name: str, left: Any, right: Any) -> str:
        words = {"left": self.value(left), "right": self._right(left, right)}
        if _operator(left)[0] == "today" and _operator(right)[0] == "add_days":
            if name == "lte":
                return _("申請する日が%(right)sまで") % words
            if name == "gt":
                return _("申請する日が%(right)sを過ぎている") % words
        is_moment = _operator(right)[0] in ("date", "date_time", "time", "today", "add_days")
        return _COMPARISONS[name, is_moment]() % words

    def _right(self, left: Any, right: Any) -> str:
        reference, group = self._reference(left)
        if isinstance(right, str) and reference:
            return self._labels.option(reference, right, group=group)
        return self.value(right)

    def _reference(self, tree: Any) -> tuple[str, str]:
        name, body = _operator(tree)
        if isinstance(body, str) and name in ("answer", "row"):
            return body, self._group if name == "row" else ""
        return "", ""

    def _pair(self, whole: Any, part: Any) -> dict[str, str]:
        return {"what": self.value(whole), "part": self._right(whole, part)}

    def _among(self, value: Any, choices: list[Any]) -> dict[str, str]:
        return {"what": self.value(value), "choices": "・".join(self._right(value, choice) for choice in choices)}

    def _of_rows(self, name: str, rows: str, where: Any) -> str:
        inner = _Teller(self._labels, rows).condition(where)
        words = {"rows": self._labels.question(rows), "where": inner}
        if name == "some":
            return _("%(rows)sのどれかの行で、%(where)s") % words
        return _("%(rows)sのすべての行で、%(where)s") % words

    def _over_rows(self, name: str, rows: str, body: dict[str, Any]) -> str:
        inner = _Teller(self._labels, rows)
        words = {"rows": self._labels.question(rows)}
        if name == "sum":
            return _("%(rows)sの各行の%(of)sの合計") % {**words, "of": inner.value(body.get("of"))}
        if body.get("where") is None:
            return _("%(rows)sの行数") % words
        return _("%(rows)sのうち、%(where)s行の数") % {**words, "where": inner.condition(body["where"])}

    def _table(self, of: Any, table: dict[str, Any], otherwise: Any) -> str:
        lines = [f"{self._right(of, key)}→{self.value(result)}" for key, result in table.items()]
        if otherwise is not None:
            lines.append(_("それ以外→%(result)s") % {"result": self.value(otherwise)})
        return _("%(of)sごとの値（%(lines)s）") % {"of": self.value(of), "lines": "、".join(lines)}


def _operator(tree: Any) -> tuple[str, Any]:
    """The one name of a mapping and what stands under it."""
    if isinstance(tree, dict) and len(tree) == 1:
        return next(iter(tree.items()))
    return "", None


def _day(text: str) -> str:
    try:
        return wareki(dt.date.fromisoformat(text))
    except ValueError:
        return text


_COMPARISONS = {
    ("eq", False): lambda: _("%(left)sが%(right)s"),
    ("ne", False): lambda: _("%(left)sが%(right)sではない"),
    ("gt", False): lambda: _("%(left)sが%(right)sより大きい"),
    ("gte", False): lambda: _("%(left)sが%(right)s以上"),
    ("lt", False): lambda: _("%(left)sが%(right)s未満"),
    ("lte", False): lambda: _("%(left)sが%(right)s以下"),
    ("eq", True): lambda: _("%(left)sが%(right)s"),
    ("ne", True): lambda: _("%(left)sが%(right)sではない"),
    ("gt", True): lambda: _("%(left)sが%(right)sより後"),
    ("gte", True): lambda: _("%(left)sが%(right)s以後"),
    ("lt", True): lambda: _("%(left)sが%(right)sより前"),
    ("lte", True): lambda: _("%(left)sが%(right)s以前"),
}
"""By operator and whether moments are compared; made when told, so that the language is the reader's."""
