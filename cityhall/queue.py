"""The only caller of django-q2, which wakes and schedules; what is to be done stands in tables of ours.

A task is a public function in an app's `tasks.py`, named by its dotted path. Nothing else can be run,
whatever stands in the queue's tables. Arguments are ids and other primitives. A task is ended after a minute
(`Q_CLUSTER`) unless the module's `LONG` gives it more when it is enqueued; those that run by the clock get no more.
"""

import datetime as dt
import logging
from collections.abc import Callable
from functools import cache as once
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

log = logging.getLogger(__name__)

RUNNER = "cityhall.queue.run_task"
_PREFIX = "periodic "
# a wake lost with its worker is made up for by the sweep; until then the key would hold others back
_WAKE_KEPT_SECONDS = 30
_MINUTE = dt.timedelta(minutes=1)


class UnknownTask(ValueError):
    """No public function of an app's `tasks.py` has this path."""


class TaskFailed(Exception):
    """A task ended with an exception; only the class of it is told, because django-q2 stores the text."""


def find_task(path: str) -> Callable[..., object]:
    """The function of a dotted path. Raises UnknownTask."""
    module_path, _dot, name = path.rpartition(".")
    module = _task_modules().get(module_path)
    task = getattr(module, name, None)
    if name.startswith("_") or not isinstance(task, FunctionType) or task.__module__ != module_path:
        raise UnknownTask(path)
    return task


def enqueue(path: str, **ids: int | str | bool | None) -> None:
    """Run a task in the worker once the transaction under way is committed. Raises UnknownTask.

    Losing the queue after the commit must not fail the request: the row is saved and a sweep finds it.
    """
    find_task(path)
    for name, value in ids.items():
        if not isinstance(value, int | str | None):
            raise TypeError(f"{path}: {name} must be a number or text")
    transaction.on_commit(lambda: _push(path, ids))


def wake(path: str) -> None:
    """Have a task without arguments look for work, after the commit; once, however many call before it starts."""
    find_task(path)
    transaction.on_commit(lambda: _push_once(path))


def _push(path: str, ids: dict[str, Any]) -> None:
    # django-q2 reads the settings and models when imported
    from django_q.tasks import async_task

    try:
        async_task(RUNNER, path, q_options=_options(path), **ids)
    except Exception as error:  # noqa: BLE001 - see enqueue
        log.error("task not queued", extra={"task": path, "error": type(error).__name__})  # noqa: TRY400


def _options(path: str) -> dict[str, Any]:
    """Names for the queue's own pages, and the time that a task is given when it needs more than others."""
    options: dict[str, Any] = {"task_name": path[:100], "group": path[:100]}
    longer = getattr(import_module(path.rpartition(".")[0]), "LONG", {}).get(path)
    return options | {"timeout": int(longer.total_seconds())} if longer else options


def _push_once(path: str) -> None:
    key = _wake_key(path)
    # reading first: where many wake the same task, trying to write costs five statements each
    if cache.get(key) is None and cache.add(key, 1, timeout=_WAKE_KEPT_SECONDS):
        _push(path, {})


def _wake_key(path: str) -> str:
    return f"wake:{path}"


def run_task(path: str, **ids: Any) -> None:
    """What the worker process calls. The wake's key goes first: rows committed from now on wake again."""
    task = find_task(path)
    if not ids:
        cache.delete(_wake_key(path))
    try:
        task(**ids)
    except Exception as error:
        name = type(error).__name__
        log.exception("task failed", extra={"task": path, "error": name}, exc_info=False)
        raise TaskFailed(f"{path}: {name}") from None


def periodic_tasks() -> dict[str, dt.timedelta]:
    """Every task that runs by the clock, from the `PERIODIC` of each app's `tasks.py`."""
    found: dict[str, dt.timedelta] = {}
    for module in _task_modules().values():
        for path, interval in getattr(module, "PERIODIC", {}).items():
            find_task(path)
            found[path] = interval if isinstance(interval, dt.timedelta) else dt.timedelta(seconds=interval)
    return found


def ensure_schedules(now: dt.datetime | None = None) -> int:
    """Make django-q2's schedules agree with `periodic_tasks`; the number of schedules. Called when a worker starts.

    Its unit is the minute and its scheduler looks every 30 seconds, so an interval of 30 seconds is two
    schedules of one minute, half a minute apart. Running it twice, or in two workers, changes nothing.
    """
    from django_q.models import Schedule

    wanted = _wanted_schedules(periodic_tasks())
    start = now or timezone.now()
    with transaction.atomic():
        Schedule.objects.filter(name__startswith=_PREFIX).exclude(name__in=wanted).delete()
        known = {schedule.name: schedule for schedule in Schedule.objects.filter(name__in=wanted)}
        for name, (path, minutes, offset) in wanted.items():
            fields = {"func": RUNNER, "args": repr(path), "schedule_type": Schedule.MINUTES, "minutes": minutes}
            schedule = known.get(name)
            if schedule is None:
                Schedule.objects.create(name=name, repeats=-1, next_run=start + offset, **fields)
            elif schedule.minutes != minutes:
                Schedule.objects.filter(pk=schedule.pk).update(next_run=start + offset, **fields)
    return len(wanted)


def _wanted_schedules(tasks: dict[str, dt.timedelta]) -> dict[str, tuple[str, int, dt.timedelta]]:
    """Name → (path, minutes, first run after)."""
    wanted = {}
    for path, interval in tasks.items():
        parts = max(1, _MINUTE // interval)
        minutes = max(1, interval // _MINUTE)
        for part in range(parts):
            wanted[f"{_PREFIX}{path} {part + 1}/{parts}"] = (path, minutes, _MINUTE / parts * part)
    return wanted


@once
def _task_modules() -> dict[str, ModuleType]:
    """The `tasks` modules of our apps (django-q2 and other packages have modules of that name too)."""
    modules = {}
    for config in apps.get_app_configs():
        is_ours = Path(config.path).parent == settings.BASE_DIR
        if is_ours and module_has_submodule(config.module, "tasks"):
            modules[f"{config.name}.tasks"] = import_module(f"{config.name}.tasks")
    return modules
