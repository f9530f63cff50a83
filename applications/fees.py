"""The fees of a procedure: rules in the condition language, and what they make of answers. docs/fees.md."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications.conditions import ConditionError, Facts, evaluate, outcome, parse_condition, parse_value, value_of
from applications.conditions.checking import check_fee
from applications.definition import Form, Problem
from cityhall.conditions.language import Condition, Value

MOST_FEES = 10
MOST_YEN = 10_000_000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SETTINGS = frozenset({"key", "label", "amount", "when"})


@dataclass(frozen=True)
class FeeRule:
    """One fee: `amount` is a value in yen, charged when `when` holds (None: always)."""

    key: str
    label: str
    amount: Value
    when: Condition | None


@dataclass(frozen=True)
class Fee:
    """What one rule makes of the answers. Nothing is made of a blank amount, or of 0 yen."""

    key: str
    label: str
    amount: int


def fee_problems(document: object, form: Form | None) -> list[Problem]:
    """Every mistake of the rules, each with the fee it stands in; none for good rules and for none."""
    rows = document if isinstance(document, list) else None
    if rows is None:
        return [Problem("fees", _("手数料は一覧で書いてください。"))]
    if len(rows) > MOST_FEES:
        return [Problem("fees", _("手数料は%(most)s件までです。") % {"most": MOST_FEES})]
    if rows and form is None:
        return [Problem("fees", _("手数料の計算には様式が必要です。"))]
    problems: list[Problem] = []
    keys: list[str] = []
    for number, row in enumerate(rows, start=1):
        problems += _row_problems(row, f"fees[{number}]", form, keys)
    return problems


def _row_problems(row: object, where: str, form: Form | None, keys: list[str]) -> list[Problem]:
    if not isinstance(row, Mapping):
        return [Problem(where, _("key・label・amount の組で書いてください。"))]
    problems = [
        Problem(where, _("知らない設定です: %(name)s") % {"name": name}) for name in sorted(set(row) - _SETTINGS)
    ]
    key, label = row.get("key"), row.get("label")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        problems.append(Problem(where, _("key は英小文字で始まる40字以内の英数字にしてください。")))
    elif key in keys:
        problems.append(Problem(where, _("key %(key)s が二度あります。") % {"key": key}))
    else:
        keys.append(key)
    if not isinstance(label, str) or not 0 < len(label.strip()) <= 100:
        problems.append(Problem(where, _("label は100字以内の名目にしてください。")))
    try:
        rule = _rule(row, where)
    except ConditionError as error:
        return [*problems, Problem(where, error.reason)]
    return problems + (check_fee(form, where, rule.amount, rule.when) if form else [])


def rules_of(document: Sequence[Mapping[str, Any]]) -> tuple[FeeRule, ...]:
    """The rules of a checked document. Raises ConditionError for one that was not."""
    return tuple(_rule(row, f"fees[{number}]") for number, row in enumerate(document, start=1))


def _rule(row: Mapping[str, Any], where: str) -> FeeRule:
    when = row.get("when")
    return FeeRule(
        key=str(row.get("key")),
        label=str(row.get("label")).strip(),
        amount=parse_value(row.get("amount"), where),
        when=None if when is None else parse_condition(when, where),
    )


def fees_of(
    document: Sequence[Mapping[str, Any]], form: Form, answers: Mapping[str, Any], *, today: dt.date
) -> tuple[Fee, ...]:
    """What is charged for these answers on a day, calculated values of the form included."""
    if not document:
        return ()
    facts = outcome(form, answers, today=today).facts
    found = (Fee(rule.key, rule.label, _yen(rule, facts, today)) for rule in rules_of(document))
    return tuple(fee for fee in found if fee.amount > 0)


def _yen(rule: FeeRule, facts: Facts, today: dt.date) -> int:
    """Whole yen, parts of one dropped (国等の債権債務等の金額の端数計算に関する法律2条)."""
    if rule.when is not None and not evaluate(rule.when, facts, today=today):
        return 0
    value = value_of(rule.amount, facts, today=today)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return 0
    return min(max(int(value), 0), MOST_YEN)
