import datetime as dt

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from cityhall import queue, tasks
from cityhall.models import AuditEvent
from cityhall.queue import TaskFailed, UnknownTask, enqueue, ensure_schedules, find_task, run_task, wake
from cityhall.services import audit

pytestmark = pytest.mark.django_db

SEAL = "cityhall.tasks.seal_audit"


@pytest.fixture
def queued():
    """The calls waiting in django-q2's table, as (path, ids)."""
    return lambda: [(task["args"][0], task["kwargs"]) for task in (row.task for row in OrmQ.objects.order_by("id"))]


def test_a_task_is_a_public_function_of_an_apps_tasks_module():
    assert find_task(SEAL) is tasks.seal_audit


@pytest.mark.parametrize(
    "path",
    [
        "os.system",
        "cityhall.tasks.nothing",
        "cityhall.tasks.PERIODIC",
        "cityhall.tasks.dt",
        "cityhall.tasks.queue.wake",
        "cityhall.services.audit.seal_events",
        "cityhall.tasks._private",
        "django_q.tasks.async_task",
        "",
        "tasks",
    ],
)
def test_anything_else_is_refused_everywhere(path):
    for call in (find_task, enqueue, wake, run_task):
        with pytest.raises(UnknownTask):
            call(path)
    assert not OrmQ.objects.exists()


def test_enqueue_waits_for_the_commit(queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(SEAL)
        assert queued() == []
    assert queued() == [(SEAL, {})]
    assert OrmQ.objects.get().task["func"] == queue.RUNNER


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_by_a_rolled_back_transaction(queued):
    with transaction.atomic():
        enqueue(SEAL)
        wake(SEAL)
        transaction.set_rollback(True)
    assert queued() == []
    with transaction.atomic():
        enqueue(SEAL, number=7)
    assert queued() == [(SEAL, {"number": 7})]


def test_arguments_are_primitives(resident):
    with pytest.raises(TypeError, match="person must be a number or text"):
        enqueue(SEAL, person=resident)


def test_many_wakes_before_the_start_are_one(queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(5):
            wake(SEAL)
        wake("cityhall.tasks.check_files")
    assert queued() == [(SEAL, {}), ("cityhall.tasks.check_files", {})]


def test_a_wake_after_the_start_is_a_new_one(queued, django_capture_on_commit_callbacks):
    """Work committed while the task runs may be behind it: it must be looked for again."""
    with django_capture_on_commit_callbacks(execute=True):
        wake(SEAL)
    run_task(SEAL)
    with django_capture_on_commit_callbacks(execute=True):
        wake(SEAL)
    assert queued() == [(SEAL, {}), (SEAL, {})]


def test_a_broken_queue_does_not_break_the_request(monkeypatch, django_capture_on_commit_callbacks, caplog):
    def broken(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr("django_q.tasks.async_task", broken)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue(SEAL)
        wake(SEAL)
    assert [(record.message, record.error) for record in caplog.records] == [("task not queued", "OSError")] * 2


def test_run_task_does_the_work():
    audit.record(action="read", actor=None)
    run_task(SEAL)
    assert AuditEvent.objects.get().position == 1


def test_a_failed_task_tells_its_class_and_nothing_else(monkeypatch, caplog):
    def failing():
        raise ValueError("taro@example.jp")

    failing.__module__ = "cityhall.tasks"
    monkeypatch.setattr(tasks, "seal_audit", failing)
    with pytest.raises(TaskFailed) as caught:
        run_task(SEAL)
    assert str(caught.value) == f"{SEAL}: ValueError"
    assert caught.value.__cause__ is None
    assert "taro" not in caplog.text


def test_every_periodic_task_exists_and_has_a_sensible_interval():
    found = queue.periodic_tasks()
    assert found[SEAL] == dt.timedelta(minutes=1)
    assert all(dt.timedelta(seconds=10) <= interval <= dt.timedelta(days=31) for interval in found.values())


def schedules():
    return {row.name: row for row in Schedule.objects.all()}


def test_half_a_minute_is_two_schedules_half_a_minute_apart(monkeypatch):
    monkeypatch.setattr(queue, "periodic_tasks", lambda: {"a.tasks.b": dt.timedelta(seconds=30)})
    now = timezone.now()
    assert ensure_schedules(now) == 2
    first, second = schedules()["periodic a.tasks.b 1/2"], schedules()["periodic a.tasks.b 2/2"]
    assert (first.minutes, second.minutes, first.repeats) == (1, 1, -1)
    assert (first.next_run, second.next_run) == (now, now + dt.timedelta(seconds=30))
    assert (first.func, first.args) == (queue.RUNNER, "'a.tasks.b'")


def test_schedules_follow_the_list_and_are_made_once(monkeypatch):
    Schedule.objects.create(name="somebody else's", func="x", schedule_type=Schedule.DAILY)
    intervals = {"a.tasks.b": dt.timedelta(minutes=5), "a.tasks.c": dt.timedelta(days=1)}
    monkeypatch.setattr(queue, "periodic_tasks", lambda: intervals)
    ensure_schedules()
    before = {name: (row.pk, row.next_run) for name, row in schedules().items()}
    ensure_schedules()
    assert {name: (row.pk, row.next_run) for name, row in schedules().items()} == before
    del intervals["a.tasks.b"]
    intervals["a.tasks.c"] = dt.timedelta(hours=1)
    ensure_schedules()
    assert {name: row.minutes for name, row in schedules().items()} == {
        "somebody else's": None,
        "periodic a.tasks.c 1/1": 60,
    }


@pytest.mark.django_db(transaction=True)
def test_django_q2_runs_a_schedule_of_ours(queued):
    """Its scheduler (which closes connections) reads the path from `args` and sets the next run a minute on."""
    from django_q.scheduler import scheduler

    ensure_schedules(timezone.now() - dt.timedelta(seconds=1))
    scheduler()
    assert (SEAL, {}) in queued()
    assert schedules()[f"periodic {SEAL} 1/1"].next_run > timezone.now()


def test_start_schedules_command(capsys):
    call_command("start_schedules")
    assert capsys.readouterr().out == f"{Schedule.objects.count()} schedules\n"
    assert Schedule.objects.filter(name=f"periodic {SEAL} 1/1").exists()


def test_the_wake_key_goes_when_the_task_starts():
    cache.add(queue._wake_key(SEAL), 1, timeout=60)
    run_task(SEAL)
    assert cache.get(queue._wake_key(SEAL)) is None
