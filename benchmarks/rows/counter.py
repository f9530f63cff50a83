"""The counter: how long one form for many procedures takes to make, and how much it spares three families."""

import time
from collections.abc import Iterator, Mapping

from applications.concepts import concept_of
from applications.conditions import Outcome, outcome
from applications.definition import Form
from applications.enums import FieldType
from applications.form_pages import deciding_answers
from applications.services.catalogue import FOLDER, read_catalogue
from applications.typed import from_answers
from benchmarks import printing
from benchmarks.families import DAY, FAMILIES, Family, paper_form
from benchmarks.measure import Row, median
from counter.combined import Combined, Part, asked_page_by_page, boxes, combine, join

PROCEDURES = 12
ROUNDS = 20
AIM_MS = 100.0
AIM_COLD, AIM_DESK = 0.25, 0.05
MOVING = (
    "tennyu-yoyaku", "juminhyo-seikyu", "kokuho-kanyu", "jido-teate-nintei", "kodomo-iryohi", "hoiku-riyo-moshikomi",
    "shikyu-nintei", "hokago-jidokai-nyukai", "shugaku-enjo", "hitorioya-iryohi", "kaigo-jusho-iten", "futan-gendogaku",
)  # fmt: skip
"""What a family that moves in may need, at most."""
Forms = Mapping[str, tuple[Form, str]]


def rows() -> Iterator[Row]:
    """The making of the form, then each family: boxes on paper, and questions in three ways."""
    forms = {entry.key: (entry.form, entry.texts["name"]) for entry in read_catalogue(FOLDER).procedures if entry.form}
    yield _making_row(forms)
    yield printing.row()
    for family in FAMILIES:
        yield from _family_rows(family, forms)


def _making_row(forms: Forms) -> Row:
    parts = [Part(key, *forms[key]) for key in MOVING]
    spent = []
    for _ in range(ROUNDS):
        # processor time: the figure is of the code, not of what else the machine does
        started = time.process_time()
        combined = combine(parts)
        spent.append((time.process_time() - started) * 1000)
    questions = sum(1 + len(field.fields) for field in combined.form.fields)
    single = sum(1 + len(field.fields) for part in parts for field in part.form.fields)
    took = median(spent)
    return Row(
        f"one form for {PROCEDURES} procedures",
        f"{took:.0f} ms, {questions} fields",
        f"{single} fields in the forms",
        f"{questions / single:.2f}",
        f"< {AIM_MS:.0f} ms",
        took < AIM_MS,
    )


def _family_rows(family: Family, forms: Forms) -> Iterator[Row]:
    parts = [Part(key, *forms[key]) for key in family.needs]
    combined = combine(parts)
    drafts = {part.key: from_answers(part.form.fields, family.needs[part.key]) for part in parts}
    truth = join(combined, drafts).values
    found = outcome(combined.form, deciding_answers(combined.form, truth, {}), today=DAY)
    sheets = {key: paper_form(key) for key in family.needs}
    paper = sum(boxes(one, outcome(one, family.needs[key], today=DAY)) for key, one in sheets.items())
    printed = sum(map(boxes, sheets.values()))
    known = known_paths(combined, found, family)
    # identity is checked anyhow; with a prefill one signature for all is left
    at_desk = int(any(one.field.type == FieldType.SIGNATURE for one in combined.left_out))
    words = f"{family.name}: {len(parts)} procedures"
    cold = asked_page_by_page(combined, found, truth, (), today=DAY)
    recorded = asked_page_by_page(combined, found, truth, known, today=DAY)
    for way, count, aim in (
        (f"cold, {cold.confirmations} of them pages to confirm", cold.total, AIM_COLD),
        (f"with the record, {recorded.confirmations} pages to confirm", recorded.total, None),
        ("at the desk with a prefill", at_desk, AIM_DESK),
    ):
        yield Row(
            f"{words}, questions {way}",
            str(count),
            f"{paper} boxes to fill in on paper, of {printed} printed",
            f"{count / paper:.0%}",
            "" if aim is None else f"≤ {aim:.0%}",
            aim is None or count / paper <= aim,
        )


def known_paths(combined: Combined, found: Outcome, family: Family) -> set[str]:
    """The questions whose answer the city knows."""
    known = set()
    for path in found.visible:
        key, *rest = path.split(".")
        field = combined.fields.get(f"{key}.{rest[-1]}" if rest else key)
        concept = concept_of(field.concept) if field else None
        if concept and concept.key in family.record:
            known.add(path)
    return known
