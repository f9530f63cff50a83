"""Every form of the product is walked through: each question can be reached, and answers that fit are taken."""

import functools

from applications import typed
from applications.conditions import outcome
from applications.enums import FILE_TYPES
from applications.form_pages import check
from applications.row_paths import groups, path_of
from applications.services import catalogue
from applications.services.catalogue import read_catalogue
from cityhall.days import today
from tests.applications.answer_sets import draw

DRAWS = 150


@functools.cache
def forms():
    """The forms of the real catalogue by key."""
    entries = read_catalogue(catalogue.FOLDER).procedures
    return {entry.key: entry.form for entry in entries if entry.form is not None}


def pytest_generate_tests(metafunc):
    if "form_key" in metafunc.fixturenames:
        metafunc.parametrize("form_key", sorted(path.stem for path in (catalogue.FOLDER / "procedures").glob("*.yaml")))


def places(form):
    """Where something can stand, rows apart: `key`, `group.key` and the keys of pages."""
    inside = {f"{group.key}.{one.key}" for group in groups(form.fields) for one in group.fields}
    return {field.key for field in form.fields} | inside | {page.key for page in form.pages}


def without_row(path):
    key, *rest = path.split(".")
    return f"{key}.{rest[-1]}" if rest else key


def asked_files(form, answers):
    """The paths of all questions for files that these answers show."""
    top = [field.key for field in form.fields if field.type in FILE_TYPES]
    rows = [
        path_of(group, row["id"], one)
        for group in groups(form.fields)
        for row in answers.get(group.key, ())
        for one in group.fields
        if one.type in FILE_TYPES
    ]
    return [path for path in (*top, *rows) if path in outcome(form, answers, today=today()).visible]


def test_every_question_of_every_form_can_be_reached(form_key):
    """A condition that nothing fulfils, or two that exclude each other, hides a question for good."""
    form = forms().get(form_key)
    if form is None:
        return
    seen = set()
    for number in range(DRAWS):
        seen |= outcome(form, draw(form, f"{form_key}-{number}", fullness=1), today=today()).visible
        if {without_row(path) for path in seen} >= places(form):
            break
    assert places(form) - {without_row(path) for path in seen} == set()


def test_answers_drawn_by_lot_are_taken_as_they_are(form_key):
    """No limit, character set, length or example of a question contradicts another; only files are missing."""
    form = forms().get(form_key)
    if form is None:
        return
    for number in range(3):
        answers = draw(form, f"{form_key}-{number}", fullness=number / 2)
        checked = check(form, typed.from_answers(form.fields, answers), {})
        asked = {path.partition(".")[0] for path in asked_files(form, answers)}
        assert {one.key: one.message for one in checked.problems if one.key.partition(".")[0] not in asked} == {}
