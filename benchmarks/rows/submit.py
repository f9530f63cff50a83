"""From the button to the receipt with the longest form of the catalogue, sixteen clients, mail and files down."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import urllib3
from django.db.models import Count
from django.utils import timezone

from applications import definition
from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationEvent, Attachment, Procedure
from applications.row_paths import find
from applications.services import drafts, starting, uploads
from applications.services.submission import check_draft
from benchmarks.measure import Clients, Row, percentile, server
from benchmarks.outage import check_nothing_went_out, services_down
from benchmarks.people import cookies_of, signed_in
from cityhall.models import User
from notices.models import OutgoingMail
from portal.demo_city.answers import fill, paper
from residents.models import Resident

PROCEDURE = "hoiku-riyo-moshikomi"
CLIENTS = 16
EACH = 8
AIM_MS = 500.0

Call = Callable[[urllib3.PoolManager], int]


def rows(origin: str, port: int, var: Path) -> list[Row]:
    """95th percentile from the POST of a filled form to the page with its number.

    Meanwhile the mail server's port is closed, the virus scanner is gone and stored files cannot be reached; a
    worker keeps trying. Afterwards each application stands there exactly once, with its mail waiting.
    """
    procedure = Procedure.objects.select_related("current_version").get(key=PROCEDURE)
    if procedure.current_version is None:
        raise RuntimeError(f"{PROCEDURE} has no form")
    # one person sends many here
    Procedure.objects.filter(pk=procedure.pk).update(once_per_applicant=False, once_ever=False)
    procedure.refresh_from_db()
    form = definition.form_of(procedure.current_version)
    people = _people(CLIENTS)
    filled = [[_filled(person, procedure, form, number) for number in range(EACH)] for person in people]
    drafts_sent = [draft for mine in filled for draft in mine]
    calls = [[_call(f"http://localhost:{port}", draft) for draft in mine] for mine in filled]
    yardstick = Clients()
    yardstick.run([[partial(_get, f"{origin}/bench/yardstick/")] * EACH] * CLIENTS)
    files = list(Attachment.objects.filter(application__in=drafts_sent).values_list("file_id", flat=True))
    newest = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    mails = OutgoingMail.objects.filter(pk__gt=newest)
    clients = Clients()
    with services_down(var) as environment, server(port, var / "bench-outage.log", environment=environment):
        clients.run(calls)
        if set(clients.statuses) != {200}:
            raise RuntimeError(f"answers {set(clients.statuses)}")
        print(f"  {check_nothing_went_out(mails, files)}", flush=True)
    _check_once(procedure, drafts_sent)
    if mails.count() != len(drafts_sent):
        raise RuntimeError("not one mail an application")
    return [_row(clients, yardstick, sum(1 for _field in form.fields))]


def _row(clients: Clients, yardstick: Clients, questions: int) -> Row:
    p95, base = (percentile(found.latencies, 0.95) * 1000 for found in (clients, yardstick))
    return Row(
        f"submit → receipt, {questions} questions, {CLIENTS} clients, mail and file services down",
        f"p95 {p95:.0f} ms, median {percentile(clients.latencies, 0.5) * 1000:.0f} ms",
        f"p95 {base:.0f} ms (a page of three queries, {CLIENTS} clients)",
        f"{p95 / base:.1f}",
        f"< {AIM_MS:.0f} ms",
        p95 < AIM_MS,
    )


def _check_once(procedure: Procedure, sent: list[Application]) -> None:
    """That every draft became one application: a number of its own, one revision, one event. RuntimeError."""
    ids = [draft.pk for draft in sent]
    found = Application.objects.filter(pk__in=ids, state=ApplicationState.SUBMITTED, number__isnull=False)
    numbers = set(found.values_list("number", flat=True))
    revisions = set(found.annotate(times=Count("revisions")).values_list("times", flat=True))
    events = ApplicationEvent.objects.filter(application__in=ids, kind=EventKind.SUBMITTED).count()
    of_filers = Application.objects.filter(procedure=procedure, filed_by__in={draft.filed_by_id for draft in sent})
    if not (len(numbers) == len(ids) == events == of_filers.count() and revisions == {1}):
        raise RuntimeError(f"{len(numbers)} numbers, {events} events, {of_filers.count()} rows of {len(ids)}")


def _people(count: int) -> list[Resident]:
    """Residents with an account whose address is proven; the demo has six, the others get one here."""
    people = []
    for resident in Resident.objects.living_here().filter(user=None).order_by("id")[:count]:
        resident.user = User.objects.create_user(
            f"bench{resident.pk}@example.jp", name=resident.full_name, email_verified_at=timezone.now()
        )
        resident.save(update_fields=["user"])
        people.append(resident)
    return people


def _filled(resident: Resident, procedure: Procedure, form: definition.Form, number: int) -> Application:
    """A draft with every answer and its files."""
    user = resident.user
    if user is None:
        raise RuntimeError("the person has no account")
    application = starting.start(
        procedure=procedure, resident=resident, by=user, request_key=f"bench-{user.pk}-{number}"
    )
    values = fill(form, resident, application.draft_answers)
    for page in form.pages:
        keys = {field.key for field in page.fields}
        page_values = {key: value for key, value in values.items() if key in keys}
        drafts.save_page(application=application, page=page, values=page_values, expected_revision=None)
    application.refresh_from_db()
    # what is missing now are papers, some of them in rows
    for problem in check_draft(application).problems:
        question = find(form.fields, problem.key)
        if question is None:
            raise RuntimeError(f"{problem.key}: {problem.message}")
        uploads.attach(application=application, field=question, upload=paper(), by=user)
    if problems := check_draft(application).problems:
        raise RuntimeError(f"{problems[0].key}: {problems[0].message}")
    return application


def _call(origin: str, application: Application) -> Call:
    """The button of the check page, and the page it leads to."""
    if application.filed_by is None:
        raise RuntimeError("nobody filed it")
    browser = signed_in(application.filed_by)
    answer = browser.get(f"/applications/{application.public_id}/check/")
    page = answer.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    revision = re.search(r'name="draft_revision" value="(\d+)"', page)
    if token is None or revision is None:
        raise RuntimeError(f"the check page has no form: {answer.status_code}")
    headers = {"Cookie": cookies_of(browser)}
    fields = {"csrfmiddlewaretoken": token[1], "draft_revision": revision[1]}
    address = f"{origin}/applications/{application.public_id}"

    def send(pool: urllib3.PoolManager) -> int:
        sent = pool.request(
            "POST", f"{address}/submit/", fields=fields, encode_multipart=False, headers=headers, redirect=False
        )
        if sent.status != 302 or not sent.headers.get("Location", "").endswith("/done/"):
            return int(sent.status) if sent.status != 302 else 0
        return int(pool.request("GET", f"{address}/done/", headers=headers, redirect=False).status)

    return send


def _get(address: str, pool: urllib3.PoolManager) -> int:
    return int(pool.request("GET", address).status)
