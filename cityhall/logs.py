"""Structured logs: one JSON object a line (words in the demo), with the request id, without personal data."""

import datetime as dt
import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import structlog

_HOME = f"{Path(__file__).resolve().parents[1]}/"

# what a line may carry beside its event; the request object that Django adds would print paths and tokens
_DETAILS = ("work", "id", "state", "attempts", "error", "reason", "task", "file", "import")

# what follows /applications/<id>/open/, /prefill/open/, /invited/, /reports/find/<id>/, /r/<id>/, /w/<id>/, /p/<id>/
# and /draws/wishes/<id>/
_LINK_SECRET = re.compile(r"(/open/|/invited/|/reports/find/[^/\s]+/|/[rwp]/[^/\s]+/|/draws/wishes/[^/\s]+/)[^/\s]+")

request_id: ContextVar[str] = ContextVar("request_id", default="")


def add_request_id(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Put the id of the request under way into the line."""
    current = request_id.get()
    if current:
        event["request_id"] = current
    return event


def describe_exception(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Put the error and its causes into the line, first cause first: classes and places, never a text.

    The text of an error holds what people typed: PostgreSQL names the e-mail address that exists already.
    """
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["exception"] = [_described(error) for error in reversed(list(_with_causes(found)))]
    return event


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it came from; errors that name each other end."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return {
        "class": f"{kind.__module__}.{kind.__qualname__}",
        "frames": [f"{frame.filename.removeprefix(_HOME)}:{frame.lineno}:{frame.name}" for frame in frames],
    }


def hide_link_secrets(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Leave no secret of a link in a line: Django's own lines name the path of a request that went wrong."""
    event["event"] = _LINK_SECRET.sub(r"\1…", str(event.get("event", "")))
    return event


def as_words(_logger: object, _name: str, event: structlog.types.EventDict) -> str:
    """A line for a person: when, how bad, what, where and the details; an error and its places below it."""
    # Django has set the process to the city's time
    at = dt.datetime.fromisoformat(event.pop("timestamp")).astimezone()
    head = f"{at:%H:%M:%S} {event.pop('level').upper()} {event.pop('event')} [{event.pop('logger')}]"
    errors = event.pop("exception", [])
    details = [f"{name}={value}" for name, value in sorted(event.items())]
    below = [f"\n  {error['class']}" + "".join(f"\n    {frame}" for frame in error["frames"]) for error in errors]
    return " ".join([head, *details]) + "".join(below)


def formatter() -> logging.Formatter:
    """The formatter named in LOGGING: records of the standard library and of structlog look the same."""
    return _formatter(structlog.processors.JSONRenderer(ensure_ascii=False))


def console_formatter() -> logging.Formatter:
    """For a person who watches the demo: the same facts as words on a line."""
    return _formatter(as_words)


def _formatter(renderer: structlog.types.Processor) -> logging.Formatter:
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=_DETAILS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
        hide_link_secrets,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            describe_exception,
            renderer,
        ],
    )
