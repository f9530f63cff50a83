import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cityhall.db import is_postgresql
from cityhall.enums import AuditAction, Lane, WorkState
from cityhall.errors import DomainError, StaleState
from cityhall.models import AuditEvent
from cityhall.services import work
from cityhall.services.work import backoff, claim_due, fail, finish, mark_uncertain, retry, run_due
from notices.models import OutgoingMail

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LEASE = dt.timedelta(minutes=2)


def make(**fields):
    values = {"message_id": f"<{uuid.uuid4()}@test>", "to": "a@example.jp", "from_email": "x@example.jp"}
    return OutgoingMail.objects.create(**values | {"subject": "件名", "due_at": NOW} | fields)


def state_of(row):
    return OutgoingMail.objects.get(pk=row.pk).state


def test_claim_sets_a_lease_and_counts_the_attempt():
    row = make()
    (claimed,) = claim_due(OutgoingMail, now=NOW)
    stored = OutgoingMail.objects.get(pk=row.pk)
    for one in (claimed, stored):
        assert (one.state, one.attempts, one.lease_until, one.due_at) == ("running", 1, NOW + LEASE, NOW + LEASE)
    assert claimed.claim_id == stored.claim_id
    assert claimed.claim_id is not None
    assert claimed.lost_lease is False
    assert claim_due(OutgoingMail, now=NOW) == []


def test_claim_takes_nothing_before_its_time():
    make(due_at=NOW + dt.timedelta(seconds=1))
    assert claim_due(OutgoingMail, now=NOW) == []
    assert len(claim_due(OutgoingMail, now=NOW + dt.timedelta(seconds=1))) == 1


@pytest.mark.parametrize("state", [WorkState.UNCERTAIN, WorkState.GIVEN_UP])
def test_claim_leaves_to_people_what_waits_for_them(state):
    make(state=state)
    assert claim_due(OutgoingMail, now=NOW) == []


def test_claim_takes_single_work_before_a_batch_and_older_before_newer():
    bulk = make(lane=Lane.BULK, due_at=NOW - dt.timedelta(hours=1))
    newer = make(due_at=NOW)
    older = make(due_at=NOW - dt.timedelta(minutes=1))
    assert [row.pk for row in claim_due(OutgoingMail, limit=10, now=NOW)] == [older.pk, newer.pk, bulk.pk]


def test_claim_of_one_lane_only():
    make(lane=Lane.SINGLE)
    bulk = make(lane=Lane.BULK)
    assert [row.pk for row in claim_due(OutgoingMail, limit=10, lanes=(Lane.BULK,), now=NOW)] == [bulk.pk]


def test_a_row_whose_lease_ended_comes_back_and_says_so():
    make()
    (first,) = claim_due(OutgoingMail, now=NOW)
    assert claim_due(OutgoingMail, now=NOW + LEASE - dt.timedelta(seconds=1)) == []
    (second,) = claim_due(OutgoingMail, now=NOW + LEASE)
    assert (second.pk, second.attempts, second.lost_lease) == (first.pk, 2, True)
    assert second.claim_id != first.claim_id


def test_who_lost_the_lease_changes_nothing_any_more():
    make()
    (first,) = claim_due(OutgoingMail, now=NOW)
    (second,) = claim_due(OutgoingMail, now=NOW + LEASE)
    assert finish(first) is False
    assert fail(first, error="x", retry_in=LEASE) is False
    assert mark_uncertain(first, error="x") is False
    assert state_of(second) == "running"
    assert finish(second, now=NOW) is True
    assert finish(second, now=NOW) is False


def test_finish_writes_further_columns_with_it():
    make(last_error="earlier")
    (row,) = claim_due(OutgoingMail, now=NOW)
    assert finish(row, now=NOW, body="", wiped_at=NOW)
    row.refresh_from_db()
    assert (row.state, row.finished_at, row.wiped_at, row.last_error) == ("done", NOW, NOW, "")
    assert (row.claim_id, row.lease_until) == (None, None)


def test_fail_tries_again_later():
    make()
    (row,) = claim_due(OutgoingMail, now=NOW)
    assert fail(row, error="SMTPServerDisconnected", retry_in=dt.timedelta(minutes=5), now=NOW)
    row.refresh_from_db()
    assert (row.state, row.due_at, row.last_error) == (
        "failed",
        NOW + dt.timedelta(minutes=5),
        "SMTPServerDisconnected",
    )
    (again,) = claim_due(OutgoingMail, now=NOW + dt.timedelta(minutes=5))
    assert (again.attempts, again.lost_lease) == (2, False)


def test_fail_gives_up_when_told_or_after_too_many_attempts():
    make()
    (row,) = claim_due(OutgoingMail, now=NOW)
    assert fail(row, error="x" * 500, retry_in=None)
    row.refresh_from_db()
    assert (row.state, len(row.last_error), row.finished_at is None) == ("given_up", 200, False)
    make(attempts=7)
    (row,) = claim_due(OutgoingMail, now=NOW)
    assert fail(row, error="x", retry_in=LEASE, max_attempts=8)
    assert state_of(row) == "given_up"


