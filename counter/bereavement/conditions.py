"""Conditions over a family's answers, in the condition language of forms (docs/conditions.md)."""

import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from applications.conditions import Condition, ConditionError, evaluate, outcome, parse_condition
from applications.definition import Form, canonical_json

_WHERE: Final = "when"


def validate_condition(value: object) -> None:
    """For a field of a model: refuse what is no condition, in words."""
    if value is None:
        return
    try:
        parse_condition(value, _WHERE)
    except ConditionError as error:
        raise ValidationError(_("条件として読めません：%(reason)s") % {"reason": error}) from error


class Facts:
    """The answers of one family on one day, for as many conditions as there are."""

    def __init__(self, form: Form, answers: Mapping[str, Any], *, today: dt.date) -> None:
        self._facts = outcome(form, answers, today=today).facts
        self._today = today

    def holds(self, condition: object) -> bool:
        """Whether a stored condition holds; none always does, and one that cannot be read asks a person."""
        if condition is None:
            return True
        try:
            parsed = _parsed(canonical_json(condition))
        except ConditionError:
            return True
        return evaluate(parsed, self._facts, today=self._today)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Condition:
    return parse_condition(json.loads(text), _WHERE)
