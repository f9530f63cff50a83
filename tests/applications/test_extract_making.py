"""The worker that makes the file of an extract: stopped half-way, expired, and what it asks of the database."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.enums import ExtractScope
from applications.extracts.table import Table
from applications.extracts.writing import Writing
from applications.models import Extract, ExtractedCase
from applications.queries.extracts import CaseReader, Limits, forms_of, ids_of, selection
from applications.services import extracts
from applications.services.extracts import making
from applications.tasks import make_extracts, start_extracts, sweep_extracts
from cityhall import queue
from cityhall.enums import FileKind, WorkState
from cityhall.errors import StaleState
from cityhall.models import StoredFile
from cityhall.services import work
from cityhall.services.files import sweep_files
from tests.applications.extractkit import add_version, make_case, make_procedure, make_profile, order, rows_of, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- stopped half-way ------------------------------------------------------------------------


def folders():
    return list((Path(settings.VAR_DIR) / "extracts").glob("*"))


def test_cancelled_before_it_began_makes_nothing(procedure, handler):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    extracts.cancel(extract=extract, by=handler)
    assert make_extracts() == 0
    with pytest.raises(StaleState):
        extracts.cancel(extract=extract, by=handler)
    extract.refresh_from_db()
    assert extract.cancelled_at is not None
    assert not ExtractedCase.objects.exists()


@pytest.mark.parametrize("moment", ["_keep", "_publish"])
def test_cancelled_while_it_is_made_leaves_no_file_and_no_marks(procedure, handler, monkeypatch, moment):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    stored = set(StoredFile.objects.values_list("pk", flat=True))
    real = getattr(making, moment)

    def cancelled_first(*arguments, **fields):
        if Extract.objects.filter(pk=extract.pk, cancelled_at=None).exists():
            extracts.cancel(extract=extract, by=handler)
        return real(*arguments, **fields)

    monkeypatch.setattr(making, moment, cancelled_first)
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.file) == (WorkState.DONE, None)
    assert extract.cancelled_at is not None
    assert set(StoredFile.objects.values_list("pk", flat=True)) == stored
    assert not ExtractedCase.objects.exists()
    assert folders() == []


class Killed(BaseException):
    """What nothing catches."""


def test_a_killed_worker_leaves_nothing_and_the_next_makes_one_file(procedure, handler, monkeypatch):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)

    def killed(*_arguments):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(making, "_publish", killed)
        patch.setattr(shutil, "rmtree", lambda *_a, **_k: None)
        with pytest.raises(Killed):
            make_extracts()
    extract.refresh_from_db()
    assert extract.state == WorkState.RUNNING
    assert len(folders()) == 1
    # nobody else has it while the lease lasts
    assert make_extracts() == 0
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now(), lease_until=timezone.now())
    assert make_extracts() == 1
    extract.refresh_from_db()
    assert (extract.state, extract.attempts, extract.rows_done) == (WorkState.DONE, 2, 1)
    assert StoredFile.objects.filter(kind=FileKind.EXTRACT).count() == 1
    assert folders() == []


def test_a_worker_that_lost_its_lease_publishes_nothing(procedure, handler):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)
    [slow] = work.claim_due(Extract)
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now())
    [quick] = work.claim_due(Extract)
    making.make_extract(slow)
    assert not StoredFile.objects.filter(kind=FileKind.EXTRACT).exists()
    making.make_extract(quick)
    extract.refresh_from_db()
    assert extract.state == WorkState.DONE
    assert StoredFile.objects.filter(kind=FileKind.EXTRACT).count() == 1


def test_a_failure_is_tried_again_and_says_no_name(procedure, handler, monkeypatch):
    make_case(procedure)
    extract = order(make_profile(procedure, handler), handler)

    def full(**_arguments):
        raise OSError("disk full of 髙橋")

    with monkeypatch.context() as patch:
        patch.setattr(making, "store_made", full)
        make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.last_error) == (WorkState.FAILED, "OSError")
    assert not ExtractedCase.objects.exists()
    assert folders() == []
    Extract.objects.filter(pk=extract.pk).update(due_at=timezone.now())
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.rows_done) == (WorkState.DONE, 1)


def test_old_folders_are_swept_and_young_ones_stay(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "extracts" / "1-x").mkdir(parents=True)
    sweep_extracts()
    assert len(folders()) == 1
    assert extracts.sweep_folders(now=timezone.now() + dt.timedelta(days=2)) == 1
    assert folders() == []


def test_the_clock_wakes_the_long_task_only_when_something_is_due(
    procedure, handler, monkeypatch, django_capture_on_commit_callbacks
):
    pushed = []
    monkeypatch.setattr("django_q.tasks.async_task", lambda *arguments, **options: pushed.append((arguments, options)))
    with django_capture_on_commit_callbacks(execute=True):
        start_extracts()
    assert pushed == []
    order(make_profile(procedure, handler), handler)
    with django_capture_on_commit_callbacks(execute=True):
        start_extracts()
    [(arguments, options)] = pushed
    assert arguments == (queue.RUNNER, "applications.tasks.make_extracts")
    assert options["q_options"]["timeout"] == 1800


# --- expiry ----------------------------------------------------------------------------------


def test_the_file_goes_after_its_time_and_the_record_stays(procedure, handler, settings):
    settings.EXTRACT_HOURS = 2
    make_case(procedure)
    before = timezone.now()
    extract = run(make_profile(procedure, handler), handler)
    path = extract.file.path
    assert dt.timedelta(hours=2) <= extract.expires_at - before < dt.timedelta(hours=2, minutes=5)
    sweep_files(extract.expires_at - dt.timedelta(seconds=1))
    assert default_storage.exists(path)
    sweep_files(extract.expires_at)
    assert not default_storage.exists(path)
    extract.refresh_from_db()
    assert (extract.file, extract.rows_done) == (None, 1)
    assert ExtractedCase.objects.count() == 1


# --- queries ---------------------------------------------------------------------------------


def test_a_portion_costs_three_queries_however_many_cases(procedure, handler):
    for count in (1, 3):
        for _ in range(count):
            make_case(procedure)
        profile = make_profile(procedure, handler, ["number", "answer:name", "handler", "answer:paper"])
        cases = selection(profile=profile, by=handler, limits=Limits(), scope=ExtractScope.NEW, version=None)
        reader = CaseReader(procedure, Writing(), handler)
        table = Table(names=profile.columns, forms=[form for _n, form in reader.forms.values()], writing=Writing())
        ids = ids_of(cases)
        with CaptureQueriesContext(connection) as queries:
            lines = [line for rows in reader.portions(cases, ids, 500) for row in rows for line in table.lines(row)]
        assert len(lines) == len(ids)
        assert len(queries) == 3


def test_portions_cover_every_case_once(procedure, handler, monkeypatch):
    numbers = [make_case(procedure).number for _ in range(7)]
    monkeypatch.setattr(making, "CHUNK", 3)
    assert [row[0] for row in rows_of(run(make_profile(procedure, handler), handler))[1:]] == numbers


def test_the_forms_are_read_once(procedure):
    add_version(procedure)
    with CaptureQueriesContext(connection) as queries:
        found = forms_of(procedure)
    assert len(queries) == 1
    assert [number for number, _form in found.values()] == [2, 1]