def test_mark_uncertain_waits_for_a_person():
    make()
    (row,) = claim_due(OutgoingMail, now=NOW)
    assert mark_uncertain(row, error="no answer")
    assert state_of(row) == "uncertain"
    assert claim_due(OutgoingMail, now=NOW + dt.timedelta(days=1)) == []


def test_fail_waits_for_a_peer_that_is_down_until_the_row_is_old():
    make(attempts=20, created_at=NOW)
    row = claim_due(OutgoingMail, now=NOW)[0]
    assert fail(row, error="x", retry_in=LEASE, patience=dt.timedelta(days=1), now=NOW)
    assert row.state == WorkState.FAILED
    later = NOW + dt.timedelta(days=1)
    row = claim_due(OutgoingMail, now=later)[0]
    assert fail(row, error="x", retry_in=LEASE, patience=dt.timedelta(days=1), now=later)
    assert row.state == WorkState.GIVEN_UP


@pytest.mark.parametrize("state", [WorkState.FAILED, WorkState.UNCERTAIN, WorkState.GIVEN_UP])
def test_retry_puts_a_row_back_with_all_its_attempts(state, administrator):
    row = make(state=state, attempts=8, finished_at=NOW)
    retry(row, by=administrator, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.due_at, row.finished_at) == ("queued", 0, NOW, None)
    assert len(claim_due(OutgoingMail, now=NOW)) == 1
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_type, event.target_id, event.detail) == (
        AuditAction.STATE,
        administrator,
        "notices.outgoingmail",
        str(row.pk),
        "retry",
    )


@pytest.mark.parametrize("state", [WorkState.QUEUED, WorkState.DONE])
def test_retry_of_anything_else_is_refused(state, administrator):
    row = make(state=state, finished_at=NOW)
    with pytest.raises(StaleState):
        retry(row, by=administrator)
    assert not AuditEvent.objects.exists()


def test_two_people_retry_one_row_once(administrator):
    row = make(state=WorkState.GIVEN_UP, attempts=8)
    seen_by_another = OutgoingMail.objects.get(pk=row.pk)
    retry(row, by=administrator)
    with pytest.raises(StaleState):
        retry(seen_by_another, by=administrator)
    assert AuditEvent.objects.count() == 1


def test_backoff_doubles_up_to_six_hours():
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 8)] == [30, 60, 120, 3840]
    assert backoff(50) == dt.timedelta(hours=6)


def test_run_due_handles_everything_and_finishes_it():
    rows = [make() for _number in range(3)]
    seen = []
    assert run_due(OutgoingMail, lambda row: seen.append(row.pk)) == 3
    assert seen == [row.pk for row in rows]
    assert {state_of(row) for row in rows} == {"done"}


def test_run_due_leaves_alone_what_the_handler_ended_itself():
    row = make()
    run_due(OutgoingMail, lambda row: mark_uncertain(row, error="x"))
    assert state_of(row) == "uncertain"


class Refused(DomainError):
    code = "mailbox_full"


@pytest.mark.parametrize(
    ("error", "kept"), [(ValueError("taro@example.jp"), "ValueError"), (Refused("taro@example.jp"), "mailbox_full")]
)
def test_one_bad_row_stops_no_other_and_leaks_nothing(error, kept, caplog):
    bad, good = make(), make()

    def handle(row):
        if row.pk == bad.pk:
            raise error

    assert run_due(OutgoingMail, handle) == 2
    bad.refresh_from_db()
    assert (bad.state, bad.last_error) == ("failed", kept)
    assert bad.due_at > timezone.now() + dt.timedelta(seconds=20)
    assert state_of(good) == "done"
    (record,) = [record for record in caplog.records if record.name == "cityhall.services.work"]
    assert (record.work, record.id, record.error) == ("notices.OutgoingMail", bad.pk, kept)
    assert "taro" not in caplog.text


def test_run_due_gives_up_after_max_attempts():
    row = make(attempts=2)

    def handle(_row):
        raise OSError

    run_due(OutgoingMail, handle, max_attempts=3)
    assert state_of(row) == "given_up"


def test_a_row_that_kills_its_worker_each_time_is_given_up():
    """A killed process never reaches `fail`: only the next claim can count."""
    row = make(due_at=timezone.now())
    for _number in range(8):
        (claimed,) = claim_due(OutgoingMail)
        OutgoingMail.objects.filter(pk=claimed.pk).update(due_at=timezone.now(), lease_until=timezone.now())
    seen = []
    assert run_due(OutgoingMail, seen.append) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error, seen) == ("given_up", 9, "worker_died", [])
    assert row.finished_at is not None
    assert run_due(OutgoingMail, seen.append) == 0


def test_a_row_whose_worker_died_before_the_limit_is_handled_again():
    make(state=WorkState.RUNNING, attempts=7, claim_id=uuid.uuid4(), lease_until=NOW)
    seen = []
    run_due(OutgoingMail, lambda row: seen.append((row.attempts, row.lost_lease)))
    assert seen == [(8, True)]


