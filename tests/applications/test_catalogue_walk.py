"""Every procedure of the product is walked through: its form can be filled in, and what was filled in can be sent."""

import datetime as dt
import functools

import pytest
from django.core.management import call_command
from django.utils import timezone

from applications import definition, typed
from applications.conditions import outcome
from applications.enums import FILE_TYPES, ApplicationState, FieldType
from applications.form_pages import check
from applications.models import Application, Procedure
from applications.row_paths import find, groups, path_of
from applications.services import catalogue, starting, uploads
from applications.services.catalogue import read_catalogue
from applications.services.submission import submit
from cityhall.days import today
from cityhall.enums import FileState, Role
from cityhall.models import Department, StoredFile
from portal.demo_city import city_hall
from residents.enums import IdentityLevel
from residents.services import register_business
from tests import factories
from tests.applications import sample
from tests.applications.answer_sets import draw, draw_fullest

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


@pytest.fixture
def city(db, municipality):
    for code, name, _kana, _place in city_hall.DEPARTMENTS:
        factories.make_department(code, name)
    call_command("load_catalogue", verbosity=0)


@pytest.fixture
def person(city):
    """Somebody who has shown their card, and files for a business too."""
    resident = factories.make_resident_user("walk@example.jp")
    resident.identity_proofs.create(level=IdentityLevel.CARD, provider="card")
    return resident


@pytest.fixture
def firm(person):
    return register_business(name="株式会社緑野製作所", by=person.user)


def open_moment(procedure):
    """Now, or a moment at which a procedure with a period is open."""
    now = timezone.now()
    if procedure.opens_at and now < procedure.opens_at:
        return procedure.opens_at
    if procedure.closes_at and now >= procedure.closes_at:
        return procedure.closes_at - dt.timedelta(hours=1)
    return now


def begin(procedure, person, firm, clerk, now):
    if procedure.is_for_staff:
        department = clerk.roles.get().department
        return starting.start_as_staff(
            procedure=procedure, by=clerk, department=department, request_key=procedure.key, now=now
        )
    business = None if procedure.is_for_people else firm
    return starting.start(
        procedure=procedure, resident=person, by=person.user, request_key=procedure.key, business=business, now=now
    )


def fill(draft, form, answers, by):
    """Typed values and files of a whole draft, as its pages keep them."""
    values = typed.from_answers(form.fields, answers)
    link = {field.key: answers[field.key] for field in form.fields if field.type == FieldType.HIDDEN}
    Application.objects.filter(pk=draft.pk).update(draft_answers=values, link_values=link)
    draft.refresh_from_db()
    for number, path in enumerate(asked_files(form, answers)):
        field = find(form.fields, path)
        uploads.attach(application=draft, field=field, upload=sample.png(size=(20 + number, 20)), by=by)
    StoredFile.objects.update(state=FileState.CLEAN)


def test_every_procedure_can_be_filled_in_and_sent(person, firm):
    department = Department.objects.get(code="digital")
    clerk = factories.make_staff("walk@city.example.jp", role=Role.CLERK, department=department)
    sent = {}
    for procedure in Procedure.objects.exclude(current_version=None).order_by("key"):
        now = open_moment(procedure)
        draft = begin(procedure, person, firm, clerk, now)
        form = definition.form_of(draft.form_version)
        fill(draft, form, draw_fullest(form, procedure.key, tries=20), draft.filed_by)
        sent[procedure.key] = submit(application=draft, by=draft.filed_by, now=now)
    assert sent.keys() == forms().keys()
    assert {one.state for one in sent.values()} == {ApplicationState.SUBMITTED}
    assert len({one.number for one in sent.values()}) == len(sent)
