"""What a guide answers, with 1,200 procedures in the city, beside the same with those of the catalogue."""

import time
from typing import Any

from applications.enums import FieldType, ProcedureMode, ProcedureState
from applications.guide import Guide, assess, guide_of
from applications.models import LifeEvent, Procedure
from applications.queries.guide import assess_for
from benchmarks.measure import Row, median, percentile
from cityhall.days import today
from cityhall.models import Department

PROCEDURES = 1200
ROUNDS = 60
AIM_MS = 50.0
LARGEST = "bereavement"


def rows() -> list[Row]:
    """Milliseconds from answers to advice for the largest guide, everything answered so that most results apply."""
    version = LifeEvent.objects.select_related("current_guide").get(key=LARGEST).current_guide
    if version is None:
        raise RuntimeError("the catalogue is not loaded")
    guide = guide_of(version)
    answers = answers_to(guide)
    few = _milliseconds(guide, answers)
    added = _fill()
    try:
        many = _milliseconds(guide, answers)
    finally:
        Procedure.objects.filter(key__in=added).delete()
    engine = _engine(guide, answers)
    named = len(assess(guide, answers, today=today()))
    p95 = percentile(many, 0.95)
    return [
        Row(
            f"guide: {named} of {len(guide.results)} results with {PROCEDURES} procedures",
            f"p95 {p95:.1f} ms, median {median(many):.1f} ms",
            f"median {median(few):.1f} ms with the procedures of the catalogue",
            f"{median(many) / median(few):.2f}",
            f"< {AIM_MS:.0f} ms",
            p95 < AIM_MS,
        ),
        Row(
            "guide: the engine alone, no database",
            f"{engine:.2f} ms",
            f"{median(many):.1f} ms with the city's procedures and places",
            f"{engine / median(many):.2f}",
            f"< {AIM_MS:.0f} ms",
            engine < AIM_MS,
        ),
    ]


def answers_to(guide: Guide) -> dict[str, Any]:
    """Today for each day, the first choice, every box ticked."""
    answers: dict[str, Any] = {}
    for field in guide.form.questions:
        match field.type:
            case FieldType.DATE:
                answers[field.key] = today().isoformat()
            case FieldType.YES_NO:
                answers[field.key] = "yes"
            case FieldType.CHOICE:
                answers[field.key] = field.options[0].value
            case FieldType.CHECKBOXES:
                answers[field.key] = [one.value for one in field.options]
    return answers


def _milliseconds(guide: Guide, answers: dict[str, Any]) -> list[float]:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = assess_for(guide, answers)
        spent.append((time.perf_counter() - started) * 1000)
    if not found:
        raise RuntimeError("the guide names nothing")
    return spent


def _engine(guide: Guide, answers: dict[str, Any]) -> float:
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        assess(guide, answers, today=today())
        spent.append((time.process_time() - started) * 1000)
    return median(spent)


def _fill() -> list[str]:
    """As many published procedures as a city has, the catalogue's among them; the keys of those that were added."""
    department = Department.objects.order_by("pk")[0]
    missing = range(PROCEDURES - Procedure.objects.count())
    made = [
        Procedure(
            key=f"bench-guide-{number}",
            name=f"計測用の手続{number}",
            summary="計測用の手続です。",
            description="説明です。" * 200,
            state=ProcedureState.PUBLISHED,
            mode=ProcedureMode.GUIDE_ONLY,
            department=department,
        )
        for number in missing
    ]
    Procedure.objects.bulk_create(made, batch_size=200)
    return [one.key for one in made]