def test_run_due_stops_when_its_time_is_used_and_wakes_the_task_again(monkeypatch):
    woken = []
    monkeypatch.setattr(work.queue, "wake", woken.append)
    rows = [make() for _number in range(5)]
    count = run_due(OutgoingMail, lambda _row: time.sleep(0.05), budget_seconds=0.09, wake="notices.tasks.send_mails")
    assert 1 <= count < 5
    assert woken == ["notices.tasks.send_mails"]
    assert [state_of(row) for row in rows].count("queued") == 5 - count


def test_claim_reads_the_index_of_open_work():
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            message_id=f"<{n}@t>", to="a@example.jp", from_email="x", subject="x", state="done", finished_at=NOW
        )
        for n in range(2000)
    )
    make()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as captured:
        claim_due(OutgoingMail, now=NOW)
    (select,) = [query["sql"] for query in captured if query["sql"].startswith("SELECT") and "'single'" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN ") + select)
        plan = "\n".join(str(line) for line in cursor.fetchall())
    assert "outgoingmail_due" in plan


def test_claim_costs_the_same_whatever_waits(django_assert_num_queries):
    OutgoingMail.objects.bulk_create(
        OutgoingMail(message_id=f"<{n}@t>", to="a@example.jp", from_email="x", subject="x", due_at=NOW)
        for n in range(300)
    )
    with django_assert_num_queries(4):
        claim_due(OutgoingMail, now=NOW)


def race(count, claim):
    """Start `count` threads together; what they claimed, and what went wrong."""
    together = threading.Barrier(count)
    claimed, errors = [], []

    def run():
        try:
            together.wait(timeout=60)
            while rows := claim():
                claimed.extend(row.pk for row in rows)
        except Exception as error:  # noqa: BLE001 - asserted below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claimed, errors


@pytest.mark.django_db(transaction=True)
def test_no_row_is_claimed_twice_by_eight_threads():
    rows = [make() for _number in range(60)]
    claimed, errors = race(8, lambda: claim_due(OutgoingMail, limit=3, now=NOW))
    assert errors == []
    assert sorted(claimed) == sorted(row.pk for row in rows)


def naive_claim(have_read):
    """Read, then write: what claim_due would be without the lock and the condition."""
    rows = list(OutgoingMail.objects.filter(state=WorkState.QUEUED).order_by("id")[:3])
    with contextlib.suppress(threading.BrokenBarrierError):
        have_read.wait(timeout=60)
    # the first time only
    have_read.abort()
    for row in rows:
        OutgoingMail.objects.filter(pk=row.pk).update(
            state=WorkState.RUNNING, claim_id=uuid.uuid4(), lease_until=NOW + LEASE
        )
    return rows


@pytest.mark.postgresql
@pytest.mark.skipif("not is_postgresql()")
@pytest.mark.django_db(transaction=True)
def test_control_reading_then_writing_claims_rows_twice():
    for _number in range(60):
        make()
    have_read = threading.Barrier(8)
    claimed, errors = race(8, lambda: naive_claim(have_read))
    assert errors == []
    assert len(claimed) > len(set(claimed))


@pytest.mark.postgresql
@pytest.mark.skipif("not is_postgresql()")
@pytest.mark.django_db(transaction=True)
def test_a_claim_under_way_does_not_make_others_wait():
    make()
    second = make()
    inside, go_on = threading.Event(), threading.Event()

    def hold():
        from django.db import transaction

        with transaction.atomic():
            claim_due(OutgoingMail, now=NOW)
            inside.set()
            go_on.wait(timeout=60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(timeout=60)
    try:
        assert [row.pk for row in claim_due(OutgoingMail, now=NOW)] == [second.pk]
    finally:
        go_on.set()
        holder.join()


CLAIM_AND_HANG = """
import os, sys, time
import django
django.setup()
from django.db import connection
from django.test.utils import CaptureQueriesContext
connection.settings_dict["NAME"] = sys.argv[1]
import datetime as dt
from cityhall.services.work import claim_due
from notices.models import OutgoingMail
(row,) = claim_due(OutgoingMail, lease=dt.timedelta(seconds=1))
print(row.claim_id, flush=True)
time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_finish_loses_nothing():
    row = make(due_at=timezone.now())
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM_AND_HANG, str(connection.settings_dict["NAME"])],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        claim_id = worker.stdout.readline().strip()
        os.kill(worker.pid, signal.SIGKILL)
    stored = OutgoingMail.objects.get(pk=row.pk)
    assert (stored.state, str(stored.claim_id)) == ("running", claim_id)
    (again,) = claim_due(OutgoingMail, now=timezone.now() + dt.timedelta(seconds=2))
    assert (again.pk, again.attempts, again.lost_lease) == (row.pk, 2, True)
    assert finish(again)
    assert state_of(row) == "done"
