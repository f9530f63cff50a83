"""One case for a program: every answer with its key, its concept, its value as stored and in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from applications.answers import display_text
from applications.definition import Field, Form, other_key
from applications.enums import FieldType

SCHEMA: Final = 2
"""Raised when a program that reads these documents would have to be changed. 2: cancellations stand among the cases."""
CASE: Final = "case"
CANCEL: Final = "cancel"
"""That a case is not to be worked on any more; it has no answers."""
Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """What is handed over of one case. `resident_number` is the register's (宛名番号), never the My Number."""

    id: str
    number: str
    times: int
    procedure: str
    procedure_name: str
    form_version: int
    department: str
    received_at: str
    resident_number: str
    identity: str
    is_address_protected: bool
    papers_seen: Sequence[str]
    form: Form
    answers: Mapping[str, Any]
    kind: str = CASE
    reference: str = ""
    """Of what is cancelled: the number under which the program took the case."""
    certificate: "Document | None" = None
    """Of certificates that are issued at once: who asks, what was paid, whether it was handed over already."""


def document_of(case: Case) -> Document:
    """The case as an object of JSON. Answers stand in the order of the form, those in rows with `row` and `row_id`."""
    beside = {} if case.certificate is None else {"certificate": case.certificate}
    if case.kind == CANCEL:
        beside["cancels"] = {"reference": case.reference}
    return {
        "schema": SCHEMA,
        "kind": case.kind,
        "id": case.id,
        "number": case.number,
        "times": case.times,
        "procedure": {"key": case.procedure, "name": case.procedure_name, "form_version": case.form_version},
        "department": case.department,
        "received_at": case.received_at,
        "resident_number": case.resident_number,
        "identity": case.identity,
        "is_address_protected": case.is_address_protected,
        "papers_seen": list(case.papers_seen),
        **beside,
        "answers": [] if case.kind == CANCEL else list(_answers(case.form, case.answers)),
    }


def name_of(case: Document) -> str:
    """The name of its files, without ending: the number, and which time it went out; a cancellation says so."""
    name = f"{case['number']}-{case['times']}"
    return f"{name}-{CANCEL}" if case["kind"] == CANCEL else name


def _answers(form: Form, answers: Mapping[str, Any]) -> Iterator[Document]:
    for field in form.questions:
        if field.key not in answers:
            continue
        if field.type == FieldType.ROWS:
            yield from _of_rows(field, answers[field.key])
        else:
            yield _answer(field, field.key, answers)


def _of_rows(group: Field, rows: Sequence[Mapping[str, Any]]) -> Iterator[Document]:
    for number, row in enumerate(rows, start=1):
        for field in group.fields:
            if field.key in row:
                answer = _answer(field, f"{group.key}.{field.key}", row)
                yield {**answer, "row": number, "row_id": str(row.get("id", ""))}


def _answer(field: Field, key: str, answers: Mapping[str, Any]) -> Document:
    value = answers[field.key]
    other = answers.get(other_key(field.key), "")
    words = display_text(field, value, other)
    return {"key": key, "concept": field.concept, "label": field.label, "value": value, "other": other, "words": words}
