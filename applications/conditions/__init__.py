"""The condition language: what is shown, required and calculated in a form. docs/conditions.md is the reference.

    found = outcome(form, answers, today=days.today())
    found.visible, found.required, found.calculated, found.facts

`check` belongs to publishing, `logic_document` to pages: the browser evaluates the same (static/js/conditions.js).
"""

from applications.conditions.browser import logic_document
from applications.conditions.checking import check
from applications.conditions.facts import facts_of
from applications.conditions.kinds import Kind
from applications.conditions.outcomes import Outcome, outcome
from cityhall.conditions import (
    Condition,
    ConditionError,
    Fact,
    Facts,
    Value,
    evaluate,
    parse_condition,
    parse_value,
    text_of,
    value_of,
)

__all__ = [
    "Condition",
    "ConditionError",
    "Fact",
    "Facts",
    "Kind",
    "Outcome",
    "Value",
    "check",
    "evaluate",
    "facts_of",
    "logic_document",
    "outcome",
    "parse_condition",
    "parse_value",
    "text_of",
    "value_of",
]
