"""The guides that come with the product, walked by many answers: every result has somebody it is for."""

import datetime as dt
import random

import pytest

from applications.conditions import outcome
from applications.enums import FieldType
from applications.guide import assess, check, check_named, parse
from applications.services.catalogue import FOLDER, read_catalogue
from applications.services.catalogue.guides import read_guides
from portal.demo_city.city_hall import DEPARTMENTS

TODAY = dt.date(2026, 11, 24)
ROUNDS = 500
NAMED = {
    *["pregnancy", "birth", "school", "move-in", "move-within", "move-out", "marriage", "divorce"],
    *["single-parent", "work", "care", "disability", "health", "disaster", "bereavement"],
}
BIG = {"bereavement", "move-in", "birth"}
ENTRIES = {entry.key: entry for entry in read_guides(FOLDER)}
GUIDES = {key: parse(entry.document) for key, entry in ENTRIES.items()}
every_guide = pytest.mark.parametrize("key", sorted(GUIDES))


def some_answers(guide, chance):
    """An answer to every question, hidden or not: hidden ones must decide nothing."""
    answers = {}
    for field in guide.form.questions:
        match field.type:
            case FieldType.DATE:
                answers[field.key] = (TODAY + dt.timedelta(days=chance.choice([-9000, -40, -3, 0]))).isoformat()
            case FieldType.YES_NO:
                answers[field.key] = chance.choice(["yes", "no"])
            case FieldType.CHOICE:
                answers[field.key] = chance.choice(field.options).value
            case FieldType.CHECKBOXES:
                answers[field.key] = [one.value for one in field.options if chance.random() < 0.5]
    return answers


def test_all_fifteen_life_events_have_a_guide():
    assert GUIDES.keys() == NAMED


@every_guide
def test_guide_has_no_problem_and_names_what_exists(key):
    catalogue = read_catalogue(FOLDER)
    procedures = {entry.key for entry in catalogue.procedures}
    departments = {code for code, *_names in DEPARTMENTS}
    guide = GUIDES[key]
    assert check(guide) == []
    assert check_named(guide, procedures=procedures, departments=departments) == []
    assert key in {event.key for event in catalogue.life_events}
    assert len(guide.results) >= (20 if key in BIG else 12)
    assert any(one.procedure for one in guide.results)
    assert any(not one.procedure for one in guide.results)


@every_guide
def test_every_result_is_reached_and_says_when_and_where(key):
    guide, chance = GUIDES[key], random.Random(key)
    reached, shown = set(), set()
    for _ in range(ROUNDS):
        answers = some_answers(guide, chance)
        shown |= outcome(guide.form, answers, today=TODAY).visible
        for task in assess(guide, answers, today=TODAY):
            reached.add(task.result.key)
            office = task.result.office
            assert task.reasons
            assert task.result.due.text
            assert office.department or (office.name and office.place)
            # counted from the day of the event unless the guide says that an answer may be left out
            assert task.result.due.start is None or task.due_on is not None
    assert reached == {one.key for one in guide.results}
    assert {field.key for field in guide.form.questions} <= shown


@every_guide
def test_questions_are_asked_in_words_and_may_be_answered_by_everybody(key):
    for field in GUIDES[key].form.questions:
        assert field.label.strip()
        assert field.type != FieldType.NUMBER or field.unit
        if field.type == FieldType.CHECKBOXES and not field.required and field.required_when is None:
            assert "選" in field.help, f"{key}.{field.key} does not say what to do when nothing fits"


@every_guide
def test_addresses_elsewhere_are_of_public_bodies_and_safe(key):
    for result in GUIDES[key].results:
        for place in result.elsewhere:
            assert place.url.startswith("https://") or (not place.url and (place.note or place.fee))
