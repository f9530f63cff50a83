"""Submitting the longest form of the catalogue, sixteen clients at once, beside the yardstick page alike."""

import re
from collections.abc import Callable
from functools import partial

import urllib3

from applications import definition
from applications.enums import FieldType
from applications.models import Application, Procedure
from applications.services import drafts, starting, uploads
from benchmarks.measure import Clients, Row, percentile
from benchmarks.people import cookies_of, signed_in
from cityhall.models import User
from cityhall.services.files import check_pending_files
from portal.demo_city.answers import fill, paper
from residents.models import Resident

PROCEDURE = "hoiku-riyo-moshikomi"
CLIENTS = 16
EACH = 8
AIM_RATIO = 12.0
"""A submission checks and writes a dozen rows in one transaction; the yardstick reads three."""

Call = Callable[[urllib3.PoolManager], int]


def rows(origin: str) -> list[Row]:
    """95th percentile of the POST that sends a filled form; each must make one application with a number."""
    procedure = Procedure.objects.select_related("current_version").get(key=PROCEDURE)
    if procedure.current_version is None:
        raise RuntimeError(f"{PROCEDURE} has no form")
    form = definition.form_of(procedure.current_version)
    lists = [
        [_submission(origin, person, procedure, form, number) for number in range(EACH)] for person in _people(CLIENTS)
    ]
    check_pending_files(limit=1000)
    before = Application.objects.filter(procedure=procedure, number__isnull=False).count()
    clients = Clients()
    clients.run(lists)
    made = Application.objects.filter(procedure=procedure, number__isnull=False).count() - before
    if set(clients.statuses) - {200, 302} or made != CLIENTS * EACH:
        raise RuntimeError(f"{made} applications of {CLIENTS * EACH}, answers {set(clients.statuses)}")
    yardstick = Clients()
    yardstick.run([[partial(_get, f"{origin}/bench/yardstick/")] * EACH] * CLIENTS)
    p95, base = (percentile(found.latencies, 0.95) * 1000 for found in (clients, yardstick))
    questions = sum(1 for _field in form.fields)
    return [
        Row(
            f"submit a form of {questions} questions, {CLIENTS} clients",
            f"p95 {p95:.0f} ms",
            f"p95 {base:.0f} ms (three queries)",
            f"{p95 / base:.1f}",
            f"≤ {AIM_RATIO:.0f}",
            p95 / base <= AIM_RATIO,
        )
    ]


def _people(count: int) -> list[Resident]:
    """Residents with an account; the demo has six, the others get one here."""
    people = []
    for number, resident in enumerate(Resident.objects.living_here().filter(user=None).order_by("id")[:count]):
        resident.user = User.objects.create_user(f"bench{number}@example.jp", name=resident.full_name)
        resident.save(update_fields=["user"])
        people.append(resident)
    return people


def _submission(origin: str, resident: Resident, procedure: Procedure, form: definition.Form, number: int) -> Call:
    """A filled draft, and the call that sends it."""
    user = resident.user
    if user is None:
        raise RuntimeError("the person has no account")
    procedure.once_per_applicant = False
    Procedure.objects.filter(pk=procedure.pk).update(once_per_applicant=False)
    application = starting.start(
        procedure=procedure, resident=resident, by=user, request_key=f"bench-{user.pk}-{number}"
    )
    values = fill(form, resident, application.draft_answers)
    for page in form.pages:
        keys = {field.key for field in page.fields}
        page_values = {key: value for key, value in values.items() if key in keys}
        drafts.save_page(application=application, page=page, values=page_values, expected_revision=None)
        for field in page.fields:
            if field.required and field.type == FieldType.FILE:
                uploads.attach(application=application, field=field, upload=paper(), by=user)
    return _call(origin, user, application)


def _call(origin: str, user: User, application: Application) -> Call:
    browser = signed_in(user)
    answer = browser.get(f"/applications/{application.public_id}/check/")
    page = answer.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    revision = re.search(r'name="draft_revision" value="(\d+)"', page)
    if token is None or revision is None:
        raise RuntimeError(f"the check page has no form: {answer.status_code}")
    cookie = cookies_of(browser)
    fields = {"csrfmiddlewaretoken": token[1], "draft_revision": revision[1]}
    address = f"{origin}/applications/{application.public_id}/submit/"

    def send(pool: urllib3.PoolManager) -> int:
        answer = pool.request(
            "POST", address, fields=fields, encode_multipart=False, headers={"Cookie": cookie}, redirect=False
        )
        return int(answer.status)

    return send


def _get(address: str, pool: urllib3.PoolManager) -> int:
    return int(pool.request("GET", address).status)
