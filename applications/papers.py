"""Papers that staff saw at the counter: they stand for the files a form asks for, and no copy is kept."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from applications.definition import Field, Form
from applications.enums import FILE_TYPES, FieldType

PAPER_TYPES: Final = FILE_TYPES | {FieldType.SIGNATURE}
"""Questions that a paper answers as well as a file does."""


def paper_questions(form: Form) -> dict[str, Field]:
    """The questions of a form that a paper can answer, by `key` or `group.key`."""
    inside = {f"{group.key}.{one.key}": one for group in form.questions for one in group.fields}
    return {key: field for key, field in {**form.by_key, **inside}.items() if field.type in PAPER_TYPES}


def question_of(path: str) -> str:
    """`group.row.key` → `group.key`: a paper is seen for all rows of a group."""
    first, *rest = path.split(".")
    return f"{first}.{rest[-1]}" if rest else first


def is_answered_by_paper(path: str, seen: Collection[str], attached: Mapping[str, Sequence[object]]) -> bool:
    """Whether a paper was seen for a question that has no file: with one, the file is looked at."""
    return question_of(path) in seen and not attached.get(path)


def paper_words(field: Field) -> str:
    """What stands in place of the answer."""
    return _("紙に署名（窓口で確認）") if field.type == FieldType.SIGNATURE else _("窓口で確認")
