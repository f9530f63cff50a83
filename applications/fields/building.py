"""Which form field asks which kind of question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from applications.definition import Field
from applications.enums import FieldType
from applications.fields.addresses import AddressAnswer, ResidentAddressAnswer
from applications.fields.banks import BankAnswer
from applications.fields.base import AnswerField
from applications.fields.choices import CheckboxesAnswer, ChoiceAnswer, ConsentAnswer
from applications.fields.dates import DateAnswer, DateTimeAnswer
from applications.fields.files import FilesAnswer
from applications.fields.given import GivenAnswer, HiddenAnswer
from applications.fields.names import NameAnswer
from applications.fields.numbers import MoneyAnswer, NumberAnswer
from applications.fields.place import PlaceAnswer
from applications.fields.rows import RowsAnswer
from applications.fields.signature import SignatureAnswer
from applications.fields.texts import EmailAnswer, KanaAnswer, PhoneAnswer, TextAnswer
from applications.fields.times import TimeAnswer
from applications.models import Attachment
from applications.row_paths import in_row

_TYPED: Mapping[FieldType, Callable[[Field], AnswerField]] = {
    FieldType.TEXT: TextAnswer,
    FieldType.LONG_TEXT: TextAnswer,
    FieldType.NAME: NameAnswer,
    FieldType.KANA: KanaAnswer,
    FieldType.NUMBER: NumberAnswer,
    FieldType.MONEY: MoneyAnswer,
    FieldType.DATE: DateAnswer,
    FieldType.TIME: TimeAnswer,
    FieldType.DATE_TIME: DateTimeAnswer,
    FieldType.ADDRESS: AddressAnswer,
    FieldType.RESIDENT_ADDRESS: ResidentAddressAnswer,
    FieldType.EMAIL: EmailAnswer,
    FieldType.PHONE: PhoneAnswer,
    FieldType.CHOICE: ChoiceAnswer,
    FieldType.CHECKBOXES: CheckboxesAnswer,
    FieldType.YES_NO: ChoiceAnswer,
    FieldType.CONSENT: ConsentAnswer,
    FieldType.BANK_ACCOUNT: BankAnswer,
    FieldType.PLACE: PlaceAnswer,
    FieldType.ROWS: RowsAnswer,
}
"""Kinds whose answer comes from what is typed alone."""
_ATTACHED: Mapping[FieldType, Callable[[Field, Sequence[Attachment]], AnswerField]] = {
    FieldType.FILE: FilesAnswer,
    FieldType.PHOTO: FilesAnswer,
    FieldType.SIGNATURE: SignatureAnswer,
}
"""Kinds whose answer comes from the files received so far."""
_GIVEN: Mapping[FieldType, Callable[[Field, Any], AnswerField]] = {
    FieldType.ATTRIBUTE: GivenAnswer,
    FieldType.CALCULATED: GivenAnswer,
    FieldType.HIDDEN: HiddenAnswer,
}
"""Kinds whose answer is given to the form and never taken from a page."""


def takes_files(field: Field) -> bool:
    """Whether the answer comes from files received for the question."""
    return field.type in _ATTACHED


def file_questions(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[Field]:
    """The questions of a page that take files, those in its rows with their path."""
    for field in fields:
        if takes_files(field):
            yield field
        elif field.type == FieldType.ROWS:
            inside = [one for one in field.fields if takes_files(one)]
            yield from (in_row(field, row["id"], one) for row in values.get(field.key, ()) for one in inside)


def build(field: Field, attached: Sequence[Attachment] = (), *, given: Any = None) -> AnswerField:
    """The form field of a question.

    `attached` are the files received for it so far; `given` is the answer of a question that nobody
    types (`typed.NOT_TYPED`), such as an attribute of the record.
    """
    if field.type in _ATTACHED:
        return _ATTACHED[field.type](field, attached)
    if field.type in _GIVEN:
        return _GIVEN[field.type](field, given)
    return _TYPED[field.type](field)
