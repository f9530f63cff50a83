"""Cleans one value by the field of a question."""

import pytest
from django.core.exceptions import ValidationError

from applications.definition import Field
from applications.enums import FieldType
from applications.fields import build
from applications.fields.mistakes import parts_of

# 12 digits that pass the check of the My Number (generated, nobody's)
MY_NUMBER = "123456789018"
MY_NUMBER_REFUSED = "マイナンバー（個人番号）と思われる12桁の数字があります。"


def question(kind, **settings):
    return Field(key="a", type=FieldType(kind), label="項目", **settings)


def clean(kind, value, **settings):
    return build(question(kind, **settings)).clean(value)


def stored(kind, value, **settings):
    """What is stored, by key."""
    field = build(question(kind, **settings))
    return field.answers(field.clean(value))


def refusal(kind, value, **settings):
    """The sentences of a refused value."""
    with pytest.raises(ValidationError) as caught:
        clean(kind, value, **settings)
    return caught.value.messages


def wrong_parts(kind, value, **settings):
    """The sentences of a refused value, each with the parts it is about."""
    with pytest.raises(ValidationError) as caught:
        clean(kind, value, **settings)
    return [(one.messages[0], parts_of(one)) for one in caught.value.error_list]
