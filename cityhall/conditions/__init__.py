"""The condition language: one small declarative language of facts, without code. docs/conditions.md is the reference.

    condition = parse_condition({"gte": [{"answer": "age"}, 65]}, where="segment")
    evaluate(condition, facts, today=days.today())

What a fact is belongs to the app that asks: answers of a form (`applications.conditions`), columns of a list or what
is known of a resident (`notices.segments`).
"""

from cityhall.conditions.evaluating import evaluate, value_of
from cityhall.conditions.language import Condition, ConditionError, Value
from cityhall.conditions.parsing import parse_condition, parse_value
from cityhall.conditions.references import references
from cityhall.conditions.values import Fact, Facts, text_of

__all__ = [
    "Condition",
    "ConditionError",
    "Fact",
    "Facts",
    "Value",
    "evaluate",
    "parse_condition",
    "parse_value",
    "references",
    "text_of",
    "value_of",
]
